"""Every line of the shared SLA vectors, of all kinds; and lines that are no vectors."""

import json
from collections import Counter

import pytest

from mailsla.adapters.zones import zone
from mailsla.core.sla.vectors import VectorError, Verdict, verdict
from tests.core.sla.vectors import load

VERDICTS = load()
KINDS = {"due", "elapsed", "next_open", "is_open", "periods", "business_days", "calendar_days", "render_local", "clock"}


@pytest.mark.parametrize("found", VERDICTS, ids=lambda found: f"{found.kind}-{found.label}")
def test_vector(found: Verdict) -> None:
    assert found.got == found.expected
    assert found.agrees


def test_all_kinds_were_there() -> None:
    counts = Counter(found.kind for found in VERDICTS)
    assert set(counts) == KINDS
    assert sum(counts.values()) >= 503 + 95 + 40


NINE_TO_FIVE = {"tz": "Europe/Berlin", "weekly": {"mon": [["09:00", "17:00"]]}}
DUE = {
    "kind": "due",
    "id": "one",
    "calendar": NINE_TO_FIVE,
    "start": "2026-11-23T08:00:00Z",
    "target_seconds": 3600,
    "expected": "2026-11-23T09:00:00Z",
}


def judged(**changes: object) -> Verdict:
    vector = {**DUE, **changes}
    return verdict(json.dumps({key: value for key, value in vector.items() if value is not ...}), zone, "2026f")


def test_a_wrong_answer_does_not_agree() -> None:
    assert judged().agrees
    assert not judged(expected="2026-11-23T09:00:01Z").agrees
    assert not judged(expected=None).agrees
    assert not judged(kind="is_open", at="2026-11-23T08:00:00Z", expected=1).agrees  # true is not 1


def test_a_line_for_another_release_is_put_aside() -> None:
    assert judged(expected_by_tzdata={"2026f": DUE["expected"]}, expected=...).agrees
    assert not judged(expected_by_tzdata={"2025b": DUE["expected"]}, expected=...).applies


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"kind": "dew"}, 'no kind "dew"'),
        ({"kind": ...}, '"kind" is missing'),
        ({"start": ...}, '"start" is missing'),
        ({"expected": ...}, '"expected" is missing'),
        ({"start": "2026-11-23 08:00"}, '"2026-11-23 08:00" is no instant'),
        ({"start": 7}, "7 is no instant"),
        ({"target_seconds": "8h"}, '"target_seconds" is no whole number'),
        ({"target_seconds": True}, '"target_seconds" is no whole number'),
        ({"pauses": [["2026-11-23T08:00:00Z"]]}, "no list of 2 texts"),
        ({"calendar": "office"}, '"calendar" is no object'),
        ({"calendar": {**NINE_TO_FIVE, "tz": "Europe/Berln"}}, 'no time zone "Europe/Berln"'),
        ({"calendar": {**NINE_TO_FIVE, "weekly": {"Mon": []}}}, 'no weekday "Mon"'),
        ({"calendar": {**NINE_TO_FIVE, "weekly": {"mon": [["9", "17"]]}}}, '"9" is no time of day'),
        ({"calendar": {**NINE_TO_FIVE, "holidays": ["25 Dec"]}}, "25 Dec"),
        ({"calendar": {"tz": "Europe/Berlin"}}, '"weekly" is missing'),
        ({"expected_by_tzdata": "2026f"}, '"expected_by_tzdata" is no object'),
        ({"kind": "calendar_days", "calendar_days": 1, "roll": "back"}, '"roll" is "back"'),
        ({"kind": "calendar_days", "calendar_days": 10**12, "roll": "none"}, "large"),
        ({"kind": "business_days", "business_days": 1, "end_of": "day"}, '"end_of" is "day"'),
        ({"kind": "clock", "targets": {}, "events": []}, '"events" is empty'),
        ({"kind": "clock", "targets": {"reply": 5}, "events": [{"at": DUE["start"], "type": "created"}]}, "reply"),
    ],
)
def test_a_malformed_line_says_what_and_the_mend(changes: dict[str, object], words: str) -> None:
    with pytest.raises(VectorError) as refused:
        judged(**changes)
    assert words in refused.value.message
    assert refused.value.mend


@pytest.mark.parametrize("line", ["", "[]", '{"kind": "due"', "nothing"])
def test_a_line_that_is_no_object(line: str) -> None:
    with pytest.raises(VectorError, match="JSON"):
        verdict(line, zone, "2026f")

"""Each difference between two policies or calendars, in words."""

from dataclasses import replace
from datetime import date

import pytest

from mailsla.cli.difference_text import SAID, hours_lines, policy_lines
from mailsla.core.sla.calendar import CalendarSpec
from mailsla.core.sla.credits import Credits, CreditStep
from mailsla.core.sla.policy import Level, Match, Policy
from mailsla.core.sla.terms import Metric

OLD = Policy(name="p", targets={Metric.RESOLUTION: "8h"}, ladder=(Level(offset="0m", to=("jo",)),))
SECOND = Level(offset="4h", to=("role:operator", "sam"))
CREDITS = Credits(by="compliance", steps=(CreditStep(at_least="0%", credit="5%"),), cap="25%")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, []),
        ({"targets": {Metric.FIRST_RESPONSE: "2h"}}, ["first response: none -> 2h", "resolution: 8h -> none"]),
        ({"match": Match(category=("a", "b"), priority=("c",))}, ["for: everything -> category a or b; priority c"]),
        ({"calendar": "office"}, ["opening hours: none -> office"]),
        ({"pause_on": ()}, ["pauses: waiting customer -> none"]),
        ({"promised": False}, ["customers are told the times: yes -> no"]),
        ({"resolve_waiting": "14 calendar days"}, ["silence counts as resolved after: none -> 14 calendar days"]),
        ({"ladder": ()}, ["escalation, level 1: is gone (it was at 0m, to jo)"]),
        ({"ladder": (*OLD.ladder, SECOND)}, ["escalation, level 2: is new, at 4h, to operator, sam"]),
        ({"ladder": (Level(offset="1h", to=("jo",), repeat="2h", at_most=3, override_quiet_hours=True),)}, [
            "escalation, level 1: comes at 1h from due instead of 0m",
            "escalation, level 1: is told every 2h, 3 times at most instead of once",
            "escalation, level 1: waits for no opening any more",
        ]),
        ({"credits": CREDITS}, ["credits: none -> by compliance: 5% from 0%, at most 25%"]),
    ],
)  # fmt: skip
def test_policies(changes: dict[str, object], said: list[str]) -> None:
    assert list(policy_lines(OLD, replace(OLD, **changes))) == said  # type: ignore[arg-type]


def test_every_key_of_a_policy_is_told() -> None:
    """A key that comes with a later release must not be passed over in silence."""
    assert {*SAID, "name", "targets", "match", "ladder", "credits"} == set(Policy.__slots__)


HOURS = CalendarSpec(name="c", zone="Europe/Berlin", weekly={"mon": (("09:00", "17:00"),)})
NOON = (("09:00", "12:00"),)
SHUT = (date(2026, 12, 24), "2", "3")
USUAL = "Thu 24 Dec 2026 has its usual hours again"
EVE, DAY = date(2026, 12, 24), "Thu 24 Dec 2026"


@pytest.mark.parametrize(
    ("changes", "said", "back"),
    [
        ({"zone": "Etc/UTC"}, "time zone: Europe/Berlin -> Etc/UTC", "time zone: Etc/UTC -> Europe/Berlin"),
        ({"weekly": {"mon": NOON}}, "Mon: 09:00-17:00 -> 09:00-12:00", "Mon: 09:00-12:00 -> 09:00-17:00"),
        ({"holidays": {EVE: "Eve"}}, f"{DAY} is closed (Eve) now", USUAL),
        ({"exceptions": {EVE: ()}}, f"{DAY} is closed now", USUAL),
        ({"exceptions": {EVE: NOON}, "holidays": {EVE: "Eve"}}, f"{DAY} is open 09:00-12:00 now", USUAL),
        ({"closures": (SHUT,)}, f"{DAY} is closed from 2 to 3 now", f"{DAY} is not closed any more from 2 to 3"),
    ],
)  # fmt: skip
def test_opening_hours(changes: dict[str, object], said: str, back: str) -> None:
    new = replace(HOURS, **changes)  # type: ignore[arg-type]
    assert list(hours_lines(HOURS, new)) == [said]
    assert list(hours_lines(new, HOURS)) == [back]

"""The due that a clock had last: the period that statistics count it in is that of this one (sla.md section 8)."""

import pytest

from mailsla.core.model import Status
from mailsla.core.sla.clocks import SlaEvent
from tests.core.sla.at import said
from tests.core.sla.test_clocks import CREATED, clocks, event, status, terms

WAITS, GOES_ON = status("2026-11-23 10:00", Status.WAITING_CUSTOMER), status("2026-11-24 10:00", Status.OPEN)
RESOLVED = status("2026-11-23 10:00", Status.RESOLVED)
DAYS = terms(resolution="1 business days")
RELAXED = event("2026-11-23 13:00", "terms", terms=terms(first_response="16h", resolution="24h"))
WITHOUT = event("2026-11-23 10:00", "terms", terms=terms(first_response="4h"))


@pytest.mark.parametrize(
    ("events", "now", "metric", "last_due"),
    [
        pytest.param([], "2026-11-23 09:00", "resolution", "2026-11-25 16:55", id="it runs"),
        pytest.param([], "2026-11-23 14:00", "first_response", "2026-11-23 12:55", id="overdue: what was missed"),
        pytest.param([WAITS], "2026-11-23 12:00", "resolution", None, id="a paused one has none"),
        pytest.param(
            [WAITS, status("2026-11-24 10:00", Status.RESOLVED)],
            "2026-11-24 12:00",
            "resolution",
            "2026-11-26 16:55",
            id="stopped in a pause: as if it had gone on then",
        ),
        pytest.param([RESOLVED], "2026-11-24 12:00", "resolution", "2026-11-25 16:55", id="met: the due it had"),
        pytest.param(
            [event("2026-11-23 14:00", "agent_reply")],
            "2026-11-24 12:00",
            "first_response",
            "2026-11-23 12:55",
            id="late: what was missed",
        ),
        pytest.param([RESOLVED], "2026-11-24 12:00", "first_response", "2026-11-23 12:55", id="cancelled"),
        pytest.param(
            [RESOLVED, status("2026-11-24 12:00", Status.VOID)],
            "2026-11-26 12:00",
            "resolution",
            "2026-11-25 16:55",
            id="void after it was resolved: time resolved moves nothing",
        ),
        pytest.param(
            [RESOLVED, status("2026-11-24 10:00", Status.OPEN), status("2026-11-24 11:00", Status.RESOLVED)],
            "2026-11-24 12:00",
            "resolution",
            "2026-11-26 16:55",
            id="reopened and resolved again",
        ),
        pytest.param([RELAXED], "2026-11-23 14:00", "first_response", "2026-11-24 16:55", id="missed, then relaxed"),
        pytest.param([WITHOUT], "2026-11-26 14:00", "resolution", "2026-11-25 16:55", id="owed no more"),
    ],
)
def test_the_due_that_it_had_last(events: list[SlaEvent], now: str, metric: str, last_due: str | None) -> None:
    assert said(clocks([CREATED, *events], now)[f"{metric} 1"].last_due) == last_due


def test_a_day_that_passed_in_a_pause_is_missed_when_it_goes_on() -> None:
    """Never back-dated: the report of a month that is over stays as it is."""
    paused = status("2026-11-20 16:58", Status.WAITING_CUSTOMER)
    assert (
        said(clocks([CREATED, paused, GOES_ON], "2026-11-24 12:00", DAYS)["resolution 1"].last_due)
        == "2026-11-24 10:00"
    )

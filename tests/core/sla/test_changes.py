"""Changes of the terms (by priority, category, customer, policy) in each state of a clock (sla.md section 4)."""

import pytest

from mailsla.core.model import Status
from mailsla.core.sla.clocks import Metric, SlaEvent, Terms, replay
from mailsla.core.sla.targets import parse_target
from tests.core.sla.at import at, office

CALENDAR = office()
PAUSE, RESOLVE, GO_ON = Status.WAITING_CUSTOMER, Status.RESOLVED, Status.OPEN


def owing(target: str) -> Terms:
    return Terms(calendar=CALENDAR, targets={Metric.RESOLUTION: parse_target(target)})


# Received on Monday at 09:00 under 4 h of 09-17; the change comes at 12:00, after 3 h, or at 14:00, when it is over.
@pytest.mark.parametrize("track", ["", "statute"])
@pytest.mark.parametrize(
    ("before", "changed", "target", "after", "breaches", "due"),
    [
        # running: elapsed is carried, late at the change
        ((), "12:00", "6h", (), (), "15:00"),
        ((), "12:00", "3h", (), (), "12:00"),
        ((), "12:00", "2h", (), ("12:00",), None),
        # paused since 11:00, after 2 h: late at the resume at 13:00, never before
        ((("11:00", PAUSE),), "12:00", "6h", (("13:00", GO_ON),), (), "17:00"),
        ((("11:00", PAUSE),), "12:00", "1h", (("13:00", GO_ON),), ("13:00",), None),
        # overdue since 13:00: no second breach, and a downgrade keeps the breach and arms the clock again
        ((), "14:00", "2h", (), ("13:00",), None),
        ((), "14:00", "7h", (), ("13:00",), "16:00"),
        # resolved since 11:00: the change counts from the reopening at 13:00
        ((("11:00", RESOLVE),), "12:00", "6h", (("13:00", GO_ON),), (), "17:00"),
        ((("11:00", RESOLVE),), "12:00", "1h", (("13:00", GO_ON),), ("13:00",), None),
    ],
)
def test_a_change_carries_what_has_elapsed_and_is_never_back_dated(
    before: tuple[tuple[str, Status], ...],
    changed: str,
    target: str,
    after: tuple[tuple[str, Status], ...],
    breaches: tuple[str, ...],
    due: str | None,
    track: str,
) -> None:
    def moment(clock: str) -> int:
        return at(f"2026-11-23 {clock}")

    events = [
        SlaEvent(moment("09:00"), "created"),
        *(SlaEvent(moment(when), "status", to=to) for when, to in before),
        SlaEvent(moment(changed), "terms", terms=owing(target)),
        *(SlaEvent(moment(when), "status", to=to) for when, to in after),
    ]
    now = moment(after[-1][0] if after else changed)
    (clock,) = (
        one for one in replay(events, owing("4h"), now, track) if one.metric is Metric.RESOLUTION and one.target
    )
    assert clock.breached_at == tuple(moment(one) for one in breaches)
    assert clock.due == (moment(due) if due else None)
    assert clock.track == track

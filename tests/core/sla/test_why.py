"""The explanation of a due, as values in order of time."""

from mailsla.core.model import Reason, Scalar, Status
from mailsla.core.sla.clocks import Metric, SlaEvent, Terms, replay
from mailsla.core.sla.targets import parse_target
from mailsla.core.sla.why import why
from tests.core.sla.at import at, office

OFFICE = office({"2026-12-25": "Christmas Day"})
TERMS = Terms(OFFICE, {Metric.RESOLUTION: parse_target("12h")})
CREATED = SlaEvent(at("2026-12-23 15:00"), "created")
WAITING = (
    SlaEvent(at("2026-12-24 10:00"), "status", Status.WAITING_CUSTOMER),
    SlaEvent(at("2026-12-24 12:00"), "status", Status.OPEN),
)


def lines(now: str, *events: SlaEvent) -> tuple[Reason, ...]:
    return why(replay([CREATED, *events], TERMS, at(now))[0], OFFICE)


def counted(start: str, end: str) -> Reason:
    return Reason("counted", {"start": at(start), "end": at(end), "seconds": at(end) - at(start)})


def test_each_line_adds_up_to_the_due() -> None:
    due = at("2026-12-28 13:00")
    waited: dict[str, Scalar] = {
        "start": WAITING[0].at,
        "end": WAITING[1].at,
        "status": "waiting_customer",
        "seconds": 7200,
    }
    assert lines("2026-12-24 13:00", *WAITING) == (
        Reason("started", {"at": CREATED.at, "target": "12h", "version": 1}),
        counted("2026-12-23 15:00", "2026-12-23 17:00"),
        counted("2026-12-24 09:00", "2026-12-24 10:00"),
        Reason("not_counted", waited),
        counted("2026-12-24 12:00", "2026-12-24 17:00"),
        Reason("closed", {"date": "2026-12-25", "name": "Christmas Day", "kind": "holiday"}),
        counted("2026-12-28 09:00", "2026-12-28 13:00"),
        Reason("due", {"at": due}),
    )


def test_a_pause_that_goes_on_has_no_due() -> None:
    found = lines("2026-12-24 11:00", WAITING[0])
    waited: dict[str, Scalar] = {"start": WAITING[0].at, "end": None, "status": "waiting_customer", "seconds": None}
    assert found[-2:] == (Reason("not_counted", waited), Reason("no_due", {"state": "paused"}))


def test_a_breach_and_a_stop_are_told() -> None:
    resolved = SlaEvent(at("2026-12-29 10:00"), "status", Status.RESOLVED)
    found = lines("2026-12-29 12:00", resolved)
    assert Reason("breached", {"at": at("2026-12-28 11:00"), "cause": "due", "target": "12h"}) in found
    assert found[-1] == Reason("ended", {"at": resolved.at, "state": "late"})


def test_counted_seconds_are_the_elapsed_time_of_a_stopped_clock() -> None:
    resolved = SlaEvent(at("2026-12-28 10:00"), "status", Status.RESOLVED)
    clock = replay([CREATED, *WAITING, resolved], TERMS, at("2026-12-29 12:00"))[0]
    seconds = [line.values["seconds"] for line in why(clock, OFFICE) if line.code == "counted"]
    assert sum(int(str(one)) for one in seconds) == clock.elapsed

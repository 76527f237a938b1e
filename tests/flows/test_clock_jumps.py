"""The machine's clock jumps, or stands still for a night: nothing fires twice, waits for ever, or mutes everything."""

from collections.abc import Callable
from pathlib import Path

import pytest

from mailsla.core.model import Instant
from mailsla.daemon import Daemon
from mailsla.flows import clock_set_back, leases, starting
from mailsla.ports.mail import Outcome, Sent
from mailsla.ports.store.occasions import RESTORED
from tests.flows.conftest import OpenOffice
from tests.flows.mails import ANA, RIO, SAM, address, answer, write
from tests.flows.office import DAY, HOUR, MINUTE, Office
from tests.flows.postbox import Postbox
from tests.stateful.world import World

YEARS = 730 * DAY
JUMPS = {"forward 2 days": 2 * DAY, "back 1 hour": -HOUR, "back 2 years": -YEARS, "asleep for 8 hours": 8 * HOUR}
RECALLED = ("undo_seconds = 0", "undo_seconds = 60")  # for so long an agent's answer waits
LATER = Outcome(Sent.LATER, "451 try later")


class Jumps(Postbox):
    """A sending account in the middle of whose letters the clock jumps."""

    def __init__(self, office: Office, jump: int) -> None:
        super().__init__(lambda: office.now)
        self._office, self._jump = office, jump

    def send(self, sender: str, recipient: str, content: bytes) -> Outcome:
        outcome = super().send(sender, recipient, content)
        self._office.now, self._jump = self._office.now + self._jump, 0
        return outcome


def jump(office: Office, seconds: int) -> None:
    """The daemon sees it at its next sign of life."""
    before = office.now
    office.now += seconds
    if clock_set_back.is_set_back(before, office.now):  # test_the_daemon_sees_it_at_its_next_sign_of_life
        clock_set_back.catch_up(office.services)


@pytest.mark.parametrize("seconds", JUMPS.values(), ids=list(JUMPS))
def test_in_the_middle_of_sending(office: Office, seconds: int) -> None:
    """The letter is recorded as it ended, once; the lease that it was sent under is long over, or of the future."""
    office.postbox = Jumps(office, seconds)
    office.receive(write(ANA))
    jump(office, 0 if seconds > 0 else -MINUTE - 1)
    office.wait(HOUR + 2 * MINUTE)
    to_ana = [one for one in office.postbox.tries if one.to == address(ANA)]
    acknowledgements = [one for one in office.letters(address(ANA)) if one.kind == "acknowledgement"]
    assert len(acknowledgements) == 1
    assert len({one.raw for one in to_ana}) == len(to_ana)
    assert office.query("SELECT count(*) FROM letters WHERE possibly_twice OR state <> 'sent'") == [(0,)]


@pytest.mark.parametrize("seconds", JUMPS.values(), ids=list(JUMPS))
def test_a_letter_that_is_to_be_tried_again(office: Office, seconds: int) -> None:
    office.postbox.answers(address(ANA), LATER, LATER, LATER, LATER)
    office.receive(write(ANA))
    office.wait(25 * MINUTE)
    jump(office, seconds)
    office.work()
    office.wait(2 * HOUR)
    assert office.kinds(address(ANA)).count("acknowledgement") == 1


@pytest.mark.parametrize("seconds", JUMPS.values(), ids=list(JUMPS))
def test_who_writes_afterwards_is_answered(office: Office, seconds: int) -> None:
    """Budgets go by what was sent within an hour and a day: what a wrong clock dated ahead does not fill them."""
    for number in range(3):
        office.receive(write(ANA, subject=f"complaint {number}"))
        office.now += HOUR
    assert office.kinds(address(ANA)).count("acknowledgement") == 3
    jump(office, seconds)
    office.now += DAY + 2 * HOUR
    for who in (ANA, RIO):
        office.receive(write(who, subject="one more"))
    assert office.kinds(address(ANA)).count("acknowledgement") == 4
    assert office.kinds(address(RIO)) == ["acknowledgement"]


@pytest.mark.parametrize("seconds", JUMPS.values(), ids=list(JUMPS))
def test_the_clocks_of_a_ticket_speak_once(office: Office, seconds: int) -> None:
    office.receive(write(ANA))
    office.wait(HOUR)
    jump(office, seconds)
    office.work()
    office.wait(5 * DAY)
    fired = office.query("SELECT key FROM notices WHERE key LIKE 'sla:%'")
    assert len(set(fired)) == len(fired)
    told = [one.raw for one in office.letters(address(SAM))]
    assert len(set(told)) == len(told)


@pytest.mark.parametrize("restarts", [False, True], ids=["while it runs", "before a start"])
def test_nothing_waits_for_a_clock_that_was_two_years_ahead(open_office: OpenOffice, restarts: bool) -> None:
    """What was put off under it, the periodic jobs, and a daemon of that time that seems to live for ever."""
    office = open_office(RECALLED)
    office.now += YEARS
    office.postbox.answers(address(ANA), LATER)
    starting.start(office.services)
    office.receive(write(ANA))
    office.receive(answer(SAM, office.letter(address(SAM), "agent_notification"), "It arrives on Tuesday."))
    mail = office.arrive(write(RIO))
    office.damage(f"UPDATE intake SET retry_at = {office.now + MINUTE} WHERE id = {mail.id}")
    office.damage("UPDATE daemons SET name = 'of another boot', terms = 'other'")
    Daemon(office.services, [], office.postbox)
    office.now -= YEARS
    if restarts:
        office.restart([RECALLED])
    clock_set_back.catch_up(office.services)
    leases.arrive(office.services)
    office.wait(10 * MINUTE)
    assert sorted(office.kinds(address(ANA))) == ["acknowledgement", "relay"]
    assert office.intake(mail.id).state == "done"
    jobs: list[tuple[str, Instant]] = office.query("SELECT kind, at FROM moments WHERE kind <> 'ticket'")
    most = {"report": 32 * DAY}  # a month's
    assert len(jobs) >= 3 and all(at <= office.now + most.get(kind, 2 * DAY) for kind, at in jobs)


@pytest.mark.parametrize(("change", "seen"), [(-30, False), (-HOUR, True), (DAY, False)])
def test_the_daemon_sees_it_at_its_next_sign_of_life(
    office: Office, change: int, seen: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    caught: list[object] = []
    catch: Callable[[object], None] = caught.append
    monkeypatch.setattr(clock_set_back, "catch_up", catch)
    daemon = Daemon(office.services, [], office.postbox)
    office.now += change
    daemon._renew()
    daemon._renew()
    assert bool(caught) == seen and len(caught) <= 1


def test_a_clock_that_was_ahead_at_our_first_look_loses_no_mail(tmp_path: Path, _blank: Path) -> None:
    """By the server's time the mail came before it; when UIDVALIDITY changes, nothing else tells that it came after."""
    world = World(tmp_path, _blank)
    world.office.now -= 3 * HOUR
    world.settle()
    world.folder.renumber()
    world.send(write(ANA), "ana")
    world.settle()
    assert world.office.kinds(address(ANA)) == ["acknowledgement"]
    world.close()


def test_a_restore_under_a_clock_that_was_ahead_lets_nobody_wait_for_an_answer(office: Office) -> None:
    """What comes in until that time is not taken for mail of before, which was answered in a time that is gone."""
    with office.services.store.begin() as uow:
        uow.occasions.note(RESTORED, office.now + HOUR)
        uow.commit()
    starting.start(office.services)
    office.now += MINUTE
    office.receive(write(ANA))
    office.receive(answer(SAM, office.letter(address(SAM), "agent_notification"), "It arrives on Tuesday."))
    office.wait(2 * MINUTE)
    assert office.kinds(address(ANA)) == ["acknowledgement", "relay"]

"""After a restore: what was before it goes to nobody outside again, reconciled or not; what comes after goes on."""

from collections.abc import Callable
from pathlib import Path

import pytest

from mailsla.adapters.db.backups import back_up
from mailsla.adapters.db.restoring import restore
from mailsla.core.commands.grammar import Command
from mailsla.core.model import IntakeState, LetterState, Status
from mailsla.flows import actions, process, restoring
from mailsla.ports.mail import Outcome, Sent
from mailsla.ports.store.occasions import RESTORED
from tests.flows.conftest import OpenOffice
from tests.flows.links import click, links
from tests.flows.mails import ANA, RIO, SAM, address, answer, write
from tests.flows.office import DAY, HOUR, MINUTE, MONDAY, Office
from tests.flows.postbox import Posted

NOTICE = "agent_notification"


class Copy:
    """A backup of the office, and the way back to it."""

    def __init__(self, office: Office, folder: Path) -> None:
        self._office, self._file = office, folder / "yesterday.db"
        self._url = office.services.settings.database
        back_up(self._url, self._file, office.now)

    def restored(self, *, lost: bool = True) -> int:
        """The database is `lost` or not, and the copy takes its place; how many letters had gone out till then."""
        self._office.services.store.close()
        if lost:
            Path(self._url.removeprefix("sqlite:///")).unlink()
        restore(self._url, self._file, self._office.now)
        self._office.restart()
        restoring.settle(self._office.services)
        return len(self._office.postbox.tries)


@pytest.fixture
def copied(tmp_path: Path) -> Callable[[Office], Copy]:
    return lambda office: Copy(office, tmp_path)


def outside(office: Office, since: int) -> list[str]:
    """Whom of the customers letters went to since then."""
    return [one.to for one in office.postbox.tries[since:] if one.to in (address(ANA), address(RIO))]


def transcript(office: Office, since: int) -> str:
    """The last letter to Sam since then."""
    raw = next(one.raw for one in reversed(office.postbox.tries[since:]) if one.to == address(SAM))
    return Posted(office.now, address(SAM), raw, "transcript").words


def waits_for_customer(office: Office, reference: str) -> None:
    assert actions.command(office.services, reference, Command("wait", "customer"), "root").ok


def test_a_mail_of_before_is_not_acknowledged_and_one_of_after_is(
    office: Office, copied: Callable[[Office], Copy]
) -> None:
    copy = copied(office)
    office.now += HOUR
    raw = bytes(write(ANA))
    office.receive(raw, at=MONDAY + MINUTE)
    reference = office.ticket().reference
    sent = copy.restored()
    assert office.receive(raw, at=MONDAY + MINUTE).origin == "reconcile"  # by the daemon: nobody ran a reconcile
    assert office.ticket(office.tickets()[0]).received_at == MONDAY + MINUTE
    assert office.muted("acknowledgement", office.tickets()[0]) != []
    assert outside(office, sent) == []
    assert [one.to for one in office.postbox.tries[sent:]] == [address(SAM)]
    office.now += 1
    office.receive(write(RIO))
    assert outside(office, sent) == [address(RIO)]
    assert reference not in office.tickets()


@pytest.mark.parametrize("lost", [True, False])
def test_no_reference_is_given_to_another(office: Office, copied: Callable[[Office], Copy], lost: bool) -> None:
    copy = copied(office)
    given = 3
    office.damage("INSERT INTO counters VALUES ('ticket', 5000)" if not lost else "SELECT 1")
    for number in range(given if lost else 1):
        office.receive(write(f"c{number}@mail.example"))
    before = set(office.tickets())
    copy.restored(lost=lost)
    office.now += 1
    office.receive(write(RIO))
    (reference,) = office.tickets()
    assert reference not in before
    assert int(reference.partition("-")[2]) > (1000 + given if lost else 5001)


def test_an_answer_of_then_counts_and_is_not_relayed_again(office: Office, copied: Callable[[Office], Copy]) -> None:
    office.receive(write(ANA))
    told = office.letter(address(SAM), NOTICE)
    copy = copied(office)
    office.now += HOUR
    replied = answer(SAM, told, "#resolve\n\nIt arrives on Tuesday.")
    office.receive(replied)
    assert office.ticket().status is Status.RESOLVED
    office.now += HOUR
    sent = copy.restored()
    assert office.ticket().status is not Status.RESOLVED
    office.receive(replied, at=MONDAY + HOUR)
    assert outside(office, sent) == []
    assert office.ticket().status is Status.RESOLVED
    assert office.ticket().resolved_at == MONDAY + HOUR
    clock = office.clock("first_response")
    assert (clock.state, clock.stopped_at) == ("met", MONDAY + HOUR)
    assert "not sent again" in transcript(office, sent)


def test_commands_of_then_run_again_inside_alone(office: Office, copied: Callable[[Office], Copy]) -> None:
    office.receive(write(ANA))
    told = office.letter(address(SAM), NOTICE)
    copy = copied(office)
    office.now += HOUR
    sent = copy.restored()
    office.receive(answer(SAM, told, "#priority high\n#resolve"), at=MONDAY + MINUTE)
    assert (office.ticket().status, office.ticket().priority) == (Status.RESOLVED, "high")
    assert outside(office, sent) == []
    assert office.muted("closing") != []


def told_since(office: Office, copied: Callable[[Office], Copy]) -> tuple[Posted, int]:
    """A letter to the agent from the time between backup and restore, which is over; how many have gone out."""
    office.receive(write(ANA))
    copy = copied(office)
    office.receive(answer(ANA, office.letter(address(ANA), "acknowledgement"), "Any news of it by now?"))
    told = office.letter(address(SAM), "customer_answer")
    office.now += HOUR
    sent = copy.restored()
    return told, sent


def test_an_answer_to_a_letter_of_after_the_backup_is_taken_by_its_subject_only_if_proven(
    office: Office, copied: Callable[[Office], Copy]
) -> None:
    told, sent = told_since(office, copied)
    assert office.receive(answer(SAM, told, "On Tuesday."), at=MONDAY, auth="none").state is IntakeState.HELD
    assert office.receive(answer(SAM, told, "On Tuesday, then."), at=MONDAY).state is IntakeState.DONE
    assert [event.data.get("past") for event in office.events(type_="agent_reply")] == [True]
    assert outside(office, sent) == []


def test_where_no_server_says_who_wrote_a_lost_token_leaves_nothing(
    office: Office, copied: Callable[[Office], Copy]
) -> None:
    """There From and token suffice; a subject that anyone can write does not stand for the token."""
    told, sent = told_since(office, copied)
    office.restart([('authserv_id = "mx.acme.example"', 'authserv_id = "none"')])
    row = office.receive(answer(SAM, told, "#resolve\nOn Tuesday."), at=MONDAY)
    assert (row.state, row.reason) == (IntakeState.HELD, "agent, before a restore, unknown")
    assert office.ticket().status is not Status.RESOLVED
    assert outside(office, sent) == []


def test_what_nobody_can_say_the_case_of_waits_for_a_person(office: Office, copied: Callable[[Office], Copy]) -> None:
    copy = copied(office)
    office.receive(write(ANA))
    told = office.letter(address(SAM), NOTICE)
    office.now += HOUR
    sent = copy.restored()
    for mail in (answer(SAM, told, "On Tuesday."), click(told, next(iter(links(told))), SAM)):
        row = office.receive(mail, at=MONDAY)
        assert (row.state, row.reason) == (IntakeState.HELD, "agent, before a restore, unknown")
    assert office.tickets() == []
    assert outside(office, sent) == []


def test_a_customer_who_answered_a_letter_that_is_lost_comes_to_their_case(
    office: Office, copied: Callable[[Office], Copy]
) -> None:
    copy = copied(office)
    complaint = write(ANA)
    office.receive(complaint)
    acknowledged = office.letter(address(ANA), "acknowledgement")
    again = answer(ANA, acknowledged, "It is urgent now, please look.", headers={"References": complaint["Message-ID"]})
    office.now += HOUR
    sent = copy.restored()
    office.receive(complaint, at=MONDAY)
    office.receive(again, at=MONDAY + MINUTE)
    (reference,) = office.tickets()
    assert [event.type for event in office.events(reference)].count("customer_mail") == 1
    assert outside(office, sent) == []


def test_an_answer_that_could_still_be_recalled_then_has_gone_out_since(
    open_office: OpenOffice, copied: Callable[[Office], Copy]
) -> None:
    office = open_office(("undo_seconds = 0", "undo_seconds = 60"))
    office.receive(write(ANA))
    office.receive(answer(SAM, office.letter(address(SAM), NOTICE), "It arrives on Tuesday."))
    copy = copied(office)
    office.wait(HOUR)
    sent = copy.restored()
    office.restart([("undo_seconds = 0", "undo_seconds = 60")])
    office.wait(HOUR)
    assert outside(office, sent) == []
    assert office.clock("first_response").state == "met"


def test_letters_on_their_way_then_wait_for_a_person_and_automatic_ones_are_not_made(
    office: Office, copied: Callable[[Office], Copy]
) -> None:
    office.postbox.answers(address(ANA), Outcome(Sent.LATER, "451 greylisted"))
    office.receive(write(ANA))
    office.arrive(write(RIO))
    while process.process_next(office.services):
        pass
    copy = copied(office)
    office.wait(HOUR)
    sent = copy.restored()
    office.wait(DAY)
    assert outside(office, sent) == []
    assert office.query("SELECT address, state FROM letters WHERE outside") == [(address(ANA), LetterState.HELD.value)]
    assert office.muted("acknowledgement", "ACME-1002") != []


def test_a_reminder_that_was_due_before_is_not_sent_again_and_a_later_one_is(
    office: Office, copied: Callable[[Office], Copy]
) -> None:
    for who in (ANA, RIO):
        office.receive(write(who))
    waits_for_customer(office, "ACME-1001")
    copy = copied(office)
    office.now += 4 * DAY
    waits_for_customer(office, "ACME-1002")
    office.now += 2 * DAY
    sent = copy.restored()
    waits_for_customer(office, "ACME-1002")
    office.wait(6 * DAY)
    assert office.muted("waiting_reminder") != []
    assert address(ANA) not in outside(office, sent)
    assert address(RIO) in outside(office, sent)


def test_it_is_settled_once(office: Office, copied: Callable[[Office], Copy]) -> None:
    copied(office).restored()
    assert restoring.settle(office.services) is None
    with office.services.store.begin() as uow:
        uow.occasions.note(RESTORED, office.now + DAY)
        uow.commit()
    assert restoring.settle(office.services) is not None

"""What waits for a person is told of daily, alarmed about once after four hours, and may be dropped (mail.md 3)."""

from collections import Counter
from pathlib import Path

import pytest

from mailsla.core.model import IntakeState, LetterState
from mailsla.errors import PermanentError
from mailsla.flows import dropping, jobs, queues
from mailsla.flows.dropping import By
from mailsla.ports.mail import Outcome, Sent
from tests.flows.mails import ANA, OPERATOR, SAM, address, answer, write
from tests.flows.office import DAY, HOUR, MINUTE, Office
from tests.flows.postbox import Posted
from tests.flows.test_poison import UNREADABLE, chokes, try_thrice

BY = By("root", "an advertisement")
REFUSED = Outcome(Sent.REFUSED, "550 5.1.1 no such user")
UNKNOWN = Outcome(Sent.UNKNOWN, "no answer to the letter within 600 s")
LATER = Outcome(Sent.LATER, "451 greylisted")
BEA = "Bea Lang <bea@mail.example>"
MALLORY = "Mallory <mallory@elsewhere.example>"


@pytest.fixture
def office(office: Office) -> Office:
    """One whose daemon runs: the moments of periodic jobs are there."""
    jobs.ensure_jobs(office.services)
    return office


def hold(office: Office) -> int:
    """The number of a mail that is held: an agent's token, used by somebody else."""
    office.receive(write(ANA))
    stolen = office.letter(address(SAM), "agent_notification")
    intake = office.receive(answer(MALLORY, stolen, "#resolve"))
    assert intake.state is IntakeState.HELD
    return intake.id


def alarms(office: Office) -> list[Posted]:
    return [
        one for one in office.letters(OPERATOR, "operator_alert") if "still waits for" in " ".join(one.subject.split())
    ]


def letter_to(office: Office, person: str, kind: str = "acknowledgement") -> int:
    with office.services.store.begin() as uow:
        return next(one.id for one in uow.outbox.letters() if (one.recipient, one.kind) == (address(person), kind))


class TestAlarm:
    def test_a_held_mail_is_alarmed_about_after_four_hours_once_and_for_all(self, office: Office) -> None:
        held = hold(office)
        office.wait(4 * HOUR - MINUTE)
        assert alarms(office) == []
        office.wait(HOUR + MINUTE)
        (alarm,) = alarms(office)
        assert f"M{held}" in alarm.subject
        assert f"mailsla queue show M{held}" in alarm.text
        assert "We write again" not in alarm.text
        office.wait(3 * DAY)
        assert len(alarms(office)) == 1

    def test_each_that_waits_too_long_is_alarmed_about_also_beside_an_older_one(self, office: Office) -> None:
        first = hold(office)
        office.wait(2 * HOUR)
        stolen = office.letter(address(SAM), "agent_notification")
        second = office.receive(answer(MALLORY, stolen, "#close now"))
        office.wait(DAY)
        assert Counter(one.subject.partition(" still")[0].rpartition(" ")[2] for one in alarms(office)) == {
            f"M{first}": 1,
            f"M{second.id}": 1,
        }

    def test_an_alarm_that_is_due_while_mailsla_is_down_is_said_at_the_next_start(self, office: Office) -> None:
        hold(office)
        office.sleep_until(office.now + 3 * DAY)
        assert len(alarms(office)) == 1

    def test_a_quarantined_mail(self, office: Office) -> None:
        chokes(office, UNREADABLE)
        office.arrive(write(ANA, "poison"))
        try_thrice(office)
        office.wait(6 * HOUR)
        assert len(alarms(office)) == 1

    def test_a_letter_that_was_possibly_sent(self, office: Office) -> None:
        office.postbox.answers(address(ANA), UNKNOWN, UNKNOWN)
        office.receive(write(ANA))
        office.wait(6 * HOUR)
        (alarm,) = alarms(office)
        assert f"L{letter_to(office, ANA)}" in alarm.subject

    @pytest.mark.parametrize("act", ["release", "drop"])
    def test_none_for_what_a_person_dealt_with_in_time(self, office: Office, act: str) -> None:
        held = hold(office)
        office.wait(HOUR)
        if act == "release":
            queues.release_mail(office.services, held, "root")
        else:
            dropping.drop_mail(office.services, held, BY)
        office.wait(DAY)
        assert alarms(office) == []


class TestDigest:
    def test_it_lists_all_queues_by_the_numbers_of_the_command(self, office: Office, tmp_path: Path) -> None:
        held = hold(office)
        chokes(office, UNREADABLE)
        poison = office.arrive(write(ANA, "poison", subject="unreadable"))
        try_thrice(office)
        office.postbox.answers(address(BEA), REFUSED)
        office.receive(write(BEA))
        greylisted = "Cai Ott <cai@mail.example>"
        office.postbox.answers(address(greylisted), *[LATER] * 99)
        office.receive(write(greylisted))
        office.wait_until("2026-11-17 08:30")
        with office.services.store.begin() as uow:
            numbers = {str(row["number"]) for row in jobs.queue_rows(uow, office.services, office.now)}
        expected = {f"M{held}", f"M{poison.id}", f"L{letter_to(office, BEA)}", f"L{letter_to(office, greylisted)}"}
        assert numbers == expected
        digest = office.letter(OPERATOR, "queue_digest")
        assert all(f"{number} " in digest.text for number in expected)

    def test_a_letter_that_can_not_be_made_is_in_it(self, office: Office, tmp_path: Path) -> None:
        notice = not_made(office, tmp_path)
        office.wait(DAY)
        assert f"N{notice} " in office.letter(OPERATOR, "queue_digest").text

    def test_it_comes_once_a_day_and_not_when_there_is_nothing(self, office: Office) -> None:
        office.wait(2 * DAY)
        assert office.letters(OPERATOR, "queue_digest") == []
        held = hold(office)
        office.wait(3 * DAY)
        assert len(office.letters(OPERATOR, "queue_digest")) == 3
        dropping.drop_mail(office.services, held, BY)
        office.wait(3 * DAY)
        assert len(office.letters(OPERATOR, "queue_digest")) == 3


def not_made(office: Office, folder: Path) -> int:
    """The number of an acknowledgement that the operator's own template makes impossible."""
    own = folder / "own" / "emails" / "acknowledgement" / "body.txt"
    own.parent.mkdir(parents=True)
    own.write_text("{{ letter.nonsense }}\n", encoding="utf-8")
    office.restart([("[instance]", '[letters]\ntemplates = "own"\n\n[instance]')])
    office.receive(write(BEA))
    with office.services.store.begin() as uow:
        (notice,) = uow.outbox.postponed()
    return notice.id


class TestDrop:
    def test_a_mail_keeps_its_bytes_its_row_and_who_dropped_it_when_and_why(self, office: Office) -> None:
        held = hold(office)
        before = queues.mail(office.services, held)
        assert dropping.drop_mail(office.services, held, BY) == "ACME-1001"
        after = queues.mail(office.services, held)
        assert (after.raw, after.intake.reason) == (before.raw, before.intake.reason)
        assert after.intake.state is IntakeState.DROPPED
        assert after.drop is not None
        assert (after.drop.actor, after.drop.at, after.drop.why) == ("cli:root", office.now, "an advertisement")
        (event,) = office.events(type_="mail_dropped")
        assert (event.actor, event.data["why"]) == ("cli:root", "an advertisement")
        office.wait(DAY)
        assert office.intake(held).state is IntakeState.DROPPED

    def test_the_same_mail_once_more_stays_a_duplicate(self, office: Office) -> None:
        held = hold(office)
        raw = queues.mail(office.services, held).raw
        dropping.drop_mail(office.services, held, BY)
        assert office.receive(raw, uidvalidity=2).state is IntakeState.DUPLICATE

    def test_it_can_be_brought_back(self, office: Office) -> None:
        held = hold(office)
        dropping.drop_mail(office.services, held, BY)
        queues.retry_mail(office.services, held)
        office.work()
        assert office.intake(held).state is IntakeState.HELD  # nothing vouches for its sender now either
        assert queues.mail(office.services, held).drop is None
        assert queues.dropped(office.services).mails == []

    def test_the_case_of_a_quarantined_mail_stays(self, office: Office) -> None:
        chokes(office, UNREADABLE)
        poison = office.arrive(write(ANA, "poison"))
        try_thrice(office)
        assert dropping.drop_mail(office.services, poison.id, BY) == "ACME-1001"
        assert office.clock("first_response").state == "running"

    @pytest.mark.parametrize(
        ("outcomes", "state"),
        [([REFUSED], LetterState.FAILED), ([UNKNOWN, UNKNOWN], LetterState.HELD), ([LATER], LetterState.QUEUED)],
    )
    def test_a_letter_is_never_sent_again(self, office: Office, outcomes: list[Outcome], state: LetterState) -> None:
        office.postbox.answers(address(ANA), *outcomes)
        office.receive(write(ANA))
        number = letter_to(office, ANA)
        assert queues.letter(office.services, number).letter.state is state
        dropping.drop_letter(office.services, number, BY)
        office.wait(DAY)
        assert office.kinds(address(ANA)) == []
        shown = queues.letter(office.services, number)
        assert shown.letter.outcome == outcomes[-1].answer
        assert shown.drop is not None
        assert [event.data["why"] for event in office.events(type_="letter_dropped")] == ["an advertisement"]

    def test_who_wrote_an_answer_is_told_and_its_clock_warns_again(self, office: Office) -> None:
        office.receive(write(ANA))
        asked = office.letter(address(SAM), "agent_notification")
        office.postbox.answers(address(ANA), *[LATER] * 9)
        office.receive(answer(SAM, asked, "It comes tomorrow."))
        office.wait(2 * MINUTE)
        dropping.drop_letter(office.services, letter_to(office, ANA, "relay"), By("root", "sent by telephone"))
        office.wait(MINUTE)
        told = office.letter(address(SAM), "delivery_failed").text
        assert "root dropped it: | sent by telephone" in told
        assert "Is the address right?" not in told
        assert office.clock("first_response").state == "running"
        office.wait(4 * HOUR)
        assert office.kinds(address(SAM)).count("reminder") == 1

    def test_a_letter_that_could_not_be_made(self, office: Office, tmp_path: Path) -> None:
        number = not_made(office, tmp_path)
        assert dropping.drop_notice(office.services, number, BY) == "ACME-1001"
        shown = queues.notice(office.services, number)
        assert "acknowledgement/body.txt:1" in shown.failed
        assert shown.drop is not None
        office.restart()
        office.wait(DAY)
        assert office.kinds(address(BEA)) == []
        with pytest.raises(PermanentError, match="is not made any more"):
            queues.make_again(office.services, number)

    def test_what_is_dealt_with_is_not_dropped(self, office: Office) -> None:
        intake = office.receive(write(ANA))
        with pytest.raises(PermanentError, match=f"M{intake.id} is neither held nor in quarantine: it is done"):
            dropping.drop_mail(office.services, intake.id, BY)
        with pytest.raises(PermanentError, match="does not wait: it is sent"):
            dropping.drop_letter(office.services, letter_to(office, ANA), BY)
        with office.services.store.begin() as uow:
            assert uow.drops.newest() == []

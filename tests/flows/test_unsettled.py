"""The database fails under a commit, or takes it without saying so: no mail is at fault, no letter goes out twice."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from mailsla import bootstrap
from mailsla.core.model import IntakeState, LetterState
from mailsla.errors import TemporaryError
from mailsla.flows import delivery, process
from mailsla.flows.services import Unsettled
from mailsla.ports.mail import Outcome, Sent
from tests.flows.conftest import OpenOffice
from tests.flows.failing_store import ANSWER_LOST, KEPT, LOST, FailingStore
from tests.flows.mails import ANA, RIO, SAM, SUPPORT, address, write
from tests.flows.office import MINUTE, Office
from tests.flows.postbox import Postbox
from tests.flows.test_sent_folder import WATCHED

COMMITS = 7  # of a complaint: claim, process; render; claim and record two letters
ROUNDS = 60


def go_on(office: Office) -> None:
    """As the daemon's loops do: what fails is tried again, until nothing fails and nothing is left."""
    for _ in range(ROUNDS):
        try:
            office.work()
        except TemporaryError:
            office.now += MINUTE
        else:
            return
    raise AssertionError("it does not come to an end")


def under(office: Office, fate: Callable[[int], str]) -> FailingStore:
    store = FailingStore(office.services.store, fate)
    office.services = replace(office.services, store=store)
    return store


def all_is_well(office: Office) -> None:
    """One ticket of one mail that was never at fault; each letter was sent once, and none is marked."""
    assert office.tickets() == ["ACME-1001"]
    [(state, attempts)] = office.query("SELECT state, attempts FROM intake")
    assert (state, attempts) == ("done", 1)
    assert sorted(one.to for one in office.postbox.tries) == sorted([address(ANA), address(SAM)])
    rows = office.query("SELECT state, possibly_twice, attempts FROM letters")
    assert rows == [("sent", 0, 1)] * 2


@pytest.mark.parametrize("how", [LOST, ANSWER_LOST])
@pytest.mark.parametrize("number", range(1, COMMITS + 1))
def test_a_commit_that_fails(office: Office, number: int, how: str) -> None:
    office.arrive(write(ANA))
    store = under(office, lambda commit: how if commit == number else KEPT)
    go_on(office)
    all_is_well(office)
    assert store.commits >= number


@pytest.mark.parametrize("how", [LOST, ANSWER_LOST])
def test_a_disk_that_takes_one_commit_in_three(office: Office, how: str) -> None:
    """What is small is kept and what is large is not, again and again: as often as would quarantine a bad mail."""
    office.arrive(write(ANA))
    under(office, lambda commit: KEPT if commit % 3 == 1 or commit > 3 * COMMITS else how)
    go_on(office)
    all_is_well(office)


def test_a_mail_is_not_at_fault_however_often_the_database_fails_under_it(office: Office) -> None:
    """It takes the claim and nothing that follows, for longer than a poisonous mail has attempts."""
    mail = office.arrive(write(ANA))
    claims = 2 * process.MOST_ENDS
    under(office, lambda commit: KEPT if commit % 4 == 1 or commit > 4 * claims else LOST)
    go_on(office)
    all_is_well(office)
    assert office.intake(mail.id).state is IntakeState.DONE


@pytest.mark.parametrize(
    ("outcome", "state", "attempts"),
    [
        (Outcome(Sent.ACCEPTED, "250 taken"), LetterState.SENT, 1),
        (Outcome(Sent.REFUSED, "550 no"), LetterState.FAILED, 1),
        (Outcome(Sent.LATER, "451 try later"), LetterState.QUEUED, 1),
        (Outcome(Sent.ACCOUNT, "535 login refused"), LetterState.QUEUED, 0),
    ],
)
@pytest.mark.parametrize("how", [LOST, ANSWER_LOST])
def test_how_a_try_ended_is_kept_until_the_database_takes_it(
    office: Office, how: str, outcome: Outcome, state: LetterState, attempts: int
) -> None:
    """For an hour nothing can be written; the letter's lease is long over by then."""
    office.arrive(write(ANA))
    office.prepare()
    plain = office.services
    [(urgent,)] = office.query("SELECT recipient FROM letters ORDER BY urgency, next_at, id LIMIT 1")
    office.postbox.answers(urgent, outcome)
    under(office, lambda commit: KEPT if commit == 1 else how)
    with pytest.raises(TemporaryError):
        delivery.send_next(office.services, office.postbox)
    office.now += 60 * MINUTE
    if how == LOST:
        with pytest.raises(TemporaryError):
            delivery.due(office.services)
    office.services = plain
    delivery.due(office.services)
    [row] = office.query("SELECT state, attempts, possibly_twice FROM letters WHERE recipient = ?", urgent)
    assert row == (state.value, attempts, 0)
    assert len(office.postbox.tries) == 1


def test_an_account_that_failed_takes_no_letter_from_another_daemon(office: Office) -> None:
    """Nor does it count as an attempt: so the other's is of the same number as the one whose end was not written."""
    office.arrive(write(ANA))
    office.prepare()
    plain = office.services
    [(urgent,)] = office.query("SELECT recipient FROM letters ORDER BY urgency, next_at, id LIMIT 1")
    office.postbox.answers(urgent, Outcome(Sent.ACCOUNT, "421 closing"))
    under(office, lambda commit: ANSWER_LOST if commit == 2 else KEPT)
    with pytest.raises(TemporaryError):
        delivery.send_next(office.services, office.postbox)
    other = replace(plain, owner="other", unsettled=Unsettled())

    class Between(Postbox):
        """The account of the other daemon, in the middle of whose letter the first one goes on."""

        def send(self, sender: str, recipient: str, content: bytes) -> Outcome:
            delivery.due(office.services)
            return super().send(sender, recipient, content)

    delivery.send_next(other, Between(lambda: office.now))
    row = office.query("SELECT state, claimed_by, possibly_twice FROM letters WHERE recipient = ?", urgent)
    assert row == [("sent", "other", 0)]


@pytest.mark.parametrize("failures", [1, process.TRIES_IN_ORDER - 1])
def test_an_answer_does_not_pass_its_complaint(open_office: OpenOffice, failures: int) -> None:
    """The database fails while the complaint is in work; the answer that lies in the Sent folder is read after it."""
    office = open_office(WATCHED)
    complaint = write(ANA)
    office.arrive(complaint)
    reply = write(f"ACME <{SUPPORT}>", to=ANA, headers={"In-Reply-To": complaint["Message-ID"]})
    office.arrive(reply, auth="none", folder="Sent")
    # a try is three commits: claim, process, postpone
    under(office, lambda commit: LOST if commit % 3 == 2 and commit < 3 * failures else KEPT)
    for _ in range(failures):
        with pytest.raises(TemporaryError):
            office.work()
    office.work()
    assert office.query("SELECT state FROM intake ORDER BY id") == [("done",)] * 2
    assert office.clock("first_response").state == "met"


def test_a_mail_that_the_database_never_takes_holds_up_the_others_for_a_few_tries(office: Office) -> None:
    office.arrive(write(ANA))
    store, failures = office.services.store, 0
    office.arrive(write(RIO))
    under(office, lambda commit: LOST if commit % 3 == 2 else KEPT)
    while failures < process.TRIES_IN_ORDER:
        with pytest.raises(TemporaryError):
            office.work()
        failures += 1
    office.services = replace(office.services, store=store)
    office.work()
    assert office.query("SELECT id, state FROM intake ORDER BY id") == [(1, "stored"), (2, "done")]
    office.now += MINUTE
    office.work()
    assert office.query("SELECT id, state FROM intake ORDER BY id") == [(1, "done"), (2, "done")]


def test_a_reload_forgets_nothing_of_it_and_a_restart_does(office: Office, tmp_path: Path) -> None:
    office.arrive(write(ANA))
    office.prepare()
    plain = office.services.store
    under(office, lambda commit: KEPT if commit == 1 else LOST)
    with pytest.raises(TemporaryError):
        delivery.send_next(office.services, office.postbox)
    there_again = replace(office.services, store=plain)
    assert bootstrap.reloaded(tmp_path / "mailsla.toml", there_again).unsettled.ended is not None
    office.restart()
    assert delivery.recover(office.services) == 1  # a new process knows nothing: there it counts as possibly sent


@pytest.mark.parametrize("errno", [24, 28])
def test_a_machine_without_descriptors_or_space_is_no_mails_fault(open_office: OpenOffice, errno: int) -> None:
    office = open_office()
    mail = office.arrive(write(ANA))
    letters = office.services.letters

    class Full:
        """ports.letters.Letters on a machine that opens no more files."""

        def __getattr__(self, name: str) -> object:
            raise OSError(errno, "not mine to open")

    office.services = replace(office.services, letters=Full())  # type: ignore[arg-type]
    with pytest.raises(TemporaryError) as failed:
        office.work()
    assert failed.value.message.startswith("the machine: ") and failed.value.mend
    assert office.intake(mail.id).attempts <= 1
    office.services = replace(office.services, letters=letters)
    office.now += MINUTE
    go_on(office)
    all_is_well(office)

"""Two daemons on one database: each mail, letter and moment is dealt with by one of them, and neither waits long."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace

import pytest

from mailsla.core.mail.parsed import ParsedMail
from mailsla.core.model import IntakeState, LetterState, Moment
from mailsla.errors import TemporaryError
from mailsla.flows import accept, deadlines, delivery, jobs, leases, process
from mailsla.flows.services import Services
from mailsla.ports.mail import Arrival, Survey
from mailsla.ports.store import Store, UnitOfWork
from mailsla.ports.store.leases import LeaseLost
from tests.flows.mails import ANA, KIM, OPERATOR, SAM, address, answer, write
from tests.flows.office import DAY, HOUR, MINUTE, Office


class Pair:
    """The daemons of an office; `killed` ones of this machine are known to have ended."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.killed: set[str] = set()
        self.first, self.second = (self._daemon(name) for name in ("first", "second"))

    def _daemon(self, name: str) -> Services:
        services = replace(self.office.services, owner=name, has_ended=self.killed.__contains__)
        leases.arrive(services)
        return services


@pytest.fixture
def pair(office: Office) -> Pair:
    return Pair(office)


class While:
    """ports.mail.MailReader that does something while it reads."""

    def __init__(self, services: Services, meanwhile: Callable[[], object]) -> None:
        self._reader, self._meanwhile = services.reader, meanwhile

    def read(self, raw: bytes, attempt: int = 1) -> ParsedMail:
        self._meanwhile()
        return self._reader.read(raw, attempt)

    def wake(self) -> None:
        self._reader.wake()


def while_reading(services: Services, meanwhile: Callable[[], object]) -> Services:
    return replace(services, reader=While(services, meanwhile))


def test_a_daemon_with_other_policies_does_not_start_while_the_first_lives(pair: Pair) -> None:
    other = replace(pair.first, owner="third", terms="others")
    with pytest.raises(TemporaryError, match="first, second runs on this database under other policies"):
        leases.arrive(other)
    for one in (pair.first, pair.second):
        leases.depart(one)
    leases.arrive(other)


# A mailbox


def test_a_mailbox_is_watched_by_one_of_them(pair: Pair) -> None:
    mailbox = pair.first.settings.mailboxes[0]
    assert leases.take_mailbox(pair.first, mailbox) is not None
    assert leases.take_mailbox(pair.second, mailbox) is None
    pair.office.now += leases.LIVES - 1
    leases.renew(pair.first, [mailbox])
    pair.office.now += leases.LIVES - 1
    assert leases.take_mailbox(pair.second, mailbox) is None
    pair.office.now += 1
    assert leases.take_mailbox(pair.second, mailbox) is not None


def test_a_mailbox_that_is_not_renewed_goes_to_the_other(pair: Pair) -> None:
    """Its daemon lives, but its loop hangs, or its server is not reached from there."""
    mailbox = pair.first.settings.mailboxes[0]
    leases.take_mailbox(pair.first, mailbox)
    pair.office.now += leases.LIVES
    leases.renew(pair.first, [])
    assert leases.take_mailbox(pair.second, mailbox) is not None


@pytest.mark.parametrize("how", ["ended in order", "was killed on this machine"])
def test_nobody_waits_for_one_that_is_known_to_have_ended(pair: Pair, how: str) -> None:
    mailbox = pair.first.settings.mailboxes[0]
    leases.take_mailbox(pair.first, mailbox)
    if how == "ended in order":
        leases.depart(pair.first)
    else:
        pair.killed.add("first")
        leases.renew(pair.second, [])
    assert leases.take_mailbox(pair.second, mailbox) is not None


def test_who_was_overtaken_accepts_nothing(pair: Pair) -> None:
    mailbox = pair.first.settings.mailboxes[0]
    lease = leases.take_mailbox(pair.first, mailbox)
    pair.office.now += leases.LIVES
    assert leases.take_mailbox(pair.second, mailbox)
    survey = Survey(folder="INBOX", uidvalidity=1, uidnext=2, uids=("1",))
    arrival = Arrival(uid="1", raw=bytes(write(ANA)), received_at=None)
    with pytest.raises(LeaseLost):
        accept.accept(pair.first, mailbox, survey, [arrival], lease=lease)
    with pytest.raises(LeaseLost):
        accept.first_sight(pair.first, mailbox, survey, lease)
    with pair.first.store.begin() as uow:
        assert uow.intake.counts() == {} and uow.intake.mailbox_state(mailbox.name, "INBOX") is None


# A mail


def test_mails_are_processed_in_their_order(pair: Pair) -> None:
    """While one reads a mail, the other takes none: the second mail may be an answer to the first."""
    pair.office.arrive(write(ANA))
    pair.office.arrive(write(ANA, "And one more thing.", "Re: Where is my parcel?"))
    seen: list[bool] = []
    first = while_reading(pair.first, lambda: seen.append(process.process_next(pair.second)))
    assert process.process_next(first) and seen == [False]
    assert process.process_next(pair.second)
    assert not process.process_next(first)


def test_the_mail_of_one_that_died_goes_to_the_other(pair: Pair) -> None:
    mail = pair.office.arrive(write(ANA))

    def die() -> None:
        raise SystemExit

    with pytest.raises(SystemExit):
        process.process_next(while_reading(pair.first, die))
    assert not process.process_next(pair.second)
    pair.office.now += leases.LIVES
    leases.renew(pair.second, [])
    assert process.process_next(pair.second)
    assert pair.office.intake(mail.id).state is IntakeState.DONE
    assert pair.office.tickets() == ["ACME-1001"]


def test_one_that_stood_still_writes_nothing_of_what_another_did_meanwhile(pair: Pair) -> None:
    """A laptop's lid, a machine that was moved: it wakes in the middle of a mail."""
    pair.office.arrive(write(ANA))

    def sleep() -> None:
        pair.office.now += leases.LIVES
        leases.renew(pair.second, [])
        process.process_next(pair.second)

    assert process.process_next(while_reading(pair.first, sleep))
    assert pair.office.tickets() == ["ACME-1001"]
    pair.office.work()
    assert pair.office.kinds(address(ANA)) == ["acknowledgement"]


def test_a_copy_that_is_done_first_is_the_one_that_counts(pair: Pair) -> None:
    """A mail to two mailboxes: the world fails under its first copy, until that is tried again a minute later."""

    def fail() -> None:
        raise TemporaryError("no child can be started")

    mail = write(ANA)
    first = pair.office.arrive(mail)
    second = pair.office.arrive(mail, mailbox="sales", auth="none")
    for _ in range(process.TRIES_IN_ORDER):
        with pytest.raises(TemporaryError):
            process.process_next(while_reading(pair.first, fail))
    assert process.process_next(pair.second)
    pair.office.now += 2 * MINUTE
    pair.office.work()
    assert pair.office.intake(second.id).state is IntakeState.DONE
    assert pair.office.intake(first.id).duplicate_of == second.id
    assert pair.office.tickets() == ["ACME-1001"]


# A letter


def test_a_letter_that_the_other_sends_is_left_to_it(pair: Pair) -> None:
    pair.office.arrive(write(ANA))
    pair.office.prepare()
    with pair.first.store.begin() as uow:
        letter = uow.outbox.claim_letter(pair.office.now, "first", pair.office.now + HOUR)
        uow.commit()
    assert letter is not None
    delivery.due(pair.second)
    assert delivery.recover(pair.second) == 0
    pair.killed.add("first")
    leases.arrive(pair.second)
    assert delivery.recover(pair.second) == 1
    with pair.first.store.begin() as uow:
        again = uow.outbox.get_letter(letter.id)
    assert again is not None and again.state is LetterState.QUEUED and again.possibly_twice


# A moment


def test_a_digest_that_is_due_is_not_put_off_by_a_start(pair: Pair) -> None:
    pair.office.receive(write(ANA))
    told = pair.office.letter(address(SAM), "agent_notification")
    assert pair.office.receive(answer(KIM, told, "#resolve")).state is IntakeState.HELD
    jobs.ensure_jobs(pair.first)
    pair.office.now += DAY
    jobs.ensure_jobs(pair.second)
    pair.office.work()
    assert pair.office.kinds(OPERATOR).count("queue_digest") == 1


class Interrupted:
    """ports.store.Store that lets something else happen before its second transaction."""

    def __init__(self, store: Store, meanwhile: Callable[[], object]) -> None:
        self._store, self._meanwhile = store, meanwhile
        self._turns = 0

    def begin(self) -> AbstractContextManager[UnitOfWork]:
        self._turns += 1
        if self._turns == 2:
            self._meanwhile()
        return self._store.begin()

    def close(self) -> None: ...


def test_a_moment_that_failed_here_and_was_dealt_with_there_is_not_set_again(pair: Pair) -> None:
    unknown = Moment(kind="of a newer version", key="", at=pair.office.now)
    with pair.first.store.begin() as uow:
        uow.clocks.set_moment(unknown)
        uow.commit()

    def deal() -> None:
        with pair.second.store.begin() as uow:
            assert uow.clocks.take_moment(unknown)
            uow.commit()

    assert deadlines.next_due(replace(pair.first, store=Interrupted(pair.first.store, deal)))
    with pair.first.store.begin() as uow:
        assert uow.clocks.earliest() is None

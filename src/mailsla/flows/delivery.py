"""One notice becomes a letter; one queued letter is claimed, sent and recorded (mail.md section 5)."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TypeVar

import structlog

from mailsla.core.access.loops import Muted, Wait
from mailsla.core.access.recipients import mailbox_of
from mailsla.core.model import Instant, Letter, LetterState, Notice, NoticeState, Role, Scalar, Ticket
from mailsla.core.notices import WRITTEN_BY_A_PERSON
from mailsla.core.retry import next_try
from mailsla.errors import MailslaError, TemporaryError, machine_failed
from mailsla.flows.services import Services
from mailsla.flows.steps.alerts import alert
from mailsla.flows.steps.budgets import budget_of, refused_before
from mailsla.flows.steps.catching_up import WAITING
from mailsla.flows.steps.compose import Draft, compose, draft, store_letters
from mailsla.flows.steps.folding import fold_flood
from mailsla.flows.steps.lookups import Lookups
from mailsla.flows.steps.outcomes import after_failed, after_sent, tell_unmade
from mailsla.flows.unsettled import settle_letters
from mailsla.ports.mail import Outcome, Sent, Transport
from mailsla.ports.store import UnitOfWork
from mailsla.ports.store.leases import LeaseLost

log = structlog.get_logger()

T = TypeVar("T")

BATCH = 50  # at 4 ms a letter the others wait 0.2 s at most for the database
RENDER_AGAIN = 15 * 60  # seconds until a notice whose template failed is tried again
SENDER_AGAIN = 15 * 60  # seconds until a letter whose sender was refused is tried again
LEASE_MARGIN = 300
LATE = 15 * 60  # seconds between receipt and acceptance of a mail that came while we were away
LONGEST = 10 * 60  # seconds for which letters wait for such mail to be processed


def render_due(services: Services) -> int:
    """Turn up to 50 notices whose time has come into letters, in one transaction; how many were dealt with."""
    now, spoken_for = services.now(), set[int]()
    with services.store.begin() as uow:
        notices = _due_notices(uow, now)
        for group in _apart(notices):
            spoken_for |= _render(uow, services, [one for one in group if one.id not in spoken_for], now)
        if notices:
            uow.commit()
    return len(notices)


def due(services: Services) -> bool:
    """Whether anything waits to go out now.

    Where a daemon died just after a letter had gone out, nobody wrote down how that ended: when its lease is over, it
    counts as possibly sent.
    """
    settle_letters(services, record)
    now = services.now()
    with services.store.begin() as uow:
        if stranded := uow.outbox.stranded(now, ""):
            _send_again(uow, services, stranded, now)
            uow.commit()
        earliest = uow.outbox.earliest()
    return earliest is not None and earliest <= now


def send_next(services: Services, transport: Transport) -> Outcome | None:
    """Send the most urgent letter; None when nothing is due.

    An outcome `account` means that nothing is wrong with the letter: the caller lets the account rest.
    """
    settle_letters(services, record)
    now = services.now()
    sending = services.settings.sending
    services.unsettled.claiming = True
    with services.store.begin() as uow:
        lease = now + sending.data_timeout_seconds + sending.timeout_seconds + LEASE_MARGIN
        letter = uow.outbox.claim_letter(now, services.owner, lease)
        if letter is None:
            services.unsettled.claiming = False
            return None
        uow.commit()
    services.unsettled.claiming = False
    outcome = transport.send(letter.sender, letter.recipient, letter.content)
    if (largest := transport.largest()) is not None:
        services.seen["largest"] = largest
    record(services, letter, outcome)
    return outcome


def record(services: Services, letter: Letter, outcome: Outcome) -> None:
    """Write down how a try to send ended, and what follows from it; kept in mind until the database has it."""
    now, services.unsettled.ended = services.now(), (letter, outcome)
    try:
        with services.store.begin() as uow:
            _conclude(uow, services, letter, outcome, now)
            uow.commit()
    except LeaseLost:
        services.unsettled.ended = None
        raise
    except TemporaryError:
        raise
    except Exception as error:  # what follows can't be done on its ticket; that it went out must be kept all the same
        if failed := machine_failed(error):
            raise failed from error
        log.exception("not recorded", letter=letter.id, kind=letter.kind)
        _conclude_alone(services, letter, outcome, type(error).__name__, now)
    services.unsettled.ended = None
    log.info("letter", letter=letter.id, kind=letter.kind, outcome=outcome.sent.value, ticket=letter.ticket_id)


def _conclude(uow: UnitOfWork, services: Services, letter: Letter, outcome: Outcome, now: Instant) -> None:
    match _write_down(uow, letter, outcome, now):
        case LetterState.SENT:
            after_sent(uow, services, letter, now)
        case LetterState.FAILED:
            after_failed(uow, services, letter, outcome.answer, now)
        case LetterState.HELD:
            _ask_operator(uow, services, letter, now)
    if outcome.sent is Sent.SENDER:
        values: dict[str, Scalar] = {"sender": letter.sender, "cause": outcome.answer}
        alert(uow, services, "sender_refused", now, values, command="mailsla check", about=letter.sender)


def _write_down(uow: UnitOfWork, letter: Letter, outcome: Outcome, now: Instant) -> LetterState:
    """How the try ended in the letter's own row, and nothing else; the state that it is in now."""
    match outcome.sent:
        case Sent.ACCEPTED | Sent.DRY_RUN:
            uow.outbox.settle_letter(letter, LetterState.SENT, at=now, outcome=outcome.answer)
            return LetterState.SENT
        case Sent.REFUSED:
            uow.outbox.settle_letter(letter, LetterState.FAILED, at=now, outcome=outcome.answer)
            return LetterState.FAILED
        case Sent.LATER:
            return _try_later(uow, letter, outcome.answer, now)
        case Sent.UNKNOWN:
            return _ambiguous(uow, letter, outcome.answer, now)
        case Sent.SENDER:
            again = now + SENDER_AGAIN  # later than the letters of other senders, which may go
            uow.outbox.requeue(letter, next_at=again, outcome=outcome.answer, attempts=letter.attempts - 1)
            return LetterState.QUEUED
        case Sent.ACCOUNT:
            uow.outbox.requeue(letter, next_at=now, outcome=outcome.answer, attempts=letter.attempts - 1)
            return LetterState.QUEUED


def _conclude_alone(services: Services, letter: Letter, outcome: Outcome, error: str, now: Instant) -> None:
    """How the try ended without what follows from it: what was sent is not sent again; the operator is told."""
    with services.store.begin() as uow:
        _write_down(uow, letter, outcome, now)
        if letter.kind != "operator_alert":  # an alert about an alert would make the next one
            values: dict[str, Scalar] = {"letter": letter.id, "kind": letter.kind, "error": error}
            alert(uow, services, "letter_not_recorded", now, values, command="journalctl -u mailsla")
        uow.commit()


def recover(services: Services) -> int:
    """At start: letters that an earlier life of this daemon was sending go out once more, marked; how many."""
    now = services.now()
    with services.store.begin() as uow:
        stranded = uow.outbox.stranded(now, services.owner)
        _send_again(uow, services, stranded, now)
        uow.commit()
    return len(stranded)


def _send_again(uow: UnitOfWork, services: Services, stranded: Sequence[Letter], now: Instant) -> None:
    for letter in stranded:
        if _ambiguous(uow, letter, "mailsla stopped while this was being sent", now) is LetterState.HELD:
            _ask_operator(uow, services, letter, now)


def _try_later(uow: UnitOfWork, letter: Letter, answer: str, now: Instant) -> LetterState:
    again = next_try(letter.attempts, letter.created_at, now)
    if again is None:
        uow.outbox.settle_letter(letter, LetterState.FAILED, at=now, outcome=f"given up after 5 days: {answer}")
        return LetterState.FAILED
    uow.outbox.requeue(letter, next_at=again, outcome=answer)
    return LetterState.QUEUED


def _ambiguous(uow: UnitOfWork, letter: Letter, answer: str, now: Instant) -> LetterState:
    """Possibly sent: once more with the same bytes and Message-ID; the second time a person decides."""
    if not letter.possibly_twice:
        uow.outbox.requeue(letter, next_at=now, outcome=answer, possibly_twice=True)
        return LetterState.QUEUED
    uow.outbox.settle_letter(letter, LetterState.HELD, at=now, outcome=answer)
    return LetterState.HELD


def _ask_operator(uow: UnitOfWork, services: Services, letter: Letter, now: Instant) -> None:
    alert(uow, services, "letter_held", now, {"letter": letter.id, "kind": letter.kind}, command="mailsla queue list")


def _due_notices(uow: UnitOfWork, now: Instant) -> list[Notice]:
    """A batch of them. What folds waits while more for the same people may come of it, so that each gets one letter."""
    notices = uow.outbox.due_notices(now, BATCH)
    if any(one.kind in WAITING for one in notices) and _catching_up(uow, now):
        return uow.outbox.due_notices(now, BATCH, besides=WAITING)
    return notices


def _catching_up(uow: UnitOfWork, now: Instant) -> bool:
    """Whether tickets are overdue that nobody has looked at, or mail waits that came late: an outage is just over.

    The due loop and the processing loop are through with it soon; recomputing all open tickets is not waited for.
    """
    moment = uow.clocks.next_moment(now)
    if moment is not None and moment.kind == "ticket":
        return True
    mail = uow.intake.first_stored(now)
    return mail is not None and mail.accepted_at - mail.received_at > LATE and now - mail.accepted_at < LONGEST


def _apart(notices: Sequence[Notice]) -> Iterator[list[Notice]]:
    """Neighbours of which none bears upon another: no reader twice, nor two letters to the outside about one ticket.

    What the first does (budgets, folding, the thread that it stands in) the next must see, and so is of a later group.
    """
    group: list[Notice] = []
    taken: set[str | int | None] = set()
    for notice in notices:
        keys: set[str | int | None] = {mailbox_of(notice.recipient)}
        if notice.role is Role.CUSTOMER:
            keys.add(notice.ticket_id)
        if keys & taken:
            yield group
            group, taken = [], set[str | int | None]()
        group.append(notice)
        taken |= keys
    yield group


def _render(uow: UnitOfWork, services: Services, notices: Sequence[Notice], now: Instant) -> set[int]:
    """Letters of notices that stand apart, step by step for all of them; the other notices that these settled.

    Going through all of it letter by letter costs a quarter more: each step finds the processor's caches cold.
    """
    known = Lookups(uow, notices, now)
    drafts: list[Draft] = []
    for notice in notices:
        drafted = _made(uow, services, notice, now, partial(_draft, known, services, notice, now, len(drafts)))
        if drafted is not None:
            drafts.append(drafted)
    tried = [(one, _made(uow, services, one.notice, now, partial(compose, uow, services, one, now))) for one in drafts]
    made = [(one, letter) for one, letter in tried if letter is not None]
    if made:
        store_letters(uow, made, now)
    return {number for one, _ in made for number in one.folded}


def _made(uow: UnitOfWork, services: Services, notice: Notice, now: Instant, make: Callable[[], T]) -> T | None:
    """What `make` makes. One letter that can't be made must not hold up the others; it has written nothing."""
    try:
        return make()
    except TemporaryError:
        raise
    except Exception as error:
        if failed := machine_failed(error):
            raise failed from error
        log.exception("rendering failed", notice=notice.id, kind=notice.kind)
        cause = error.message if isinstance(error, MailslaError) else f"{type(error).__name__}: {error}"
        uow.outbox.postpone_notice(notice.id, now + RENDER_AGAIN, cause)
        values = {"kind": notice.kind, "error": cause}
        alert(uow, services, "template_failed", now, values, command="mailsla check")
        if notice.kind in WRITTEN_BY_A_PERSON:
            tell_unmade(uow, services, notice, cause, now)
        return None


def _tell_of_machine(uow: UnitOfWork, services: Services, address: str, ticket: Ticket, now: Instant) -> None:
    values: dict[str, Scalar] = {"address": address, "reference": ticket.reference}
    command = f"mailsla ticket show {ticket.reference}"
    alert(uow, services, "machine_answers", now, values, command=command, ticket_id=ticket.id, about=address.lower())


def _draft(known: Lookups, services: Services, notice: Notice, now: Instant, ahead: int) -> Draft | None:
    """One notice: mute it, let it wait, fold it, cancel it, or draft its letter. `ahead`: drafts not yet stored."""
    uow, ticket = known.uow, known.ticket(notice.ticket_id)
    if notice.role is Role.CUSTOMER and notice.kind not in WRITTEN_BY_A_PERSON:
        if refused := refused_before(known, notice):
            uow.outbox.settle_notice(notice.id, NoticeState.MUTED, refused)
            return None
        match budget_of(known, services, notice, ticket, now, ahead):
            case Muted(reason):
                uow.outbox.settle_notice(notice.id, NoticeState.MUTED, reason.code)
                if reason.code == "muted_takes_turns" and ticket is not None:
                    _tell_of_machine(uow, services, notice.recipient, ticket, now)
                return None
            case Wait(until, reason):
                uow.outbox.postpone_notice(notice.id, until, reason.code)
                return None
            case None:
                pass
    if notice.role is not Role.CUSTOMER and fold_flood(known, services, notice, now):
        return None
    drafted = draft(known, services, notice, ticket, now)
    if drafted is None:
        uow.outbox.settle_notice(notice.id, NoticeState.CANCELLED, "no longer true")
    return drafted

"""An accepted mail: parse -> disposition -> access -> thread -> triage -> clocks -> notices, in one transaction."""

from dataclasses import replace

import structlog

from mailsla.config.settings import MailboxSettings
from mailsla.core.access.authority import Action
from mailsla.core.mail.parsed import ParsedMail
from mailsla.core.model import Intake, IntakeState
from mailsla.errors import MailslaError, TemporaryError, Unparseable
from mailsla.flows.services import Services
from mailsla.flows.steps.deciding import PERFORM, Mail
from mailsla.flows.steps.examine import PROVEN_BY_PERSON, Examination, examine, released
from mailsla.flows.steps.quarantine import quarantine, set_aside
from mailsla.ports.store import UnitOfWork

log = structlog.get_logger()

MOST_ATTEMPTS = 3  # of which the last one failed too
MOST_ENDS = 6  # of mailsla, in the middle of one mail: kills that hit an innocent one three times in a row were seen
WAIT_AFTER_FAILURE = 60  # seconds; doubled by attempt
SAME_MAIL = 7 * 24 * 3600  # equal fingerprints in two mailboxes within this are one mail


def process_next(services: Services) -> bool:
    """Process the oldest accepted mail; False when there is none.

    Raises TemporaryError when database or disk fail: not the mail's fault, its attempt does not count.
    """
    now = services.now()
    with services.store.begin() as uow:
        intake = uow.intake.next_stored(now)
        if intake is None:
            return False
        raw = uow.intake.raw(intake.sha256 or "")
        again = intake.attempts > 0
        if not again:
            if not uow.intake.start_attempt(intake.id, 0):
                return True
            uow.commit()
    try:
        # The second time a child reads it, which can't take us down: if we end meanwhile, it isn't the mail's doing.
        mail = services.reader.read(raw, intake.attempts + 1)
        if again and not _start(services, intake):
            return True
        if intake.attempts >= MOST_ENDS:
            _quarantine(services, intake, f"mailsla ended {MOST_ENDS} times while it processed this mail")
        else:
            process(services, intake, mail)
    except Unparseable as error:
        _failed(services, intake, error.message)
    except MailslaError as error:  # database, disk, configuration: not the mail's fault
        _give_back(services, intake, error.message)
        raise
    except Exception as error:
        log.exception("processing failed", intake=intake.id, attempt=intake.attempts + 1)
        _failed(services, intake, f"{type(error).__name__} while processing; the log has the trace")
    return True


def _start(services: Services, intake: Intake) -> bool:
    """Count the attempt before it begins; False when another daemon did."""
    with services.store.begin() as uow:
        started = uow.intake.start_attempt(intake.id, intake.attempts)
        uow.commit()
    return started


def process(services: Services, intake: Intake, mail: ParsedMail) -> None:
    """Decide on a mail that has been read, and write all that follows, or nothing."""
    with services.store.begin() as uow:
        state = _duplicate(uow, intake, mail) or _perform(uow, services, intake, mail)
        uow.commit()
    log.info("mail", intake=intake.id, mailbox=intake.mailbox, became=state)


def _duplicate(uow: UnitOfWork, intake: Intake, mail: ParsedMail) -> str:
    """Content that we hold already opens nothing and answers nothing (mail.md section 1)."""
    earlier = uow.intake.same_content(intake) or uow.intake.same_fingerprint(
        mail.fingerprint, intake.mailbox, intake.received_at - SAME_MAIL, intake.id
    )
    if earlier is None:
        return ""
    uow.intake.finish(
        intake.id,
        IntakeState.DUPLICATE,
        reason=f"the same mail as intake {earlier.id}",
        ticket_id=earlier.ticket_id,
        duplicate_of=earlier.id,
        fingerprint=mail.fingerprint,
    )
    return "duplicate"


def _perform(uow: UnitOfWork, services: Services, intake: Intake, mail: ParsedMail) -> str:
    mailbox = _mailbox(services, intake)
    now = services.now()
    vouched = intake.reason.startswith(PROVEN_BY_PERSON)
    seen = examine(uow, services, mailbox, mail, received_at=intake.received_at, now=now, vouched=vouched)
    seen = _let_go(seen) if vouched else seen
    done = PERFORM[seen.access.action](Mail(uow, services, intake, seen, now))
    uow.intake.finish(intake.id, done.state, reason=done.reason, ticket_id=done.ticket_id, fingerprint=mail.fingerprint)
    return f"{seen.access.action.value} ({seen.access.row})"


def _let_go(seen: Examination) -> Examination:
    """A mail that a person released is not held again: what the table would hold stays inside."""
    if seen.access.action not in (Action.HOLD, Action.ASK):
        return seen
    candidate = seen.facts.candidate
    return replace(seen, access=released(seen.access, candidate.ticket_id if candidate else None))


def _mailbox(services: Services, intake: Intake) -> MailboxSettings:
    """The mailbox that it came by; where that is configured no more, the first one answers for it."""
    try:
        return services.settings.mailbox(intake.mailbox)
    except KeyError:
        return services.settings.mailboxes[0]


def _give_back(services: Services, intake: Intake, reason: str) -> None:
    """The attempt does not count. If the database is what failed, the row says so itself after the next start."""
    try:
        with services.store.begin() as uow:
            retry_at = services.now() + WAIT_AFTER_FAILURE
            uow.intake.postpone(intake.id, attempts=intake.attempts, retry_at=retry_at, reason=reason)
            uow.commit()
    except TemporaryError as error:
        log.warning("attempt not given back", intake=intake.id, cause=error.message)


def _failed(services: Services, intake: Intake, reason: str) -> None:
    attempts = intake.attempts + 1
    if attempts >= MOST_ATTEMPTS:
        _quarantine(services, intake, reason)
        return
    with services.store.begin() as uow:
        retry_at = services.now() + WAIT_AFTER_FAILURE * attempts
        uow.intake.postpone(intake.id, attempts=attempts, retry_at=retry_at, reason=reason)
        uow.commit()
    log.warning("mail failed", intake=intake.id, attempt=attempts, cause=reason)


def _quarantine(services: Services, intake: Intake, reason: str) -> None:
    now = services.now()
    try:
        with services.store.begin() as uow:
            quarantine(uow, services, intake, _mailbox(services, intake), reason, now)
            uow.commit()
    except TemporaryError:
        raise
    except Exception:  # then without a ticket: it must not hold up the next mail
        log.exception("no stub ticket", intake=intake.id)
        with services.store.begin() as uow:
            set_aside(uow, services, intake, None, reason, now)
            uow.commit()
    log.error("mail quarantined", intake=intake.id, cause=reason)

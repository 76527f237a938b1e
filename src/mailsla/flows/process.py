"""An accepted mail: parse -> disposition -> access -> thread -> triage -> clocks -> notices, in one transaction."""

import structlog

from mailsla.config.settings import MailboxSettings
from mailsla.core.mail.parsed import ParsedMail
from mailsla.core.model import Intake, IntakeState
from mailsla.errors import MailslaError, TemporaryError, Unparseable, machine_failed
from mailsla.flows.services import Services
from mailsla.flows.steps.deciding import PERFORM, Mail
from mailsla.flows.steps.examine import PROVEN_BY_PERSON, examine
from mailsla.flows.steps.past import is_past
from mailsla.flows.steps.quarantine import quarantine, set_aside
from mailsla.flows.unsettled import settle_mails
from mailsla.ports.mail import Woken
from mailsla.ports.store import UnitOfWork
from mailsla.ports.store.leases import LeaseLost

log = structlog.get_logger()

MOST_ATTEMPTS = 3  # of which the last one failed too
MOST_ENDS = 6  # of mailsla, in the middle of one mail: kills that hit an innocent one three times in a row were seen
WAIT_AFTER_FAILURE = 60  # seconds; doubled by attempt
TRIES_IN_ORDER = 4  # of a mail under which the world fails: with the loop's pauses half a minute, then others go first
CLAIM = 600  # seconds; that a daemon died is known sooner (ports/store/leases.py), so this is for one that hangs
SAME_MAIL = 7 * 24 * 3600  # equal fingerprints in two mailboxes within this are one mail


def process_next(services: Services) -> bool:
    """Process the oldest accepted mail; False when there is none, or another daemon has it in work.

    Mails are processed in the order in which they came, however many daemons there are: an answer that overtook its
    complaint would open a second ticket. Only one that fails again and again is overtaken.
    Raises TemporaryError when database or disk fail: not the mail's fault, its attempt does not count.
    """
    settle_mails(services)
    now = services.now()
    owed = services.unsettled.attempts
    with services.store.begin() as uow:
        found = uow.intake.next_stored(now)
        if found is None:
            return False
        intake, raw = found
        if not uow.intake.claim(intake, services.owner, now, now + CLAIM):
            return False
        owed[intake.id] = intake.attempts
        uow.commit()
    del owed[intake.id]
    try:
        # The second time a child reads it, which can't take us down: if we end meanwhile, it isn't the mail's doing.
        mail = services.reader.read(raw, intake.attempts + 1)
        if intake.attempts > 0:
            _start(services, intake)
        if intake.attempts >= MOST_ENDS:
            _quarantine(services, intake, f"mailsla ended {MOST_ENDS} times while it processed this mail")
        else:
            process(services, intake, mail)
    except LeaseLost as error:  # this process stood still for too long; nothing of it was written
        log.warning("mail left to another daemon", intake=intake.id, cause=error.message)
    except Unparseable as error:
        _failed(services, intake, error.message)
    except Woken as error:  # it is the first that the next daemon reads
        give_back(services, intake, error.message, wait=0)
        raise
    except MailslaError as error:  # database, disk, configuration: not the mail's fault
        give_back(services, intake, error.message, wait=_wait(services, intake))
        raise
    except Exception as error:
        if failed := machine_failed(error):
            give_back(services, intake, failed.message, wait=_wait(services, intake))
            raise failed from error
        log.exception("processing failed", intake=intake.id, attempt=intake.attempts + 1)
        _failed(services, intake, f"{type(error).__name__} while processing; the log has the trace")
    return True


def _wait(services: Services, intake: Intake) -> int:
    """Seconds in which others go before a mail under which the world failed.

    None at first, for an answer in the Sent folder that is read before its complaint stops no clock. But one that fails
    alone, whatever it has in it, must not hold up the others for ever.
    """
    mail, times = services.unsettled.failed
    times = times + 1 if mail == intake.id else 1
    services.unsettled.failed = (intake.id, times)
    return 0 if times < TRIES_IN_ORDER else WAIT_AFTER_FAILURE


def _start(services: Services, intake: Intake) -> None:
    """Count a later attempt before it begins."""
    with services.store.begin() as uow:
        uow.intake.start_attempt(intake.id, services.owner)
        uow.commit()


def process(services: Services, intake: Intake, mail: ParsedMail) -> None:
    """Decide on a mail that this process has claimed and read, and write all that follows, or nothing."""
    with services.store.begin() as uow:
        same = uow.intake.same_mail(intake, mail.fingerprint, SAME_MAIL)
        if same is None:
            state = _perform(uow, services, intake, mail)
        elif _proves(services, intake, same):
            state = _perform(uow, services, intake, mail, held=same)
        else:
            state = _ignore(uow, services, intake, same, mail.fingerprint)
        uow.commit()
    log.info("mail", intake=intake.id, mailbox=intake.mailbox, became=state)


def _ignore(uow: UnitOfWork, services: Services, intake: Intake, same: Intake, fingerprint: str) -> str:
    """Content that we hold already opens nothing and answers nothing (mail.md section 1)."""
    uow.intake.finish(
        intake.id,
        services.owner,
        IntakeState.DUPLICATE,
        reason=f"the same mail as intake {same.id}",
        ticket_id=same.ticket_id,
        duplicate_of=same.id,
        fingerprint=fingerprint,
    )
    return "duplicate"


def _proves(services: Services, intake: Intake, same: Intake) -> bool:
    """Whether this copy lies in the Sent folder, and the one that came in is held because nothing proved its sender."""
    mailbox = mailbox_of(services, intake)
    return same.state is IntakeState.HELD and mailbox.is_sent(intake.folder) and not mailbox.is_sent(same.folder)


def _perform(
    uow: UnitOfWork, services: Services, intake: Intake, mail: ParsedMail, *, held: Intake | None = None
) -> str:
    """`held`: the same mail, which waits for the proof that this one is."""
    mailbox = mailbox_of(services, intake)
    now = services.now()
    vouched = intake.reason.startswith(PROVEN_BY_PERSON)
    seen = examine(
        uow,
        services,
        mailbox,
        mail,
        received_at=intake.received_at,
        now=now,
        folder=intake.folder,
        vouched=vouched,
        past=is_past(intake),
    )
    done = PERFORM[seen.access.action](Mail(uow, services, intake, seen, now))
    uow.intake.finish(
        intake.id,
        services.owner,
        done.state,
        reason=done.reason,
        ticket_id=done.ticket_id,
        fingerprint="" if done.state is IntakeState.LEFT else mail.fingerprint,
    )
    if held is not None and done.state is not IntakeState.LEFT:
        uow.intake.supersede(held.id, intake)
    return f"{seen.access.action.value} ({seen.access.row})"


def mailbox_of(services: Services, intake: Intake) -> MailboxSettings:
    """The mailbox that it came by; where that is configured no more, the first one answers for it."""
    try:
        return services.settings.mailbox(intake.mailbox)
    except KeyError:
        return services.settings.mailboxes[0]


def give_back(services: Services, intake: Intake, reason: str, *, wait: int) -> None:
    """The attempt does not count. If the database is what failed, it hears so when it is there again."""
    try:
        with services.store.begin() as uow:
            retry_at = services.now() + wait
            uow.intake.postpone(intake.id, services.owner, attempts=intake.attempts, retry_at=retry_at, reason=reason)
            uow.commit()
    except LeaseLost as error:  # all was written, and only the answer was lost; or another has taken it over
        log.warning("mail was dealt with", intake=intake.id, cause=error.message)
    except TemporaryError as error:
        services.unsettled.attempts[intake.id] = intake.attempts
        log.warning("attempt not given back", intake=intake.id, cause=error.message)


def _failed(services: Services, intake: Intake, reason: str) -> None:
    attempts = intake.attempts + 1
    if attempts >= MOST_ATTEMPTS:
        _quarantine(services, intake, reason)
        return
    with services.store.begin() as uow:
        same = uow.intake.same_mail(intake, "", SAME_MAIL)
        if same is not None:  # the same bytes once more, or seen again under a new UIDVALIDITY: one stub is enough
            _ignore(uow, services, intake, same, "")
        else:
            retry_at = services.now() + WAIT_AFTER_FAILURE * attempts
            uow.intake.postpone(intake.id, services.owner, attempts=attempts, retry_at=retry_at, reason=reason)
        uow.commit()
    log.warning("mail failed", intake=intake.id, attempt=attempts, cause=reason)


def _quarantine(services: Services, intake: Intake, reason: str) -> None:
    now = services.now()
    try:
        with services.store.begin() as uow:
            mailbox = mailbox_of(services, intake)
            if mailbox.is_sent(intake.folder):  # nobody complains there
                set_aside(uow, services, intake, None, reason, now)
            else:
                quarantine(uow, services, intake, mailbox, reason, now)
            uow.commit()
    except TemporaryError:
        raise
    except Exception as error:  # then without a ticket: it must not hold up the next mail
        if failed := machine_failed(error):
            raise failed from error
        log.exception("no stub ticket", intake=intake.id)
        with services.store.begin() as uow:
            set_aside(uow, services, intake, None, reason, now)
            uow.commit()
    log.error("mail quarantined", intake=intake.id, cause=reason)

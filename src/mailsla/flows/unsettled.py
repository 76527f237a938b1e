"""What the database did not take is said again: an attempt that does not count, how a try to send ended.

While this process lives it knows both, so neither a full disk nor a lost answer makes a mail its own fault, or a letter
one that was possibly sent twice: only a crash or a time-out does (mail.md section 5).
"""

from collections.abc import Callable

import structlog

from mailsla.core.model import Letter
from mailsla.flows.services import Services
from mailsla.ports.mail import Outcome
from mailsla.ports.store.leases import LeaseLost

log = structlog.get_logger()

Record = Callable[[Services, Letter, Outcome], None]


def settle_mails(services: Services) -> None:
    """Give attempts back. Raises TemporaryError while the database still fails."""
    attempts = services.unsettled.attempts
    for number, before in list(attempts.items()):
        try:
            with services.store.begin() as uow:
                reason = "the database failed while it was processed"
                uow.intake.postpone(number, services.owner, attempts=before, retry_at=services.now(), reason=reason)
                uow.commit()
        except LeaseLost:  # it was never claimed, or is done: only the answer was lost
            log.info("nothing to give back", intake=number)
        del attempts[number]


def settle_letters(services: Services, record: Record) -> None:
    """Write down how a try ended, and let go of a letter that was claimed for nothing. Raises TemporaryError."""
    left = services.unsettled
    if left.ended is not None:
        letter, outcome = left.ended
        try:
            record(services, letter, outcome)
        except LeaseLost as error:  # it was written down, and only the answer was lost; or another took it over
            log.warning("letter was dealt with", letter=letter.id, cause=error.message)
    if left.claiming:
        with services.store.begin() as uow:
            for letter in uow.outbox.stranded(0, services.owner):
                before = letter.attempts - 1
                uow.outbox.requeue(letter, next_at=letter.next_at, outcome=letter.outcome, attempts=before)
                log.info("letter was claimed for nothing", letter=letter.id)
            uow.commit()
        left.claiming = False

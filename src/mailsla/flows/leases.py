"""Daemons that share a database: this one says that it lives, and takes what only one at a time may do.

Instants are each machine's own: clocks that differ by more than LIVES - RENEW seconds make a daemon take another for
dead. Nothing is lost or doubled by that (leases are required, letters marked as possibly sent twice), but they would
take turns.
"""

import structlog

from mailsla.config.settings import MailboxSettings
from mailsla.core.model import Instant
from mailsla.errors import TemporaryError
from mailsla.flows.services import Services
from mailsla.ports.store import UnitOfWork
from mailsla.ports.store.leases import Lease

log = structlog.get_logger()

RENEW = 10  # seconds between two signs of life
LIVES = 30  # seconds after the last sign of life, over which a daemon counts as dead
FORGOTTEN = 24 * 3600  # seconds after which nothing can be claimed by a dead daemon any more


def arrive(services: Services) -> None:
    """At start: this daemon lives, and those of this machine that were killed do not.

    Raises TemporaryError while another lives under other policies or calendars: a complaint would get the deadlines of
    whichever took it.
    """
    now = services.now()
    with services.store.begin() as uow:
        _bury(uow, services, now)
        uow.leases.forget(now - FORGOTTEN)
        if others := uow.leases.differing(services.terms, now):
            raise TemporaryError(
                f"{', '.join(others)} runs on this database under other policies or calendars",
                "give all daemons the same [[policies]] and [calendars], and reload those that run",
            )
        uow.leases.live(services.owner, now + LIVES, services.terms)
        uow.commit()


def renew(services: Services, mailboxes: list[MailboxSettings]) -> None:
    """This daemon lives on, and keeps these mailboxes, those of them that it has."""
    now = services.now()
    with services.store.begin() as uow:
        _bury(uow, services, now)
        uow.leases.live(services.owner, now + LIVES, services.terms)
        for mailbox in mailboxes:
            uow.leases.take(_name(mailbox), services.owner, now, now + LIVES)
        uow.commit()


def depart(services: Services) -> None:
    """At the end, when nothing runs any more: others need not wait."""
    with services.store.begin() as uow:
        uow.leases.end(services.owner, services.now())
        uow.commit()


def take_mailbox(services: Services, mailbox: MailboxSettings) -> Lease | None:
    """The right to watch this mailbox; None while another daemon has it."""
    now = services.now()
    with services.store.begin() as uow:
        lease = uow.leases.take(_name(mailbox), services.owner, now, now + LIVES)
        uow.commit()
    return lease


def _bury(uow: UnitOfWork, services: Services, now: Instant) -> None:
    for daemon in uow.leases.living(now):
        if services.has_ended(daemon):
            uow.leases.end(daemon, now)
            log.warning("a daemon has died", daemon=daemon)


def _name(mailbox: MailboxSettings) -> str:
    return f"mailbox:{mailbox.name}"

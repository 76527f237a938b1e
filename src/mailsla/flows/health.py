"""What the database tells of the daemon's work, whether one runs or not: for `mailsla health` and the metrics."""

from mailsla.config.settings import Settings
from mailsla.core.health import Database, Measures, Reading
from mailsla.core.model import Instant, IntakeState, LetterState
from mailsla.ports.store import Store, UnitOfWork
from mailsla.ports.store.occasions import BACKED_UP, RESTORED, reconciled

Space = tuple[int | None, int | None]  # octets of the database's file, and free on its disk; None: on a server


def measure(store: Store, settings: Settings, now: Instant, space: Space = (None, None)) -> Measures:
    """In one short transaction. Raises TemporaryError when the database can't be reached."""
    with store.begin() as uow:
        return Measures(
            at=now,
            daemons=len(uow.leases.living(now)),
            queues={
                "unprocessed": uow.intake.backlog(IntakeState.STORED),
                "unsent": uow.outbox.overdue(now),
                "held": uow.intake.backlog(IntakeState.HELD),
                "quarantined": uow.intake.backlog(IntakeState.QUARANTINED),
                "in_doubt": uow.outbox.backlog(LetterState.HELD),
                "failed": uow.outbox.backlog(LetterState.FAILED),
            },
            mailboxes=_mailboxes(uow, settings),
            database=_database(uow, settings, space),
        )


def _database(uow: UnitOfWork, settings: Settings, space: Space) -> Database:
    restored = uow.occasions.when(RESTORED)
    read = (box.name for box in settings.mailboxes if box.kind != "pipe")
    return Database(
        backed_up=uow.occasions.when(BACKED_UP),
        restored=restored,
        unreconciled=[name for name in read if restored and (uow.occasions.when(reconciled(name)) or 0) < restored],
        size=space[0],
        free=space[1],
    )


def _mailboxes(uow: UnitOfWork, settings: Settings) -> dict[str, Reading]:
    """Those that are read; what an MTA pipes in comes when it comes."""
    found = {}
    for mailbox in settings.mailboxes:
        if mailbox.kind != "pipe":
            state = uow.intake.mailbox_state(mailbox.name, mailbox.folder)
            found[mailbox.name] = Reading((state.read_at or None) if state else None, mailbox.poll_seconds)
    return found

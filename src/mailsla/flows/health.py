"""What the database tells of the daemon's work, whether one runs or not: for `mailsla health` and the metrics."""

from mailsla.config.settings import Settings
from mailsla.core.health import Measures, Reading
from mailsla.core.model import Instant, IntakeState, LetterState
from mailsla.ports.store import Store, UnitOfWork


def measure(store: Store, settings: Settings, now: Instant) -> Measures:
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
        )


def _mailboxes(uow: UnitOfWork, settings: Settings) -> dict[str, Reading]:
    """Those that are read; what an MTA pipes in comes when it comes."""
    found = {}
    for mailbox in settings.mailboxes:
        if mailbox.kind != "pipe":
            state = uow.intake.mailbox_state(mailbox.name, mailbox.folder)
            found[mailbox.name] = Reading((state.read_at or None) if state else None, mailbox.poll_seconds)
    return found

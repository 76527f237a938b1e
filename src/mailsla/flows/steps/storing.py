"""The bytes of a mail that arrived are stored, and the row that says where it came from is made."""

import hashlib

from mailsla.config.settings import MailboxSettings
from mailsla.core.model import Instant, Intake
from mailsla.ports.mail import Arrival
from mailsla.ports.store import UnitOfWork


def stored(
    uow: UnitOfWork, arrival: Arrival, mailbox: MailboxSettings, folder: str, uidvalidity: int, now: Instant
) -> Intake:
    """The row, which is still to be added; its receipt is what the source says, never later than now."""
    sha256 = hashlib.sha256(arrival.raw).hexdigest()
    uow.intake.put_raw(sha256, arrival.raw)
    return Intake(
        mailbox=mailbox.name,
        folder=folder,
        uidvalidity=uidvalidity,
        uid=arrival.uid,
        sha256=sha256,
        received_at=now if arrival.received_at is None else min(arrival.received_at, now),
        accepted_at=now,
    )

"""Mails from an archive: accepted like any other, acknowledged never, each once however often it is imported."""

import hashlib
from collections.abc import Sequence

from mailsla.config.settings import MailboxSettings
from mailsla.core.model import Intake
from mailsla.flows.services import Services
from mailsla.ports.mail import Arrival

FOLDER = "import"
UIDVALIDITY = -1  # of no server: what a server or a Maildir gave us as well is known again by its fingerprint


def take_in(services: Services, mailbox: MailboxSettings, arrivals: Sequence[Arrival]) -> int:
    """Make a batch durable in one commit; how many were not imported before. The daemon processes them.

    A mail's name here is the hash of its bytes: an import that was cut off is taken up by doing it again. Its receipt
    is what the archive says; `uid` of the arrivals does not matter.
    """
    now = services.now()
    rows = []
    with services.store.begin() as uow:
        for arrival in arrivals:
            sha256 = hashlib.sha256(arrival.raw).hexdigest()
            uow.intake.put_raw(sha256, arrival.raw)
            rows.append(
                Intake(
                    mailbox=mailbox.name,
                    folder=FOLDER,
                    uidvalidity=UIDVALIDITY,
                    uid=sha256,
                    sha256=sha256,
                    received_at=now if arrival.received_at is None else min(arrival.received_at, now),
                    accepted_at=now,
                    origin="import",
                )
            )
        new = uow.intake.add(rows)
        uow.commit()
    return len(new)

"""Mails from an archive: accepted like any other, acknowledged never, each once however often it is imported."""

from collections.abc import Sequence
from dataclasses import replace

from mailsla.config.settings import MailboxSettings
from mailsla.flows.services import Services
from mailsla.flows.steps.storing import stored
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
            row = stored(uow, arrival, mailbox, FOLDER, UIDVALIDITY, now)
            rows.append(replace(row, uid=str(row.sha256), origin="import"))
        new = uow.intake.add(rows)
        uow.commit()
    return len(new)

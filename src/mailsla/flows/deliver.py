"""A mail from an MTA's pipe, or one that an admin wrote down: accepted like any other (mail.md section 1)."""

from mailsla.config.settings import MailboxSettings
from mailsla.errors import ConfigError, Problem
from mailsla.flows.accept import accept
from mailsla.flows.services import Services
from mailsla.ports.mail import Arrival, Survey

FOLDER = "pipe"


def deliver(services: Services, mailbox: MailboxSettings, raw: bytes) -> int:
    """Make it durable; the intake's id. From here on the mail can't be lost, and the daemon processes it."""
    arrival = Arrival(uid=services.ids.public(), raw=raw, received_at=None)
    return accept(services, mailbox, Survey(folder=FOLDER, uidvalidity=0, uidnext=0, uids=()), [arrival])[0]


def mailbox_for_pipe(services: Services, name: str | None) -> MailboxSettings:
    """The named mailbox; without a name the only one there is."""
    mailboxes = {mailbox.name: mailbox for mailbox in services.settings.mailboxes}
    if name is None and len(mailboxes) == 1:
        return next(iter(mailboxes.values()))
    if name is None or name not in mailboxes:
        what = "there are several mailboxes" if name is None else f'there is no mailbox "{name}"'
        raise ConfigError((Problem("--mailbox", what, f"use one of: {', '.join(sorted(mailboxes))}"),))
    return mailboxes[name]

"""What a dry run has in the place of the world: a sending account that sends nothing, a reader that says what it reads.

Here senders and recipients are logged, which they are nowhere else: to say who would be written to is what it is for.
"""

import structlog

from mailsla.core.mail.headers import decode_words, split
from mailsla.core.mail.limits import LIMITS
from mailsla.core.mail.parsed import ParsedMail
from mailsla.ports.mail import MailReader, Outcome, Sent

log = structlog.get_logger()

READY = Outcome(Sent.ACCEPTED, "dry run: nothing is sent")
NOT_SENT = Outcome(Sent.DRY_RUN, "dry run: not sent")


class DryTransport:
    """Implements ports.mail.Transport: each letter is logged, and taken for sent. `letters`: how many there were."""

    def __init__(self) -> None:
        self.letters = 0

    def connect(self) -> Outcome:
        """Always ready."""
        return READY

    def send(self, sender: str, recipient: str, content: bytes) -> Outcome:
        """Nothing leaves."""
        self.letters += 1
        subject = decode_words(split(content, 0, len(content), LIMITS).first("subject"))
        log.info("would send", to=recipient, subject=subject)
        return NOT_SENT

    def largest(self) -> int | None:
        """No server says."""
        return None

    def wake(self) -> None:
        """Nothing waits."""

    def close(self) -> None:
        """There is nothing to let go of."""


class TellingReader:
    """Implements ports.mail.MailReader: says of each mail whose it is, before what became of it is logged.

    `mails`: how many were read.
    """

    def __init__(self, reader: MailReader) -> None:
        self.mails = 0
        self._reader = reader

    def read(self, raw: bytes, attempt: int = 1) -> ParsedMail:
        """See ports/mail.py."""
        mail = self._reader.read(raw, attempt)
        self.mails += 1
        sender = mail.display_sender.email if mail.display_sender else ""
        log.info("mail read", sender=sender, subject=mail.subject, message_id=mail.message_id)
        return mail

    def wake(self) -> None:
        """See ports/mail.py."""
        self._reader.wake()

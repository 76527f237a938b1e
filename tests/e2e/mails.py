"""Complaints as customers send them, told apart by their senders."""

from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate

from tests.e2e.desk import AUTHSERV


def complaint(sender: str, number: int = 1, text: str = "My parcel is late. Please send it again.") -> bytes:
    """`number` tells mails of one sender apart."""
    mail = EmailMessage()
    mail["Authentication-Results"] = f"{AUTHSERV}; dmarc=pass header.from={sender.rpartition('@')[2]}"
    mail["From"] = sender
    mail["To"] = "support@acme.example"
    mail["Subject"] = f"Where is my parcel? ({number})"
    mail["Date"] = formatdate()
    mail["Message-ID"] = f"<{number}.{sender}>"
    mail.set_content(f"Hello,\n\n{text}\n")
    return mail.as_bytes(policy=SMTP)

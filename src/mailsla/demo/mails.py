"""The mails of the demo, composed as people's mail clients do."""

from datetime import datetime
from email.header import decode_header, make_header
from email.message import EmailMessage, Message
from email.utils import format_datetime, parseaddr

from mailsla.demo.office import parts_of


def fresh(sender: str, to: str, subject: str, text: str, at: datetime, number: int) -> EmailMessage:
    """A new mail."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, to, subject
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = f"<{number}.{int(at.timestamp())}@{sender.rpartition('@')[2].rstrip('>')}>"
    mail.set_content(text)
    return mail


def reply(sender: str, to: Message, text: str, at: datetime, number: int) -> EmailMessage:
    """An answer to a letter: to its Reply-To, quoted below, threaded (RFC 5322 section 3.6.4)."""
    subject = str(make_header(decode_header(str(to["Subject"]))))
    if not subject.lower().startswith("re:"):
        subject = f"Re: {subject}"
    quoted = "\n".join(
        f"> {line}" for line in next(body for kind, body in parts_of(to) if kind == "text/plain").splitlines()
    )
    intro = f"On {at:%d/%m/%Y %H:%M}, ACME complaints wrote:"
    signed = f"{text}\n-- \n{parseaddr(sender)[0]}\n"  # RFC 3676 section 4.3
    mail = fresh(sender, str(to["Reply-To"]), subject, f"{signed}\n{intro}\n{quoted}\n", at, number)
    mail["In-Reply-To"] = str(to["Message-ID"])
    mail["References"] = " ".join([*str(to.get("References", "")).split(), str(to["Message-ID"])])
    return mail


def out_of_office(sender: str, to: Message, at: datetime, number: int) -> EmailMessage:
    """What a mail server says for somebody who is away (RFC 3834)."""
    text = "I am on leave until Monday and will read your mail then."
    mail = reply(sender, to, text, at, number)
    mail.replace_header("Subject", "Out of office: " + str(mail["Subject"]))
    mail["Auto-Submitted"] = "auto-replied"
    return mail

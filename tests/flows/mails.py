"""Mails as people and their machines write them."""

import itertools
from collections.abc import Mapping
from email.message import EmailMessage
from email.utils import make_msgid, parseaddr

from tests.flows.postbox import Posted

ANA = "Ana Vogel <ana@mail.example>"
RIO = "Rio Mendes <rio@elsewhere.example>"
SAM = "Sam Lee <sam@acme.example>"
KIM = "Kim Adler <kim@acme.example>"
LEE = "Lee Moss <lee@acme.example>"
JO = "Jo Brandt <jo@acme.example>"
MARIA = "Maria Roth <maria@acme.example>"
OPERATOR = "operator@acme.example"
SUPPORT = "support@acme.example"
SUBJECT = "Where is my parcel?"
COMPLAINT = "Hello,\n\nmy parcel has not arrived, the delivery is a week late.\n\nAna Vogel\n"

_numbers = itertools.count(1)


def address(person: str) -> str:
    """ "Ana Vogel <ana@mail.example>" -> "ana@mail.example"."""
    return parseaddr(person)[1]


def write(
    sender: str,
    text: str = COMPLAINT,
    subject: str = SUBJECT,
    *,
    to: str = SUPPORT,
    cc: str = "",
    files: Mapping[str, bytes] | None = None,
    headers: Mapping[str, str] | None = None,
) -> EmailMessage:
    """A new mail, with a Message-ID of its own. Values of `headers` are added, or replace what is there."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, to, subject
    if cc:
        mail["Cc"] = cc
    mail["Message-ID"] = make_msgid(str(next(_numbers)), domain=sender.rpartition("@")[2].rstrip(">"))
    mail.set_content(text)
    for name, content in (files or {}).items():
        mail.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    for name, value in (headers or {}).items():
        del mail[name]
        mail[name] = value
    return mail


def answer(
    sender: str,
    letter: Posted,
    text: str,
    *,
    to: str | None = None,
    subject: str | None = None,
    files: Mapping[str, bytes] | None = None,
    headers: Mapping[str, str] | None = None,
) -> EmailMessage:
    """A reply to a letter: to its Reply-To (`to`: elsewhere), quoted below, threaded (RFC 5322 section 3.6.4)."""
    quote = "\n".join(f"> {line}" for line in letter.plain.splitlines())
    thread = {"In-Reply-To": letter.header("Message-ID"), "References": letter.header("Message-ID")}
    return write(
        sender,
        f"{text}\n\nOn 23/11/2026 09:40, ACME complaints wrote:\n{quote}\n",
        subject or "Re: " + letter.subject.removeprefix("Re: "),
        to=letter.header("Reply-To") if to is None else to,
        files=files,
        headers={**thread, **(headers or {})},
    )


def away(sender: str, letter: Posted) -> EmailMessage:
    """What a mail server says for somebody who is on leave (RFC 3834)."""
    return answer(
        sender,
        letter,
        "I am out of the office until Monday.",
        subject="Out of office: " + letter.subject,
        headers={"Auto-Submitted": "auto-replied"},
    )


def bounce(letter: Posted, status: str = "5.1.1", *, to: str = SUPPORT, returned: bool = True) -> bytes:
    """The report that a letter could not be delivered (RFC 3464). `returned`: with the headers of the letter."""
    headers = [
        "--b",
        "Content-Type: text/rfc822-headers",
        "",
        f"From: {letter.header('From')}",
        f"To: {letter.to}",
        f"Message-ID: {letter.header('Message-ID')}",
        f"Subject: {letter.subject}",
        "",
    ]
    return "\r\n".join(
        [
            "From: Mail Delivery Subsystem <mailer-daemon@mail.example>",
            f"To: {to}",
            "Subject: Undelivered Mail Returned to Sender",
            f"Message-ID: {make_msgid(str(next(_numbers)), domain='mail.example')}",
            "Auto-Submitted: auto-replied",
            "MIME-Version: 1.0",
            'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
            "",
            "--b",
            "Content-Type: text/plain",
            "",
            f"Your mail to {letter.to} could not be delivered.",
            "--b",
            "Content-Type: message/delivery-status",
            "",
            "Reporting-MTA: dns; mx.mail.example",
            "",
            f"Final-Recipient: rfc822; {letter.to}",
            f"Action: {'failed' if status.startswith('5') else 'delayed'}",
            f"Status: {status}",
            "",
            *(headers if returned else ()),
            "--b--",
            "",
        ]
    ).encode()

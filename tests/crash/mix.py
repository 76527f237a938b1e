"""What customers, agents and machines write while daemons are killed: a mix by a seed, in answer to letters that came.

Nothing here knows mailsla: a mail is told from others by its bytes, and carries a word of its own in its text.
"""

import random
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from email import message_from_bytes
from email.message import EmailMessage, Message
from email.policy import SMTP
from email.utils import formatdate
from enum import StrEnum

from tests.e2e.desk import AUTHSERV
from tests.servers.smtp_sink import Received

SUPPORT = "support@acme.example"
POISON = "X-Poison"  # the header of a mail that the reader of tests.crash.choking can't read
MOST_ON_ONE = 2  # mails of a customer after the complaint: of five in ten minutes mailsla would mute the ticket


class Kind(StrEnum):
    """What a mail is, and so what has to become of it."""

    COMPLAINT = "complaint"  # opens a ticket
    REPLY = "reply"  # of a customer, by the token in our letter or by its Message-ID: on their ticket
    ANSWER = "answer"  # of an agent: goes to the customer, once
    NOTE = "note"  # of an agent: stays inside
    AUTO_REPLY = "auto reply"
    BOUNCE = "bounce"
    POISON = "poison"  # can't be read: quarantined


_SHARES = {
    Kind.COMPLAINT: 40,
    Kind.REPLY: 18,
    Kind.ANSWER: 18,
    Kind.NOTE: 5,
    Kind.AUTO_REPLY: 6,
    Kind.BOUNCE: 5,
    Kind.POISON: 2,
}
_DUPLICATE = 0.07  # of all mails are there a second time, to the byte
_COMMANDS = ("", "", "#take\n", "#priority high\n", "#category billing\n")


@dataclass(frozen=True)
class Brought:
    """A mail that was put into the mailbox, `copies` times.

    `about`: the address of the customer on whose ticket it belongs; their own where it opens one. `word`: stands in its
    text and nowhere else.
    """

    kind: Kind
    raw: bytes
    about: str
    word: str
    copies: int = 1


class Mix:
    """`next_mail` writes one more, or brings an old one again; `seen` are letters to answer."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._name = f"{seed:x}"
        self._mails: list[Brought] = []
        self._to_customers: list[Received] = []
        self._to_agents: list[tuple[Received, str]] = []
        self._written: dict[str, int] = {}  # how many mails of a customer, or of a machine for them, are on the ticket
        self._bounced: set[bytes] = set()

    @property
    def brought(self) -> tuple[Brought, ...]:
        return tuple(self._mails)

    @property
    def copies(self) -> int:
        """How many mails are in the mailbox."""
        return sum(mail.copies for mail in self._mails)

    def seen(self, letters: Iterable[Received]) -> None:
        """Letters that have come; what they are about their readers know."""
        for letter in letters:
            if letter.recipient.endswith(".customer.example"):
                self._to_customers.append(letter)
            elif found := re.search(r"c[0-9a-f]+-\d+@mail\.customer\.example", _text(letter)):
                self._to_agents.append((letter, found[0]))

    def next_mail(self) -> bytes:
        """The bytes of one by chance; what it is stands in `brought` from now on."""
        if self._random.random() < _DUPLICATE and any(mail.kind is not Kind.POISON for mail in self._mails):
            return self.again()
        return self.mail(self._random.choices(list(_SHARES), list(_SHARES.values()))[0])

    def mail(self, kind: Kind) -> bytes:
        """One of that kind; a complaint where there is no letter yet that it could answer."""
        self._mails.append(self._of(kind))
        return self._mails[-1].raw

    def again(self) -> bytes:
        """A mail that was brought before; no poison, for what can't be read can't be compared."""
        at = self._random.choice([at for at, mail in enumerate(self._mails) if mail.kind is not Kind.POISON])
        self._mails[at] = replace(self._mails[at], copies=self._mails[at].copies + 1)
        return self._mails[at].raw

    def _of(self, kind: Kind) -> Brought:
        number = len(self._mails) + 1
        word = f"word{self._name}n{number}x"
        customers = [letter for letter in self._to_customers if self._written.get(letter.recipient, 0) < MOST_ON_ONE]
        makers: dict[Kind, Callable[[], Brought]] = {Kind.POISON: lambda: self._poison(number, word)}
        if customers:
            letter = self._random.choice(customers)
            makers[Kind.REPLY] = lambda: self._reply(letter, word)
            makers[Kind.AUTO_REPLY] = lambda: self._auto_reply(letter, word)
            if letter.content not in self._bounced:
                makers[Kind.BOUNCE] = lambda: self._bounce(letter, word)
        if self._to_agents:
            theirs, customer = self._random.choice(self._to_agents)
            makers[Kind.ANSWER] = lambda: self._answer(theirs, customer, word)
            makers[Kind.NOTE] = lambda: self._note(theirs, customer, word)
        return makers.get(kind, lambda: self._complaint(number, word))()

    def _complaint(self, number: int, word: str) -> Brought:
        sender = f"c{self._name}-{number}@mail.customer.example"
        raw = _mail(sender, SUPPORT, f"Where is my parcel? ({number})", word, f"My parcel is late. I am {sender}.")
        return Brought(Kind.COMPLAINT, raw, sender, word)

    def _poison(self, number: int, word: str) -> Brought:
        sender = f"p{self._name}-{number}@mail.customer.example"
        raw = f"{POISON}: yes\r\n".encode() + _mail(sender, SUPPORT, "Hello", word, "Read me.")
        return Brought(Kind.POISON, raw, sender, word)

    def _reply(self, letter: Received, word: str) -> Brought:
        """To the address with the token, or to the plain one as a client does that knows no Reply-To."""
        to = "" if self._random.random() < 0.5 else SUPPORT
        return self._from_customer(Kind.REPLY, letter, word, _reply(letter, word, "It is still not here.", to=to))

    def _auto_reply(self, letter: Received, word: str) -> Brought:
        raw = b"Auto-Submitted: auto-replied\r\n" + _reply(letter, word, "I am away until Monday.")
        return self._from_customer(Kind.AUTO_REPLY, letter, word, raw)

    def _from_customer(self, kind: Kind, letter: Received, word: str, raw: bytes) -> Brought:
        self._written[letter.recipient] = self._written.get(letter.recipient, 0) + 1
        return Brought(kind, raw, letter.recipient, word)

    def _bounce(self, letter: Received, word: str) -> Brought:
        self._bounced.add(letter.content)
        status = self._random.choice(("5.1.1", "4.4.1"))
        return self._from_customer(Kind.BOUNCE, letter, word, _bounce(letter, word, status))

    def _answer(self, letter: Received, customer: str, word: str) -> Brought:
        commands = self._random.choice(_COMMANDS)
        text = f"{commands}We have found your parcel; it is on its way. {word}"
        return Brought(Kind.ANSWER, _reply(letter, word, text), customer, word)

    def _note(self, letter: Received, customer: str, word: str) -> Brought:
        return Brought(Kind.NOTE, _reply(letter, word, f"#note\nThe carrier knows nothing. {word}"), customer, word)


def complaint_of(sender: str, raw: bytes) -> Brought:
    """A complaint that was written elsewhere."""
    return Brought(Kind.COMPLAINT, raw, sender, sender)


def _mail(sender: str, to: str, subject: str, word: str, text: str, thread: str = "") -> bytes:
    mail = EmailMessage()
    mail["Authentication-Results"] = f"{AUTHSERV}; dmarc=pass header.from={sender.rpartition('@')[2]}"
    mail["From"], mail["To"], mail["Subject"] = sender, to, subject
    mail["Date"] = formatdate()
    mail["Message-ID"] = f"<{word}@{sender.rpartition('@')[2]}>"
    if thread:
        mail["In-Reply-To"] = mail["References"] = thread
    mail.set_content(f"{text}\n{'' if word in text else word}\n")
    return mail.as_bytes(policy=SMTP)


def _reply(letter: Received, word: str, text: str, *, to: str = "") -> bytes:
    read = message_from_bytes(letter.content)
    subject = "Re: " + _header(read, "Subject").removeprefix("Re: ")
    quoted = "\n".join(f"> {line}" for line in _text(letter).splitlines())
    whole = f"{text}\n{'' if word in text else word}\n\nOn 23/11/2026 09:40, ACME support wrote:\n{quoted}"
    return _mail(letter.recipient, to or read["Reply-To"], subject, word, whole, _header(read, "Message-ID"))


def _bounce(letter: Received, word: str, status: str) -> bytes:
    read = message_from_bytes(letter.content)
    return "\r\n".join(
        [
            "From: Mail Delivery Subsystem <mailer-daemon@mail.customer.example>",
            f"To: {letter.sender or SUPPORT}",
            "Subject: Undelivered Mail Returned to Sender",
            f"Message-ID: <{word}@mail.customer.example>",
            "Auto-Submitted: auto-replied",
            "MIME-Version: 1.0",
            'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
            "",
            "--b",
            "Content-Type: text/plain",
            "",
            f"Your mail to {letter.recipient} could not be delivered. {word}",
            "--b",
            "Content-Type: message/delivery-status",
            "",
            "Reporting-MTA: dns; mx.mail.customer.example",
            "",
            f"Final-Recipient: rfc822; {letter.recipient}",
            f"Action: {'failed' if status.startswith('5') else 'delayed'}",
            f"Status: {status}",
            "",
            "--b",
            "Content-Type: text/rfc822-headers",
            "",
            f"From: {SUPPORT}",
            f"To: {letter.recipient}",
            f"Message-ID: {_header(read, 'Message-ID')}",
            "",
            "--b--",
            "",
        ]
    ).encode()


def _header(mail: Message, name: str) -> str:
    return re.sub(r"\s*\r?\n\s+", " ", str(mail[name]))


def _text(letter: Received) -> str:
    """Its text part."""
    for part in message_from_bytes(letter.content).walk():
        if part.get_content_type() == "text/plain" and not part.get_filename():
            content = part.get_payload(decode=True)
            return content.decode("utf-8") if isinstance(content, bytes) else ""
    return ""

"""Machines that write to each other, each with its own bad manners, and the post between them; time is simulated."""

import itertools
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from email.utils import make_msgid
from typing import Protocol

from tests.flows.mails import address
from tests.flows.office import AUTHSERV, MINUTE, Office

_numbers = itertools.count(1)
Mails = list[tuple[str, bytes]]  # (recipient, bytes)
TRANSIT = MINUTE  # seconds from one machine to another
DOZE = 6 * 60 * MINUTE


class Machine(Protocol):
    """Whoever has an address."""

    address: str

    def take(self, raw: bytes, sender: str) -> None:
        """A mail comes in; `sender` is that of its envelope."""

    def sent(self) -> Mails:
        """What it has sent since it was last asked."""

    def pass_until(self, now: int) -> None:
        """Let time pass."""


class Instance:
    """A whole mailsla: its support address writes by itself."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.address = office.services.settings.mailboxes[0].address
        self._seen = 0

    def take(self, raw: bytes, sender: str) -> None:
        domain = address(str(message_from_bytes(raw)["From"])).rpartition("@")[2]
        verdict = f"Authentication-Results: {AUTHSERV}; dmarc=pass header.from={domain}\r\nReturn-Path: <{sender}>\r\n"
        self.office.receive(verdict.encode() + raw)

    def sent(self) -> Mails:
        new = self.office.postbox.tries[self._seen :]
        self._seen += len(new)
        return [(one.to, one.raw) for one in new]

    def pass_until(self, now: int) -> None:
        self.office.wait_until(now)


@dataclass
class Robot:
    """Answers every mail by `answers` (None = not at all)."""

    address: str
    answers: Callable[[str, Message, bytes, str], tuple[str, bytes] | None]

    def __post_init__(self) -> None:
        self._out: Mails = []

    def take(self, raw: bytes, sender: str) -> None:
        if (made := self.answers(self.address, message_from_bytes(raw), raw, sender)) is not None:
            self._out.append(made)

    def sent(self) -> Mails:
        out, self._out = self._out, []
        return out

    def pass_until(self, now: int) -> None:
        """It has no clock."""


def _mail(sender: str, to: str, subject: str, *headers: str, text: str = "We have got your mail.") -> bytes:
    number = make_msgid(str(next(_numbers)), domain=sender.rpartition("@")[2])
    head = [f"From: {sender}", f"To: {to}", f"Subject: {subject}", f"Message-ID: {number}", *headers]
    return "\r\n".join([*head, "", text, ""]).encode()


def _back_to(mail: Message) -> str:
    return address(str(mail["Reply-To"] or mail["From"]))


def rude(me: str, mail: Message, _raw: bytes, _sender: str) -> tuple[str, bytes]:
    """Answers everything, as no machine should: to From, in a new thread with a new number each time."""
    to = address(str(mail["From"]))
    return to, _mail(me, to, f"[#{next(_numbers)}] We have your request")


def human(me: str, mail: Message, _raw: bytes, _sender: str) -> tuple[str, bytes]:
    """The same in words that any person might write."""
    to, number = address(str(mail["From"])), next(_numbers)
    text = f"Hello, about the invoice {number}: Mr Miller looks at it, the parcel too."
    return to, _mail(me, to, f"Invoice {number}", text=text)


def threading(me: str, mail: Message, _raw: bytes, _sender: str) -> tuple[str, bytes]:
    """The same within the thread, quoting."""
    subject, number = " ".join(str(mail["Subject"]).split()), mail["Message-ID"]
    reply = _mail(me, _back_to(mail), f"Re: {subject}", f"In-Reply-To: {number}", f"References: {number}")
    return _back_to(mail), reply


def polite(me: str, mail: Message, _raw: bytes, _sender: str) -> tuple[str, bytes]:
    """Says that it is a machine, and answers machines all the same."""
    reply = _mail(
        me, _back_to(mail), "Out of office", "Auto-Submitted: auto-replied", f"In-Reply-To: {mail['Message-ID']}"
    )
    return _back_to(mail), reply


def mailing_list(me: str, mail: Message, raw: bytes, _sender: str) -> tuple[str, bytes]:
    """Sends what it gets to all members, of which the support address is one."""
    return address(str(mail["From"])), _listed(me) + raw


def rewriting_list(me: str, mail: Message, raw: bytes, _sender: str) -> tuple[str, bytes]:
    """The same in its own name, with a Message-ID of its own (as lists do because of DMARC)."""
    member = address(str(mail["From"]))
    body = raw.partition(b"\r\n\r\n")[2].decode("latin-1")
    return member, _listed(me) + _mail(me, me, f"[talk] {' '.join(str(mail['Subject']).split())}", text=body)


def _listed(me: str) -> bytes:
    name = me.replace("@", ".")
    return f"List-Id: <{name}>\r\nList-Post: <mailto:{me}>\r\nPrecedence: list\r\n".encode()


def bouncing(me: str, mail: Message, _raw: bytes, sender: str) -> tuple[str, bytes]:
    """No such user: a report in words only, from a person-like address, as small servers send it."""
    text = f"Your message to <{me}> could not be delivered. 550 5.1.1 no such user"
    return sender, _mail(me, sender, "Delivery failed", text=text)


ROBOTS = {
    "an autoresponder in new threads": rude,
    "an autoresponder that sounds like a person": human,
    "an autoresponder in the thread": threading,
    "an autoresponder that says so": polite,
    "a mailing list": mailing_list,
    "a mailing list that rewrites From": rewriting_list,
    "a bouncing address": bouncing,
}


class Post:
    """Carries the mails between machines, all of a round within a minute; `carried` counts them by (from, to)."""

    def __init__(self, machines: Sequence[Machine], now: int) -> None:
        self.now = now
        self.carried: Counter[tuple[str, str]] = Counter()
        self._machines = machines

    def run(self, until: int) -> None:
        """All that they write to each other until then; AssertionError where it never ends."""
        while self.now < until:
            for _ in range(200):
                if not self._carry():
                    break
            else:
                raise AssertionError(f"a loop: {self.carried}")
            self._pass(DOZE)

    def _carry(self) -> bool:
        mails = [(one, to, raw) for one in self._machines for to, raw in one.sent()]
        known = [(one, other, raw) for one, to, raw in mails for other in self._machines if _belongs(to, other)]
        if known:
            self._pass(TRANSIT)
        for one, other, raw in known:
            self.carried[one.address, other.address] += 1
            other.take(raw, one.address)
        return bool(known)

    def _pass(self, seconds: int) -> None:
        self.now += seconds
        for one in self._machines:
            one.pass_until(self.now)


def _belongs(to: str, machine: Machine) -> bool:
    """An address with a token is its machine's too."""
    local, _, domain = to.partition("@")
    return f"{local.partition('+')[0]}@{domain}" == machine.address

"""The world of the demo: a folder with mailbox, database and mails, and a clock that jumps to whatever comes next."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from email import message_from_bytes
from email.message import EmailMessage, Message
from pathlib import Path

from mailsla import bootstrap
from mailsla.config.load import load
from mailsla.core.model import Instant
from mailsla.demo.sink import Sink
from mailsla.flows import accept, deadlines, delivery, jobs, process
from mailsla.flows.services import Services

AUTHSERV = "mx.acme.example"


@dataclass(frozen=True, slots=True)
class Posted:
    """A mail that passed, in or out, at an instant of the demo's clock."""

    at: Instant
    incoming: bool
    number: int
    mail: Message
    to: str


class Office:
    """Plays mails in and lets time pass. `said` is called with each mail as it passes."""

    def __init__(self, folder: Path, sink: Sink, start: Instant, said: Callable[[Posted], None]) -> None:
        self.now = start
        self.posted: list[Posted] = []
        self._folder, self._sink, self._said = folder, sink, said
        for part in ("mailbox/new", "mailbox/cur", "mailbox/tmp", "mails"):
            (folder / part).mkdir(parents=True)
        settings = load(folder / "mailsla.toml")
        settings = replace(settings, sending=replace(settings.sending, port=sink.port))
        bootstrap.upgrade_database(settings)
        self.services: Services = bootstrap.services(settings, now=lambda: self.now, owner="demo")
        self._mailbox = settings.mailboxes[0]
        self._source = bootstrap.source_of(self._mailbox)
        self._transport = bootstrap.transport_of(settings.sending)
        accept.first_sight(self.services, self._mailbox, self._source.survey())
        jobs.ensure_jobs(self.services)

    def close(self) -> None:
        """Let go of files and connections."""
        self._transport.close()
        self._source.close()
        self.services.store.close()

    def receive(self, mail: EmailMessage, *, proven: bool = True) -> None:
        """A mail reaches the support mailbox now; `proven`: our server has checked who sent it (RFC 8601)."""
        domain = str(mail["From"]).rpartition("@")[2].rstrip("> ")
        verdict = f"{AUTHSERV}; dmarc={'pass' if proven else 'none'} header.from={domain}"
        raw = f"Authentication-Results: {verdict}\r\n".encode() + mail.as_bytes()
        path = self._folder / "mailbox" / "new" / f"{self.now}.{len(self.posted)}.demo"
        path.write_bytes(raw)
        os.utime(path, (self.now, self.now))
        self._post(incoming=True, raw=raw, to=self._mailbox.address)
        self._work()

    def pass_until(self, until: Instant) -> None:
        """Let time pass; whatever falls due in between happens at its own time."""
        while (at := self._next()) is not None and at <= until:
            self.now = max(self.now, at)
            self._work()
        self.now = max(self.now, until)

    def newest(self, to: str, kind: str) -> Message:
        """The newest letter of a kind to an agent, to be answered."""
        return next(one.mail for one in reversed(self.posted) if one.to == to and one.mail["X-mailsla-Kind"] == kind)

    def newest_to(self, address: str) -> Message:
        """The newest letter to an address."""
        return next(one.mail for one in reversed(self.posted) if one.to == address)

    def _work(self) -> None:
        accept.poll(self.services, self._mailbox, self._source)
        while process.process_next(self.services) or deadlines.next_due(self.services):
            pass
        while delivery.render_due(self.services) or self._send():
            pass
        while deadlines.next_due(self.services):
            pass

    def _send(self) -> bool:
        before = len(self._sink.taken)
        sent = delivery.send_next(self.services, self._transport) is not None
        for to, raw in self._sink.taken[before:]:
            self._post(incoming=False, raw=raw, to=to)
        return sent

    def _next(self) -> Instant | None:
        with self.services.store.begin() as uow:
            moments = (uow.clocks.earliest(), uow.outbox.earliest())
        return min((at for at in moments if at is not None), default=None)

    def _post(self, *, incoming: bool, raw: bytes, to: str) -> None:
        number = len(self.posted) + 1
        posted = Posted(self.now, incoming, number, message_from_bytes(raw), to)
        (self._folder / "mails" / f"{number:02}-{'in' if incoming else 'out'}.eml").write_bytes(raw)
        self.posted.append(posted)
        self._said(posted)


def parts_of(mail: Message) -> Iterator[tuple[str, str]]:
    """(type, text) of the parts that people read."""
    for part in mail.walk():
        if part.get_content_maintype() == "text" and isinstance(payload := part.get_payload(decode=True), bytes):
            yield part.get_content_type(), payload.decode(part.get_content_charset() or "utf-8", "replace")

"""An office to tell stories in: real SQLite, real letters, real reader, the real flows, under a clock that is set."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from mailsla import bootstrap
from mailsla.adapters.zones import zone
from mailsla.config.load import load
from mailsla.core.model import ClockRow, Event, Instant, Intake, Notice, NoticeState, Ticket
from mailsla.flows import deadlines, delivery, process
from mailsla.flows.accept import accept
from mailsla.flows.services import Services
from mailsla.ports.mail import Arrival, Sent, Survey
from tests import canaries
from tests.flows.postbox import Postbox, Posted

BERLIN = zone("Europe/Berlin")
AUTHSERV = "mx.acme.example"
MINUTE, HOUR, DAY = 60, 3600, 24 * 3600
_CONFIG = Path(__file__).with_name("office.toml")


def berlin(text: str) -> Instant:
    """ "2026-11-23 12:55" on a Berlin wall clock, as an instant."""
    return int(datetime.fromisoformat(text).replace(tzinfo=BERLIN).timestamp())


MONDAY = berlin("2026-11-16 10:00")  # when stories begin: an hour after opening


def blank_database(folder: Path) -> Path:
    """An empty database of today's schema."""
    bootstrap.upgrade_database(replace(load(_CONFIG), database=f"sqlite:///{folder / 'blank.db'}"))
    return folder / "blank.db"


class Office:
    """`changes`: (text, its replacement) in office.toml, or in another `config`."""

    def __init__(
        self, folder: Path, blank: Path, changes: Sequence[tuple[str, str]] = (), config: str | None = None
    ) -> None:
        self._config = _CONFIG.read_text(encoding="utf-8") if config is None else config
        self.now = MONDAY
        self._folder = folder
        shutil.copy(blank, folder / "mailsla.db")
        self.postbox = Postbox(lambda: self.now)
        self.services: Services
        self._uid = 0
        self._people: set[str] = set()  # addresses of all who were configured at any time
        self.restart(changes)

    def restart(self, changes: Sequence[tuple[str, str]] = ()) -> None:
        """Begin anew on the same database, with the configuration as `changes` make it."""
        config = self._config
        for old, new in changes:
            assert old in config, f"the configuration has no {old!r}"
            config = config.replace(old, new)
        path = self._folder / "mailsla.toml"
        path.write_text(config, encoding="utf-8")
        settings = load(path)
        self._people |= canaries.addresses(settings)
        self.services = bootstrap.services(settings, now=lambda: self.now, owner="office")

    def damage(self, statement: str) -> None:
        """Change the database behind everybody's back."""
        with closing(sqlite3.connect(self._folder / "mailsla.db")) as database:
            database.execute(statement)
            database.commit()

    def query(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Rows of the database, read without mailsla."""
        with self.reading() as query:
            return query(statement, *values)

    @contextmanager
    def reading(self) -> Iterator[Callable[..., list[tuple[Any, ...]]]]:
        """`query` for many statements."""
        with closing(sqlite3.connect(self._folder / "mailsla.db")) as database:
            yield lambda statement, *values: database.execute(statement, values).fetchall()

    def close(self) -> None:
        """Let go of the database; no letter to somebody outside may hold anything internal."""
        self.services.store.close()
        sent = ((one.to, one.raw) for one in self.postbox.tries)
        canaries.search(sent, self.services.settings, self._folder / "mailsla.db", self._people)

    # What comes in

    def receive(
        self,
        mail: EmailMessage | bytes,
        *,
        auth: str = "pass",
        at: Instant | None = None,
        mailbox: str = "support",
        folder: str = "INBOX",
        uidvalidity: int = 1,
        watched_since: Instant = 0,
    ) -> Intake:
        """A mail comes in (`at`: its receipt, default now) and all that follows is done; its row as it is then.

        auth: what our server says of its sender: pass, fail, or none.
        """
        intake = self.arrive(
            mail,
            auth=auth,
            at=at,
            mailbox=mailbox,
            folder=folder,
            uidvalidity=uidvalidity,
            watched_since=watched_since,
        )
        self.work()
        return self.intake(intake.id)

    def arrive(
        self,
        mail: EmailMessage | bytes,
        *,
        auth: str = "pass",
        at: Instant | None = None,
        mailbox: str = "support",
        folder: str = "INBOX",
        uidvalidity: int = 1,
        watched_since: Instant = 0,
    ) -> Intake:
        """As `receive`, but nothing is done with it yet."""
        raw = mail if isinstance(mail, bytes) else with_verdict(mail, auth)
        self._uid += 1
        arrival = Arrival(uid=str(self._uid), raw=raw, received_at=at)
        survey = Survey(folder=folder, uidvalidity=uidvalidity, uidnext=self._uid + 1, uids=(str(self._uid),))
        settings = self.services.settings.mailbox(mailbox)
        (number,) = accept(self.services, settings, survey, [arrival], since=watched_since)
        return self.intake(number)

    # What passes

    def work(self) -> None:
        """Do all that is due now."""
        busy = True
        while busy:
            busy = self.prepare()
            busy = self._send() or busy

    def prepare(self) -> bool:
        """Do all that is due now but sending; whether anything was."""
        busy = False
        while process.process_next(self.services) or deadlines.next_due(self.services):
            busy = True
        while delivery.render_due(self.services):
            busy = True
        return busy

    def wait(self, seconds: int) -> None:
        """Let time pass; whatever falls due in between happens at its own time."""
        self.wait_until(self.now + seconds)

    def wait_until(self, until: Instant | str) -> None:
        """As `wait`, until an instant or a time on a Berlin wall clock."""
        until = berlin(until) if isinstance(until, str) else until
        while (at := self._next()) is not None and at <= until:
            # What stays due for ever (an account that refuses us) must not stop the clock.
            self.now = at if at > self.now else min(self.now + MINUTE, until)
            self.work()
            if self.now == until:
                break
        self.now = max(self.now, until)

    def sleep_until(self, until: Instant | str) -> None:
        """mailsla is not running meanwhile: nothing happens, and then all at once."""
        self.now = berlin(until) if isinstance(until, str) else until
        self.work()

    def _send(self) -> bool:
        sent = False
        if not delivery.due(self.services):
            return False
        while (outcome := delivery.send_next(self.services, self.postbox)) is not None:
            if outcome.sent is Sent.ACCOUNT:
                return False
            sent = True
        return sent

    def _next(self) -> Instant | None:
        with self.services.store.begin() as uow:
            moments = (uow.clocks.earliest(), uow.outbox.earliest())
        return min((at for at in moments if at is not None), default=None)

    # What went out

    def letters(self, to: str | None = None, kind: str | None = None) -> list[Posted]:
        """The letters that the sending account took, in order."""
        with self.services.store.begin() as uow:
            kinds = {letter.message_id: letter.kind for letter in uow.outbox.letters(limit=10_000)}
        posted = [
            Posted(one.at, one.to, one.raw, kinds[message_id_of(one.raw)])
            for one in self.postbox.tries
            if one.outcome.sent is Sent.ACCEPTED
        ]
        return [one for one in posted if to in (None, one.to) and kind in (None, one.kind)]

    def letter(self, to: str, kind: str) -> Posted:
        """The newest letter of a kind to an address."""
        found = self.letters(to, kind)
        assert found, f"no {kind} to {to}; there are {[(one.to, one.kind) for one in self.letters()]}"
        return found[-1]

    def kinds(self, to: str) -> list[str]:
        """The kinds of all letters to an address, in order."""
        return [one.kind for one in self.letters(to)]

    # What is kept

    def ticket(self, reference: str = "ACME-1001") -> Ticket:
        """By its reference."""
        with self.services.store.begin() as uow:
            ticket = uow.tickets.by_reference(reference)
        assert ticket is not None, f"there is no {reference}"
        return ticket

    def tickets(self) -> list[str]:
        """All references, oldest first."""
        with self.services.store.begin() as uow:
            return [ticket.reference for ticket in reversed(uow.tickets.listed())]

    def events(self, reference: str = "ACME-1001", type_: str | None = None) -> list[Event]:
        """The audit trail."""
        number = self.ticket(reference).id
        with self.services.store.begin() as uow:
            events = uow.tickets.events(number)
        return [event for event in events if type_ in (None, event.type)]

    def clock(self, metric: str, reference: str = "ACME-1001", cycle: int = 1) -> ClockRow:
        """A clock as it is stored."""
        number = self.ticket(reference).id
        with self.services.store.begin() as uow:
            rows = uow.clocks.of_ticket(number)
        return next(row for row in rows if (row.metric, row.cycle) == (metric, cycle))

    def metrics(self, reference: str = "ACME-1001") -> list[str]:
        """ "metric cycle state" of each clock."""
        number = self.ticket(reference).id
        with self.services.store.begin() as uow:
            rows = uow.clocks.of_ticket(number)
        return sorted(f"{row.metric} {row.cycle} {row.state}" for row in rows)

    def notices(self, kind: str, reference: str = "ACME-1001") -> list[Notice]:
        """The notices of a kind."""
        number = self.ticket(reference).id
        with self.services.store.begin() as uow:
            return [one for one in uow.outbox.notices_of(number) if one.kind == kind]

    def muted(self, kind: str, reference: str = "ACME-1001") -> list[str]:
        """Why notices of a kind were not sent."""
        return [one.reason for one in self.notices(kind, reference) if one.state is NoticeState.MUTED]

    def intake(self, number: int) -> Intake:
        """The row of an accepted mail."""
        with self.services.store.begin() as uow:
            intake = uow.intake.get(number)
        assert intake is not None
        return intake


def with_verdict(mail: EmailMessage, auth: str) -> bytes:
    """The mail as our server hands it over, with its word on the sender (RFC 8601)."""
    domain = str(mail["From"]).rpartition("@")[2].rstrip("> ")
    return f"Authentication-Results: {AUTHSERV}; dmarc={auth} header.from={domain}\r\n".encode() + bytes(mail)


def message_id_of(raw: bytes) -> str:
    """Of a letter, without its brackets."""
    return next(
        line.partition(b":")[2].strip(b" <>\r").decode()
        for line in raw.split(b"\n")
        if line.lower().startswith(b"message-id:")
    )

"""The checker of the kill -9 loop can fail: each kind of fault, planted into what a daemon left, is named by it."""

import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.crash.checker import Flags, faults
from tests.crash.kill_desk import KillDesk
from tests.crash.mix import Brought, Kind, Mix
from tests.crash.nursery import Nursery
from tests.crash.rounds import post
from tests.servers.dovecot import Dovecot
from tests.servers.smtp_sink import Received

pytestmark = [pytest.mark.e2e, pytest.mark.dovecot]

SEED = 7


@dataclass(frozen=True)
class Left:
    """What a daemon left that was not killed: nothing in it is wrong until something is planted."""

    database: Path
    brought: Sequence[Brought]
    received: Sequence[Received]
    flags: Flags

    def query(self, statement: str) -> list[tuple[object, ...]]:
        with closing(sqlite3.connect(self.database)) as connection:
            return connection.execute(statement).fetchall()

    def faults(self) -> list[str]:
        return faults(self.query, self.received, self.brought, int(time.time()), self.flags)

    def of(self, kind: Kind) -> Brought:
        return next(mail for mail in self.brought if mail.kind is kind)

    def changed(self, *statements: str) -> "Left":
        """With another database, in which nothing is append-only."""
        copy = self.database.with_name("planted.db")
        shutil.copy(self.database, copy)
        with closing(sqlite3.connect(copy)) as connection, connection:
            for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
                connection.execute(f"DROP TRIGGER {name}")
            for statement in statements:
                assert connection.execute(statement).rowcount > 0, f"nothing is planted: {statement}"
        return replace(self, database=copy)


@pytest.fixture
def left(tmp_path: Path, dovecot: Dovecot, empty_database: Path) -> Iterator[Left]:
    """All kinds of mails at least once, and a duplicate."""
    with Nursery() as nursery:
        desk = KillDesk(tmp_path, dovecot, nursery, empty_database, SEED)
        try:
            yield _served(desk)
        finally:
            desk.close()


def _served(desk: KillDesk) -> Left:
    mix = Mix(SEED)
    desk.open_all()
    with post(desk, mix) as bringer:
        for kind in (Kind.POISON, Kind.COMPLAINT, Kind.COMPLAINT):
            bringer.put(mix.mail(kind))
        desk.quiet()
        bringer.look()
        for kind in (Kind.REPLY, Kind.ANSWER, Kind.NOTE, Kind.AUTO_REPLY, Kind.BOUNCE):
            bringer.put(mix.mail(kind))
        bringer.put(mix.again())
    received = desk.quiet()
    desk.end_marked()
    assert {mail.kind for mail in mix.brought} == set(Kind)
    return Left(desk.database, mix.brought, received, desk.dovecot.flags(desk.user()))


_FIRST = "(SELECT min(id) FROM intake WHERE state = 'done')"
_COPY = "(SELECT min(id) FROM intake WHERE state = 'duplicate')"
_ACK = "(SELECT min(id) FROM letters WHERE kind = 'acknowledgement')"
_LAST_TICKET, _LAST_NOTICE = "(SELECT max(id) FROM tickets)", "(SELECT max(id) FROM notices)"
_RELAY = "(SELECT min(id) FROM letters WHERE kind = 'relay')"


def _columns(left: Left, table: str, **other: str) -> tuple[str, str]:
    """The columns of a table for an INSERT, and for the SELECT of a copy in which `other` are other values."""
    names = [str(name) for _, name, *_ in left.query(f"PRAGMA table_info({table})") if name != "id"]
    quoted = [f'"{name}"' for name in names]
    return ", ".join(quoted), ", ".join(other.get(name, f'"{name}"') for name in names)


def _doubled(left: Left, table: str, where: str, **other: str) -> str:
    into, values = _columns(left, table, **other)
    return f"INSERT INTO {table} ({into}) SELECT {values} FROM {table} WHERE id = {where}"


# What is planted -> how, and what the checker has to say of it.
PLANTS: dict[str, tuple[Callable[[Left], Left], str]] = {
    "a mail that was never accepted": (
        lambda left: replace(
            left, brought=[*left.brought, replace(left.of(Kind.COMPLAINT), raw=b"another", word="lost")]
        ),
        "complaint lost was brought 1 times and accepted 0 times",
    ),
    "a mail that nobody sent": (
        lambda left: replace(left, brought=left.brought[1:]),
        "is a mail that nobody sent",
    ),
    "a mail that is accepted once more": (
        lambda left: left.changed(_doubled(left, "intake", _FIRST, uid="'9999'")),
        "is no duplicate 2 times",
    ),
    "a mail with other bytes": (
        lambda left: left.changed(
            "UPDATE raw_mails SET content = CAST('x' AS BLOB) "
            f"WHERE sha256 = (SELECT sha256 FROM intake WHERE id = {_FIRST})"
        ),
        "is kept with other bytes",
    ),
    "a mail that stands in no ticket": (
        lambda left: left.changed(f"DELETE FROM messages WHERE intake_id = {_FIRST}"),
        "stands 0 times, in tickets []",
    ),
    "a mail that stands in two tickets": (
        lambda left: left.changed(
            _doubled(
                left,
                "messages",
                f"(SELECT id FROM messages WHERE intake_id = {_FIRST})",
                ticket_id=_LAST_TICKET,
            )
        ),
        "stands 2 times, in tickets [",
    ),
    "a mail that is left over": (
        lambda left: left.changed(f"UPDATE intake SET state = 'stored' WHERE id = {_FIRST}"),
        "is stored (), not done",
    ),
    "a poison that was not set aside": (
        lambda left: left.changed("UPDATE intake SET state = 'done' WHERE state = 'quarantined'"),
        "not quarantined",
    ),
    "an innocent mail in quarantine": (
        lambda left: left.changed(f"UPDATE intake SET state = 'quarantined', reason = '' WHERE id = {_FIRST}"),
        "is quarantined (), not done",
    ),
    "a quarantine without its ticket": (
        lambda left: left.changed("UPDATE tickets SET stub = 0 WHERE stub"),
        "is quarantined without a stub ticket",
    ),
    "a duplicate of another mail": (
        lambda left: left.changed(f"UPDATE intake SET duplicate_of = 99999 WHERE id = {_COPY}"),
        "which is another mail",
    ),
    "a duplicate in a ticket": (
        lambda left: left.changed(_doubled(left, "messages", "1", intake_id=_COPY)),
        "stands in a ticket",
    ),
    "a second ticket": (
        lambda left: left.changed(_doubled(left, "tickets", "1", number="9999", reference="'ACME-9999'")),
        "ticket ACME-9999 was opened by 0 mails",
    ),
    "a reply on another ticket": (
        lambda left: _misplaced(left, left.of(Kind.REPLY)),
        "and belongs to",
    ),
    "a notice that was forgotten": (
        lambda left: left.changed("UPDATE notices SET state = 'pending' WHERE id = 1"),
        "is due and not sent",
    ),
    "a notice without a letter": (
        lambda left: left.changed(_doubled(left, "notices", "1", key="'again'")),
        "notice again for",
    ),
    "a notice that was dropped without a reason": (
        lambda left: left.changed(_doubled(left, "notices", "1", key="'again'", state="'muted'", reason="''")),
        "is muted without a reason",
    ),
    "a letter that waits": (
        lambda left: left.changed(f"UPDATE letters SET state = 'sending' WHERE id = {_ACK}"),
        "is sending",
    ),
    "a letter that did not come": (
        lambda left: replace(left, received=left.received[1:]),
        "did not come",
    ),
    "a letter that came twice, and the row says once": (
        lambda left: replace(left, received=[*left.received, left.received[0]]),
        "came 2 times, and the row says once",
    ),
    "a letter that came three times": (
        lambda left: replace(
            left.changed("UPDATE letters SET possibly_twice = 1"), received=[*left.received, *[left.received[0]] * 2]
        ),
        "came 3 times, and the row says possibly twice",
    ),
    "a letter that came in other words": (
        lambda left: replace(
            left, received=[replace(left.received[0], content=left.received[0].content + b"x"), *left.received[1:]]
        ),
        "is not the row's",
    ),
    "a letter that came to somebody else": (
        lambda left: replace(left, received=[replace(left.received[0], recipient="x@x.example"), *left.received[1:]]),
        "to x@x.example is not the row's",
    ),
    "a letter that no row knows": (
        lambda left: replace(
            left, received=[*left.received, Received("", "a@b.example", b"Message-ID: <x@y>\r\n\r\n")]
        ),
        "the letter x@y to a@b.example has no row",
    ),
    "a second acknowledgement": (
        lambda left: left.changed(
            _doubled(left, "notices", "1", key="'again'"),
            _doubled(left, "letters", _ACK, notice_id=_LAST_NOTICE, message_id="'other'"),
        ),
        "2 acknowledgements",
    ),
    "no acknowledgement": (
        lambda left: left.changed(f"UPDATE letters SET kind = 'status' WHERE id = {_ACK}"),
        "0 acknowledgements were written for complaint",
    ),
    "an answer that was relayed twice": (
        lambda left: left.changed(
            _doubled(left, "notices", "1", key="'again'"),
            _doubled(left, "letters", _RELAY, notice_id=_LAST_NOTICE, message_id="'other'"),
        ),
        "was relayed to ['c7-",
    ),
    "an answer that was not relayed": (
        lambda left: left.changed(f"UPDATE letters SET kind = 'status' WHERE id = {_RELAY}"),
        "was relayed to [], not to ['c7-",
    ),
    "a note that went out": (
        lambda left: _relayed(left, left.of(Kind.NOTE)),
        "not to []",
    ),
    "an event that was written twice": (
        lambda left: left.changed(_doubled(left, "events", "(SELECT min(id) FROM events WHERE type = 'assigned')")),
        "is there 2 times",
    ),
    "a cause that was dealt with twice": (
        lambda left: left.changed(
            _doubled(left, "events", "(SELECT min(id) FROM events WHERE type = 'letter_sent')", at="at + 5")
        ),
        "event letter_sent of letter",
    ),
    "a ticket that was not written down": (
        lambda left: left.changed("DELETE FROM events WHERE id = (SELECT min(id) FROM events WHERE type = 'created')"),
        "has 0 events created",
    ),
    "a mark that was not set": (
        lambda left: replace(left, flags={**left.flags, max(left.flags): set()}),
        "has the flags []",
    ),
    "a mail that was removed from the server": (
        lambda left: replace(left, flags={uid: seen for uid, seen in left.flags.items() if uid != 1}),
        "mails lie in the mailbox",
    ),
}


def _misplaced(left: Left, mail: Brought) -> Left:
    other = next(one for one in left.brought if one.kind is Kind.COMPLAINT and one.about != mail.about)
    return replace(left, brought=[replace(mail, about=other.about), *(one for one in left.brought if one is not mail)])


def _relayed(left: Left, note: Brought) -> Left:
    letter = f"Message-ID: <y@z>\r\n\r\n{note.word}\r\n"
    return left.changed(f"UPDATE letters SET content = CAST('{letter}' AS BLOB) WHERE id = {_RELAY}")


def test_the_checker_names_each_fault(left: Left) -> None:
    assert left.faults() == []
    unseen = {}
    for name, (plant, words) in PLANTS.items():
        found = plant(left).faults()
        if not any(words in fault for fault in found):
            unseen[name] = found
    assert unseen == {}


def test_the_mix_is_that_of_its_seed() -> None:
    """As long as no letter comes: what is answered depends on what has come."""
    for seed in range(3):
        first, second = Mix(seed), Mix(seed)
        for mix in (first, second):
            for _ in range(30):
                mix.next_mail()
        assert [mail.word for mail in first.brought] == [mail.word for mail in second.brought]
        assert [mail.kind for mail in first.brought] == [mail.kind for mail in second.brought]

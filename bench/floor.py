"""The floor: the same mails by imapclient and mail-parser, the same rows by SQLAlchemy Core in as many commits."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice, pairwise
from typing import Any

from mailparser import MailParser
from sqlalchemy import Connection, Engine, Table, event, insert, select, text

from bench.measure import Cost, measured
from bench.world import World
from mailsla.adapters.db.schema import metadata

BATCH = 50
_INSERTS = {table.name: insert(table) for table in metadata.sorted_tables}
# Filled in later by the intake, when what they point to is there.
_LATER = {"intake": ("ticket_id", "duplicate_of"), "tickets": ("linked_to", "merged_into")}

Rows = Mapping[str, Sequence[dict[str, Any]]]


@dataclass
class Ledger:
    """What an intake wrote: the rows that were there before it, those of each commit; how many statements it ran."""

    before: Rows = field(default_factory=dict)
    commits: list[Rows] = field(default_factory=list)
    statements: int = 0


@contextmanager
def recorded(engine: Engine) -> Iterator[Ledger]:
    """Watch an intake into this new database; the ledger is complete at the end."""
    ledger = Ledger()
    counts: list[dict[str, int]] = []
    with engine.connect() as connection:
        counts.append(_counts(connection))

    def commit(connection: Connection) -> None:
        counts.append(_counts(connection))

    def execute(_connection: Connection, _cursor: object, statement: str, *_rest: object) -> None:
        ledger.statements += not statement.startswith(_COUNT)

    event.listen(engine, "commit", commit)
    event.listen(engine, "before_cursor_execute", execute)
    yield ledger
    event.remove(engine, "commit", commit)
    event.remove(engine, "before_cursor_execute", execute)
    with engine.connect() as connection:
        rows = {table.name: _rows(connection, table) for table in metadata.sorted_tables}
    ledger.before, *ledger.commits = _dealt(rows, counts)


def take_in(world: World, engine: Engine, ledger: Ledger, cost: Cost) -> Iterator[None]:
    """Fetch and parse everything that is in the mailbox, and insert the ledger's rows commit by commit, in turns."""
    _insert(engine, ledger.before)
    commits = iter(ledger.commits)
    with world.client() as client:
        with measured(cost), cost.step("fetch"):
            client.select_folder("INBOX", readonly=True)
            uids = client.search(["ALL"])
        for start in range(0, len(uids), BATCH):
            yield
            with measured(cost):
                with cost.step("fetch"):
                    answers = client.fetch(uids[start : start + BATCH], ["BODY.PEEK[]", "INTERNALDATE"])
                with cost.step("read"):
                    for answer in answers.values():
                        MailParser.from_bytes(answer[b"BODY[]"])
                with cost.step("write"):
                    for rows in islice(commits, -(-len(ledger.commits) * BATCH // len(uids))):
                        _insert(engine, rows)


def _insert(engine: Engine, rows: Rows) -> None:
    with engine.begin() as connection:
        for name, listed in rows.items():
            connection.execute(_INSERTS[name], listed)


_COUNT = "SELECT count(*) FROM"


def _counts(connection: Connection) -> dict[str, int]:
    return {
        table.name: connection.exec_driver_sql(f"{_COUNT} {table.name}").scalar_one()
        for table in metadata.sorted_tables
    }


def _rows(connection: Connection, table: Table) -> list[dict[str, Any]]:
    """In the order of first insertion; clocks are replaced with each change of their ticket, so by that."""
    order = table.c.ticket_id if table.name == "clocks" else text("rowid")
    rows = [dict(row) for row in connection.execute(select(table).order_by(order)).mappings()]
    return [row | dict.fromkeys(_LATER.get(table.name, ())) for row in rows]


def _dealt(rows: Rows, counts: Sequence[Mapping[str, int]]) -> list[Rows]:
    """The rows of each commit: as many as it left more of than were ever there before it.

    A commit that only changed rows writes something in the floor too: a table's share of the next commit.
    """
    dealt: list[dict[str, Sequence[dict[str, Any]]]] = []
    reached = dict.fromkeys(rows, 0)
    for count in counts:
        new = {name: (reached[name], min(count[name], len(rows[name]))) for name in rows}
        dealt.append({name: rows[name][low:high] for name, (low, high) in new.items() if high > low})
        reached = {name: max(reached[name], high) for name, (_, high) in new.items()}
    for earlier, later in pairwise(dealt[1:]):
        if not earlier and len(later) > 1:
            first = next(iter(later))
            earlier[first] = later.pop(first)
    return list(dealt)

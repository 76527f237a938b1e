"""A tick of the scheduler, 1,000 due moments, where a million clocks are open and where ten thousand are."""

from collections.abc import Iterator
from dataclasses import replace
from statistics import median

from sqlalchemy import Column, Connection, Engine, Table, func, select, text
from tests.servers.postgres import Postgres

from bench.beside import Row
from bench.measure import Cost, in_turns, measured
from bench.world import Clock, World
from mailsla import bootstrap
from mailsla.adapters.db import schema
from mailsla.adapters.db.engine import open_engine
from mailsla.flows import actions, deadlines

MANY, FEW = 1_000_000, 10_000  # open clocks; a ticket has two
DUE = 1_000
ROUNDS = 3
BOUND = 1.5  # issue 4
COPIED = (schema.tickets, schema.participants, schema.events, schema.clocks, schema.moments)
FAR = 10 * 365 * 86_400  # seconds


def ticks(world: World) -> list[Row]:
    """Seconds of wall clock of one tick, on each database: the server's work counts as ours does."""
    server = Postgres()
    try:
        engines = [_postgresql(world, server), _postgresql(world, server)]
        rows = [
            _row("SQLite", world, world.database("many"), world.database("few")),
            _row("PostgreSQL", world, *engines),
        ]
        for engine in engines:
            engine.dispose()
    finally:
        server.remove()
    return rows


def _postgresql(world: World, server: Postgres) -> Engine:
    url = server.url(server.create())
    bootstrap.upgrade_database(replace(world.settings, database=url))
    return open_engine(url)


def _row(database: str, world: World, many: Engine, few: Engine) -> Row:
    first = _fill(world, many, MANY // 2)
    _fill(world, few, FEW // 2)
    costs: list[tuple[Cost, Cost]] = []
    for number in range(ROUNDS):
        ours, theirs = Cost(), Cost()
        in_turns(_tick(world, many, first + number, ours), _tick(world, few, first + number, theirs))
        costs.append((ours, theirs))
    ours, theirs = min(costs, key=lambda pair: abs(_ratio(pair) - median(map(_ratio, costs))))
    names = f"tick on {database}, {DUE:,} due of {MANY:,} clocks", f"of {FEW:,}"
    return Row(names[0], ours.wall, names[1], theirs.wall, BOUND)


def _ratio(pair: tuple[Cost, Cost]) -> float:
    return pair[0].wall / pair[1].wall


def _tick(world: World, engine: Engine, at: int, cost: Cost) -> Iterator[None]:
    """All that is due now, in turns of a tenth."""
    services = world.services(engine, Clock(at))
    done, more = 0, True
    while more:
        with measured(cost):
            for _ in range(DUE // 10):
                more = deadlines.next_due(services)
                done += more
        yield
    if done != DUE:
        raise RuntimeError(f"{done} moments were due, not {DUE}")


def _fill(world: World, engine: Engine, tickets: int) -> int:
    """One complaint by the real flows, then so many like it; when the first thousand are due, the next a second on."""
    clock = Clock()
    services = world.services(engine, clock)
    opened = actions.open_by_hand(services, services.settings.mailboxes[0], "ana@mail.example", "", "Parcel", "Where?")
    if opened is None:
        raise RuntimeError("the first complaint was not opened")
    with engine.begin() as connection:
        for table in COPIED:
            connection.execute(text(_copies(table, tickets - 1)))
        if engine.dialect.name == "postgresql":
            for table in (schema.tickets, schema.events):
                connection.execute(
                    text(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))")
                )
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
        return _due(connection, tickets)


def _due(connection: Connection, tickets: int) -> int:
    moments = schema.moments.c
    open_, first = connection.execute(select(func.count(), func.min(moments.at)).where(moments.kind == "ticket")).one()
    clocks = connection.scalar(select(func.count()).select_from(schema.clocks))
    if (open_, clocks) != (tickets, 2 * tickets):
        raise RuntimeError(f"moments, clocks: {(open_, clocks)}, expected {(tickets, 2 * tickets)}")
    return int(first)


def _copies(table: Table, count: int) -> str:
    """SQL that copies each row of the one ticket so many times, with numbers of its own."""
    columns = ", ".join(f'"{column.name}"' for column in table.columns)
    values = ", ".join(_copied(table, column) for column in table.columns)
    only = " WHERE kind = 'ticket'" if table is schema.moments else ""
    return (
        f"WITH RECURSIVE copies(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM copies WHERE n < {count}) "
        f"INSERT INTO {table} ({columns}) SELECT {values} FROM copies CROSS JOIN (SELECT * FROM {table}{only}) AS one"
    )


def _copied(table: Table, column: Column[object]) -> str:
    match table.name, column.name:
        case ("events", "id"):
            return "id + 100 * n"
        case ("tickets", "id" | "number"):
            return f"{column.name} + n"
        case ("tickets", "reference"):
            return "'ACME-' || (number + n)"
        case (_, "ticket_id"):
            return "ticket_id + n"
        case ("moments", "key"):
            return "CAST(CAST(key AS BIGINT) + n AS TEXT)"
        case ("moments", "at"):
            return f"at + CASE WHEN n < {DUE * ROUNDS} THEN n / {DUE} ELSE {FAR} END"
    return f'"{column.name}"'

"""The same intake into PostgreSQL and into SQLite; each has it on the disk before it says so."""

from collections.abc import Callable
from dataclasses import replace

from sqlalchemy import Engine
from tests.servers.postgres import Postgres

from bench import intake
from bench.beside import Row
from bench.measure import Cost, in_turns
from bench.world import World
from mailsla import bootstrap
from mailsla.adapters.db.engine import open_engine


def databases(world: World, count: int, check: Callable[[Engine], None]) -> list[Row]:
    """Seconds a mail: CPU of mailsla's process alone, without PostgreSQL's own; and wall clock."""
    server = Postgres(durable=True)
    try:
        url = server.url(server.create())
        bootstrap.upgrade_database(replace(world.settings, database=url))
        engine, ours, theirs = open_engine(url), Cost(), Cost()
        in_turns(
            intake.take_in(world, engine, count, ours),
            intake.take_in(world, world.database("beside-postgresql"), count, theirs),
        )
        check(engine)
        engine.dispose()
    finally:
        server.remove()
    return [
        Row("intake on PostgreSQL, CPU", ours.cpu / count, "on SQLite", theirs.cpu / count),
        Row("intake on PostgreSQL, wall clock", ours.wall / count, "on SQLite", theirs.wall / count),
    ]

"""Every failpoint x kill, failure, full disk and a mistake in the program, on both databases (issue 7, point 1)."""

import os
import random
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.failpoints.databases import Database, PostgresDatabase, SqliteFile
from tests.failpoints.faults import UNEXPECTED, actions
from tests.failpoints.points import Point, points
from tests.failpoints.stages import Stages, excuse, stages
from tests.failpoints.trying import quiet_logs
from tests.servers.dovecot import Dovecot
from tests.servers.postgres import Postgres

from torture.row import Outcome, Row

POINTS = [point for point in points() if not excuse(point)]
ALL = [(point, action) for point in POINTS for action in actions(point)]
MOST_FAULTS = 50  # in words; more would be one fault's


@contextmanager
def _opened(*, postgres: bool) -> Iterator[Stages]:
    with ExitStack() as stack:
        dovecot = Dovecot()
        stack.callback(dovecot.remove)
        dovecot.start()
        before = os.environ.get("SSL_CERT_FILE")
        stack.callback(_put_back, before)
        os.environ["SSL_CERT_FILE"] = str(dovecot.certificate.cert)
        make: Callable[[Path], Database] = SqliteFile
        if postgres:
            server = Postgres()
            stack.callback(server.remove)
            make = lambda _: PostgresDatabase(server)  # noqa: E731
        stack.enter_context(quiet_logs())
        yield stack.enter_context(stages(dovecot, make))


def _put_back(before: str | None) -> None:
    if before is None:
        os.environ.pop("SSL_CERT_FILE", None)
    else:
        os.environ["SSL_CERT_FILE"] = before


def _run(seconds: float, seed: int, *, postgres: bool) -> Outcome:
    """All in an order of the seed's, which also chooses the scene, which pass of the point is struck, and whether a
    failure is a mistake in the program instead."""
    until = time.monotonic() + seconds
    chance = random.Random(seed)
    done, found, kills = 0, list[str](), 0
    with _opened(postgres=postgres) as opened:
        order = chance.sample(ALL, len(ALL))
        while not done or time.monotonic() < until:
            point, action = order[done % len(order)]
            done += 1
            kills += action == "kill"
            if (words := _try(opened, point, action, chance)) and len(found) < MOST_FAULTS:
                found.append(words)
    return Outcome(done, tuple(found), {"kills": kills, "points": min(done, len(ALL))})


def _try(opened: Stages, point: Point, action: str, chance: random.Random) -> str:
    scenes = opened.all_of(point)
    if not scenes:
        return f"no scene passes {point.name}"
    stage, passed = chance.choice(scenes)
    nth = chance.randint(1, passed.hits[point.name])
    if action == "raise" and chance.random() < 0.2 and point.place.kind != "port":
        action = UNEXPECTED
    same = passed is scenes[0][1] and nth == 1 and action != UNEXPECTED
    said = stage.attempt([point], action, passed, nth, same=same)
    return f'{action} at {point.name}, pass {nth}, scene "{passed.scene.name}": {"; ".join(said[:4])}' if said else ""


ROWS = [
    Row(
        "failpoints SQLite", "faults", len(ALL), 6, lambda seconds, seed: _run(seconds, seed, postgres=False), least=60
    ),
    Row(
        "failpoints PostgreSQL",
        "faults",
        len(ALL),
        25,
        lambda seconds, seed: _run(seconds, seed, postgres=True),
        least=60,
    ),
]

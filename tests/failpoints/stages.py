"""The worlds that together pass all points, and which points no scene can pass."""

import math
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from tests.failpoints import scenes, scenes_restored, scenes_servers, scenes_triage
from tests.failpoints.databases import Database, SqliteFile
from tests.failpoints.faults import FULL, KILL, RAISE
from tests.failpoints.places import Files, Post, Servers
from tests.failpoints.points import Point
from tests.failpoints.trying import Passed, Scene, Stage
from tests.failpoints.world import WATCHED, Changes, World
from tests.servers.dovecot import Dovecot

_LIVE = "`mailsla check --live` alone uses it, on its own probes"
_OAUTH = (
    "of a login by OAuth2; the Dovecot and the SMTP server here have passwords, tests/adapters/test_oauth_mail.py both"
)
AT_ONCE = {KILL: 3, RAISE: 6, FULL: 6}
# Beginnings of names -> why no scene passes them.
EXCUSED = {
    "maildir.MaildirSource.delete": _LIVE,
    "imap_live.": _LIVE,
    "imap.ImapSource.probe": "`mailsla check` alone uses it, and writes nothing",
    "imap_server.ImapServer._by_token": _OAUTH,
    "imap_server.ImapServer._authenticate": _OAUTH,
    "smtp.SmtpTransport._authenticate": _OAUTH,
    "imap_server.ImapServer._by_password: plain_login": "as login, for a password that is not ASCII; Dovecot's here is",
    "imap_server.ImapServer.connect: shutdown": "reached by a failure within connect alone",
    "imap.ImapSource._not_selectable": "reached by a folder that is gone alone; tests/flows/test_server_failures.py",
    "imap.ImapSource._fetch: noop": "reached by an answer that Dovecot does not give (EXPUNGEISSUED)",
    "imap.ImapSource._connected: shutdown": "for a connection that comes after the end",
    "imap.ImapSource._name: list_folders": "reached by a server that names no Sent folder alone",
    "imap.ImapSource._drop: shutdown after": "the library raises there, the server having gone at LOGOUT",
    "imap_display.ImapDisplay._failures: shutdown": "for a connection that comes after the end",
    "imap_display.ImapDisplay.open: folder_exists": "reached by a folder that is gone alone",
    "bootstrap:note_backup": "`mailsla db backup` alone, after the copy; tests/adapters/db/test_restoring.py",
    "history: reading": "reports alone, which write nothing until they are made; tests/flows/test_report_mail.py",
    "day: reading": "a manager's digest and the board alone; tests/flows/test_digests.py",
    "flows.report_mail:": "a process of its own alone, which its moment starts again; tests/flows/test_report_mail.py",
    "flows.unsettled:": "reached after a failure of the database alone; tests/flows/test_unsettled.py has each",
    "smtp.SmtpTransport._connect: ehlo": "reached by a server without STARTTLS and login alone; as `smtp: EHLO`",
}


def excuse(point: Point) -> str:
    """Why no scene passes it; "" where one has to."""
    return next((why for name, why in EXCUSED.items() if point.name.startswith(name)), "")


class Stages:
    """Several, of which each point is tried on the cheapest."""

    def __init__(self, stages: Sequence[Stage]) -> None:
        self._stages = stages

    def of(self, point: Point) -> tuple[Stage, Passed] | None:
        """Where to try it; None: no scene passes it."""
        return next(iter(self.all_of(point)), None)

    def all_of(self, point: Point) -> list[tuple[Stage, Passed]]:
        """All scenes that pass it."""
        return [(stage, passed) for stage in self._stages for passed in stage.scenes_with(point)]

    def try_all(self, wanted: Sequence[Point], action: str) -> list[str]:
        """The faults found, with the names of the points. Several of a scene strike in one go, one after the other;
        where that does not end well, each of them alone tells which it is: two kills in one letter hold it back."""
        found: list[str] = []
        groups: dict[tuple[int, str, str], list[Point]] = defaultdict(list)
        places = {point.name: self.of(point) for point in wanted}
        for point in wanted:
            place = places[point.name]
            if place is None:
                found.append(f"no scene passes {point.name}: add one to tests/failpoints/scenes.py")
            else:
                groups[id(place[0]), place[1].scene.name, point.when].append(point)
        for some in groups.values():
            stage, passed = self.of(some[0]) or (None, None)
            assert stage is not None and passed is not None
            order = list(passed.hits)
            some.sort(key=lambda point: order.index(point.name))
            parts = math.ceil(len(some) / AT_ONCE[action])
            for part in (some[number::parts] for number in range(parts)):  # far apart
                if len(part) > 1 and not stage.attempt(part, action, passed):
                    continue
                for point in part:
                    said = stage.attempt([point], action, passed)
                    found += [f'{action} at {point.name}, scene "{passed.scene.name}": {words}' for words in said[:4]]
        return found


Opened = tuple[Callable[[Path, Callable[[], int]], Post], Changes, Sequence[Scene]]


@contextmanager
def stages(dovecot: Dovecot | None, make_database: Callable[[Path], Database] = SqliteFile) -> Iterator[Stages]:
    """Each in a folder in memory: what SIGKILL leaves does not depend on the disk."""
    memory = Path("/dev/shm")
    base = Path(tempfile.mkdtemp(prefix="points-", dir=memory if memory.is_dir() else None))
    worlds: list[World] = []
    try:
        opened: list[Opened] = [
            (Files, (WATCHED,), (*scenes.SCENES, scenes_restored.SCENE)),
            (partial(Files, outgoing=True), (WATCHED,), scenes_servers.OUTGOING),
            (scenes_triage.post, scenes_triage.CHANGES, scenes_triage.SCENES),
        ]
        if dovecot is not None:
            opened.append((lambda folder, _: Servers(folder, dovecot), (scenes_servers.IMAP,), scenes_servers.SCENES))
        made = []
        for number, (post, changes, acts) in enumerate(opened):
            folder = base / str(number)
            folder.mkdir()
            worlds.append(World(folder, make_database(folder), post, changes))
            made.append(Stage(worlds[-1], acts))
        yield Stages(made)
    finally:
        for world in worlds:
            world.close()
        shutil.rmtree(base, ignore_errors=True)

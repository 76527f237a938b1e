"""A Maildir as a source of mails (maildir(5), Maildir++ folders).

A mail's UID is its file name before the ":", which stays when a mail client moves it from new to cur or sets flags.
No mail of others is deleted; what is still being written lies in tmp and is never read.
"""

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from mailsla.adapters.batches import batches
from mailsla.adapters.stopping import Stop
from mailsla.config.settings import MailboxSettings
from mailsla.errors import ConfigError, MailslaError, PermanentError, Problem, TemporaryError
from mailsla.ports.mail import Arrival, Survey

_LOOK = 0.5  # seconds between two looks at the folder's time of change


class MaildirSource:
    """Implements ports.mail.Source; `mark = "keyword"` has nothing to write to here and touches nothing."""

    def __init__(self, settings: MailboxSettings) -> None:
        if settings.path is None:
            raise ConfigError((Problem(f"mailboxes.{settings.name}.path", "missing", "set the Maildir's folder"),))
        self._settings = settings
        self._folder = settings.path if settings.folder == "INBOX" else settings.path / f".{settings.folder}"
        self._done = settings.path / f".{settings.done_folder}"
        self._stop = Stop()
        self._surveyed: frozenset[str] = frozenset()
        self._looked: tuple[int, int] | None = None  # times of change for which the list is known to be `_surveyed`

    def survey(self) -> Survey:
        with self._failures():
            uids = tuple(sorted(self._paths()))
        self._surveyed, self._looked = frozenset(uids), None
        return Survey(folder=self._settings.folder, uidvalidity=0, uidnext=0, uids=uids)

    def fetch(self, uids: Sequence[str]) -> Iterator[list[Arrival]]:
        with self._failures():
            paths = self._paths()
            sized = [(uid, size) for uid in uids if (size := _size(paths.get(uid))) is not None]
        for batch in batches(sized):
            with self._failures():
                read = [self._read(uid, paths) for uid in batch]
            arrivals = [arrival for arrival in read if arrival is not None]
            if arrivals:
                yield arrivals

    def mark(self, uids: Sequence[str]) -> None:
        """With `mark = "move"` into the done folder's cur; else nothing is touched."""
        if self._settings.mark != "move" or not uids:
            return
        with self._failures():
            for part in ("cur", "new", "tmp"):
                (self._done / part).mkdir(mode=0o700, parents=True, exist_ok=True)
            (self._done / "maildirfolder").touch()
            paths = self._paths()
            for path in (paths[uid] for uid in uids if uid in paths):
                name = path.name if ":" in path.name else f"{path.name}:2,"
                target = self._done / "cur" / name
                if not target.exists():  # a rename would put one mail in the place of another
                    path.rename(target)

    def delete(self, uids: Sequence[str]) -> None:
        """For `mailsla check --live` and its own probes alone."""
        with self._failures():
            paths = self._paths()
            for path in (paths[uid] for uid in uids if uid in paths):
                path.unlink(missing_ok=True)

    def wait(self, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while not self._stop.asked and (left := deadline - time.monotonic()) > 0:
            self._stop.pause(min(left, _LOOK))
            if not self._stop.asked and self._has_news():
                return True
        return False

    def wake(self) -> None:
        self._stop.ask()

    def close(self) -> None:
        """There is nothing to let go of."""

    def _has_news(self) -> bool:
        """Lists the folder only when it changed. Its time of change is noted before the list is taken, and trusted
        once a later list was the same: two changes within a tick of the file system's clock have one time."""
        with self._failures():
            changed = (self._part("new").stat().st_mtime_ns, self._part("cur").stat().st_mtime_ns)
            if changed == self._looked:
                return False
            news = not self._paths().keys() <= self._surveyed
        self._looked = None if news else changed
        return news

    def _part(self, name: str) -> Path:
        return self._folder / name

    def _paths(self) -> dict[str, Path]:
        """new before cur: a mail that a client moves meanwhile is seen at least once."""
        if self._stop.asked:
            raise TemporaryError(f"mailbox {self._settings.name}: told to stop")
        found: dict[str, Path] = {}
        for part in ("new", "cur"):
            with os.scandir(self._part(part)) as entries:
                for entry in entries:
                    if not entry.name.startswith(".") and entry.is_file(follow_symlinks=False):
                        found[_uid(entry.name)] = Path(entry.path)
        return found

    def _read(self, uid: str, paths: dict[str, Path]) -> Arrival | None:
        for path in (paths[uid], None):
            try:
                found = path or self._paths().get(uid)  # a client may have moved it from new to cur
                return _arrival(uid, found) if found else None
            except FileNotFoundError:
                continue
        return None

    @contextmanager
    def _failures(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise self._translated(error) from error

    def _translated(self, error: OSError) -> MailslaError:
        where = f"mailbox {self._settings.name}: {error.filename}"
        if isinstance(error, (FileNotFoundError, NotADirectoryError)):
            return PermanentError(f"{where}: no such Maildir", "set path to a folder that holds new, cur and tmp")
        if isinstance(error, PermissionError):
            return PermanentError(f"{where}: {error.strerror}", "let the user that mailsla runs as read it")
        return TemporaryError(f"{where}: {error.strerror}")


def _uid(name: str) -> str:
    """File names are bytes; those that are not UTF-8 become escapes, so that any store can hold them."""
    return os.fsencode(name.partition(":")[0]).decode("utf-8", "backslashreplace")


def _size(path: Path | None) -> int | None:
    try:
        return path.stat().st_size if path else None
    except FileNotFoundError:
        return 0  # perhaps moved: `_read` looks again


def _arrival(uid: str, path: Path) -> Arrival:
    with path.open("rb") as file:
        return Arrival(uid=uid, raw=file.read(), received_at=int(os.fstat(file.fileno()).st_mtime))

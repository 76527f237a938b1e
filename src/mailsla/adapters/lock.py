"""One daemon for one SQLite database: a lock that ends with the process that holds it."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mailsla.errors import TemporaryError


@contextmanager
def only_one(path: Path) -> Iterator[None]:
    """Hold the lock file `path`. Raises TemporaryError when another process does, or it can't be made."""
    try:
        file = path.open("a")
    except OSError as error:
        raise TemporaryError(f"lock file {path}: {error.strerror}", "make its folder writable") from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise TemporaryError(
                f"another mailsla runs on this database ({path} is locked)", "stop that one first"
            ) from error
        yield

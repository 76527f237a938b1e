"""Files that are there whole or not at all, also after a crash: written aside, made durable, then named."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from mailsla.errors import PermanentError

PART = ".part"


@contextmanager
def aside(file: Path) -> Iterator[Path]:
    """A new, empty, private file beside `file`, which is thrown away where it is not `named`. Raises PermanentError."""
    part = file.with_name(f".{file.name}.{os.getpid()}{PART}")
    try:
        with suppress(FileNotFoundError):
            part.unlink()  # of a process of the same number that was killed
        os.close(os.open(part, os.O_CREAT | os.O_EXCL, 0o600))  # it holds customers' mail
    except OSError as error:
        raise PermanentError(f"{file}: can't be made: {error.strerror}", "name one where you may write") from error
    try:
        yield part
    finally:
        for name in (part.name, f"{part.name}-wal", f"{part.name}-shm", f"{part.name}-journal"):
            with suppress(FileNotFoundError):
                part.with_name(name).unlink()


def named(part: Path, file: Path) -> None:
    """The part's bytes are on the disk, then it has its name, then the folder knows it: in this order."""
    synced(part)
    part.rename(file)
    synced(file.parent)


def synced(path: Path) -> None:
    """What was written to this file, or named in this folder, is on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

"""The mails of an archive, to be imported: an mbox, a Maildir, or one mail in a file."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from mailsla.adapters.mbox import mails
from mailsla.core.mail.headers import split
from mailsla.core.mail.limits import LIMITS
from mailsla.core.model import Instant
from mailsla.errors import PermanentError
from mailsla.ports.mail import Arrival


@dataclass(frozen=True, slots=True)
class Archived:
    """One mail of an archive. `arrival` is None for what can't be imported, with the `cause` and its `name`.

    `step`: how far reading it brought us, in units of `Archive.length`.
    """

    name: str
    arrival: Arrival | None
    cause: str
    step: int


class Archive:
    """The mails one by one; `length` is what the steps of all of them come to. Raises PermanentError for what is none.

    A mail's receipt is what the mbox says of its delivery, else the time of the file's last change.
    """

    def __init__(self, path: Path, most: int) -> None:
        """`most`: bytes of one mail; larger ones are not imported."""
        self._most = most
        self._path = path
        try:
            self._files = _files(path)
            self.length = len(self._files) if path.is_dir() else max(path.stat().st_size, 1)
        except OSError as error:
            raise _unreadable(path, error) from error

    def __iter__(self) -> Iterator[Archived]:
        for path in self._files:
            try:
                yield from self._of(path)
            except FileNotFoundError:  # a mail client moved or deleted it meanwhile
                yield Archived(str(path), None, "it is there no more", 1)
            except OSError as error:
                if not self._path.is_dir():
                    raise _unreadable(path, error) from error
                yield Archived(str(path), None, f"can't be read: {error.strerror}", 1)

    def _of(self, path: Path) -> Iterator[Archived]:
        with path.open("rb") as file:
            changed = int(os.fstat(file.fileno()).st_mtime)
            read = 0
            for mail in mails(file, self._most):
                name = str(path) if mail.number is None else f"{path}#{mail.number}"
                before, read = read, file.tell()
                step = 1 if self._path.is_dir() else read - before
                yield self._archived(name, mail.raw, changed if mail.received_at is None else mail.received_at, step)

    def _archived(self, name: str, raw: bytes | None, received_at: Instant, step: int) -> Archived:
        if raw is None:
            return Archived(name, None, f"over {self._most} bytes (limits.largest_mail_bytes)", step)
        if not split(raw, 0, len(raw), LIMITS).items:
            return Archived(name, None, "no mail: it has no headers", step)
        return Archived(name, Arrival(uid=name, raw=raw, received_at=received_at), "", step)


def _files(path: Path) -> list[Path]:
    """The file itself, or those of a Maildir, as maildir(5) says."""
    if not path.is_dir():
        return [path]
    parts = [path / "cur", path / "new"]
    if not all(part.is_dir() for part in parts):
        raise PermanentError(f"{path} is a folder, but no Maildir: it has no cur and new", "name an mbox or a Maildir")
    found = [file for part in parts for file in part.iterdir() if not file.name.startswith(".") and file.is_file()]
    return sorted(found, key=lambda file: file.name)


def _unreadable(path: Path, error: OSError) -> PermanentError:
    return PermanentError(f"{path} can't be read: {error.strerror}", "name an mbox, a Maildir, or a file of one mail")

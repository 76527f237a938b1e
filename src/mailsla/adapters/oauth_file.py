"""The file of a login by OAuth2: for its owner alone, replaced whole, renewed by one process at a time."""

import errno
import fcntl
import json
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from mailsla.core.model import Instant
from mailsla.errors import ConfigError, Problem, TemporaryError

_STANDING = {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EISDIR, errno.EEXIST}  # goes not by itself
_ROOM = 65_536  # bytes, more than any login needs


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A login as it is kept."""

    made_for: str  # client, token endpoint, user and scopes
    refresh_token: str
    refresh_until: Instant | None  # None: the provider does not say
    refresh_life: int | None  # seconds that it had when it was given
    access_token: str
    access_until: Instant
    logged_in_at: Instant
    renewed_at: Instant


_KEPT: TypeAdapter[Kept] = TypeAdapter(Kept)


class TokenFile:
    """`where`: the key in the configuration, for errors. Raises ConfigError, or TemporaryError (disk)."""

    def __init__(self, path: Path, where: str) -> None:
        self.path = path
        self._where = where

    def read(self) -> Kept | None:
        """None when there was no login so far."""
        try:
            with self.path.open("rb") as file:
                if os.fstat(file.fileno()).st_mode & (stat.S_IRWXG | stat.S_IRWXO):
                    raise self._wrong(f"file {self.path} is open to others than its owner", f"chmod 600 {self.path}")
                content = file.read()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self._refused(error) from error
        try:
            return _KEPT.validate_json(content)
        except ValidationError:  # its text has what it does not like, which is a token
            what = f"file {self.path} is not what mailsla wrote"
            raise self._wrong(what, "remove it, and log in again with `mailsla oauth login`") from None

    @contextmanager
    def locked(self) -> Iterator[None]:
        """While no other process or thread renews this login; waits for it."""
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = os.open(self.path.with_name(self.path.name + ".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise self._refused(error) from error
        try:
            self._keep_owner(lock)
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)

    def replace(self, made: Callable[[], Kept]) -> Kept:
        """Write what `made` gives in place of what is there, durably; to be called while `locked`.

        Room on the disk is taken before `made` is called: a renewed login that can't be written would be lost, since
        the provider may not know the old one any more.
        """
        partial = self.path.with_name(self.path.name + ".part")
        try:
            partial.unlink(missing_ok=True)  # of a process that was killed
            file = os.open(partial, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise self._refused(error) from error
        try:
            os.posix_fallocate(file, 0, _ROOM)
            kept = made()
            length = os.pwrite(file, json.dumps(asdict(kept), indent=1).encode(), 0)
            os.ftruncate(file, length)
            self._keep_owner(file)
            os.fsync(file)
            partial.rename(self.path)
            _sync(self.path.parent)
        except OSError as error:
            raise self._refused(error) from error
        finally:
            os.close(file)
            with suppress(OSError):
                partial.unlink()
        return kept

    def _keep_owner(self, file: int) -> None:
        """What root renews (`sudo mailsla check`) stays readable for the user that the daemon runs as."""
        if os.geteuid() == 0:
            owner = (self.path if self.path.exists() else self.path.parent).stat()
            os.fchown(file, owner.st_uid, owner.st_gid)

    def _refused(self, error: OSError) -> ConfigError | TemporaryError:
        if error.errno in _STANDING:
            mend = f"let the user that mailsla runs as write {self.path.parent}, or name another file there"
            return self._wrong(f"{error.filename or self.path}: {error.strerror}", mend)
        return TemporaryError(f"{self._where}: {error.filename or self.path}: {error.strerror}")

    def _wrong(self, what: str, mend: str) -> ConfigError:
        return ConfigError((Problem(self._where, what, mend),))


def _sync(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)

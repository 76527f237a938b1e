"""The errors of mailsla: what went wrong, of what kind, and how to mend it."""

import errno
import os
from dataclasses import dataclass

_DISK_FULL = "free some space on the disk"
_DESCRIPTORS = "see what holds so many files open (`ls /proc/PID/fd`), and LimitNOFILE= of the unit"
_DISK = "the disk failed: see the kernel's log"
_MACHINE_MENDS = {
    errno.ENOSPC: _DISK_FULL,
    errno.EDQUOT: _DISK_FULL,
    errno.EMFILE: _DESCRIPTORS,
    errno.ENFILE: _DESCRIPTORS,
    errno.ENOMEM: "the machine is out of memory: free some",
    errno.EIO: _DISK,
    errno.EROFS: _DISK,
}


class MailslaError(Exception):
    """A failure that a person can act on.

    `message` names the thing and the cause, `mend` says what to do about it ("" when the message says it).
    """

    def __init__(self, message: str, mend: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.mend = mend

    def __str__(self) -> str:
        return f"{self.message}\n  mend: {self.mend}" if self.mend else self.message


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with the set-up: where (a key or a file), what, and the mend."""

    where: str
    what: str
    mend: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}\n  mend: {self.mend}"


class ConfigError(MailslaError):
    """The configuration can't be used; `problems` holds all that was found at once. Exit code 78."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


class TemporaryError(MailslaError):
    """The world failed (network, disk, database, server busy): trying again later may work. Exit code 75."""


class PermanentError(MailslaError):
    """Refused, and trying the same again will not help. Exit code 1."""


class LoginNeeded(PermanentError):
    """A login by OAuth2 is missing or no longer good: a person has to log in.

    `account`: the name of a mailbox, or "sending".
    """

    def __init__(self, account: str, message: str) -> None:
        self.account = account
        self.command = f"mailsla oauth login {account}"
        super().__init__(f"{account}: {message}", f"run `{self.command}`")


class Unparseable(MailslaError):
    """A mail could not be read within its bounds; its raw bytes are kept."""


def machine_failed(error: BaseException) -> TemporaryError | None:
    """The error as one of the machine: no space, no descriptors, no memory, a broken disk; None when it is none.

    Whatever was being done then (a mail, a letter, a due moment) is not at fault, and works later.
    """
    if not isinstance(error, OSError) or error.errno not in _MACHINE_MENDS:
        return None
    return TemporaryError(f"the machine: {os.strerror(error.errno)}", _MACHINE_MENDS[error.errno])

"""The errors of mailsla: what went wrong, of what kind, and how to mend it."""

from dataclasses import dataclass


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

"""What `mailsla check` finds: one thing that was looked at, how it stands, and the mend."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from mailsla.errors import ConfigError, MailslaError, Problem, TemporaryError


class State(StrEnum):
    """What was found: in order, worth knowing, not reachable now, wrong."""

    OK = "ok"
    WARNING = "warning"
    LATER = "temporary"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    state: State
    what: str
    said: str
    mend: str = ""


Probe = Callable[[], list[Finding]]


def warned(problem: Problem) -> Finding:
    """What is legal, but worth knowing."""
    return Finding(State.WARNING, problem.where, problem.what, problem.mend)


def wrong(problem: Problem) -> Finding:
    """What has to be mended."""
    return Finding(State.WRONG, problem.where, problem.what, problem.mend)


def failed(what: str, error: MailslaError) -> list[Finding]:
    """An error as findings: what may work later is no fault of the configuration."""
    if isinstance(error, ConfigError):
        return [wrong(problem) for problem in error.problems]
    state = State.LATER if isinstance(error, TemporaryError) else State.WRONG
    return [Finding(state, what, error.message.removeprefix(f"{what}: "), error.mend)]

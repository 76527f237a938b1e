"""What may stand in a log: no mail's content and no address above debug, whoever writes the line (house.md).

The calls name ids, states and counts. This is for what they can't know: an address in a server's answer, the text of
a mail in the message of an unexpected error.
"""

import re
import sys
import threading
import traceback
from collections.abc import Iterator, Mapping
from types import TracebackType
from typing import TextIO

import structlog
from structlog.typing import EventDict, ExcInfo, Processor

_ADDRESS = re.compile(r"[^\s<>()\[\]\"',;:=@\\]+@[^\s<>()\[\]\"',;:=@\\]+")
MASKED = "(address)"


def processors(*, json: bool, revealing: bool, always: Mapping[str, object]) -> list[Processor]:
    """From an event to its line. `revealing`: errors with their messages, and addresses, as at level debug."""
    return [
        lambda _logger, _method, event: {**event, **always},
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        *([structlog.processors.format_exc_info] if revealing else [_with_bare_trace, _without_addresses]),
        structlog.processors.JSONRenderer() if json else structlog.dev.ConsoleRenderer(colors=False, pad_event_to=0),
    ]


class Lines:
    """Writes lines to a stream, as structlog's logger.

    A log that can't be written (a full disk, a pipe that nobody reads any more) stops nothing: the work goes on, and
    the first line that can be written again comes with the number of those that were lost.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._lost = 0
        self._writing = threading.Lock()

    def msg(self, line: str) -> None:
        """One line, whole."""
        with self._writing:
            told = f"{self._lost} lines of this log were not written in time\n" if self._lost else ""
            try:
                self._stream.write(f"{told}{line}\n")
                self._stream.flush()
                self._lost = 0
            except (OSError, ValueError):  # ValueError: the stream is closed
                self._lost += 1

    log = debug = info = warning = error = critical = fatal = failure = err = exception = msg


def masked(value: object) -> object:
    """The value without addresses; of lists and tables each part."""
    match value:
        case str():
            return _ADDRESS.sub(MASKED, value)
        case dict():
            return {masked(key): masked(part) for key, part in value.items()}
        case list() | tuple():
            return [masked(part) for part in value]
    return value


def bare_trace(error: BaseException) -> str:
    """Where an error came from and of what type it is, with its causes, the first one first; not its message."""
    return "\n".join(line for one in reversed(list(_chain(error))) for line in _lines(one))


def _with_bare_trace(_logger: object, _method: str, event: EventDict) -> EventDict:
    given: ExcInfo | BaseException | bool | None = event.pop("exc_info", None)
    error = _error_of(given)
    if error is not None:
        event["exception"] = bare_trace(error)
    return event


def _without_addresses(_logger: object, _method: str, event: EventDict) -> EventDict:
    return {key: masked(value) for key, value in event.items()}


def _error_of(given: object) -> BaseException | None:
    if isinstance(given, BaseException):
        return given
    if isinstance(given, tuple):
        return next((part for part in given if isinstance(part, BaseException)), None)
    return sys.exception() if given else None


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    one: BaseException | None = error
    while one is not None and id(one) not in seen:
        seen.add(id(one))
        yield one
        one = one.__cause__ or (None if one.__suppress_context__ else one.__context__)


def _lines(error: BaseException) -> Iterator[str]:
    trace: TracebackType | None = error.__traceback__
    for frame in traceback.extract_tb(trace):
        yield f"{frame.filename}:{frame.lineno} in {frame.name}"
    yield type(error).__qualname__

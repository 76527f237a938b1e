"""What was said on a connection, by its phases, and the points in it at which a network may break."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

from tests.servers.proxy import Fault, How, Side, Talk

HOWS: tuple[How, ...] = ("cut", "reset", "stall", "drip")
_IMAP = re.compile(rb"[A-Z]+\d+ (UID [A-Z]+|[A-Z]+)|(DONE)\r\n")
_SMTP = re.compile(rb"(EHLO|STARTTLS|AUTH|MAIL|RCPT|DATA|RSET|QUIT)\b")
_LITERAL = re.compile(rb"\{(\d+)\}\r\n")


@dataclass(frozen=True)
class Stretch:
    """Bytes of one side that belong together: a command, an answer, a mail's text."""

    phase: str
    side: Side
    start: int  # in what that side says on the connection
    length: int


def stretches(talk: Talk, protocol: str) -> list[Stretch]:
    """The whole conversation, "imap" or "smtp"; what TLS hides is told apart as handshake and the rest."""
    found: list[Stretch] = []
    passed: dict[Side, int] = {"client": 0, "server": 0}
    phase, hidden = "greeting", 0
    for side, words in talk.pieces:
        if hidden:
            hidden += 1
            phase = "TLS handshake" if hidden <= 4 else "inside TLS"
        elif side == "client":
            phase = _phase(words, phase, protocol)
        elif phase == "STARTTLS":
            hidden = 1
        for name, start, length in _parts(phase, side, words, protocol):
            found.append(Stretch(name, side, passed[side] + start, length))
        passed[side] += len(words)
    return _joined(found)


def _phase(words: bytes, before: str, protocol: str) -> str:
    if before in ("DATA", "content") and protocol == "smtp" and not words.startswith((b"QUIT", b"RSET")):
        return "content"
    known = (_IMAP if protocol == "imap" else _SMTP).match(words)
    return next(name.decode() for name in known.groups() if name) if known else before


def _parts(phase: str, side: Side, words: bytes, protocol: str) -> Iterator[tuple[str, int, int]]:
    """A mail's text is apart from what is around it: phase, start, length."""
    literal = _LITERAL.search(words) if (phase, side) == ("UID FETCH", "server") else None
    if literal is not None:
        yield phase, 0, literal.end()
        yield "literal", literal.end(), int(literal[1])
        rest = literal.end() + int(literal[1])
        yield "end of literal", rest, len(words) - rest
    elif (phase, side) == ("content", "client"):
        yield phase, 0, len(words) - 3
        yield "final dot", len(words) - 3, 3
    elif (phase, side) == ("content", "server"):
        yield "answer to the dot", 0, len(words)
    else:
        yield phase, 0, len(words)


def _joined(found: Sequence[Stretch]) -> list[Stretch]:
    """What came in several pieces is one stretch."""
    joined: list[Stretch] = []
    for one in found:
        last = next((each for each in reversed(joined) if each.side == one.side), None)
        if joined and last is joined[-1] and last.phase == one.phase:
            joined[-1] = Stretch(one.phase, one.side, last.start, last.length + one.length)
        else:
            joined.append(one)
    return joined


@dataclass(frozen=True)
class Point:
    """A fault, and the phase that it is meant for."""

    phase: str
    fault: Fault

    def __str__(self) -> str:
        fault = self.fault
        times = f", {fault.times} times" if fault.times > 1 else ""
        return f"{fault.how} at byte {fault.at} of the {fault.side} ({self.phase}{times})"


def spread(found: Sequence[Stretch], count: int, seconds: float) -> list[Point]:
    """So many points, in turn over all phases, both sides, the four kinds, and before, inside and behind the words."""
    unlike = list({(one.phase, one.side, one.start * (one.phase == "inside TLS")): one for one in found}.values())
    points = []
    for number in range(count):
        one = unlike[number % len(unlike)]
        turn = number // len(unlike) + number
        at = one.start + (0, one.length // 2, one.length)[turn % 3]
        points.append(Point(one.phase, Fault(HOWS[turn % 4], at, one.side, seconds=seconds)))
    return points


def around(found: Sequence[Stretch], phase: str, seconds: float) -> list[Point]:
    """Where most can go wrong: what was asked for is done, and the answer that says so is lost, or half of it."""
    answer = next(one for one in found if (one.phase, one.side) == (phase, "server"))
    places = (answer.start, answer.start + answer.length // 2)
    return [Point(phase, Fault(how, at, seconds=seconds)) for at in places for how in HOWS if how != "drip"]


def anywhere(found: Sequence[Stretch], random: Random, seconds: float) -> Point:
    """A random phase, and a random byte of it; most often once."""
    one = random.choice(found)
    times = random.choices((1, 2, 3), (8, 1, 1))[0]
    at = one.start + random.randint(0, one.length)
    return Point(one.phase, Fault(random.choice(HOWS), at, one.side, times=times, seconds=seconds))

"""What `mailsla sla verify` prints of a vector that differs: where in the answer, what was expected, what came."""

import json
from collections.abc import Iterator, Mapping
from itertools import zip_longest

from mailsla.cli.output import clean
from mailsla.core.sla.vectors import Verdict

_ABSENT = object()


def difference_lines(where: str, verdict: Verdict) -> Iterator[str]:
    """The line's place and id, then each value that differs."""
    yield clean(f"{where}: {verdict.kind} {verdict.label}".rstrip())
    for place, expected, got in _differences("", verdict.expected, verdict.got):
        yield clean(f"  {place + ': ' if place else ''}expected {_shown(expected)}, got {_shown(got)}")


def _differences(place: str, expected: object, got: object) -> Iterator[tuple[str, object, object]]:
    if _shown(expected) == _shown(got):
        return
    if isinstance(expected, Mapping) and isinstance(got, Mapping):
        for key in dict.fromkeys((*got, *expected)):
            yield from _differences(f"{place} {key}".strip(), expected.get(key, _ABSENT), got.get(key, _ABSENT))
    elif isinstance(expected, list) and isinstance(got, list) and _clocks(expected) and _clocks(got):
        for number, (one, other) in enumerate(zip_longest(expected, got, fillvalue=_ABSENT), start=1):
            yield from _differences(f"clock {number}", one, other)
    else:
        yield place, expected, got


def _clocks(value: list[object]) -> bool:
    return bool(value) and all(isinstance(one, Mapping) for one in value)


def _shown(value: object) -> str:
    return "nothing" if value is _ABSENT else json.dumps(value, sort_keys=True)

"""Wrapping the seams: tells of each point that is passed, while a `with` lasts, and leaves nothing behind."""

import functools
import inspect
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import Any

from tests.failpoints.points import AFTER, BEFORE, Place, Point

Tell = Callable[[Point, object], None]  # the point, and whose method it is (self)
_ABSENT = object()


@contextmanager
def told(points: Sequence[Point], tell: Tell) -> Iterator[None]:
    """`tell` may do what it likes: return, raise, or end the process."""
    wanted = {(point.place.name, point.when): point for point in points}
    places: dict[tuple[Any, str], list[Place]] = defaultdict(list)
    for place in dict.fromkeys(point.place for point in points):
        for seam in place.seams:
            places[seam.holder(), seam.attribute].append(place)

    def pass_(place: Place, when: str, owner: object) -> None:
        point = wanted.get((place.name, when))
        if point is not None:
            tell(point, owner)

    before: list[tuple[Any, str, object]] = []
    try:
        for (holder, attribute), found in places.items():
            before.append((holder, attribute, vars(holder).get(attribute, _ABSENT)))
            setattr(holder, attribute, _wrapped(getattr(holder, attribute), found, pass_))
        yield
    finally:
        for holder, attribute, value in reversed(before):
            if value is _ABSENT:
                delattr(holder, attribute)
            else:
                setattr(holder, attribute, value)


@contextmanager
def armed(point: Point, strike: Callable[[object], None], nth: int = 1) -> Iterator[list[int]]:
    """`strike` at the nth time that this point is passed; what is given counts the passes."""
    passed = [0]

    def tell(_: Point, owner: object) -> None:
        passed[0] += 1
        if passed[0] == nth:
            strike(owner)

    with told([point], tell):
        yield passed


def _wrapped(original: Any, places: Sequence[Place], pass_: Callable[[Place, str, object], None]) -> Any:
    def passing(frame: FrameType, when: str, arguments: Sequence[object], called: Sequence[Place]) -> None:
        for place in called:
            pass_(place, when, arguments[0] if arguments else None)

    if inspect.iscoroutinefunction(original):

        @functools.wraps(original)
        def begin(*arguments: Any, **named: Any) -> Any:
            frame = sys._getframe(1)
            called = [place for place in places if place.is_called(frame, arguments)]
            passing(frame, BEFORE, arguments, called)

            async def rest() -> Any:
                answer = await original(*arguments, **named)
                passing(frame, AFTER, arguments, called)
                return answer

            return rest()

        return begin
    if inspect.isgeneratorfunction(original):

        @functools.wraps(original)
        def generate(*arguments: Any, **named: Any) -> Any:
            frame = sys._getframe(1)
            called = [place for place in places if place.is_called(frame, arguments)]
            passing(frame, BEFORE, arguments, called)
            yield from original(*arguments, **named)
            passing(frame, AFTER, arguments, called)

        return generate

    @functools.wraps(original)
    def call(*arguments: Any, **named: Any) -> Any:
        frame = sys._getframe(1)
        called = [place for place in places if place.is_called(frame, arguments)]
        passing(frame, BEFORE, arguments, called)
        answer = original(*arguments, **named)
        passing(frame, AFTER, arguments, called)
        return answer

    return call

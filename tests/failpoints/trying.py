"""One fault at one point: a scene is put up, the fault strikes, life goes on, and the outcome is judged."""

import logging
import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import structlog

from tests.failpoints import checker
from tests.failpoints.arming import told
from tests.failpoints.faults import FULL, KILL, RAISE, strike
from tests.failpoints.life import Act, Life
from tests.failpoints.points import AFTER, Point, points
from tests.failpoints.world import World

LONGEST = 120.0  # seconds of a life in another process


@dataclass(frozen=True)
class Scene:
    """`arrange` happens before the fault can strike, on what the scene before it left; `acts`: what persons do then."""

    name: str
    arrange: Callable[[World], object]
    acts: tuple[Act, ...] = ()


@dataclass(frozen=True)
class Passed:
    """A scene as it goes without a fault."""

    scene: Scene
    seconds: float
    hits: Counter[str]
    outcome: checker.Outcome
    ended_at: int


class Stage:
    """The scenes of one world, each kept as it is when it begins."""

    def __init__(self, world: World, scenes: Sequence[Scene]) -> None:
        self.world = world
        self.passed = [self._perform(scene) for scene in scenes]

    def _perform(self, scene: Scene) -> Passed:
        scene.arrange(self.world)
        self.world.keep(scene.name)
        hits: Counter[str] = Counter()
        begun = time.process_time()
        with told(points(), lambda point, _: hits.update([point.name])):
            life = Life(self.world)
            life.run(scene.acts)
        took = time.process_time() - begun
        found = self.faults()
        assert not found, f"scene {scene.name}, without any fault of ours: {found}"
        return Passed(scene, took, hits, checker.outcome(self.world.database.query), self.world.now())

    def scenes_with(self, point: Point) -> list[Passed]:
        """Those that pass the point, the cheapest first: the later one is, the more there is already."""
        return [one for one in self.passed if one.hits[point.name]]

    def attempt(
        self, strikes: Sequence[Point], action: str, passed: Passed, nth: int = 1, *, same: bool = True
    ) -> list[str]:
        """The faults that were found after it struck at each of these points, one after the other, at its nth pass;
        none is what is wanted.

        `same`: all has to come out as without. Not so where a later pass is struck, which may not come then, or one of
        several mails waits for a minute: who is told of what, and who gets which ticket, depends on their order.
        """
        self.world.bring_back(passed.scene.name)
        try:
            if action == KILL:
                left = self._killed(strikes, passed.scene, nth)
                Life(self.world).run(passed.scene.acts)
            else:
                left = self._failed(strikes, action, passed.scene, nth)
            now = checker.outcome(self.world.database.query)
            differs = checker.differences(passed.outcome, now, later=self.world.now() > passed.ended_at)
            if action in (RAISE, FULL) and now.attempts > passed.outcome.attempts and not _unknown(strikes):
                differs.append("the failure was counted as a mail's fault")
            missed = [f"it did not strike at {name}" for name in left]
            return [*missed, *self.faults(), *differs] if same else self.faults()
        except AssertionError as error:
            return [str(error)]

    def faults(self) -> list[str]:
        """What the checker says of the world as it is."""
        world = self.world
        world.disconnect()
        return checker.faults(
            world.database.query, world.post.received(), world.arrived, world.post.unmarked(), world.now()
        )

    def _failed(self, strikes: Sequence[Point], action: str, scene: Scene, nth: int) -> list[str]:
        """The points that it did not strike at."""
        left = {point.name: nth for point in strikes}

        def tell(point: Point, owner: object) -> None:
            if _counted(left, point):
                strike(point, action, owner)

        with told(strikes, tell):
            Life(self.world).run(scene.acts)
        return list(left)

    def _killed(self, strikes: Sequence[Point], scene: Scene, nth: int) -> list[str]:
        """Each kill ends a process; the next one goes on where that one was, up to the next point."""
        left = [point.name for point in strikes]
        while left:
            points_left = [point for point in strikes if point.name in left]
            if (struck := self._killed_once(points_left, scene, nth)) is None:
                break
            left.remove(struck)
        return left

    def _killed_once(self, strikes: Sequence[Point], scene: Scene, nth: int) -> str | None:
        """At which point; None: the process ended without."""
        self.world.disconnect()
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                self._live_until_killed(strikes, scene, nth, writing)
            finally:
                os._exit(3)
        os.close(writing)
        try:
            status = _ended(child)
            said = os.read(reading, 1000).decode()
        finally:
            os.close(reading)
        self.world.after_another_process()
        return said if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL else None

    def _live_until_killed(self, strikes: Sequence[Point], scene: Scene, nth: int, writing: int) -> None:
        left = {point.name: nth for point in strikes}

        def tell(point: Point, owner: object) -> None:
            if _counted(left, point):
                os.write(writing, point.name.encode())
                strike(point, KILL, owner)

        with told(strikes, tell):
            Life(self.world).run(scene.acts)


def _unknown(strikes: Sequence[Point]) -> bool:
    """Whether a failure hides what was written: that an attempt began, or that it is given back."""
    return any(
        point.when == AFTER or point.name.startswith(("flows.process:give_back", "intake.postpone"))
        for point in strikes
    )


def _counted(left: dict[str, int], point: Point) -> bool:
    """Whether this is the pass that is struck; of each point one is."""
    if point.name not in left:
        return False
    left[point.name] -= 1
    if left[point.name]:
        return False
    del left[point.name]
    return True


def _ended(child: int) -> int:
    until = time.monotonic() + LONGEST
    pause = 0.002
    while time.monotonic() < until:
        pid, status = os.waitpid(child, os.WNOHANG)
        if pid:
            return status
        time.sleep(pause)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    raise AssertionError(f"the process did not end within {LONGEST:g} s")


@contextmanager
def quiet_logs() -> Iterator[None]:
    """Hundreds of faults would write hundreds of traces."""
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    try:
        yield
    finally:
        structlog.configure(**before)

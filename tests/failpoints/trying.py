"""One fault at one point: a scene is put up, the fault strikes, life goes on, and the outcome is judged."""

import logging
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import structlog

from tests.failpoints import checker
from tests.failpoints.arming import armed, told
from tests.failpoints.faults import KILL, strike
from tests.failpoints.life import Act, Life
from tests.failpoints.points import Point, points
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
        return Passed(scene, took, hits, checker.outcome(self.world.database.query))

    def scenes_with(self, point: Point) -> list[Passed]:
        """Those that pass the point, the cheapest first."""
        return sorted((one for one in self.passed if one.hits[point.name]), key=lambda one: one.hits.total())

    def attempt(self, point: Point, action: str, passed: Passed, nth: int = 1) -> list[str]:
        """The faults that were found; none is what is wanted."""
        self.world.bring_back(passed.scene.name)
        try:
            if action == KILL:
                struck = self._killed(point, passed.scene, nth)
                Life(self.world).run(passed.scene.acts)
            else:
                struck = self._failed(point, action, passed.scene, nth)
            differs = checker.differences(passed.outcome, checker.outcome(self.world.database.query))
            return [*([] if struck else ["the fault did not strike"]), *self.faults(), *differs]
        except AssertionError as error:
            return [str(error)]

    def faults(self) -> list[str]:
        """What the checker says of the world as it is."""
        world = self.world
        world.disconnect()
        return checker.faults(
            world.database.query, world.post.received(), world.arrived, world.post.unmarked(), world.now()
        )

    def _failed(self, point: Point, action: str, scene: Scene, nth: int) -> bool:
        with armed(point, lambda owner: strike(point, action, owner), nth) as count:
            Life(self.world).run(scene.acts)
        return count[0] >= nth

    def _killed(self, point: Point, scene: Scene, nth: int) -> bool:
        self.world.disconnect()
        sys.stdout.flush()
        child = os.fork()
        if child == 0:
            try:
                with armed(point, lambda owner: strike(point, KILL, owner), nth):
                    Life(self.world).run(scene.acts)
            finally:
                os._exit(3)
        status = _ended(child)
        self.world.after_another_process()
        return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL


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

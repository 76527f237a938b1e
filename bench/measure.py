"""CPU and wall clock of a piece of work, children included."""

import gc
import resource
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import zip_longest
from statistics import median


@dataclass
class Cost:
    """Seconds of CPU (user and system, of this process and its ended children) and of wall clock; by step, CPU."""

    cpu: float = 0.0
    wall: float = 0.0
    steps: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """What happens inside counts for the step `name`, and for no step around it."""
        before, inner = cpu(), sum(self.steps.values())
        try:
            yield
        finally:
            spent = cpu() - before - (sum(self.steps.values()) - inner)
            self.steps[name] = self.steps.get(name, 0.0) + spent


def cpu() -> float:
    """Seconds of CPU so far."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in used)


@contextmanager
def measured(cost: Cost) -> Iterator[None]:
    """Add what the block costs."""
    before, start = cpu(), time.perf_counter()
    yield
    cost.cpu += cpu() - before
    cost.wall += time.perf_counter() - start


def in_turns(*works: Iterator[None]) -> None:
    """Run them side by side, a turn of each after the other: the speed of many a machine changes by the second."""
    gc.collect()  # at nobody's expense
    for _ in zip_longest(*works):
        pass


def middle(costs: Sequence[Cost]) -> Cost:
    """The median of each figure by itself."""
    names = dict.fromkeys(name for cost in costs for name in cost.steps)
    return Cost(
        cpu=median(cost.cpu for cost in costs),
        wall=median(cost.wall for cost in costs),
        steps={name: median(cost.steps.get(name, 0.0) for cost in costs) for name in names},
    )


def each(work: Callable[[], object], times: int, rounds: int = 5) -> float:
    """Seconds of CPU of one call: the best of some rounds, as other processes only ever add to it."""
    best = float("inf")
    for _ in range(rounds):
        before = cpu()
        for _ in range(times):
            work()
        best = min(best, (cpu() - before) / times)
    return best

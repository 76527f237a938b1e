"""A stop ends every wait at once and for good, and loses no connection that is made meanwhile."""

import socket
import threading
import time

import pytest

from mailsla.adapters.batches import batches
from mailsla.adapters.stopping import Stop
from mailsla.errors import PermanentError, TemporaryError
from tests.adapters.source_contract import later


def test_work_gives_its_value_or_its_error() -> None:
    def refused() -> int:
        raise PermanentError("refused")

    stop = Stop()
    assert stop.run(lambda: 42, lambda _: None) == 42
    with pytest.raises(PermanentError, match="refused"):
        stop.run(refused, lambda _: None)


def test_a_stop_leaves_work_alone_and_discards_what_it_gives_later() -> None:
    go, discarded = threading.Event(), threading.Event()
    stop = Stop()
    with later(0.2, do=stop.ask):
        started = time.monotonic()
        with pytest.raises(TemporaryError, match="told to stop"):
            stop.run(lambda: go.wait(10), lambda _: discarded.set())
    assert time.monotonic() - started < 1
    go.set()
    assert discarded.wait(5)


def test_a_stop_ends_pauses_and_polls_for_good() -> None:
    stop = Stop()
    ours, theirs = socket.socketpair()
    with ours, theirs, later(0.2, do=stop.ask):
        started = time.monotonic()
        stop.until_readable(ours, 30)
        stop.until_readable(ours, 30)
        stop.pause(30)
    assert time.monotonic() - started < 1
    stop.ask()
    assert stop.asked


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        ([], []),
        ([1, 1, 1, 1], [[1, 1, 1], [1]]),
        ([4, 5, 2], [[4, 5], [2]]),
        ([50, 1, 1], [[50], [1, 1]]),
        ([1, 50, 1], [[1], [50], [1]]),
    ],
)
def test_batches_are_bounded_by_count_and_bytes(sizes: list[int], expected: list[list[int]]) -> None:
    assert list(batches(((size, size) for size in sizes), most=3, most_bytes=10)) == expected

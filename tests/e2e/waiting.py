"""Waiting for what another process does: until it has happened, and no longer."""

import time
from collections.abc import Callable
from typing import TypeVar

Value = TypeVar("Value")

LOOK = 0.02  # seconds between two looks


def until(seen: Callable[[], Value], within: float, else_say: Callable[[], str]) -> Value:
    """The first truthy value of `seen`; AssertionError with `else_say()` when there is none `within` seconds."""
    deadline = time.monotonic() + within
    while not (value := seen()):
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {within:g} s: {else_say()}")
        time.sleep(LOOK)
    return value

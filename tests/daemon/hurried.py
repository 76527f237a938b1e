"""`python -m tests.daemon.hurried ... run`: mailsla with other constants, and with loops that hang when told to.

MAILSLA_CONSTANTS: {"mailsla.daemon.pulse:HANGS_AFTER": 2}. MAILSLA_HANG: a folder; once it holds a file named after one
of HANGS, that function never returns again.
"""

import json
import os
import sys
import threading
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

HURRIED = (sys.executable, "-m", "tests.daemon.hurried")

# What each loop calls at every turn.
HANGS = {
    "leases": "mailsla.flows.leases:renew",
    "process": "mailsla.flows.process:process_next",
    "due": "mailsla.flows.deadlines:next_due",
    "deliver": "mailsla.flows.delivery:render_due",
    "mailbox": "mailsla.flows.accept:mark_done",
}


def _hanging(function: Callable[..., Any], marker: Path) -> Callable[..., Any]:
    def turn(*given: Any, **named: Any) -> Any:
        if marker.exists():
            threading.Event().wait()
        return function(*given, **named)

    return turn


def _place(name: str) -> tuple[Any, str]:
    module, _, attribute = name.partition(":")
    return import_module(module), attribute


def hurry() -> None:
    """Change the constants and functions of this process."""
    for name, value in json.loads(os.environ.get("MAILSLA_CONSTANTS", "{}")).items():
        module, attribute = _place(name)
        setattr(module, attribute, value)
    folder = os.environ.get("MAILSLA_HANG")
    for loop, name in HANGS.items() if folder else ():
        module, attribute = _place(name)
        setattr(module, attribute, _hanging(getattr(module, attribute), Path(str(folder)) / loop))


if __name__ == "__main__":
    from mailsla.cli.main import main

    hurry()
    main()

"""Starts `mailsla triage learn` as a process of its own, at low priority."""

import subprocess
import sys
from pathlib import Path

NICE = 15


def start_learning(config: Path) -> "subprocess.Popen[str]":
    """It prints JSON, and gives way to all others. `config`: the configuration that this process uses."""
    command = [
        "nice",
        "-n",
        str(NICE),
        sys.executable,
        "-m",
        "mailsla",
        "--config",
        str(config),
        "triage",
        "learn",
        "--json",
    ]
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )

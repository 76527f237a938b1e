"""Starts what takes much memory as processes of their own, at low priority: learning, and the charts of reports."""

import subprocess
import sys
from pathlib import Path

NICE = 15


def start_learning(config: Path) -> "subprocess.Popen[str]":
    """It prints JSON. `config`: the configuration that this process uses."""
    return _started(config, "triage", "learn", "--json")


def start_reports(config: Path) -> "subprocess.Popen[str]":
    """It prints how many letters it made."""
    return _started(config, "report-due")


def _started(config: Path, *words: str) -> "subprocess.Popen[str]":
    """It gives way to all others."""
    command = ["nice", "-n", str(NICE), sys.executable, "-m", "mailsla", "--config", str(config), *words]
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )

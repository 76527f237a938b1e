"""The daemon tells systemd how it is, where systemd listens; and its unit is well formed and hardened."""

import os
import re
import shutil
import socket
import subprocess
from pathlib import Path

import pytest

from mailsla.adapters.systemd import notify, watchdog_seconds
from tests.shared import ROOT

UNIT = ROOT / "systemd" / "mailsla.service"


@pytest.mark.parametrize("abstract", [False, True])
def test_notify_reaches_the_socket(abstract: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = f"@mailsla-{os.getpid()}" if abstract else str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind("\0" + name[1:] if abstract else name)
        listener.settimeout(5)
        monkeypatch.setenv("NOTIFY_SOCKET", name)
        notify("READY=1")
        assert listener.recv(100) == b"READY=1"


def test_without_systemd_nothing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    notify("READY=1")


@pytest.mark.parametrize(
    ("environment", "seconds"),
    [
        ({}, None),
        ({"WATCHDOG_USEC": "60000000"}, 30),
        ({"WATCHDOG_USEC": "60000000", "WATCHDOG_PID": str(os.getpid())}, 30),
        ({"WATCHDOG_USEC": "60000000", "WATCHDOG_PID": "1"}, None),
    ],
)
def test_the_watchdog_is_told_twice_in_its_time(
    environment: dict[str, str], seconds: float | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("WATCHDOG_USEC", "WATCHDOG_PID"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert watchdog_seconds() == seconds


def test_the_unit_says_how_it_is_reloaded_and_watched() -> None:
    settings = dict(line.split("=", 1) for line in UNIT.read_text().splitlines() if re.match(r"\w+=", line))
    assert settings["Type"] == "notify"
    assert settings["ExecReload"] == "/bin/kill -HUP $MAINPID"
    assert settings["RestartPreventExitStatus"] == "78"
    assert int(settings["WatchdogSec"]) > 0
    assert int(settings["TimeoutStopSec"]) > 10


def test_a_world_that_fails_for_long_ends_the_service_not_for_good() -> None:
    """A disk that is full for hours, a database that is down: it starts again until it works, at a bearable pace.

    With any limit (systemd's own is 5 starts in 10 s) it would stay down once all is well again. What no start can
    mend, a wrong configuration, has an exit code of its own.
    """
    settings = dict(line.split("=", 1) for line in UNIT.read_text().splitlines() if re.match(r"\w+=", line))
    assert settings["StartLimitIntervalSec"] == "0"
    assert "StartLimitBurst" not in settings
    assert settings["Restart"] == "on-failure"
    assert int(settings["RestartSec"]) >= 5
    assert settings["RestartPreventExitStatus"] == "78"


def test_the_settings_of_the_unit_are_explained() -> None:
    """docs/operations.md names each setting that is not plain hardening, and the folders and commands of the unit."""
    told = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    for name in ("WatchdogSec", "ExecReload", "LoadCredential", "StateDirectory", "DynamicUser", "ReadWritePaths"):
        assert f"`{name}" in told, name


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not on this machine")
def test_the_unit_exposes_little() -> None:
    """Of 10 (all open) systemd counts 1.2 at most."""
    command = ["systemd-analyze", "security", "--offline=true", "--threshold=12", "--no-pager", str(UNIT)]
    result = subprocess.run(command, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr

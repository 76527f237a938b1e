"""`mailsla --help`: complete, instant, and the same door for `python -m mailsla`."""

import resource
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from statistics import median

import click
import pytest

from mailsla.cli.main import COMMANDS, mailsla

# Packages that cost time to import and that printing help needs none of.
HEAVY = {"alembic", "aiosmtplib", "authres", "babel", "imapclient", "inscriptis", "jinja2", "mailparser", "nh3"} | {
    "prometheus_client",
    "pydantic",
    "selectolax",
    "sqlalchemy",
    "structlog",
    "zoneinfo",
}
WRITTEN = [name for name in COMMANDS if find_spec(f"mailsla.cli.{name}")]


def run(*arguments: str, code: str = "") -> subprocess.CompletedProcess[str]:
    start = ["-c", code] if code else ["-m", "mailsla"]
    return subprocess.run([sys.executable, *start, *arguments], capture_output=True, text=True, check=False)


def test_help_lists_every_command() -> None:
    done = run("--help")
    assert done.returncode == 0
    for name in ("init", "check", "run", "deliver", "explain", "demo", "ticket", "queue", "db"):
        assert f"\n  {name} " in done.stdout


def test_help_imports_nothing_heavy() -> None:
    code = "import sys; from mailsla.cli.main import mailsla; mailsla(['--help'], standalone_mode=False)"
    done = run(code=f"{code}; print('IMPORTED', *{{name.partition('.')[0] for name in sys.modules}})")
    imported = set(done.stdout.partition("IMPORTED ")[2].split())
    assert "click" in imported
    assert imported & HEAVY == set()


def cpu_of(*arguments: str) -> float:
    """CPU seconds, user and system, of one run of Python."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *arguments], stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def test_help_takes_hardly_more_than_importing_click() -> None:
    """At most 1.5 times its CPU (issue 3); the median of interleaved runs, so that a busy machine slows both."""
    pairs = [(cpu_of("-m", "mailsla", "--help"), cpu_of("-c", "import click")) for _ in range(9)]
    assert median(ours / click_alone for ours, click_alone in pairs) <= 1.5


@pytest.mark.parametrize("name", WRITTEN)
def test_each_command_is_a_click_command_that_has_help(name: str) -> None:
    command = mailsla.get_command(click.Context(mailsla), name)
    assert command is not None
    assert command.help


def test_version_is_the_installed_one() -> None:
    done = run("--version")
    assert done.stdout.startswith("mailsla 0.")


@pytest.mark.parametrize("arguments", [["nonsense"], ["--nonsense"], []])
def test_wrong_usage_is_code_2_on_stderr(arguments: list[str]) -> None:
    done = run(*arguments)
    assert done.returncode == 2
    assert "Usage: mailsla" in done.stderr
    assert done.stdout == ""


def test_the_installed_script_is_the_same_command() -> None:
    script = Path(sys.executable).parent / "mailsla"
    done = subprocess.run([script, "--help"], capture_output=True, text=True, check=True)
    assert done.stdout == run("--help").stdout

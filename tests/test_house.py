"""The rules of the house that no linter holds: sizes, first lines, locks, registries, and what the README promises."""

import re
import subprocess
import tomllib
from importlib import import_module
from pathlib import Path

import click
import pytest

from mailsla.cli.main import COMMANDS
from tests.shared import ROOT

SOURCES = sorted((ROOT / "src").rglob("*.py"))
README = (ROOT / "README.md").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
# In parts, so that this file does not hold what it forbids.
REGISTRIES = re.compile("|".join(("pypi" + r"\.org", "pythonhosted" + r"\.org", "index-" + "url *=")))


def tracked() -> list[Path]:
    """The files of the repository; outside of one, all that would be."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("this is no git repository")
    return [path for name in listed.stdout.split("\0") if name and (path := ROOT / name).is_file()]


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_no_source_file_is_long() -> None:
    lengths = {named(path): len(path.read_text(encoding="utf-8").splitlines()) for path in SOURCES}
    assert {name: lines for name, lines in lengths.items() if lines > 400} == {}


def test_the_first_line_of_a_module_says_its_purpose() -> None:
    """An empty __init__.py has none to say."""
    texts = {named(path): path.read_text(encoding="utf-8") for path in SOURCES}
    assert [name for name, text in texts.items() if text and not re.match(r'"""\S.{10,}', text)] == []


def test_no_tracked_file_names_a_registry() -> None:
    """Where packages come from is the business of the machine that installs them."""
    found = [named(path) for path in tracked() if REGISTRIES.search(path.read_text(encoding="utf-8", errors="replace"))]
    assert found == []


def required(lines: list[str]) -> set[str]:
    """The names of requirements, as PEP 503 writes them."""
    return {re.sub(r"[-_.]+", "-", re.match(r"[\w.-]+", line)[0]).lower() for line in lines}  # type: ignore[index]


def locked(name: str) -> dict[str, str]:
    """Package -> version of a lock file."""
    pins = re.findall(r"^([\w.-]+)(?:\[[\w,]+\])?==([^\s;]+)", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[-_.]+", "-", package).lower(): version for package, version in pins}


def test_the_locks_hold_what_the_project_needs() -> None:
    runtime, development = locked("requirements.lock"), locked("requirements-dev.lock")
    needed = required(PROJECT["project"]["dependencies"])
    assert needed <= runtime.keys()
    assert needed | required(PROJECT["dependency-groups"]["dev"]) <= development.keys()
    assert runtime.items() <= development.items(), "the tests run on other versions than those that ship"


def test_the_locks_are_hashed() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        requirements = re.split(r"\n(?=\S)", (ROOT / name).read_text(encoding="utf-8"))
        pins = [one for one in requirements if "==" in one.partition("\n")[0]]
        assert pins
        assert all("--hash=sha256:" in one for one in pins)


def test_the_make_targets_of_the_readme_are_there() -> None:
    listed = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    targets = set(re.findall(r"^(\w+)", listed, re.MULTILINE))
    wanted = set(re.findall(r"(?:^ {4}|`)make (\w+)", README, re.MULTILINE))
    assert {"demo", "test", "check", "e2e"} <= wanted
    assert wanted <= targets


def test_the_commands_of_the_readme_are_there() -> None:
    """Outermost names and, in its table, what stands after them; COMMANDS is what --help lists."""
    wanted = set(re.findall(r"(?:^ {4}|`)mailsla ([a-z]+)", README, re.MULTILINE))
    assert {"init", "check", "run", "explain"} <= wanted
    assert wanted <= COMMANDS.keys()
    for row in re.findall(r"^\| `mailsla (.+?) \|", README, re.MULTILINE):
        command = import_module(f"mailsla.cli.{row.split()[0].strip('`')}").command
        if isinstance(command, click.Group):
            verbs = re.findall(r"`(?:mailsla \w+ )?([a-z]+)`", f"`mailsla {row}")
            assert set(verbs) <= command.commands.keys()


def test_the_files_of_the_readme_are_there() -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", README)
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_each_metric_and_measure_is_told() -> None:
    """docs/operations.md has a row for each counter and each queue."""
    from mailsla.adapters.metrics import COUNTERS
    from mailsla.core.health import LIMITS

    told = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    assert [name for name in COUNTERS if f"`mailsla_{name}_total`" not in told] == []
    assert [name for name in LIMITS if f"`{name}`" not in told] == []

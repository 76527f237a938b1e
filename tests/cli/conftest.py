"""An office (tests/flows/office.py) in the current folder, for commands to work on; its clock is theirs."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from mailsla import bootstrap
from tests.flows.office import Office, blank_database


@pytest.fixture(scope="session")
def _blank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return blank_database(tmp_path_factory.mktemp("blank"))


@pytest.fixture
def office(tmp_path: Path, _blank: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    """Monday, 16 November 2026, 10:00 in Berlin; a terminal of 80 cells."""
    made = Office(tmp_path, _blank)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    defaults = bootstrap.services.__kwdefaults__
    assert defaults is not None
    monkeypatch.setitem(defaults, "now", lambda: made.now)
    yield made
    made.close()


@pytest.fixture
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder without a mailsla.toml."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    return tmp_path

"""The office of the stories: a new one for each test, from one blank database."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.flows.office import Office, blank_database

OpenOffice = Callable[..., Office]


@pytest.fixture(scope="session")
def _blank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return blank_database(tmp_path_factory.mktemp("blank"))


@pytest.fixture
def open_office(tmp_path: Path, _blank: Path) -> Iterator[OpenOffice]:
    """`open_office((text, replacement), ...)`: an office whose office.toml is changed so."""
    opened: list[Office] = []

    def make(*changes: tuple[str, str]) -> Office:
        opened.append(Office(tmp_path, _blank, changes))
        return opened[-1]

    yield make
    for office in opened:
        office.close()


@pytest.fixture
def office(open_office: OpenOffice) -> Office:
    """The office as office.toml describes it."""
    return open_office()

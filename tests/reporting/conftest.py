"""Generated years, each made once."""

import os
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from mailsla import bootstrap
from mailsla.config.load import load
from mailsla.core.model import Instant
from mailsla.demo.week import make_folder
from mailsla.demo.year import LAST, generate
from mailsla.flows.services import Services
from tests.reporting.second import midnight, month_after

TICKETS = int(os.environ.get("MAILSLA_YEAR", "320"))  # of each year
END: Instant = midnight(month_after(LAST))


@pytest.fixture(scope="session")
def year(tmp_path_factory: pytest.TempPathFactory) -> Callable[[int], Path]:
    """The folder of the year of a seed."""

    @cache
    def made(seed: int) -> Path:
        folder = tmp_path_factory.mktemp("year") / str(seed)
        make_folder(folder)
        generate(folder, seed, TICKETS, lambda _: None)
        return folder

    return made


@pytest.fixture
def services_of() -> Iterator[Callable[[Path], Services]]:
    """Services on the database of a folder, at the end of its year."""
    opened: list[Services] = []

    def made(folder: Path) -> Services:
        opened.append(bootstrap.services(load(folder / "mailsla.toml"), now=lambda: END))
        return opened[-1]

    yield made
    for one in opened:
        one.store.close()

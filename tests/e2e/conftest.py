"""Desks for the end-to-end tests, each with folders, users and an SMTP sink of its own."""

import subprocess
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from mailsla.config import preset
from mailsla.config.load import load
from tests import canaries
from tests.e2e.desk import SUPPORT, Desk, Mailbox
from tests.e2e.processes import MAILSLA
from tests.servers.dovecot import Dovecot

pytest.register_assert_rewrite("tests.e2e.story")

DeskMaker = Callable[..., Desk]


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As `mailsla db upgrade` makes it, once; each desk takes a copy."""
    folder = tmp_path_factory.mktemp("empty")
    (folder / "mailsla.toml").write_text(preset.text("standard"), encoding="utf-8")
    subprocess.run([*MAILSLA, "db", "upgrade"], cwd=folder, check=True, capture_output=True)
    return folder / "mailsla.db"


@pytest.fixture
def make_desk(tmp_path: Path, dovecot: Dovecot, empty_database: Path) -> Iterator[DeskMaker]:
    """Makes a desk; all of them are closed at the end."""
    made: list[Desk] = []

    def make(mailboxes: Sequence[Mailbox] = (SUPPORT,), sink_options: Sequence[str] = ()) -> Desk:
        folder = tmp_path / f"desk-{len(made)}"
        folder.mkdir()
        made.append(Desk(folder, dovecot, empty_database, mailboxes, sink_options))
        return made[-1]

    yield make
    for desk in made:
        desk.close()
        sent = ((one.recipient, one.content) for one in desk.sink.received())
        canaries.search(sent, load(desk.config), desk.database)


@pytest.fixture
def desk(make_desk: DeskMaker) -> Desk:
    """A desk with one mailbox, its daemon not started."""
    return make_desk()

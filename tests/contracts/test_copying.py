"""The copy of a database for a dry run: all that is in it, while others write to it, and nothing comes back."""

from pathlib import Path

import pytest

from mailsla.adapters.db.copying import copy_database
from mailsla.adapters.db.engine import open_engine
from mailsla.adapters.db.migrate import state
from mailsla.adapters.db.store import SqlStore
from mailsla.errors import ConfigError, TemporaryError
from tests.contracts.values import intake, new_ticket


def test_the_copy_has_all_and_the_original_none_of_what_follows(
    store: SqlStore, database_url: str, tmp_path: Path
) -> None:
    content = bytes(range(256)) * 1000
    with store.begin() as uow:
        ticket = new_ticket(uow)
        uow.intake.put_raw("7" * 64, content)
        uow.intake.add([intake(str(uid)) for uid in range(120)])
        uow.commit()
    with store.begin() as uow:  # what is not committed is not copied
        uow.intake.add([intake("unfinished")])
        url = copy_database(database_url, tmp_path / "copy.db")
    copy = SqlStore(open_engine(url))
    with copy.begin() as uow:
        assert uow.intake.raw("7" * 64) == content
        assert uow.intake.known_uids("support", "INBOX", 7) == set(map(str, range(120)))
        assert uow.tickets.get(ticket) is not None
        uow.intake.add([intake("later")])
        uow.commit()
    copy.close()
    with store.begin() as uow:
        assert "later" not in uow.intake.known_uids("support", "INBOX", 7)


def test_of_none_an_empty_one_is_made(tmp_path: Path) -> None:
    absent = tmp_path / "absent.db"
    assert state(copy_database(f"sqlite:///{absent}", tmp_path / "copy.db")) == "current"
    assert not absent.exists()


def test_what_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "noise.db").write_bytes(bytes(range(256)) * 100)
    with pytest.raises(ConfigError, match="file is not a database"):
        copy_database(f"sqlite:///{tmp_path / 'noise.db'}", tmp_path / "copy.db")
    (tmp_path / "folder").mkdir()
    with pytest.raises(TemporaryError, match="t be copied to"):
        copy_database(f"sqlite:///{tmp_path / 'folder'}", tmp_path / "copy.db")

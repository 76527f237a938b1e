"""A failure that the operator can't be told of, because the database is what fails, ends no loop."""

from dataclasses import replace
from pathlib import Path

from structlog.testing import capture_logs

from mailsla.adapters.db.engine import open_engine
from mailsla.adapters.db.store import SqlStore
from mailsla.daemon.common import Common
from tests.flows.conftest import OpenOffice, _blank, open_office  # noqa: F401 - fixtures


def test_a_database_that_is_none_any_more_leaves_the_log(open_office: OpenOffice, tmp_path: Path) -> None:  # noqa: F811
    garbage = tmp_path / "garbage.db"
    garbage.write_bytes(b"no database at all " * 500)
    common = Common(replace(open_office().services, store=SqlStore(open_engine(f"sqlite:///{garbage}"))))
    with capture_logs() as log:
        common.alarm("mailbox_failed", {"mailbox": "in", "cause": "refused"}, "mailsla check")
    (line,) = [line for line in log if line["event"] == "operator not told"]
    assert "the file is no SQLite database" in line["cause"]
    assert common.news["deliver"].is_set()

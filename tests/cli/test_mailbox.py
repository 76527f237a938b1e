"""`mailsla mailbox`: the comparison as people and programs read it, and the import of archives."""

import shutil
from pathlib import Path

import pytest

from mailsla.flows import process
from tests.cli.command import run
from tests.flows.mails import ANA, RIO, write
from tests.flows.office import Office
from tests.shared import shared

ABOVE = b"From ana@mail.example Tue Jan  7 12:09:16 2003\n"


@pytest.fixture
def standard(nowhere: Path) -> Path:
    """The preset's Maildir, watched from now on."""
    assert run("init", "--preset", "standard", "--yes").code == 0
    return nowhere


def test_a_mailbox_in_which_nothing_is_missing(standard: Path) -> None:
    said = run("mailbox", "check")
    assert said.code == 0
    assert said.out.splitlines()[0] == "support: server 0, held 0"
    assert run("mailbox", "check", "support").out == said.out


def test_what_is_missing_is_named_and_is_exit_code_1(standard: Path) -> None:
    (standard / "mail/in/new/7.example").write_bytes(bytes(write(ANA)))
    said = run("mailbox", "check")
    assert said.code == 1
    assert said.out.startswith("support: server 1, held 0, missing 1\n")
    assert "missing 7.example: the daemon fetches them at its next look" in said.words
    [row] = run("mailbox", "check", "--json").json
    assert row.pop("compared_at") is None  # init did not read it
    assert row == {
        "mailbox": "support",
        "folder": "INBOX",
        "server": 1,
        "held": 0,
        "before": 0,
        "duplicate": 0,
        "quarantined": 0,
        "gone": 0,
        "missing": ["7.example"],
        "renumbered": False,
        "problem": None,
    }


def test_a_mailbox_that_can_not_be_read_is_said(standard: Path) -> None:
    shutil.rmtree(standard / "mail/in")
    said = run("mailbox", "check", "--json")
    assert said.code == 1
    assert "no such Maildir" in said.err
    [row] = said.json
    assert row["server"] is None
    assert "no such Maildir" in row["problem"]


def test_a_name_that_is_none(standard: Path) -> None:
    said = run("mailbox", "check", "sales")
    assert said.code == 78
    assert "no mailbox on a server has this name" in said.err
    assert "those that have: support" in said.err


def test_without_a_server_there_is_nothing_to_compare(office: Office) -> None:
    said = run("mailbox", "check")
    assert (said.code, said.out) == (0, "There is no mailbox on a server: all mail comes by a pipe.\n")
    assert run("mailbox", "check", "--json").json == []


def test_an_archive_is_imported_once(office: Office, tmp_path: Path) -> None:
    (tmp_path / "archive").write_bytes(ABOVE + bytes(write(ANA)) + b"\n" + ABOVE + bytes(write(RIO)))
    said = run("mailbox", "import", "archive", "--mailbox", "support")
    assert said.code == 0
    assert "2 imported into support, 0 were imported before, 0 not imported." in said.out
    assert "The daemon processes them" in said.out
    office.work()
    assert len(office.tickets()) == 2
    said = run("mailbox", "import", "archive", "--mailbox", "support")
    assert said.out == "0 imported into support, 2 were imported before, 0 not imported.\n"
    assert not process.process_next(office.services)


def test_bad_mails_are_said_and_the_others_are_imported(office: Office, tmp_path: Path) -> None:
    mails = [bytes(write(ANA)), b"noise\n", bytes(write(RIO))]
    (tmp_path / "archive").write_bytes(b"\n".join(ABOVE + mail for mail in mails))
    said = run("mailbox", "import", "archive", "--mailbox", "support")
    assert said.code == 1
    assert "mailsla: archive#1: no mail: it has no headers: not imported" in said.err
    assert "2 imported into support, 0 were imported before, 1 not imported." in said.out


def test_where_there_are_several_mailboxes_one_has_to_be_named(office: Office, tmp_path: Path) -> None:
    (tmp_path / "mail.eml").write_bytes(bytes(write(ANA)))
    said = run("mailbox", "import", "mail.eml")
    assert said.code == 78
    assert "use one of: sales, support" in said.err


def test_what_is_no_archive_is_said(office: Office, tmp_path: Path) -> None:
    said = run("mailbox", "import", "absent", "--mailbox", "support")
    assert said.code == 1
    assert "absent can't be read: No such file or directory" in said.err
    assert "mend: name an mbox" in said.err


def test_the_mailboxes_of_the_corpora(office: Office) -> None:
    for path in sorted(shared("corpora/raw/mail-thread/t").iterdir()):
        assert run("mailbox", "import", str(path), "--mailbox", "support").code == 0
    office.work()
    with office.services.store.begin() as uow:
        counts = uow.intake.counts()
    assert counts.get("stored", 0) == counts.get("quarantined", 0) == 0
    assert sum(counts.values()) == 43

"""A Maildir as a source, and as the place that letters go to."""

import os
from pathlib import Path

import pytest

from mailsla.adapters.maildir import MaildirSource
from mailsla.adapters.maildir_transport import MaildirTransport
from mailsla.config.settings import MailboxSettings
from mailsla.errors import ConfigError, PermanentError
from mailsla.ports.mail import Sent
from tests.adapters.source_contract import SourceContract, fetched, mail


class MaildirBox:
    def __init__(self, path: Path) -> None:
        self.path = path
        self._count = 0
        for part in ("new", "cur", "tmp"):
            (path / part).mkdir(parents=True)

    def source(self, mark: str = "keyword", folder: str = "INBOX") -> MaildirSource:
        return MaildirSource(
            MailboxSettings(
                name="support",
                address="support@acme.example",
                kind="maildir",
                path=self.path,
                mark=mark,  # type: ignore[arg-type]
                folder=folder,
            )
        )

    def deliver(self, raw: bytes) -> None:
        self._count += 1
        written = self.path / "tmp" / f"17000{self._count:05}.M1P1.host"
        written.write_bytes(raw)
        written.rename(self.path / "new" / written.name)

    def remove(self, uid: str) -> None:
        (self.path / "new" / uid).unlink()

    def done(self) -> list[bytes]:
        return [path.read_bytes() for path in (self.path / ".mailsla-done" / "cur").iterdir()]

    def state(self) -> object:
        return [(str(path), path.stat().st_mtime_ns) for path in sorted(self.path.rglob("*"))]


@pytest.fixture
def box(tmp_path: Path) -> MaildirBox:
    return MaildirBox(tmp_path / "in")


class TestMaildirIsASource(SourceContract):
    @pytest.fixture
    def box(self, tmp_path: Path) -> MaildirBox:
        return MaildirBox(tmp_path / "in")


def test_the_uid_stays_when_a_client_reads_the_mail(box: MaildirBox) -> None:
    box.deliver(mail("one"))
    source = box.source()
    [uid] = source.survey().uids
    (box.path / "new" / uid).rename(box.path / "cur" / f"{uid}:2,S")
    assert source.survey().uids == (uid,)
    assert [arrival.uid for arrival in fetched(source, (uid,))] == [uid]


def test_a_mail_moved_by_a_client_is_no_news(box: MaildirBox) -> None:
    box.deliver(mail("one"))
    source = box.source()
    [uid] = source.survey().uids
    (box.path / "new" / uid).rename(box.path / "cur" / f"{uid}:2,S")
    assert source.wait(1.2) is False


def test_what_is_being_written_and_what_is_no_mail_is_not_read(box: MaildirBox) -> None:
    (box.path / "tmp" / "17.half").write_bytes(b"Subject: ha")
    (box.path / "new" / ".hidden").write_bytes(b"x")
    (box.path / "new" / "folder").mkdir()
    (box.path / "new" / "link").symlink_to("/etc/passwd")
    os.mkfifo(box.path / "new" / "fifo")
    assert box.source().survey().uids == ()


def test_a_name_that_is_not_utf8_is_a_uid_that_a_store_can_hold(box: MaildirBox) -> None:
    raw_path = os.fsencode(box.path / "new") + b"/17.\xff.host"
    with open(raw_path, "wb") as file:  # noqa: PTH123
        file.write(mail("odd name"))
    source = box.source()
    [uid] = source.survey().uids
    uid.encode("utf-8")
    assert [arrival.raw for arrival in fetched(source, (uid,))] == [mail("odd name")]


def test_a_marked_mail_never_replaces_another(box: MaildirBox) -> None:
    box.deliver(mail("one"))
    source = box.source(mark="move")
    [uid] = source.survey().uids
    done = box.path / ".mailsla-done" / "cur"
    done.mkdir(parents=True)
    (done / f"{uid}:2,").write_bytes(b"another")
    source.mark([uid])
    assert box.done() == [b"another"]
    assert source.survey().uids == (uid,)


def test_only_what_is_named_is_deleted(box: MaildirBox) -> None:
    box.deliver(mail("one"))
    box.deliver(mail("two"))
    source = box.source()
    first, second = source.survey().uids
    source.delete([first, "not-there"])
    assert source.survey().uids == (second,)


def test_receipt_is_the_time_of_the_file(box: MaildirBox) -> None:
    box.deliver(mail("one"))
    source = box.source()
    [uid] = source.survey().uids
    os.utime(box.path / "new" / uid, (1_700_000_000, 1_700_000_000.9))
    assert [arrival.received_at for arrival in fetched(source, (uid,))] == [1_700_000_000]


def test_a_path_that_is_no_maildir_says_how_to_mend_it(tmp_path: Path) -> None:
    settings = MailboxSettings(name="support", address="s@acme.example", kind="maildir", path=tmp_path / "nowhere")
    with pytest.raises(PermanentError, match=r"mailbox support: .*nowhere.*\n.*mend: .*new, cur and tmp"):
        MaildirSource(settings).survey()
    with pytest.raises(ConfigError, match=r"mailboxes\.support\.path"):
        MaildirSource(MailboxSettings(name="support", address="s@acme.example", kind="maildir"))


class TestLettersIntoAMaildir:
    def test_the_letter_is_whole_with_its_envelope_on_top(self, tmp_path: Path) -> None:
        outcome = MaildirTransport(tmp_path / "out").send("b+t@acme.example", "anna@c.example", mail("answer"))
        assert outcome.sent is Sent.ACCEPTED
        [letter] = (tmp_path / "out" / "new").iterdir()
        top = b"Return-Path: <b+t@acme.example>\r\nDelivered-To: anna@c.example\r\n"
        assert letter.read_bytes() == top + mail("answer")
        assert list((tmp_path / "out" / "tmp").iterdir()) == []

    def test_sent_once_more_it_is_there_once(self, tmp_path: Path) -> None:
        transport = MaildirTransport(tmp_path / "out")
        for recipient in ("anna@c.example", "bob@c.example", "anna@c.example"):
            transport.send("", recipient, mail("answer"))
        assert len(list((tmp_path / "out" / "new").iterdir())) == 2

    def test_a_folder_that_cannot_be_written_is_not_the_letters_fault(self, tmp_path: Path) -> None:
        (tmp_path / "out").write_text("a file")
        outcome = MaildirTransport(tmp_path / "out").send("", "anna@c.example", mail("answer"))
        assert outcome.sent is Sent.ACCOUNT
        assert "out" in outcome.answer

"""Archives: an mbox, a Maildir, one mail; what is no mail is said, and the others go on."""

import os
from pathlib import Path

import pytest

from mailsla.adapters.archive import Archive, Archived
from mailsla.errors import PermanentError

ABOVE = b"From ana@mail.example Tue Jan  7 12:09:16 2003\n"
AT = 1041941356
MAIL = b"From: ana@mail.example\nSubject: late\n\nMy parcel is late.\n"
MOST = 10_000
CHANGED = 1_700_000_000


def written(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    os.utime(path, (CHANGED, CHANGED))
    return path


def read(path: Path) -> list[Archived]:
    """All of it; the steps come to the length."""
    archive = Archive(path, MOST)
    found = list(archive)
    assert sum(mail.step for mail in found) == archive.length
    return found


def told(path: Path) -> list[tuple[str, int | str]]:
    """File name -> receipt, or why it can't be imported."""
    return [
        (mail.name.removeprefix(f"{path.parent}/"), mail.arrival.received_at or 0 if mail.arrival else mail.cause)
        for mail in read(path)
    ]


def test_an_mbox_and_its_bad_mails(tmp_path: Path) -> None:
    undated = b"From x Wed 12:00:00 in 9999\n" + MAIL
    mails = [ABOVE + MAIL, ABOVE + b"no headers\n", ABOVE + MAIL + b"x" * MOST + b"\n", ABOVE, undated]
    path = written(tmp_path / "archive", b"\n".join(mails))
    assert told(path) == [
        ("archive#0", AT),
        ("archive#1", "no mail: it has no headers"),
        ("archive#2", "over 10000 bytes (limits.largest_mail_bytes)"),
        ("archive#3", "no mail: it has no headers"),
        ("archive#4", CHANGED),
    ]
    first = read(path)[0].arrival
    assert first is not None and first.raw == MAIL


def test_a_file_of_one_mail(tmp_path: Path) -> None:
    assert told(written(tmp_path / "mail.eml", MAIL)) == [("mail.eml", CHANGED)]
    assert told(written(tmp_path / "saved.eml", ABOVE + MAIL)) == [("saved.eml", AT)]
    assert told(written(tmp_path / "noise", bytes(range(256)))) == [("noise", "no mail: it has no headers")]
    assert [mail.cause for mail in Archive(written(tmp_path / "empty", b""), MOST)] == ["no mail: it has no headers"]


def test_a_maildir(tmp_path: Path) -> None:
    written(tmp_path / "box/cur/1.a:2,S", MAIL)
    written(tmp_path / "box/new/2.b", MAIL + b"again\n")
    written(tmp_path / "box/new/3.c", b"")
    written(tmp_path / "box/tmp/4.d", MAIL)
    written(tmp_path / "box/new/.hidden", MAIL)
    (tmp_path / "box/cur/folder").mkdir()
    assert told(tmp_path / "box") == [
        ("box/cur/1.a:2,S", CHANGED),
        ("box/new/2.b", CHANGED),
        ("box/new/3.c", "no mail: it has no headers"),
    ]


def test_a_mail_that_goes_away_meanwhile_is_said(tmp_path: Path) -> None:
    for name in "ab":
        written(tmp_path / "box/cur" / name, MAIL)
    (tmp_path / "box/new").mkdir()
    mails = iter(archive := Archive(tmp_path / "box", MOST))
    assert next(mails).arrival is not None
    (tmp_path / "box/cur/b").unlink()
    assert [(mail.cause, mail.step) for mail in mails] == [("it is there no more", 1)]
    assert archive.length == 2


@pytest.mark.parametrize(
    ("name", "said"), [("absent", "No such file or directory"), ("folder", "is a folder, but no Maildir")]
)
def test_what_is_no_archive(tmp_path: Path, name: str, said: str) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(PermanentError, match=said) as caught:
        Archive(tmp_path / name, MOST)
    assert "mbox" in caught.value.mend

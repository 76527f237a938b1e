"""Mails in a file: an mbox is told by its content, and its mails are as they were before."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailsla.adapters.mbox import MailInFile, mails
from tests.shared import shared

ABOVE = b"From ana@mail.example Tue Jan  7 12:09:16 2003\n"
AT = 1041941356
MAIL = b"From: ana@mail.example\nSubject: late\n\nMy parcel is late.\n"
MOST = 10_000


def read(content: bytes, most: int = MOST) -> list[MailInFile]:
    return list(mails(io.BytesIO(content), most))


def bodies(content: bytes) -> list[bytes | None]:
    return [mail.raw for mail in read(content)]


@pytest.mark.parametrize("content", [MAIL, b"", b"\n", b"\x00\xff", b"Fromage", b"From", b"no line end"])
def test_a_mail_is_taken_as_it_is(content: bytes) -> None:
    assert read(content) == [MailInFile(content, None, None)]


def test_a_mail_below_its_envelope_is_one_mail() -> None:
    """So MTAs and clients save one; only a file of several is a mailbox."""
    assert read(ABOVE + MAIL) == [MailInFile(MAIL, None, AT)]


def test_mails_of_an_mbox_are_numbered_from_0() -> None:
    content = b"\n".join([ABOVE + MAIL, ABOVE + b"From: b@b.example\n\nagain\n", ABOVE + MAIL])
    assert read(content) == [
        MailInFile(MAIL, 0, AT),
        MailInFile(b"From: b@b.example\n\nagain\n", 1, AT),
        MailInFile(MAIL, 2, AT),
    ]


def test_line_ends_may_be_those_of_the_network() -> None:
    network = (ABOVE + MAIL).replace(b"\n", b"\r\n")
    assert bodies(network + b"\r\n" + network) == [MAIL.replace(b"\n", b"\r\n")] * 2


def test_without_an_empty_line_between_them_mails_are_told_by_the_header_below() -> None:
    assert bodies((ABOVE + MAIL) * 3) == [MAIL] * 3


@pytest.mark.parametrize(
    "line",
    [
        b"From the very first day it was late.",
        b"From Monday to Friday, 09:00 to 17:00, nobody answered.",
        b"Letters From ana@mail.example Tue Jan  7 12:09:16 2003",
    ],
)
def test_a_sentence_ends_no_mail(line: bytes) -> None:
    body = MAIL + b"\n" + line + b"\n"
    assert bodies(ABOVE + body + b"\n" + ABOVE + MAIL) == [body, MAIL]


def test_what_was_quoted_is_as_it_was_written() -> None:
    """mboxrd: each line that begins with any number of > and "From " has one > more."""
    quoted = MAIL + b">From here on\n>>From there\n> From elsewhere\nTo >From\n"
    plain = MAIL + b"From here on\n>From there\n> From elsewhere\nTo >From\n"
    assert bodies(ABOVE + quoted + b"\n" + ABOVE + MAIL) == [plain, MAIL]


@pytest.mark.parametrize(
    ("above", "at"),
    [
        (b"From - Sat Mar 15 00:00:00 2003\n", 1047686400),
        (b"From MAILER-DAEMON Fri Jul  8 12:08:34 2011 +0200\n", 1310126914),
        (b"From a b c\n", None),
        (b"From x Tue Feb 45 99:99:99 9999999999\n", None),
        (b"From x Thu Jan  1 00:00:00 1903\n", None),
    ],
)
def test_the_time_of_delivery(above: bytes, at: int | None) -> None:
    assert [mail.received_at for mail in read(above + MAIL)] == [at]


def test_nothing_is_kept_of_a_mail_over_the_bound_and_the_next_one_is_read() -> None:
    large = MAIL + b"x" * MOST
    assert bodies(large) == [None]
    assert bodies(ABOVE + large + b"\n\n" + ABOVE + MAIL) == [None, MAIL]
    assert bodies(MAIL + b"x" * (MOST - len(MAIL))) != [None]


class Endless(io.RawIOBase):
    """A file without an end, and without a line end (/dev/zero)."""

    def __init__(self, first: bytes) -> None:
        self._first = first

    def readline(self, size: int | None = -1, /) -> bytes:
        first, self._first = self._first, b""
        return first or self.read(size or -1)

    def read(self, size: int = -1, /) -> bytes:
        assert 0 <= size < 10 * MOST
        return b"\0" * size


def test_an_endless_file_is_not_read_to_its_end() -> None:
    assert [mail.raw for mail in mails(Endless(b"\0"), MOST)] == [None]  # type: ignore[arg-type]


@given(st.lists(st.binary(max_size=60), min_size=2, max_size=5))
def test_what_is_written_as_mboxrd_is_read_again(contents: list[bytes]) -> None:
    def quoted(line: bytes) -> bytes:
        return b">" + line if line.lstrip(b">").startswith(b"From ") else line

    mails_in = [b"Subject: x\n\n" + content.replace(b"\r", b"") + b".\n" for content in contents]
    written = b"".join(ABOVE + b"".join(map(quoted, mail.splitlines(keepends=True))) + b"\n" for mail in mails_in)
    assert bodies(written) == mails_in


def test_the_mailboxes_of_the_corpora() -> None:
    """Their mails stand beside them, split by others. One leaves the empty lines out; one holds a single mail."""
    corpora = shared("corpora/raw")
    boxes = sorted((corpora / "mail-thread/t").iterdir())
    assert len(boxes) == 9
    for box in boxes:
        with box.open("rb") as file:
            found = [mail.raw for mail in mails(file, 10**7)]
        split = sorted(
            (corpora / "_mbox/mail-thread").glob(f"{box.name}.*.eml"), key=lambda path: int(path.suffixes[0][1:])
        )
        assert found == [path.read_bytes() for path in split]

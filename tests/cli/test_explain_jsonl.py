"""`mailsla explain --jsonl`: a line for each mail, the same keys in each, and nothing that stops it."""

import json
import sys
from collections.abc import Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from mailsla.cli import explain as command
from mailsla.flows import explain as flow
from tests.cli.command import Said, run
from tests.cli.test_explain import proven
from tests.flows.mails import ANA, RIO, address, answer, bounce, write
from tests.flows.office import Office
from tests.shared import shared

KEYS = ["file", "from", "to", "cc", "subject", "date", "message_id", "text", "reply_text", "signature", "attachments"]
KEYS += ["disposition", "bounce", "category", "priority", "reasons", "ticket", "problems"]
ENVELOPE = b"From ana@mail.example Tue Jan  7 12:09:16 2003\n"


def lines(said: Said) -> list[dict[str, Any]]:
    return [json.loads(line) for line in said.out.splitlines()]


def explained(*arguments: str, stdin: bytes = b"") -> list[dict[str, Any]]:
    said = run("explain", "--jsonl", *arguments, stdin=stdin)
    assert said.code == 0, said.err
    return lines(said)


def test_a_line_says_all(office: Office, tmp_path: Path) -> None:
    mail = write(ANA, cc=RIO, files={"photo.bin": b"abc"}, headers={"Date": "Mon, 16 Nov 2026 09:30:00 +0100"})
    mail.replace_header("Message-ID", "<one@mail.example>")
    (tmp_path / "mail.eml").write_bytes(proven(mail))
    [line] = explained("mail.eml")
    assert list(line) == KEYS
    reasons = line.pop("reasons")
    assert line == {
        "file": "mail.eml",
        "from": {"name": "Ana Vogel", "email": "ana@mail.example"},
        "to": [{"name": "", "email": "support@acme.example"}],
        "cc": [{"name": "Rio Mendes", "email": "rio@elsewhere.example"}],
        "subject": "Where is my parcel?",
        "date": "2026-11-16T08:30:00Z",
        "message_id": "one@mail.example",
        "text": "Hello,\n\nmy parcel has not arrived, the delivery is a week late.\n\nAna Vogel",
        "reply_text": line["reply_text"],
        "signature": line["signature"],
        "attachments": [
            {
                "name": "photo.bin",
                "type": "application/octet-stream",
                "size": 3,
                "sha1": "a9993e364706816aba3e25717850c26c9cd0d89d",
                "sha256": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
            }
        ],
        "disposition": "customer",
        "bounce": None,
        "category": "delivery",
        "priority": "normal",
        "ticket": {"decision": "new_ticket", "rule": "a new complaint", "reference": None},
        "problems": [],
    }
    assert "DMARC passed for mail.example" in reasons
    assert "written by a person, as far as it shows" in reasons
    assert any("arrived" in reason or "delivery" in reason for reason in reasons)


def test_what_it_does_to_a_ticket_that_is_there(office: Office, tmp_path: Path) -> None:
    raw = proven(write(ANA))
    office.receive(raw)
    letter = office.letter(address(ANA), "acknowledgement")
    for name, content in {
        "answer": proven(answer(ANA, letter, "And one more thing.")),
        "bounce": bounce(letter),
        "again": raw,
    }.items():
        (tmp_path / name).write_bytes(content)
    told = {line["file"]: line for line in explained("answer", "bounce", "again")}
    assert told["answer"]["reply_text"] == "And one more thing."
    assert told["answer"]["ticket"]["decision"] == "append"
    assert (told["answer"]["category"], told["answer"]["priority"]) == ("delivery", "normal")
    assert told["bounce"]["disposition"] == "bounce"
    assert told["bounce"]["bounce"] == {"recipients": ["ana@mail.example"], "permanent": True}
    assert told["bounce"]["ticket"]["decision"] == "delivery_event"
    assert told["again"]["ticket"] == {"decision": "duplicate", "rule": None, "reference": "ACME-1001"}
    assert {line["ticket"]["reference"] for line in told.values()} == {"ACME-1001"}


def test_who_is_nobody_in_particular_is_shown_and_said(nowhere: Path) -> None:
    (nowhere / "mail.eml").write_bytes(b"From: agent@corp.example <evil@x.example>\nSubject: x\n\ntext\n")
    (nowhere / "none.eml").write_bytes(b"Subject: x\n\ntext\n")
    [forged, none] = explained("mail.eml", "none.eml")
    assert forged["from"]["email"] == "evil@x.example"
    assert "From is not exactly one mailbox" in forged["problems"]
    assert none["from"] is None
    assert (none["date"], none["message_id"], none["to"]) == (None, "", [])
    assert "no From header" in none["problems"]


def test_a_mailbox_gives_a_line_for_each_mail(nowhere: Path) -> None:
    (nowhere / "archive").write_bytes(ENVELOPE + bytes(write(ANA)) + b"\n" + ENVELOPE + bytes(write(RIO)))
    (nowhere / "saved.eml").write_bytes(ENVELOPE + bytes(write(ANA)))
    told = explained("archive", "saved.eml")
    assert [line["file"] for line in told] == ["archive#0", "archive#1", "saved.eml"]
    assert [line["from"]["email"] for line in told] == [address(ANA), address(RIO), address(ANA)]
    assert run("explain", "archive").out.count("\n  receipt  ") == 2


def test_files_come_from_standard_input(nowhere: Path) -> None:
    for name in ("a b.eml", "é.eml", "c.eml"):
        (nowhere / name).write_bytes(bytes(write(ANA)))
    listed = "a b.eml\n\né.eml\r\n".encode()
    assert [line["file"] for line in explained("--files-from", "-", stdin=listed)] == ["a b.eml", "é.eml"]
    (nowhere / "list").write_bytes(listed)
    assert [line["file"] for line in explained("c.eml", "--files-from", "list")] == ["c.eml", "a b.eml", "é.eml"]
    assert [line["file"] for line in explained("-", stdin=bytes(write(ANA)))] == ["-"]
    assert explained("--files-from", "-") == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "Name a FILE"),
        (["-", "--files-from", "-"], "both a mail and the list"),
        (["--files-from", "absent"], "absent: No such file"),
    ],
)
def test_what_can_not_be_meant_is_a_usage_error(
    nowhere: Path,
    arguments: Sequence[str],
    said: str,
) -> None:
    done = run("explain", "--jsonl", *arguments)
    assert done.code == 2
    assert said in done.words


def test_a_bad_file_has_its_line_and_does_not_stop_it(nowhere: Path) -> None:
    (nowhere / "folder").mkdir()
    (nowhere / "empty.eml").touch()
    (nowhere / "mail.eml").write_bytes(bytes(write(ANA)))
    (nowhere / "noise").write_bytes(bytes(range(256)) * 40)
    said = run("explain", "--jsonl", "absent", "folder", "a\0b", "empty.eml", "noise", "mail.eml")
    assert said.code == 1  # some could not be read
    told = lines(said)
    assert [list(line) for line in told] == [KEYS] * 6
    assert [line["problems"] for line in told[:4]] == [
        ["can't be read: No such file or directory"],
        ["can't be read: Is a directory"],
        ["can't be read: embedded null byte"],
        ["the mail is empty"],
    ]
    for line in told[:3]:
        assert {key: value for key, value in line.items() if value} == {key: line[key] for key in ("file", "problems")}
        assert line["ticket"] is line["from"] is line["bounce"] is line["disposition"] is None
    assert told[5]["ticket"]["decision"] == "new_ticket"


def test_a_mail_over_the_configured_size_is_not_read(office: Office, tmp_path: Path) -> None:
    most = office.services.settings.limits.largest_mail_bytes
    with (tmp_path / "large.eml").open("wb") as file:
        file.truncate(most + 1)
    (tmp_path / "mail.eml").write_bytes(bytes(write(ANA)))
    said = run("explain", "--jsonl", "large.eml", "mail.eml")
    assert said.code == 1
    assert [line["problems"] for line in lines(said)] == [[f"over {most} bytes"], []]


def test_a_mistake_in_mailsla_stops_it_no_more_than_the_daemon(
    nowhere: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real = flow.examine

    def examine(*arguments: Any, **options: Any) -> Any:
        seen = real(*arguments, **options)
        if seen.mail.subject == "odd":
            raise ZeroDivisionError
        return seen

    monkeypatch.setattr(flow, "examine", examine)
    (nowhere / "odd.eml").write_bytes(bytes(write(ANA, subject="odd")))
    (nowhere / "mail.eml").write_bytes(bytes(write(ANA)))
    odd, mail = explained("odd.eml", "mail.eml")
    assert odd["ticket"]["decision"] == "quarantine"
    assert odd["problems"] == ["ZeroDivisionError while processing; the trace is on standard error"]
    assert mail["ticket"]["decision"] == "new_ticket"


def test_each_line_comes_as_soon_as_its_mail_is_read(nowhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Paths are read one by one: whoever writes them may wait for each answer."""
    (nowhere / "mail.eml").write_bytes(bytes(write(ANA)))
    seen: list[int] = []

    class Paths:
        def __iter__(self) -> Any:
            for _ in range(3):
                seen.append(sys.stdout.buffer.getvalue().count(b"\n"))  # type: ignore[attr-defined]
                yield b"mail.eml\n"

    opened = command._opened

    @contextmanager
    def opening(path: str) -> Any:
        if path == "-":
            yield Paths()
        else:
            with opened(path) as file:
                yield file

    monkeypatch.setattr(command, "_opened", opening)
    explained("--files-from", "-")
    assert seen == [0, 1, 2]


def test_no_file_of_the_corpora_stops_it(nowhere: Path) -> None:
    """Those with the oddest ones; every file is explained for people in test_explain.py."""
    corpora = shared("corpora/raw")
    names = ("mail-thread", "enmime", "cpython", "webklex", "django-mailbox")
    files = [str(path) for name in names for path in sorted((corpora / name).rglob("*")) if path.is_file()]
    assert len(files) > 100
    told = explained("--files-from", "-", stdin="\n".join(files).encode())
    assert [list(line) for line in told] == [KEYS] * len(told)
    assert {line["file"].partition("#")[0] for line in told} == set(files)
    mailboxes = [line["file"].rpartition("/")[2] for line in told if "#" in line["file"]]
    assert len(mailboxes) == 42
    for line in told:
        assert line["disposition"] or line["problems"]

"""Stories: folders of numbered mails, in and out, played against the running daemon (cases/README.md)."""

import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email import message_from_bytes
from email.utils import formatdate, parseaddr
from itertools import groupby
from pathlib import Path

from tests.e2e.desk import Desk
from tests.e2e.letter import Letter

CASES = Path(__file__).with_name("cases")
_FILE = re.compile(r"\d\d-(?:in(?:-(?P<mailbox>\w+))?\.eml|out-(?P<label>\w+)\.txt)")
_PLACEHOLDER = re.compile(r"\{([a-z_]+(?:\.[a-z_]+)?)\}")
_REMOTE = re.compile(r"""(?:src|background|srcset)\s*=|url\s*\(|<(?:script|form|link|iframe)\b""", re.IGNORECASE)


@dataclass(frozen=True)
class Step:
    """One file: an incoming mail, or the letter that has to follow."""

    path: Path
    mailbox: str  # of an incoming mail, else ""
    label: str  # of a letter, else ""


def steps(case: Path) -> list[Step]:
    found = []
    for path in sorted(case.iterdir()):
        match = _FILE.fullmatch(path.name)
        if match is None:
            assert path.name == "about.txt", f"{path}: neither NN-in.eml, NN-in-MAILBOX.eml nor NN-out-LABEL.txt"
            continue
        label = match["label"] or ""
        found.append(Step(path, "" if label else match["mailbox"] or "support", label))
    return found


class Story:
    """One played case: what it sent, and the letters by their labels."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._letters: dict[str, Letter] = {}
        self._seen = 0
        self._sent_files: dict[str, bytes] = {}

    def play(self, case: Path) -> None:
        """All steps in order; after each run of incoming mails exactly the letters that follow have come."""
        for incoming, group in groupby(steps(case), key=lambda step: not step.label):
            if incoming:
                for step in group:
                    self._send(step)
                if case_expects_nothing_after(case, step):
                    self._expect([])
            else:
                self._expect(list(group))

    def _send(self, step: Step) -> None:
        raw = self._filled(step.path.read_text(encoding="utf-8")).replace("\n", "\r\n").encode()
        self._sent_files |= {
            str(part.get_filename()): payload
            for part in message_from_bytes(raw).walk()
            if part.get_filename() and isinstance(payload := part.get_payload(decode=True), bytes)
        }
        self._desk.send(raw, step.mailbox)

    def _expect(self, group: Sequence[Step]) -> None:
        received = self._desk.quiet()
        came = [Letter(each) for each in received[self._seen :]]
        self._seen = len(received)
        expected = [(step, _expectation(step.path)) for step in group]
        wanted = sorted(each["To"] for _, each in expected)
        got = [f"{letter.recipient}: {letter.subject}" for letter in came]
        assert sorted(letter.recipient for letter in came) == wanted, f"wanted {wanted}, came {got}"
        for step, each in expected:
            letter = next(one for one in came if one.recipient == each["To"])
            came.remove(letter)
            self._letters[step.label] = letter
            self._compare(step, letter, each)
            self._check_house_rules(letter)

    def _compare(self, step: Step, letter: Letter, expected: "Mapping[str, str]") -> None:
        where = f"{step.path.parent.name}/{step.path.name}"
        for name, value in expected.items():
            if name in ("To", "Attachments", ""):
                continue
            assert (letter.header(name) or "") == self._filled(value), f"{where}: {name}"
        assert sorted(letter.files) == sorted(expected.get("Attachments", "").split()), f"{where}: attachments"
        for name, content in letter.files.items():
            assert content == self._sent_files[name], f"{where}: {name} is not what was sent"
        lines = iter(line.strip() for line in letter.text.splitlines())
        for line in expected[""].splitlines():
            sign, wanted = line[:1], self._filled(line[2:]).strip()
            if sign == "+":
                assert wanted in lines, f"{where}: no line {wanted!r} (in this order) in\n{letter.text}"
            elif sign == "-":
                assert wanted not in letter.everything, f"{where}: {wanted!r} must not be in the letter"
            else:
                assert not line.strip(), f"{where}: lines of the text begin with + or -: {line!r}"

    def _check_house_rules(self, letter: Letter) -> None:
        """What holds for every letter (letters.md sections 1 and 2, mail.md section 5)."""
        for name in ("Message-ID", "Date"):
            assert letter.header(name), f"no {name} in the letter to {letter.recipient}"
        assert parseaddr(letter.header("From") or "") == ("ACME support", "support@acme.example")
        assert not _REMOTE.search(letter.html), f"remote content in the letter to {letter.recipient}"
        assert max(len(line) for line in letter.raw.split(b"\r\n")) <= 998  # RFC 5322 section 2.1.1
        if not letter.recipient.endswith("@acme.example"):
            assert "sam@acme.example" not in letter.everything, "an agent's address in a letter to a customer"
            for name in ("List-Id", "Precedence", "X-mailsla-Kind", "X-mailsla-Ticket"):
                assert letter.header(name) is None, f"{name} in a letter to a customer"

    def _filled(self, template: str) -> str:
        """With {now}, {LABEL.reply_to}, {LABEL.message_id}, {LABEL.subject}, {LABEL.quoted} of letters that came."""

        def value(match: re.Match[str]) -> str:
            label, _, part = match[1].partition(".")
            return formatdate(time.time()) if label == "now" else str(getattr(self._letters[label], part))

        return _PLACEHOLDER.sub(value, template)


def case_expects_nothing_after(case: Path, step: Step) -> bool:
    """Whether the case ends with this mail: then no letter may come."""
    return steps(case)[-1] == step


def _expectation(path: Path) -> dict[str, str]:
    """Header -> value ("" = must be absent), and under "" the lines about the text."""
    head, _, lines = path.read_text(encoding="utf-8").partition("\n\n")
    headers = dict(line.split(":", 1) for line in head.splitlines())
    return {name: value.strip() for name, value in headers.items()} | {"": lines}

"""Saved replies: each fault is found before one is sent, with file, line and mend."""

from pathlib import Path

import pytest

from mailsla.adapters.letters_lint import lint
from mailsla.adapters.shipped import shipped
from mailsla.adapters.zones import zone


@pytest.mark.parametrize(
    ("name", "content", "found"),
    [
        ("refund.en.txt", b"{{ greeting }}\n\n{{ nmae }}", "refund.en.txt:3: UndefinedError: 'nmae' is undefined"),
        ("refund.en.txt", b"a\n{% if name %}", "refund.en.txt:2: TemplateSyntaxError"),
        ("refund.en.txt", b"{{ name.__class__.__mro__ }}", "refund.en.txt:1: SecurityError"),
        ("refund.en.txt", b"{{ letter.case }}", "refund.en.txt:1: UndefinedError: 'letter' is undefined"),
        ("refund.en.txt", b"{% if name %}Hello{% endif %}", "refund.en.txt: there is no text in it"),
        ("refund.en.txt", b"\xff", "refund.en.txt: is not UTF-8 (byte 0)"),
        ("refund.txt", b"Hello", "refund.txt: its name is not that of a saved reply"),
        ("Refund.en.txt", b"Hello", "Refund.en.txt: its name is not that of a saved reply"),
        ("refund.en.txt", "{{ greeting }} {{ reference }} {{ team }} {{ promised }} é".encode(), ""),
        ("refund.en.txt~", b"{{ nmae }}", ""),
        ("README.txt", b"{{ nmae }}", ""),
    ],
)
def test_check_finds_it(tmp_path: Path, name: str, content: bytes, found: str) -> None:
    (tmp_path / name).write_bytes(content)
    problems = [f"{one.where}: {one.what}" for one in lint(shipped("templates"), None, zone, tmp_path)]
    assert len(problems) == bool(found)
    if found:
        assert problems[0].startswith(f"{tmp_path}/{found}")

"""Whatever a setting is changed to, the answer is Settings or problems that each have a place, a cause and a mend."""

import re
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from mailsla.config import preset
from mailsla.config.load import parse
from mailsla.errors import ConfigError

GOOD = Path(__file__).parent / "good"
TEXTS = [(GOOD / "imap.toml").read_text(encoding="utf-8"), preset.text("standard")]
ASSIGNMENT = re.compile(r"^([\w.-]+\s*=\s*)(.*)$", re.MULTILINE)
PLACES = [(text, found.start(), found.end()) for text in TEXTS for found in ASSIGNMENT.finditer(text)]
VALUES = [
    "5",
    "-1",
    "1e400",
    "true",
    "2026-01-01",
    "09:00:00",
    "[]",
    "[1]",
    "[[]]",
    "[{}]",
    "{}",
    "{x=1}",
    '""',
    '"x"',
    '"\\u0000"',
    '["x"]',
    '["x","x"]',
    '"2d"',
    '["09:00-17:00"]',
]


@given(st.sampled_from(PLACES), st.sampled_from(VALUES))
def test_another_value(place: tuple[str, int, int], value: str) -> None:
    text, start, end = place
    key = text[start:end].partition("=")[0]
    answer(f"{text[:start]}{key}= {value}{text[end:]}")


@given(st.sampled_from(PLACES))
def test_no_value(place: tuple[str, int, int]) -> None:
    text, start, end = place
    answer(text[:start] + text[end:])


def answer(text: str) -> None:
    try:
        settings = parse(text, GOOD)
    except ConfigError as refused:
        assert refused.problems
        for problem in refused.problems:
            assert problem.where
            assert problem.what
            assert problem.mend
    else:
        assert settings.mailboxes

"""The look at the bytes: ordinary mails pass, each known killer is seen."""

import pytest

from mailsla.core.mail.prescan import prescan
from tests.core.mail.killers import KILLERS


def test_an_ordinary_mail_is_ordinary() -> None:
    raw = b"From: a@b.example\r\nTo: c@d.example\r\nSubject: hi\r\n\r\n" + b"A line of text.\r\n" * 400
    assert not prescan(raw).suspicious


@pytest.mark.parametrize("name", ["parts", "nested", "addresses", "subject", "parameters", "headers", "large"])
def test_a_killer_is_suspicious_with_a_reason(name: str) -> None:
    verdict = prescan(KILLERS[name]())
    assert verdict.suspicious
    assert verdict.reason

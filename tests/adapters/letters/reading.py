"""Reading a rendered letter back, as a mail client does: the standard library's modern policy."""

import email
import email.policy
from email.message import EmailMessage
from pathlib import Path
from zoneinfo import ZoneInfo

from mailsla.adapters.letters import JinjaLetters
from mailsla.adapters.letters_samples import ENVELOPE
from mailsla.core.letters import Content, Envelope, Reader

TEMPLATES = Path(__file__).resolve().parents[3] / "templates"
LETTERS = JinjaLetters(TEMPLATES, None, ZoneInfo)


def read(raw: bytes) -> EmailMessage:
    """The parsed mail."""
    parsed = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(parsed, EmailMessage)
    return parsed


def rendered(
    content: Content, *, language: str = "en", zone: str = "Europe/Berlin", envelope: Envelope = ENVELOPE
) -> EmailMessage:
    """Render and read back."""
    return read(LETTERS.render(content, envelope, Reader(language=language, zone=zone)))


def part(mail: EmailMessage, kind: str) -> str:
    """The "plain" or the "html" part, with newlines."""
    body = mail.get_body((kind,))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")

"""A letter as its reader gets it: decoded headers, the text part, the files."""

import re
from collections.abc import Iterator
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message
from functools import cached_property

from tests.servers.smtp_sink import Received


class Letter:
    """What arrived at the sink, read with the standard library only."""

    def __init__(self, received: Received) -> None:
        self.recipient = received.recipient
        self.raw = received.content
        self._mail = message_from_bytes(received.content)

    def header(self, name: str) -> str | None:
        """Unfolded and decoded; None when there is none. AssertionError when it is there twice."""
        values = self._mail.get_all(name, [])
        assert len(values) <= 1, f"{name} stands {len(values)} times in the letter to {self.recipient}"
        return re.sub(r"\s*\r?\n\s+", " ", str(make_header(decode_header(values[0])))) if values else None

    @classmethod
    def of(cls, recipient: str, raw: bytes) -> "Letter":
        """A mail that did not come by the sink."""
        return cls(Received("", recipient, raw))

    @cached_property
    def text(self) -> str:
        return next(self._texts("text/plain"))

    @cached_property
    def html(self) -> str:
        return next(self._texts("text/html"))

    @cached_property
    def files(self) -> dict[str, bytes]:
        """Attachments, name -> content."""
        return {str(part.get_filename()): _bytes(part) for part in self._mail.walk() if part.get_filename()}

    @property
    def reply_to(self) -> str:
        return str(self.header("Reply-To")).strip("<>")

    @property
    def message_id(self) -> str:
        return str(self.header("Message-ID"))

    @property
    def subject(self) -> str:
        return str(self.header("Subject"))

    @property
    def quoted(self) -> str:
        """The text part as a mail client quotes it."""
        return "\n".join(f"> {line}".rstrip() for line in self.text.splitlines())

    @property
    def everything(self) -> str:
        """Headers, text and HTML, decoded: where a forbidden word could hide."""
        headers = [f"{name}: {self.header(name)}" for name in dict.fromkeys(self._mail.keys())]
        return "\n".join([*headers, self.text, self.html])

    def _texts(self, kind: str) -> Iterator[str]:
        for part in self._mail.walk():
            if part.get_content_type() == kind and not part.get_filename():
                yield _bytes(part).decode(part.get_content_charset() or "us-ascii")


def _bytes(part: Message) -> bytes:
    payload = part.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload

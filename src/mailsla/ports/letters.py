"""The door to the letters: values in, the bytes of a mail out."""

from typing import Protocol

from mailsla.core.letters import Content, Envelope, Reader
from mailsla.core.model import Reason


class Letters(Protocol):
    """Templates, catalogues and MIME."""

    def render(self, content: Content, envelope: Envelope, reader: Reader) -> bytes:
        """The whole mail (CRLF lines, multipart text + HTML). Raises PermanentError when a template fails, naming file
        and line, or when the header read back from the bytes is not the one intended."""

    def word(self, reason: Reason, language: str, zone: str) -> str:
        """A reason as a sentence or phrase."""

"""The door to the letters: values in, the bytes of a mail out."""

from collections.abc import Sequence
from typing import Protocol

from mailsla.core.letters import Content, Enclosure, Envelope, Reader
from mailsla.core.model import Instant, Reason
from mailsla.core.replies import Names, ReplyValues, Saved


class Letters(Protocol):
    """Templates, catalogues and MIME."""

    def render(self, content: Content, envelope: Envelope, reader: Reader) -> bytes:
        """The whole mail (CRLF lines, multipart text + HTML). Raises PermanentError when a template fails, naming file
        and line, or when the header read back from the bytes is not the one intended."""

    def pictures(self, content: Content, reader: Reader, now: Instant) -> Sequence[Enclosure]:
        """The charts of a report, to go along with it; of another letter none. Raises PermanentError where what draws
        them is not installed. It is large: for processes that end soon."""

    def page(self, content: Content, envelope: Envelope, reader: Reader) -> tuple[str, str]:
        """The text, and the HTML as one page with its pictures in it: for a file."""

    def saved_reply(self, name: str, languages: tuple[str, ...], values: ReplyValues, now: Instant) -> Saved:
        """One of `replies`, in the first of the languages that it is written in. Raises PermanentError when it can't be
        filled, naming file and line."""

    @property
    def replies(self) -> Names:
        """The saved replies that there are."""

    def word(self, reason: Reason, language: str, zone: str) -> str:
        """A reason as a sentence or phrase."""

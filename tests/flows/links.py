"""The links of a letter as a mail client opens them: drafts, ready to be sent (RFC 6068)."""

from collections.abc import Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from html.parser import HTMLParser
from urllib.parse import unquote

from tests.flows.mails import write
from tests.flows.postbox import Posted


@dataclass(frozen=True, slots=True)
class Draft:
    """What a mail client fills in when a link is clicked."""

    to: str
    subject: str
    body: str


def links(letter: Posted) -> Mapping[str, Draft]:
    """The mail links of a letter by their labels."""
    return {label: draft(href) for label, href in hrefs(letter.html) if href.startswith("mailto:")}


def click(letter: Posted, label: str, sender: str, *, text: str | None = None) -> EmailMessage:
    """The mail that the link with this label composes, sent by `sender`; `text`: written over its body."""
    link = links(letter)[label]
    return write(sender, link.body if text is None else text, link.subject, to=link.to)


def draft(href: str) -> Draft:
    """A mailto of one recipient with a subject and a body, and nothing else."""
    to, _, query = href.removeprefix("mailto:").partition("?")
    fields = [(name, unquote(value)) for name, _, value in (field.partition("=") for field in query.split("&"))]
    (_, subject), (_, body) = fields
    assert [name for name, _ in fields] == ["subject", "body"]
    return Draft(unquote(to), subject, body)


def hrefs(html: str) -> list[tuple[str, str]]:
    """(label, address) of all links of an HTML part."""
    reader = _Links()
    reader.feed(html)
    return reader.found


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self._open = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self._open = True
            self.found.append(("", dict(attrs).get("href") or ""))

    def handle_endtag(self, tag: str) -> None:
        self._open = self._open and tag != "a"

    def handle_data(self, data: str) -> None:
        if self._open:
            label, href = self.found[-1]
            self.found[-1] = (label + data, href)

"""The mail links of all letters in all languages (letters.md section 5 and 7 item 11, RFC 6068)."""

import re
from collections.abc import Iterator
from dataclasses import replace
from textwrap import fill
from urllib.parse import unquote

import pytest

from mailsla.adapters.letters_links import WORDS
from mailsla.adapters.letters_samples import CASE, ENVELOPE, SAMPLES
from mailsla.adapters.letters_text import mailto
from mailsla.core import letters
from mailsla.core.access.tokens import Scheme, code_in, find_tokens, link_to
from mailsla.core.commands.offered import RESOLVE, SPAM
from mailsla.core.letters import Content, Reader
from mailsla.core.letters_links import Link
from mailsla.core.mail.asked import rating_comment
from mailsla.core.model import Instant
from tests.adapters.letters.reading import LETTERS, part, read
from tests.flows.links import draft, hrefs

TOKEN = "k7q2m5x4t6w3p6r5n2b7c4d3fh"
UNTIL: Instant = ENVELOPE.date + 30 * 24 * 3600
SCHEMES = {
    "plus": Scheme("customer-support@complaints.acme.example"),
    "delimiter": Scheme("customer-support@complaints.acme.example", "-"),
    "equals": Scheme("customer-support@complaints.acme.example", "="),
    "reply domain": Scheme("customer-support@complaints.acme.example", "+", "reply.complaints.acme.example"),
}
LONGEST = "Beschädigte Ware, Überlänge und Öffnung, ä"  # 42 characters, of which a link shows 40


def _links(scheme: Scheme, does: list[str]) -> list[Link]:
    to, code = link_to(TOKEN, scheme)
    return [Link(does=one, to=to, code=code, until=UNTIL, about=LONGEST) for one in does]


def _letters(scheme: Scheme) -> Iterator[tuple[Content, str]]:
    closing = next(one for one in SAMPLES if isinstance(one, letters.Closing) and not one.waited_days)
    case = replace(CASE, reference="COMPLAINTS-1000042", links=_links(scheme, list(WORDS)))
    for language in LETTERS.languages(inside=True):
        yield letters.AgentNotification(case=case, text="x"), language
    rated = replace(closing, reference="COMPLAINTS-1000042", ratings=_links(scheme, ["1", "2", "3", "4", "5"]))
    for language in LETTERS.languages(inside=False):
        yield rated, language


@pytest.mark.parametrize("name", SCHEMES)
def test_every_link_of_every_language_is_one_mail_that_any_client_can_open(name: str) -> None:
    scheme = SCHEMES[name]
    count = 0
    for content, language in _letters(scheme):
        raw = LETTERS.render(content, ENVELOPE, Reader(language=language, zone="Europe/Berlin"))
        for label, href in hrefs(part(read(raw), "html")):
            assert len(href) <= 500, (language, label, len(href))
            assert "+" not in href
            assert re.fullmatch(r"mailto:[\w.%~-]+@[\w.-]+\?subject=[\w.%~-]+&body=[\w.%~-]+", href)
            mail = draft(href)
            found = [one.token for one in find_tokens([mail.to], scheme)] or [code_in(mail.subject)]
            assert found == [TOKEN]
            assert "COMPLAINTS-1000042" in mail.subject
            assert mail.body == " ".join(mail.body.split()), "one paragraph"
            assert label.strip()
            count += 1
    assert count == len(LETTERS.languages(inside=True)) * len(WORDS) + len(LETTERS.languages(inside=False)) * 5


def test_of_the_mail_of_a_rating_only_the_customers_words_count_in_every_language() -> None:
    rated = [(content, language) for content, language in _letters(SCHEMES["plus"]) if content.kind == "closing"]
    for content, language in rated:
        raw = LETTERS.render(content, ENVELOPE, Reader(language=language, zone="Europe/Berlin"))
        for _, href in hrefs(part(read(raw), "html")):
            body = draft(href).body
            for ours in (body, fill(body, 60)):  # some programs break the lines of what they send
                assert rating_comment(ours) == "", language
                assert rating_comment(f"Late.\n{ours} Cold.") == "Late.\n\nCold.", language


def test_a_body_says_what_it_does_who_is_told_and_until_when() -> None:
    content = letters.AgentNotification(case=replace(CASE, links=_links(SCHEMES["delimiter"], list(WORDS))), text="x")
    html = part(read(LETTERS.render(content, ENVELOPE, Reader(language="en", zone="Europe/Berlin"))), "html")
    for _, href in hrefs(html):
        body = draft(href).body
        assert body.startswith("Send this mail as it is. ")
        assert body.endswith("It works until Sun 20 Dec, 18:43 Berlin.")
        assert "ACME-1042" in body


def test_the_text_part_gives_commands_instead_of_links() -> None:
    raw = LETTERS.render(letters.AgentNotification(case=CASE, text="x"), ENVELOPE, Reader(language="en", zone="UTC"))
    text = part(read(raw), "plain")
    assert "mailto:" not in text
    for command in (RESOLVE, SPAM):
        assert f"#{command}" in text


@pytest.mark.parametrize(
    ("address", "subject", "body", "href"),
    [
        ("a@b.example", "S 1", "B", "mailto:a@b.example?subject=S%201&body=B"),
        ("a=t@b.example", "a&b", "c+d?", "mailto:a%3Dt@b.example?subject=a%26b&body=c%2Bd%3F"),
        ("a@b.example", "ä", "1\r\n2", "mailto:a@b.example?subject=%C3%A4&body=1%0D%0A2"),
        ("a+t@b.example", "S", "B", ""),  # clients make a blank of the plus
        ("", "S", "B", ""),
    ],
)
def test_a_mailto_is_encoded_for_every_client(address: str, subject: str, body: str, href: str) -> None:
    assert mailto(address, subject, body) == href
    if href:
        assert (draft(href).to, draft(href).subject, draft(href).body) == (address, subject, body)
        assert unquote(href).startswith(f"mailto:{address}")

"""What of our inside stands in a text: addresses of our people, our headers, words of notes (mail.md section 4)."""

import re
import unicodedata
from collections.abc import Iterable

from mailsla.core.directory import Directory


def agent_address_in(text: str, directory: Directory, *, but: str) -> str:
    """The first address of an agent that stands in the text, "" when none does. `but`: the reader's own address."""
    text = unicodedata.normalize("NFKC", text).lower().replace("%40", "@")
    addresses = (email for agent in directory.agents.values() for email in sorted(agent.emails))
    return next((email for email in addresses if email != but.lower() and _stands_in(email, text)), "")


def _stands_in(email: str, text: str) -> bool:
    """As an address of its own: sam@acme.example is not in williamsam@acme.example."""
    return email in text and re.search(rf"(?<![\w.+-]){re.escape(email)}(?![\w-])", text) is not None


_HEADER = re.compile(r"(?im)^[\s>|*]*(x-mailsla-[a-z]+)[*\s]*:")
_TOKEN = re.compile(r"(?<![a-z2-7])[a-z2-7]{26}(?![a-z2-7])")
_PIECES = re.compile(r"[\n.!?]+")
_QUOTING = re.compile(r"(?m)^[\s>|]+")
_TYPED = {
    **dict.fromkeys(map(ord, "‘’‚‛′"), "'"),
    **dict.fromkeys(map(ord, "“”„‟″«»"), '"'),
    **dict.fromkeys(map(ord, "‐‑‒–—"), "-"),
    **dict.fromkeys((0xAD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, ord("*"), ord("_")), None),
}
_SHORTEST, _FEWEST = 20, 4  # characters and words of a note: what is shorter, anybody would write


def internal_header_in(text: str) -> str:
    """The first header of ours for agents' eyes that the text quotes, "" when none."""
    found = _HEADER.search(text)
    return found[1] if found else ""


def possible_tokens(text: str) -> tuple[str, ...]:
    """What may be a token of ours, each once: only its hash tells."""
    return tuple(dict.fromkeys(_TOKEN.findall(text.lower())))  # clients change the case of addresses


def note_words_in(text: str, notes: Iterable[str], known: Iterable[str] = ()) -> str:
    """The first sentence of a note that stands in the text, "" when none. `known`: texts that the reader wrote."""
    said, theirs = _plain(text), "\n".join(map(_plain, known))
    for note in notes:
        for piece in _PIECES.split(_QUOTING.sub("", note)):
            words = _plain(piece)
            if len(words) >= _SHORTEST and words.count(" ") >= _FEWEST - 1 and words in said and words not in theirs:
                return " ".join(piece.split())
    return ""


def _plain(text: str) -> str:
    """As an eye compares them: without what programs change (curly quotes, bold, invisible characters)."""
    text = unicodedata.normalize("NFKC", _QUOTING.sub("", text)).translate(_TYPED)
    return " ".join(text.casefold().split())

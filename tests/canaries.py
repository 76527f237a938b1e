"""Whatever test sends it: no letter to somebody outside holds anything internal (mail.md section 4, leak check).

The doors through which letters leave in tests hand them in here: the postbox of the flows' offices, the SMTP server of
the end-to-end desks, the Maildir of the demo. Internal are the addresses of our people, the tokens in letters to
them, what they wrote as notes or comments, and the header fields of our own.
"""

import base64
import binascii
import html
import re
import sqlite3
from collections.abc import Collection, Iterable
from contextlib import closing
from email import message_from_bytes
from email.header import decode_header, make_header
from pathlib import Path

from mailsla.config.settings import Settings

FIELDS = ("x-mailsla-instance", "x-mailsla-kind", "x-mailsla-ticket")
NOWHERE = ".invalid"  # where `check --live` sends what has to come back (RFC 2606)
SHORTEST_NOTE = 12  # characters; shorter lines ("#take", "Yes.") stand in anything
_TAG = re.compile(r"\+[^@]*@")
_TOKEN = re.compile(rb"\b([a-z2-7]{26})(?=@)")
_RANDOM = re.compile(r"(?<![a-z2-7])[a-z2-7]{20,26}@")  # the codes of our addresses and ids: one may end like a name
_BASE64 = re.compile(r"[A-Za-z0-9+/]{24,}={0,2}")

searched = 0  # letters to people outside in this process; tests/conftest.py adds up those of all


def leaks(raw: bytes, words: Collection[str]) -> list[str]:
    """The words (any case) that stand in a mail for whoever looks: in its bytes, its headers, its parts, decoded."""
    seen = _seen(raw)
    for_sure = _RANDOM.sub("@", seen)
    return sorted(word for word in words if " ".join(word.lower().split()) in (for_sure if "@" in word else seen))


def search(
    letters: Iterable[tuple[str, bytes]], settings: Settings, database: Path | None = None, left: Collection[str] = ()
) -> None:
    """AssertionError when a letter (recipient, bytes) to somebody outside holds anything internal.

    left: addresses of who was one of our people when letters went out, and is configured no more.
    """
    global searched
    ours = addresses(settings) | {*left}
    letters = list(letters)
    inside = ours | {box.address.lower() for box in settings.mailboxes}  # `check --live` writes to the mailbox itself
    tokens = {one.decode() for to, raw in letters if to.lower() in ours for one in _TOKEN.findall(raw)}
    words = {*ours, *FIELDS, *tokens, *(notes(database) if database is not None else ())}
    for to, raw in letters:
        if _TAG.sub("@", to.lower()) not in inside and not to.endswith(NOWHERE):
            searched += 1
            found = leaks(raw, words)
            assert not found, f"a letter to {to} holds what is internal: {found}"


def addresses(settings: Settings) -> set[str]:
    """Of our people, in lower case."""
    agents = settings.directory.agents.values()
    return {email.lower() for agent in agents for email in agent.emails} | {settings.operator.lower()}


def notes(database: Path) -> set[str]:
    """The lines of all notes and comments, but those that a customer wrote or was sent as well."""
    if not _is_ours(database):  # a test took it away or broke it
        return set()
    with closing(sqlite3.connect(database)) as rows:
        texts = rows.execute("SELECT internal AND kind IN ('note', 'comment'), text FROM messages").fetchall()
    inside = {line for internal, text in texts if internal for line in _lines(text)}
    return inside - {line for internal, text in texts if not internal for line in _lines(text)}


def _is_ours(database: Path) -> bool:
    with closing(sqlite3.connect(database)) as rows:
        try:
            return bool(rows.execute("SELECT 1 FROM sqlite_master WHERE name = 'messages'").fetchall())
        except sqlite3.DatabaseError:
            return False


def _lines(text: str) -> set[str]:
    found = (line.strip().removeprefix("#note").strip() for line in text.splitlines() if not line.startswith(">"))
    return {line for line in found if len(line) >= SHORTEST_NOTE}


def _seen(raw: bytes) -> str:
    """All that can be read in a mail, in lower case, with single blanks."""
    pieces = [raw.decode("latin-1")]
    for part in message_from_bytes(raw).walk():
        pieces += [str(make_header(decode_header(str(value)))) for value in part.values()]
        payload = part.get_payload(decode=True)
        if isinstance(payload, bytes):
            text = payload.decode("utf-8", "replace")
            pieces += [text, html.unescape(text), html.unescape(re.sub(r"<[^>]*>", "", text))]
    together = "\n".join(pieces)
    pieces += [_decoded(one) for one in _BASE64.findall(together)]
    return " ".join("\n".join(pieces).lower().split())


def _decoded(code: str) -> str:
    try:
        return base64.b64decode(code + "=" * (-len(code) % 4)).decode("utf-8", "ignore")
    except binascii.Error:
        return ""

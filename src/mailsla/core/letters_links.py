"""A link in a letter, as values: the mail that it composes does one thing (letters.md section 5)."""

from dataclasses import dataclass

from mailsla.core.model import Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """`does`: the verb of a command, "again" (resolves what only thanks opened), "yes", or a rating."""

    does: str
    to: str  # the address of its mail
    code: str = ""  # what the subject must carry; "" where the address has the token
    until: Instant  # it works till then
    about: str = ""  # category: its name for the reader

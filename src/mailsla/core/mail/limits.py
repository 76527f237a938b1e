"""The bounds within which a mail is read (mail.md section 2)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """What is read of one mail at most; the rest is left unread, flagged, and kept in the original.

    Sizes are bytes (`header_bytes`: one header block, `header_value`: one header) or characters (`text_chars`,
    `html_chars`: of one mail); the others are counts.
    """

    header_bytes: int = 256 * 1024
    header_count: int = 1000
    header_value: int = 16 * 1024
    addresses: int = 200
    references: int = 100
    parts: int = 500
    depth: int = 20
    text_chars: int = 1_000_000
    html_chars: int = 1_000_000
    name_chars: int = 150
    bounce_bytes: int = 256 * 1024


LIMITS = Limits()

"""How large a letter becomes with its files, before it is made."""

from collections.abc import Iterable

_FRAME = 20_000  # octets of headers, our HTML around the text, and signature
_GROWTH = 8  # a text stands in two parts, of which each octet may take three, and markup


def letter_size(text: str, files: Iterable[int]) -> int:
    """Octets at the most that a letter with this text and files of these sizes has on its way.

    Base64 (RFC 2045 section 6.8) makes 78 octets of 57: a line of 76 with its end.
    """
    encoded = sum(-(-size // 57) * 78 for size in files)
    return _FRAME + _GROWTH * len(text.encode()) + encoded

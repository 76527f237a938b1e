"""The address of a link, where the words that stand for it in HTML do not show it."""

import re
from urllib.parse import unquote

LONGEST = 1000  # characters; a tracker's link of 2,000 would bury the words around it

_SCHEME = re.compile(r"\s*(https?|mailto|tel):", re.IGNORECASE)
_DECORATION = re.compile(r"^(?:https?://)?(?:www\.)?|/+$", re.IGNORECASE)
_LINE_ENDS = str.maketrans({"\t": None, "\r": None, "\n": None})  # as the URL standard has it
_TOKEN = re.compile(r"[a-z2-7]{26}", re.IGNORECASE)


def shown_address(href: str, text: str) -> str:
    """What to write behind the words of a link: "" where they show it, there are none, or it leads to no address.

    Of a web address over 1,000 characters the part before its query, marked "…"; of mailto and tel what stands
    behind the colon. Our own tokens (mail.md section 3) stay unshown: who quotes a letter must not pass them on.
    """
    scheme = _SCHEME.match(href)
    if scheme is None or not text.strip():
        return ""
    address = href.strip().translate(_LINE_ENDS).replace(" ", "%20")
    if not scheme[1].lower().startswith("http"):
        address = unquote(address.partition(":")[2].partition("?")[0])
        return "" if _TOKEN.search(address) or _digits(address) in _digits(text) else " ".join(address.split())
    if _plain(address) in _plain(text):
        return ""
    if len(address) <= LONGEST:
        return address
    return f"{re.split('[?#]', address, maxsplit=1)[0][:LONGEST]}…"


def _plain(text: str) -> str:
    """A web address as people write it: without scheme, "www." and the last slash."""
    return _DECORATION.sub("", "".join(text.split())).lower()


def _digits(text: str) -> str:
    """An address or a telephone number without what people put between: white space, brackets, hyphens."""
    return re.sub(r"[\s()/-]", "", text).lower()

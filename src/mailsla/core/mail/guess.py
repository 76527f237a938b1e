"""Which charset bytes are in that no label tells rightly, by the letters that languages use (data/alphabets.toml)."""

import re
import tomllib
from collections import Counter
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

_LETTERS = bytes((*range(0x41, 0x5B), *range(0x61, 0x7B)))
_SAMPLE = 20_000
_FEWEST = 8  # 8-bit bytes; of fewer nothing can be told
_KANA = re.compile("[\u3041-\u30ff]")
_HAN = re.compile("[\u4e00-\u9fff]")  # as a set of characters it would take 4 MB of each process
_THAI = re.compile("[านรอกเงมยลว่้ีัทสดต]")
_INSIDE = re.compile(rb"(?<=[A-Za-z\x80-\xff])[\x80-\xff](?=[A-Za-z\x80-\xff])")
_ALL_OF_ONE = 0.97  # so much of the 8-bit text is what one language writes ...
_CAPITAL = 0.78
_FOREIGN = 3  # ... and so many bytes, of so large a share, are in no language of Western Europe
_OF_THE_WEST = 0.95
# The commonest Korean syllables: the bytes of common Chinese read as any syllables, seldom as these.
_KOREAN = re.compile("[이다는을의에가고하지은를한로도기어시사리해서나아요니습있었했안부]")


def guess(data: bytes, least: int = _FEWEST) -> str | None:
    """The codec of text that is neither UTF-8 nor of Western Europe; None for all else, and where it is not certain.

    `least`: how many 8-bit bytes there must be, where it is not Latin. Told by which bytes are frequent: Python's
    codecs take nearly any bytes, so that decoding alone proves little.
    """
    sample = data[:_SAMPLE]
    if len(data) > _SAMPLE:
        sample = sample[: sample.rfind(b"\n") + 1] or sample
    high = sample.translate(None, bytes(range(0x80)))
    ascii_letters = len(sample) - len(sample.translate(None, _LETTERS))
    if len(high) >= _FEWEST and len(high) * 10 < 6 * (len(high) + ascii_letters):
        return _latin(sample, high)
    if len(high) < least:
        return None
    if _share(high, range(0xC0, 0x100)) > 0.9:
        return _alphabetic(high)
    return _ideographic(sample)


def _share(high: bytes, values: range | tuple[int, ...]) -> float:
    return (len(high) - len(high.translate(None, bytes(values)))) / len(high)


def _alphabetic(high: bytes) -> str:
    """By the commonest letters: in the right codec they are most of the text, in the others a third or a half of it."""
    counts = Counter(high)
    shares = {codec: sum(weight * counts[byte] for byte, weight in table) for codec, table in _frequent().items()}
    return max(shares, key=lambda codec: shares[codec])


@dataclass(frozen=True, slots=True)
class _Latin:
    """What one language's text may hold in one codec: its letters, and what is no letter (outside of words)."""

    codec: str
    letters: frozenset[int]
    others: frozenset[int]

    def share(self, counts: Counter[int], inside: Counter[int]) -> float:
        """How much of the 8-bit text that explains."""
        fits = sum(n for byte, n in counts.items() if byte in self.letters)
        fits += sum(n - inside[byte] for byte, n in counts.items() if byte in self.others)
        return fits / counts.total()


def _latin(sample: bytes, high: bytes) -> str | None:
    """Central European or Turkish, where nothing of Western Europe explains the letters."""
    counts, inside = Counter(high), Counter(b"".join(_INSIDE.findall(sample)))
    shares = [(one.share(counts, inside), one.codec) for one in _latins()]
    west = max(share for share, codec in shares if codec == "cp1252")
    if west >= _OF_THE_WEST or round((1 - west) * len(high)) < _FOREIGN:
        return None
    best, codec = max(((share, codec) for share, codec in shares if codec != "cp1252"), key=lambda found: found[0])
    return codec if best >= _ALL_OF_ONE else None


@cache
def _alphabets() -> dict[str, Any]:
    return tomllib.loads((resources.files(__package__) / "data" / "alphabets.toml").read_text("utf-8"))


@cache
def _latins() -> tuple[_Latin, ...]:
    return tuple(
        _Latin(codec, _bytes_of(codec, letters), _no_letters(codec))
        for codec, languages in _alphabets()["latin"].items()
        for letters in languages.values()
    )


@cache
def _frequent() -> dict[str, tuple[tuple[int, float], ...]]:
    """codec -> the bytes of its commonest letters with what they count: capitals less, since text has few of them."""
    return {codec: tuple(_weighed(codec, letters).items()) for codec, letters in _alphabets()["frequent"].items()}


def _weighed(codec: str, letters: str) -> dict[int, float]:
    return dict.fromkeys(letters.upper().encode(codec, "ignore"), _CAPITAL) | dict.fromkeys(letters.encode(codec), 1.0)


def _bytes_of(codec: str, letters: str) -> frozenset[int]:
    """The 8-bit bytes of these letters and their capitals."""
    return frozenset(byte for byte in (letters + letters.upper()).encode(codec, "ignore") if byte > 0x7F)


def _no_letters(codec: str) -> frozenset[int]:
    """The bytes of signs: quotation marks, dashes, currencies."""
    decoded = ((byte, bytes([byte]).decode(codec, "ignore")) for byte in range(0x80, 0x100))
    return frozenset(byte for byte, char in decoded if char.isprintable() and char and not char.isalpha())


def _ideographic(sample: bytes) -> str | None:
    for codec in ("euc_jp", "cp932"):
        if _of_all(sample, codec, _KANA) > 0.15:  # which no Chinese or Korean text has
            return codec
    if _of_all(sample, "cp949", _KOREAN) > 0.2:
        return "cp949"
    if _of_all(sample, "cp874", _THAI) > 0.55:
        return "cp874"
    # In GB 2312 both bytes are high; in Big5 two of five second bytes are not.
    for codec, strict in (("gb18030", "gb2312"), ("big5hkscs", "big5"), ("gb18030", "gb18030")):
        if _of_all(sample, strict, _HAN) > 0.5:
            return codec
    return None


def _of_all(sample: bytes, codec: str, wanted: re.Pattern[str]) -> float:
    """The share of these characters in those beyond ASCII; 0 when it can't be read."""
    try:
        text = sample.decode(codec)
    except UnicodeError:
        return 0.0
    beyond = sum(char > "\x7f" for char in text)
    return len(wanted.findall(text)) / beyond if beyond else 0.0

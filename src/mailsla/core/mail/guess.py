"""Which charset bytes are in that no label tells rightly: where most letters are 8-bit, the language isn't Latin."""

import re

_LETTERS = bytes((*range(0x41, 0x5B), *range(0x61, 0x7B)))
_SAMPLE = 20_000
_FEWEST = 8  # 8-bit bytes; of fewer nothing can be told
_KANA = re.compile("[\u3041-\u30ff]")
_HAN = re.compile("[\u4e00-\u9fff]")  # as a set of characters it would take 4 MB of each process
# The commonest Korean syllables: the bytes of common Chinese read as any syllables, seldom as these.
_KOREAN = re.compile("[이다는을의에가고하지은를한로도기어시사리해서나아요니습있었했안부]")


def guess(data: bytes, least: int = _FEWEST) -> str | None:
    """The codec of Cyrillic, Arabic, Chinese, Japanese or Korean text that is not UTF-8; None for all else.

    `least`: how many 8-bit bytes there must be. Told by which bytes are frequent: Python's codecs take nearly any
    bytes, so that decoding alone proves little.
    """
    sample = data[:_SAMPLE]
    if len(data) > _SAMPLE:
        sample = sample[: sample.rfind(b"\n") + 1] or sample
    high = sample.translate(None, bytes(range(0x80)))
    ascii_letters = len(sample) - len(sample.translate(None, _LETTERS))
    if len(high) < least or len(high) * 10 < 6 * (len(high) + ascii_letters):
        return None
    if _share(high, range(0xC0, 0x100)) > 0.9:
        return _alphabetic(high)
    return _ideographic(sample)


def _share(high: bytes, values: range | tuple[int, ...]) -> float:
    return (len(high) - len(high.translate(None, bytes(values)))) / len(high)


def _alphabetic(high: bytes) -> str:
    """Alef and lam are a quarter of Arabic; of Cyrillic, small letters are in one half, and which half tells."""
    if _share(high, (0xC7, 0xE1)) > 0.15:
        return "cp1256"
    return "cp1251" if _share(high, range(0xE0, 0x100)) > 0.5 else "koi8-r"


def _ideographic(sample: bytes) -> str | None:
    for codec in ("euc_jp", "cp932"):
        if _of_all(sample, codec, _KANA) > 0.15:  # which no Chinese or Korean text has
            return codec
    if _of_all(sample, "cp949", _KOREAN) > 0.2:
        return "cp949"
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

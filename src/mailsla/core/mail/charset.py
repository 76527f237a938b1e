"""Bytes to text whatever the label says: wrong, unknown and missing charsets (RFC 2045, WHATWG Encoding)."""

import codecs

from mailsla.core.mail.guess import guess

# The labels that mean more than they say, and the names that Python does not know.
_MEANT = {
    "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252",
    "iso_8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "l1": "cp1252",
    "cp-1252": "cp1252",
    "iso-8859-9": "cp1254",
    "iso-8859-8-i": "cp1255",
    "iso-8859-8-e": "cp1255",
    "iso-8859-11": "cp874",
    "tis-620": "cp874",
    "windows-874": "cp874",
    "gb2312": "gb18030",
    "gb_2312-80": "gb18030",
    "gb_2312": "gb18030",
    "euc-cn": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "cp936": "gb18030",
    "big5": "big5hkscs",
    "ks_c_5601-1987": "cp949",
    "ks_c_5601": "cp949",
    "euc-kr": "cp949",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "x-sjis": "cp932",
    "sjis": "cp932",
    "windows-31j": "cp932",
    "iso-2022-jp": "iso2022_jp_ext",
    "utf8": "utf-8",
    "utf-8": "utf-8",
    "unicode-1-1-utf-7": "utf-7",
    "unicode-1-1-utf-8": "utf-8",
    "utf-16": "utf-16",
    "macintosh": "mac_roman",
    "x-mac-roman": "mac_roman",
    "x-mac-cyrillic": "mac_cyrillic",
    "koi8": "koi8-r",
    "ansi": "cp1252",
    "x-ansi": "cp1252",
    "cp-1250": "cp1250",
    "cp-1251": "cp1251",
    "win-1250": "cp1250",
    "win-1251": "cp1251",
    "x-cp1250": "cp1250",
    "x-cp1251": "cp1251",
    "x-cp1252": "cp1252",
    "utf8mb4": "utf-8",
    "x-big5": "big5hkscs",
    "x-euc-jp": "euc_jp",
    "x-gb18030": "gb18030",
}

_NO_LABEL = frozenset({"", "us-ascii", "ascii", "ansi_x3.4-1968", "us-acii", "7bit", "8bit", "none", "default"})

_CYRILLIC = ("cp1251", "koi8-r", "koi8-u")
_MANY = 20
# What switches to Japanese in ISO-2022-JP (RFC 1468).
_ESCAPES = (b"\x1b$B", b"\x1b$@")

_NOT_OF_MAIL = frozenset({"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem"})

# A byte of theirs alone looks like a letter anywhere; so only a multi-byte UTF-8 text can contradict them.
_SINGLE_BYTE = ("cp12", "iso8859", "latin", "koi8", "mac", "cp85", "cp43", "cp87")


def codec_of(label: str) -> str | None:
    """The name of the text codec that a charset label means, None when no text codec is known by it."""
    label = label.strip().strip("\"'").lower()
    name = _MEANT.get(label, label)
    if not name or len(name) > 40 or "\0" in name:
        return None
    try:
        info = codecs.lookup(name)
    except (LookupError, UnicodeError, ValueError):
        return None
    # Python also calls rot13, zip and hex codecs; those are no charsets.
    if not getattr(info, "_is_text_encoding", True) or info.name.replace("-", "_") in _NOT_OF_MAIL:
        return None
    return info.name


def decode(data: bytes, label: str, hint: str = "") -> tuple[str, str]:
    """The text and a problem in words ("" when the label was right).

    Order: UTF-8 where the bytes are multi-byte UTF-8 although a single-byte charset is named; what most letters show
    (guess.py) where no label, an unknown one or that of Western Europe stands; the label, UTF-8, `hint`,
    windows-1252; at last the label's codec with U+FFFD for what does not fit. Never raises.
    """
    label = "" if label.strip(" \"'").lower() in _NO_LABEL else label
    codec = codec_of(label) if label else None
    unknown = f"unknown charset {label[:40]!r}" if label and codec is None else ""
    if codec == "utf-7":
        return _replacing(data, codec)
    if b"\x1b" in data and not (codec or "").startswith("iso2022") and any(escape in data for escape in _ESCAPES):
        return data.decode("iso2022_jp_ext", "replace"), f"charset {label[:40]!r} is wrong, read as ISO-2022-JP"
    if data.isascii() and not (codec and codec.startswith(("iso2022", "hz", "utf-16", "utf-32", "cp037"))):
        return data.decode("ascii"), unknown
    problem = unknown
    guessed = _guessed(data, codec) if not codec_of(hint) else None
    tries = [name for name in (guessed or codec,) if name]
    if codec is None or codec.startswith(_SINGLE_BYTE):
        tries.insert(0, "utf-8")
    elif codec != "utf-8":
        tries.append("utf-8")
    if (hinted := codec_of(hint) if hint else None) and hinted not in tries:
        tries.append(hinted)
    for name in tries:
        try:
            text = data.decode(name)
        except (UnicodeError, ValueError):
            continue
        if name != codec and not problem and label:
            problem = f"charset {label[:40]!r} is wrong, read as {name}"
        return _without_bom(text), problem
    text, forced = _forced(data, codec, label)
    return text, problem or forced


def _guessed(data: bytes, codec: str | None) -> str | None:
    """What the letters show, unless a label is to be believed: that of Western Europe is what programs write of all."""
    if codec in _CYRILLIC:  # taken for each other; each makes letters of the other's letters
        other = guess(data, _MANY)
        swapped = other in _CYRILLIC and other[:4] != codec[:4]
        return other if swapped and not _is(data, "utf-8") else None
    if codec not in (None, "cp1252") or _is(data, "utf-8"):
        return None
    return guess(data, _MANY) if codec else guess(data)


def _is(data: bytes, codec: str) -> bool:
    try:
        data.decode(codec)
    except UnicodeError:
        return False
    return True


def _forced(data: bytes, codec: str | None, label: str) -> tuple[str, str]:
    """Nothing fits whole: multi-byte charsets with U+FFFD, all else as windows-1252."""
    problem = f"bytes that are not {label[:40] or 'utf-8'!r}"
    if codec and not codec.startswith(_SINGLE_BYTE):
        text = data.decode(codec, "replace")
        # A few broken characters are damage; many mean that the label was wrong.
        if text.count("\ufffd") * 20 <= len(text):
            return _without_bom(text), problem
    if codec and not codec.startswith(_SINGLE_BYTE) and (guessed := guess(data)) and _is(data, guessed):
        return data.decode(guessed), f"charset {label[:40]!r} is wrong, read as {guessed}"
    try:
        return data.decode("cp1252"), problem
    except UnicodeDecodeError:
        return data.decode("latin-1" if codec is None else codec, "replace"), problem


def _replacing(data: bytes, codec: str) -> tuple[str, str]:
    text = data.decode(codec, "replace")
    # UTF-7 can spell lone surrogates, which no database takes.
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text, "bytes that are not 'utf-7'" if "\ufffd" in text else ""


def _without_bom(text: str) -> str:
    return text.removeprefix("\ufeff")

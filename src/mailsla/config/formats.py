"""Forms that single settings must have: each function gives what is wrong with a value and the mend, or None."""

import re
import unicodedata
from collections.abc import Callable, Iterable
from datetime import date
from functools import cache
from importlib.resources import files
from ipaddress import ip_address
from pathlib import Path
from typing import TypeAlias
from zoneinfo import ZoneInfo

from mailsla.config.faults import meant
from mailsla.core.sla.targets import TargetError, parse_target

Wrong: TypeAlias = tuple[str, str] | None  # (what, mend)
Form: TypeAlias = Callable[[str], Wrong]

LANGUAGES = ("de", "en", "es", "fr", "it", "nl", "pl", "pt")  # of letters: a catalogue each in templates/locales
LANGUAGES_INSIDE = ("de", "en")  # those whose catalogue holds the letters to our people, too
_LOCAL_PART = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
_WORD = re.compile(r"[a-z0-9][a-z0-9._-]{0,31}")
_PREFIX = re.compile(r"[A-Z][A-Z0-9]{1,9}")


def reply_names(folder: Path | None) -> tuple[str, ...]:
    """Of the saved replies NAME.LANGUAGE.txt in a folder."""
    found = folder.glob("*.*.txt") if folder is not None and folder.is_dir() else ()
    return tuple(sorted({path.name.partition(".")[0] for path in found}))


def wrong_address(text: str) -> Wrong:
    """RFC 5321 section 4.1.2, without quoted local parts and address literals."""
    local, at, domain = text.rpartition("@")
    if not at or not _LOCAL_PART.fullmatch(local) or wrong_domain(domain):
        return f'"{text}" is no mail address', "write it bare, in ASCII: support@acme.example"
    return None


def wrong_domain(text: str) -> Wrong:
    """RFC 1035 section 2.3.1, in ASCII (an international name in its xn-- form)."""
    if len(text) > 253 or not all(_LABEL.fullmatch(label) for label in text.split(".")):
        return f'"{text}" is no domain', "write it in ASCII, international names as xn--...: acme.example"
    return None


def wrong_name(text: str) -> Wrong:
    """Names stand in commands (`#assign sam`), in ids and on command lines."""
    if not _WORD.fullmatch(text):
        return f'"{text}" is no short name', "use a-z, 0-9, . _ - only, up to 32, beginning with a letter or digit"
    return None


def wrong_prefix(text: str) -> Wrong:
    """Of references: ACME-1042."""
    if not _PREFIX.fullmatch(text):
        return f'"{text}" is no prefix', 'use 2 to 10 of A-Z and 0-9, beginning with a letter: "ACME" gives ACME-1042'
    return None


def wrong_zone(text: str) -> Wrong:
    """IANA zones, as the tzdata package has them."""
    if text not in zones():
        places = [name for name in zones() if "/" in name]
        return f'there is no time zone "{text}"', meant(text, places, "use an IANA name such as Europe/Berlin")
    return None


def wrong_language(text: str, known: Iterable[str] = LANGUAGES) -> Wrong:
    """`known`: the languages that letters are written in (`languages_with`)."""
    if text not in known:
        return f'there are no letters in "{text}"', meant(text, known)
    return None


def languages_with(templates: Path | None) -> tuple[str, ...]:
    """The languages that ship, and those that the operator's own templates add: a catalogue each."""
    own = templates.glob("locales/*/LC_MESSAGES/*.po") if templates is not None else ()
    return tuple(sorted({*LANGUAGES, *(path.parent.parent.name for path in own)}))


def wrong_line(text: str) -> Wrong:
    """What becomes a part of a command to a mail server: in one line, and all of it to be seen."""
    if any(unicodedata.category(char) == "Cc" for char in text):
        return f"{text!a} holds a line end or another control character", "write it in one line, without escapes"
    return None


def wrong_new_folder(text: str) -> Wrong:
    """Of a folder that mailsla makes where there is none: RFC 3501 section 5.1 has * and % for patterns."""
    if "*" in text or "%" in text:
        return f'"{text}" is a pattern: * and % stand for any other characters', "use a name without them"
    return wrong_line(text)


def wrong_date(text: str) -> Wrong:
    """ISO 8601: YYYY-MM-DD."""
    try:
        date.fromisoformat(text)
    except ValueError:
        return f'"{text}" is no date', "write it as 2026-11-20"
    return None


def wrong_clock_time(text: str) -> Wrong:
    """HH:MM, 00:00 to 23:59."""
    if not re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", text):
        return f'"{text}" is no time of day', "write it as 08:00"
    return None


def wrong_days(text: str) -> Wrong:
    """ "3 calendar days"."""
    try:
        counted = parse_target(text).unit == "calendar_days"
    except TargetError:
        counted = False
    return None if counted else (f'"{text}" is no number of calendar days', 'write it as "3 calendar days"')


def loopback(host: str) -> bool:
    """Whether what is sent to this host cannot leave the machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def wrong_listener(text: str) -> Wrong:
    """HOST:PORT on this machine; an IPv6 address stands in brackets (RFC 3986 section 3.2.2)."""
    try:
        host, port = host_and_port(text)
    except ValueError:
        return f'"{text}" is no address and port', "write it as 127.0.0.1:9180"
    if not loopback(host):
        return f"{host} can be reached from other machines", "use 127.0.0.1, and a proxy with a login before it"
    return None if 0 < port < 65536 else (f"{port} is no port", "use one from 1 to 65535")


def host_and_port(text: str) -> tuple[str, int]:
    """The parts of HOST:PORT; ValueError where it is none."""
    host, colon, port = text.rpartition(":")
    if not colon or not re.fullmatch("[0-9]{1,5}", port):
        raise ValueError(text)
    return host.removeprefix("[").removesuffix("]"), int(port)


def zone(name: str) -> ZoneInfo:
    """A known zone out of the tzdata package; not through the cache of ZoneInfo, which bootstrap prepares."""
    with files("tzdata").joinpath("zoneinfo", *name.split("/")).open("rb") as file:
        return ZoneInfo.from_file(file, key=name)


@cache
def zones() -> frozenset[str]:
    """The names of all zones that the tzdata package has."""
    return frozenset(files("tzdata").joinpath("zones").read_text(encoding="ascii").split())

"""Generated mails of customers: the same for the same seed, as varied as a support mailbox."""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime
from functools import cache
from html import escape
from importlib import resources
from random import Random  # noqa: TID251 - seeded: the same mails in every run
from typing import Any

from bench.transit import transit

SUPPORT = "support@acme.example"
_LANGUAGES = ("en",) * 9 + ("de",) * 6 + ("fr",) * 2 + ("ru",) * 2 + ("ja",)
_DOMAINS = ("gmail.example", "web.example", "outlook.example", "firma.example", "orange.example")
_POLICY = policy.SMTP.clone(cte_type="8bit")
_LARGE = 0.06  # the share of mails of 50 to 500 KB


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail as it lies on the server. `author`, `language`, `message_id` and `subject` are for whoever answers."""

    raw: bytes
    at: int
    author: str
    language: str
    message_id: str
    subject: str


@dataclass(frozen=True, slots=True)
class Answerable:
    """A letter of ours as its reader's mail client sees it."""

    reply_to: str
    message_id: str
    text: str


def fresh(chance: Random, count: int, start: int) -> list[Mail]:
    """New complaints, one a second, each from a customer of its own."""
    return [_fresh(chance, number, start + number) for number in range(count)]


def replies(chance: Random, originals: Sequence[tuple[Mail, Answerable]], start: int) -> list[Mail]:
    """The customers write again: 6 of 10 answer our letter, 2 do so to the bare address, 2 answer their own mail."""
    return [_reply(chance, number, mail, ours, start + number) for number, (mail, ours) in enumerate(originals)]


def _fresh(chance: Random, number: int, at: int) -> Mail:
    language = chance.choice(_LANGUAGES)
    words = _words(language)
    domain = chance.choice(_DOMAINS) if chance.random() < 0.6 else f"company{number}.example"
    author = f"customer{number}@{domain}"
    subject = f"{chance.choice(words['subjects'])} ({number:05})"
    mail = _headed(author, SUPPORT, subject, f"fresh{number}", at)
    _fill(chance, mail, words, _text(chance, words, chance.randint(5, 14), number), number)
    return _posted(chance, mail, author, language, at)


def _reply(chance: Random, number: int, original: Mail, ours: Answerable, at: int) -> Mail:
    words = _words(original.language)
    kind = ("token", "token", "token", "bare", "own")[number % 5]
    answered = [original.message_id] if kind == "own" else [original.message_id, ours.message_id]
    to = ours.reply_to if kind == "token" else SUPPORT
    mail = _headed(original.author, to, f"Re: {original.subject}", f"reply{number}", at)
    mail["In-Reply-To"] = f"<{answered[-1]}>"
    mail["References"] = " ".join(f"<{one}>" for one in answered)
    quoted = "\n".join(f"> {line}" for line in ours.text.splitlines())
    said = _text(chance, words, chance.randint(1, 5), number)
    _fill(chance, mail, words, f"{said}\n\n{words['wrote'] % _date(at)}\n{quoted}\n", number)
    return _posted(chance, mail, original.author, original.language, at)


def _headed(author: str, to: str, subject: str, name: str, at: int) -> EmailMessage:
    local, _, domain = author.partition("@")
    mail = EmailMessage(policy=_POLICY)
    mail["From"] = f"{local.title()} Example <{author}>"
    mail["To"] = to
    mail["Subject"] = subject
    mail["Date"] = _date(at)
    mail["Message-ID"] = f"<{name}.{at}@{domain}>"
    mail["User-Agent"] = "Mozilla Thunderbird"
    return mail


def _fill(chance: Random, mail: EmailMessage, words: dict[str, Any], text: str, number: int) -> None:
    """The body in one of the usual forms: plain, with HTML beside it, HTML alone, with files."""
    charset, encoding = chance.choice(words["charsets"]).split()
    text = text.encode(charset, "ignore").decode(charset)
    form = chance.random()
    if form < 0.5:
        mail.set_content(text, charset=charset, cte=encoding)
    elif form < 0.85:
        mail.set_content(text, charset=charset, cte=encoding)
        mail.add_alternative(_html(text), subtype="html", charset=charset, cte=encoding)
    else:
        mail.set_content(_html(text), subtype="html", charset=charset, cte=encoding)
    if chance.random() < _LARGE:
        mail.add_attachment(_file(chance, int(37_000 * 10 ** chance.random())), "image", "jpeg", filename="photo.jpg")
    elif chance.random() < 0.1:
        mail.add_attachment(_file(chance, chance.randint(500, 4000)), "application", "pdf", filename="receipt.pdf")
    for depth, part in enumerate(part for part in mail.walk() if part.is_multipart()):
        part.set_boundary(f"------------{number:08}{depth:04}")


def _text(chance: Random, words: dict[str, Any], sentences: int, number: int) -> str:
    said = [chance.choice(words["said"]), *(chance.choice(words["around"]) for _ in range(sentences))]
    lines = "\n".join(line for one in said for line in re.findall(r".{1,70}(?:\s|$)|.{1,70}", one))
    return f"{chance.choice(words['hello'])}\n\n{lines}\n\nNo. {number:05}\n\n{chance.choice(words['bye'])}\n"


def _html(text: str) -> str:
    paragraphs = "".join(f'<p class="MsoNormal">{escape(part)}</p>\n' for part in text.split("\n\n"))
    style = "<style>p.MsoNormal {margin:0cm; font-size:11.0pt; font-family:Calibri,sans-serif}</style>"
    return f"<html><head>{style}</head><body><div>\n{paragraphs}</div></body></html>\n"


def _file(chance: Random, octets: int) -> bytes:
    return chance.randbytes(octets)


def _posted(chance: Random, mail: EmailMessage, author: str, language: str, at: int) -> Mail:
    raw = transit(chance, author, SUPPORT, at).encode() + mail.as_bytes()
    return Mail(raw, at, author, language, str(mail["Message-ID"]).strip("<>"), str(mail["Subject"]))


def _date(at: int) -> str:
    return format_datetime(datetime.fromtimestamp(at, UTC))


@cache
def _words(language: str) -> dict[str, Any]:
    listed: dict[str, dict[str, Any]] = tomllib.loads((resources.files("bench") / "sentences.toml").read_text("utf-8"))
    return listed[language]

"""The published corpora (shared/corpora): their cases, and their bodies made into mails as they would come in."""

import base64
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from mailsla.adapters.mbox import mails
from mailsla.core.mail.parse import parse
from mailsla.core.mail.parsed import ParsedMail

_LARGEST = 50_000_000


@dataclass(frozen=True, slots=True)
class Case:
    """A mail and what its corpus expects of it. `is_html`: it is a bare body, and HTML."""

    name: str
    mail: ParsedMail
    expect: Mapping[str, Any]
    is_html: bool


@cache
def cases(corpora: Path, corpus: str) -> tuple[Case, ...]:
    """All of cases/CORPUS.jsonl, read."""
    lines = (corpora / "cases" / f"{corpus}.jsonl").read_text("utf-8").splitlines()
    return tuple(_case(corpora, json.loads(line)) for line in lines)


def _case(corpora: Path, row: Mapping[str, Any]) -> Case:
    if "raw_path" in row:
        raw = (corpora / row["raw_path"]).read_bytes()
    else:
        raw = _mail_of(row["body_html"], "html") if "body_html" in row else _mail_of(row["body_text"], "plain")
    return Case(row["id"], parse(raw), row["expect"], "body_html" in row)


def _mail_of(body: str, subtype: str) -> bytes:
    """The simplest mail with this body; base64, since some bodies hold what no transport would leave alone."""
    head = (
        "From: Ann <ann@customer.example>\r\nTo: support@shop.example\r\nSubject: Re: Lamp\r\nMIME-Version: 1.0\r\n"
        f"Content-Type: text/{subtype}; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    )
    return head.encode("ascii") + base64.encodebytes(body.encode("utf-8", "surrogatepass"))


def files(corpora: Path) -> list[Path]:
    """Every file below raw/, in the same order everywhere."""
    return sorted(path for path in (corpora / "raw").rglob("*") if path.is_file())


def messages(path: Path) -> Iterator[bytes]:
    """The mails in a file: itself, or each of an mbox."""
    with path.open("rb") as stream:
        for found in mails(stream, _LARGEST):
            yield found.raw


Tree = tuple[tuple[int, str], ...]


def trees(corpora: Path) -> Iterator[tuple[str, Mapping[str, ParsedMail], Tree]]:
    """Each mbox of threads: its name, its mails by Message-ID, and (depth, Message-ID) down the tree expected of it."""
    for line in (corpora / "cases" / "mail-thread.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        read = [parse(raw) for raw in messages(corpora / row["mbox_path"])]
        tree = tuple((depth, message_id) for depth, _, message_id in row["expect"]["thread"]["tree"])
        yield row["id"], {mail.message_id: mail for mail in read}, tree

"""What is fuzzed: each target takes bytes, and raises when something that must hold of any input does not."""

import re
import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from mailsla.adapters.letters_mime import compose
from mailsla.core.access.authentication import servers, verdict
from mailsla.core.letters import Envelope
from mailsla.core.mail import reply
from mailsla.core.mail.disposition import Known, disposition
from mailsla.core.mail.parse import parse
from mailsla.core.mail.parsed import ParsedMail, from_json, to_json
from mailsla.core.mail.text import from_html
from mailsla.errors import PermanentError

CPU = 5.0  # seconds for one mail (mail.md section 2)
_WORD = re.compile(r"\w+")


@contextmanager
def bounded() -> Iterator[None]:
    """At most the CPU that one mail may take."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_utime
    yield
    spent = resource.getrusage(resource.RUSAGE_SELF).ru_utime - before
    assert spent < CPU, f"{spent:.1f} s of CPU"


def mail(data: bytes) -> ParsedMail:
    """Any bytes are a mail: read, told what kind it is, fit for the database, the same over the pipe of the child."""
    found = parse(data)
    assert disposition(found, Known()).reason
    assert from_json(to_json(found)) == found
    to_json(found).encode("ascii")
    for text in (found.text, found.reply_text, found.signature, found.subject, *(a.name for a in found.attachments)):
        assert "\0" not in text
        text.encode("utf-8")
    assert set(_WORD.findall(found.reply_text)) <= set(_WORD.findall(found.text)) or found.html_only
    assert bool(found.reply_text.strip()) == bool(found.text.strip())
    return found


def report(data: bytes) -> None:
    """As a delivery report: recipients are addresses."""
    head = b"From: MAILER-DAEMON@x.example\r\nSubject: failure notice\r\nContent-Type: multipart/report; boundary=b\r\n"
    for kind in (b"text/plain", b"message/delivery-status", b"message/rfc822"):
        found = mail(head + b"\r\n--b\r\nContent-Type: " + kind + b"\r\n\r\n" + data + b"\r\n--b--\r\n")
        assert all("@" in address for address in (found.bounce.recipients if found.bounce else ()))


def letter(data: bytes) -> None:
    """What is written into headers reads back as exactly these headers, or is refused."""
    values = [*data.decode("utf-8", "replace").split("|"), *[""] * 8][:8]
    subject, name, to, reply_to, message_id, answered, chain, text = values
    name = name[:200]  # as display names are read; over 2,000 characters of From are nobody's address
    envelope = Envelope(
        from_name=name,
        from_email="support@shop.example",
        to_name=name,
        to_email=to or "ann@x.example",
        reply_to=reply_to,
        message_id=message_id or "1@shop.example",
        in_reply_to=answered,
        references=chain.split(),
        date=1_700_000_000,
        auto_submitted="auto-replied",
    )
    try:
        raw = compose(envelope, "en", subject, text, "<p>Hello</p>")
    except PermanentError:
        return
    head = raw.partition(b"\r\n\r\n")[0]
    names = [line.partition(b":")[0].lower() for line in head.split(b"\r\n") if line[:1] not in b" \t"]
    assert len(names) == len(set(names))
    assert set(names) <= _OURS, set(names) - _OURS
    read = parse(raw)
    assert read.sender is not None
    assert read.sender.email == "support@shop.example"


_OURS = frozenset(
    b"date from to reply-to subject message-id in-reply-to references auto-submitted x-auto-response-suppress "
    b"content-language mime-version content-type content-transfer-encoding".split()
)


def authentication(data: bytes) -> None:
    """Authentication-Results: any value is read, and one that isn't our server's never passes."""
    values = data.decode("utf-8", "replace").split("\n")
    servers(values)
    verdict(values, "ann@x.example", "topmost", "ann")
    theirs = [f"mx.evil.example; {value}" for value in values]
    assert verdict(theirs, "ann@x.example", "mx.shop.example").result != "pass"


def text(data: bytes) -> None:
    """Reply text is made of the lines that are there, and never nothing of something; HTML loses no words."""
    body = data.decode("utf-8", "replace")
    for sure in (False, True):
        for forward in (False, True):
            found = reply.split(body, sure, forward)
            assert bool(found.text.strip()) == bool(body.replace("\xa0", " ").strip())
            assert set(_WORD.findall(found.text)) <= set(_WORD.findall(body))
    read = from_html(body)
    assert sorted(_WORD.findall(read.marked)) == sorted(_WORD.findall(read.text))


TARGETS: dict[str, Callable[[bytes], object]] = {
    "mail": mail,
    "report": report,
    "letter": letter,
    "authentication": authentication,
    "text": text,
}

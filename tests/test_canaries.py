"""The search for what is internal finds it however it is wrapped (tests/canaries.py)."""

import base64
from email.message import EmailMessage
from email.mime.application import MIMEApplication
from email.policy import SMTP
from pathlib import Path

import pytest

from mailsla.config.load import load
from tests import canaries

CANARY = "She sounds angry, says sam@acme.example"
PLAIN = b"From: a@b.example\r\nSubject: x\r\n\r\nHello\r\n"
OFFICE = Path(__file__).parent / "flows" / "office.toml"


def mail(text: str = "Hello", encoding: str = "7bit", subject: str = "x", kind: str = "plain") -> bytes:
    made = EmailMessage(policy=SMTP)
    made["From"], made["To"], made["Subject"] = "support@acme.example", "ana@mail.example", subject
    made.set_content(text, subtype=kind, cte=encoding)
    return bytes(made)


def attached(name: str, content: bytes) -> bytes:
    made = EmailMessage()
    made.set_content("See there.")
    made.make_mixed()
    part = MIMEApplication(content)
    part.add_header("Content-Disposition", "attachment", filename=name)
    made.attach(part)
    return bytes(made)


PLANTED = {
    "as it is": mail(f"Hello.\n{CANARY}\n"),
    "in capitals": mail(CANARY.upper()),
    "over a line break": mail("She sounds\nangry, says\nsam@acme.example"),
    "base64": mail(CANARY, "base64"),
    "quoted-printable": mail("ä" * 60 + CANARY, "quoted-printable"),
    "an encoded word": mail(subject=f"=?utf-8?b?{base64.b64encode(CANARY.encode()).decode()}?="),
    "a subject of two encoded words": mail(subject="ä" * 40 + CANARY),
    "HTML entities": mail("".join(f"&#{ord(one)};" for one in CANARY), kind="html"),
    "between tags": mail(CANARY.replace("angry", "an<b></b>gry"), kind="html"),
    "an attachment": attached("notes.bin", CANARY.encode()),
    "base64 in the text": mail(base64.b64encode(CANARY.encode()).decode()),
    "another header": b"X-Trace: " + CANARY.encode() + b"\r\n" + PLAIN,
    "the name of a file": attached(f"{CANARY}.txt", b"x"),
}


@pytest.mark.parametrize("raw", PLANTED.values(), ids=PLANTED)
def test_what_was_planted_is_found(raw: bytes) -> None:
    assert canaries.leaks(raw, [CANARY]) == [CANARY]


def test_nothing_is_found_where_nothing_is() -> None:
    assert canaries.leaks(PLAIN, [CANARY, *canaries.FIELDS]) == []


@pytest.mark.parametrize(
    "leak",
    [
        "write to Sam.Lee@home.example",
        "X-mailsla-Instance: acme",
        "operator@acme.example",
        "support+abcdefghijklmnopqrstuvwxyz@acme.example",
    ],
)
def test_a_letter_that_leaks_fails_whichever_test_sent_it(leak: str) -> None:
    told = mail().replace(
        b"From: support@", b"Reply-To: support+abcdefghijklmnopqrstuvwxyz@acme.example\r\nFrom: support@"
    )
    settings, inside = load(OFFICE), ("sam@acme.example", told)
    before = canaries.searched
    canaries.search([inside, ("ana@mail.example", mail())], settings)
    assert canaries.searched == before + 1
    with pytest.raises(AssertionError, match="a letter to ana"):
        canaries.search([inside, ("ana@mail.example", mail(leak))], settings)

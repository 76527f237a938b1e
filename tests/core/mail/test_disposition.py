"""Which kind of mail it is; ordinary mail is never taken for another."""

from dataclasses import replace

import pytest

from mailsla.core.mail.disposition import Known, disposition
from mailsla.core.mail.parse import parse

KNOWN = Known(
    message_id_domain="mail.acme.example",
    instance="acme",
    addresses=frozenset({"support@acme.example"}),
    own_lists=frozenset({"help.acme.example"}),
    agent_addresses=frozenset({"bob@acme.example"}),
)


def kind(*headers: str, text: str = "The lamp is broken.") -> str:
    names = {header.partition(":")[0].lower() for header in headers}
    base = [] if "from" in names else ["From: Ann <ann@x.example>"]
    base += [] if "subject" in names else ["Subject: Lamp"]
    raw = "\r\n".join((*base, *headers, "", text))
    found = disposition(parse(raw.encode()), KNOWN)
    assert found.reason
    return found.kind


@pytest.mark.parametrize(
    "headers",
    [
        (),
        ("Precedence: bulk",),
        ("Return-Path: <>",),
        ("Auto-Submitted: no",),
        ("List-Id: Help <help.acme.example>", "Precedence: list", "List-Unsubscribe: <mailto:x@y.example>"),
        ("Subject: Automatic door is broken",),
        ("Subject: Re: Automatic reply: Lamp",),
        ("Subject: I want to cancel my vacation booking",),
        ("Subject: Delivery failed",),
        ("From: bob@acme.example <evil@x.example>",),
        ("From: bob@acme.example", "From: evil@x.example"),
        ("X-Auto-Response-Suppress: All",),
        ("Message-ID: <20240101.1@mail.acme.example>",),
        ("Message-ID: <abcdefghij234567abcd@mail.acme.example>",),
        ("X-mailsla-Instance: acme", "X-mailsla-Kind: relay"),
        ("From: support@acme.example", "X-mailsla-Instance: bakery"),
        ("From: support@acme.example", "X-mailsla-Kind: relay"),
    ],
)
def test_what_a_person_may_well_have_written_is_a_customers(headers: tuple[str, ...]) -> None:
    assert kind(*headers) == "customer"


@pytest.mark.parametrize(
    "headers",
    [
        ("Auto-Submitted: auto-replied",),
        ("Auto-Submitted: auto-generated; type=x",),
        ("X-Autoreply: yes",),
        ("Precedence: auto_reply",),
        ("Subject: Out of Office: Lamp",),
        ("Subject: Re: Automatic reply: Lamp", "Precedence: bulk"),
        ("Subject: Abwesenheitsnotiz: Lampe",),
        ("Subject: Réponse automatique : Lampe",),
        ("Subject: Autosvar: Lampa", "Precedence: bulk"),
        ("Subject: 自動応答: ランプ", "Return-Path: <>"),
        ("From: Bob <bob@acme.example>", "Auto-Submitted: auto-replied"),
        ("Content-Type: multipart/report; report-type=disposition-notification; boundary=x",),
        ("Subject: Please verify your message to Carl",),
    ],
)
def test_automatic_answers(headers: tuple[str, ...]) -> None:
    assert kind(*headers) == "auto_reply"


@pytest.mark.parametrize(
    ("expected", "headers"),
    [
        ("customer", ("From: Support <support@acme.example>",)),
        ("own", ("From: Support@acme.example", "Message-ID: <abcdefghij234567abcd@mail.acme.example>")),
        ("own", ("From: ACME <support@acme.example>", "X-mailsla-instance: acme")),
        ("agent", ("From: Bob <Bob@ACME.example>",)),
        ("list", ("List-Id: News <news.x.example>",)),
        ("list", ("List-Unsubscribe: <mailto:x@y.example>",)),
        ("feedback_report", ("Content-Type: multipart/report; report-type=feedback-report; boundary=x",)),
        ("bounce", ("Content-Type: multipart/report; report-type=delivery-status; boundary=x",)),
        ("bounce", ("From: MAILER-DAEMON@x.example", "Subject: Undeliverable: Lamp")),
    ],
)
def test_the_other_kinds(expected: str, headers: tuple[str, ...]) -> None:
    assert kind(*headers) == expected


def test_a_letter_that_was_made_here_is_ours_whoever_passes_it_on() -> None:
    mail = parse(b"From: A list <list@x.example>\r\nSubject: Lamp\r\n\r\nHello\r\n")
    assert disposition(mail, replace(KNOWN, sent=True)).kind == "own"

"""The letters of `mailsla check --live` are known again, and nothing else is taken for one."""

import pytest

from mailsla.core.mail import probe
from mailsla.core.mail.disposition import Known, disposition
from mailsla.core.mail.parse import parse

CODE = "abcdefghij234567abcd"
KNOWN = Known(addresses=frozenset({"help@acme.example"}), agent_addresses=frozenset({"sam@acme.example"}))
REPORT = """From: MAILER-DAEMON@acme.example
Subject: failure
Content-Type: multipart/report; report-type=delivery-status; boundary=x

--x
Content-Type: message/delivery-status

Reporting-MTA: dns; acme.example

Final-Recipient: rfc822; RECIPIENT
Action: failed
Status: 5.1.2

--x--
"""


def test_a_letter_is_known_by_its_code_and_read_as_it_was_meant() -> None:
    raw = probe.letter(
        sender="help@acme.example",
        recipient="help+x@acme.example",
        code=CODE,
        message_id=f"{CODE}@acme.example",
        date=1_795_000_000,
    )
    mail = parse(raw)
    assert probe.code_of(mail) == CODE
    assert (mail.sender and mail.sender.email, [one.email for one in mail.to]) == (
        "help@acme.example",
        ["help+x@acme.example"],
    )
    assert (mail.message_id, mail.date, mail.problems) == (f"{CODE}@acme.example", 1_795_000_000, ())


def test_the_report_about_one_is_known_by_the_address_that_can_not_be() -> None:
    mail = parse(REPORT.replace("RECIPIENT", probe.nowhere(CODE).upper()).encode())
    assert probe.code_of(mail) == CODE
    assert disposition(mail, KNOWN).kind == "own"


def test_the_report_about_another_letter_is_not() -> None:
    mail = parse(REPORT.replace("RECIPIENT", "ana@mail.example").encode())
    assert (probe.code_of(mail), disposition(mail, KNOWN).kind) == ("", "bounce")


@pytest.mark.parametrize(
    ("subject", "kind"),
    [
        ("mailsla probe abcdefghij", "own"),  # as an agent types it
        ("  MAILSLA PROBE ABCDEFGHIJ ", "own"),
        ("Re: mailsla probe abcdefghij", "customer"),
        ("mailsla probe", "customer"),
        ("mailsla probe short", "customer"),
        ("What is a mailsla probe abcdefghij?", "customer"),
    ],
)
def test_only_the_bare_subject_makes_one(subject: str, kind: str) -> None:
    for sender in ("sam@acme.example", "help@acme.example"):
        mail = parse(f"From: {sender}\nSubject: {subject}\n\nHello\n".encode())
        assert (disposition(mail, KNOWN).kind == "own") == (kind == "own")
    theirs = parse(f"From: ana@mail.example\nSubject: {subject}\n\nHello\n".encode())
    assert disposition(theirs, KNOWN).kind == "customer"

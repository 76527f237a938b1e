"""Delivery reports: who did not get our mail, for good or for now, and which mail it was."""

import tomllib
from pathlib import Path

import pytest

from mailsla.core.mail.disposition import Known, disposition
from mailsla.core.mail.parse import parse
from mailsla.core.mail.parsed import Bounce

ORIGINAL = "Message-ID: <n1@ours.example>\r\nSubject: Our answer\r\n\r\nHello"


def report(*blocks: str, kind: str = "delivery-status", returned: str = ORIGINAL) -> bytes:
    status = "\r\n\r\n".join(("Reporting-MTA: dns; mx.x.example", *blocks))
    return (
        "From: MAILER-DAEMON@mx.x.example\r\nSubject: Undelivered Mail Returned to Sender\r\nReturn-Path: <>\r\n"
        f"Content-Type: multipart/report; report-type={kind}; boundary=b\r\n\r\n"
        f"--b\r\n\r\nIt could not be delivered.\r\n--b\r\nContent-Type: message/{kind}\r\n\r\n{status}\r\n"
        f"--b\r\nContent-Type: message/rfc822\r\n\r\n{returned}\r\n--b--\r\n"
    ).encode()


def block(address: str, action: str, status: str = "5.1.1") -> str:
    return f"Final-Recipient: rfc822; {address}\r\nAction: {action}\r\nStatus: {status}"


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (report(block("Ann@x.example", "failed")), Bounce(("ann@x.example",), True, "n1@ours.example", "5.1.1")),
        (
            report(block("ann@x.example", "delayed", "4.4.7")),
            Bounce(("ann@x.example",), False, "n1@ours.example", "4.4.7"),
        ),
        (
            report(block("ann@x.example", "delayed", "4.4.7"), block("bob@x.example", "failed")),
            Bounce(("bob@x.example",), True, "n1@ours.example", "5.1.1"),
        ),
    ],
)
def test_a_delivery_status_decides_by_recipient(raw: bytes, expected: Bounce) -> None:
    assert parse(raw).bounce == expected


@pytest.mark.parametrize(
    ("diagnosis", "said"),
    [
        ("smtp; 550 5.1.1 <ann@x.example>:\r\n    User unknown", "550 5.1.1 <ann@x.example>: User unknown"),
        ("X-Postfix; Host or domain name not found", "Host or domain name not found"),
        ("mailbox full", "mailbox full"),
        ("", "5.1.1"),
    ],
)
def test_what_the_other_server_said_is_kept(diagnosis: str, said: str) -> None:
    raw = report(f"{block('ann@x.example', 'failed')}\r\nDiagnostic-Code: {diagnosis}")
    found = parse(raw).bounce
    assert found is not None
    assert found.said == said


def test_a_free_form_from_a_mail_system_is_read() -> None:
    raw = (
        "From: Mail Delivery System <MAILER-DAEMON@x.example>\r\nSubject: failure notice\r\n\r\n"
        "Sorry, I was unable to deliver your message:\r\n\r\nann@x.example: 550 mailbox is full\r\n"
    )
    found = parse(raw.encode()).bounce
    assert found is not None
    assert found.recipients == ("ann@x.example",)


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Delivery failed", "My parcel was not delivered, write to me at ann@x.example. 550 people wait."),
        ("Delivery problem: rejected", "The driver rejected it. Address does not exist, he said. ann@x.example"),
        ("Returned mail", "I returned it by mail, user unknown at the post office, ann@x.example"),
        ("Undelivered parcel", "Hello, your message could not help me. ann@x.example"),
    ],
)
def test_a_customer_who_tells_of_a_failed_delivery_is_no_bounce(subject: str, text: str) -> None:
    raw = f"From: Ann <ann@x.example>\r\nReturn-Path: <ann@x.example>\r\nSubject: {subject}\r\n\r\n{text}\r\n"
    assert parse(raw.encode()).bounce is None


def test_a_read_receipt_is_no_bounce() -> None:
    raw = report("Final-Recipient: rfc822; ann@x.example", kind="disposition-notification")
    assert parse(raw.replace(b"MAILER-DAEMON", b"ann").replace(b"Undelivered Mail", b"Read")).bounce is None


def test_blank_lines_between_the_recipients_lose_none() -> None:
    raw = report(block("ann@x.example", "failed") + "\r\n", "\r\n" + block("bob@x.example", "failed"))
    found = parse(raw).bounce
    assert found is not None
    assert found.recipients == ("ann@x.example", "bob@x.example")


@pytest.mark.parametrize(
    ("author", "is_bounce"), [("Mail Delivery Subsystem <a@x.example>", True), ("Ann <a@x.example>", False)]
)
def test_a_receipt_that_says_deleted_is_a_refusal_if_a_mail_system_sends_it(author: str, is_bounce: bool) -> None:
    """RFC 5429 section 2.2.1; a reader's program says the same of a mail deleted unread (RFC 8098)."""
    receipt = "Final-Recipient: rfc822; ann@x.example\r\nDisposition: automatic-action/MDN-sent-automatically; deleted"
    raw = report(receipt, kind="disposition-notification").decode().replace("MAILER-DAEMON@mx.x.example", author)
    assert (parse(raw.encode()).bounce is not None) is is_bounce


def test_the_null_sender_in_from_is_a_mail_system() -> None:
    raw = b'From: "Mail System" <>\r\nSubject: Mail Error\r\n\r\nann@x.example\r\ncannot be delivered: mailbox full\r\n'
    found = parse(raw).bounce
    assert found is not None
    assert found.recipients == ("ann@x.example",)


def test_a_feedback_report_is_no_bounce() -> None:
    raw = report("Feedback-Type: abuse\r\nUser-Agent: x/1", kind="feedback-report")
    assert parse(raw).bounce is None


FREE_FORMS = tomllib.loads(Path(__file__).with_name("bounces.toml").read_text("utf-8"))


@pytest.mark.parametrize(
    ("kind", "sender", "subject", "text"),
    [pytest.param(kind, *mail, id=name) for kind, mails in FREE_FORMS.items() for name, mail in mails.items()],
)
def test_a_free_form_of_any_language_tells_who_and_whether_for_good(
    kind: str, sender: str, subject: str, text: str
) -> None:
    head = f"From: {sender}\r\nTo: support@shop.example\r\nSubject: {subject}\r\n"
    raw = f"{head}Content-Type: text/plain; charset=utf-8\r\n\r\n{text}".encode()
    found = parse(raw).bounce
    assert found is not None
    assert found.recipients == ("ann@kunde.example",)
    assert found.permanent is (kind == "permanent")
    # The same words of a customer, whose name or address no mail system has, are a complaint.
    own = f"From: Ann <ann@kunde.example>\r\nSubject: Re: {subject}\r\nIn-Reply-To: <n1@ours.example>\r\n"
    assert (
        parse(f"{own}Content-Type: text/plain; charset=utf-8\r\n\r\nWhat is this?\r\n\r\n{text}".encode()).bounce
        is None
    )


@pytest.mark.parametrize("subject", ["Claim rejected", "Zwrot pieniędzy", "Paket zurückgesandt", "Vertraagd pakket"])
def test_a_customer_who_attaches_a_mail_sends_no_delivery_report(subject: str) -> None:
    raw = (
        f"From: Ann <ann@x.example>\r\nSubject: {subject}\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
        "--b\r\n\r\nPlease read what they wrote to me.\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n"
        f"From: bob@y.example\r\n{ORIGINAL}\r\n--b--\r\n"
    )
    assert parse(raw.encode()).bounce is None


@pytest.mark.parametrize("action", ["delivered", "relayed", "expanded"])
def test_a_report_that_a_mail_has_arrived_is_no_failure(action: str) -> None:
    found = parse(report(block("ann@x.example", action, "2.0.0")))
    assert found.bounce is None
    assert disposition(found, Known()).kind == "bounce"  # a report of a machine all the same: it opens no ticket

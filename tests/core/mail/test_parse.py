"""Whole mails: each field as read, one broken header alone lost, the killers within their bounds."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailsla.core.mail.parse import parse
from mailsla.core.mail.parsed import Address, from_json, to_json
from tests.core.mail.killers import KILLERS

MAIL = """\
Return-Path: <ann@x.example>
Authentication-Results: mx.acme.example; dmarc=pass header.from=x.example
Authentication-Results: other.example; dkim=fail
Received: from a by b; Mon, 1 Jan 2024 10:00:00 +0000
From: =?utf-8?q?Ann_L=C3=A9e?= <Ann@x.example>
To: Support <support+abc@acme.example>, bob@acme.example
Cc: "C, D" <cd@x.example>
Reply-To: reply@x.example
Subject: Re: =?utf-8?q?L=C3=A4mp?=
 is broken
Date: Mon, 1 Jan 2024 11:00:00 +0100
Message-ID: <m1@x.example>
In-Reply-To: <n1@acme.example>
References: <n0@acme.example> <no-at> <n1@acme.example>
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable

It is broken =E2=80=93 again.

--=20
Ann

On Mon, Jan 1, 2024 at 10:00 AM Support <support@acme.example> wrote:
> Is it?
> Really?
--b
Content-Type: image/png; name="../lamp.png"
Content-Transfer-Encoding: base64
Content-Disposition: attachment

AAEC
--b--
""".replace("\n", "\r\n").encode()


def test_every_field() -> None:
    mail = parse(MAIL)
    assert mail.sender == mail.display_sender == Address("Ann Lée", "ann@x.example")
    assert mail.from_problem == ""
    assert mail.to == (Address("Support", "support+abc@acme.example"), Address("", "bob@acme.example"))
    assert mail.cc == (Address("C, D", "cd@x.example"),)
    assert mail.reply_to == (Address("", "reply@x.example"),)
    assert mail.subject == "Re: Lämp is broken"
    assert mail.date == 1704103200
    assert mail.message_id == "m1@x.example"
    assert mail.in_reply_to == ("n1@acme.example",)
    assert mail.references == ("n0@acme.example", "n1@acme.example")
    assert mail.return_path == "ann@x.example"
    assert [value.partition(";")[0] for value in mail.authentication_results] == ["mx.acme.example", "other.example"]
    assert mail.received == 1
    assert mail.reply_text == "It is broken – again."
    assert mail.signature == "-- \nAnn"
    assert "Really?" in mail.text
    [image] = mail.attachments
    assert (image.name, image.type, image.size, image.part, image.inline) == ("lamp.png", "image/png", 3, "2", False)
    assert (mail.size, mail.problems) == (len(MAIL), ())


def test_json_carries_all_of_it() -> None:
    mail = parse(MAIL)
    assert from_json(to_json(mail)) == mail


@pytest.mark.parametrize("header", [b"From: a@b, c@d\r\n", b"From: x@y.example\r\nFrom: x@y.example\r\n", b""])
def test_no_one_sender_means_none_and_says_why(header: bytes) -> None:
    mail = parse(header + b"Subject: s\r\n\r\nhi")
    assert mail.sender is None
    assert mail.from_problem


@pytest.mark.parametrize("line", MAIL.partition(b"\r\n\r\n")[0].split(b"\r\n"))
def test_one_broken_header_loses_no_other(line: bytes) -> None:
    name = line.partition(b":")[0]
    if b":" not in line or name in (b"Content-Type", b"Received"):
        return
    broken = parse(MAIL.replace(line, name + b': \xff\x00<<@,;("=?utf-8?b?!!?=', 1))
    whole = parse(MAIL)
    assert broken.reply_text == whole.reply_text
    assert broken.attachments == whole.attachments
    for field in ("sender", "to", "subject", "date", "message_id", "references"):
        if field.replace("_", "-").encode() not in (name.lower(), b"sender" if name == b"From" else b""):
            assert getattr(broken, field) == getattr(whole, field), field


def test_html_alone_is_text_and_its_quote_is_cut() -> None:
    html = '<p>It is <b>broken</b>.</p><blockquote type="cite"><p>Is it?</p></blockquote>'
    mail = parse(f"From: a@b.example\r\nContent-Type: text/html\r\n\r\n{html}".encode())
    assert mail.html_only
    assert mail.reply_text == "It is broken."
    assert "Is it?" in mail.text


def test_an_attached_and_a_written_forward_are_found() -> None:
    inner = "From: Carla <carla@c.example>\r\nSubject: Lamp\r\nMessage-ID: <c1@c.example>\r\n\r\nIt is broken."
    attached = (
        "From: bob@acme.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nsee\r\n"
        f"--b\r\nContent-Type: message/rfc822\r\n\r\n{inner}\r\n--b--\r\n"
    )
    [found] = parse(attached.encode()).forwarded
    assert (found.sender, found.message_id, found.part) == (Address("Carla", "carla@c.example"), "c1@c.example", "2")
    assert found.text == found.new_text == "It is broken."
    written = (
        "From: bob@acme.example\r\nSubject: WG: Lampe\r\n\r\nsiehe unten\r\n\r\n"
        "Von: Carla <carla@c.example>\r\nGesendet: Montag, 1. Januar 2024 10:00\r\nAn: Bob\r\nBetreff: Lampe\r\n\r\n"
        "Sie ist kaputt.\r\n"
    )
    [found] = parse(written.encode()).forwarded
    assert (found.sender, found.subject) == (Address("Carla", "carla@c.example"), "Lampe")
    assert "kaputt" in found.text


def test_what_an_attached_mail_quotes_and_holds() -> None:
    raw = (
        b"From: bob@mail.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nsee below\r\n"
        b"--b\r\nContent-Type: message/rfc822\r\n\r\n"
        b"From: a@c.example\r\nSubject: Lamp\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n"
        b"--c\r\n\r\nIt is broken.\r\n\r\nOn Monday, Bob wrote:\r\n> Is it?\r\n"
        b'--c\r\nContent-Disposition: attachment; filename="../lamp.pdf"\r\n\r\nPDF\r\n--c--\r\n--b--\r\n'
    )
    mail = parse(raw)
    [found] = mail.forwarded
    assert "Is it?" in found.text
    assert found.new_text == "It is broken."
    assert [(one.name, one.part, one.size) for one in found.attachments] == [("lamp.pdf", "2", 3)]
    assert [one.part for one in mail.attachments] == ["2"]
    assert from_json(to_json(mail)) == mail


def test_two_deliveries_of_one_mail_have_one_fingerprint() -> None:
    other = b"Received: from elsewhere\r\nDelivered-To: sales@acme.example\r\n" + MAIL
    assert parse(other).fingerprint == parse(MAIL).fingerprint
    assert parse(other).sha256 != parse(MAIL).sha256
    assert parse(MAIL.replace(b"again", b"today")).fingerprint != parse(MAIL).fingerprint


@pytest.mark.parametrize("name", KILLERS)
def test_a_killer_is_read_in_part_and_soon(name: str) -> None:
    raw = KILLERS[name]()
    before = time.process_time()
    mail = parse(raw)
    assert time.process_time() - before < 5
    assert mail.sender == Address("", "a@b.example")
    assert mail.subject.startswith("lamp")
    assert mail.problems or name in ("html", "quotes")


SOUP = st.lists(
    st.sampled_from(
        [b"From: a@b.example", b"To: ", b"Content-Type: multipart/mixed; boundary=x", b"Content-Type: text/html",
         b"Content-Transfer-Encoding: base64", b"Content-Type: message/rfc822", b"--x", b"--x--", b"", b"\xff\x00<p>",
         b"Subject: =?utf-8?b?", b"Date: x", b"Message-ID: <", b"On 1.1.2024 a@b.example wrote:", b"> q",
         b"Content-Disposition: attachment; filename*0*=utf-8'", b"From: MAILER-DAEMON", b"Return-Path: <>",
         b"Content-Type: message/delivery-status", b"Final-Recipient: rfc822;", b"Action: failed"]
    ) | st.binary(max_size=40),
    max_size=25,
)  # fmt: skip


@settings(deadline=None)
@given(SOUP.map(b"\r\n".join) | st.binary(max_size=500))
def test_no_bytes_make_it_raise_and_all_can_be_stored(raw: bytes) -> None:
    mail = parse(raw)
    assert from_json(to_json(mail)) == mail
    mail.text.encode("utf-8")
    assert not set(mail.subject) & set("\r\n\0")


@pytest.mark.parametrize(
    ("content_type", "text", "said"),
    [
        ("text/plain", "-----BEGIN PGP MESSAGE-----\r\n\r\nhQEMA\r\n-----END PGP MESSAGE-----", "encrypted with PGP"),
        ("text/calendar; method=REQUEST", "BEGIN:VCALENDAR\r\nEND:VCALENDAR", "a calendar invitation"),
        ("application/ms-tnef; name=winmail.dat", "x", "winmail.dat"),
        ("application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m", "x", "encrypted with S/MIME"),
    ],
)
def test_what_cannot_be_looked_into_is_kept_and_said(content_type: str, text: str, said: str) -> None:
    raw = f"From: Ann <ann@x.example>\r\nSubject: Lamp\r\nContent-Type: {content_type}\r\n\r\n{text}\r\n"
    found = parse(raw.encode())
    assert [problem for problem in found.problems if problem.startswith(said)]
    assert found.attachments or text in found.text.replace("\n", "\r\n")

"""The bytes: header fields are the ones that were meant, parts are what mail clients expect."""

from dataclasses import replace
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailsla.adapters.letters_mime import SUPPRESS, compose
from mailsla.adapters.letters_samples import ENVELOPE
from mailsla.core.letters import Enclosure, Envelope
from mailsla.errors import PermanentError
from tests.adapters.letters.reading import read

PICTURE = Enclosure(name="parcel.png", type="image/png", content=b"\x89PNG" * 100, content_id="p1@acme.example")
LETTER = Enclosure(name="Anhang – groß.pdf", type="application/pdf", content=b"%PDF-1.4\n" * 20)


def composed(envelope: Envelope = ENVELOPE, subject: str = "Where is my parcel") -> bytes:
    return compose(envelope, "en", subject, "text\n", "<p>html</p>\n")


def test_the_header_of_an_automatic_mail_to_a_customer() -> None:
    mail = read(composed())
    assert mail["Date"] == "Fri, 20 Nov 2026 17:43:00 +0000"
    assert mail["From"] == "ACME complaints <support@acme.example>"
    assert mail["To"] == "Ana Vogel <ana.vogel@mail.example>"
    assert mail["Reply-To"] == "k7q2m5x4t6w3p6r5n2b7c4d3fh@reply.acme.example"
    assert mail["Message-ID"] == "<f3k8w1@acme.example>"
    assert mail["In-Reply-To"] == "<their-mail@mail.example>"
    assert mail["References"] == "<their-mail@mail.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["X-Auto-Response-Suppress"] == SUPPRESS == "DR, RN, NRN, OOF, AutoReply"
    assert not [name for name in mail if name.startswith(("List-", "Precedence", "X-mailsla"))]


def test_mail_of_a_person_says_nothing_of_automation() -> None:
    mail = read(composed(replace(ENVELOPE, auto_submitted="")))
    assert mail["Auto-Submitted"] is None and mail["X-Auto-Response-Suppress"] is None


def test_mail_to_agents_can_be_filtered() -> None:
    fields = (("X-mailsla-Kind", "reminder"), ("X-mailsla-Ticket", "ACME-1042"))
    mail = read(composed(replace(ENVELOPE, list_id="reminder.acme.example", internal=fields)))
    assert mail["List-Id"] == "<reminder.acme.example>"
    assert [(name, mail[name]) for name, _ in fields] == list(fields)


def test_the_same_letter_has_the_same_bytes() -> None:
    assert composed() == composed()


def test_pictures_stand_with_the_html_and_files_beside_both() -> None:
    mail = read(composed(replace(ENVELOPE, enclosures=(PICTURE, LETTER))))
    assert [one.get_content_type() for one in mail.walk()] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "multipart/related",
        "text/html",
        "image/png",
        "application/pdf",
    ]
    picture, letter = list(mail.walk())[-2:]
    assert picture["Content-ID"] == "<p1@acme.example>"
    assert picture.get_content_disposition() == "inline"
    assert picture.get_payload(decode=True) == PICTURE.content
    assert letter.get_filename() == LETTER.name
    assert letter.get_payload(decode=True) == LETTER.content


@pytest.mark.parametrize(
    ("name", "kind", "read_name", "read_type"),
    [
        ("a.pdf", "application/pdf", "a.pdf", "application/pdf"),
        ("../../etc/passwd", "text/plain", "_.._etc_passwd", "text/plain"),
        ('x"\r\nBcc: a@b.example', "text/plain", "x_ Bcc: a@b.example", "text/plain"),
        ("", "text/plain", "file", "text/plain"),
        ("mail.eml", "message/rfc822", "mail.eml", "application/octet-stream"),
        ("m", "multipart/mixed; boundary=x", "m", "application/octet-stream"),
        ("t", "text/html\r\nX: y", "t", "application/octet-stream"),
        ("ü" * 80 + ".txt", "text/plain", "ü" * 80 + ".txt", "text/plain"),
        ("a" * 300 + ".txt", "text/plain", "a" * 96 + ".txt", "text/plain"),
    ],
)
def test_names_and_types_of_files_are_made_safe(name: str, kind: str, read_name: str, read_type: str) -> None:
    mail = read(composed(replace(ENVELOPE, enclosures=(Enclosure(name=name, type=kind, content=b"x"),))))
    (file,) = mail.iter_attachments()
    assert (file.get_filename(), file.get_content_type()) == (read_name, read_type)
    assert file.get_payload(decode=True) == b"x"


@pytest.mark.parametrize(
    "changes",
    [
        {"to_email": "a@b.example\r\nBcc: c@d.example"},
        {"to_email": "a@b.example, c@d.example"},
        {"to_email": "a b@c.example"},
        {"to_email": "ü@b.example"},
        {"to_email": "nobody"},
        {"to_email": ""},
        {"from_email": "<a@b.example>"},
        {"reply_to": "x y@b.example"},
        {"message_id": "a>\r\nX: y"},
        {"message_id": "a b"},
        {"list_id": "a\r\nX: y"},
        {"auto_submitted": "no\r\nX: y"},
        {"internal": (("Bcc", "a@b.example"),)},
        {"internal": (("X-mailsla-A: b\r\nBcc", "a@b.example"),)},
    ],
)
def test_a_field_that_could_add_another_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(PermanentError):
        composed(replace(ENVELOPE, **changes))  # type: ignore[arg-type]  # names of its own fields


@pytest.mark.parametrize("address", ['"a b"@c.example', "a@[192.0.2.1]", "a+b=c@d.example", "x@bücher.example"])
def test_addresses_of_every_lawful_shape_are_written(address: str) -> None:
    written = read(composed(replace(ENVELOPE, to_email=address)))["To"].addresses[0].addr_spec
    assert written == address.replace("bücher", "xn--bcher-kva")


def test_ids_of_others_that_no_header_can_carry_are_left_out() -> None:
    envelope = replace(ENVELOPE, in_reply_to="a b", references=("ok@x.example", "no>\r\nX: y", "ü@x.example", ""))
    mail = read(composed(envelope))
    assert mail["In-Reply-To"] is None
    assert mail["References"] == "<ok@x.example>"


anything = st.text(max_size=400)


@given(subject=anything, name=anything, value=anything)
def test_any_text_in_a_field_comes_back_as_the_text(subject: str, name: str, value: str) -> None:
    envelope = replace(ENVELOPE, to_name=name, from_name=name, internal=(("X-mailsla-Kind", value),))
    mail = read(composed(envelope, subject))
    assert mail.keys() == read(composed(replace(envelope, to_name="", from_name=""), "")).keys()
    assert mail["To"].addresses[0].addr_spec == ENVELOPE.to_email
    if subject.isprintable():
        assert mail["Subject"] == " ".join(subject.split())
    assert all(len(line) <= 78 for line in composed(envelope, subject).split(b"\r\n\r\n")[0].split(b"\r\n"))


@given(
    text=st.text(alphabet=st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")) | st.just("\n"), max_size=500)
)
def test_a_body_comes_back_as_it_was(text: str) -> None:
    mail = read(compose(ENVELOPE, "en", "s", text + "\n", "x"))
    body = mail.get_body(("plain",))
    assert body is not None
    decoded = body.get_payload(decode=True)
    assert isinstance(decoded, bytes)
    assert decoded.decode().replace("\r\n", "\n").rstrip("\n") == text.rstrip("\n")


@pytest.mark.parametrize(
    ("html", "encoding"),
    [
        ("<p>" + "x" * 995 + "\n</p>\n", "7bit"),
        ("<p>" + "x" * 996 + "\n</p>\n", "quoted-printable"),
        (
            "<p>" + "x" * 400 + " Grüße, €</p>\n",
            "7bit",
        ),
        ("<p>包裹没有到</p>\n", "quoted-printable"),
        ("<p>\x00 \r</p>\n", "quoted-printable"),
    ],
    ids=["plain", "long line", "umlauts", "another script", "controls"],
)
def test_a_page_goes_as_it_is_where_a_mail_can_carry_it(html: str, encoding: str) -> None:
    page = read(compose(ENVELOPE, "en", "s", "text\n", html)).get_body(("html",))
    assert page is not None
    assert page["Content-Transfer-Encoding"] == encoding
    decoded = page.get_payload(decode=True)
    assert isinstance(decoded, bytes)
    assert unescape(decoded.decode()).replace("\r\n", "\n").rstrip("\n") == html.rstrip("\n")

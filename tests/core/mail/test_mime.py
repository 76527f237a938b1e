"""The tree of a mail: parts, names, encodings, broken structures."""

import base64
import binascii

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailsla.core.mail import mime
from mailsla.core.mail.limits import Limits
from mailsla.core.mail.parse import parse


def multipart(*parts: str, kind: str = "mixed", boundary: str = "bb", closed: bool = True) -> bytes:
    body = "".join(f"--{boundary}\r\n{part}\r\n" for part in parts)
    end = f"--{boundary}--\r\n" if closed else ""
    return f"Content-Type: multipart/{kind}; boundary={boundary}\r\n\r\npreamble\r\n{body}{end}".encode()


def leaves(raw: bytes) -> list[tuple[str, str, bytes]]:
    root, _ = mime.walk(raw)
    return [(leaf.path, leaf.type, leaf.payload(raw)) for leaf in root.leaves()]


def test_parts_have_paths_types_and_bytes() -> None:
    inner = multipart("\r\none", "Content-Type: text/html\r\n\r\ntwo", boundary="b2", kind="alternative").decode()
    raw = multipart(inner, "Content-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\nAAEC")
    assert leaves(raw) == [
        ("1.1", "text/plain", b"one"),
        ("1.2", "text/html", b"two"),
        ("2", "image/png", b"\x00\x01\x02"),
    ]
    assert mime.content(raw, "2") == b"\x00\x01\x02"
    assert mime.content(raw, "7") is None


def test_a_mail_without_parts_is_part_1() -> None:
    assert leaves(b"Subject: x\r\n\r\nhi") == [("1", "text/plain", b"hi")]


def test_a_boundary_that_begins_like_another_does_not_end_it() -> None:
    raw = multipart("\r\none --bb\r\n--bbc\r\nstill one", "\r\ntwo")
    assert [data for _, _, data in leaves(raw)] == [b"one --bb\r\n--bbc\r\nstill one", b"two"]


def test_missing_end_missing_boundary_and_no_part_at_all_are_said_and_read() -> None:
    root, problems = mime.walk(raw := multipart("\r\none", closed=False))
    assert [leaf.payload(raw).strip() for leaf in root.leaves()] == [b"one"]
    assert problems
    unnamed = b"Content-Type: multipart/mixed\r\n\r\n--q\r\nContent-Type: text/plain\r\n\r\none\r\n--q--\r\n"
    assert leaves(unnamed) == [("1", "text/plain", b"one")]
    assert leaves(b"Content-Type: multipart/mixed; boundary=x\r\n\r\nwords")[0][1:] == ("text/plain", b"words")


def test_an_attached_mail_is_a_leaf() -> None:
    raw = multipart("Content-Type: message/rfc822\r\n\r\nSubject: inner\r\n\r\nhi")
    assert leaves(raw) == [("1", "message/rfc822", b"Subject: inner\r\n\r\nhi")]


def test_limits_of_parts_and_depth_read_in_part_and_say_so() -> None:
    root, problems = mime.walk(multipart(*["\r\nx"] * 50), Limits(parts=10))
    assert len(list(root.leaves())) == 9
    assert "parts" in " ".join(problems)
    nested = "".join(f'Content-Type: multipart/mixed; boundary="b{n}"\r\n\r\n--b{n}\r\n' for n in range(30)).encode()
    root, problems = mime.walk(nested + b"\r\nx", Limits(depth=5))
    assert next(root.leaves()).path == "1.1.1.1.1"
    assert "levels" in " ".join(problems)


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("attachment; filename=a.pdf", "a.pdf"),
        ('attachment; filename="../../etc/passwd"', "passwd"),
        ('attachment; filename="C:\\\\temp\\\\a.exe"', "a.exe"),
        ("attachment; filename*=utf-8''%C3%A4.txt", "ä.txt"),
        ("attachment; filename*0=long; filename*1=name.txt", "longname.txt"),
        ('attachment; filename="=?utf-8?q?=C3=A4.txt?="', "ä.txt"),
        ('attachment; filename="a\x00\x1bb.txt"', "a b.txt"),
        ('attachment; filename="..."', ""),
        ('attachment; filename=".htaccess"', "htaccess"),
        ('attachment; filename="' + "x" * 400 + '.pdf"', "x" * 146 + ".pdf"),
        ("attachment; filename*=klingon''%FF.txt", "%FF.txt"),
    ],
)
def test_names_are_clean(header: str, name: str) -> None:
    root, _ = mime.walk(f"Content-Disposition: {header}\r\n\r\n".encode())
    found = root.filename
    assert found == name or (name == "%FF.txt" and found.endswith(".txt"))


@pytest.mark.parametrize(
    ("encoding", "encoded", "data"),
    [
        ("base64", b"aGVs\r\nbG8=", b"hello"),
        ("base64", b"aGVsbG8", b"hello"),
        ("base64", b"aGVs!bG8=x", b"hello\xc4"[:5]),
        ("quoted-printable", b"a=\r\nb=3D", b"ab="),
        ("7bit", b"abc", b"abc"),
        ("nonsense", b"abc", b"abc"),
    ],
)
def test_transfer_encodings(encoding: str, encoded: bytes, data: bytes) -> None:
    assert mime.transfer_decoded(encoded, encoding)[: len(data)] == data


@given(st.binary(max_size=500))
def test_uuencoded_bytes_come_back(data: bytes) -> None:
    lines = [binascii.b2a_uu(data[at : at + 45]) for at in range(0, len(data), 45)]
    encoded = b"begin 644 x\n" + b"".join(lines) + b"`\nend\n"
    assert mime.transfer_decoded(encoded, "x-uuencode") == data


@given(st.binary(max_size=2000))
def test_attached_bytes_come_back_whatever_they_are(data: bytes) -> None:
    raw = multipart(
        "Content-Type: application/x-any\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + base64.encodebytes(data).decode()
    )
    assert leaves(raw)[0][2] == data


@given(st.text(alphabet="ab-;=\"'*: \r\n", max_size=300))
def test_any_structure_is_walked(text: str) -> None:
    raw = b"Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\n" + text.encode()
    root, _ = mime.walk(raw)
    assert all(0 <= leaf.start <= leaf.end <= len(raw) for leaf in root.leaves())


def test_the_cleaned_name_of_any_part_is_no_path() -> None:
    for name in ("/", "a/b", "a:b", "..", "\u2028x", "\ud800x"):
        assert not set(mime.clean_name(name)) & set("/\\:\r\n\0\u2028")


def uuencoded(data: bytes, name: str) -> bytes:
    lines = (binascii.b2a_uu(data[at : at + 45]).replace(b"\n", b"\r\n") for at in range(0, len(data), 45))
    return b"begin 644 %s\r\n%s`\r\nend\r\n" % (name.encode(), b"".join(lines))


def test_files_uuencoded_into_the_text_are_parts_and_the_text_around_them_is_text() -> None:
    files = {"a.pdf": b"%PDF" * 99, "b c.txt": b"hello"}
    text = (
        b"See both.\r\n\r\n" + b"\r\nand\r\n".join(uuencoded(data, name) for name, data in files.items()) + b"Bye\r\n"
    )
    for head in (b"Subject: x\r\n\r\n", b"Content-Type: text/plain; charset=utf-8\r\n\r\n"):
        mail = parse(head + text)
        assert mail.text.split() == ["See", "both.", "and", "Bye"]
        assert [attachment.name for attachment in mail.attachments] == list(files)
        assert [mime.content(head + text, attachment.part) for attachment in mail.attachments] == list(files.values())


@pytest.mark.parametrize(
    "text", [b"begin 644 a\r\nnot encoded at all\r\nend\r\n", b"We begin 644 days later.\r\nend\r\n"]
)
def test_a_text_that_only_begins_so_stays_text(text: bytes) -> None:
    mail = parse(b"Subject: x\r\n\r\n" + text)
    assert mail.text.split() == text.decode().split()
    assert mail.attachments == ()


def test_signed_encrypted_and_calendar_parts_are_kept_with_their_type_and_hash() -> None:
    raw = multipart(
        "\r\nhi",
        "Content-Type: application/pkcs7-signature; name=smime.p7s\r\n\r\nAA",
        "Content-Type: application/pgp-encrypted\r\n\r\nVersion: 1",
        "Content-Type: text/calendar; method=REQUEST\r\n\r\nBEGIN:VCALENDAR\r\nEND:VCALENDAR",
        "Content-Type: application/ms-tnef; name=winmail.dat\r\n\r\nx",
    )
    assert [(found.name, found.type) for found in parse(raw).attachments] == [
        ("smime.p7s", "application/pkcs7-signature"),
        ("part-3.bin", "application/pgp-encrypted"),
        ("part-4.ics", "text/calendar"),
        ("winmail.dat", "application/ms-tnef"),
    ]


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m", "encrypted with S/MIME"),
        ("application/pkcs7-mime; smime-type=signed-data; name=smime.p7m", "signed with S/MIME"),
        ("application/pgp-encrypted", "encrypted with PGP"),
        ("application/ms-tnef; name=winmail.dat", "winmail.dat"),
    ],
)
def test_what_cant_be_looked_into_is_said(kind: str, said: str) -> None:
    assert said in " ".join(parse(multipart("\r\nhi", f"Content-Type: {kind}\r\n\r\nAAAA")).problems)

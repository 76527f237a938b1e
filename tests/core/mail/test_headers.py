"""Header blocks: split as RFC 5322 section 2.2 says, decoded as RFC 2047 says, bounded, never raising."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailsla.core.mail import headers as h
from mailsla.core.mail.limits import LIMITS, Limits


def read(raw: bytes, limits: Limits = LIMITS) -> h.Headers:
    return h.split(raw, 0, len(raw), limits)


@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_fields_folds_and_body(end: str) -> None:
    raw = end.join(["Subject: one", "\ttwo", "TO: a@b.example", "", "body"]).encode()
    found = read(raw)
    assert found.first("subject") == "one two"
    assert found.all("to") == ["a@b.example"]
    assert raw[found.body :] == b"body"


def test_a_line_that_is_no_header_ends_the_block_and_loses_nothing() -> None:
    raw = b"Subject: x\nHello there\nmore\n\nlast"
    found = read(raw)
    assert found.first("subject") == "x"
    assert raw[found.body :] == b"Hello there\nmore\n\nlast"
    assert found.problems


def test_an_mbox_line_on_top_is_passed_over() -> None:
    assert read(b"From a@b Mon Jan 1\nSubject: x\n\n").first("subject") == "x"


def test_over_a_limit_it_is_read_in_part_and_flagged() -> None:
    many = read(b"".join(b"X-%d: y\n" % n for n in range(50)) + b"\n", Limits(header_count=10))
    assert (len(many.items), len(many.problems)) == (10, 1)
    long = read(b"Subject: " + b"x" * 500 + b"\n\n", Limits(header_value=100))
    assert len(long.first("subject")) <= 100
    assert long.problems


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("plain", "plain"),
        ("=?utf-8?q?gr=C3=BCn?= and =?utf-8?b?YmxhdQ==?=", "grün and blau"),
        ("=?utf-8?b?4oI=?= =?utf-8?b?rA==?=", "€"),
        ("=?utf-8?q?a?=\t =?utf-8?q?b?=", "ab"),
        ("=?utf-8?q?a?=x=?utf-8?q?b?=", "axb"),
        ("=?iso-8859-1?Q?Fr=F6sche?=", "Frösche"),
        ("=?gb2312?b?xOO6ww==?=", "你好"),
        ("=?iso-2022-jp?b?GyRCRnxLXDhsGyhC?=", "日本語"),
        ("=?koi8-r?B?8NLJ18XU?=", "Привет"),
        ("=?utf-8?b?R3LD vMOfZQ==?=", "Grüße"),
        ("=?unknown?q?abc?=", "abc"),
        ("=?utf-8?b?YWJj", "=?utf-8?b?YWJj"),
        ("=?utf-8?q?a=0D=0ABcc:_x@y.example?=", "a Bcc: x@y.example"),
        ("a\u202eb", "a b"),
    ],
)
def test_encoded_words(value: str, text: str) -> None:
    assert h.decode_words(value) == text


@given(st.text() | st.text(alphabet="=?utf-8bqQB_ \t", max_size=80))
def test_decoded_values_never_hold_a_line_end(value: str) -> None:
    assert not set(h.decode_words(value)) & set("\r\n\0\x0b\x0c\x1b\u2028")


@given(st.binary(max_size=300) | st.text(alphabet="aB:\r\n\t -", max_size=100).map(str.encode))
def test_any_bytes_split_into_a_header_block_and_the_rest(raw: bytes) -> None:
    found = read(raw)
    assert 0 <= found.body <= len(raw)
    for name, value in found.items:
        assert name == name.lower()
        h.decode_words(h.unfold(value))

"""Text from bytes whose label is right, wrong, unknown or missing."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailsla.core.mail.charset import codec_of, decode


@pytest.mark.parametrize(
    ("text", "codec", "label"),
    [
        ("Grüße", "utf-8", "utf-8"),
        ("Grüße", "latin-1", "iso-8859-1"),
        ("“Grüße” – 5 €", "cp1252", "iso-8859-1"),
        ("“Grüße”", "cp1252", "us-ascii"),
        ("Grüße", "utf-8", "us-ascii"),
        ("Grüße", "utf-8", "iso-8859-1"),
        ("Grüße", "utf-8", ""),
        ("Grüße", "cp1252", ""),
        ("Grüße", "utf-8", "klingon"),
        ("Привет", "koi8-r", "KOI8-R"),
        ("Привет", "cp1251", "windows-1251"),
        ("Zażółć", "iso8859-2", "iso-8859-2"),
        ("汉字漢字", "gb18030", "gb2312"),
        ("日本語テキスト", "iso2022_jp", "iso-2022-jp"),
        ("日本語テキスト", "cp932", "shift_jis"),
        ("한국어", "cp949", "ks_c_5601-1987"),
        ("漢字", "big5", "big5"),
        ("Größe & Maß", "utf-7", "utf-7"),
        ("abc", "utf-16", "utf-16"),
        # Labels that are wrong, or none.
        ("Привет, лампа сломалась", "koi8-r", "iso-8859-1"),
        ("Привет, лампа сломалась", "koi8-r", ""),
        ("Привет, лампа сломалась", "cp1251", "us-ascii"),
        ("Привет, лампа сломалась", "cp1251", "windows-1252"),
        ("ЛАМПА СЛОМАЛАСЬ", "cp1251", "windows-1251"),
        ("ЛАМПА СЛОМАЛАСЬ, ВЕРНИТЕ МНЕ ДЕНЬГИ", "cp1251", "windows-1251"),
        ("ЛАМПА СЛОМАЛАСЬ, ВЕРНИТЕ МНЕ ДЕНЬГИ", "koi8_r", "koi8-r"),
        ("Лампа сломалась, верните мне деньги", "cp1251", "koi8-r"),
        ("Лампа сломалась, верните мне деньги", "koi8_r", "windows-1251"),
        ("Лампа зламалася, поверніть мої гроші", "koi8_u", "koi8-u"),
        ("ランプが壊れました", "iso2022_jp", "us-ascii"),
        ("ランプが壊れました", "iso2022_jp", "utf-8"),
        ("ランプが壊れました", "cp932", ""),
        ("ランプが壊れました", "euc_jp", "utf-8"),
        ("灯坏了,请帮忙修理,我们已经等了三个星期", "gb2312", "iso-8859-1"),
        ("灯坏了,请帮忙修理,我们已经等了三个星期", "gb2312", "utf-8"),
        ("燈壞了,請幫忙修理", "big5", ""),
        ("램프가 고장났어요, 환불해 주시기 바랍니다", "cp949", "us-ascii"),
        ("المصباح مكسور ولا أحد يرد", "cp1256", ""),
        ("Größe 45, schön, für Köln", "cp1252", ""),
        ("façade à côté, reçu hier", "cp1252", "utf-8"),
        ("ÄÖÜ äöü", "cp1252", "iso-8859-1"),
    ],
)
def test_the_text_is_read(text: str, codec: str, label: str) -> None:
    assert decode(text.encode(codec), label)[0] == text


@pytest.mark.parametrize("label", ["klingon", "x" * 300, "rot13", "zip", "hex", "unicode_escape", "idna", "\0"])
def test_what_is_no_charset_is_none_and_said(label: str) -> None:
    assert codec_of(label) is None
    assert decode(b"abc", label) == ("abc", f"unknown charset {label[:40]!r}")


def test_one_broken_byte_in_utf8_costs_one_character() -> None:
    text, problem = decode(("Grüße aus Köln, " * 9).encode() + b"\xff", "utf-8")
    assert text == "Grüße aus Köln, " * 9 + "\ufffd"
    assert problem


@given(st.binary(), st.sampled_from(["", "utf-8", "utf-7", "gb2312", "iso-2022-jp", "utf-16", "koi8-r", "nope", "hz"]))
def test_any_bytes_become_text_that_can_be_stored(data: bytes, label: str) -> None:
    decode(data, label)[0].encode("utf-8")


SENTENCES = tomllib.loads(Path(__file__).with_name("sentences.toml").read_text("utf-8"))


@pytest.mark.parametrize("label", ["", "us-ascii", "iso-8859-1", "klingon"])
@pytest.mark.parametrize(
    ("text", "codec"),
    [
        pytest.param(found["text"], codec, id=f"{language}-{codec}")
        for language, found in SENTENCES.items()
        for codec in found["codecs"]
    ],
)
def test_a_sentence_is_read_whatever_the_label_says(text: str, codec: str, label: str) -> None:
    """Where no label helps, the letters tell; those of Western Europe are never taken for others."""
    assert decode(text.encode(codec), label)[0] == text

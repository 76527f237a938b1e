"""Token addresses: what is written is found, and nothing else is (mail.md section 3, letters.md section 5)."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailsla.core.access.tokens import (
    Found,
    Scheme,
    address_of,
    blank_tokens,
    bounces_to,
    code_in,
    find_bounced,
    find_tokens,
    hash_token,
    hashes_in,
    is_ours,
    link_to,
)

PUBLIC = "aaaabbbbccccddddeeee"
TOKEN = "k7q2m5x4t6w3p6r5n2b7c4d3fh"
PLUS = Scheme("support@acme.example")
DASH = Scheme("support@acme.example", "-")
REPLY = Scheme("support@acme.example", "+", "reply.acme.example")
NONE = Scheme("support@acme.example", "")
TOKENS = st.text("abcdefghijklmnopqrstuvwxyz234567", min_size=26, max_size=26)


@pytest.mark.parametrize(
    ("scheme", "purpose", "address"),
    [
        (PLUS, "reply", f"support+{TOKEN}@acme.example"),
        (PLUS, "note", f"support+note.{TOKEN}@acme.example"),
        (PLUS, "bounce", f"support+{TOKEN}@acme.example"),
        (DASH, "confirm", f"support-{TOKEN}@acme.example"),
        (REPLY, "reply", f"{TOKEN}@reply.acme.example"),
        (REPLY, "note", f"note.{TOKEN}@reply.acme.example"),
        (NONE, "reply", "support@acme.example"),
    ],
)
def test_an_address_carries_its_token(scheme: Scheme, purpose: str, address: str) -> None:
    assert address_of(TOKEN, purpose, scheme) == address
    expected = () if scheme is NONE else (Found(TOKEN, purpose == "note"),)
    assert find_tokens([address], scheme) == expected
    assert is_ours(address, [scheme])


@pytest.mark.parametrize(
    ("setting", "scheme", "address"),
    [
        ("verp", PLUS, "support+bounce.aaaabbbbccccddddeeee@acme.example"),
        ("verp", DASH, "support-bounce.aaaabbbbccccddddeeee@acme.example"),
        ("verp", REPLY, "bounce.aaaabbbbccccddddeeee@reply.acme.example"),
    ],
)
def test_a_bounce_address_tells_its_letter_and_gives_no_right(setting: str, scheme: Scheme, address: str) -> None:
    assert bounces_to(setting, PUBLIC, scheme) == address
    assert find_bounced([address.upper()], scheme) == (PUBLIC,)
    assert find_tokens([address], scheme) == ()
    assert is_ours(address, [scheme])


@pytest.mark.parametrize(
    ("setting", "address"), [("", "support@acme.example"), ("bounces@acme.example", "bounces@acme.example")]
)
def test_a_plain_bounce_address_is_the_same_for_all_letters(setting: str, address: str) -> None:
    assert bounces_to(setting, PUBLIC, PLUS) == address
    assert find_bounced([address], PLUS) == ()


@given(TOKENS, st.sampled_from([PLUS, DASH, REPLY]), st.sampled_from(["reply", "note"]), st.booleans())
def test_every_token_survives_a_change_of_case(token: str, scheme: Scheme, purpose: str, upper: bool) -> None:
    address = address_of(token, purpose, scheme)
    assert find_tokens([address.upper() if upper else address], scheme) == (Found(token, purpose == "note"),)


@pytest.mark.parametrize(
    "address",
    [
        "support@acme.example",
        f"support+{TOKEN[:-1]}@acme.example",
        f"support+{TOKEN}a@acme.example",
        f"support+{TOKEN[:-1]}1@acme.example",  # 1 is not in base32
        f"support+x.{TOKEN}@acme.example",
        f"support+note.note.{TOKEN}@acme.example",
        f"support+{TOKEN}@evil.example",
        f"other+{TOKEN}@acme.example",
        f"xsupport+{TOKEN}@acme.example",
        f"{TOKEN}@acme.example",
        f"support-de-{TOKEN}@acme.example",
        f"support+{TOKEN}",
        TOKEN,
        "",
    ],
)
@pytest.mark.parametrize("scheme", [PLUS, DASH, NONE])
def test_what_only_resembles_a_token_address_is_none(address: str, scheme: Scheme) -> None:
    assert find_tokens([address], scheme) == ()


def test_letters_from_before_a_reply_domain_are_still_answered() -> None:
    assert find_tokens([f"support+{TOKEN}@acme.example"], REPLY) == (Found(TOKEN),)


def test_a_delimiter_within_the_mailbox_name_is_no_delimiter() -> None:
    scheme = Scheme("my-support@acme.example", "-")
    assert find_tokens([address_of(TOKEN, "reply", scheme)], scheme) == (Found(TOKEN),)
    assert find_tokens([f"my-{TOKEN}@acme.example"], scheme) == ()


def test_each_token_is_found_once_in_order() -> None:
    other = "a" * 26
    emails = [f"support+{other}@acme.example", "x@y.example", f"SUPPORT+{TOKEN}@acme.example"]
    assert find_tokens([*emails, *emails], PLUS) == (Found(other), Found(TOKEN))


def test_no_local_part_over_64_octets() -> None:
    room = 64 - len("+note." + TOKEN)
    assert len(address_of(TOKEN, "note", Scheme("s" * room + "@acme.example")).partition("@")[0]) == 64
    with pytest.raises(ValueError, match="65 octets"):
        address_of(TOKEN, "note", Scheme("s" * (room + 1) + "@acme.example"))


@pytest.mark.parametrize("wrong", ["", "short", TOKEN.upper(), TOKEN + "\r\nBcc: x@y.example"])
def test_only_a_token_makes_an_address(wrong: str) -> None:
    with pytest.raises(ValueError, match="26 characters"):
        address_of(wrong, "reply", PLUS)


def test_the_hash_knows_no_case() -> None:
    assert hash_token(TOKEN) == hash_token(TOKEN.upper())
    assert re.fullmatch("[0-9a-f]{64}", hash_token(TOKEN))


@pytest.mark.parametrize(
    ("address", "ours"),
    [
        ("Support@Acme.example", True),
        ("anything@reply.acme.example", True),
        (f"support+{TOKEN}@acme.example", True),
        ("sam@acme.example", False),
        ("support@acme.example.evil.example", False),
        ("support+sales@acme.example", False),
    ],
)
def test_which_addresses_come_back_to_us(address: str, ours: bool) -> None:
    assert is_ours(address, [REPLY]) is ours


@given(TOKENS, st.integers(1, 25))
def test_known_tokens_are_blanked_and_nothing_else(token: str, cut: int) -> None:
    other = "b2" * 13
    folded = token[:cut] + "=\r\n" + token[cut:]
    text = f"Reply-To: <support+{token}@acme.example>\r\n\r\n=2B{folded}@acme.example {other}@acme.example {token[:25]}"
    blanked = blank_tokens(text.encode(), {hash_token(token)}).decode()
    assert len(blanked) == len(text)
    assert token not in blanked.replace("=\r\n", "") or token == other
    assert blanked.count("=\r\n") == 1
    if other != token:
        assert other in blanked
        assert blanked.endswith(token[:25])
    assert blank_tokens(text.encode(), set()) == text.encode()


# links


@pytest.mark.parametrize(
    ("scheme", "to", "code"),
    [
        (Scheme("s@a.example"), "s@a.example", f"(code {TOKEN})"),
        (Scheme("s@a.example", ""), "s@a.example", f"(code {TOKEN})"),
        (Scheme("s@a.example", "-"), f"s-{TOKEN}@a.example", ""),
        (Scheme("s@a.example", "+", "r.a.example"), f"{TOKEN}@r.a.example", ""),
    ],
)
def test_no_link_has_a_plus_in_its_address(scheme: Scheme, to: str, code: str) -> None:
    assert link_to(TOKEN, scheme) == (to, code)


@pytest.mark.parametrize(
    ("subject", "found"),
    [
        (f"Take ACME-1042 (code {TOKEN})", TOKEN),
        (f"take acme (CODE {TOKEN.upper()})", TOKEN),
        (f"(code {TOKEN}) (code {TOKEN})", TOKEN),
        (f"(code {TOKEN}) (code {'a' * 26})", ""),
        (f"code {TOKEN}", ""),
        (f"(code  {TOKEN})", ""),
        (f"(code {TOKEN[1:]})", ""),
        (f"(code {TOKEN}a)", ""),
        (f"(code {TOKEN[1:]}1)", ""),
        (f"(code {TOKEN[1:]}\u212a)", ""),
        ("", ""),
    ],
)
def test_a_code_in_a_subject_has_one_form(subject: str, found: str) -> None:
    assert code_in(subject) == found


@pytest.mark.parametrize(
    "content",
    [
        f"write to support+{TOKEN}@acme.example",
        f"support+note.{TOKEN}@acme.example",
        f"mailto:{TOKEN}@reply.acme.example?subject=x",
        f"mailto:support-{TOKEN}%40acme.example",
        f"mailto:support%3D{TOKEN}@acme.example",
        f"Subject: Take (code {TOKEN})",
        f"subject=Take%20%28code%20{TOKEN}%29",
        f"support+{TOKEN[:9]}=\r\n{TOKEN[9:]}@acme.example",
    ],
)
def test_a_token_is_found_in_the_bytes_of_a_letter(content: str) -> None:
    assert hash_token(TOKEN) in hashes_in(content.encode())


@pytest.mark.parametrize("content", ["abc@acme.example", "(code 42)", ""])
def test_what_is_too_short_is_none(content: str) -> None:
    assert hashes_in(content.encode()) == frozenset()

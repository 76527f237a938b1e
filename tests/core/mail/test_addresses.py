"""Who a mail is from: the strict grammar that authority stands on, and the best guess for people."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailsla.core.mail.addresses import loose_mailbox, strict_mailbox
from mailsla.core.mail.parsed import Address

STRICT = [
    ("ann@shop.example", Address("", "ann@shop.example")),
    ("Ann Lee <Ann@Shop.Example>", Address("Ann Lee", "ann@shop.example")),
    ('"Lee, Ann" <ann@shop.example>', Address("Lee, Ann", "ann@shop.example")),
    ('"say \\"hi\\"" <ann@shop.example>', Address('say "hi', "ann@shop.example")),
    ("ann@shop.example (Ann Lee)", Address("Ann Lee", "ann@shop.example")),
    ("J. R. Lee [sales] <ann@shop.example>", Address("J. R. Lee [sales]", "ann@shop.example")),
    ("=?utf-8?q?J=C3=B6rg?= <j@shop.example>", Address("Jörg", "j@shop.example")),
    ("<ann@shop.example>", Address("", "ann@shop.example")),
    ('"a@corp.example" <b@evil.example>', Address("a@corp.example", "b@evil.example")),
]


@pytest.mark.parametrize(("value", "expected"), STRICT)
def test_exactly_one_mailbox_is_read(value: str, expected: Address) -> None:
    assert strict_mailbox(value) == expected


@pytest.mark.parametrize(
    "value",
    [
        "",
        "<>",
        "agent@corp.example <evil@x.example>",
        "agent@corp.example, evil@x.example",
        "a <agent@corp.example> b <evil@x.example>",
        "<agent@corp.example><evil@x.example>",
        "group: agent@corp.example;",
        "agent@corp.example evil@x.example",
        "agent@@corp.example",
        "agent@corp..example",
        "agent@-corp.example",
        ".agent@corp.example",
        "agent",
        "agent@corp.example\x00",
        "agent@corp.example\nevil@x.example",
        "=?utf-8?q?agent=40corp.example?=",
        "=?utf-8?q?a?=@corp.example",
        '"unclosed <agent@corp.example>',
        "x" * 5000 + "@corp.example",
    ],
)
def test_anything_that_has_two_readings_is_nobody(value: str) -> None:
    assert strict_mailbox(value) is None


@pytest.mark.parametrize(
    ("value", "email"),
    [
        ("agent@corp.example <evil@x.example>", "evil@x.example"),
        ("Sales: Ann <ann@shop.example>", "ann@shop.example"),
        ("ann@shop.example, bob@shop.example", "ann@shop.example"),
    ],
)
def test_people_see_the_best_guess(value: str, email: str) -> None:
    guess = loose_mailbox(value)
    assert guess is not None
    assert guess.email == email


LOCAL = st.from_regex(r"\A[a-z0-9!#$%&'*+/^_`{|}~-]{1,10}(\.[a-z0-9]{1,5})?\Z")
DOMAIN = st.from_regex(r"\A[a-z0-9]{1,10}(\.[a-z0-9]{1,8}){1,3}\Z")


@given(LOCAL, DOMAIN, st.text(st.characters(exclude_categories=("C", "Z"), exclude_characters='"\\=')))
def test_a_quoted_name_never_changes_whose_mail_it_is(local: str, domain: str, name: str) -> None:
    found = strict_mailbox(f'"{name}" <{local}@{domain}>')
    assert found is not None
    assert found.email == f"{local}@{domain}"


@given(st.text(alphabet='ab.@<>()",;: \\', max_size=60))
def test_what_the_grammar_takes_holds_one_address_outside_quotes_and_comments(value: str) -> None:
    found = strict_mailbox(value)
    if found is not None:
        assert "@" in found.email
        assert "<" not in found.email.strip('"') or found.email.startswith('"')

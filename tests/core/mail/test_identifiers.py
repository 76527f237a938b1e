"""Message-IDs out of the headers that clients and gateways break."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailsla.core.mail.identifiers import identifiers, message_id


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("<a@b>", ("a@b",)),
        ("<a@b> <c@d>", ("a@b", "c@d")),
        ("<a@b><c@d>,<a@b>", ("a@b", "c@d")),
        ("<a@b c@d>", ("a@b", "c@d")),
        ("<a@ b.example>", ("a@b.example",)),
        ("a@b", ("a@b",)),
        ("a@b, c@d", ("a@b", "c@d")),
        ('Message of "Mon, 16 Nov 2026" <a@b>', ("a@b",)),
        ("<a@b> <c@d.exam", ("a@b",)),
        ("d.example> <a@b>", ("a@b",)),
        ("a@b>", ("a@b",)),
        ("<1> <localhost> <>", ()),
        ("<1 2>", ()),
        ("<" + "a" * 500 + "@b>", ()),
        ("", ()),
    ],
)
def test_ids_are_found(value: str, found: tuple[str, ...]) -> None:
    assert identifiers(value) == found


def test_a_mail_with_two_ids_has_none() -> None:
    assert message_id("<a@b>") == "a@b"
    assert message_id("<a@b> <c@d>") == ""


@given(st.text(max_size=200))
def test_what_is_found_could_be_written_again(value: str) -> None:
    found = identifiers(value)
    assert all("@" in one and not set(one) & set("<> \t\r\n") and len(one) <= 500 for one in found)

"""An agent's own signature that nothing marks: cut where it is certainly one, and nothing else ever (mail.md 4)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailsla.core.mail.signature import Signed, without_signature

NAME, EMAILS = "Sam Lee", frozenset({"sam@acme.example", "sam.lee@acme.example"})
TEXT = "Dear Ana,\n\nyour parcel comes on Tuesday."

SIGNATURES = {
    "card": "Sam Lee\nCustomer Care | ACME Ltd\nTel. +49 30 555014\nsam@acme.example",
    "address alone below the name": "Sam Lee\nsam@acme.example",
    "a line of all": "Sam Lee | ACME Ltd | +49 30 555014 | www.acme.example",
    "family name first": "Lee, Sam\nACME GmbH\nE-Mail: sam@acme.example",
    "phone and web, no address": "Sam Lee\nHauptstr. 5, 10115 Berlin\nT +49 (0)30 / 555014\nwww.acme.example",
    "as Outlook's text part has it": "Sam Lee\n\nACME\n\nTel. 030 555014\n\nsam@acme.example <mailto:sam@acme.example>",
    "Apple Mail's address": "Sam Lee\nACME\nsam@acme.example <mailto:sam@acme.example>",
    "with the company's lines below": "Sam Lee\nACME GmbH\nsam@acme.example\n\nACME GmbH, Amtsgericht Berlin HRB 1234, "
    "Geschäftsführer: A. Berg\nThis e-mail is confidential. If you are not the intended recipient, delete it.",
    "the second address": "Sam Lee\nACME\nSam.Lee@acme.example",
    "without the name, with a label": "Customer Care\nE-Mail: sam@acme.example",
    "bold, with stars": "*Sam Lee*\n*ACME Ltd*\nTel. 030 555014",
}
CLOSINGS = [
    "",
    "Kind regards",
    "Kind regards,",
    "Mit freundlichen Grüßen",
    "Viele Grüße aus Berlin",
    "Thanks!",
    "Best,",
]


@pytest.mark.parametrize("closing", CLOSINGS)
@pytest.mark.parametrize("signature", SIGNATURES.values(), ids=SIGNATURES)
def test_a_signature_is_cut_and_the_closing_stays(signature: str, closing: str) -> None:
    text = f"{TEXT}\n\n{closing}".rstrip()
    assert without_signature(f"{text}\n\n{signature}\n", NAME, EMAILS) == Signed(text, signature)


@pytest.mark.parametrize(
    "signature", ["Sam Lee\nCustomer Care\nACME Ltd", "Sam\n\nSam Lee\nACME Ltd", "Sam Lee, M.A.\nACME"]
)
def test_below_a_closing_a_card_needs_no_number(signature: str) -> None:
    assert without_signature(f"{TEXT}\n\nKind regards\n{signature}", NAME, EMAILS).text == f"{TEXT}\n\nKind regards"


@pytest.mark.parametrize("commands", ["#take", "#wait customer", "#resolve\n#upheld yes"])
def test_below_commands_alone_no_text_is_left(commands: str) -> None:
    assert without_signature(f"{commands}\n\n{SIGNATURES['card']}", NAME, EMAILS).text == commands


def test_a_mail_of_a_signature_alone_is_empty() -> None:
    assert without_signature(SIGNATURES["card"], NAME, EMAILS).text == ""


@pytest.mark.parametrize(
    "text",
    {
        "a name that was typed": f"{TEXT}\n\nKind regards\nSam Lee",
        "a first name": f"{TEXT}\n\nSam",
        "where to send it": "Please send the parcel back to\n\nSam Lee\nACME Ltd\nMain Street 5\n10115 Berlin",
        "where to send it, by a colon": "Please send it back to:\n\nSam Lee\nACME Ltd\nTel. 030 555014",
        "whom to call": f"{TEXT}\n\nYou reach me directly:\n\nSam Lee\nTel. 030 555014",
        "a colleague": f"{TEXT}\n\nKind regards\n\nKim Adler\nACME Ltd\nTel. 030 555014",
        "a sentence below": f"{TEXT}\n\nSam Lee\nTel. 030 555014\n\nPlease keep the box until it has come back to us.",
        "an afterthought": f"{TEXT}\n\nSam Lee\nTel. 030 555014\n\nPS: keep the box",
        "a question below": f"{TEXT}\n\nSam Lee\nTel. 030 555014\n\nIs that right?",
        "an address in a sentence": f"{TEXT}\n\nPlease write to me at sam@acme.example",
        "an address after a colon": f"{TEXT}\n\nMy own address:\nsam@acme.example",
        "a telephone number": f"{TEXT}\n\nTel. 030 555014",
        "a table of the case": f"{TEXT}\n\nOrder 4711\nLamp, red\n2 pieces\n+49 30 555014",
        "a name in a sentence": f"{TEXT}\n\nSam Lee from our team calls you.\nHis number is 030 555014.",
        "the card above the text": f"{SIGNATURES['card']}\n\n{TEXT}",
        "a command below": f"{TEXT}\n\n#take",
        "nothing": "",
    }.values(),
)
def test_what_is_not_certainly_a_signature_stays(text: str) -> None:
    assert without_signature(text, NAME, EMAILS) == Signed(text, "")


def test_one_word_is_no_full_name() -> None:
    text = f"{TEXT}\n\nSupport\nACME Ltd\nTel. 030 555014"
    assert without_signature(text, "Support", EMAILS) == Signed(text, "")


LINES = st.lists(
    st.sampled_from(
        ["Sam Lee", "Kind regards", "sam@acme.example", "It comes.", "", " ", "Tel. 030 555014", "#take", "ok", "PS"]
    ),
    max_size=12,
)


@given(LINES)
def test_the_text_and_the_signature_are_the_whole(lines: list[str]) -> None:
    text = "\n".join(lines)
    signed = without_signature(text, NAME, EMAILS)
    assert f"{signed.text}\n{signed.signature}".split() == text.split()
    assert "It comes." not in signed.signature and "#take" not in signed.signature

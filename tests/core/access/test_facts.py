"""What is gathered about a mail before the table decides."""

from dataclasses import replace

import pytest

from mailsla.core.access.facts import Facts, Held, gather, pick, token_addresses
from mailsla.core.access.threads import By
from mailsla.core.access.tokens import Found, Scheme
from mailsla.core.mail.parsed import Address, Forwarded, ParsedMail
from mailsla.core.model import Role, Token
from tests.core.access.build import ANA, DIRECTORY, NOW, SAM, addresses, auth, mail, ticket, token

SUPPORT = Scheme("support@acme.example")
OTHER = Scheme("service@acme.example")
PLAIN, NOTE = Found("a" * 26), Found("a" * 26, note=True)


def gathered(letter: ParsedMail, held: Held | None = None, *by: By) -> Facts:
    return gather(
        letter,
        kind="customer",
        directory=DIRECTORY,
        schemes=(SUPPORT, OTHER),
        auth=auth("none"),
        authserv_configured=True,
        held=held,
        candidates=[ticket(sign) for sign in by],
    )


def chosen(*tokens: Token, agent: str = "sam", found: Found = PLAIN) -> Held:
    held = pick([(found, one) for one in tokens], agent, NOW)
    assert held is not None
    return held


def test_no_token_is_no_right() -> None:
    assert pick([], "sam", NOW) is None


def test_a_token_expires_at_its_instant() -> None:
    assert not chosen(token(expires_at=NOW + 1)).expired
    assert chosen(token(expires_at=NOW)).expired
    assert chosen(token()).staff
    assert not chosen(token(expires_at=NOW)).staff


@pytest.mark.parametrize(
    "other",
    [
        token("jo"),
        token(ANA, Role.CUSTOMER),
        token(purpose="bounce"),
        token(expires_at=NOW),
    ],
)
def test_the_senders_own_valid_right_counts_before_any_other(other: Token) -> None:
    own = token()
    assert chosen(other, own) == chosen(own, other) == Held(token=own)


@pytest.mark.parametrize("role", [Role.AGENT, Role.MANAGER, Role.OPERATOR])
def test_staff_is_everyone_but_customers(role: Role) -> None:
    assert chosen(token(role=role)).staff
    assert not chosen(token(ANA, Role.CUSTOMER)).staff
    assert not chosen(token(role=role, purpose="bounce")).staff


def test_a_note_is_a_note_by_its_address_or_its_row() -> None:
    assert chosen(token(), found=NOTE).note
    assert chosen(token(purpose="note")).note
    assert chosen(token(), token(purpose="note")).note
    assert not chosen(token()).note


def test_rights_to_different_tickets_are_ambiguous() -> None:
    elsewhere = replace(token(), ticket_id=8)
    assert chosen(token(), elsewhere).ambiguous
    assert chosen(token(), replace(token(purpose="confirm"), intake_id=3)).ambiguous
    assert not chosen(token(), token(purpose="note")).ambiguous
    assert not chosen(token(), replace(token("jo"), ticket_id=8)).ambiguous


def test_tokens_are_looked_for_where_the_mail_was_delivered_too() -> None:
    letter = mail(cc=addresses("jo@acme.example"), headers={"delivered-to": ("<Support+x@acme.example>",)})
    assert token_addresses(letter) == ("support@acme.example", "jo@acme.example", "support+x@acme.example")


def test_the_agent_is_known_by_any_of_their_addresses() -> None:
    assert gathered(mail(sender=Address("", SAM))).agent == "sam"
    assert gathered(mail(sender=Address("Sam", "s.lee@acme.example"))).agent == "sam"
    assert gathered(mail(sender=Address("Sam Lee", ANA))).agent == ""
    assert gathered(mail(sender=None)) == replace(gathered(mail()), sender="")


def test_a_stranger_reads_as_no_participant() -> None:
    assert gathered(mail(), None, By.SUBJECT_TAG).participant
    assert not gathered(mail(sender=Address("", "eve@evil.example")), None, By.SUBJECT_TAG).participant
    assert not gathered(mail(sender=None), None, By.SUBJECT_TAG).participant


@pytest.mark.parametrize(
    ("held", "by"),
    [
        (Held(token=token(ANA, Role.CUSTOMER)), By.TOKEN),
        (Held(token=token(purpose="note")), By.TOKEN),
        (Held(token=token(), expired=True), By.OUR_MESSAGE_ID),
        (Held(token=token(purpose="bounce")), By.OUR_MESSAGE_ID),
        (Held(token=token(purpose="confirm")), By.OUR_MESSAGE_ID),
        (None, By.OUR_MESSAGE_ID),
    ],
)
def test_only_a_valid_token_names_a_ticket_as_one(held: Held | None, by: By) -> None:
    candidate = gathered(mail(), held, By.TOKEN).candidate
    assert candidate is not None
    assert candidate.by is by


def test_who_is_addressed() -> None:
    facts = gathered(mail(to=addresses(SAM, "bob@shop.example"), cc=addresses("service@acme.example")))
    assert facts.outside_to == "bob@shop.example"
    assert not facts.ours_in_to
    assert facts.addressed == {SAM, "bob@shop.example", "service@acme.example"}
    assert gathered(mail()).ours_in_to
    assert gathered(mail()).outside_to == ""


def test_an_outside_author_of_a_forwarded_mail_is_known() -> None:
    inside = [
        Forwarded(Address("", email) if email else None, "s", "t", "", "1.2")
        for email in ("", SAM, "support@acme.example", "bob@shop.example")
    ]
    assert gathered(mail(forwarded=tuple(inside))).forwarded_from == "bob@shop.example"
    assert gathered(mail(forwarded=tuple(inside[:3]))).forwarded_from == ""

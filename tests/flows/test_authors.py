"""Whose complaint a mail is: From; Reply-To only within its domain, or for contact forms (mail.md 2)."""

import pytest

from mailsla.core.model import IntakeState
from tests.flows.conftest import OpenOffice
from tests.flows.mails import ANA, RIO, SAM, SUPPORT, address, answer, write
from tests.flows.office import HOUR, Office

FORM = "form@acme.example"
SHOP = "Shop <info@mail.example>"


@pytest.fixture
def with_form(open_office: OpenOffice) -> Office:
    """A contact form on our web site; another sends as the support address itself."""
    box = f'address = "{SUPPORT}"'
    return open_office((box, f'{box}\nforms = ["Form@acme.example", "{SUPPORT}"]'))


def reply_to(*addresses: str) -> dict[str, str]:
    return {"Reply-To": ", ".join(addresses)}


@pytest.mark.parametrize("sender", [f"Web site <{FORM}>", f"Web site <{SUPPORT}>"])
def test_a_contact_forms_mail_is_from_its_author(with_form: Office, sender: str) -> None:
    with_form.receive(write(sender, headers=reply_to(ANA)))
    ticket = with_form.ticket()
    assert (ticket.requester, ticket.requester_name) == (address(ANA), "Ana Vogel")
    assert with_form.kinds(address(ANA)) == ["acknowledgement"]
    assert with_form.letters(FORM) == []


def test_nothing_proves_who_filled_in_a_form(with_form: Office) -> None:
    """The subject is echoed by automatic mail only to a verified sender (mail.md 6)."""
    with_form.receive(write(FORM, subject="Buy at evil.example", headers=reply_to(ANA)))
    assert with_form.ticket().verified is False
    assert "evil" not in with_form.letter(address(ANA), "acknowledgement").everything


@pytest.mark.parametrize("auth", ["fail", "none"])
def test_a_mail_that_only_says_it_is_from_the_form_is_not(with_form: Office, auth: str) -> None:
    with_form.receive(write(FORM, headers=reply_to(ANA)), auth=auth)
    assert with_form.ticket().requester == FORM
    assert with_form.letters(address(ANA)) == []


def test_who_fills_in_a_form_joins_no_case(with_form: Office) -> None:
    """Anybody can type a customer's address and the reference of their case."""
    with_form.receive(write(ANA))
    with_form.receive(write(FORM, subject="Re: [ACME-1001]", headers=reply_to(ANA)))
    assert with_form.tickets() == ["ACME-1001", "ACME-1002"]
    token = with_form.letter(address(SAM), "agent_notification").header("Reply-To")
    with_form.receive(write(FORM, "#resolve", to=token, headers=reply_to(ANA)))
    assert with_form.clock("resolution").state == "running"


@pytest.mark.parametrize("named", [SAM, f"ACME <{SUPPORT}>"])
def test_a_form_makes_nobody_one_of_us(with_form: Office, named: str) -> None:
    with_form.receive(write(FORM, "#resolve", headers=reply_to(named)))
    assert with_form.ticket().requester == FORM
    assert with_form.kinds(address(named)) == (["agent_notification"] if named == SAM else [])


def test_an_answer_to_a_forms_case_is_the_customers(with_form: Office) -> None:
    with_form.receive(write(FORM, headers=reply_to(ANA)))
    with_form.receive(answer(SAM, with_form.letter(address(SAM), "agent_notification"), "Which number?"))
    with_form.wait(HOUR)
    with_form.receive(answer(ANA, with_form.letter(address(ANA), "relay"), "JD-7719."))
    assert with_form.tickets() == ["ACME-1001"]
    assert len(with_form.events(type_="customer_mail")) == 1


def test_reply_to_counts_within_the_same_domain(office: Office) -> None:
    office.receive(write(SHOP, headers=reply_to(ANA)))
    assert (office.ticket().requester, office.ticket().verified) == (address(ANA), False)
    assert office.kinds(address(ANA)) == ["acknowledgement"]
    assert office.letters(address(SHOP)) == []
    office.receive(answer(SHOP, office.letter(address(ANA), "acknowledgement"), "One more thing."))
    assert office.tickets() == ["ACME-1001"]
    assert len(office.events(type_="customer_mail")) == 1  # who wrote it first takes part


@pytest.mark.parametrize(
    "named",
    [
        [RIO],
        ["ana@shop.mail.example"],
        [ANA, "bea@mail.example"],
        ["info@mail.example"],
        ["nonsense"],
    ],
    ids=["another domain", "a part of the domain", "two", "From itself", "no address"],
)
def test_any_other_reply_to_counts_for_nothing(office: Office, named: list[str]) -> None:
    office.receive(write(SHOP, headers=reply_to(*named)))
    assert (office.ticket().requester, office.ticket().verified) == (address(SHOP), True)
    assert {letter.to for letter in office.letters()} == {address(SHOP), address(SAM)}


def test_reply_to_never_makes_a_mail_an_agents(office: Office) -> None:
    """Somebody of the same domain who is no agent."""
    office.receive(write(ANA))
    told = office.letter(address(SAM), "agent_notification")
    held = office.receive(answer("Temp <temp@acme.example>", told, "#resolve", headers=reply_to(SAM)))
    assert held.state is IntakeState.HELD
    assert office.clock("resolution").state == "running"
    office.receive(write("Temp <temp@acme.example>", subject="Mine", headers=reply_to(SAM)))
    assert office.ticket("ACME-1002").requester == "temp@acme.example"


def test_reply_to_joins_no_case_of_the_address_it_names(office: Office) -> None:
    office.receive(write(ANA))
    office.receive(write(SHOP, subject="[ACME-1001] more", headers=reply_to(ANA)))
    assert office.tickets() == ["ACME-1001", "ACME-1002"]

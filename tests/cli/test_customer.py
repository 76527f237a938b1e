"""`mailsla customer`, `mailsla ticket promise`, and the order in which language and zone are chosen (product.md)."""

import pytest

from tests.cli.command import run
from tests.flows.mails import ANA, SAM, address, answer, write
from tests.flows.office import HOUR, Office

GERMAN = "Guten Tag,\n\nich warte seit einer Woche auf mein Paket und es ist noch immer nicht da.\n\nAna Vogel\n"


def spoken(office: Office, reference: str = "ACME-1001") -> tuple[str, str]:
    ticket = office.ticket(reference)
    return ticket.language, ticket.zone


def test_what_is_kept_of_a_customer_is_shown_and_set(office: Office) -> None:
    office.receive(write(ANA))
    assert "zone        not set: their organisation's, else the mailbox's" in run("customer", "show", address(ANA)).out
    said = run("customer", "set", address(ANA), "--language", "de", "--zone", "Europe/Vienna", "--json")
    assert said.code == 0
    assert said.json["language"] == "de"
    assert said.json["tickets"] == ["ACME-1001"]
    assert spoken(office) == ("de", "Europe/Vienna")  # open complaints follow
    assert office.events(type_="customer_changed")[0].data["zone"] == "Europe/Vienna"
    assert run("customer", "set", address(ANA), "--language", "").code == 0
    assert run("customer", "show", address(ANA), "--json").json["language"] is None


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("set", "ana@mail.example"), "There is nothing to set"),
        (("set", "ana@mail.example", "--zone", "Wien"), "Wien"),
        (("set", "ana@mail.example", "--language", "tlh"), "tlh"),
        (("set", "nobody", "--name", "Ana"), "not one mail address"),
        (("show", "nobody@mail.example"), "nobody wrote from nobody@mail.example"),
    ],
)
def test_what_cannot_be_is_refused(office: Office, arguments: tuple[str, ...], words: str) -> None:
    said = run("customer", *arguments)
    assert said.code in (1, 2)
    assert words in said.words


def test_the_record_goes_before_the_mail_and_the_mail_before_the_mailbox(office: Office) -> None:
    office.receive(write(ANA))
    office.receive(write(ANA, GERMAN, "Mein Paket"))
    assert spoken(office) == ("en", "Europe/Berlin")
    assert spoken(office, "ACME-1002")[0] == "de"
    run("customer", "set", address(ANA), "--language", "en", "--zone", "America/New_York")
    office.receive(write(ANA, GERMAN, "Noch ein Paket"))
    assert spoken(office, "ACME-1003") == ("en", "America/New_York")


def test_a_promise_at_the_prompt_is_told_to_the_customer_and_shown(office: Office) -> None:
    office.receive(write(ANA))
    said = run("ticket", "promise", "ACME-1001", "fri", "12:00", "The depot looks for it.")
    assert said.code == 0
    assert "promised for Friday, 20 November 2026, 12:00; the customer is told: Friday" in said.words
    office.work()
    assert "The depot looks for it." in office.letter(address(ANA), "delay_notice").text
    office.wait(HOUR)
    office.receive(answer(SAM, office.letter(address(SAM), "agent_notification"), "It comes tomorrow."))
    shown = run("ticket", "show", "ACME-1001")
    assert "Promised to the customer" in shown.out
    assert "Fri 20 Nov, 12:00: kept Mon 16 Nov, 11:00, given by" in shown.words
    states = [one["state"] for one in run("ticket", "show", "ACME-1001", "--json").json["promises"]]
    assert states == ["revised", "open", "kept"]


def test_a_promise_that_is_not_clear_is_refused_at_the_prompt(office: Office) -> None:
    office.receive(write(ANA))
    said = run("ticket", "promise", "ACME-1001", "mon", "12:00")
    assert said.code == 1
    assert "today is mon" in said.err
    assert "did you mean: mailsla ticket promise ACME-1001 2026-11-23 12:00" in said.words

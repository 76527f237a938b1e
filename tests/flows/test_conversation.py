"""A customer writes again: which ticket it joins, and what it does there (mail.md 3, sla.md 4)."""

from collections.abc import Callable
from email.message import EmailMessage

import pytest

from mailsla.core.model import Status
from tests.flows.mails import ANA, SAM, SUBJECT, SUPPORT, address, answer, write
from tests.flows.office import HOUR, MINUTE, Office, berlin
from tests.flows.postbox import Posted

EVE = "Eve <eve@stranger.example>"
FIRST = "<first@mail.example>"

# Ways to name the ticket in a mail, given the acknowledgement.
Named = Callable[[str, Posted], EmailMessage]
NAMED: dict[str, Named] = {
    "customer token": lambda who, ack: write(who, "More.", "Something else", to=ack.header("Reply-To")),
    "our Message-ID": lambda who, ack: write(who, "More.", headers={"In-Reply-To": ack.header("Message-ID")}),
    "our Message-ID in References": lambda who, ack: write(
        who, "More.", headers={"References": f"<x@y.example> {ack.header('Message-ID')} <z@y.example>"}
    ),
    "their own earlier Message-ID": lambda who, ack: write(who, "More.", headers={"In-Reply-To": FIRST}),
    "subject tag": lambda who, ack: write(who, "More.", "Re: [ACME-1001] whatever"),
}


@pytest.fixture
def ack(office: Office) -> Posted:
    """Ana has complained and been acknowledged."""
    office.receive(write(ANA, headers={"Message-ID": FIRST}))
    office.wait(HOUR)
    return office.letter(address(ANA), "acknowledgement")


@pytest.mark.parametrize("named", NAMED.values(), ids=NAMED)
def test_a_participant_who_names_the_ticket_joins_it(office: Office, ack: Posted, named: Named) -> None:
    office.receive(named(ANA, ack))
    assert office.tickets() == ["ACME-1001"]
    assert office.kinds(address(SAM)) == ["agent_notification", "customer_answer"]
    assert "More." in office.letter(address(SAM), "customer_answer").text
    assert office.kinds(address(ANA)) == ["acknowledgement"]  # one a ticket


@pytest.mark.parametrize("named", [name for name in NAMED if name != "customer token"])
def test_a_stranger_who_names_it_gets_a_new_ticket_with_an_internal_link(
    office: Office, ack: Posted, named: str
) -> None:
    office.receive(NAMED[named](EVE, ack))
    assert office.tickets() == ["ACME-1001", "ACME-1002"]
    assert office.ticket("ACME-1002").linked_to == office.ticket().id
    assert office.kinds(address(EVE)) == ["acknowledgement"]
    assert "1001" not in office.letter(address(EVE), "acknowledgement").everything
    assert "customer_mail" not in [event.type for event in office.events()]


def test_a_stranger_with_the_customers_token_is_for_agents_eyes(office: Office, ack: Posted) -> None:
    office.receive(NAMED["customer token"](EVE, ack))
    assert office.tickets() == ["ACME-1001"]
    assert office.letters(address(EVE)) == []
    told = office.letter(address(SAM), "customer_answer")
    assert address(EVE) in told.text
    office.receive(answer(SAM, told, "Dear Ana, thank you."))
    relayed = office.letter(address(ANA), "relay")
    assert "eve" not in relayed.words
    assert office.letters(address(EVE)) == []  # no new recipient
    office.receive(NAMED["subject tag"](EVE, ack))
    assert office.tickets() == ["ACME-1001", "ACME-1002"]  # and no participant


def test_a_cc_never_gains_access(office: Office) -> None:
    office.receive(write(ANA, cc=EVE))
    office.receive(write(EVE, "I too.", "Re: [ACME-1001] " + SUBJECT))
    assert office.tickets() == ["ACME-1001", "ACME-1002"]


def test_identifiers_without_an_at_never_join(office: Office) -> None:
    office.receive(write(ANA, headers={"Message-ID": "<1>"}))
    office.receive(write(ANA, "More.", headers={"In-Reply-To": "<1>"}))
    assert office.tickets() == ["ACME-1001", "ACME-1002"]


@pytest.mark.parametrize("named", ["subject tag", "their own earlier Message-ID"])
def test_a_failed_sender_appends_with_a_banner_and_changes_nothing_else(
    office: Office, ack: Posted, named: str
) -> None:
    office.receive(answer(SAM, office.letter(address(SAM), "agent_notification"), "#wait customer\nWhich number?"))
    before = office.metrics()
    office.receive(NAMED[named](ANA, ack), auth="fail")
    assert office.ticket().status is Status.WAITING_CUSTOMER
    assert office.metrics() == before
    assert [event.data["code"] for event in office.events(type_="banner")] == ["banner_sender_failed"]
    assert office.kinds(address(SAM))[-1] == "customer_answer"
    told = " ".join(office.letters(address(SAM), "customer_answer")[-1].plain.split())
    assert "Probably not from Ana Vogel: the mail says so, but the check of its sender failed." in told
    assert "takes no part" not in told


def test_the_answer_to_a_question_ends_the_waiting_at_its_receipt(office: Office, ack: Posted) -> None:
    office.receive(answer(SAM, office.letter(address(SAM), "agent_notification"), "#wait customer\nWhich number?"))
    assert office.clock("resolution").state == "paused"
    office.wait(2 * HOUR)
    office.receive(answer(ANA, ack, "JD-7719."), at=office.now - 5 * MINUTE)
    assert office.ticket().status is Status.OPEN
    assert office.clock("resolution").state == "running"
    assert office.clock("next_response").started_at == office.now - 5 * MINUTE
    assert office.clock("resolution").due == berlin("2026-11-18 11:55")  # 115 minutes later than without the question


def test_a_mail_from_before_the_question_still_opens_the_ticket(office: Office, ack: Posted) -> None:
    """It was under way while the agent wrote: somebody must answer it, on running clocks."""
    received = office.now
    office.wait(5 * MINUTE)
    office.receive(answer(SAM, office.letter(address(SAM), "agent_notification"), "#resolve\nIt is on its way."))
    assert office.ticket().status is Status.RESOLVED
    office.wait(MINUTE)
    office.receive(answer(ANA, ack, "And it was broken, too."), at=received)
    assert office.ticket().status is Status.OPEN
    assert office.clock("next_response").state == "running"
    assert office.clock("resolution").state == "running"


@pytest.mark.parametrize(
    ("received", "ticket"),
    [
        ("2026-11-16 11:01", "ACME-1001"),
        ("2026-12-01 00:00", "ACME-1001"),  # the end of the 14th day, which still counts
        ("2026-12-01 00:01", "ACME-1002"),
    ],
)
def test_a_resolved_ticket_is_taken_up_within_its_window(
    office: Office, ack: Posted, received: str, ticket: str
) -> None:
    office.receive(answer(SAM, office.letter(address(SAM), "agent_notification"), "#resolve\nDone."))
    office.wait_until(received)
    office.receive(answer(ANA, ack, "It came broken."))
    assert office.tickets()[-1] == ticket
    assert office.ticket(ticket).status is (Status.OPEN if ticket == "ACME-1001" else Status.NEW)
    running = "next_response" if ticket == "ACME-1001" else "first_response"
    assert office.clock(running, ticket).started_at == office.now


def test_reopening_goes_on_with_the_same_resolution_clock(office: Office, ack: Posted) -> None:
    office.receive(answer(SAM, office.letter(address(SAM), "agent_notification"), "#resolve\nDone."))
    assert office.clock("resolution").state == "met"
    office.wait_until("2026-11-18 11:00")
    office.receive(answer(ANA, ack, "It came broken."))
    assert office.clock("resolution").state == "running"
    assert office.clock("resolution").elapsed == HOUR
    assert "open again" in office.letter(address(SAM), "customer_answer").text.lower()


def test_after_the_window_a_new_ticket_is_linked_and_acknowledged(office: Office, ack: Posted) -> None:
    office.receive(answer(SAM, office.letter(address(SAM), "agent_notification"), "#resolve\nDone."))
    office.wait_until("2026-12-01 09:00")
    assert office.ticket().status is Status.CLOSED
    office.receive(answer(ANA, ack, "It came broken."))
    assert office.ticket("ACME-1002").linked_to == office.ticket().id
    assert office.kinds(address(ANA)) == ["acknowledgement", "relay", "satisfaction_reminder", "acknowledgement"]
    assert "ACME-1001" in office.letter(address(SAM), "agent_notification").text or "ACME-1001" in (
        office.letter("kim@acme.example", "agent_notification").text
    )


def test_thirty_mails_join_one_thread_in_the_customers_client(office: Office, ack: Posted) -> None:
    for number in range(30):
        office.receive(answer(SAM, office.letters(address(SAM))[0], f"Answer {number}"))
    newest = office.letter(address(ANA), "relay")
    references = newest.header("References").split()
    assert references[0] == FIRST
    assert newest.header("In-Reply-To") == FIRST
    assert len(references) == 11
    assert office.letters(address(ANA), "relay")[-2].header("Message-ID") in references


def test_answers_of_several_mailboxes_name_one_ticket(office: Office, ack: Posted) -> None:
    office.receive(write(ANA, "More.", to="sales@acme.example", headers={"In-Reply-To": FIRST}), mailbox="sales")
    assert office.tickets() == ["ACME-1001"]
    assert office.letter(address(SAM), "customer_answer").mail["From"].endswith(f"<{SUPPORT}>")


def test_what_stands_under_a_mail_is_small_in_the_agents_letter_and_not_lost(office: Office) -> None:
    office.receive(write(ANA, text="The lamp is broken.\n\n-- \nAna Ruiz\nTel. +34 91 555 01 23\n"))
    letter = office.letter(address(SAM), "agent_notification")
    assert "| -- | Ana Ruiz | Tel. +34 91 555 01 23" in letter.text
    small = letter.html[: letter.html.index("Ana Ruiz")].rpartition("<p ")[2]
    assert 'class="muted"' in small

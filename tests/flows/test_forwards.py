"""An agent passes a customer's mail on to us, from each mail client: a ticket for the customer, as the agent says."""

import pytest

from mailsla.core.model import IntakeState
from tests.flows.mails import ANA, LEE, SAM, address, write
from tests.flows.office import DAY, Office

OWN = "#priority high\n#category billing\n\nAna called me, too.\n\n"
THEIRS = "My parcel is late.\n\nAna"
BY = "From: Ana Vogel <ana@mail.example>"
# client -> subject, and what stands below the agent's own text
CLIENTS = {
    "gmail": (
        "Fwd: Where is it",
        f"---------- Forwarded message ---------\n{BY}\nDate: Mon, Nov 16, 2026 at 9:12 AM\nSubject: Where is it\n"
        f"To: Sam <sam@acme.example>\n\n\n{THEIRS}\n",
    ),
    "thunderbird": (
        "Fwd: Where is it",
        "-------- Forwarded Message --------\nSubject: \tWhere is it\nDate: \tMon, 16 Nov 2026 09:12:00 +0100\n"
        f"From: \tAna Vogel <ana@mail.example>\nTo: \tSam <sam@acme.example>\n\n\n\n{THEIRS}\n",
    ),
    "outlook": (
        "FW: Where is it",
        f"________________________________\n{BY}\nSent: Monday, November 16, 2026 9:12 AM\n"
        f"To: Sam <sam@acme.example>\nSubject: Where is it\n\n{THEIRS}\n",
    ),
    "outlook, German": (
        "WG: Where is it",
        "-----Ursprüngliche Nachricht-----\nVon: Ana Vogel <ana@mail.example>\n"
        "Gesendet: Montag, 16. November 2026 09:12\n"
        f"An: Sam <sam@acme.example>\nBetreff: Where is it\n\n{THEIRS}\n",
    ),
    "apple": (
        "Fwd: Where is it",
        f"Begin forwarded message:\n\n> {BY}\n> Subject: Where is it\n> Date: 16 November 2026 at 09:12:00 CET\n"
        "> To: Sam <sam@acme.example>\n> \n> My parcel is late.\n> \n> Ana\n",
    ),
    "mutt": (
        "[ana@mail.example: Where is it]",
        "----- Forwarded message from Ana Vogel <ana@mail.example> -----\n\nDate: Mon, 16 Nov 2026 09:12:00 +0100\n"
        f"{BY}\nTo: Sam <sam@acme.example>\nSubject: Where is it\n\n{THEIRS}\n\n----- End forwarded message -----\n",
    ),
}


def opened(office: Office) -> None:
    """It is Ana's, as Sam said above it, and Ana hears nothing by herself."""
    ticket = office.ticket()
    assert (ticket.requester, ticket.requester_name, ticket.subject) == (address(ANA), "Ana Vogel", "Where is it")
    assert (ticket.priority, ticket.category, ticket.team) == ("high", "billing", "money")
    with office.services.store.begin() as uow:
        mails = {one.kind: one.text for one in uow.tickets.messages(ticket.id)}
    assert mails == {"customer": THEIRS, "note": "Ana called me, too."}
    assert "Done: 2 of 2." in office.letter(address(SAM), "transcript").text
    assert "My parcel is late." in office.letter(address(LEE), "agent_notification").text
    office.wait(DAY)
    assert office.letters(address(ANA)) == []


@pytest.mark.parametrize("client", CLIENTS)
def test_in_the_text(office: Office, client: str) -> None:
    subject, below = CLIENTS[client]
    office.receive(write(SAM, OWN + below, subject))
    opened(office)


def test_as_an_attachment(office: Office) -> None:
    mail = write(SAM, OWN, "Fwd: Where is it")
    mail.add_attachment(write(ANA, THEIRS, "Where is it", to=address(SAM), files={"photo.jpg": b"jpg"}))
    office.receive(mail)
    opened(office)


def test_with_a_mistyped_command_the_ticket_is_opened_and_the_agent_told(office: Office) -> None:
    subject, below = CLIENTS["gmail"]
    office.receive(write(SAM, "#prioritty high\n\n" + below, subject))
    assert office.ticket().priority == "normal"
    assert "Did you mean #priority high?" in office.letter(address(SAM), "transcript").text


@pytest.mark.parametrize("auth", ["fail", "none"])
def test_what_nothing_proves_is_held(office: Office, auth: str) -> None:
    subject, below = CLIENTS["gmail"]
    assert office.receive(write(SAM, OWN + below, subject), auth=auth).state is IntakeState.HELD
    assert office.tickets() == []


def test_a_notification_of_ours_that_is_passed_on_is_no_ticket_for_ourselves(office: Office) -> None:
    office.receive(write(ANA))
    letter = office.letter(address(SAM), "agent_notification")
    quoted = f"---------- Forwarded message ---------\nFrom: ACME <support@acme.example>\nSubject: {letter.subject}\n"
    office.receive(
        write(SAM, f"Look at this.\n\n{quoted}To: Sam <sam@acme.example>\n\n{letter.plain}", f"Fwd: {letter.subject}")
    )
    assert office.tickets() == ["ACME-1001"]
    assert office.letters(address(ANA), "relay") == []

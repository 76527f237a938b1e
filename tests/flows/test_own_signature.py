"""An agent's own signature that nothing marks, as Outlook writes it: it stays out of the answer, and they are told."""

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP

import pytest

from tests.clients import CLIENTS
from tests.clients.draft import Client, Writer, reply
from tests.flows.conftest import OpenOffice
from tests.flows.mails import ANA, SAM, address, write
from tests.flows.office import Office
from tests.flows.postbox import Posted

SIGNATURE = ("Sam Lee", "Customer Care | ACME Ltd", "Tel. +49 30 555014", "sam@acme.example")
WRITER = Writer("Sam Lee", "sam@acme.example", SIGNATURE)
TEXT = "Dear Ana,\n\nit comes on Tuesday.\n\nKind regards"
TOLD = "goes out without your own signature, for the team has one: Sam Lee | Customer Care | ACME"


@pytest.fixture
def office(open_office: OpenOffice) -> Office:
    return open_office(("[agents.sam]\ncopies = false", "[agents.sam]"))


@pytest.fixture
def told(office: Office) -> Posted:
    office.receive(write(ANA))
    return office.letter(address(SAM), "agent_notification")


def composed(client: Client, writer: Writer, told: bytes, text: str) -> EmailMessage:
    return message_from_bytes(reply(client, writer, told, text), policy=SMTP)


@pytest.mark.parametrize("client", CLIENTS)
def test_the_answer_has_the_teams_signature_alone(office: Office, told: Posted, client: str) -> None:
    office.receive(composed(CLIENTS[client], WRITER, told.raw, TEXT))
    relayed = office.letter(address(ANA), "relay")
    assert relayed.plain.replace("\r", "").startswith(f"{TEXT}\n\nYour ACME delivery team\n")
    assert "555014" not in relayed.everything
    unmarked = client.startswith("outlook") or client == "apple-mail"
    assert (TOLD in office.letter(address(SAM), "transcript").text) is unmarked


@pytest.mark.parametrize("client", CLIENTS)
def test_below_commands_alone_nothing_goes_out(office: Office, told: Posted, client: str) -> None:
    office.receive(composed(CLIENTS[client], WRITER, told.raw, "#take"))
    assert office.kinds(address(ANA)) == ["acknowledgement"]
    assert "Done: 1 of 1." in office.letter(address(SAM), "transcript").text


@pytest.mark.parametrize("client", CLIENTS)
def test_a_signature_alone_is_an_empty_reply(office: Office, told: Posted, client: str) -> None:
    office.receive(composed(CLIENTS[client], WRITER, told.raw, ""))
    assert office.kinds(address(ANA)) == ["acknowledgement"]
    assert "No text went to the customer." in office.letter(address(SAM), "transcript").text


def test_an_address_in_a_sentence_is_still_refused(office: Office, told: Posted) -> None:
    office.receive(composed(CLIENTS["outlook"], WRITER, told.raw, "Write to me at sam@acme.example, please."))
    assert office.kinds(address(ANA)) == ["acknowledgement"]
    assert "holds sam@acme.example" in office.letter(address(SAM), "transcript").text

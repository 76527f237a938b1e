"""What the command line says of action links: their form, a click, one that is held."""

import pytest

from tests.cli.command import run
from tests.flows.links import click
from tests.flows.mails import ANA, KIM, SAM, address, write
from tests.flows.office import HOUR, Office
from tests.flows.postbox import Posted


@pytest.fixture
def told(office: Office) -> Posted:
    """Sam has a complaint."""
    office.receive(write(ANA))
    office.wait(HOUR)
    return office.letter(address(SAM), "agent_notification")


def test_check_says_which_form_links_take(office: Office) -> None:
    said = " ".join(run("check").out.split())
    assert 'action links of support: their mails go to support@acme.example, with "(code TOKEN)" in the subject' in said


@pytest.mark.parametrize(
    ("auth", "does"),
    [
        ("pass", "does, in the agent's name, what its link says on ACME-1001, which is then resolved"),
        ("none", "waits for a person, in mailsla queue list (it names ACME-1001)"),
    ],
)
def test_explain_tells_what_a_click_does(office: Office, told: Posted, auth: str, does: str) -> None:
    verdict = f"Authentication-Results: mx.acme.example; dmarc={auth} header.from=acme.example\r\n".encode()
    said = " ".join(run("explain", "-", stdin=verdict + bytes(click(told, "Resolve", SAM))).out.split())
    assert "link #resolve, made for sam; nothing else of the mail counts" in said
    assert does in said


def test_queue_show_tells_what_a_held_click_would_do(office: Office, told: Posted) -> None:
    held = office.receive(click(told, "Resolve", SAM), auth="none")
    said = " ".join(run("queue", "show", f"M{held.id}").out.split())
    assert "if released it does #resolve in the agent's name on ACME-1001" in said
    assert "an action link, but nothing proves who sent it" in said


def test_a_stolen_click_does_nothing_when_it_is_released(office: Office, told: Posted) -> None:
    held = office.receive(click(told, "Resolve", KIM))
    said = " ".join(run("queue", "show", f"M{held.id}").out.split())
    assert "if released it adds a comment, which stays inside, to ACME-1001" in said

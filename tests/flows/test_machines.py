"""Mail that no person wrote: recorded or answered by nothing, never a loop (mail.md 3 and 6)."""

import pytest

from mailsla.core.model import IntakeState, Status
from tests.flows.conftest import OpenOffice
from tests.flows.mails import ANA, KIM, SAM, SUPPORT, address, answer, away, bounce, write
from tests.flows.office import AUTHSERV, DAY, HOUR, MINUTE, Office
from tests.flows.postbox import Posted

ROBOT = "Robot <robot@machine.example>"


@pytest.fixture
def ack(office: Office) -> Posted:
    """Ana has complained and been acknowledged."""
    office.receive(write(ANA))
    office.wait(HOUR)
    return office.letter(address(ANA), "acknowledgement")


REFUSED = {
    "refused_kind": {"Auto-Submitted": "auto-generated"},
    "refused_null_return_path": {"Return-Path": "<>"},
    "refused_list": {"List-Help": "<mailto:help@machine.example>"},
    "refused_precedence": {"Precedence": "bulk"},
    "refused_suppress": {"X-Auto-Response-Suppress": "All"},
    "refused_spam": {"X-Spam-Flag": "YES"},
    "refused_no_person": {"From": "no-reply@machine.example"},
}


@pytest.mark.parametrize(("reason", "headers"), REFUSED.items(), ids=REFUSED)
def test_no_automatic_answer_but_always_a_ticket(office: Office, reason: str, headers: dict[str, str]) -> None:
    office.receive(write(ROBOT, headers=headers))
    assert office.muted("acknowledgement") == [reason]
    assert {one.to for one in office.letters()} == {address(SAM)}
    assert office.metrics() == ["first_response 1 running", "resolution 1 running"]


@pytest.mark.parametrize(
    "sender",
    [
        "MAILER-DAEMON@machine.example",
        "postmaster@machine.example",
        "owner-list@machine.example",
        "list-request@machine.example",
        "noreply@machine.example",
    ],
)
def test_addresses_that_nobody_reads(office: Office, sender: str) -> None:
    office.receive(write(sender))
    assert office.muted("acknowledgement") == ["refused_no_person"]


def test_mail_that_went_round_in_circles(office: Office) -> None:
    raw = b"".join(b"Received: from a by b; Mon, 16 Nov 2026 09:00:00 +0000\r\n" for _ in range(51)) + bytes(write(ANA))
    office.receive(raw)
    assert office.muted("acknowledgement") == ["refused_received"]


def test_mail_in_the_junk_folder(office: Office) -> None:
    office.receive(write(ANA), folder="INBOX.Junk")
    assert office.muted("acknowledgement") == ["refused_junk_folder"]


@pytest.mark.parametrize("headers", [{"Precedence": "bulk"}, {"List-Id": "<news.machine.example>"}])
def test_who_may_not_be_answered_gets_no_other_automatic_mail_either(office: Office, headers: dict[str, str]) -> None:
    """A closing letter to a mailing list goes to all its readers."""
    office.receive(write(ROBOT, headers=headers))
    office.receive(answer(SAM, office.letter(address(SAM), "agent_notification"), "#wait customer"))
    office.wait(15 * DAY)
    assert office.ticket().status is Status.RESOLVED
    assert office.letters(address(ROBOT)) == []
    assert office.muted("closing") and office.muted("waiting_reminder")


def test_a_person_may_still_answer_there(office: Office) -> None:
    office.receive(write(ROBOT, headers={"Precedence": "bulk"}))
    office.receive(answer(SAM, office.letter(address(SAM), "agent_notification"), "Who reads this?"))
    assert office.kinds(address(ROBOT)) == ["relay"]


def test_a_group_of_our_own_lists_means_nothing(open_office: OpenOffice) -> None:
    own = 'own_lists = ["support.acme.example"]'
    office = open_office(('address = "support@acme.example"', f'address = "support@acme.example"\n{own}'))
    headers = {"List-Id": "<support.acme.example>", "List-Post": "<mailto:support@acme.example>", "Precedence": "list"}
    office.receive(write(ANA, headers=headers))
    assert office.kinds(address(ANA)) == ["acknowledgement"]


def test_an_out_of_office_of_the_customer_is_recorded_and_does_nothing(office: Office, ack: Posted) -> None:
    office.receive(answer(SAM, office.letter(address(SAM), "agent_notification"), "#resolve\nDone."))
    before = office.ticket(), office.metrics(), len(office.letters())
    office.receive(away(ANA, ack))
    assert (office.ticket(), office.metrics(), len(office.letters())) == before  # it takes nothing up again
    assert len(office.events(type_="auto_reply")) == 1


def test_an_out_of_office_with_an_agents_token_relays_nothing_and_stops_no_clock(office: Office, ack: Posted) -> None:
    office.receive(away(SAM, office.letter(address(SAM), "agent_notification")))
    assert office.kinds(address(ANA)) == ["acknowledgement"]
    assert office.clock("first_response").state == "running"
    assert office.ticket().status is Status.NEW
    assert len(office.events(type_="auto_reply")) == 1


def test_a_bounce_of_the_acknowledgement_is_recorded_and_the_agent_told(office: Office, ack: Posted) -> None:
    office.receive(bounce(ack))
    assert office.tickets() == ["ACME-1001"]
    assert len(office.events(type_="bounced")) == 1
    assert office.kinds(address(SAM)) == ["agent_notification", "delivery_failed"]
    assert "The other server said: | 5.1.1 " in office.letter(address(SAM), "delivery_failed").text
    assert office.clock("first_response").state == "running"


def test_a_bounce_of_a_letter_to_an_agent_relays_nothing(office: Office, ack: Posted) -> None:
    office.receive(bounce(office.letter(address(SAM), "agent_notification")))
    assert office.tickets() == ["ACME-1001"]
    assert office.kinds(address(ANA)) == ["acknowledgement"]


def test_a_bounce_about_nothing_that_we_know_waits_for_a_person(office: Office) -> None:
    letter = Posted(office.now, address(ANA), bytes(write(SUPPORT, to=ANA)), "relay")
    assert office.receive(bounce(letter)).state is IntakeState.HELD
    assert office.tickets() == []
    assert office.letters() == []


@pytest.mark.parametrize("to", [ANA, SAM])
def test_our_own_mail_that_comes_back_is_answered_by_nothing(office: Office, ack: Posted, to: str) -> None:
    sent = len(office.letters())
    for letter in office.letters(address(to)):
        assert office.receive(letter.raw).state is IntakeState.DONE
    assert len(office.letters()) == sent
    assert office.tickets() == ["ACME-1001"]


def test_mail_from_our_own_address_is_a_complaint_that_is_answered_by_nothing(office: Office) -> None:
    """A form or a colleague may send as it, and anybody may forge it: it is not lost, and no loop comes of it."""
    office.receive(write(f"ACME <{SUPPORT}>"))
    assert office.kinds(address(SAM)) == ["agent_notification"]
    assert office.muted("acknowledgement", "ACME-1001") == ["refused_own_address"]
    assert office.letters(SUPPORT) == []


def test_two_robots_are_cut_short(office: Office) -> None:
    """A robot that answers each mail at once, without a header that tells: it gets one letter a ticket."""
    office.receive(write(ROBOT))
    for _ in range(20):
        office.receive(answer(ROBOT, office.letter(address(ROBOT), "acknowledgement"), "Thank you for your mail!"))
    assert office.kinds(address(ROBOT)) == ["acknowledgement"]
    assert len(office.events(type_="muted")) == 1


def test_five_mails_in_ten_minutes_mute_a_ticket_for_a_day(office: Office, ack: Posted) -> None:
    for _ in range(5):
        office.receive(answer(ANA, ack, "Well?"))
        office.wait(2 * MINUTE)
    (muted,) = office.events(type_="muted")
    assert office.ticket().muted_until == muted.at + DAY
    office.receive(answer(SAM, office.letter(address(SAM), "agent_notification"), "#resolve"))
    assert office.muted("closing") == ["muted_storm"]
    office.receive(answer(SAM, office.letter(address(SAM), "agent_notification"), "#reopen"))
    office.wait(DAY)
    office.receive(answer(SAM, office.letter(address(SAM), "agent_notification"), "#resolve"))
    assert office.kinds(address(ANA))[-1] == "closing"


def test_a_person_in_between_is_no_storm(office: Office, ack: Posted) -> None:
    for _ in range(3):
        office.receive(answer(ANA, ack, "Well?"))
    office.wait(1)
    office.receive(answer(SAM, office.letter(address(SAM), "agent_notification"), "#note I am on it."))
    office.wait(1)
    for _ in range(3):
        office.receive(answer(ANA, ack, "Well?"))
    assert office.events(type_="muted") == []


def test_a_forged_verdict_of_our_server_below_the_real_one_proves_nothing(office: Office, ack: Posted) -> None:
    forged = f"Authentication-Results: {AUTHSERV}; dmarc=pass header.from=acme.example\r\n".encode()
    real = f"Authentication-Results: {AUTHSERV}; dmarc=fail header.from=acme.example\r\n".encode()
    mail = answer(SAM, office.letter(address(SAM), "agent_notification"), "Rejected.")
    office.receive(real + forged + bytes(mail))
    assert office.kinds(address(ANA)) == ["acknowledgement"]


def test_a_second_from_gives_no_right(office: Office, ack: Posted) -> None:
    mail = bytes(answer(SAM, office.letter(address(SAM), "agent_notification"), "Rejected."))
    verdict = f"Authentication-Results: {AUTHSERV}; dmarc=pass header.from=acme.example\r\n".encode()
    held = office.receive(verdict + f"From: {KIM}\r\n".encode() + mail)
    assert held.state is IntakeState.HELD
    assert office.kinds(address(ANA)) == ["acknowledgement"]

"""Who may do what: the rows of mail.md section 3 about our own people, held mails and confirmations."""

import pytest

from mailsla.core.model import IntakeState, Status
from mailsla.flows.queues import release_mail
from tests.flows.conftest import OpenOffice
from tests.flows.mails import ANA, KIM, OPERATOR, RIO, SAM, SUBJECT, SUPPORT, address, answer, away, write
from tests.flows.office import DAY, HOUR, MINUTE, MONDAY, Office
from tests.flows.postbox import Posted

ANSWER = "It arrives on Tuesday."
NO_AUTHSERV = ('authserv_id = "mx.acme.example"', 'authserv_id = "none"')


def told_sam(office: Office) -> Posted:
    office.receive(write(ANA))
    office.wait(HOUR)
    return office.letter(address(SAM), "agent_notification")


@pytest.fixture
def told(office: Office) -> Posted:
    """Ana has complained; an hour later Sam opens the notification."""
    return told_sam(office)


@pytest.mark.parametrize("thief", ["Eve <eve@stranger.example>", KIM, ANA])
def test_an_agents_token_with_another_from_is_held_and_the_operator_told(
    office: Office, told: Posted, thief: str
) -> None:
    before = office.ticket()
    held = office.receive(answer(thief, told, "#resolve\nYour complaint is rejected."))
    assert held.state is IntakeState.HELD
    assert office.ticket() == before
    assert office.kinds(address(ANA)) == ["acknowledgement"]
    # A colleague hears that they can't act by another's letter; anybody else hears nothing.
    heard = {KIM: ["transcript"], ANA: ["acknowledgement"]}
    assert office.kinds(address(thief)) == heard.get(thief, [])
    assert f"mailsla queue show M{held.id}" in office.letter(OPERATOR, "operator_alert").text


@pytest.mark.parametrize("auth", ["fail", "none"])
def test_an_unproven_agent_is_held_and_asked_at_the_registered_address(office: Office, told: Posted, auth: str) -> None:
    held = office.receive(answer("Sam <sam.lee@home.example>", told, f"#wait customer\n{ANSWER}"), auth=auth)
    assert held.state is IntakeState.HELD
    asked = office.letter(address(SAM), "confirmation")  # not where the mail claims to come from
    assert ANSWER in asked.text
    assert "#wait customer" in asked.text
    assert office.kinds(address(ANA)) == ["acknowledgement"]
    assert office.ticket().status is Status.NEW


def test_the_answer_to_the_question_releases_the_mail_once(office: Office, told: Posted) -> None:
    held = office.receive(answer(SAM, told, f"#wait customer\n{ANSWER}"), auth="none")
    asked = office.letter(address(SAM), "confirmation")
    office.receive(answer(SAM, asked, "#yes"), auth="none")
    assert office.intake(held.id).state is IntakeState.DONE
    assert ANSWER in office.letter(address(ANA), "relay").text
    assert office.ticket().status is Status.WAITING_CUSTOMER
    again = office.receive(answer(SAM, asked, "#yes"), auth="none")
    assert again.state is IntakeState.HELD
    assert office.kinds(address(ANA)) == ["acknowledgement", "relay"]


def test_only_a_yes_on_the_first_line_lets_a_forgery_act(office: Office, told: Posted) -> None:
    forged = office.receive(answer(SAM, told, "#resolve\nYour complaint is rejected."), auth="none")
    asked = office.letter(address(SAM), "confirmation")
    assert "Reply with #yes" in asked.plain.splitlines()[0]
    before = office.ticket()

    denied = office.receive(answer(SAM, asked, "No, I did not send this!\n#yes"), auth="none")
    assert denied.state is IntakeState.DONE  # kept on the ticket
    assert office.intake(forged.id).state is IntakeState.HELD
    assert (office.ticket().status, office.kinds(address(ANA))) == (before.status, ["acknowledgement"])
    assert "did not say that it is theirs" in office.letters(OPERATOR, "operator_alert")[-1].text
    answered = office.letter(address(SAM), "transcript")
    assert f"mail M{forged.id} in your name does nothing and stays held" in " ".join(answered.text.split())

    office.receive(answer(SAM, asked, "#yes"), auth="none")  # the question has been answered
    office.receive(answer(SAM, answered, "Thank you!"))  # to mailsla, not to the customer
    assert office.intake(forged.id).state is IntakeState.HELD
    assert office.kinds(address(ANA)) == ["acknowledgement"]


def test_what_is_written_into_a_confirmation_goes_to_nobody(office: Office, told: Posted) -> None:
    office.receive(answer(SAM, told, ANSWER), auth="none")
    office.receive(answer(SAM, office.letter(address(SAM), "confirmation"), "#yes\nThe fool is right."), auth="none")
    assert all("fool" not in letter.everything for letter in office.letters(address(ANA)))


def test_nobody_else_can_confirm(office: Office, told: Posted) -> None:
    held = office.receive(answer(SAM, told, ANSWER), auth="none")
    asked = office.letter(address(SAM), "confirmation")
    office.receive(answer(KIM, asked, "#yes"))
    office.receive(away(SAM, asked))
    assert office.intake(held.id).state is IntakeState.HELD
    assert office.kinds(address(ANA)) == ["acknowledgement"]


def test_a_confirmation_waits_for_a_week_whatever_happens_on_the_ticket(office: Office, told: Posted) -> None:
    held = office.receive(answer(SAM, told, "#wait customer"), auth="none")
    asked = office.letter(address(SAM), "confirmation")
    office.receive(answer(SAM, told, "#wait customer\nWhich number?"))
    office.receive(answer(ANA, office.letter(address(ANA), "relay"), "JD-7719."))
    office.wait(7 * DAY + MINUTE)
    office.receive(answer(SAM, asked, "#yes"))
    assert office.intake(held.id).state is IntakeState.HELD


def test_without_an_authserv_id_token_and_from_suffice(open_office: OpenOffice) -> None:
    office = open_office(NO_AUTHSERV)
    office.receive(answer(SAM, told_sam(office), ANSWER), auth="none")
    assert ANSWER in office.letter(address(ANA), "relay").text


def test_an_admin_can_release_a_held_mail(office: Office, told: Posted) -> None:
    held = office.receive(answer(SAM, told, ANSWER), auth="none")
    release_mail(office.services, held.id, "root")
    office.work()
    assert office.intake(held.id).state is IntakeState.DONE
    assert ANSWER in office.letter(address(ANA), "relay").text


def test_a_released_mail_of_a_stranger_stays_inside(office: Office, told: Posted) -> None:
    held = office.receive(answer("Eve <eve@stranger.example>", told, "#resolve\nRejected."))
    release_mail(office.services, held.id, "root")
    office.work()
    assert office.intake(held.id).state is IntakeState.DONE
    assert office.ticket().status is not Status.RESOLVED
    assert office.kinds(address(ANA)) == ["acknowledgement"]
    (comment,) = office.events(type_="comment")
    assert comment.actor == "customer:eve@stranger.example"


# Agents who write past us.


def test_an_agent_with_the_customer_in_to_is_recorded_as_the_reply(office: Office, told: Posted) -> None:
    mail = write(SAM, ANSWER, f"Re: [ACME-1001] {SUBJECT}", to=ANA, cc=SUPPORT)
    office.receive(mail)
    assert office.clock("first_response").state == "met"
    assert office.kinds(address(ANA)) == ["acknowledgement"]  # they have it already
    office.receive(
        write(ANA, "Thanks, but when?", cc=SUPPORT, to=SAM, headers={"In-Reply-To": str(mail["Message-ID"])})
    )
    assert office.tickets() == ["ACME-1001"]
    assert office.clock("next_response").state == "running"


def test_the_same_unproven_is_internal_and_asked_about(office: Office, told: Posted) -> None:
    held = office.receive(write(SAM, ANSWER, f"Re: [ACME-1001] {SUBJECT}", to=ANA, cc=SUPPORT), auth="none")
    assert held.state is IntakeState.HELD
    assert office.clock("first_response").state == "running"
    office.receive(answer(SAM, office.letter(address(SAM), "confirmation"), "#yes"), auth="none")
    assert office.clock("first_response").state == "met"
    assert office.clock("first_response").stopped_at == MONDAY + HOUR
    assert office.kinds(address(ANA)) == ["acknowledgement"]


FORWARDED = """Please help him.

---------- Forwarded message ---------
From: Rio Mendes <rio@elsewhere.example>
Date: Mon, 16 Nov 2026 at 09:12
Subject: Wrong invoice
To: <sam@acme.example>

You charged me twice, please correct the invoice.
"""


def test_an_agent_who_forwards_a_customers_mail_opens_a_ticket_for_the_customer(office: Office) -> None:
    office.receive(write(SAM, FORWARDED, "Fwd: Wrong invoice"))
    ticket = office.ticket()
    assert (ticket.requester, ticket.subject, ticket.category) == ("rio@elsewhere.example", "Wrong invoice", "billing")
    assert office.letters(address(RIO)) == []  # until an agent acts
    office.wait(DAY)
    assert office.letters(address(RIO)) == []
    notification = office.letter("lee@acme.example", "agent_notification")
    assert "charged me twice" in notification.text
    office.receive(answer("Lee <lee@acme.example>", notification, "We have corrected it."))
    relayed = office.letter(address(RIO), "relay")
    assert relayed.subject == "Re: Wrong invoice"
    assert "acme.example>" not in relayed.header("In-Reply-To")  # no Message-ID of the agent's
    assert "sam" not in relayed.words


def test_a_customers_mail_attached_to_an_agents_threads_with_it(office: Office) -> None:
    original = write(RIO, "You charged me twice, please correct the invoice.", "Wrong invoice", to=address(SAM))
    mail = write(SAM, "Please help him.", "Fwd: Wrong invoice")
    mail.add_attachment(original)
    office.receive(mail)
    office.receive(answer("Lee <lee@acme.example>", office.letter("lee@acme.example", "agent_notification"), "Done."))
    assert office.letter(address(RIO), "relay").header("In-Reply-To") == original["Message-ID"]


def test_an_agent_who_forwards_unproven_is_held(office: Office) -> None:
    held = office.receive(write(SAM, FORWARDED, "Fwd: Wrong invoice"), auth="none")
    assert held.state is IntakeState.HELD
    assert office.tickets() == []


def test_an_agent_who_writes_first_opens_an_outbound_ticket(office: Office) -> None:
    mail = write(KIM, "We noticed that your parcel is late.", "Your parcel", to=RIO, cc=SUPPORT)
    office.receive(mail)
    assert office.ticket().requester == address(RIO)
    assert office.letters(address(RIO)) == []
    assert office.clock("first_response").state == "met"
    office.receive(write(RIO, "Thanks.", to=KIM, cc=SUPPORT, headers={"In-Reply-To": mail["Message-ID"]}))
    assert office.tickets() == ["ACME-1001"]
    assert office.kinds(address(KIM)) == ["customer_answer"]  # who wrote first has the ticket
    assert office.letters(address(SAM)) == []


def test_an_agent_who_writes_first_unproven_is_held(office: Office) -> None:
    held = office.receive(write(SAM, "Pay here.", "Your invoice", to=RIO, cc=SUPPORT), auth="fail")
    assert held.state is IntakeState.HELD
    assert office.tickets() == []


@pytest.mark.parametrize("auth", ["pass", "none"])
def test_an_agent_without_a_token_comments_and_is_relayed_to_nobody(office: Office, told: Posted, auth: str) -> None:
    office.receive(write(KIM, "#resolve\nI know her.", f"Re: [ACME-1001] {SUBJECT}"), auth=auth)
    assert office.kinds(address(ANA)) == ["acknowledgement"]
    assert office.ticket().status is Status.NEW
    assert "I know her." in office.letter(address(SAM), "customer_answer").text


def test_an_agent_who_names_no_ticket_opens_one_inside(office: Office) -> None:
    office.receive(write(KIM, "The printer complains.", "Printer"))
    assert office.ticket().requester == address(KIM)
    assert office.letters(address(KIM), "acknowledgement") == []
    assert office.kinds(address(SAM)) == ["agent_notification"]


def test_an_agents_token_lives_for_ninety_days_after_the_ticket_closed(office: Office, told: Posted) -> None:
    office.receive(answer(SAM, told, f"#resolve\n{ANSWER}"))
    office.wait_until("2027-02-20 10:00")
    assert office.ticket().status is Status.CLOSED
    office.receive(answer(SAM, told, "#note Found again.", to=told.header("Reply-To")))
    assert office.events()[-2].type == "note" or office.events()[-1].type == "note"
    office.wait_until("2027-03-02 10:00")
    office.receive(write(SAM, "#note Too late.", to=told.header("Reply-To")))
    assert len(office.events(type_="note")) == 1

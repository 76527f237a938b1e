"""Bad input in mails: a helpful answer to the one who may have it, silence and a record for the one who may not."""

from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage

import pytest

from mailsla.core.model import IntakeState, Status
from tests.flows.links import click
from tests.flows.mails import ANA, KIM, OPERATOR, SAM, address, answer, write
from tests.flows.office import DAY, Office
from tests.flows.postbox import Posted

EVE = "Eve <eve@stranger.example>"


@pytest.fixture
def told(office: Office) -> Posted:
    """Ana complained; Sam, who has it, and nobody else was told."""
    office.receive(write(ANA))
    return office.letter(address(SAM), "agent_notification")


def forwarded(letter: Posted, subject: str, sender: str = SAM) -> EmailMessage:
    """As Gmail passes on a mail."""
    head = f"From: ACME complaints <support@acme.example>\nSubject: {letter.subject}\nTo: Sam <sam@acme.example>\n\n"
    return write(sender, f"Look.\n\n---------- Forwarded message ---------\n{head}{letter.plain}", subject)


def attached(letter: Posted) -> EmailMessage:
    """As an attachment of a new mail."""
    mail = write(SAM, "Look.", "Parcel")
    mail.add_attachment(letter.mail)
    return mail


def resolved(office: Office, told: Posted) -> None:
    office.receive(answer(SAM, told, "#resolve"))


def closed(office: Office, told: Posted) -> None:
    resolved(office, told)
    office.wait(20 * DAY)
    assert office.ticket().status is Status.CLOSED


def merged(office: Office, told: Posted) -> None:
    office.receive(write(ANA, subject="The other parcel"))
    office.receive(answer(SAM, told, "#merge 1002"))


def nothing(office: Office, told: Posted) -> None:
    """As it is."""


@dataclass(frozen=True)
class Case:
    """`mail` of the letter to Sam; `says`: what he then reads; `relays`: what went to Ana in consequence."""

    mail: Callable[[Posted], EmailMessage]
    says: str
    before: Callable[[Office, Posted], None] = nothing
    relays: str = ""
    state: IntakeState = IntakeState.DONE


HELPED = {
    "an unknown command": Case(
        lambda told: answer(SAM, told, "#resovle\nIt came."), "there is no command #resovle Did you mean #resolve?"
    ),
    "a command of nobody's": Case(lambda told: answer(SAM, told, "#xyzzy\nIt came."), "there is no command #xyzzy"),
    "an empty reply": Case(
        lambda told: write(SAM, "", told.subject, to=told.header("Reply-To")), "Your mail there is no text to send"
    ),
    "a reply that is a quote": Case(lambda told: answer(SAM, told, ""), "write your answer above the quote"),
    "a signature alone": Case(
        lambda told: answer(SAM, told, "Kind regards\nSam Lee\nACME Ltd"),
        "no text of yours in it, only a quote or a signature; write your answer above the quote",
    ),
    "a command above a signature": Case(
        lambda told: answer(SAM, told, "#priority high\n\nMit freundlichen Grüßen\nSam\nACME GmbH, Tel. 123"),
        "Done: 1 of 1. #priority high priority: HIGH Your text it is your signature alone, so nothing was sent",
    ),
    "an attachment alone": Case(
        lambda told: write(SAM, "", told.subject, to=told.header("Reply-To"), files={"label.pdf": b"%PDF"}),
        "This is what Ana Vogel reads: | Please see what is attached.",
        relays="Please see what is attached.",
    ),
    "a reply to a closed ticket": Case(
        lambda told: answer(SAM, told, "One more thing."),
        "the case has ended (closed); to write to the customer all the same",
        before=closed,
    ),
    "a command to a closed ticket": Case(
        lambda told: answer(SAM, told, "#priority high"), "ACME-1001 has ended (closed)", before=closed
    ),
    "a reply to a merged ticket": Case(
        lambda told: answer(SAM, told, "#priority high\nIt comes."),
        "Re: [ACME-1002]",
        before=merged,
        relays="It comes.",
    ),
    "a used link": Case(
        lambda told: click(told, "Resolve", SAM), "you did this already", before=lambda o, t: used(o, t)
    ),
    "an expired link": Case(
        lambda told: click(told, "Resolve", SAM),
        "the link worked until Monday, 30 November 2026, 10:00; instead reply to a mail on this case, with #resolve",
        before=lambda office, told: office.wait(15 * DAY),
    ),
    "a forwarded notification": Case(
        lambda told: forwarded(told, f"Fwd: {told.subject}"), "Your mail you passed on a mail of ours"
    ),
    "one without the reference": Case(lambda told: forwarded(told, "Fwd: Parcel"), "you passed on a mail of ours"),
    "one that is attached": Case(attached, "you passed on a mail of ours"),
}


def used(office: Office, told: Posted) -> None:
    office.receive(click(told, "Resolve", SAM))


@pytest.mark.parametrize("case", HELPED.values(), ids=HELPED)
def test_who_may_hears_what_to_do(office: Office, told: Posted, case: Case) -> None:
    case.before(office, told)
    tickets, sent, heard = office.tickets(), len(office.letters(address(ANA))), len(office.letters(address(SAM)))
    assert office.receive(case.mail(told)).state is case.state
    (transcript,) = [one for one in office.letters(address(SAM))[heard:] if one.kind == "transcript"]
    assert case.says in f"{transcript.subject} {transcript.text}"
    news = office.letters(address(ANA))[sent:]
    assert [one.kind for one in news] == (["relay"] if case.relays else [])
    assert all(case.relays in one.text for one in news)
    assert office.tickets() == tickets


SILENT = {
    "a customer answers a forwarded notification": lambda told: answer(ANA, told, "What is this?"),
    "a stranger answers it": lambda told: answer(EVE, told, "#resolve"),
    "a customer clicks its link": lambda told: click(told, "Resolve", ANA),
    "a stranger clicks its link": lambda told: click(told, "It is spam", EVE),
}


@pytest.mark.parametrize("mail", SILENT.values(), ids=SILENT)
def test_who_may_not_hears_nothing_and_it_is_kept(
    office: Office, told: Posted, mail: Callable[[Posted], EmailMessage]
) -> None:
    heard = {one.to for one in office.letters()}
    before = len(office.letters())
    held = office.receive(mail(told))
    assert held.state is IntakeState.HELD
    assert {one.to for one in office.letters()[before:]} == {OPERATOR}
    assert heard == {address(ANA), address(SAM)}
    assert (office.tickets(), office.ticket().status) == (["ACME-1001"], Status.NEW)
    assert [event.data["intake"] for event in office.events(type_="held")] == [held.id]


def test_a_command_in_a_customers_mail_is_what_they_wrote(office: Office, told: Posted) -> None:
    office.receive(answer(ANA, office.letter(address(ANA), "acknowledgement"), "#resolve\n#priority urgent"))
    assert (office.ticket().status, office.ticket().priority) == (Status.NEW, "normal")
    assert "| #resolve | #priority urgent" in office.letter(address(SAM), "customer_answer").text
    assert office.kinds(address(ANA)) == ["acknowledgement"]


@pytest.mark.parametrize("before", [closed, merged], ids=["closed", "merged"])
def test_a_customers_reply_to_a_ticket_that_is_no_more_is_lost_nowhere(
    office: Office, told: Posted, before: Callable[[Office, Posted], None]
) -> None:
    before(office, told)
    acknowledged = office.letters(address(ANA), "acknowledgement")[0]
    office.receive(answer(ANA, acknowledged, "And now?"))
    assert office.tickets() == ["ACME-1001", "ACME-1002"]
    office.wait(DAY)
    read = [one for one in office.letters() if "[ACME-1002]" in one.subject and "And now?" in one.text]
    assert {one.to for one in read} & {address(SAM), address(KIM)}
    assert office.kinds(address(ANA))[-1] == "acknowledgement"


def test_a_colleague_who_answers_anothers_letter_hears_how_to_do_it(office: Office, told: Posted) -> None:
    office.receive(answer(KIM, told, "#resolve\nIt came."))
    assert office.ticket().status is Status.NEW
    said = office.letter(address(KIM), "transcript")
    assert "you answered a mail of mailsla to Sam Lee, and by that only they can act; yours (M2) waits" in said.text
    office.receive(answer(KIM, said, "#take"))
    assert office.ticket().assignee == "kim"


@pytest.mark.parametrize("auth", ["fail", "none"])
def test_who_is_only_called_like_a_colleague_hears_nothing(office: Office, told: Posted, auth: str) -> None:
    office.receive(answer(KIM, told, "#resolve"), auth=auth)
    assert office.letters(address(KIM)) == []


def test_what_is_passed_on_is_kept_where_it_names_its_ticket(office: Office, told: Posted) -> None:
    office.receive(forwarded(told, "Fwd: Parcel"))
    ((text,),) = office.query("SELECT text FROM messages WHERE kind = 'comment'")
    assert text == "Look."
    assert [event.type for event in office.events()][-1] == "comment"
    assert office.letters(address(ANA), "relay") == []

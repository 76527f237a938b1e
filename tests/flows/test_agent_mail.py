"""Agents in their mail client: what a reply does, and what the customer gets of it (mail.md 4)."""

import pytest

from mailsla.core.model import Status
from mailsla.ports.mail import Outcome, Sent
from tests.flows.conftest import OpenOffice
from tests.flows.mails import ANA, JO, KIM, OPERATOR, SAM, SUBJECT, address, answer, bounce, write
from tests.flows.office import DAY, HOUR, MINUTE, MONDAY, Office, berlin
from tests.flows.postbox import Posted

FIRST = "<first@mail.example>"
AGENTS = ("sam", "kim", "jo@", "maria", "sam.lee@home.example")
SIGNED = "Dear Ana,\n\nit arrives on Tuesday.\n\n-- \nSam Lee, sam@acme.example, +49 30 123\n"


@pytest.fixture
def told(office: Office) -> Posted:
    """Ana has complained; an hour later Sam opens the notification."""
    office.receive(write(ANA, headers={"Message-ID": FIRST}))
    office.wait(HOUR)
    return office.letter(address(SAM), "agent_notification")


def test_a_reply_goes_to_the_customer_as_a_fresh_message(office: Office, told: Posted) -> None:
    office.receive(answer(SAM, told, SIGNED))
    relayed = office.letter(address(ANA), "relay")
    assert "it arrives on Tuesday." in relayed.text
    assert "Your ACME delivery team" in relayed.text
    assert "Your ACME delivery team" in relayed.html
    assert relayed.subject == f"Re: {SUBJECT}"
    assert relayed.header("In-Reply-To") == FIRST
    assert relayed.header("References").split()[0] == FIRST
    assert relayed.header("From").endswith("<support@acme.example>")
    assert relayed.header("Auto-Submitted") == ""  # a person wrote it
    assert relayed.header("X-Auto-Response-Suppress") == ""


def test_nothing_of_the_agent_is_in_its_bytes(office: Office, told: Posted) -> None:
    office.receive(answer(SAM, told, SIGNED))
    seen = office.letter(address(ANA), "relay").words
    assert [word for word in AGENTS if word in seen] == []
    for inside in ("x-mailsla", "list-id", "wrote:", "agent", "reply above"):
        assert inside not in seen


def test_it_stops_the_clock_when_our_server_accepts_it(office: Office, told: Posted) -> None:
    office.postbox.answers(address(ANA), Outcome(Sent.LATER, "451 later"))
    office.receive(answer(SAM, told, "It arrives on Tuesday."))
    assert office.clock("first_response").state == "running"
    assert office.ticket().answered is False
    office.wait(MINUTE)
    assert office.clock("first_response").state == "met"
    assert office.clock("first_response").stopped_at == MONDAY + HOUR + MINUTE
    assert office.ticket().status is Status.OPEN


def test_an_answer_that_waits_to_be_sent_keeps_its_clock_from_warning(office: Office, told: Posted) -> None:
    office.postbox.answers(address(ANA), *[Outcome(Sent.LATER, "451 later")] * 6)
    office.wait_until("2026-11-16 12:30")
    office.receive(answer(SAM, told, "It arrives on Tuesday."))
    office.wait_until("2026-11-16 13:30")  # past the 75 % of 13:00
    assert office.letters(address(SAM), "reminder") == []


def test_an_answer_that_is_refused_for_good_stops_no_clock_and_the_agent_is_told(office: Office, told: Posted) -> None:
    office.postbox.answers(address(ANA), Outcome(Sent.REFUSED, "550 no such user"))
    office.receive(answer(SAM, told, "#resolve\nIt arrives on Tuesday."))
    failed = office.letter(address(SAM), "delivery_failed")
    assert "550 no such user" in failed.text
    assert office.metrics() == ["first_response 1 running", "resolution 1 running"]
    assert office.ticket().status is not Status.RESOLVED


def test_an_answer_that_bounces_counts_as_never_sent(office: Office, told: Posted) -> None:
    office.receive(answer(SAM, told, "It arrives on Tuesday."))
    assert office.clock("first_response").state == "met"
    office.wait(10 * MINUTE)
    office.receive(bounce(office.letter(address(ANA), "relay")))
    clock = office.clock("first_response")
    assert (clock.state, clock.due, clock.started_at) == ("running", MONDAY + 4 * HOUR, MONDAY)
    assert address(ANA) in office.letter(address(SAM), "delivery_failed").text
    assert office.tickets() == ["ACME-1001"]


@pytest.mark.parametrize("ordered", ["#wait customer\n", ""], ids=["by command", "by policy"])
def test_a_question_that_waits_promises_no_time_and_waits_no_more_once_it_bounced(
    open_office: OpenOffice, ordered: str
) -> None:
    waits = ('remind_waiting = "5 calendar days"', 'remind_waiting = "5 calendar days"\non_reply = "wait"')
    office = open_office(*(() if ordered else (waits,)))
    office.receive(write(ANA))
    told = office.letter(address(SAM), "agent_notification")
    office.receive(answer(SAM, told, f"{ordered}Which number is on it?"))
    asked = office.letter(address(ANA), "relay")
    assert office.ticket().status is Status.WAITING_CUSTOMER
    assert "2026, " not in asked.text
    number = office.ticket().id
    with office.services.store.begin() as uow:
        stated = {one.letter_id for one in uow.clocks.promises(number)}
        letters = {one.id: one.kind for one in uow.outbox.letters(ticket_id=number)}
    assert {letters[one] for one in stated} == {"acknowledgement"}
    office.receive(bounce(asked))
    assert office.ticket().status is Status.OPEN
    assert office.metrics()[-1] == "resolution 1 running"


def test_a_bounce_of_an_older_answer_leaves_the_question_waiting(office: Office, told: Posted) -> None:
    office.receive(answer(SAM, told, "It arrives on Tuesday."))
    first = office.letter(address(ANA), "relay")
    office.wait(10 * MINUTE)
    office.receive(answer(SAM, told, "#wait customer\nWhich number is on it?"))
    office.receive(bounce(first))
    assert office.ticket().status is Status.WAITING_CUSTOMER


def test_after_a_bounce_automatic_mail_to_the_address_rests_for_sixty_days(office: Office, told: Posted) -> None:
    office.receive(answer(SAM, told, "It arrives on Tuesday."))
    office.receive(bounce(office.letter(address(ANA), "relay")))
    office.wait_until("2027-01-15 10:59")
    office.receive(write(ANA))
    assert office.muted("acknowledgement", "ACME-1002") == ["muted_bounced"]
    office.wait_until("2027-01-15 11:00")
    office.receive(write(ANA))
    assert office.kinds(address(ANA))[-1] == "acknowledgement"
    office.receive(answer(SAM, office.letters(address(SAM), "agent_notification")[0], "A person may always write."))
    assert office.kinds(address(ANA))[-1] == "relay"


VERP = ("[sending]\n", '[sending]\nbounce_address = "verp"\n')


def test_with_an_address_for_each_letter_a_report_that_returns_nothing_is_still_understood(
    open_office: OpenOffice,
) -> None:
    office = open_office(VERP)
    office.receive(write(ANA))
    office.receive(answer(SAM, office.letter(address(SAM), "agent_notification"), "It arrives on Tuesday."))
    sent = next(one for one in office.postbox.tries if one.to == address(ANA) and b"Tuesday" in one.raw)
    assert sent.sender.startswith("support+bounce.")
    office.receive(bounce(office.letter(address(ANA), "relay"), to=sent.sender, returned=False))
    assert office.clock("first_response").state == "running"
    assert office.tickets() == ["ACME-1001"]


def test_an_absence_note_to_the_address_of_a_letter_is_no_failure(open_office: OpenOffice) -> None:
    office = open_office(VERP)
    office.receive(write(ANA))
    told = office.letter(address(SAM), "agent_notification")
    office.receive(answer(SAM, told, "It arrives on Tuesday."))
    sent = next(one for one in office.postbox.tries if one.to == address(ANA) and b"Tuesday" in one.raw)
    office.receive(write(ANA, "Away until Monday", to=sent.sender, headers={"Auto-Submitted": "auto-replied"}))
    assert [event.type for event in office.events(type_="auto_reply")] == ["auto_reply"]
    assert office.clock("first_response").state == "met"
    assert office.tickets() == ["ACME-1001"]


def test_a_bounce_that_is_only_a_delay_changes_nothing(office: Office, told: Posted) -> None:
    office.receive(answer(SAM, told, "It arrives on Tuesday."))
    office.receive(bounce(office.letter(address(ANA), "relay"), status="4.4.1"))
    assert office.clock("first_response").state == "met"
    assert office.letters(address(SAM), "delivery_failed") == []


def test_attachments_go_along(office: Office, told: Posted) -> None:
    office.receive(answer(SAM, told, "See the label.", files={"label.pdf": b"%PDF label"}))
    assert office.letter(address(ANA), "relay").files == {"label.pdf": b"%PDF label"}


def test_a_signature_over_the_agents_mail_does_not(office: Office, told: Posted) -> None:
    mail = answer(SAM, told, "It arrives on Tuesday.")
    mail.add_attachment(b"certificate of sam@acme.example", maintype="application", subtype="pkcs7-signature")
    office.receive(mail)
    relayed = office.letter(address(ANA), "relay")
    assert relayed.files == {}
    assert "sam" not in relayed.everything


@pytest.mark.parametrize(
    ("text", "files"),
    [
        ("#resolve\nIt arrives on Tuesday. Write to sam@acme.example.", {}),
        ("#resolve\nAsk my colleague, Kim@ACME.example.", {}),
        ("#resolve\nSee the label.", {"label.txt": b"contact: sam.lee@home.example"}),
        ("#resolve\nSee the label.", {"jo@acme.example.pdf": b"%PDF"}),
    ],
)
def test_an_answer_with_an_agents_address_is_given_back(
    office: Office, told: Posted, text: str, files: dict[str, bytes]
) -> None:
    office.receive(answer(SAM, told, text, files=files))
    assert office.kinds(address(ANA)) == ["acknowledgement"]
    assert "@" in office.letter(address(SAM), "transcript").text
    assert office.ticket().status is Status.NEW  # with an error nothing runs


def test_other_addresses_may_stand_in_it(office: Office, told: Posted) -> None:
    office.receive(answer(SAM, told, "We wrote to ana@mail.example; ask support@acme.example."))
    assert "ask support@acme.example" in office.letter(address(ANA), "relay").text


@pytest.mark.parametrize("new", ["", "It arrives on Tuesday.\n> | Hello,\nGood day!\n> | my parcel\n"])
def test_what_our_own_letter_said_is_never_sent_to_the_customer(office: Office, told: Posted, new: str) -> None:
    """Nothing new above the quote, or answers between its lines: reading keeps the whole text, relaying may not."""
    office.receive(answer(SAM, told, new))
    assert office.kinds(address(ANA)) == ["acknowledgement"]
    assert office.kinds(address(SAM)) == ["agent_notification", "transcript"]


def test_a_file_alone_above_a_quote_goes_with_a_line_of_ours_and_the_agent_reads_which(
    office: Office, told: Posted
) -> None:
    office.receive(answer(SAM, told, "", files={"label.pdf": b"%PDF"}))
    relayed = office.letter(address(ANA), "relay")
    assert list(relayed.files) == ["label.pdf"]
    assert relayed.text.startswith("Please see what is attached. Your ACME delivery team")
    assert "quoted" not in relayed.text and "my parcel has not arrived" not in relayed.everything
    copy = office.letter(address(SAM), "transcript").plain
    assert "| Please see what is attached." in copy
    assert "attached: label.pdf (4 bytes)" in copy


def test_a_file_under_a_few_words_and_a_quote_left_among_them_is_told(office: Office, told: Posted) -> None:
    office.receive(answer(SAM, told, "Yes.\n> | Hello,\nNo.\n> | my parcel\n", files={"label.pdf": b"%PDF"}))
    assert office.kinds(address(ANA)) == ["acknowledgement"]
    assert "not label.pdf either" in office.letter(address(SAM), "transcript").text


NOTES = {
    "#note above the text": ("#note\nShe sounds angry.", {}),
    "#note with the text behind it": ("#note She sounds angry.", {}),
    "#note with a file": ("#note She sounds angry.", {"internal.txt": b"angry"}),
    "#note alone with a file": ("#note", {"internal.txt": b"angry"}),
    "#note after another command": ("#priority high\n#note\nShe sounds angry.", {}),
}


@pytest.mark.parametrize(("text", "files"), NOTES.values(), ids=NOTES)
def test_a_note_stays_inside(office: Office, told: Posted, text: str, files: dict[str, bytes]) -> None:
    office.receive(answer(SAM, told, text, files=files))
    assert office.kinds(address(ANA)) == ["acknowledgement"]
    assert office.clock("first_response").state == "running"
    assert office.letter(address(SAM), "transcript").text


@pytest.mark.parametrize("text", ["She sounds angry.", "#priority high\nShe sounds angry.", ""])
def test_the_note_address_keeps_everything_inside(office: Office, told: Posted, text: str) -> None:
    note = told.header("Reply-To").replace("+", "+note.")
    office.receive(answer(SAM, told, text, to=note, files={"internal.txt": b"angry"}))
    assert office.kinds(address(ANA)) == ["acknowledgement"]
    assert office.ticket().priority == ("high" if "#priority" in text else "normal")


def test_a_reply_that_says_nothing_is_told_so(office: Office, told: Posted) -> None:
    office.receive(write(SAM, "", to=told.header("Reply-To")))
    assert office.kinds(address(ANA)) == ["acknowledgement"]
    assert office.kinds(address(SAM))[-1] == "transcript"


def test_the_second_answer_stops_the_second_clock(office: Office, told: Posted) -> None:
    office.receive(answer(SAM, told, "Which number?"))
    office.wait(HOUR)
    office.receive(answer(ANA, office.letter(address(ANA), "relay"), "JD-7719."))
    assert office.clock("next_response").due == MONDAY + 6 * HOUR
    office.wait(HOUR)
    office.receive(answer(SAM, office.letter(address(SAM), "customer_answer"), "Thank you."))
    assert office.clock("next_response").state == "met"


def test_several_mails_before_an_answer_the_oldest_holds_the_clock(office: Office, told: Posted) -> None:
    office.receive(answer(SAM, told, "Which number?"))
    letter = office.letter(address(ANA), "relay")
    office.receive(answer(ANA, letter, "JD-7719."))
    first = office.now
    office.wait(HOUR)
    office.receive(answer(ANA, letter, "Well?"))
    assert office.clock("next_response").started_at == first
    assert "next_response 2 running" not in office.metrics()


def test_any_of_the_agents_addresses_will_do(office: Office, told: Posted) -> None:
    office.receive(answer("Sam at home <sam.lee@home.example>", told, "It arrives on Tuesday."))
    relayed = office.letter(address(ANA), "relay")
    assert [word for word in AGENTS if word in relayed.everything] == []


def test_our_message_id_stands_for_the_token_where_plus_addresses_do_not_work(office: Office, told: Posted) -> None:
    office.receive(answer(SAM, told, "It arrives on Tuesday.", to="support@acme.example"))
    assert "Tuesday" in office.letter(address(ANA), "relay").text


def test_a_policy_can_wait_for_the_customer_after_each_answer(open_office: OpenOffice) -> None:
    office = open_office(
        ('remind_waiting = "5 calendar days"', 'remind_waiting = "5 calendar days"\non_reply = "wait"')
    )
    office.receive(write(ANA))
    office.receive(answer(SAM, office.letter(address(SAM), "agent_notification"), "Which number?"))
    assert office.ticket().status is Status.WAITING_CUSTOMER
    office.receive(answer(SAM, office.letter(address(SAM), "agent_notification"), "#resolve\nFound it."))
    assert office.ticket().status is Status.RESOLVED
    office.receive(answer(SAM, office.letter(address(SAM), "agent_notification"), "One more thing."))
    assert office.ticket().status is Status.RESOLVED  # an afterthought takes nothing up again


def test_an_agents_mail_is_kept_in_the_conversation(office: Office, told: Posted) -> None:
    office.receive(answer(SAM, told, "It arrives on Tuesday."))
    number = office.ticket().id
    with office.services.store.begin() as uow:
        kept = [(one.kind, one.author, one.internal) for one in uow.tickets.messages(number)]
    assert kept == [("customer", "ana@mail.example", False), ("agent_reply", "sam", False)]


def test_who_was_assigned_answers_and_the_others_hear_nothing(office: Office, told: Posted) -> None:
    office.receive(answer(SAM, told, "It arrives on Tuesday."))
    assert [office.letters(address(one)) for one in (KIM, JO)] == [[], []]
    assert office.letters(OPERATOR) == []
    assert office.now < berlin("2026-11-16 17:00") < office.now + DAY

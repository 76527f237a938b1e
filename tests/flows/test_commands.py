"""Commands by mail: each with its transcript, all or nothing (mail.md 4); the CLI goes through the same plan."""

import pytest

from mailsla.core.commands.grammar import Command
from mailsla.core.model import Status
from mailsla.flows import actions
from tests.flows.mails import ANA, JO, KIM, LEE, SAM, address, answer, write
from tests.flows.office import HOUR, MINUTE, MONDAY, Office, berlin
from tests.flows.postbox import Posted


@pytest.fixture
def told(office: Office) -> Posted:
    """Ana has complained; an hour later Sam opens the notification."""
    office.receive(write(ANA))
    office.wait(HOUR)
    return office.letter(address(SAM), "agent_notification")


def transcript(office: Office, to: str = SAM) -> str:
    return office.letter(address(to), "transcript").text


def test_note(office: Office, told: Posted) -> None:
    office.receive(answer(SAM, told, "#note She sounds angry."))
    assert "stays inside" in transcript(office)
    assert [event.type for event in office.events()][-1] in ("note", "letter_sent")
    assert office.letters(address(ANA), "relay") == []


def test_take(office: Office, told: Posted) -> None:
    office.receive(answer(SAM, told, "#assign kim"))
    office.receive(answer(SAM, told, "#take"))
    assert office.ticket().assignee == "sam"
    assert "assigned to: sam" in transcript(office)


def test_assign_tells_who_has_it_now(office: Office, told: Posted) -> None:
    office.receive(answer(SAM, told, "#assign Kim Adler"))
    assert office.ticket().assignee == "kim"
    given = office.letter(address(KIM), "assignment")
    assert "my parcel has not arrived" in given.text
    office.receive(answer(KIM, given, "It arrives on Tuesday."))
    assert office.kinds(address(ANA))[-1] == "relay"


def test_wait_customer_without_a_text_pauses_at_once(office: Office, told: Posted) -> None:
    office.receive(answer(SAM, told, "#wait customer"))
    assert office.ticket().status is Status.WAITING_CUSTOMER
    assert office.clock("resolution").state == "paused"
    assert office.clock("first_response").state == "running"  # it never pauses


def test_wait_customer_with_a_text_pauses_when_the_text_was_sent(office: Office, told: Posted) -> None:
    office.receive(answer(SAM, told, "#wait customer\nWhich number?"))
    assert office.ticket().status is Status.WAITING_CUSTOMER
    assert office.metrics() == ["first_response 1 met", "resolution 1 paused"]
    assert "Which number?" in office.letter(address(ANA), "relay").text


def test_priority_changes_the_policy_and_carries_over_what_has_elapsed(office: Office, told: Posted) -> None:
    office.receive(answer(SAM, told, "#priority urgent"))
    assert office.ticket().priority == "urgent"
    clock = office.clock("first_response")
    assert (clock.elapsed, clock.due, clock.breached_at) == (HOUR, MONDAY + HOUR, ())
    office.wait(MINUTE)
    assert office.clock("first_response").breached_at == (MONDAY + HOUR,)


def test_a_change_that_finds_the_clock_over_breaches_at_the_change_never_before(office: Office, told: Posted) -> None:
    office.wait(HOUR)
    office.receive(answer(SAM, told, "#priority urgent"))
    assert office.clock("first_response").breached_at == (MONDAY + 2 * HOUR,)


def test_a_downgrade_keeps_the_breach_and_arms_the_clock_anew(office: Office, told: Posted) -> None:
    office.wait(HOUR)
    office.receive(answer(SAM, told, "#priority urgent"))
    office.receive(answer(SAM, told, "#priority normal"))
    clock = office.clock("first_response")
    assert (clock.breached_at, clock.due) == ((MONDAY + 2 * HOUR,), MONDAY + 4 * HOUR)


def test_category_hands_the_ticket_to_its_team(office: Office, told: Posted) -> None:
    office.receive(answer(SAM, told, "#category billing"))
    assert (office.ticket().category, office.ticket().team, office.ticket().assignee) == ("billing", "money", "lee")
    assert "my parcel has not arrived" in office.letter(address(LEE), "assignment").text


def test_resolve_with_a_text_is_one_mail_that_stops_both_clocks(office: Office, told: Posted) -> None:
    office.receive(answer(SAM, told, "#resolve\nIt was lost; a new one comes on Tuesday."))
    assert office.kinds(address(ANA)) == ["acknowledgement", "relay"]
    relayed = office.letter(address(ANA), "relay")
    assert "a new one comes on Tuesday" in relayed.text
    assert "30 November 2026" in relayed.text  # until when an answer takes it up again
    assert office.ticket().status is Status.RESOLVED
    assert office.metrics() == ["first_response 1 met", "resolution 1 met"]


def test_resolve_without_a_text_sends_the_closing_letter_and_is_no_answer(office: Office, told: Posted) -> None:
    office.receive(answer(SAM, told, "#resolve"))
    assert office.kinds(address(ANA)) == ["acknowledgement", "closing"]
    assert office.letter(address(ANA), "closing").header("Auto-Submitted") == "auto-generated"
    assert office.metrics() == ["first_response 1 cancelled", "resolution 1 met"]


def test_reopen(office: Office, told: Posted) -> None:
    office.receive(answer(SAM, told, "#resolve"))
    office.wait(HOUR)
    office.receive(answer(SAM, told, "#reopen"))
    assert office.ticket().status is Status.OPEN
    assert office.clock("resolution").state == "running"
    assert office.clock("resolution").elapsed == HOUR  # the time resolved counts as nothing


def test_reopen_is_too_late_after_the_window(office: Office, told: Posted) -> None:
    office.receive(answer(SAM, told, "#resolve"))
    office.wait_until("2026-12-02 10:00")
    office.receive(answer(SAM, told, "#reopen"))
    assert office.ticket().status is Status.CLOSED
    assert "ended" in transcript(office)


def test_help_lists_all_commands_and_sends_nothing(office: Office, told: Posted) -> None:
    office.receive(answer(SAM, told, "#help\nIt arrives on Tuesday."))
    for verb in ("#note", "#take", "#assign", "#wait", "#priority", "#category", "#resolve", "#reopen"):
        assert verb in transcript(office)
    assert office.letters(address(ANA), "relay") == []


def test_several_commands_and_a_text_in_one_mail(office: Office, told: Posted) -> None:
    office.receive(answer(SAM, told, "#priority high\n#assign kim\n#wait customer\nWhich number?"))
    ticket = office.ticket()
    assert (ticket.priority, ticket.assignee, ticket.status) == ("high", "kim", Status.WAITING_CUSTOMER)
    for result in ("priority: high", "assigned to: kim", "waits for the customer"):
        assert result in transcript(office).lower()
    assert "#" not in office.letter(address(ANA), "relay").text


WRONG = {
    "#prioritty high": "#priority high",
    "#assign saam": "#assign sam",
    "#category deliveri": "#category delivery",
    "#solved": "#resolve",
    "#wait custommer": "#wait customer",
    "# note": "#note",
}


@pytest.mark.parametrize(("wrong", "meant"), WRONG.items())
def test_with_an_error_nothing_runs_and_nothing_is_relayed(
    office: Office, told: Posted, wrong: str, meant: str
) -> None:
    before = office.ticket()
    office.receive(answer(SAM, told, f"#priority high\n{wrong}\nIt arrives on Tuesday."))
    assert office.ticket() == before
    assert office.letters(address(ANA), "relay") == []
    assert wrong.split()[0] in transcript(office)
    assert meant in transcript(office)  # "did you mean"
    assert "not run" in transcript(office).lower()


def test_a_command_in_a_customers_mail_does_nothing(office: Office, told: Posted) -> None:
    before = office.ticket()
    office.receive(answer(ANA, office.letter(address(ANA), "acknowledgement"), "#resolve\n#assign kim\nThank you."))
    assert office.ticket() == before
    assert office.letters(address(ANA), "transcript") == []
    assert "#resolve" in office.letter(address(SAM), "customer_answer").text


def test_a_transcript_stands_in_the_thread_of_the_mail_that_it_answers(office: Office, told: Posted) -> None:
    mail = answer(SAM, told, "#take")
    office.receive(mail)
    letter = office.letter(address(SAM), "transcript")
    assert letter.header("In-Reply-To") == mail["Message-ID"]
    assert letter.header("Auto-Submitted") == "auto-replied"


def test_a_manager_acts_by_answering_an_escalation_and_their_text_stays_inside(office: Office, told: Posted) -> None:
    office.wait_until("2026-11-16 14:10")
    letter = office.letter(address(JO), "escalation")
    office.receive(answer(JO, letter, "#assign kim\nKim, please be quick."))
    assert office.ticket().assignee == "kim"
    assert office.letters(address(ANA), "relay") == []


# The CLI goes through the same plan.


def test_cli_command(office: Office, told: Posted) -> None:
    planned = actions.command(office.services, "ACME-1001", Command("assign", "kim"), "root")
    office.work()
    assert planned.ok
    assert (office.ticket().assignee, office.ticket().status) == ("kim", Status.OPEN)
    assert office.events(type_="assigned")[-1].actor == "cli:root"
    assert office.kinds(address(KIM)) == ["assignment"]


def test_cli_command_that_is_refused_changes_nothing(office: Office, told: Posted) -> None:
    before = office.ticket()
    planned = actions.command(office.services, "1001", Command("assign", "nobody"), "root")
    assert not planned.ok
    assert office.ticket() == before


def test_cli_reply_with_resolve_is_one_mail(office: Office, told: Posted) -> None:
    assert actions.reply(office.services, "ACME-1001", "It comes on Tuesday.\n", "root", resolve=True)[0].ok
    office.work()
    assert office.kinds(address(ANA)) == ["acknowledgement", "relay"]
    assert office.metrics() == ["first_response 1 met", "resolution 1 met"]


def test_cli_reply_with_an_agents_address_is_refused(office: Office, told: Posted) -> None:
    assert not actions.reply(office.services, "ACME-1001", "Write to sam@acme.example.", "root", resolve=False)[0].ok
    office.work()
    assert office.letters(address(ANA), "relay") == []


def test_cli_resolve_without_a_text(office: Office, told: Posted) -> None:
    assert actions.command(office.services, "ACME-1001", Command("resolve"), "root").ok
    office.work()
    assert office.kinds(address(ANA)) == ["acknowledgement", "closing"]
    assert office.ticket().resolved_at == berlin("2026-11-16 11:00")


def test_cli_opens_what_came_by_telephone(office: Office) -> None:
    settings = office.services.settings.mailboxes[0]
    text = "It is late."
    ticket = actions.open_by_hand(office.services, settings, address(ANA), "Ana Vogel", "Where is my parcel?", text)
    office.work()
    assert ticket is not None
    assert office.tickets() == [ticket.reference]
    assert office.kinds(address(SAM)) == ["agent_notification"]

"""Whose turn it is: snooze, hand-over, acknowledged escalations, and closing (mail.md section 4)."""

import pytest

from mailsla.core.commands.grammar import Command
from mailsla.core.model import Status
from mailsla.flows import actions
from tests.flows.conftest import OpenOffice
from tests.flows.mails import ANA, JO, KIM, LEE, MARIA, OPERATOR, RIO, SAM, address, answer, write
from tests.flows.office import DAY, HOUR, MINUTE, Office, berlin
from tests.flows.postbox import Posted

WITH_DUTY = (
    'display_name = "our accounts team"',
    'display_name = "our accounts team"\ninternal_target = "2h"\ncalendar = "office"',
)


@pytest.fixture
def told(office: Office) -> Posted:
    """Ana has complained; an hour later Sam opens the notification."""
    office.receive(write(ANA))
    office.wait(HOUR)
    return office.letter(address(SAM), "agent_notification")


def transcript(office: Office, to: str = SAM) -> str:
    return " ".join(office.letter(address(to), "transcript").text.split())


def happened(office: Office) -> list[str]:
    return [event.type for event in office.events()]


# Snooze


def test_a_snoozed_case_sends_no_reminder_and_wakes_with_a_mail(office: Office, told: Posted) -> None:
    office.receive(answer(SAM, told, "#snooze 3h"))  # until 14:00; the reminder was for 13:00, the due is 14:00
    assert "no reminders until" in transcript(office)
    assert "14:00" in transcript(office)
    office.wait_until("2026-11-16 13:59")
    assert office.kinds(address(SAM)) == ["agent_notification", "transcript"]
    assert "reminder_slept" in happened(office)
    office.wait_until("2026-11-16 14:00")
    woken = office.letter(address(SAM), "case_news")
    assert "The snooze of ACME-1001 is over" in woken.text
    assert "my parcel has not arrived" in woken.text
    assert office.ticket().snoozed_until is None
    office.receive(answer(SAM, woken, "It arrives on Tuesday."))
    assert office.kinds(address(ANA))[-1] == "relay"


def test_the_same_case_not_snoozed_is_reminded_of(office: Office, told: Posted) -> None:
    office.wait_until("2026-11-16 13:59")
    assert office.kinds(address(SAM)) == ["agent_notification", "reminder"]


def test_a_due_time_within_the_snooze_is_said(office: Office, told: Posted) -> None:
    office.receive(answer(SAM, told, "#snooze tomorrow"))
    assert "this is due before: Answer due, " in transcript(office)
    office.receive(answer(SAM, told, "#snooze 1h"))
    assert "due before" not in transcript(office)


def test_the_clocks_run_on_and_escalations_go_out(office: Office, told: Posted) -> None:
    office.receive(answer(SAM, told, "#snooze fri"))
    office.wait_until("2026-11-16 14:01")
    assert office.clock("first_response").breached_at == (berlin("2026-11-16 14:00"),)
    assert "escalation" in office.kinds(address(JO))


def test_a_snooze_ends_when_the_customer_writes(office: Office, told: Posted) -> None:
    office.receive(answer(SAM, told, "#snooze fri"))
    office.receive(answer(ANA, office.letter(address(ANA), "acknowledgement"), "Any news? I need it."))
    assert office.ticket().snoozed_until is None
    assert office.kinds(address(SAM))[-1] == "customer_answer"
    office.wait_until("2026-11-20 12:00")
    assert "case_news" not in office.kinds(address(SAM))


@pytest.mark.parametrize("ends", ["#snooze off", "#assign kim", "#handover money", "#resolve"])
def test_a_snooze_ends_by_a_command(office: Office, told: Posted, ends: str) -> None:
    office.receive(answer(SAM, told, "#snooze fri"))
    office.receive(answer(SAM, told, ends))
    assert office.ticket().snoozed_until is None


@pytest.mark.parametrize("snoozes", [True, False])
def test_a_reminder_that_waits_for_opening_hours_is_not_sent_once_snoozed(
    open_office: OpenOffice, snoozes: bool
) -> None:
    late = '[calendars.late]\nzone = "Europe/Berlin"\nweekly.mon = ["09:00-17:00"]\nweekly.tue = ["15:00-17:00"]\n\n'
    sam = 'display_name = "Sam Lee"\nzone = "Europe/Berlin"\ncalendar = '
    office = open_office(("[calendars.office]", f"{late}[calendars.office]"), (f'{sam}"office"', f'{sam}"late"'))
    office.receive(write(ANA))
    told = office.letter(address(SAM), "agent_notification")
    office.wait_until("2026-11-17 14:30")  # the reminder of the solution fell due at 14:00, and waits for 15:00
    before = office.kinds(address(SAM)).count("reminder")
    if snoozes:
        office.receive(answer(SAM, told, "#snooze fri"))
    office.wait_until("2026-11-17 15:01")
    assert office.kinds(address(SAM)).count("reminder") - before == (0 if snoozes else 1)


def test_a_snooze_is_shown_in_letters_and_explained(office: Office, told: Posted) -> None:
    office.receive(answer(SAM, told, "#snooze fri"))
    office.receive(answer(SAM, told, "#why"))
    assert "Sam Lee: snoozed until Friday, 20 November 2026, 09:00" in office.letter(address(SAM), "explanation").text


# Hand-over


def test_a_hand_over_goes_to_the_team_with_a_note(open_office: OpenOffice) -> None:
    office = open_office(WITH_DUTY)
    office.receive(write(ANA))
    told = office.letter(address(SAM), "agent_notification")
    office.receive(answer(JO, office.letter(address(SAM), "agent_notification"), "#handover money"))  # not Jo's right
    assert office.ticket().team == "delivery"
    office.receive(answer(SAM, told, "#handover money\nShe sent a picture of the label.\nPlease refund."))
    assert (office.ticket().team, office.ticket().assignee) == ("money", "lee")
    given = office.letter(address(LEE), "case_news").text
    assert "ACME-1001 is yours now: Sam Lee handed it over to your team (our accounts team)." in given
    assert "She sent a picture of the label." in given
    assert "my parcel has not arrived" in given
    assert "goes along as a note" in transcript(office)
    assert office.letters(address(ANA), "relay") == []  # the text stays inside
    assert office.clock("ola").state == "running"
    assert office.clock("first_response").state == "running"
    assert {"handed_over", "note"} <= set(happened(office))


def test_who_had_the_case_is_told(office: Office, told: Posted) -> None:
    actions.command(office.services, "1001", Command("handover", "money"), "root", "Hers by right.")
    office.work()
    gone = office.letter(address(SAM), "case_news")
    assert "root handed ACME-1001 over to another team (our accounts team). You need do nothing more." in gone.text
    office.receive(answer(SAM, gone, "Why?"))  # who has it no more does not write to the customer by mistake
    assert office.letters(address(ANA), "relay") == []
    assert "Hers by right." in office.letter(address(LEE), "case_news").text


def test_a_team_that_assigns_by_hand_is_told_as_a_whole(open_office: OpenOffice) -> None:
    office = open_office(('members = ["lee"]', 'members = ["lee", "maria"]\nassignment = "manual"'))
    office.receive(write(ANA))
    office.receive(answer(SAM, office.letter(address(SAM), "agent_notification"), "#handover our accounts team"))
    assert office.ticket().assignee is None
    for one in (LEE, MARIA):
        assert "Nobody has it yet: #take makes it yours." in office.letter(address(one), "case_news").text


def test_a_team_of_which_nobody_is_here_is_said_and_who_reads_instead(office: Office, told: Posted) -> None:
    office.receive(write(LEE, "#absent today", "away"))
    office.receive(answer(SAM, told, "#handover money\nShe sent a picture."))
    assert (
        "handed over to the team: our accounts team; nobody of it is here now, so these read it: Sam Lee, Kim Adler"
        in transcript(office)
    )
    assert "goes along as a note" in transcript(office)
    assert office.ticket().team == "money"
    assert "She sent a picture." in office.letter(address(KIM), "case_news").text


def test_where_nobody_at_all_is_here_the_operator_reads(office: Office, told: Posted) -> None:
    for one in (SAM, KIM, LEE, JO, MARIA):
        office.receive(write(one, "#absent today", "away"))
    office.receive(answer(SAM, told, "#handover money"))
    assert f"so these read it: {OPERATOR}" in transcript(office)
    assert office.kinds(OPERATOR)[-1] == "case_news"


def test_the_old_teams_clock_stops(open_office: OpenOffice) -> None:
    office = open_office(WITH_DUTY)
    office.receive(write(ANA))
    office.receive(answer(SAM, office.letter(address(SAM), "agent_notification"), "#handover money"))
    office.wait(HOUR)
    office.receive(answer(LEE, office.letter(address(LEE), "case_news"), "#handover delivery"))
    assert office.clock("ola").state == "met"
    assert office.ticket().team == "delivery"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("#handover mony", "Did you mean #handover money?"),
        ("#handover nowhere", "there is no team nowhere; there are: delivery, money"),
        ("#handover delivery", "the team has it already: our delivery team"),
    ],
)
def test_a_hand_over_that_is_refused(office: Office, told: Posted, text: str, says: str) -> None:
    office.receive(answer(SAM, told, f"{text}\nPlease look."))
    assert says in transcript(office)
    assert (office.ticket().team, office.ticket().assignee) == ("delivery", "sam")
    assert office.letters(address(ANA), "relay") == []


def test_files_of_a_hand_over_stay_inside(office: Office, told: Posted) -> None:
    office.receive(answer(SAM, told, "#handover money", files={"label.bin": b"picture"}))
    assert office.letters(address(ANA), "relay") == []


# Acknowledged escalations


def test_an_acknowledged_ladder_climbs_no_further(office: Office, told: Posted) -> None:
    office.wait_until("2026-11-16 14:05")
    alarm = office.letter(address(JO), "escalation")
    assert "#ack on its first line stops the ladder" in alarm.text
    office.receive(answer(JO, alarm, "#ack\nI call her."))
    assert "nobody else is told" in transcript(office, JO)
    assert office.letters(address(ANA), "relay") == []
    office.wait_until("2026-11-16 16:59")
    assert office.kinds(address(MARIA)) == []
    assert office.clock("first_response").state == "running"
    assert "acknowledged" in happened(office)


def test_a_ladder_that_nobody_acknowledged_climbs(office: Office, told: Posted) -> None:
    office.wait_until("2026-11-16 16:59")
    assert office.kinds(address(MARIA)) == ["escalation"]


def test_another_target_escalates_anew(office: Office, told: Posted) -> None:
    office.wait_until("2026-11-16 14:05")
    office.receive(answer(JO, office.letter(address(JO), "escalation"), "#ack"))
    office.receive(answer(SAM, told, "#wait customer\nWhich number?"))
    office.receive(answer(ANA, office.letter(address(ANA), "relay"), "4711, and where is it?"))
    office.wait(DAY)
    assert len(office.letters(address(JO), "escalation")) > 1  # the next answer is another episode


def test_what_waits_for_the_morning_is_not_sent_once_acknowledged(open_office: OpenOffice) -> None:
    office = open_office(('{ offset = "0m", to = ["manager"] },', '{ offset = "0m", to = ["manager", "maria"] },'))
    office.receive(write(ANA), at=berlin("2026-11-16 09:00"))
    office.now = berlin("2026-11-16 18:00")  # mailsla slept, Jo is at home
    office.work()
    alarm = office.letter(address(MARIA), "escalation")
    office.receive(answer(MARIA, alarm, "#ack"))
    office.wait_until("2026-11-17 09:30")
    assert office.kinds(address(JO)) == []


@pytest.mark.parametrize("times", [1, 2])
def test_an_ack_of_nothing_and_a_second_one(office: Office, told: Posted, times: int) -> None:
    if times == 1:
        office.receive(answer(SAM, told, "#ack"))
        assert "nothing of ACME-1001 was escalated" in transcript(office)
        return
    office.wait_until("2026-11-16 14:05")
    office.receive(answer(JO, office.letter(address(JO), "escalation"), "#ack"))
    office.receive(answer(SAM, told, "#ack"))
    assert "somebody takes care of it already" in transcript(office)


# Closing


def test_a_resolved_case_is_closed_and_nobody_is_written_to(office: Office, told: Posted) -> None:
    office.receive(answer(SAM, told, "#resolve\nIt is there."))
    office.receive(answer(SAM, told, "#close"))
    assert office.ticket().status is Status.CLOSED
    assert "closed for good" in transcript(office)
    assert office.kinds(address(ANA)) == ["acknowledgement", "relay"]
    office.receive(answer(ANA, office.letter(address(ANA), "relay"), "It is not there."))
    assert office.tickets() == ["ACME-1001", "ACME-1002"]


def test_an_answered_case_is_closed(office: Office, told: Posted) -> None:
    office.receive(answer(SAM, told, "It is there."))
    office.receive(answer(SAM, told, "#close"))
    assert office.ticket().status is Status.CLOSED
    assert office.metrics() == ["first_response 1 met", "resolution 1 met"]


def test_a_case_that_nobody_answered_is_not_closed_in_silence(office: Office, told: Posted) -> None:
    office.receive(answer(SAM, told, "#close"))
    assert "nobody has answered the customer of ACME-1001" in transcript(office)
    assert "Did you mean #resolve?" in transcript(office)
    assert office.ticket().status is Status.NEW


def test_a_text_below_close_is_not_sent(office: Office, told: Posted) -> None:
    office.receive(answer(SAM, told, "It is there."))
    office.receive(answer(SAM, told, "#close\nGoodbye."))
    assert "#resolve sends it" in transcript(office)
    assert office.ticket().status is Status.OPEN
    assert len(office.letters(address(ANA), "relay")) == 1


def test_commands_of_a_stranger_with_the_reference_do_nothing(office: Office, told: Posted) -> None:
    for text in ("#handover money", "#snooze fri", "#ack", "#close", "#admit rio@elsewhere.example"):
        office.receive(write(RIO, text, "[ACME-1001] hello"))
        office.receive(answer(ANA, office.letter(address(ANA), "acknowledgement"), text))
    ticket = office.ticket()
    assert (ticket.team, ticket.snoozed_until, ticket.status) == ("delivery", None, Status.NEW)
    assert not {"handed_over", "snoozed", "acknowledged", "admitted"} & set(happened(office))
    assert "#handover money" in office.letters(address(SAM), "customer_answer")[0].text  # it is text


def test_help_of_one_command(office: Office, told: Posted) -> None:
    office.receive(answer(SAM, told, "#help snooze"))
    letter = office.letter(address(SAM), "transcript").text
    assert "#snooze 2026-12-01 09:00" in letter
    assert "#merge" not in letter
    office.receive(answer(SAM, told, "#help snoze"))
    assert "Did you mean #help snooze?" in transcript(office)
    office.receive(answer(KIM, told, "#help"))  # not Kim's letter: held, and she hears that alone
    office.wait(MINUTE)
    assert "waits for the operator" in transcript(office, KIM)
    assert "#merge" not in transcript(office, KIM)

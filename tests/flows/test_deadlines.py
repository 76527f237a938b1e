"""Warnings, breaches, the ladder, quiet hours, outages, and what a ticket does by itself (sla.md 4 and 5)."""

import pytest

from mailsla.core.model import NoticeState, Status
from tests.flows.conftest import OpenOffice
from tests.flows.mails import ANA, JO, KIM, MARIA, OPERATOR, SAM, address, answer, write
from tests.flows.office import DAY, HOUR, MONDAY, Office, berlin
from tests.flows.postbox import Posted


@pytest.fixture
def told(office: Office) -> Posted:
    """Ana has complained on Monday at 10:00; due are 14:00 (first answer) and Wednesday 10:00 (solution)."""
    office.receive(write(ANA))
    return office.letter(address(SAM), "agent_notification")


def sent_at(office: Office, to: str, kind: str) -> list[int]:
    return [letter.at for letter in office.letters(address(to), kind)]


def test_a_reminder_comes_at_its_share_of_the_target(office: Office, told: Posted) -> None:
    office.wait_until("2026-11-16 14:00")
    assert sent_at(office, SAM, "reminder") == [berlin("2026-11-16 13:00")]
    assert "14:00" in office.letter(address(SAM), "reminder").text


def test_a_reminder_says_what_is_left_what_came_last_and_the_likeliest_commands(office: Office, told: Posted) -> None:
    office.wait_until("2026-11-16 12:00")
    office.receive(answer(ANA, told, "It is a birthday present.", to="support@acme.example"))
    office.receive(answer(SAM, told, "#assign kim"))
    office.wait_until("2026-11-16 13:01")
    letter = office.letter("kim@acme.example", "reminder")
    assert "Answer due Mon 16 Nov, 14:00 Berlin 60 minutes left, all today" in letter.text
    assert "Last Mon 16 Nov, 12:00, Sam Lee: assigned to: Kim Adler" in letter.text
    assert "#resolve solved; with a text below it, one mail says so" in letter.text
    assert "#wait customer we wait" in letter.text
    assert "a reminder went out" not in letter.text, "that is this letter"
    assert letter.text.count("Answer due") == 1
    assert max(map(len, letter.plain.splitlines())) <= 72


def test_time_that_is_left_tomorrow_is_told(open_office: OpenOffice) -> None:
    office = open_office(('first_response = "4h"', 'first_response = "8h"'))
    office.receive(write(ANA))
    office.wait_until("2026-11-16 16:01")
    assert "2 h left, 60 minutes of it tomorrow" in office.letter(address(SAM), "reminder").text


def test_a_late_reminder_says_when_it_was_written(office: Office, told: Posted) -> None:
    office.sleep_until("2026-11-16 13:40")
    office.work()
    (warned,) = office.events(type_="warned")
    assert warned.at == berlin("2026-11-16 13:40")
    fired = office.query("SELECT at FROM firings WHERE superseded = 0")
    assert fired == [(berlin("2026-11-16 13:00"),)]


def test_at_exactly_due_it_is_not_yet_a_breach(office: Office, told: Posted) -> None:
    office.wait_until(MONDAY + 4 * HOUR)
    assert office.clock("first_response").breached_at == ()
    assert office.letters(address(JO)) == []
    office.wait(1)
    assert office.clock("first_response").breached_at == (MONDAY + 4 * HOUR,)
    assert sent_at(office, JO, "escalation") == [MONDAY + 4 * HOUR + 1]


def test_an_answer_at_exactly_due_is_in_time(office: Office, told: Posted) -> None:
    office.wait_until(MONDAY + 4 * HOUR)
    office.receive(answer(SAM, told, "It arrives on Tuesday."))
    assert office.clock("first_response").state == "met"
    office.wait(HOUR)
    assert office.letters(address(JO)) == []


def test_the_ladder_climbs_in_opening_hours(office: Office, told: Posted) -> None:
    office.wait_until("2026-11-17 17:00")
    assert sent_at(office, JO, "escalation") == [berlin("2026-11-16 14:00") + 1]
    assert sent_at(office, MARIA, "escalation") == [berlin("2026-11-16 16:00")]


def test_an_escalation_says_what_was_tried_and_by_whom(office: Office, told: Posted) -> None:
    office.receive(answer(SAM, told, "#assign kim"))
    office.wait_until("2026-11-16 14:01")
    text = office.letter(address(JO), "escalation").text
    assert "ACME-1001" in text
    assert "Kim Adler" in text
    assert "the next level was told" not in text  # that is this letter
    assert "Sam Lee: assigned to: Kim Adler" in text
    assert "Next Mon 16 Nov, 16:00: Maria Roth" in text
    office.wait_until("2026-11-16 16:01")
    assert "Next nobody else is told: the ladder ends here" in office.letter(address(MARIA), "escalation").text


def test_an_escalation_names_the_letters_before_it_and_not_what_the_customer_wrote(
    office: Office, told: Posted
) -> None:
    office.receive(write(ANA, subject="Re: [ACME-1001] Where is my parcel?"))
    office.wait_until("2026-11-16 16:01")
    text = office.letter(address(MARIA), "escalation").text
    assert text.count("the next level was told: Jo Brandt") == 1
    assert "Maria" not in text.partition("told: Jo Brandt")[2].partition("Next")[0]
    assert "the customer wrote" not in text


def test_a_stopped_clock_cancels_the_rest_of_the_ladder(office: Office, told: Posted) -> None:
    office.wait_until("2026-11-16 14:30")
    office.receive(answer(SAM, told, "It arrives on Tuesday."))
    assert office.clock("first_response").state == "late"
    office.wait_until("2026-11-16 16:59")
    assert office.letters(address(MARIA)) == []


def test_a_breach_is_recorded_once_and_stays(office: Office, told: Posted) -> None:
    office.wait_until("2026-11-16 14:30")
    office.receive(answer(SAM, told, "#priority low"))
    office.receive(answer(SAM, told, "It arrives on Tuesday."))
    number = office.ticket().id
    with office.services.store.begin() as uow:
        (breach,) = uow.clocks.breaches(number)
    assert (breach.metric, breach.breached_at, breach.recorded_at) == (
        "first_response",
        MONDAY + 4 * HOUR,
        MONDAY + 4 * HOUR + 1,
    )
    assert len(office.events(type_="breached")) == 1


def test_a_paused_clock_has_no_due_and_never_fires(office: Office, told: Posted) -> None:
    office.receive(answer(SAM, told, "#wait customer\nWhich number?"))
    assert office.clock("resolution").due is None
    office.wait(4 * DAY)
    assert office.kinds(address(SAM)) == ["agent_notification", "transcript"]
    assert office.letters(address(JO)) + office.letters(address(MARIA)) == []


def test_after_the_pause_it_has_what_was_left(office: Office, told: Posted) -> None:
    office.receive(answer(SAM, told, "#wait customer\nWhich number?"))
    office.wait_until("2026-11-20 16:00")
    office.receive(answer(ANA, office.letter(address(ANA), "relay"), "JD-7719."))
    assert office.clock("resolution").due == berlin("2026-11-24 16:00")  # 1 h on Friday, 8 h on Monday, 7 h on Tuesday


# Quiet hours


@pytest.mark.parametrize(
    ("level", "told_at"),
    [("", "2026-11-23 09:00"), (", override_quiet_hours = true", "2026-11-20 22:00")],
)
def test_an_escalation_waits_for_the_readers_opening_unless_it_may_not(
    open_office: OpenOffice, level: str, told_at: str
) -> None:
    office = open_office(
        ('name = "four-hours"\ncalendar = "office"', 'name = "four-hours"\ncalendar = "always"'),
        ("[calendars.office]", _ALWAYS + "[calendars.office]"),
        ('{ offset = "0m", to = ["manager"] }', f'{{ offset = "0m", to = ["manager"]{level} }}'),
    )
    office.now = berlin("2026-11-20 18:00")
    office.receive(write(ANA))
    office.wait_until("2026-11-23 09:30")
    assert office.clock("first_response").breached_at == (berlin("2026-11-20 22:00"),)  # a breach is never moved
    assert abs(sent_at(office, JO, "escalation")[0] - berlin(told_at)) <= 1


def test_what_waited_for_an_opening_comes_as_one_letter(open_office: OpenOffice) -> None:
    office = open_office(
        ('name = "four-hours"\ncalendar = "office"', 'name = "four-hours"\ncalendar = "always"'),
        ("[calendars.office]", _ALWAYS + "[calendars.office]"),
    )
    office.now = berlin("2026-11-20 18:00")
    for number in range(3):
        office.receive(write(f"customer{number}@mail.example"))
    office.wait_until("2026-11-23 09:30")
    (letter,) = office.letters(address(JO))
    for reference in office.tickets():
        assert reference in letter.text
    assert letter.header("Reply-To") == ""  # one reply can't mean several tickets


def test_what_was_answered_meanwhile_is_left_out(open_office: OpenOffice) -> None:
    office = open_office(
        ('name = "four-hours"\ncalendar = "office"', 'name = "four-hours"\ncalendar = "always"'),
        ("[calendars.office]", _ALWAYS + "[calendars.office]"),
        ('calendar = "office"\nmanager = "jo"', 'manager = "jo"'),
    )
    office.now = berlin("2026-11-20 18:00")
    for number in range(3):
        office.receive(write(f"customer{number}@mail.example"))
    office.wait(5 * HOUR)
    office.receive(
        answer(
            SAM,
            office.letters(address(SAM), "agent_notification")[0],
            "#resolve\nSolved.",
        )
    )
    office.wait_until("2026-11-23 09:30")
    (letter,) = office.letters(address(JO))
    assert "ACME-1001" not in letter.text
    assert "ACME-1002" in letter.text
    assert [notice.state for notice in office.notices("escalation") if notice.person == "jo"] == [NoticeState.CANCELLED]


# Outages


def test_after_an_outage_of_days_the_highest_level_speaks_once(office: Office, told: Posted) -> None:
    office.sleep_until("2026-11-19 11:00")
    assert office.letters(address(SAM), "reminder") == []
    assert office.letters(address(JO)) == []
    (letter,) = office.letters(address(MARIA))
    assert "ACME-1001" in letter.text
    office.wait(DAY)
    assert len(office.letters(address(MARIA))) == 1
    assert office.clock("first_response").breached_at == (MONDAY + 4 * HOUR,)


def test_after_an_outage_each_person_gets_one_letter(office: Office) -> None:
    for number in range(4):
        office.receive(write(f"customer{number}@mail.example"))
    office.sleep_until("2026-11-19 11:00")
    assert len(office.letters(address(MARIA))) == 1


def test_a_replay_says_nothing_twice(office: Office, told: Posted) -> None:
    office.wait_until("2026-11-16 16:30")
    sent = len(office.letters())
    office.restart()
    office.work()
    assert len(office.letters()) == sent


# Who is found


def test_a_level_that_finds_nobody_tells_the_operator_and_says_so(open_office: OpenOffice) -> None:
    office = open_office(('manager = "jo"\n', ""))
    office.receive(write(ANA))
    office.wait_until("2026-11-16 14:01")
    letter = office.letter(OPERATOR, "escalation")
    assert "ACME-1001" in letter.text
    assert "nobody" in letter.text.lower() or "no one" in letter.text.lower()


def test_with_everybody_absent_the_operator_reads_what_comes_in(open_office: OpenOffice) -> None:
    office = open_office(*[(f'display_name = "{name}"', f'display_name = "{name}"\nabsent = true') for name in _PEOPLE])
    office.receive(write(ANA))
    assert office.kinds(address(ANA)) == ["acknowledgement"]
    letter = office.letter(OPERATOR, "agent_notification")
    assert "my parcel has not arrived" in letter.text
    office.receive(answer(ANA, office.letter(address(ANA), "acknowledgement"), "Well?"))
    office.wait_until("2026-11-16 14:01")
    assert office.kinds(OPERATOR) == ["agent_notification", "customer_answer", "reminder", "escalation"]


def test_reminders_go_to_the_team_while_nobody_has_the_ticket(open_office: OpenOffice) -> None:
    office = open_office(('signature = "Your ACME delivery team"', 'assignment = "manual"'))
    office.receive(write(ANA))
    office.wait_until("2026-11-16 14:01")
    assert office.ticket().assignee is None
    for person in (SAM, KIM):
        assert office.kinds(address(person)) == ["agent_notification", "reminder"]
    assert office.kinds(address(JO)) == ["escalation"]  # the team's manager


# What a ticket does by itself


def test_waiting_for_the_customer_is_reminded_after_five_days_and_resolved_after_fourteen(
    office: Office, told: Posted
) -> None:
    office.receive(answer(SAM, told, "#wait customer\nWhich number?"))
    office.wait_until("2026-12-02 00:00")
    assert [(one.kind, one.at) for one in office.letters(address(ANA))][2:] == [
        ("waiting_reminder", berlin("2026-11-22 00:00")),
        ("closing", berlin("2026-12-01 00:00")),
    ]
    assert office.ticket().status is Status.RESOLVED
    assert "30 November" in office.letter(address(ANA), "waiting_reminder").text


def test_an_answer_in_time_stops_that(office: Office, told: Posted) -> None:
    office.receive(answer(SAM, told, "#wait customer\nWhich number?"))
    office.wait_until("2026-11-23 10:00")
    office.receive(answer(ANA, office.letter(address(ANA), "waiting_reminder"), "JD-7719."))
    office.wait_until("2026-12-10 10:00")
    assert office.ticket().status is Status.OPEN
    assert office.kinds(address(ANA)) == ["acknowledgement", "relay", "waiting_reminder"]


def test_waiting_a_second_time_is_reminded_a_second_time(office: Office, told: Posted) -> None:
    for _ in range(2):
        office.receive(answer(SAM, told, "#wait customer\nWhich number?"))
        office.wait(7 * DAY)
        office.receive(answer(ANA, office.letter(address(ANA), "relay"), "JD-7719."))
    assert office.kinds(address(ANA)).count("waiting_reminder") == 2


def test_what_the_customer_answers_to_the_closing_takes_it_up_again(office: Office, told: Posted) -> None:
    office.receive(answer(SAM, told, "#wait customer\nWhich number?"))
    office.wait_until("2026-12-01 10:00")
    office.receive(answer(ANA, office.letter(address(ANA), "closing"), "I was ill. JD-7719."))
    assert office.ticket().status is Status.OPEN
    assert office.clock("resolution").state == "running"


def test_resolved_closes_itself_after_the_window(office: Office, told: Posted) -> None:
    office.receive(answer(SAM, told, "#resolve\nDone."))
    office.wait_until("2026-12-01 00:00")
    assert office.ticket().status is Status.RESOLVED
    office.wait(1)
    assert office.ticket().status is Status.CLOSED
    assert office.ticket().closed_at == berlin("2026-12-01 00:00") + 1
    assert office.metrics() == ["first_response 1 met", "resolution 1 met"]


def test_an_outage_past_the_end_of_waiting_reminds_nobody_of_what_is_over(office: Office, told: Posted) -> None:
    office.receive(answer(SAM, told, "#wait customer\nWhich number?"))
    office.sleep_until("2026-12-05 10:00")
    assert office.kinds(address(ANA)) == ["acknowledgement", "relay", "closing"]


_PEOPLE = ("Sam Lee", "Kim Adler", "Lee Moss", "Jo Brandt", "Maria Roth")
_ALWAYS = '[calendars.always]\nzone = "Europe/Berlin"\n' + "".join(
    f'weekly.{day} = ["00:00-24:00"]\n' for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
)

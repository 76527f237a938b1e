"""What the customer is told of time: promises kept, put off, held back and broken; updates; "status?" (sla.md 6)."""

import pytest

from mailsla.core.commands.grammar import Command
from mailsla.core.model import NoticeState, Promise, Status
from mailsla.flows import actions
from tests.flows.conftest import OpenOffice
from tests.flows.mails import ANA, SAM, address, answer, write
from tests.flows.office import DAY, HOUR, MONDAY, Office, berlin
from tests.flows.postbox import Posted

TWO_DAYS = 'remind_waiting = "5 calendar days"'
DELAYS = (TWO_DAYS, f'{TWO_DAYS}\ndelay_notice = "1h"\ndelay_extends = "8h"')
UPDATES = ('resolution = "16h" }', 'resolution = "16h", periodic_update = "8h" }')


@pytest.fixture
def delaying(open_office: OpenOffice) -> Office:
    """Ana has complained on Monday at 10:00; promised are 14:00 (answer) and Wednesday 10:00 (solution)."""
    office = open_office(DELAYS)
    office.receive(write(ANA))
    return office


def promises(office: Office) -> list[Promise]:
    number = office.ticket().id
    with office.services.store.begin() as uow:
        return uow.clocks.promises(number)


def states(office: Office) -> list[str]:
    return [f"{one.metric} {one.state}" for one in promises(office)]


def told(office: Office) -> Posted:
    return office.letter(address(SAM), "agent_notification")


def test_at_the_prompt_a_time_is_one_of_the_mailboxes_zone(delaying: Office) -> None:
    actions.command(delaying.services, "ACME-1001", Command("promise", "fri 12:00"), "root")
    delaying.work()
    assert promises(delaying)[-1].until == berlin("2026-11-20 12:00")


def to_ana(office: Office, kind: str) -> list[int]:
    return [one.at for one in office.letters(address(ANA), kind)]


def test_an_answer_in_time_keeps_the_promise(delaying: Office) -> None:
    delaying.receive(answer(SAM, told(delaying), "It arrives on Tuesday."))
    assert states(delaying) == ["first_response kept", "resolution open"]
    assert len(promises(delaying)) == 2  # the answer says the second again: that is no new promise
    delaying.receive(answer(SAM, told(delaying), "#resolve"))
    assert states(delaying) == ["first_response kept", "resolution kept"]


def test_what_is_taken_up_again_before_its_time_is_promised_as_before(delaying: Office) -> None:
    delaying.receive(answer(SAM, told(delaying), "#resolve"))
    assert states(delaying) == ["first_response lapsed", "resolution kept"]
    delaying.wait(HOUR)
    delaying.receive(answer(ANA, delaying.letter(address(ANA), "closing"), "No, it is still broken."))
    assert states(delaying) == ["first_response lapsed", "resolution open"]
    delaying.wait_until("2026-11-18 09:30")
    assert to_ana(delaying, "delay_notice") == [berlin("2026-11-17 17:00")]  # an open hour before Wednesday 10:00


def test_what_is_taken_up_again_after_its_time_was_settled_in_time(delaying: Office) -> None:
    delaying.receive(answer(SAM, told(delaying), "#resolve"))
    delaying.wait_until("2026-11-18 10:30")
    delaying.receive(answer(ANA, delaying.letter(address(ANA), "closing"), "No, it is still broken."))
    assert states(delaying) == ["first_response lapsed", "resolution kept"]


def test_before_a_promise_is_missed_the_customer_is_given_another_time(delaying: Office) -> None:
    delaying.wait_until("2026-11-16 13:59")
    assert to_ana(delaying, "delay_notice") == [berlin("2026-11-16 13:00")]
    letter = delaying.letter(address(ANA), "delay_notice")
    assert "We will not answer you by the time that we gave you, and we are sorry." in letter.text
    assert "A person answers you by: Tuesday, 17 November 2026, 14:00" in letter.text
    assert "Old time Monday, 16 November 2026, 14:00" in letter.text
    assert letter.header("Auto-Submitted") == "auto-generated"
    assert states(delaying) == ["first_response revised", "resolution open", "first_response open"]
    assert promises(delaying)[0].replaced_by == promises(delaying)[2].id


def test_each_promise_is_put_off_once(delaying: Office) -> None:
    delaying.wait_until("2026-11-17 12:59")
    assert len(to_ana(delaying, "delay_notice")) == 1
    delaying.wait_until("2026-11-17 13:30")
    assert len(to_ana(delaying, "delay_notice")) == 2  # the new promise has one of its own


def test_an_answer_that_is_on_its_way_cancels_the_notice(delaying: Office) -> None:
    delaying.now = berlin("2026-11-16 13:00")
    delaying.arrive(answer(SAM, told(delaying), "It arrives on Tuesday."))
    delaying.work()
    assert to_ana(delaying, "delay_notice") == []
    assert {one.state for one in delaying.notices("delay_notice")} <= {NoticeState.CANCELLED}


def test_without_the_setting_a_promise_is_broken_and_that_is_told_once(office: Office) -> None:
    office.receive(write(ANA))
    office.wait_until("2026-11-16 16:00")
    assert to_ana(office, "delay_notice") == []
    assert states(office) == ["first_response broken", "resolution open"]
    assert [event.at for event in office.events(type_="promise_broken")] == [MONDAY + 4 * HOUR]
    office.receive(answer(SAM, told(office), "It arrives on Tuesday."))
    assert states(office)[0] == "first_response broken"
    assert len(office.events(type_="promise_broken")) == 1


def test_who_waits_for_the_customer_owes_no_solution_till_then(delaying: Office) -> None:
    delaying.receive(answer(SAM, told(delaying), "#wait customer\nWhich number?"))
    assert states(delaying) == ["first_response kept", "resolution lapsed"]
    delaying.wait(4 * DAY)
    assert to_ana(delaying, "delay_notice") == []


def test_after_an_outage_no_time_that_has_passed_is_given(delaying: Office) -> None:
    delaying.sleep_until("2026-11-20 12:00")
    assert to_ana(delaying, "delay_notice") == []
    assert states(delaying) == ["first_response broken", "resolution broken"]


# An agent's word


def test_an_agent_gives_another_time_with_the_reason(delaying: Office) -> None:
    delaying.receive(answer(SAM, told(delaying), "#promise fri 12:00 The carrier searches for the parcel."))
    letter = delaying.letter(address(ANA), "delay_notice")
    assert "The carrier searches for the parcel." in letter.text
    assert "A person answers you by: Friday, 20 November 2026, 12:00" in letter.text
    said = delaying.letter(address(SAM), "transcript").text
    assert "promised for Friday, 20 November 2026, 12:00" in said
    assert "the customer is told: Friday, 20 November 2026, 12:00, local time: Berlin" in said
    assert [(one.made_by, one.reason) for one in promises(delaying)][2] == (
        "sam",
        "The carrier searches for the parcel.",
    )
    assert delaying.clock("first_response").due == MONDAY + 4 * HOUR  # no clock changes


def test_a_second_promise_mends_the_first_and_says_nothing_twice(delaying: Office) -> None:
    delaying.receive(answer(SAM, told(delaying), "#promise fri 12:00"))
    delaying.receive(answer(SAM, told(delaying), "#promise thu 12:00"))
    delaying.receive(answer(SAM, told(delaying), "#promise thu 12:00"))
    assert [one for one in states(delaying) if one.endswith(" open")] == ["resolution open", "first_response open"]
    assert promises(delaying)[-1].until == berlin("2026-11-19 12:00")
    assert len(to_ana(delaying, "delay_notice")) == 2


def test_a_promise_below_which_an_answer_stands_is_in_that_answer(delaying: Office) -> None:
    delaying.receive(answer(SAM, told(delaying), "#promise fri 12:00\nWe have asked the depot."))
    letter = delaying.letter(address(ANA), "relay")
    assert "We expect to settle it by: Friday, 20 November 2026, 12:00" in letter.text
    assert to_ana(delaying, "delay_notice") == []
    assert states(delaying) == ["first_response kept", "resolution revised", "resolution open"]


def test_the_customer_reads_it_in_their_language_and_zone(delaying: Office) -> None:
    delaying.damage("UPDATE tickets SET language = 'de', zone = 'America/New_York'")
    delaying.receive(answer(SAM, told(delaying), "#promise 20.11. 18:00"))
    assert "Freitag, 20. November 2026, 12:00 Uhr" in delaying.letter(address(ANA), "delay_notice").text
    said = delaying.letter(address(SAM), "transcript").text
    assert "promised for Friday, 20 November 2026, 18:00" in said
    assert "Freitag, 20. November 2026, 12:00 Uhr, Ortszeit: New York" in said


def test_a_notice_that_is_held_back_does_not_go_out(delaying: Office) -> None:
    delaying.receive(answer(SAM, told(delaying), "#promise hold"))
    delaying.wait_until("2026-11-16 15:00")
    assert to_ana(delaying, "delay_notice") == []
    assert states(delaying)[0] == "first_response broken"


@pytest.mark.parametrize(
    ("command", "why"),
    [
        ("#promise", "something is missing; use: #promise DAY HH:MM [REASON]"),
        ("#promise today 9:00", "2026-11-16 09:00 has passed"),
        ("#promise mon 12:00", "today is mon: write today, or the date of the one that you mean"),
        ("#promise 1/12 12:00", "can be two days"),
        ("#promise 2027-11-27 12:00", "more than 90 days away"),
        ("#promise fri 12:00 ask kim@acme.example", "kim@acme.example, which customers never see"),
    ],
)
def test_what_is_no_clear_promise_is_refused(delaying: Office, command: str, why: str) -> None:
    delaying.receive(answer(SAM, told(delaying), command))
    text = delaying.letter(address(SAM), "transcript").text
    assert "Nothing was done." in text
    assert why in text
    assert to_ana(delaying, "delay_notice") == []


# Periodic updates


def test_an_answer_says_by_when_the_next_update_comes(open_office: OpenOffice) -> None:
    office = open_office(UPDATES)
    office.receive(write(ANA))
    office.receive(answer(SAM, told(office), "We have asked the depot."))
    assert "You hear from us again by: Tuesday, 17 November 2026, 10:00" in office.letter(address(ANA), "relay").text
    office.wait_until("2026-11-17 12:00")
    assert "periodic_update broken" in states(office)
    assert to_ana(office, "update") == []


def test_where_the_policy_says_so_the_update_comes_by_itself_and_stops_no_clock(open_office: OpenOffice) -> None:
    office = open_office(UPDATES, (TWO_DAYS, f"{TWO_DAYS}\nauto_update = true"))
    office.receive(write(ANA))
    office.receive(answer(SAM, told(office), "We have asked the depot."))
    office.wait_until("2026-11-17 10:01")
    assert to_ana(office, "update") == [berlin("2026-11-16 17:00")]
    text = office.letter(address(ANA), "update").text
    assert "There is nothing new since Monday, 16 November 2026: we are still working on it." in text
    assert "You hear from us again by: Wednesday, 18 November 2026, 10:00" in text
    assert [one for one in states(office) if one.startswith("periodic")] == [
        "periodic_update kept",
        "periodic_update open",
    ]
    assert office.clock("periodic_update").breached_at  # no person wrote


# "Status?" and 1 to 5


def test_who_asks_for_the_status_is_told_and_nobody_is_bothered(delaying: Office) -> None:
    acknowledgement = delaying.letter(address(ANA), "acknowledgement")
    before = delaying.kinds(address(SAM))
    delaying.receive(answer(ANA, acknowledgement, "Status?"))
    letter = delaying.letter(address(ANA), "status_answer")
    assert "It reached us on Monday, 16 November 2026. A person has not answered it yet." in letter.text
    assert "A person answers you by: Monday, 16 November 2026, 14:00" in letter.text
    assert letter.header("Auto-Submitted") == "auto-replied"
    assert delaying.kinds(address(SAM)) == before
    assert delaying.metrics() == ["first_response 1 running", "resolution 1 running"]
    assert [event.type for event in delaying.events()][-2:] == ["status_asked", "letter_sent"]


def test_a_question_for_the_status_takes_nothing_up_again(delaying: Office) -> None:
    delaying.receive(answer(SAM, told(delaying), "#wait customer\nWhich number?"))
    delaying.receive(answer(ANA, delaying.letter(address(ANA), "relay"), "Wie ist der Stand?"))
    assert delaying.ticket().status is Status.WAITING_CUSTOMER
    assert "we wait for your answer. Until then no time runs." in delaying.letter(address(ANA), "status_answer").text
    delaying.receive(answer(SAM, told(delaying), "#resolve"))
    delaying.receive(answer(ANA, delaying.letter(address(ANA), "closing"), "status"))
    assert delaying.ticket().status is Status.RESOLVED
    text = delaying.letter(address(ANA), "status_answer").text
    assert "we see it as settled." in text
    assert "Not content? Reply by Monday, 30 November 2026 and we take it up again." in text


def test_after_the_end_too_it_opens_nothing(delaying: Office) -> None:
    delaying.receive(answer(SAM, told(delaying), "#resolve"))
    closing = delaying.letter(address(ANA), "closing")
    delaying.wait(20 * DAY)
    assert delaying.ticket().status is Status.CLOSED
    delaying.receive(answer(ANA, closing, "status"))
    assert "It is closed since" in delaying.letter(address(ANA), "status_answer").text
    assert delaying.tickets() == ["ACME-1001"]


def test_who_says_more_than_status_is_read_by_a_person(delaying: Office) -> None:
    delaying.receive(answer(ANA, delaying.letter(address(ANA), "acknowledgement"), "Status? I want my money back."))
    assert to_ana(delaying, "status_answer") == []
    assert delaying.kinds(address(SAM))[-1] == "customer_answer"


def test_a_robot_that_asks_for_the_status_gets_no_answer(delaying: Office) -> None:
    acknowledgement = delaying.letter(address(ANA), "acknowledgement")
    for _ in range(6):
        delaying.receive(answer(ANA, acknowledgement, "status", headers={"Precedence": "bulk"}))
    assert to_ana(delaying, "status_answer") == []
    assert "refused_precedence" in delaying.muted("status_answer")


def test_a_missed_promise_is_owned_up_to(office: Office) -> None:
    office.receive(write(ANA))
    office.wait_until("2026-11-18 12:00")
    office.receive(answer(ANA, office.letter(address(ANA), "acknowledgement"), "Any news?"))
    text = office.letter(address(ANA), "status_answer").text
    assert "We have not kept the time that we gave you, and we are sorry." in text
    assert "That time Wednesday, 18 November 2026, 10:00" in text


def test_a_rating_is_kept_and_takes_nothing_up_again(delaying: Office) -> None:
    delaying.receive(answer(SAM, told(delaying), "#resolve\nThe money is on its way."))
    closing = delaying.letter(address(ANA), "relay")
    assert "Reply with 1 (badly) to 5 (very well)." in closing.text
    before = len(delaying.letters())
    delaying.receive(answer(ANA, closing, "4\n\nAna Vogel"))
    assert [event.data["score"] for event in delaying.events(type_="rating")] == [4]
    assert delaying.ticket().status is Status.RESOLVED
    assert len(delaying.letters()) == before


def test_a_number_on_an_open_complaint_is_an_answer(delaying: Office) -> None:
    delaying.receive(answer(ANA, delaying.letter(address(ANA), "acknowledgement"), "4"))
    assert delaying.events(type_="rating") == []
    assert delaying.kinds(address(SAM))[-1] == "customer_answer"

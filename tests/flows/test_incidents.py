"""Many complaints about one thing: noticed, proposed once, grouped by one reply, answered and escalated as one."""

import random

import pytest

from mailsla.core.commands.grammar import Command
from mailsla.core.model import PRIORITIES, Status
from mailsla.flows import actions
from tests.core.triage.storms import ordinary, storm
from tests.flows.conftest import OpenOffice
from tests.flows.links import click
from tests.flows.mails import ANA, JO, KIM, OPERATOR, SAM, address, answer, write
from tests.flows.office import HOUR, MINUTE, Office
from tests.flows.past import SUBJECT, keep_past
from tests.flows.postbox import Posted

STORM = 8


def with_a_past(office: Office) -> Office:
    """Ordinary complaints of the weeks before, all closed."""
    office.receive(write(ANA, "My invoice is wrong, the amount is too high."))
    actions.command(office.services, "ACME-1001", Command("spam"), "root")
    keep_past(office.services, "ACME-1001")
    return office


def customer(number: int) -> str:
    return f"Pat{number} Hill <pat{number}@mail{number}.example>"


def strikes(office: Office, count: int = STORM, first: int = 0) -> list[str]:
    """So many people write about the strike, one a minute; their addresses."""
    texts = storm("strike", first + count, random.Random(3))[first:]
    for number, text in enumerate(texts, start=first):
        office.receive(write(customer(number), text, SUBJECT))
        office.wait(MINUTE)
    office.wait(6 * MINUTE)
    return [address(customer(number)) for number in range(first, first + count)]


@pytest.fixture
def stormy(office: Office) -> Office:
    """The office after the storm began."""
    strikes(with_a_past(office))
    return office


def proposal(office: Office) -> Posted:
    return office.letter(address(JO), "incident")


def states(office: Office) -> list[tuple[str, int]]:
    with office.services.store.begin() as uow:
        return [(one.state.value, len(uow.incidents.tickets(one.id))) for one in uow.incidents.listed()]


def grouped(office: Office, text: str = "") -> Posted:
    office.receive(answer(JO, proposal(office), f"#incident\n\n{text}"))
    return office.letter(address(JO), "transcript")


def test_the_manager_is_asked_once_with_words_and_tickets(stormy: Office) -> None:
    (letter,) = stormy.letters(address(JO), "incident")
    assert "pilots" in letter.text or "strike" in letter.text
    assert "Usual in an hour" in letter.text
    told = [reference for reference in stormy.tickets() if reference.startswith("ACME") and reference in letter.text]
    assert len(told) >= STORM - 1
    assert "#incident on the first line" in letter.text
    assert states(stormy) == [("proposed", len(told))]
    strikes(stormy, 2, STORM)
    assert len(stormy.letters(address(JO), "incident")) == 1
    assert states(stormy)[0][1] > len(told)


def test_without_a_manager_the_operator_is_asked(open_office: OpenOffice) -> None:
    office = with_a_past(open_office(('members = ["sam", "kim"]\nmanager = "jo"', 'members = ["maria"]')))
    strikes(office)
    letter = office.letter(OPERATOR, "incident")
    assert "mailsla ticket incident ACME-" in letter.text


def test_ordinary_complaints_propose_nothing(office: Office) -> None:
    with_a_past(office)
    for number, text in enumerate(ordinary(9, random.Random(4))):
        office.receive(write(customer(number), text, SUBJECT))
    office.wait(10 * MINUTE)
    assert states(office) == []


def test_one_answer_goes_to_each_customer_with_their_own_reference(stormy: Office) -> None:
    told = grouped(stormy, "We rebook all of you today.")
    assert "grouped as incident I1" in told.text
    relays = stormy.letters(kind="relay")
    (state, count), *_ = states(stormy)
    assert state == "open"
    assert len(relays) == count >= STORM - 1
    assert len({one.to for one in relays}) == count
    for one in relays:
        assert "We rebook all of you today." in one.text
        number = next(
            reference for reference in stormy.tickets() if stormy.ticket(reference).requester == one.to.lower()
        )
        assert number in one.text
        others = [other for other in stormy.tickets() if other != number and other in one.text]
        assert others == []
    assert stormy.clock("first_response", "ACME-1003").state == "met"
    joined = [stormy.events(reference, "incident_joined") for reference in ("ACME-1003", "ACME-1004")]
    assert [[event.actor for event in events] for events in joined] == [["agent:jo"], ["agent:jo"]]


def test_a_click_groups_or_dismisses(stormy: Office) -> None:
    stormy.receive(click(proposal(stormy), "They are not", JO))
    assert states(stormy)[0][0] == "dismissed"
    stormy.wait(MINUTE)
    strikes(stormy, 3, STORM)
    assert len(stormy.letters(address(JO), "incident")) == 1  # not asked again


def test_a_text_alone_goes_to_nobody_before_it_is_grouped(stormy: Office) -> None:
    stormy.receive(answer(JO, proposal(stormy), "We rebook you."))
    assert stormy.letters(kind="relay") == []
    assert "is proposed only" in stormy.letter(address(JO), "transcript").text


def test_no_incident_takes_no_text(stormy: Office) -> None:
    stormy.receive(answer(JO, proposal(stormy), "#incident no\n\nSorry."))
    assert stormy.letters(kind="relay") == []
    assert states(stormy)[0][0] == "proposed"


def test_a_later_answer_and_the_end_reach_all_and_new_ones(stormy: Office) -> None:
    grouped(stormy)
    strikes(stormy, 2, STORM)
    (_, count), *_ = states(stormy)
    letter = stormy.letters(address(JO), "incident")[-1]
    assert "it goes to each customer" in letter.text
    stormy.receive(answer(JO, letter, "#resolve\n\nAll flights go again."))
    assert len(stormy.letters(kind="relay")) == count >= STORM + 1
    stormy.wait(2 * HOUR)
    assert states(stormy)[0][0] == "resolved"
    with stormy.services.store.begin() as uow:
        assert {one.status for one in uow.tickets.get_all(uow.incidents.tickets(1)).values()} == {Status.RESOLVED}


def test_a_reply_to_the_transcript_is_for_all_too(stormy: Office) -> None:
    told = grouped(stormy)
    stormy.receive(answer(JO, told, "We rebook all of you."))
    assert len(stormy.letters(kind="relay")) == states(stormy)[0][1]


def test_a_note_stays_inside_on_each(stormy: Office) -> None:
    grouped(stormy)
    stormy.receive(answer(JO, stormy.letters(address(JO), "incident")[-1], "#note The union says Friday."))
    assert stormy.letters(kind="relay") == []
    assert stormy.events("ACME-1003", "note")
    assert stormy.events("ACME-1004", "note")


def test_undo_recalls_all(open_office: OpenOffice) -> None:
    office = with_a_past(open_office(("undo_seconds = 0", "undo_seconds = 60")))
    strikes(office)
    office.receive(answer(JO, proposal(office), "#incident\n\nWe rebook all of you."))
    office.receive(answer(JO, office.letter(address(JO), "transcript"), "#undo"))
    office.wait(5 * MINUTE)
    assert office.letters(kind="relay") == []


def test_one_reminder_and_one_escalation_for_all_and_clocks_of_their_own(stormy: Office) -> None:
    before = len(stormy.letters(kind="reminder"))
    grouped(stormy)
    stormy.wait(5 * HOUR)
    told = [one for one in stormy.letters(kind="escalation") if one.to == address(JO)]
    assert len(told) == 1
    reached = [
        reference for reference in stormy.tickets() if reference.startswith("ACME") and reference in told[0].text
    ]
    assert len(reached) >= STORM - 1
    assert "incident I1" in told[0].text
    reminded = [one.to for one in stormy.letters(kind="reminder")[before:]]
    assert len(reminded) == len(set(reminded))
    dues = {stormy.clock("resolution", f"ACME-{number}").due for number in range(1002, 1002 + STORM)}
    assert len(dues) > 1


def test_the_escalation_speaks_for_those_that_are_still_unanswered(stormy: Office) -> None:
    grouped(stormy)
    first = "ACME-1002"
    mine = next(one for one in stormy.letters(kind="agent_notification") if first in one.text)
    stormy.wait(HOUR)
    agent = SAM if mine.to == address(SAM) else KIM
    stormy.receive(answer(agent, mine, "We rebooked you."))
    stormy.wait(4 * HOUR)
    (told,) = [one for one in stormy.letters(kind="escalation") if one.to == address(JO)]
    assert first not in told.text
    assert "ACME-1003" in told.text


def test_what_many_complain_of_matters_more(stormy: Office) -> None:
    before = {one: PRIORITIES.index(stormy.ticket(one).priority) for one in stormy.tickets() if "ACME" in one}
    grouped(stormy)
    together = [one for one in before if stormy.events(one, "incident_joined")]
    assert len(together) >= STORM - 1
    assert all(PRIORITIES.index(stormy.ticket(one).priority) == before[one] + 1 for one in together)
    (raised,) = stormy.events(together[0], "priority")
    assert [one["code"] for one in raised.data["reasons"]] == ["priority_storm"]  # type: ignore[index, union-attr]


def test_who_complains_of_it_later_matters_as_much_at_once(stormy: Office) -> None:
    grouped(stormy)
    stormy.receive(write(customer(99), storm("strike", 1, random.Random(3))[0], SUBJECT))
    newest = stormy.tickets()[-1]
    assert stormy.ticket(newest).priority in ("high", "urgent")
    assert "one of many about the same thing" in stormy.letters(kind="agent_notification")[-1].text


def test_a_wave_of_what_is_no_complaint_is_no_incident(open_office: OpenOffice) -> None:
    spam = """[[rules]]
name = "spam"
when = { subject = ["a complaint"] }
then = { scope = "spam" }

[calendars.office]"""
    office = with_a_past(open_office(("[calendars.office]", spam)))
    strikes(office)
    assert office.ticket("ACME-1002").status == Status.VOID
    assert states(office) == []


def test_an_agent_groups_by_hand_and_takes_out(office: Office) -> None:
    for number in range(3):
        office.receive(write(customer(number), "The lift is broken.", SUBJECT))
    mine = office.letters(address(SAM), "agent_notification")[0]
    office.receive(answer(SAM, mine, "#incident 1002 ACME-1003"))
    assert states(office) == [("open", 3)]
    office.receive(answer(SAM, office.letter(address(SAM), "incident"), "#incident out 1003"))
    assert states(office) == [("open", 2)]
    office.receive(answer(SAM, office.letter(address(SAM), "incident"), "A mechanic is on the way."))
    assert len(office.letters(kind="relay")) == 2


def test_nothing_is_looked_at_while_nothing_comes(stormy: Office) -> None:
    grouped(stormy)
    stormy.receive(answer(JO, stormy.letters(address(JO), "incident")[-1], "#resolve\n\nAll is well."))
    stormy.wait(3 * HOUR)
    assert stormy.query("select * from moments where kind = 'incidents'") == []

"""Who gets an answer to all of an incident: those that are in it now, and nobody else."""

import pytest

from mailsla.core.commands.grammar import Command
from mailsla.flows import actions
from tests.flows.mails import JO, SAM, address, answer, write
from tests.flows.office import HOUR, Office
from tests.flows.test_incidents import SUBJECT, customer, proposal, states, strikes, with_a_past


@pytest.fixture
def three(office: Office) -> Office:
    """Sam has grouped ACME-1001 to 1003 by hand; pat0 and pat1 also wrote about bills."""
    for number in range(3):
        office.receive(write(customer(number), "The lift is broken.", SUBJECT))
    for number in range(2):
        office.receive(write(customer(number), "My bill is too high.", "Bill"))
    office.receive(answer(SAM, office.letters(address(SAM), "agent_notification")[0], "#incident 1002 1003"))
    return office


def say(office: Office, text: str = "A mechanic is on the way.") -> list[str]:
    """Sam answers the letter about the incident; who got it."""
    before = len(office.letters(kind="relay"))
    office.receive(answer(SAM, office.letter(address(SAM), "incident"), text))
    return sorted(one.to for one in office.letters(kind="relay")[before:])


def pats(*numbers: int) -> list[str]:
    return [address(customer(number)) for number in numbers]


def done(office: Office, reference: str, verb: str, argument: str = "") -> None:
    assert actions.command(office.services, reference, Command(verb, argument), "root").ok
    office.work()


def test_who_was_taken_out_hears_no_more_of_it_though_the_letter_is_about_their_ticket(three: Office) -> None:
    assert say(three, "#incident out 1001") == []
    assert say(three) == pats(1, 2)
    say(three, "#incident out 1002 1003")
    assert say(three) == []
    assert "belongs to no incident" in three.letter(address(SAM), "transcript").text


def test_the_others_are_answered_though_the_first_has_ended(three: Office) -> None:
    done(three, "ACME-1001", "spam")
    assert say(three) == pats(1, 2)


@pytest.mark.parametrize(("merged", "into"), [("ACME-1001", "ACME-1004"), ("ACME-1002", "ACME-1005")])
def test_what_one_of_them_was_merged_into_stands_for_it(three: Office, merged: str, into: str) -> None:
    done(three, merged, "merge", into)
    assert say(three) == pats(0, 1, 2)


def test_once_all_are_solved_a_reply_is_still_for_all(three: Office) -> None:
    say(three, "#resolve\n\nIt runs.")
    three.wait(2 * HOUR)
    assert states(three) == [("resolved", 3)]
    assert say(three, "It runs, and you get a voucher.") == pats(0, 1, 2)


def test_what_was_said_to_be_none_is_answered_one_by_one(office: Office) -> None:
    strikes(with_a_past(office))
    office.receive(answer(JO, proposal(office), "#incident no"))
    office.receive(answer(JO, proposal(office), "We rebook all of you."))
    assert office.letters(kind="relay") == []
    assert "I1 is no incident" in office.letter(address(JO), "transcript").text


def test_a_ticket_is_of_one_incident_and_of_none_alone(three: Office) -> None:
    done(three, "ACME-1004", "incident", "ACME-1003 1003")
    assert states(three) == [("open", 2), ("open", 2)]
    assert [event.data["incident"] for event in three.events("ACME-1003", "incident_left")] == ["I1"]
    assert say(three) == pats(0, 2)
    three.receive(write(customer(9), "Something else.", SUBJECT))
    assert not actions.command(three.services, "ACME-1006", Command("incident", "1006"), "root").ok

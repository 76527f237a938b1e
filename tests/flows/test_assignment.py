"""Who gets a new complaint, in a team that gives it to who has the least to do."""

from tests.flows.conftest import OpenOffice
from tests.flows.mails import SAM, address, answer, write

LEAST_LOADED = ('members = ["sam", "kim"]', 'members = ["sam", "kim"]\nassignment = "least_loaded"')


def test_the_least_loaded_gets_it_and_who_waits_for_the_customer_counts_no_more(open_office: OpenOffice) -> None:
    office = open_office(LEAST_LOADED)
    for number in range(4):
        office.receive(write(f"customer{number}@mail.example"))
    assert [office.ticket(one).assignee for one in office.tickets()] == ["sam", "kim", "sam", "kim"]
    (first, second) = office.letters(address(SAM), "agent_notification")
    office.receive(answer(SAM, first, "#wait customer"))
    office.receive(answer(SAM, second, "#resolve"))
    for number in range(4, 7):
        office.receive(write(f"customer{number}@mail.example"))
    assert [office.ticket(one).assignee for one in office.tickets()[4:]] == ["sam", "sam", "kim"]


def test_another_category_goes_to_who_of_its_team_has_the_least(open_office: OpenOffice) -> None:
    least = ('members = ["lee"]', 'members = ["lee", "maria"]\nassignment = "least_loaded"')
    office = open_office(least)
    for number in range(3):
        office.receive(write(f"customer{number}@mail.example"))
    for letter in office.letters(address(SAM), "agent_notification"):
        office.receive(answer(SAM, letter, "#category billing"))
    assert office.ticket("ACME-1001").assignee == "lee"
    assert office.ticket("ACME-1003").assignee == "maria"

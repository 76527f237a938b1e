"""Open cases of who is not here: handed over at the start of an absence, or when their agent is configured no more."""

import pytest

from mailsla.flows import jobs
from tests.flows.conftest import OpenOffice
from tests.flows.mails import ANA, JO, KIM, OPERATOR, RIO, SAM, address, answer, write
from tests.flows.office import Office

DUE, ALL = (('hand_over = "none"', f'hand_over = "{which}"') for which in ("due", "all"))
WITHOUT_SAM = [
    ("[agents.sam]", "[agents.tom]"),
    ("sam@acme", "tom@acme"),
    ("sam.lee@", "tom@"),
    ('["sam", "kim"]', '["kim"]'),
]


def whose(office: Office) -> list[str | None]:
    """The assignees of all tickets, oldest first."""
    return [office.ticket(one).assignee for one in office.tickets()]


def with_two(office: Office) -> Office:
    """ACME-1001 and ACME-1003 are Sam's, ACME-1002 Kim's; the customer is asked on ACME-1003."""
    for number in range(3):
        office.receive(write(f"customer{number}@mail.example"))
    office.receive(answer(SAM, office.letter(address(SAM), "agent_notification"), "#wait customer\n\nWhich one?"))
    return office


def test_what_is_due_before_they_are_back_becomes_the_deputys_who_hears_of_it_in_one_letter(
    open_office: OpenOffice,
) -> None:
    office = with_two(open_office(DUE))
    office.receive(write(SAM, "#absent today - 18 Nov deputy jo", "away"))
    assert whose(office) == ["jo", "kim", "sam"]
    (letter,) = office.letters(address(JO), "stand_in")
    assert letter.subject == "You stand in for Sam Lee: 2 open cases"
    assert letter.text.index("Yours now") < letter.text.index("ACME-1001") < letter.text.index("Open now, the most")
    assert letter.text.index("Open now") < letter.text.index("ACME-1003")
    assert "ACME-1003" in letter.html and "Yours now" in letter.html
    (event,) = [one for one in office.events(type_="assigned") if "absent" in one.data]
    assert event.data == {"absent": "sam", "assignee": "jo", "team": "delivery"}
    assert office.letters(address(JO), "assignment") == []
    office.receive(write("customer0@mail.example", subject="Re: [ACME-1001] still here"))
    text = office.letter(address(JO), "customer_answer").text
    assert "assigned to Jo Brandt, because Sam Lee is absent" in text
    assert "You read this for" not in text


def test_all_of_them_or_none(open_office: OpenOffice) -> None:
    office = with_two(open_office(ALL))
    office.receive(write(SAM, "#absent today deputy jo", "away"))
    assert whose(office) == ["jo", "kim", "jo"]


def test_one_that_is_due_later_stays(open_office: OpenOffice) -> None:
    office = open_office(DUE, ('first_response = "4h", next_response = "4h", resolution = "16h"', 'resolution = "40h"'))
    office.receive(write(ANA))
    office.receive(write(SAM, "#absent today deputy jo", "away"))
    assert whose(office) == ["sam"]


def test_without_a_deputy_by_the_teams_rule_in_turn(open_office: OpenOffice) -> None:
    office = open_office(ALL, ('["sam", "kim"]', '["sam", "kim", "maria"]'))
    for number in range(6):
        office.receive(write(f"customer{number}@mail.example"))
    assert whose(office) == ["sam", "kim", "maria"] * 2
    office.receive(write(SAM, "#absent today", "away"))
    assert sorted(filter(None, whose(office))) == ["kim"] * 3 + ["maria"] * 3
    told = [office.letter(one, "stand_in").text for one in (address(KIM), "maria@acme.example")]
    assert ["ACME-1001" in text for text in told] != ["ACME-1004" in text for text in told]  # one each


def removed(office: Office, changes: list[tuple[str, str]]) -> None:
    """The daemon starts again with another configuration."""
    office.restart(changes)
    jobs.ensure_jobs(office.services)
    office.work()


def test_who_is_configured_no_more_is_followed_by_the_team(office: Office) -> None:
    with_two(office)
    removed(office, WITHOUT_SAM)
    assert whose(office) == ["kim", "kim", "kim"]
    (letter,) = office.letters(address(KIM), "stand_in")
    assert letter.subject == "sam is gone: 2 open cases"
    assert "sam is no agent of mailsla any more." in letter.text and "Yours now" in letter.text
    assert office.events(type_="assigned")[-1].data == {"removed": "sam", "assignee": "kim", "team": "delivery"}
    removed(office, WITHOUT_SAM)
    assert len(office.letters(address(KIM), "stand_in")) == 1  # once


def test_a_team_that_assigns_by_hand_may_take_them(office: Office) -> None:
    with_two(office)
    by_hand = ('members = ["sam", "kim"]', 'members = ["kim"]\nassignment = "manual"')
    removed(office, [*WITHOUT_SAM[:3], by_hand])
    assert whose(office) == [None, "kim", None]
    letter = office.letter(address(KIM), "stand_in")
    assert "Nobody has these now" in letter.text and "ACME-1001" in letter.text and "ACME-1003" in letter.text
    office.receive(write(RIO))


@pytest.mark.parametrize("ended", ["#resolve", "#spam"])
def test_what_has_ended_stays_theirs(office: Office, ended: str) -> None:
    office.receive(write(ANA))
    office.receive(answer(SAM, office.letter(address(SAM), "agent_notification"), ended))
    removed(office, WITHOUT_SAM)
    assert whose(office) == ["sam"]
    assert office.letters(OPERATOR, "stand_in") == []

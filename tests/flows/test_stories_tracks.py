"""Several agreements on one complaint: a statute beside the contract, and what a team owes inside (sla.md 1 and 4)."""

import pytest

from mailsla.flows import looking
from tests.flows.conftest import OpenOffice
from tests.flows.mails import ANA, JO, KIM, MARIA, SAM, address, answer, write
from tests.flows.office import DAY, HOUR, MONDAY, Office, berlin

STATUTE = (
    '[[policies]]\nname = "none"',
    """[calendars.always]
zone = "Europe/Berlin"
weekly.mon = ["00:00-24:00"]
weekly.tue = ["00:00-24:00"]
weekly.wed = ["00:00-24:00"]
weekly.thu = ["00:00-24:00"]
weekly.fri = ["00:00-24:00"]
weekly.sat = ["00:00-24:00"]
weekly.sun = ["00:00-24:00"]

[[policies]]
name = "complaints act"
track = "statute"
calendar = "always"
targets = { first_response = "72h", resolution = "15 calendar days" }
pause_on = []
warnings = ["24h before"]
ladder = [{ offset = "0m", to = ["maria"] }]

[[policies]]
name = "none"
""",
)
TEAM = (
    'signature = "Your ACME delivery team"',
    """signature = "Your ACME delivery team"
internal_target = "2h"
calendar = "office"
warnings = ["50%"]
ladder = [{ offset = "0m", to = ["kim"] }]
""",
)


@pytest.fixture
def both(open_office: OpenOffice) -> Office:
    """Ana complains on Monday at 10:00 where a statute asks for an answer within 72 hours, a solution in 15 days."""
    office = open_office(STATUTE)
    office.receive(write(ANA))
    return office


def states(office: Office) -> list[str]:
    """ "track/metric cycle state" of each clock."""
    ticket = office.ticket()
    with office.services.store.begin() as uow:
        rows = uow.clocks.of_ticket(ticket.id)
    return sorted(f"{row.track}/{row.metric} {row.cycle} {row.state}" for row in rows)


def test_contract_and_statute_run_beside_each_other(both: Office) -> None:
    shown = looking.show(both.services, "ACME-1001")
    assert (shown.policy, shown.beside) == ("four-hours", ["complaints act"])
    dues = {(one.clock.track, one.clock.metric.value): one.clock.due for one in shown.clocks}
    assert dues == {
        ("", "first_response"): MONDAY + 4 * HOUR,
        ("", "resolution"): berlin("2026-11-18 10:00"),
        ("statute", "first_response"): MONDAY + 72 * HOUR,
        ("statute", "resolution"): berlin("2026-12-02 00:00"),
    }


def test_the_customer_is_promised_what_is_due_first(both: Office) -> None:
    text = both.letter(address(ANA), "acknowledgement").text
    assert "Monday, 16 November 2026, 14:00" in text
    assert text.count("A person answers you by") == 1
    ticket = both.ticket()
    with both.services.store.begin() as uow:
        promised = {one.metric: one.until for one in uow.clocks.promises(ticket.id)}
    assert promised == {"first_response": MONDAY + 4 * HOUR, "resolution": berlin("2026-11-18 10:00")}


def test_waiting_for_the_customer_stops_the_contract_and_not_the_statute(both: Office) -> None:
    told = both.letter(address(SAM), "agent_notification")
    both.receive(answer(SAM, told, "#wait customer\n\nPlease tell us the number of the parcel."))
    assert states(both) == [
        "/first_response 1 met",
        "/resolution 1 paused",
        "statute/first_response 1 met",
        "statute/resolution 1 running",
    ]
    both.wait(DAY)
    ticket = both.ticket()
    with both.services.store.begin() as uow:
        rows = {(row.track, row.metric): row.due for row in uow.clocks.of_ticket(ticket.id)}
    assert rows["", "resolution"] is None
    assert rows["statute", "resolution"] == berlin("2026-12-02 00:00")


def test_the_timeline_says_which_agreement_was_missed(both: Office) -> None:
    both.wait_until("2026-11-19 10:05")
    timeline = looking.show(both.services, "ACME-1001").timeline
    said = [both.services.letters.word(one.what, "en", "Europe/Berlin") for one in timeline]
    missed = [one for one in said if one.startswith("missed: ")]
    assert len(missed) == len(set(missed)) == 3
    assert [one for one in missed if one.endswith("(statute)")] == missed[-1:]


def test_each_of_them_warns_breaches_and_escalates_by_its_own_rules(both: Office) -> None:
    both.wait_until("2026-11-19 10:05")
    ticket = both.ticket()
    with both.services.store.begin() as uow:
        found = [(one.metric, one.breached_at) for one in uow.clocks.breaches(ticket.id)]
    breaches = [one for one in found if one[0] == "first_response"]
    assert breaches == [("first_response", MONDAY + 4 * HOUR), ("first_response", MONDAY + 72 * HOUR)]
    warned = [(event.data.get("track", ""), event.at) for event in both.events(type_="warned")]
    assert ("statute", MONDAY + 48 * HOUR) in warned
    escalated = [(event.data.get("track", ""), event.data["to"]) for event in both.events(type_="escalated")]
    assert escalated.count(("statute", "Maria Roth")) == 1
    assert "Answer due (statute)" in both.letters(address(MARIA), "escalation")[-1].text


def test_one_answer_stops_both(both: Office) -> None:
    told = both.letter(address(SAM), "agent_notification")
    both.receive(answer(SAM, told, "#resolve\n\nIt arrives today."))
    assert states(both) == [
        "/first_response 1 met",
        "/resolution 1 met",
        "statute/first_response 1 met",
        "statute/resolution 1 met",
    ]


def test_why_tells_each_clock_in_the_hours_of_its_own_agreement(both: Office) -> None:
    why = looking.explained(both.services, "ACME-1001")
    assert {track: one.calendar.spec.name for track, one in why.agreements.items()} == {
        "": "office",
        "statute": "always",
    }
    counted = {
        clock.track: [reason.values["end"] for reason in reasons if reason.code == "counted"]
        for clock, reasons in why.clocks
        if clock.metric == "first_response"
    }
    assert counted == {"": [MONDAY + 4 * HOUR], "statute": [MONDAY + 72 * HOUR]}


def test_a_team_owes_us_its_part_from_when_it_gets_the_complaint(open_office: OpenOffice) -> None:
    office = open_office(TEAM)
    office.receive(write(ANA))
    told = office.letter(address(SAM), "agent_notification")
    assert "Due from the team (delivery)" in told.text
    assert "team:delivery/ola 1 running" in states(office)
    office.wait_until("2026-11-16 12:01")
    assert [letter.kind for letter in office.letters(address(KIM))] == ["escalation"], "two hours were over"
    office.receive(answer(SAM, told, "#category billing"))
    assert "team:delivery/ola 1 late" in states(office), "the accounts team has it now"
    assert office.clock("first_response").state == "running"


def test_what_a_team_owes_pauses_stops_and_goes_on_with_the_complaint(open_office: OpenOffice) -> None:
    office = open_office(TEAM)
    office.receive(write(ANA))
    told = office.letter(address(SAM), "agent_notification")
    office.wait(HOUR)
    office.receive(answer(SAM, told, "#wait customer\n\nWhich parcel?"))
    assert "team:delivery/ola 1 paused" in states(office)
    office.wait(DAY)
    office.receive(write(ANA, "No. 7", "Re: [ACME-1001] Where is my parcel?"))
    assert office.clock("ola").due == MONDAY + DAY + 2 * HOUR
    office.receive(answer(SAM, told, "#resolve\n\nFound."))
    assert office.clock("ola").state == "met"
    office.wait(DAY)
    office.receive(answer(SAM, told, "#reopen"))
    assert "team:delivery/ola 1 running" in states(office)
    assert office.clock("ola").due == MONDAY + 2 * DAY + 2 * HOUR


def test_nothing_that_is_owed_inside_is_told_to_a_customer(open_office: OpenOffice) -> None:
    office = open_office(TEAM)
    office.receive(write(ANA))
    text = office.letter(address(ANA), "acknowledgement").text
    assert "12:00" not in text
    ticket = office.ticket()
    with office.services.store.begin() as uow:
        assert {one.metric for one in uow.clocks.promises(ticket.id)} == {"first_response", "resolution"}


def test_jo_is_not_told_of_the_statute(both: Office) -> None:
    both.wait_until("2026-11-19 10:05")
    assert all(
        "statute" not in event.data.get("track", "")
        for event in both.events(type_="escalated")
        if event.data["to"] == "Jo Brandt"
    )
    assert both.letters(address(JO), "escalation")

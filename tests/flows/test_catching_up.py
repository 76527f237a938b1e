"""What waited becomes one letter for each person: a night, a weekend, a week's outage (sla.md section 5)."""

import json
import re
from collections.abc import Callable

import pytest

from mailsla.flows import deadlines, delivery, process
from tests.flows.links import draft, hrefs
from tests.flows.mails import ANA, JO, MARIA, SAM, address, answer, write
from tests.flows.office import HOUR, MINUTE, Office, berlin
from tests.flows.postbox import Posted


def _complaints(office: Office, count: int) -> list[Posted]:
    for number in range(count):
        office.receive(write(f"customer{number}@mail.example", subject=f"Parcel {number}"))
    return office.letters(kind="agent_notification")


def test_what_came_over_the_weekend_is_one_letter_with_an_address_for_each_case(office: Office) -> None:
    office.now += 4 * 24 * 3600 + 8 * 3600  # Friday, 18:00
    _complaints(office, 4)
    office.wait_until("2026-11-23 09:01")
    assert office.kinds(address(SAM)) == ["catch_up"]
    letter = office.letter(address(SAM), "catch_up")
    assert letter.subject == "2 cases waited for you"
    assert "ACME-1001 Parcel 0" in letter.text
    assert "my parcel has not arrived" in letter.text
    assert max(map(len, letter.plain.splitlines())) <= 72
    addresses = [word for word in letter.text.split() if word.startswith("support+")]
    office.receive(write(SAM, "It arrives on Tuesday.", to=addresses[1]))
    assert "It arrives on Tuesday." in office.letter("customer2@mail.example", "relay").text


def test_a_single_letter_that_waited_comes_as_itself(office: Office) -> None:
    office.now += 8 * 3600
    _complaints(office, 1)
    office.wait_until("2026-11-17 09:01")
    assert office.kinds(address(SAM)) == ["agent_notification"]


def test_after_a_week_s_outage_each_person_gets_one_letter(office: Office) -> None:
    _complaints(office, 3)
    before = len(office.letters(address(SAM)))
    office.sleep_until("2026-11-23 10:00")
    office.wait(300)
    assert office.kinds(address(MARIA)) == ["escalation"]  # the highest level alone
    assert office.letters(address(JO)) == []
    assert len(office.letters(address(SAM))) == before
    assert office.letter(address(MARIA), "escalation").plain.count("LATE by") == 6


def test_no_letter_leaves_before_all_that_is_overdue_was_looked_at(office: Office) -> None:
    """In the daemon the loops of what is due and of what goes out take turns as they come."""
    _complaints(office, 3)
    office.now = berlin("2026-11-17 10:00")
    while deadlines.next_due(office.services):
        while delivery.render_due(office.services):
            pass
        while delivery.send_next(office.services, office.postbox):
            pass
    office.work()
    assert office.kinds(address(MARIA)) == ["escalation"]
    assert office.letter(address(MARIA), "escalation").plain.count("LATE by") == 3


def test_nor_before_the_mail_was_read_that_came_meanwhile(office: Office) -> None:
    at = office.now
    office.now = berlin("2026-11-17 10:00")
    for number in range(3):
        office.arrive(write(f"customer{number}@mail.example"), at=at)
    while process.process_next(office.services):
        while deadlines.next_due(office.services) or delivery.render_due(office.services):
            pass
        while delivery.send_next(office.services, office.postbox):
            pass
    office.work()
    assert office.kinds(address(MARIA)) == ["escalation"]


def test_one_that_fails_is_left_out_and_fails_alone(office: Office) -> None:
    office.now += 8 * HOUR
    _complaints(office, 5)  # three of them are Sam's
    kept = json.dumps(dict(office.ticket("ACME-1003").triage))
    office.damage("""UPDATE tickets SET triage = '{"priority_reasons": [{}]}' WHERE reference = 'ACME-1003'""")
    office.wait_until("2026-11-17 09:01")
    assert office.kinds(address(SAM)) == ["catch_up"]
    assert "ACME-1003" not in office.letter(address(SAM), "catch_up").text
    office.damage(f"UPDATE tickets SET triage = '{kept}' WHERE reference = 'ACME-1003'")
    office.wait(HOUR)
    assert office.kinds(address(SAM)) == ["catch_up", "agent_notification"]


def test_the_list_names_the_files_that_came(office: Office) -> None:
    office.now += 8 * HOUR
    office.receive(write(ANA, files={"box.jpg": b"x" * 3000}))
    office.receive(write(ANA, subject="Re: [ACME-1001] Where is my parcel?"))
    office.receive(write("rio@mail.example", files={"bill.pdf": b"x" * 900}))
    office.receive(write("eva@mail.example", files={"bill.pdf": b"x" * 900}))
    office.wait_until("2026-11-17 09:01")
    assert "Files bill.pdf (900 bytes)" in office.letter(address(SAM), "catch_up").text


def test_what_was_settled_meanwhile_is_left_out(office: Office) -> None:
    office.now += 8 * 3600
    office.receive(write(ANA))
    office.receive(write(ANA, subject="Re: [ACME-1001] Where is my parcel?"))
    with office.services.store.begin() as uow:
        assert len(uow.outbox.pending_for(address(SAM))) == 2
    office.wait_until("2026-11-17 09:01")
    (letter,) = office.letters(address(SAM), "catch_up")
    assert letter.subject == "1 case waited for you"


# Several escalations in one letter


@pytest.fixture
def escalated(office: Office) -> Posted:
    """Three complaints, late at the same time: one letter to Jo, the manager."""
    for sender in ("one@mail.example", "two@mail.example", "three@mail.example"):
        office.receive(write(sender))
    office.wait(4 * HOUR + MINUTE)
    letter = office.letter(address(JO), "escalation")
    assert office.kinds(address(JO)) == ["escalation"] and letter.header("Reply-To") == ""
    assert "3 complaints need you: all are late" in letter.text
    return letter


def ways(letter: Posted) -> dict[str, str]:
    """Case -> where a reply acts on it, as both parts print it."""
    found = re.findall(r"(ACME-\d+) .*?Reply to (\S+@\S+)", letter.text)
    assert all(to in letter.html for _, to in found)
    return dict(found)


@pytest.mark.parametrize(
    ("line", "case", "then"),
    [
        ("#ack", "ACME-1002", lambda office: [one.actor for one in office.events("ACME-1002", "acknowledged")]),
        ("#assign kim", "ACME-1003", lambda office: [office.ticket("ACME-1003").assignee]),
        ("#priority high", "ACME-1001", lambda office: [office.ticket("ACME-1001").priority]),
    ],
)
def test_each_case_of_several_is_acted_upon_by_a_reply_to_its_own_address(
    office: Office, escalated: Posted, line: str, case: str, then: Callable[[Office], list[str]]
) -> None:
    assert sorted(ways(escalated)) == ["ACME-1001", "ACME-1002", "ACME-1003"]
    office.receive(answer(JO, escalated, line, to=ways(escalated)[case]))
    assert "Done: 1 of 1." in office.letter(address(JO), "transcript").text
    assert then(office) == [{"#ack": "agent:jo", "#assign kim": "kim", "#priority high": "high"}[line]]
    others = {"ACME-1001", "ACME-1002", "ACME-1003"} - {case}
    assert all(not office.events(one, "acknowledged") for one in others)


def test_each_case_of_several_is_acknowledged_by_its_own_link(office: Office, escalated: Posted) -> None:
    drafts = [draft(href) for label, href in hrefs(escalated.html) if label == "I take care of it"]
    assert len({(one.to, one.subject) for one in drafts}) == 3
    chosen = next(one for one in drafts if "ACME-1002" in one.subject)
    office.receive(write(JO, chosen.body, chosen.subject, to=chosen.to))
    acknowledged = [case for case in office.tickets() if office.events(case, "acknowledged")]
    assert acknowledged == ["ACME-1002"]

"""Two complaints that are one, and one that is none: merging never buys time (sla.md section 4)."""

import pytest

from mailsla.core.model import Status
from mailsla.flows import looking
from tests.flows.conftest import OpenOffice
from tests.flows.mails import ANA, RIO, SAM, address, answer, write
from tests.flows.office import DAY, HOUR, MONDAY, Office, berlin
from tests.flows.postbox import Posted


@pytest.fixture
def two(office: Office) -> Office:
    """Ana complains on Monday at 10:00 (ACME-1001), and on Tuesday at 11:00 again (ACME-1002); Sam has both."""
    office.receive(write(ANA))
    told = office.letter(address(SAM), "agent_notification")
    office.receive(answer(SAM, told, "It is on its way."))
    office.wait_until("2026-11-17 11:00")
    office.receive(write(ANA, subject="My second mail"))
    return office


def commands(office: Office, reference: str, text: str) -> Posted:
    """Who has the ticket answers a letter on it with a command; the transcript."""
    return office.letter(replied(office, reference, text), "transcript")


def replied(office: Office, reference: str, text: str) -> str:
    """They answer; their address."""
    letters = [one for one in office.letters() if reference in one.subject and one.header("Reply-To")]
    to_staff = [one for one in letters if one.kind in ("agent_notification", "assignment", "customer_answer")]
    sender = {address(SAM): SAM, "kim@acme.example": "Kim Adler <kim@acme.example>"}[to_staff[-1].to]
    office.receive(answer(sender, to_staff[-1], text))
    return to_staff[-1].to


def owed(office: Office, reference: str) -> dict[str, tuple[str, int | None]]:
    ticket = office.ticket(reference)
    with office.services.store.begin() as uow:
        rows = uow.clocks.of_ticket(ticket.id)
    return {f"{row.metric} {row.cycle}": (row.state, row.due) for row in rows}


def test_a_new_ticket_goes_into_an_old_one_and_its_unanswered_mail_stays_owed(two: Office) -> None:
    said = commands(two, "ACME-1002", "#merge ACME-1001")
    assert "it went into ACME-1001" in said.text
    merged = two.ticket("ACME-1002")
    assert (merged.status, merged.merged_into) == (Status.MERGED, two.ticket().id)
    assert {state for state, _ in owed(two, "ACME-1002").values()} == {"merged"}
    assert owed(two, "ACME-1001") == {
        "first_response 1": ("met", None),
        "next_response 1": ("running", berlin("2026-11-17 15:00")),
        "resolution 1": ("running", berlin("2026-11-18 10:00")),
    }


def test_an_old_ticket_that_goes_into_a_new_one_brings_its_due_time(two: Office) -> None:
    commands(two, "ACME-1001", "#merge 1002")
    assert owed(two, "ACME-1002") == {
        "first_response 1": ("running", berlin("2026-11-17 15:00")),
        "resolution 1": ("running", berlin("2026-11-18 10:00")),
    }
    assert owed(two, "ACME-1001")["resolution 1"] == ("merged", None)
    two.wait_until("2026-11-18 10:01")
    assert two.clock("resolution", "ACME-1002").breached_at == (berlin("2026-11-18 10:00"),)


def test_a_due_time_that_has_passed_is_missed_at_the_instant_of_the_merge(two: Office) -> None:
    two.wait_until("2026-11-18 11:00")  # ACME-1001 is late since 10:00, and ACME-1002 is due on Thursday at 11:00
    commands(two, "ACME-1001", "#merge ACME-1002")
    assert two.clock("resolution", "ACME-1002").breached_at == (berlin("2026-11-18 11:00"),)
    ticket = two.ticket("ACME-1002")
    with two.services.store.begin() as uow:
        assert [one.cause for one in uow.clocks.breaches(ticket.id) if one.metric == "resolution"] == ["merge"]


def test_reopening_does_not_give_the_time_back(two: Office) -> None:
    commands(two, "ACME-1001", "#merge ACME-1002")
    told = two.letter(two.letters(kind="agent_notification")[-1].to, "agent_notification")
    sender = SAM if told.to == address(SAM) else "Kim Adler <kim@acme.example>"
    two.receive(answer(sender, told, "#resolve"))
    two.wait(HOUR)
    two.receive(answer(sender, told, "#reopen"))
    assert two.clock("resolution", "ACME-1002").due == berlin("2026-11-18 11:00"), "the hour in which it was resolved"


def test_a_paused_clock_counts_as_if_it_ran_on(two: Office) -> None:
    commands(two, "ACME-1001", "#wait customer")
    two.wait(HOUR)
    commands(two, "ACME-1001", "#merge ACME-1002")
    assert two.clock("resolution", "ACME-1002").due == berlin("2026-11-18 11:00"), "seven hours were left at noon"


def test_a_mail_to_the_merged_ticket_comes_to_the_one_it_went_into(two: Office) -> None:
    commands(two, "ACME-1002", "#merge ACME-1001")
    intake = two.receive(write(ANA, "And it is wet.", "Re: [ACME-1002] My second mail"))
    assert intake.ticket_id == two.ticket("ACME-1001").id
    assert two.tickets() == ["ACME-1001", "ACME-1002"]
    shown = looking.show(two.services, "ACME-1001")
    assert shown.came_in == ["ACME-1002"]
    assert looking.show(two.services, "ACME-1002").merged_into == "ACME-1001"


@pytest.mark.parametrize(
    ("word", "why"),
    [
        ("ACME-9999", "there is no case ACME-9999"),
        ("ACME-1002", "ACME-1002 is this case"),
        ("ACME-1003", "is of another customer (rio@elsewhere.example)"),
        ("ACME-1001", "ACME-1001 is resolved: open it again first"),
    ],
)
def test_what_can_not_be_merged_is_refused_with_the_reason(two: Office, word: str, why: str) -> None:
    two.receive(write(RIO))
    commands(two, "ACME-1001", "#resolve")
    said = " ".join(commands(two, "ACME-1002", f"#merge {word}").text.split())
    assert why in said
    assert two.ticket("ACME-1002").merged_into is None


def test_a_text_that_stands_with_a_merge_goes_nowhere(two: Office) -> None:
    before = len(two.letters(address(ANA)))
    said = " ".join(commands(two, "ACME-1002", "#merge ACME-1001\n\nWe have put both together.").text.split())
    assert "after #merge there is no case to send it on" in said
    assert two.ticket("ACME-1002").status is not Status.MERGED
    assert len(two.letters(address(ANA))) == before


def test_spam_is_no_complaint(open_office: OpenOffice) -> None:
    office = open_office()
    office.receive(write(RIO, "Buy gold now"))
    letters = len(office.letters(address(RIO)))
    said = commands(office, "ACME-1001", "#spam")
    assert "nobody is written to" in said.text
    assert office.ticket().status is Status.VOID
    assert office.metrics() == ["first_response 1 cancelled", "resolution 1 cancelled"]
    office.wait(5 * DAY)
    assert len(office.letters(address(RIO))) == letters
    assert office.clock("resolution").breached_at == ()
    assert office.now > MONDAY


BEN = "Ben Vogel <ben@mail.example>"


def test_who_takes_part_does_so_where_it_went(two: Office) -> None:
    commands(two, "ACME-1002", "#admit ben@mail.example")
    commands(two, "ACME-1002", "#merge ACME-1001")
    assert [event.data["address"] for event in two.events(type_="admitted")] == ["ben@mail.example"]
    replied(two, "ACME-1001", "It arrives on Friday.")
    copy = two.letter(address(BEN), "relay_copy")
    two.receive(answer(BEN, copy, "When on Friday?"))
    assert two.query("SELECT kind FROM messages ORDER BY id DESC LIMIT 1") == [("customer",)]
    assert two.tickets() == ["ACME-1001", "ACME-1002"]


def test_who_was_let_out_there_stays_out(two: Office) -> None:
    for reference in ("ACME-1001", "ACME-1002"):
        commands(two, reference, "#admit ben@mail.example")
    commands(two, "ACME-1001", "#dismiss ben@mail.example")
    commands(two, "ACME-1002", "#merge ACME-1001")
    replied(two, "ACME-1001", "It arrives on Friday.")
    assert two.letters(address(BEN)) == []


def test_an_answer_that_waits_is_not_merged_away(open_office: OpenOffice) -> None:
    office = open_office(("undo_seconds = 0", "undo_seconds = 60"))
    for subject in ("One", "Two"):
        office.receive(write(ANA, subject=subject))
    replied(office, "ACME-1001", "It is on its way.")
    said = " ".join(commands(office, "ACME-1001", "#merge ACME-1002").text.split())
    assert "goes out at Monday, 16 November 2026, 10:01: write this again after that, or recall the mail first" in said
    office.wait(60)
    assert "it went into ACME-1002" in commands(office, "ACME-1001", "#merge ACME-1002").text

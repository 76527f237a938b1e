"""What is no complaint: a case that owes nothing, answered by the operator's letter or not, until it is taken up."""

import pytest

from mailsla.core.commands.grammar import Command
from mailsla.core.model import Reason, Status
from mailsla.flows import actions
from mailsla.flows.steps.triaging import reasons_of
from tests.flows.conftest import OpenOffice
from tests.flows.mails import ANA, KIM, LEE, RIO, SAM, address, answer, write
from tests.flows.office import DAY, HOUR, MONDAY, Office

OFFER = "We offer pallets at a good price."
GERMAN = "Guten Tag,\n\nwir haben ein Offer für Sie und möchten Ihnen Paletten verkaufen.\n\nAna Vogel"
SPAM = "Win the lottery today."
FIRE = "We offer you this: your heater caught fire and my child was burned."
REPLIES = {
    "sales.en.txt": "{{ greeting }}\n\nfor offers write to buying@acme.example. Your sign: {{ reference }}",
    "sales.de.txt": "{{ greeting }}\n\nAngebote bitte an buying@acme.example.",
}
RULES = """
[categories.adverts]
scope = "spam"

[[rules]]
name = "offers"
when = { words = "offer" }
then = { scope = "out", letter = "sales" }

[[rules]]
name = "silent"
when = { words = "pallets" }
then = { scope = "out" }

[[rules]]
name = "lottery"
when = { words = "lottery" }
then = { category = "adverts" }

[categories.billing]"""


@pytest.fixture
def desk(open_office: OpenOffice) -> Office:
    office = open_office()
    folder = office._folder / "replies"
    folder.mkdir()
    for name, text in REPLIES.items():
        (folder / name).write_text(text, encoding="utf-8")
    office.restart(
        [("[categories.billing]", RULES), ("[triage]", '[letters]\nreplies = "replies"\n\n[triage]')],
    )
    return office


def command(office: Office, verb: str, argument: str = "") -> bool:
    done = actions.command(office.services, "ACME-1001", Command(verb, argument), "root").ok
    office.work()
    return done


def test_out_of_scope_is_answered_by_the_operators_letter_and_owes_nothing(desk: Office) -> None:
    desk.receive(write(ANA, OFFER, "Pallets"))
    ticket = desk.ticket()
    assert (ticket.status, ticket.assignee, ticket.policy_version) == (Status.RESOLVED, None, None)
    assert desk.metrics() == []
    letter = desk.letter(address(ANA), "out_of_scope")
    assert "for offers write to buying@acme.example. Your sign: ACME-1001" in letter.text
    assert "Reply to this mail: a person reads it." in letter.text
    assert (letter.subject, letter.header("Auto-Submitted")) == ("Re: Pallets", "auto-replied")
    assert [one.to for one in desk.letters()] == [address(ANA)]  # and nobody of ours is bothered
    why = desk.services.letters.word(reasons(desk)[-1], "en", "Etc/UTC")
    assert why == "out of scope, by rule “offers”"
    with desk.services.store.begin() as uow:
        assert uow.clocks.promises(ticket.id) == []


def reasons(office: Office) -> list[Reason]:
    return [one for one in reasons_of(office.ticket()) if one.code in ("rule", "scope")]


def test_the_letter_is_in_one_language(desk: Office) -> None:
    desk.receive(write(ANA, GERMAN))
    letter = desk.letter(address(ANA), "out_of_scope")
    assert "Angebote bitte an" in letter.text
    assert "ein Mensch liest sie" in letter.text
    assert letter.header("Content-Language") == "de"


def test_to_who_is_not_proven_it_echoes_nothing(desk: Office) -> None:
    desk.receive(write(ANA, OFFER, "Pallets"), auth="none")
    letter = desk.letter(address(ANA), "out_of_scope")
    assert "Pallets" not in letter.everything
    assert "Vogel" not in letter.text


def test_without_a_letter_nobody_is_written_to(desk: Office) -> None:
    desk.receive(write(ANA, "Pallets for you"))
    assert desk.ticket().status is Status.RESOLVED
    assert desk.letters() == []


def test_spam_is_void_and_answered_by_nothing(desk: Office) -> None:
    desk.receive(write(ANA, SPAM))
    ticket = desk.ticket()
    assert (ticket.status, ticket.category, ticket.policy_version) == (Status.VOID, "adverts", None)
    assert desk.letters() == []
    assert desk.metrics() == []
    with desk.services.store.begin() as uow:
        assert [one.kind for one in uow.tickets.messages(ticket.id)] == ["customer"]


def test_a_floor_of_priority_makes_it_an_ordinary_case(desk: Office) -> None:
    desk.receive(write(ANA, FIRE))
    ticket = desk.ticket()
    assert (ticket.status, ticket.category, ticket.priority) == (Status.NEW, None, "urgent")
    assert desk.kinds(address(ANA)) == ["acknowledgement"]
    assert desk.metrics() == ["first_response 1 running", "resolution 1 running"]


def test_who_replies_is_read_by_a_person_and_told_by_when(desk: Office) -> None:
    desk.receive(write(ANA, OFFER))
    desk.wait(DAY)
    desk.receive(answer(ANA, desk.letter(address(ANA), "out_of_scope"), "No: I offer you a complaint. It is broken."))
    ticket = desk.ticket()
    assert (ticket.status, desk.tickets()) == (Status.OPEN, ["ACME-1001"])
    assert desk.metrics() == ["first_response 1 running", "resolution 1 running"]
    assert desk.clock("first_response").started_at == MONDAY + DAY
    assert "Tuesday, 17 November 2026, 14:00" in desk.letter(address(ANA), "acknowledgement").text
    assert {one.to for one in desk.letters(kind="customer_answer")} == {address(SAM), address(KIM)}


def test_its_clocks_run_on_as_any_other(desk: Office) -> None:
    desk.receive(write(ANA, OFFER))
    letter = desk.letter(address(ANA), "out_of_scope")
    desk.wait(DAY)
    desk.receive(answer(ANA, letter, "It is a complaint."))
    desk.wait(5 * HOUR)
    assert [event.data["metric"] for event in desk.events(type_="breached")] == ["first_response"]


def test_thanks_for_it_is_no_complaint(desk: Office) -> None:
    desk.receive(write(ANA, OFFER))
    desk.receive(answer(ANA, desk.letter(address(ANA), "out_of_scope"), "Thank you!"))
    assert desk.ticket().status is Status.RESOLVED
    assert [one.kind for one in desk.letters()] == ["out_of_scope"]


def test_once_it_has_closed_a_reply_is_a_case_whatever_its_words(desk: Office) -> None:
    desk.receive(write(ANA, OFFER))
    letter = desk.letter(address(ANA), "out_of_scope")
    desk.wait(20 * DAY)
    assert desk.ticket().status is Status.CLOSED
    desk.receive(answer(ANA, letter, "I offer you a last chance to repair it."))
    assert desk.ticket("ACME-1002").status is Status.NEW
    assert desk.letter(address(ANA), "acknowledgement")


def test_a_stranger_who_names_a_case_gains_nothing(desk: Office) -> None:
    desk.receive(write(ANA))
    desk.receive(write(RIO, OFFER, "[ACME-1001] pallets"))
    assert desk.ticket("ACME-1002").status is Status.RESOLVED


@pytest.mark.parametrize(
    ("text", "verb", "argument"),
    [
        (OFFER, "reopen", ""),
        (OFFER, "category", "billing"),
        (SPAM, "reopen", ""),
        (SPAM, "category", "billing"),
    ],
)
def test_an_agent_takes_it_up(desk: Office, text: str, verb: str, argument: str) -> None:
    desk.receive(write(ANA, text))
    desk.wait(DAY)
    assert command(desk, verb, argument)
    assert desk.ticket().status is Status.OPEN
    assert desk.metrics() == ["first_response 1 running", "resolution 1 running"]
    assert desk.clock("first_response").started_at == MONDAY + DAY
    readers = {address(LEE)} if argument else {address(SAM), address(KIM)}
    assert {one.to for one in desk.letters(kind="agent_notification")} == readers
    desk.receive(write(ANA, "And another thing.", "[ACME-1001]"))
    assert desk.tickets() == ["ACME-1001"]


@pytest.mark.parametrize(
    ("verb", "argument"), [("take", ""), ("resolve", ""), ("priority", "high"), ("wait", "customer")]
)
def test_spam_takes_no_other_command(desk: Office, verb: str, argument: str) -> None:
    desk.receive(write(ANA, SPAM))
    assert not command(desk, verb, argument)
    assert desk.ticket().status is Status.VOID


def test_another_priority_makes_no_promise(desk: Office) -> None:
    desk.receive(write(ANA, OFFER))
    assert command(desk, "priority", "urgent")
    assert (desk.ticket().policy_version, desk.metrics()) == (None, [])


def test_what_an_agent_declared_void_stays_so(desk: Office) -> None:
    desk.receive(write(ANA))
    assert command(desk, "spam")
    assert not command(desk, "reopen")


def test_budgets_and_loop_rules_are_those_of_acknowledgements(desk: Office) -> None:
    for number in range(4):
        desk.receive(write(ANA, f"{OFFER} Number {number}."))
    assert desk.kinds(address(ANA)) == ["out_of_scope"] * 3
    assert desk.muted("out_of_scope", "ACME-1004") == ["muted_acknowledgements"]
    desk.receive(write("no-reply@shop.example", OFFER))
    assert desk.muted("out_of_scope", "ACME-1005") == ["refused_no_person"]


def test_what_an_agent_passes_on_is_a_case(desk: Office) -> None:
    mail = write(SAM, "See below.", "Fwd: Pallets")
    mail.add_attachment(write(ANA, OFFER, "Pallets"))
    desk.receive(mail)
    assert desk.ticket().status is not Status.RESOLVED
    assert desk.ticket().requester == address(ANA)


def test_a_letter_that_is_gone_is_told_and_goes_out_once_it_is_back(desk: Office) -> None:
    kept = {path: path.read_text() for path in (desk._folder / "replies").iterdir()}
    for path in kept:
        path.unlink()
    desk.receive(write(ANA, OFFER))
    assert "sales.en.txt" in desk.letter("operator@acme.example", "operator_alert").text
    assert desk.letters(address(ANA)) == []
    for path, text in kept.items():
        path.write_text(text)
    desk.wait(HOUR)
    assert desk.kinds(address(ANA)) == ["out_of_scope"]

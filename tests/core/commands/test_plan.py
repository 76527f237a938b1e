"""What commands do to a ticket, all or nothing (mail.md section 4, sla.md section 4)."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailsla.core.commands.changes import AddNote, Assign, Change, ConfirmCategory, SetCategory, SetPriority, SetStatus
from mailsla.core.commands.grammar import Command, Parsed, parse
from mailsla.core.commands.plan import Plan, plan
from mailsla.core.commands.situation import Actor, Situation
from mailsla.core.directory import Agent, Category, Directory, Team
from mailsla.core.model import Role, Status, Ticket

NOW = 1_800_000_000
DIRECTORY = Directory(
    agents={
        "sam": Agent(name="sam", email="sam@acme.example", display_name="Sam Lee"),
        "jo": Agent(name="jo", email="jo@acme.example", display_name="Jo Brandt", manager="sam"),
        "kim": Agent(name="kim", email="kim@acme.example", absent=True),
    },
    teams={"billing": Team(name="billing", members=("jo",))},
    categories={
        "billing": Category(name="billing", team="billing", label={"en": "Billing", "de": "Rechnung"}),
        "delivery": Category(name="delivery", label={"en": "Late delivery"}),
    },
)
TICKET = Ticket(
    id=7,
    number=1042,
    reference="ACME-1042",
    mailbox="support",
    status=Status.OPEN,
    customer_id=1,
    requester="ana@mail.example",
    subject="Where is my parcel",
    language="en",
    zone="Europe/Berlin",
    received_at=NOW - 3600,
    opened_at=NOW - 3600,
)
SAM = Actor(name="sam", role=Role.AGENT)
ROOT = Actor(name="root", role=Role.OPERATOR, is_cli=True)


def planned(text: str, *, actor: Actor = SAM, until: int | None = None, internal: bool = False, **ticket: Any) -> Plan:
    situation = Situation(
        ticket=replace(TICKET, **ticket), actor=actor, directory=DIRECTORY, now=NOW, reopen_until=until
    )
    return plan(parse(text), situation, internal=internal)


def said(made: Plan) -> list[str]:
    return [line.result.code for line in made.lines]


@pytest.mark.parametrize(
    ("text", "ticket", "changes", "says"),
    [
        ("#take", {}, (Assign("sam", None),), "assigned"),
        ("#take", {"assignee": "jo"}, (Assign("sam", None),), "assigned"),
        ("#take", {"assignee": "sam"}, (), "assign_already"),
        ("#assign jo", {}, (Assign("jo", "billing"),), "assigned"),
        ("#assign Jo Brandt", {}, (Assign("jo", "billing"),), "assigned"),
        ("#assign @JO", {}, (Assign("jo", "billing"),), "assigned"),
        ("#assign jo@acme.example", {}, (Assign("jo", "billing"),), "assigned"),
        ("#assign me", {}, (Assign("sam", None),), "assigned"),
        ("#wait customer", {}, (SetStatus(Status.WAITING_CUSTOMER),), "waiting_for_customer"),
        ("#wait customer", {"status": Status.WAITING_CUSTOMER}, (), "wait_already"),
        ("#wait customer", {"status": Status.RESOLVED}, (SetStatus(Status.WAITING_CUSTOMER),), "waiting_for_customer"),
        ("#priority high", {}, (SetPriority("high"),), "priority_set"),
        ("#priority normal", {}, (), "priority_already"),
        ("#category billing", {}, (SetCategory("billing", "billing"),), "category_set"),
        ("#category rechnung", {}, (SetCategory("billing", "billing"),), "category_set"),
        ("#category late delivery", {}, (SetCategory("delivery", None),), "category_set"),
        ("#category delivery", {"category": "delivery"}, (ConfirmCategory("delivery"),), "category_already"),
        ("#resolve", {}, (SetStatus(Status.RESOLVED),), "resolved"),
        ("#resolve", {"status": Status.WAITING_CUSTOMER}, (SetStatus(Status.RESOLVED),), "resolved"),
        ("#reopen", {"status": Status.RESOLVED}, (SetStatus(Status.OPEN),), "reopened"),
        ("#reopen", {"status": Status.WAITING_CUSTOMER}, (SetStatus(Status.OPEN),), "reopened"),
        ("#reopen", {"status": Status.OPEN}, (), "reopen_already_open"),
        ("#note hush", {}, (AddNote("hush"),), "note_added"),
        ("#note hush", {"status": Status.CLOSED}, (AddNote("hush"),), "note_added"),
        ("#help", {}, (), "help_listed"),
        ("#help", {"status": Status.CLOSED}, (), "help_listed"),
    ],
)
def test_a_command_that_works(text: str, ticket: dict[str, Any], changes: tuple[Change, ...], says: str) -> None:
    made = planned(text, **ticket)
    assert made.ok
    assert made.changes == changes
    assert [(line.command, line.done, line.result.code) for line in made.lines] == [(text, True, says)]


@pytest.mark.parametrize(
    ("text", "ticket", "why", "meant"),
    [
        ("#assign jow", {}, "assign_unknown", "#assign jo"),
        ("#assign Jo Brand", {}, "assign_unknown", "#assign jo"),
        ("#assign nobody.at.all", {}, "assign_unknown", ""),
        ("#assign kim", {}, "assign_absent", ""),
        ("#category biling", {}, "category_unknown", "#category billing"),
        ("#category rechnng", {}, "category_unknown", "#category billing"),
        ("#category weather", {}, "category_unknown", ""),
        ("#priority highest", {}, "command_not_a_choice", "#priority high"),
        ("#resolve", {"status": Status.RESOLVED}, "resolve_already", "#reopen"),
        ("#resolve", {"status": Status.CLOSED}, "ticket_ended", ""),
        ("#reopen", {"status": Status.CLOSED}, "ticket_ended", ""),
        ("#take", {"status": Status.MERGED}, "ticket_ended", ""),
        ("#priority high", {"status": Status.VOID}, "ticket_ended", ""),
        ("#close", {}, "close_unanswered", "#resolve"),
    ],
)
def test_a_command_that_is_refused(text: str, ticket: dict[str, Any], why: str, meant: str) -> None:
    made = planned(text + "\nDear Ana", **ticket)
    assert not made.ok
    assert (made.changes, made.relay_text, made.note_text) == ((), "", "")
    (line,) = [line for line in made.lines if line.command]
    assert (line.done, line.result.code, line.meant) == (False, why, meant)


def test_with_one_error_nothing_is_done_and_nothing_is_relayed() -> None:
    made = planned("#take\n#assgn jo\n#priority high\nDear Ana, here it is.")
    assert not made.ok
    assert (made.changes, made.relay_text, made.note_text, made.resolves) == ((), "", "", False)
    assert said(made) == ["command_not_run", "command_unknown", "command_not_run"]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("#resolve\n#wait customer", 2),
        ("#reopen\n#resolve", 2),
        ("#take\n#assign jo", 2),
        ("#priority high\n#take\n#priority low", 3),
    ],
)
def test_commands_that_contradict_each_other(text: str, line: int) -> None:
    made = planned(text)
    assert not made.ok
    wrong = [number for number, row in enumerate(made.lines, start=1) if row.result.code == "command_contradicts"]
    assert wrong == [line]


def test_a_command_given_twice_does_no_more_than_once() -> None:
    made = planned("#take\n#priority high\n#TAKE")
    assert made.changes == (Assign("sam", None), SetPriority("high"))
    assert said(made) == ["assigned", "priority_set"]


def test_commands_run_in_the_order_of_the_mail() -> None:
    made = planned("#priority urgent\n#category billing\n#assign jo\n#wait customer\n\nDear Ana, which parcel?\n")
    assert made.changes == (
        SetPriority("urgent"),
        SetCategory("billing", "billing"),
        Assign("jo", "billing"),
        SetStatus(Status.WAITING_CUSTOMER),
    )
    assert made.relay_text == "Dear Ana, which parcel?"


def test_text_goes_to_the_customer() -> None:
    made = planned("Dear Ana,\n\n  it is on its way.\n\n")
    assert (made.ok, made.relay_text, made.note_text, made.lines) == (True, "Dear Ana,\n\n  it is on its way.", "", ())
    assert planned(" \n \n").relay_text == ""


def test_resolve_with_text_is_the_answer_with_the_closing_paragraph() -> None:
    made = planned("#resolve\nDear Ana, it arrived.")
    assert (made.resolves, made.relay_text) == (True, "Dear Ana, it arrived.")
    assert not planned("Dear Ana, it arrived.").resolves


def test_a_note_keeps_all_text_inside() -> None:
    made = planned("#note She called.\n#resolve\nNever tell her.")
    assert made.relay_text == ""
    assert made.note_text == "She called.\nNever tell her."
    assert made.changes == (SetStatus(Status.RESOLVED), AddNote("She called.\nNever tell her."))


def test_the_note_address_keeps_text_inside_without_a_command() -> None:
    made = planned("Never tell her.", internal=True)
    assert (made.relay_text, made.changes) == ("", (AddNote("Never tell her."),))
    assert planned("", internal=True).changes == ()


def test_an_empty_note_is_said_to_be_empty() -> None:
    made = planned("#note")
    assert (made.ok, made.changes, said(made)) == (True, (), ["note_added", "note_empty"])


def test_who_asks_for_help_sends_nothing() -> None:
    made = planned("#help\nDear Ana")
    assert (made.ok, made.help, made.relay_text, made.changes) == (True, True, "", ())
    assert said(made) == ["help_listed", "help_text_kept"]
    assert said(planned("#help\n#resolve\nDear Ana")) == ["help_alone", "command_not_run"]


@pytest.mark.parametrize("status", [Status.CLOSED, Status.MERGED, Status.VOID])
def test_nothing_is_relayed_from_a_ticket_that_ended(status: Status) -> None:
    made = planned("Dear Ana", status=status)
    assert (made.ok, made.relay_text, said(made)) == (False, "", ["relay_ended"])
    assert planned("#note\nHush", status=status).note_text == "Hush"


def test_an_address_of_ours_never_goes_to_a_customer() -> None:
    email = next(iter(DIRECTORY.agents.values())).email
    made = planned(f"Write to {email.upper()} please")
    assert (made.ok, made.relay_text, made.changes, said(made)) == (False, "", (), ["relay_leaks"])
    assert planned(f"#note\nWrite to {email}").ok


@pytest.mark.parametrize(
    ("text", "requester", "ok"),
    [
        ("You wrote as williamsam@acme.example", "ana@mail.example", True),
        ("You wrote as sam@acme.example-mail.example", "ana@mail.example", True),
        ("We write to sam@acme.example, as you asked", "Sam@Acme.Example", True),
        ("Write to <sam@acme.example>", "ana@mail.example", False),
        ("Write to sam@acme.example.", "ana@mail.example", False),
    ],
)
def test_an_address_of_ours_is_one_of_its_own_and_not_the_readers(text: str, requester: str, ok: bool) -> None:
    assert planned(text, requester=requester).ok is ok


@pytest.mark.parametrize(
    ("until", "ok"),
    [(None, True), (NOW + 1, True), (NOW, True), (NOW - 1, False)],
)
@pytest.mark.parametrize("text", ["#reopen", "#wait customer"])
def test_the_reopen_window_includes_its_last_second(text: str, until: int | None, ok: bool) -> None:
    made = planned(text, until=until, status=Status.RESOLVED)
    assert made.ok is ok
    assert ok or said(made) == ["reopen_too_late"]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("Dear Ana", True),
        ("#take", True),
        ("#note hush", True),
        ("#priority high", True),
        ("#help", False),
        ("#help\nDear Ana", False),
        ("#priority normal", False),
        ("#assign jow", False),
        ("#resolve", False),
        ("", False),
    ],
)
def test_new_becomes_open_with_a_persons_first_action(text: str, first: bool) -> None:
    made = planned(text, status=Status.NEW)
    assert (made.changes[:1] == (SetStatus(Status.OPEN),)) is first


def test_who_is_no_agent_cannot_take() -> None:
    assert said(planned("#take", actor=ROOT)) == ["take_no_agent"]
    assert planned("#assign sam", actor=ROOT).changes == (Assign("sam", None),)


def test_an_absent_agent_may_still_take() -> None:
    kim = Actor(name="kim", role=Role.AGENT)
    assert planned("#take", actor=kim).ok
    assert planned("#assign kim", actor=kim).ok


def test_a_customer_commands_nothing() -> None:
    made = planned("#resolve", actor=Actor(name="ana@mail.example", role=Role.CUSTOMER))
    assert (made.ok, made.changes, said(made)) == (False, (), ["command_no_authority"])


def test_the_cli_comes_through_the_same_plan() -> None:
    situation = Situation(ticket=TICKET, actor=ROOT, directory=DIRECTORY, now=NOW)
    made = plan(Parsed((Command("note", "two\nlines"),), "", ()), situation)
    assert made.changes == (AddNote("two\nlines"),)
    assert said(plan(Parsed((Command("priority", "highest"),), "", ()), situation)) == ["command_not_a_choice"]
    assert said(plan(Parsed((Command("merge", "1043"),), "", ()), situation)) == ["merge_unknown"]
    assert said(plan(Parsed((Command("archive", "1043"),), "", ()), situation)) == ["command_unknown"]


def test_events_name_the_actor() -> None:
    assert (SAM.label, ROOT.label) == ("agent:sam", "cli:root")


RIGHT = [
    "#take",
    "#assign jo",
    "#wait customer",
    "#resolve",
    "#reopen",
    "#note",
    "#note hush",
    "#priority high",
    "#help",
]
WRONG = ["#assign jow", "#priority", "#category x", "#zzz"]
TEXT = ["# Title", "", "Dear Ana", "#1"]
LINES = st.sampled_from([*RIGHT, *WRONG, *TEXT])


@given(st.lists(LINES, max_size=6), st.sampled_from(Status), st.booleans())
def test_all_or_nothing(lines: list[str], status: Status, internal: bool) -> None:
    text = "\n".join(lines)
    made = planned(text, status=status, internal=internal)
    if not made.ok:
        assert (made.changes, made.relay_text, made.note_text, made.resolves) == ((), "", "", False)
        assert made.lines, "the sender is told why"
        assert not any(line.done for line in made.lines)
    assert not (made.relay_text and made.note_text)
    if internal or any(line.lower().startswith("#note") for line in lines):
        assert made.relay_text == ""
    kinds = [type(change) for change in made.changes]
    assert len(set(kinds)) == len(kinds), "no two changes of one thing"

"""`mailsla ticket`: what is listed and shown, and that each verb does what the same command does by mail."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from mailsla.cli.opened import user
from mailsla.core.model import NoticeState, Status
from mailsla.flows import actions
from mailsla.flows.process import process_next
from mailsla.ports.store import UnitOfWork
from tests.cli.broken import quarantined
from tests.cli.command import run
from tests.flows.mails import ANA, COMPLAINT, RIO, SAM, SUBJECT, address, answer, write
from tests.flows.office import DAY, HOUR, Office, berlin


@pytest.fixture
def complaint(office: Office) -> Office:
    """ACME-1001, which came in on Monday at 10:00 and is acknowledged."""
    office.receive(write(ANA))
    return office


# Lists


def test_what_is_due_first_stands_first_and_what_is_late_before_it(complaint: Office) -> None:
    complaint.now += HOUR
    complaint.receive(write(RIO, subject="A second parcel"))
    said = run("ticket", "list")
    assert said.code == 0
    rows = [line.split()[0] for line in said.out.splitlines()]
    assert rows == ["ticket", "ACME-1001", "ACME-1002"]
    complaint.wait_until("2026-11-20 10:00")
    first = run("ticket", "list").out.splitlines()[1]
    assert "late" in first
    assert SUBJECT in first


def test_a_row_says_whose_it_is_and_what_is_left_of_it(complaint: Office) -> None:
    heads, row = run("ticket", "list").out.splitlines()
    assert heads.split() == ["ticket", "status", "priority", "with", "due", "left", "subject"]
    (told,) = run("ticket", "list", "--json").json
    assert told["reference"] == "ACME-1001"
    assert told["metric"] == "first_response"
    assert told["left_open_seconds"] == complaint.clock("first_response").target
    assert told["due"].endswith("Z")
    assert not told["overdue"]
    assert complaint.ticket().assignee in row.split()


def test_a_long_subject_is_cut_in_the_list_and_in_agents_letters(complaint: Office) -> None:
    subject = " ".join(["Parcel"] * 28)  # 195 characters
    complaint.receive(write(RIO, subject=subject))
    [row] = [line for line in run("ticket", "list").out.splitlines() if line.startswith("ACME-1002")]
    assert row.endswith(" Parcel Par…")
    assert len(row) < 130
    assert subject in [one["subject"] for one in run("ticket", "list", "--json").json]
    subjects = [" ".join(one.subject.split()) for one in complaint.letters()]  # folded as they are
    assert f"[ACME-1002] {' '.join(['Parcel'] * 8)}…" in subjects
    assert f"Re: {subject}" in subjects  # the customer's: another one would split the thread


def test_what_is_resolved_is_listed_only_when_asked_for(complaint: Office) -> None:
    run("ticket", "resolve", "1001")
    assert "ACME-1001" not in run("ticket", "list").out
    assert "ACME-1001" in run("ticket", "list", "--all").out
    assert [one["status"] for one in run("ticket", "list", "--status", "resolved", "--json").json] == ["resolved"]


def test_mine_is_what_one_agent_has(complaint: Office) -> None:
    run("ticket", "assign", "1001", "kim")
    assert [one["assignee"] for one in run("ticket", "list", "--mine", "kim", "--json").json] == ["kim"]
    assert run("ticket", "list", "--mine", "sam", "--json").json == []


def test_nothing_to_list_is_said(office: Office) -> None:
    assert "No complaints" in run("ticket", "list").out
    assert run("ticket", "list", "--json").json == []


# One ticket


def test_show_tells_the_whole_story(complaint: Office) -> None:
    told = complaint.letter(address(complaint_agent(complaint)), "agent_notification")
    complaint.receive(answer(complaint_agent(complaint), told, "It is on its way."))
    complaint.receive(write(RIO, subject=f"Re: [ACME-1001] {SUBJECT}"))
    shown = run("ticket", "show", "ACME-1001").out
    assert shown.splitlines()[0] == f"ACME-1001  {SUBJECT}"
    assert "Ana Vogel <ana@mail.example>" in shown
    assert "first response  met" in shown
    assert "my parcel has not arrived" in shown
    assert "It is on its way." in shown
    assert "acknowledgement to ana@mail.example" in shown
    for line in shown.splitlines():
        assert len(line) <= 80, line


def complaint_agent(office: Office) -> str:
    assignee = office.ticket().assignee
    return {"sam": SAM, "kim": "Kim Adler <kim@acme.example>", "lee": "Lee Moss <lee@acme.example>"}[assignee or ""]


def test_show_as_json_has_every_part(complaint: Office) -> None:
    told = run("ticket", "show", "1001", "--json").json
    assert [clock["metric"] for clock in told["clocks"]] == ["first_response", "resolution"]
    assert [message["kind"] for message in told["conversation"]] == ["customer"]
    assert told["timeline"][0]["what"] == "event_created"
    assert {letter["state"] for letter in told["letters"]} == {"sent"}


def test_what_a_mail_says_is_printed_and_never_obeyed(office: Office) -> None:
    office.receive(write(ANA, text="before \x1b[2J\x1b]0;owned\x07 after", subject="stop\x9b31m"))
    for said in (run("ticket", "show", "1001"), run("ticket", "list"), run("ticket", "why", "1001")):
        assert said.code == 0
        assert not set(said.out) & {"\x1b", "\x07", "\x9b"}


def test_why_counts_line_by_line(complaint: Office) -> None:
    why = run("ticket", "why", "1001").out
    assert "category: " in why
    assert "first response: running" in why
    assert "Mon 16 Nov, 10:00" in why
    assert "starts, target" in why
    assert why.count("due\n") >= 1


def test_why_tells_who_chose_category_and_priority_and_when(complaint: Office) -> None:
    before = run("ticket", "why", "1001").out
    assert "set it" not in before
    assert "at first" not in before
    letter = complaint.letter(address(SAM), "agent_notification")
    complaint.wait(HOUR)
    complaint.receive(answer(SAM, letter, "#priority high\n#category billing"))
    complaint.wait(HOUR)
    assert run("ticket", "priority", "1001", "urgent").code == 0
    why = run("ticket", "why", "1001").out
    assert "category: billing\n  Sam Lee set it Mon 16 Nov, 11:00; before: delivery\n  at first delivery:\n    " in why
    assert (
        f"priority: urgent\n  {user()} set it Mon 16 Nov, 12:00; before: high\n"
        "  Sam Lee set it Mon 16 Nov, 11:00; before: normal\n  at first normal:\n    nothing in the mail" in why
    )


def test_why_tells_pauses_and_what_was_missed(complaint: Office) -> None:
    complaint.now += HOUR
    run("ticket", "wait", "1001")
    assert "paused: waiting for the customer" in run("ticket", "why", "1001").out
    complaint.wait_until("2026-11-27 10:00")
    why = run("ticket", "why", "1001").out
    assert "was due, and it still runs" in why
    assert "missed, target" in why


# Verbs


@pytest.mark.parametrize(
    ("verb", "said", "column", "value"),
    [
        (["assign", "1001", "kim"], "assigned to: kim", "assignee", "kim"),
        (["assign", "acme-1001", "Kim Adler"], "assigned to: kim", "assignee", "kim"),
        (["wait", "1001"], "it waits for the customer", "status", Status.WAITING_CUSTOMER),
        (["wait", "1001", "Customer"], "it waits for the customer", "status", Status.WAITING_CUSTOMER),
        (["resolve", "1001"], "resolved", "status", Status.RESOLVED),
        (["priority", "1001", "Urgent"], "priority: URGENT", "priority", "urgent"),
        (["category", "1001", "billing"], "category: billing", "category", "billing"),
        (["upheld", "1001", "Partly"], "upheld: partly", "outcome", {"upheld": "partly"}),
        (["cause", "1001", "late", "delivery"], "cause: late-delivery", "outcome", {"cause": "late-delivery"}),
        (["remedy", "1001", "none"], "no remedy", "outcome", {"remedy": None}),
    ],
)
def test_a_verb_changes_the_ticket_and_says_so(
    complaint: Office, verb: list[str], said: str, column: str, value: object
) -> None:
    if column == "assignee" and complaint.ticket().assignee == value:
        run("ticket", "assign", "1001", "sam")
    done = run("ticket", *verb)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith(f"ACME-1001: {said}")
    assert getattr(complaint.ticket(), column) == value
    assert complaint.events()[-1].actor in (f"cli:{user()}", "mailsla")


def test_reopen_takes_up_what_was_resolved(complaint: Office) -> None:
    run("ticket", "resolve", "1001")
    assert run("ticket", "reopen", "1001").out == "ACME-1001: open again\n"
    assert complaint.ticket().status is Status.OPEN


def test_a_closing_letter_follows_from_resolve(complaint: Office) -> None:
    run("ticket", "resolve", "1001")
    complaint.work()
    assert complaint.kinds(address(ANA)) == ["acknowledgement", "closing"]


@pytest.mark.parametrize(
    ("verb", "meant"),
    [
        (["assign", "1001", "kmi"], "mailsla ticket assign ACME-1001 kim"),
        (["priority", "1001", "urgnt"], "mailsla ticket priority ACME-1001 urgent"),
        (["category", "1001", "bilings"], "mailsla ticket category ACME-1001 billing"),
        (["upheld", "1001", "partlyy"], "mailsla ticket upheld ACME-1001 partly"),
        (["remedy", "1001", "refund", "20"], "mailsla ticket remedy ACME-1001 refund 20 EUR"),
    ],
)
def test_what_is_refused_says_what_was_meant_and_changes_nothing(
    complaint: Office, verb: list[str], meant: str
) -> None:
    before, events = complaint.ticket(), complaint.events()
    said = run("ticket", *verb)
    assert (said.code, said.out) == (1, "")
    assert f"did you mean: {meant}" in said.err
    assert (complaint.ticket(), complaint.events()) == (before, events)


@pytest.mark.parametrize(
    ("verb", "said"),
    [
        (
            ["priority", "1001", "zzz"],
            "zzz is not possible here; use: mailsla ticket priority ACME-1001 low|normal|high|urgent",
        ),
        (["category", "1001", ""], "something is missing; use: mailsla ticket category ACME-1001 CATEGORY"),
        (["assign", "1001", "zzz"], "nobody is called zzz; there are: jo, kim, lee, maria, sam"),
    ],
)
def test_what_is_refused_is_said_in_words_of_the_command_line(complaint: Office, verb: list[str], said: str) -> None:
    refused = run("ticket", *verb)
    assert (refused.code, refused.err) == (1, f"ACME-1001: {said}\n")


def test_resolving_twice_is_refused_with_the_command_that_was_meant(complaint: Office) -> None:
    run("ticket", "resolve", "1001")
    refused = run("ticket", "resolve", "1001").err
    assert refused == "ACME-1001: it was resolved already\n  did you mean: mailsla ticket reopen ACME-1001\n"


@pytest.mark.parametrize("reference", ["[ACME-1001]", "[acme-1001]", " 1001 ", "[1001]"])
def test_a_reference_is_understood_as_a_subject_has_it(complaint: Office, reference: str) -> None:
    assert run("ticket", "show", reference).out.startswith("ACME-1001  ")
    assert run("ticket", "resolve", reference).code == 0


@pytest.mark.parametrize("by", ["option", "standard input"])
def test_a_reply_goes_to_the_customer(complaint: Office, by: str) -> None:
    text = "It comes on Tuesday.\n\nSecond paragraph, ß."
    if by == "option":
        said = run("ticket", "reply", "1001", "-m", text)
    else:
        said = run("ticket", "reply", "1001", stdin=text.encode())
    assert said.code == 0
    assert "the daemon sends the answer to ana@mail.example" in said.out
    complaint.work()
    letter = complaint.letter(address(ANA), "relay")
    assert "It comes on Tuesday." in letter.plain
    assert "Second paragraph, ß." in letter.plain
    assert complaint.ticket().status is Status.OPEN


def test_the_final_reply_resolves_once_it_has_been_sent(complaint: Office) -> None:
    said = run("ticket", "reply", "1001", "--resolve", "-m", "It is at your door.")
    assert "resolved when it has been sent" in said.out
    assert complaint.ticket().status is not Status.RESOLVED
    complaint.work()
    assert complaint.ticket().status is Status.RESOLVED


def test_a_note_stays_inside(complaint: Office) -> None:
    assert run("ticket", "note", "1001", stdin=b"the depot burnt down\n").code == 0
    complaint.work()
    assert "the depot burnt down" in run("ticket", "show", "1001").out
    assert complaint.kinds(address(ANA)) == ["acknowledgement"]


@pytest.mark.parametrize("verb", ["reply", "note"])
def test_no_text_is_a_usage_error(complaint: Office, verb: str) -> None:
    said = run("ticket", verb, "1001", stdin=b" \n")
    assert said.code == 2
    assert "There is no text" in said.err


def test_a_complaint_by_telephone_is_a_ticket_and_is_acknowledged(office: Office) -> None:
    said = run(
        "ticket", "open", "--mailbox", "support", "--from", "Zoë Ünal <zoe@mail.example>", "--subject", "Lamp", "-m",
        COMPLAINT,
    )  # fmt: skip
    assert said.code == 0, said.err
    assert said.out.startswith("ACME-1001 is open")
    ticket = office.ticket()
    assert (ticket.requester, ticket.requester_name, ticket.subject) == ("zoe@mail.example", "Zoë Ünal", "Lamp")
    assert not ticket.verified
    office.work()
    assert office.kinds("zoe@mail.example") == ["acknowledgement"]
    assert office.tickets() == ["ACME-1001"]


def test_a_mail_that_could_not_be_read_can_not_be_answered(office: Office) -> None:
    quarantined(office)
    said = run("ticket", "reply", "1001", "-m", "Hello")
    assert said.code == 1
    assert "has no address to write to" in said.err
    shown = run("ticket", "show", "1001").out
    assert "from      somebody without an address" in shown
    assert "stands for a mail that could not be read" in shown


def test_a_week_that_was_played_is_shown_as_it_ended(complaint: Office) -> None:
    """As with `make demo`: the clock of this machine is behind what has happened."""
    complaint.now += 3 * DAY
    run("ticket", "resolve", "1001")
    complaint.now = berlin("2026-11-10 10:00")
    assert "stopped Thu 19 Nov, 10:00" in run("ticket", "show", "1001").out


class QuickDaemon:
    """A store after whose first transaction a daemon looks for mails, before the next one begins."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._looked = False

    @contextmanager
    def begin(self) -> Iterator[UnitOfWork]:
        with self._office.services.store.begin() as uow:
            yield uow
        if not self._looked:
            self._looked = True
            process_next(self._office.services)

    def close(self) -> None:
        """It is the office's."""


def test_a_complaint_by_telephone_that_a_running_daemon_takes_up_first_is_one_ticket(office: Office) -> None:
    services = replace(office.services, store=QuickDaemon(office))
    box = services.settings.mailboxes[0]
    assert actions.open_by_hand(services, box, address(ANA), "Ana Vogel", SUBJECT, COMPLAINT) is None
    office.work()
    assert office.tickets() == ["ACME-1001"]


def test_a_complaint_by_telephone_is_left_alone_by_a_daemon_that_comes_later(office: Office) -> None:
    run("ticket", "open", "--mailbox", "support", "--from", ANA, "--subject", "Lamp", "-m", COMPLAINT)
    office.now += HOUR
    assert not process_next(office.services)
    assert office.tickets() == ["ACME-1001"]


def test_show_says_in_words_why_a_letter_was_not_sent(office: Office) -> None:
    office.receive(write("no-reply@machine.example"))
    letters = run("ticket", "show", "1001").out.partition("\nLetters")[2]
    assert "not sent (nobody reads that address)" in " ".join(letters.split())


def test_show_says_of_a_letter_in_a_list_no_more_than_that(office: Office) -> None:
    office.receive(write(ANA))
    (notice,) = office.notices("acknowledgement")
    with office.services.store.begin() as uow:
        key = "folded:sam@acme.example:1795334400"
        uow.outbox.add_notices([replace(notice, key="other", state=NoticeState.FOLDED, reason=key)])
        uow.commit()
    letters = run("ticket", "show", "1001").out.partition("\nLetters")[2]
    assert "in a list of several" in " ".join(letters.split())
    assert "folded" not in letters


# What came of it, and saved replies


def test_the_outcome_is_shown_and_listed(complaint: Office) -> None:
    for verb in (["upheld", "1001", "yes"], ["cause", "1001", "lost"], ["remedy", "1001", "refund 9.5 EUR by 1 Dec"]):
        assert run("ticket", *verb).code == 0
    shown = run("ticket", "show", "1001").out
    for row in ("upheld    yes", "cause     lost", "remedy    refund 9.50 EUR by 2026-12-01"):
        assert row in shown
    remedy = {"kind": "refund", "amount": "9.50", "currency": "EUR", "by": "2026-12-01", "text": ""}
    for told in (run("ticket", "list", "--json").json[0], run("ticket", "show", "1001", "--json").json):
        assert (told["upheld"], told["cause"], told["remedy"]) == ("yes", "lost", remedy)


def test_a_saved_reply_goes_out_alone_or_above_a_text(complaint: Office, tmp_path: Path) -> None:
    (tmp_path / "replies").mkdir()
    (tmp_path / "replies" / "refund.en.txt").write_text("{{ greeting }}\n\nyou get it back.", encoding="utf-8")
    complaint.restart([("[triage]", '[letters]\nreplies = "replies"\n\n[triage]')])
    assert "did you mean" in run("ticket", "reply", "1001", "--template", "refnd").err
    assert run("ticket", "reply", "1001", "--template", "refund").code == 0
    assert run("ticket", "reply", "1001", "--template", "refund", "-m", "In a week.").code == 0
    assert run("ticket", "template", "1001", "refund").code == 0
    assert run("ticket", "template", "1001", "refund", "-m", "In a week.").code == 0
    complaint.work()
    first, second, third, fourth = complaint.letters(address(ANA), "relay")
    assert first.text.startswith("Hello Ana Vogel, you get it back. Your ACME")
    assert second.text.startswith("Hello Ana Vogel, you get it back. In a week. Your ACME")
    assert [first.text, second.text] == [third.text, fourth.text]

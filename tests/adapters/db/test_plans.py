"""Each query of the ports finds its rows by an index, and its order where it is asked often."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Connection

from mailsla.adapters.db.engine import open_engine
from mailsla.adapters.db.store import SqlUnitOfWork
from mailsla.core.drops import Thing
from mailsla.core.incident import Incident, IncidentState
from mailsla.core.model import Customer, IntakeState, LetterState, Moment, NoticeState, Promise, Ticket
from mailsla.ports.store import UnitOfWork
from mailsla.ports.store.absences import AbsenceStore
from mailsla.ports.store.clocks import ClockStore
from mailsla.ports.store.days import DayStore
from mailsla.ports.store.display import DisplayStore
from mailsla.ports.store.drops import DropStore
from mailsla.ports.store.history import HistoryStore
from mailsla.ports.store.incidents import IncidentStore
from mailsla.ports.store.intake import IntakeStore
from mailsla.ports.store.learning import LearningStore
from mailsla.ports.store.leases import Lease, LeaseLost, LeaseStore
from mailsla.ports.store.outbox import OutboxStore
from mailsla.ports.store.tickets import TicketStore
from tests.contracts.values import NOW, OWNER, intake, letter, new_ticket

Call = Callable[[UnitOfWork], object]

INTAKE: dict[str, Call] = {
    "holds": lambda uow: uow.intake.holds("support", "a"),
    "raw": lambda uow: _absent(lambda: uow.intake.raw("a")),
    "get": lambda uow: uow.intake.get(1),
    "known_uids": lambda uow: uow.intake.known_uids("support", "INBOX", 7),
    "states_by_uid": lambda uow: uow.intake.states_by_uid("support", "INBOX", 7),
    "first_stored": lambda uow: uow.intake.first_stored(NOW),
    "next_stored": lambda uow: uow.intake.next_stored(NOW),
    "claim": lambda uow: uow.intake.claim(intake(id=1), OWNER, NOW, NOW),
    "start_attempt": lambda uow: _lost(lambda: uow.intake.start_attempt(1, OWNER)),
    "finish": lambda uow: _lost(lambda: uow.intake.finish(1, OWNER, IntakeState.DONE)),
    "postpone": lambda uow: _lost(lambda: uow.intake.postpone(1, OWNER, attempts=1, retry_at=NOW, reason="")),
    "reopen": lambda uow: uow.intake.reopen(1, [IntakeState.HELD]),
    "drop": lambda uow: uow.intake.drop(1),
    "supersede": lambda uow: uow.intake.supersede(1, intake(id=2)),
    "same_mail": lambda uow: uow.intake.same_mail(intake(id=1), "f", NOW),
    "listed": lambda uow: uow.intake.listed([IntakeState.HELD, IntakeState.QUARANTINED]),
    "backlog": lambda uow: uow.intake.backlog(IntakeState.HELD),
    "marks_wanted": lambda uow: uow.intake.marks_wanted("support", "INBOX", 7),
    "marked": lambda uow: uow.intake.marked([1, 2]),
    "mailbox_state": lambda uow: uow.intake.mailbox_state("support", "INBOX"),
}
TICKETS: dict[str, Call] = {
    "update": lambda uow: uow.tickets.update(_first_ticket(uow)),
    "get": lambda uow: uow.tickets.get(1),
    "get_all": lambda uow: uow.tickets.get_all([1, 2]),
    "by_reference": lambda uow: uow.tickets.by_reference("ACME-1001"),
    "listed": lambda uow: uow.tickets.listed(statuses=["open"], assignee="sam"),
    "of_customer": lambda uow: uow.tickets.of_customer(1),
    "last_assignee": lambda uow: uow.tickets.last_assignee("repairs"),
    "assignees": lambda uow: uow.tickets.assignees(["new", "open"]),
    "load": lambda uow: uow.tickets.load(["sam", "kim"], ["new", "open"]),
    "save_customer": lambda uow: uow.tickets.save_customer(Customer(id=1, email="kim@example.org")),
    "customer_by_email": lambda uow: uow.tickets.customer_by_email("kim@example.org"),
    "customers_by_email": lambda uow: uow.tickets.customers_by_email(["kim@example.org"]),
    "participants": lambda uow: uow.tickets.participants(1),
    "dismiss": lambda uow: uow.tickets.dismiss(1, "kim@example.org"),
    "messages": lambda uow: uow.tickets.messages(1),
    "message": lambda uow: uow.tickets.message(1),
    "messages_by_id": lambda uow: uow.tickets.messages_by_id([1, 2]),
    "move_message": lambda uow: uow.tickets.move_message(1, 1),
    "attachments": lambda uow: uow.tickets.attachments(1),
    "attachments_of": lambda uow: uow.tickets.attachments_of([1, 2]),
    "posted_of": lambda uow: uow.tickets.posted_of([1, 2]),
    "tickets_by_message_ids": lambda uow: uow.tickets.tickets_by_message_ids(["a@b", "c@d"]),
    "answered_before": lambda uow: uow.tickets.answered_before("a@b", "kim@example.org"),
    "letter_by_message_id": lambda uow: uow.tickets.letter_by_message_id("a@b"),
    "page": lambda uow: uow.tickets.page(1, 10),
    "events": lambda uow: uow.tickets.events(1),
    "events_of": lambda uow: uow.tickets.events_of([1, 2]),
    "token": lambda uow: uow.tickets.token("t"),
    "use_token": lambda uow: uow.tickets.use_token("t", NOW),
    "use_confirmations": lambda uow: uow.tickets.use_confirmations(1, 1, NOW),
    "expire_tokens": lambda uow: uow.tickets.expire_tokens(1, NOW),
}
CLOCKS: dict[str, Call] = {
    "replace": lambda uow: uow.clocks.replace(1, []),
    "of_ticket": lambda uow: uow.clocks.of_ticket(1),
    "of_tickets": lambda uow: uow.clocks.of_tickets([1, 2]),
    "breaches": lambda uow: uow.clocks.breaches(1),
    "fired": lambda uow: uow.clocks.fired(1),
    "fired_of": lambda uow: uow.clocks.fired_of([1, 2]),
    "promises": lambda uow: uow.clocks.promises(1),
    "promises_of": lambda uow: uow.clocks.promises_of([1, 2]),
    "settle_promise": lambda uow: uow.clocks.settle_promise(
        Promise(id=1, ticket_id=1, metric="resolution", until=NOW, stated_at=NOW, letter_id=1)
    ),
    "drop_moment": lambda uow: uow.clocks.drop_moment("ticket", "1"),
    "next_moment": lambda uow: uow.clocks.next_moment(NOW),
    "take_moment": lambda uow: uow.clocks.take_moment(Moment(kind="ticket", key="1", at=NOW)),
    "version": lambda uow: uow.clocks.version("policy", "standard", "h", {}, NOW),
    "versions": lambda uow: uow.clocks.versions("policy", "standard"),
    "corrections": lambda uow: uow.clocks.corrections(1),
    "version_by_id": lambda uow: uow.clocks.version_by_id(1),
}
OUTBOX: dict[str, Call] = {
    "due_notices": lambda uow: uow.outbox.due_notices(NOW, besides=["reminder"]),
    "pending_of": lambda uow: uow.outbox.pending_of(1),
    "pending_for": lambda uow: uow.outbox.pending_for("kim@example.org"),
    "settle_notice": lambda uow: uow.outbox.settle_notice(1, NoticeState.RENDERED),
    "settle_notices": lambda uow: uow.outbox.settle_notices([1, 2], NoticeState.RENDERED),
    "postponed": lambda uow: uow.outbox.postponed(),
    "postpone_notice": lambda uow: uow.outbox.postpone_notice(1, NOW, ""),
    "drop_notice": lambda uow: uow.outbox.drop_notice(1),
    "get_notice": lambda uow: uow.outbox.get_notice(1),
    "notices_of": lambda uow: uow.outbox.notices_of(1),
    "folded": lambda uow: uow.outbox.folded("folded:sam:1"),
    "claim_letter": lambda uow: uow.outbox.claim_letter(NOW, "daemon", NOW + 60),
    "stranded": lambda uow: uow.outbox.stranded(NOW, "daemon"),
    "requeue": lambda uow: _lost(lambda: uow.outbox.requeue(letter(1), next_at=NOW, outcome="", possibly_twice=True)),
    "settle_letter": lambda uow: _lost(
        lambda: uow.outbox.settle_letter(letter(1), LetterState.SENT, at=NOW, outcome="")
    ),
    "get_letter": lambda uow: uow.outbox.get_letter(1),
    "letter_of_notice": lambda uow: uow.outbox.letter_of_notice(1),
    "letters": lambda uow: uow.outbox.letters(states=["held"], ticket_id=1),
    "release_letter": lambda uow: uow.outbox.release_letter(1, NOW),
    "drop_letter": lambda uow: uow.outbox.drop_letter(1),
    "recall_letter": lambda uow: uow.outbox.recall_letter(1, ""),
    "to_blank": lambda uow: uow.outbox.to_blank(NOW, 50),
    "blank": lambda uow: uow.outbox.blank(1, b""),
    "earliest": lambda uow: uow.outbox.earliest(),
    "backlog": lambda uow: uow.outbox.backlog(LetterState.HELD),
    "overdue": lambda uow: uow.outbox.overdue(NOW),
    "pending_outside": lambda uow: uow.outbox.pending_outside(),
    "hold_outside": lambda uow: uow.outbox.hold_outside(""),
    "automatic": lambda uow: uow.outbox.automatic(["kim@example.org"], [1], NOW),
    "automatic_in_all": lambda uow: uow.outbox.automatic_in_all(NOW, NOW + 3600),
    "internal_to": lambda uow: uow.outbox.internal_to(["sam@acme.example"], NOW),
}
DROPS: dict[str, Call] = {
    "of": lambda uow: uow.drops.of(Thing.MAIL, 1),
}
INCIDENTS: dict[str, Call] = {
    "newest_kept": lambda uow: uow.incidents.newest_kept(),
    "said_between": lambda uow: uow.incidents.said_between(NOW, NOW + 1, 10),
    "forget_words": lambda uow: uow.incidents.forget_words(NOW),
    "update": lambda uow: uow.incidents.update(Incident(id=1, state=IncidentState.OPEN, noticed_at=NOW)),
    "get": lambda uow: uow.incidents.get(1),
    "listed": lambda uow: uow.incidents.listed([IncidentState.OPEN]),
    "join": lambda uow: uow.incidents.join(
        uow.incidents.add(Incident(state=IncidentState.OPEN, noticed_at=NOW)), 1, NOW
    ),
    "leave": lambda uow: uow.incidents.leave(1, 1),
    "tickets": lambda uow: uow.incidents.tickets(1),
    "of_ticket": lambda uow: uow.incidents.of_ticket(1),
    "of_tickets": lambda uow: uow.incidents.of_tickets([1, 2]),
}
ABSENCES: dict[str, Call] = {
    "cancel": lambda uow: uow.absences.cancel(1, NOW),
    "get": lambda uow: uow.absences.get(1),
    "standing": lambda uow: uow.absences.standing(NOW),
    "of": lambda uow: uow.absences.of("sam"),
}
DISPLAY: dict[str, Call] = {
    "places": lambda uow: uow.display.places("support", "INBOX", 7),
    "shown": lambda uow: uow.display.shown("support"),
    "forget": lambda uow: uow.display.forget([1, 2]),
}
LEARNING: dict[str, Call] = {
    "labels": lambda uow: uow.learning.labels(),
    "first_mails": lambda uow: uow.learning.first_mails([1, 2]),
    "content": lambda uow: uow.learning.content(1),
    "forget": lambda uow: uow.learning.forget([1]),
}
LEASES: dict[str, Call] = {
    "end": lambda uow: uow.leases.end(OWNER, NOW),
    "require": lambda uow: _lost(lambda: uow.leases.require(Lease("mailbox:support", 1))),
}
HISTORY: dict[str, Call] = {
    "unfilled": lambda uow: uow.history.unfilled(),
    "counted": lambda uow: uow.history.counted(NOW, NOW + 60),
    "due_clocks": lambda uow: uow.history.due_clocks(NOW, NOW + 60, "", (NOW, 0), 10),
    "lengths": lambda uow: uow.history.lengths(NOW, NOW + 60),
    "happened": lambda uow: uow.history.happened([1, 2], ["status"]),
    "questions": lambda uow: uow.history.questions(NOW, NOW + 60),
    "came": lambda uow: uow.history.came(NOW, NOW + 60),
    "received_and_resolved": lambda uow: uow.history.received_and_resolved(NOW, NOW + 60),
    "active": lambda uow: uow.history.active(NOW, NOW + 60),
    "promises": lambda uow: uow.history.promises(NOW, NOW + 60),
    "ratings": lambda uow: uow.history.ratings(NOW, NOW + 60),
    "asked": lambda uow: uow.history.asked(NOW, NOW + 60),
}
# Only inserts, or reads all there is; or is for a start alone (due_at_most, first_looks_at_most, end_after).
WITHOUT_A_PLAN: dict[type[Any], set[str]] = {
    DayStore: set(),
    IntakeStore: {"put_raw", "add", "save_mailbox_state", "counts", "due_at_most", "first_looks_at_most"},
    TicketStore: {"next_number", "add", "customer", "admit", "add_message", "add_events", "add_tokens"},
    ClockStore: {
        "add_breach",
        "correct",
        "recompute_open",
        "fire",
        "add_promises",
        "set_moment",
        "bring_forward",
        "earliest",
    },
    OutboxStore: {"add_notices", "add_letters", "counts", "due_at_most"},
    DropStore: {"add", "newest"},
    AbsenceStore: {"add"},
    DisplayStore: {"save"},
    LearningStore: {"add", "newest_label", "add_model", "models", "active", "activate"},  # the last one; 3 models
    IncidentStore: {"add", "keep_words"},
    HistoryStore: set(),
    LeaseStore: {"live", "living", "differing", "forget", "take", "end_after"},
}
FEW_ROWS = {
    "end",  # a row for each mailbox, and each daemon of the last day
    "counted",  # tickets and breaches of a day, once a morning for each manager, once a minute for the board
}
PORTS: list[tuple[type[Any], dict[str, Call]]] = [
    (IntakeStore, INTAKE),
    (TicketStore, TICKETS),
    (ClockStore, CLOCKS),
    (OutboxStore, OUTBOX),
    (DropStore, DROPS),
    (AbsenceStore, ABSENCES),
    (DisplayStore, DISPLAY),
    (LearningStore, LEARNING),
    (LeaseStore, LEASES),
    (IncidentStore, INCIDENTS),
    (HistoryStore, HISTORY),
    (DayStore, {"counted": lambda uow: uow.days.counted(NOW, NOW)}),
]
IN_ORDER = {
    "said_between",
    "next_stored",
    "marks_wanted",
    "messages",
    "answered_before",
    "events",
    "next_moment",
    "due_notices",
    "claim_letter",
    "to_blank",
}


def _lost(write: Callable[[], object]) -> None:
    with pytest.raises(LeaseLost):
        write()


def _absent(read: Callable[[], object]) -> None:
    with pytest.raises(KeyError):
        read()


def _first_ticket(uow: UnitOfWork) -> Ticket:
    ticket = uow.tickets.get(1)
    assert ticket is not None
    return ticket


def plans(url: str, call: Call) -> list[str]:
    """The lines of SQLite's query plans for all that the call executes."""
    executed: list[tuple[str, Any]] = []
    engine = open_engine(url)
    with engine.connect() as connection:
        uow = SqlUnitOfWork(connection)
        new_ticket(uow)

        @event.listens_for(connection, "before_cursor_execute")
        def note(_on: Connection, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool) -> None:
            executed.append((statement, parameters))

        call(uow)
        lines = [
            row[3]
            for statement, parameters in tuple(executed)
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        ]
    engine.dispose()
    return lines


@pytest.mark.parametrize(("port", "calls"), PORTS, ids=[port.__name__ for port, _ in PORTS])
def test_every_method_of_a_port_is_looked_at(port: type[Any], calls: dict[str, Call]) -> None:
    methods = {name for name in vars(port) if not name.startswith("_")}
    assert methods == calls.keys() | WITHOUT_A_PLAN[port]


CALLS = [
    pytest.param(name, call, id=f"{port.__name__}.{name}") for port, calls in PORTS for name, call in calls.items()
]


@pytest.mark.parametrize(("name", "call"), CALLS)
def test_no_query_scans_a_table(sqlite_url: str, name: str, call: Call) -> None:
    lines = plans(sqlite_url, call)
    assert lines, "it executed something that has a plan"
    if name not in FEW_ROWS:
        assert [line for line in lines if line.startswith("SCAN") and line != "SCAN CONSTANT ROW"] == []
    if name in IN_ORDER:
        assert [line for line in lines if "TEMP B-TREE" in line] == []

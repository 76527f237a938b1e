"""Nobody makes a weapon of us: forged senders, mail bombs, and each number of mail.md section 6 at its edge.

E.g. "Email Bombs Exploit Lax Authentication in Zendesk", Krebs on Security, October 2025: forged senders, and helpdesks
that acknowledged each mail to the victim with the attacker's subject.
"""

import sqlite3
from collections import Counter
from typing import Any

import pytest
from sqlalchemy import event

from mailsla.core.access import loops
from mailsla.core.access.recipients import mailbox_of
from mailsla.core.model import NoticeState
from tests.flows.mails import ANA, OPERATOR, RIO, SAM, address, answer, write
from tests.flows.office import DAY, HOUR, MINUTE, Office
from tests.security.reflected import reflect
from tests.security.windows import sent_before, try_one


@pytest.mark.parametrize(("victims", "every"), [(2, 3), (30, 40)], ids=["two victims", "many victims"])
def test_reflected_mails_cost_each_victim_no_more_than_the_budget(office: Office, victims: int, every: int) -> None:
    """Relay spam through acknowledgements: however the victim is spelled, and nothing of the mail is echoed."""
    wrong, answered = reflect(office, f"suite {victims}", 80, victims, every=every)
    assert not wrong
    assert answered >= victims  # and a real customer's first mails would have been answered


@pytest.mark.parametrize(
    ("spelled", "mailbox"),
    [
        ("ana@mail.example", "ana@mail.example"),
        ("Ana@Mail.Example", "ana@mail.example"),
        ("ana+shop@mail.example", "ana@mail.example"),
        ("ana+a+b@mail.example", "ana@mail.example"),
        ('"ana"@mail.example', "ana@mail.example"),
        ('"ana+x"@mail.example', "ana@mail.example"),
        ("ana@mail.example.", "ana@mail.example"),
        ("ana@b\u00fccher.example", "ana@xn--bcher-kva.example"),
        ("ana@XN--bcher-kva.example", "ana@xn--bcher-kva.example"),
        ("a.n.a@gmail.com", "ana@gmail.com"),
        ("an.a+1@googlemail.com", "ana@gmail.com"),
        ("a.na@mail.example", "a.na@mail.example"),
        ("+ana@mail.example", "+ana@mail.example"),
        ('"ana+x y"@mail.example', "ana@mail.example"),
        ("ana@[192.0.2.010]", "ana@[192.0.2.10]"),
        ("ana@[IPv6:2001:0DB8::0:01]", "ana@[2001:db8::1]"),
        ("ana@[anything]", "ana@[]"),
        ('"a\\na"@mail.example', "ana@mail.example"),
        ('"\\a\\n\\a\\+x"@mail.example', "ana@mail.example"),
        ('"a b+c"@mail.example', "a b@mail.example"),
        ('"a\\"b"@mail.example', 'a"b@mail.example'),
    ],
)
def test_what_counts_as_one_recipient(spelled: str, mailbox: str) -> None:
    assert mailbox_of(spelled) == mailbox


def test_tags_make_no_new_recipients(office: Office) -> None:
    """Two in one batch count, too: budgets must see what the same turn has just written."""
    for number in range(6):
        office.arrive(write(f"ana+{number}@mail.example"))
    office.work()
    assert len([one for one in office.letters() if one.to.startswith("ana+")]) == 3
    assert len(office.tickets()) == 6
    assert office.muted("acknowledgement", "ACME-1006") == ["muted_acknowledgements"]  # visibly


@pytest.mark.parametrize(
    ("limit", "seconds"), [(10, 600), (15, 1800), (25, 3600), (50, 10800), (100, 36000)], ids=lambda one: str(one)
)
def test_automatic_mail_on_one_ticket_has_an_edge_in_each_window(office: Office, limit: int, seconds: int) -> None:
    """The last one within the budget goes, the next one is muted, visibly, and when the window is over one goes again.

    What the ticket had before is written into the database as letters: nothing of ours would write so many.
    """
    office.receive(write(ANA))  # acknowledged: the first of them
    sent_before(office, limit - 2, seconds // limit)
    assert try_one(office, "first") == ""
    assert try_one(office, "second") == "muted_ticket"
    office.now += seconds + 1
    assert try_one(office, "third") == ""


def test_a_reply_to_elsewhere_brings_no_mail_to_its_owner(office: Office) -> None:
    """From is the attacker's own and proven: the answer goes there, whatever address stands in Reply-To."""
    for number in range(3):
        office.receive(write(RIO, f"Spam {number}", f"Spam {number}", headers={"Reply-To": "victim@target.example"}))
    office.receive(answer(SAM, office.letter(address(SAM), "agent_notification"), "We look after it."))
    assert not [one for one in office.postbox.tries if one.to == "victim@target.example"]
    assert office.letters(address(RIO))


def test_over_the_total_of_2000_an_hour_automatic_mail_waits(office: Office) -> None:
    assert office.services.settings.limits.automatic_per_hour == 2000
    office.receive(write(ANA))
    sent_before(office, 1998, 0, elsewhere=True)
    assert try_one(office, "first") == ""
    assert try_one(office, "second") == "wait_all"
    office.now += HOUR + MINUTE
    office.work()
    assert office.notices("status_answer")[-1].state is NoticeState.RENDERED


def test_five_mails_in_ten_minutes_mute_the_ticket_for_a_day_visibly(office: Office) -> None:
    office.receive(write(ANA))
    for number in range(3):
        office.now += 2 * MINUTE
        office.receive(write(ANA, f"Well, {number}?", "Re: [ACME-1001] parcel"))
    assert office.ticket().muted_until == 0
    office.receive(write(ANA, "Well?", "Re: [ACME-1001] parcel"))
    assert office.ticket().muted_until == office.now + DAY
    assert len(office.events(type_="muted")) == 1
    assert "ACME-1001" in office.letter(OPERATOR, "operator_alert").text


def test_a_forged_mail_of_an_agent_is_no_person_that_ends_a_storm(office: Office) -> None:
    office.receive(write(ANA))
    for number in range(4):
        office.now += MINUTE
        office.receive(write(SAM, f"No {number}", "[ACME-1001] parcel"), auth="fail")
        office.receive(write(ANA, f"Well, {number}?", "Re: [ACME-1001] parcel"))
    assert office.ticket().muted_until > office.now


def test_a_bomb_into_many_tickets_is_folded_and_delays_no_complaint(office: Office) -> None:
    for number in range(75):
        office.arrive(write(f"bomber{number}@evil.example", f"Boom {number}"))
        if number == 40:
            office.arrive(write(ANA))
        if number % 25 == 24:
            office.now += MINUTE
            office.work()
    assert office.kinds(address(ANA)) == ["acknowledgement"]
    for one in (address(SAM), "kim@acme.example"):
        assert len(office.letters(one)) <= 30
    office.wait(HOUR)
    assert office.kinds(address(SAM))[-1] == "folded"


def rows_read(office: Office) -> Counter[str]:
    """Rows that Python reads from the office's database from here on, by statement; under "" the statements."""
    counted: Counter[str] = Counter()

    class Counting(sqlite3.Cursor):
        def execute(self, sql: str, *values: Any) -> "Counting":
            self.sql = sql
            counted[""] += 1
            super().execute(sql, *values)
            return self

        def fetchall(self) -> list[Any]:
            rows = super().fetchall()
            counted[self.sql] += len(rows)
            return rows

        def fetchone(self) -> Any:
            row = super().fetchone()
            counted[self.sql] += row is not None
            return row

    class Connection(sqlite3.Connection):
        def cursor(self, factory: Any = Counting) -> Any:
            return super().cursor(factory)

    engine = office.services.store._engine  # type: ignore[attr-defined]  # the real store's

    @event.listens_for(engine, "do_connect")
    def connect(dialect: object, record: object, values: Any, options: dict[str, Any]) -> sqlite3.Connection:
        made: Connection = sqlite3.connect(*values, **{**options, "factory": Connection})
        return made

    engine.dispose()
    return counted


BOMB = 80
AGAIN = "Re: [ACME-1001] Where is my parcel?"


@pytest.mark.parametrize("sender", [ANA, "ana@mail.example", RIO], ids=["customer", "unproven", "into many tickets"])
def test_a_bomb_makes_no_mail_dearer_than_the_ones_before(
    office: Office, monkeypatch: pytest.MonkeyPatch, sender: str
) -> None:
    """As a ratio of statements and rows, early and late: what grew with each mail would be quadratic in all.

    Events of a ticket are all replayed, so there have to be few of them: here after 20 of a kind, not 100.
    """
    monkeypatch.setattr(loops, "FLOOD_EVENTS", 20)
    office.receive(write(ANA))
    counted = rows_read(office)
    costs = []
    for number in range(BOMB):
        counted.clear()
        subject = f"Boom {number}" if sender == RIO else AGAIN
        office.now += 5
        office.receive(write(sender, f"Boom {number}", subject), auth="fail" if sender.startswith("ana") else "pass")
        costs.append((counted.pop(""), counted.total()))
    early, late = costs[BOMB // 2 - 5 : BOMB // 2], costs[-5:]
    assert sum(statements for statements, _ in late) <= 1.2 * sum(statements for statements, _ in early)
    assert sum(rows for _, rows in late) <= 1.2 * sum(rows for _, rows in early)
    assert office.query("SELECT count(*) FROM messages") == [(BOMB + 1,)]  # every mail is kept


def test_after_a_bomb_an_agents_answer_and_the_customers_next_mail_count(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loops, "FLOOD_EVENTS", 20)
    office.receive(write(ANA))
    for number in range(30):
        office.arrive(write(ANA, f"Boom {number}", AGAIN))
    office.work()
    assert len(office.events(type_="customer_mail")) == 20
    told = office.letters(address(SAM), "agent_notification")[0]
    office.now += MINUTE
    office.receive(answer(SAM, told, "We look after it."))
    assert office.clock("first_response").state == "met"
    office.now += MINUTE
    office.receive(write(ANA, "And?", AGAIN))
    assert len(office.events(type_="customer_mail")) == 21
    assert office.clock("next_response").state == "running"

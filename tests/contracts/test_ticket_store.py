"""The contract of ports.store.tickets: tickets, customers, conversation, audit trail, tokens."""

import dataclasses

import pytest
from sqlalchemy.exc import IntegrityError

from mailsla.adapters.db.store import SqlStore
from mailsla.core.model import Customer, Role, Status, StoredAttachment, Ticket
from tests.contracts.values import (
    DAY,
    NOW,
    event,
    intake,
    message,
    new_letter,
    new_ticket,
    ticket,
    token,
)


def test_every_field_of_a_ticket_comes_back(store: SqlStore) -> None:
    with store.begin() as uow:
        kim = uow.tickets.customer("kim@example.org", "Kim", NOW)
        plain = ticket(kim)
        first = uow.tickets.add(plain)
        assert uow.tickets.get(first) == dataclasses.replace(plain, id=first)
        version = uow.clocks.version("policy", "standard", "h", {}, NOW)
        full = ticket(
            kim,
            1001,
            id=first,
            status=Status.WAITING_CUSTOMER,
            category="defect",
            priority="urgent",
            team="repairs",
            assignee="sam",
            requester_name="Kim Ó Briain",
            verified=True,
            answered=True,
            organisation="Acme",
            policy_version=version.id,
            resolved_at=NOW + 2,
            waiting_since=NOW + 3,
            closed_at=NOW + 4,
            linked_to=first,
            merged_into=first,
            muted_until=NOW + DAY,
            triage={},
            stub=True,
        )
        uow.tickets.update(full)
        found = uow.tickets.get(first)
        assert found == full
        assert found is not None and type(found.status) is Status and found.verified is True
        assert uow.tickets.get(first + 1) is None
        with pytest.raises(LookupError):
            uow.tickets.update(dataclasses.replace(full, id=first + 1))


def test_a_number_is_given_to_one_ticket(store: SqlStore) -> None:
    with store.begin() as uow:
        kim = uow.tickets.customer("kim@example.org", "Kim", NOW)
        uow.tickets.add(ticket(kim, 1001))
        with pytest.raises(IntegrityError):
            uow.tickets.add(ticket(kim, 1001))


def test_a_ticket_of_no_customer_is_refused(store: SqlStore) -> None:
    nobody = Customer(id=999, email="nobody@example.org")
    with store.begin() as uow, pytest.raises(IntegrityError):
        uow.tickets.add(ticket(nobody))


@pytest.mark.parametrize("reference", ["ACME-1001", "acme-1001", " Acme-1001 ", "1001"])
def test_a_ticket_is_found_by_its_reference(store: SqlStore, reference: str) -> None:
    with store.begin() as uow:
        assert uow.tickets.by_reference(reference) is None
        ticket_id = new_ticket(uow)
        found = uow.tickets.by_reference(reference)
        assert found is not None and found.id == ticket_id


@pytest.mark.parametrize(
    "reference", ["", "-", "1002", "OTHER-1001", "ACME-", "ACME-1001x", "²", "9" * 40, "ACME 1001"]
)
def test_another_reference_finds_nothing(store: SqlStore, reference: str) -> None:
    with store.begin() as uow:
        new_ticket(uow)
        assert uow.tickets.by_reference(reference) is None


def test_tickets_are_listed_newest_first(store: SqlStore) -> None:
    with store.begin() as uow:
        first = new_ticket(uow, status=Status.OPEN, assignee="sam")
        second = new_ticket(uow, status=Status.NEW)
        third = new_ticket(uow, status=Status.OPEN, assignee="jo")

        def ids(found: list[Ticket]) -> list[int]:
            return [one.id for one in found]

        assert ids(uow.tickets.listed()) == [third, second, first]
        assert ids(uow.tickets.listed(limit=1)) == [third]
        assert ids(uow.tickets.listed(statuses=["open", "closed"])) == [third, first]
        assert ids(uow.tickets.listed(statuses=["open"], assignee="sam")) == [first]
        assert ids(uow.tickets.listed(assignee="nobody")) == []


def test_the_last_assignee_of_a_team(store: SqlStore) -> None:
    with store.begin() as uow:
        assert uow.tickets.last_assignee("repairs") is None
        new_ticket(uow, team="repairs", assignee="sam")
        new_ticket(uow, team="repairs", assignee="jo")
        new_ticket(uow, team="repairs")
        new_ticket(uow, team="sales", assignee="kit")
        assert uow.tickets.last_assignee("repairs") == "jo"


def test_who_has_tickets_of_some_statuses(store: SqlStore) -> None:
    with store.begin() as uow:
        for assignee, status in (("sam", "open"), ("jo", "new"), ("sam", "new"), ("kim", "closed"), (None, "open")):
            new_ticket(uow, assignee=assignee, status=Status(status))
        assert uow.tickets.assignees(["new", "open"]) == ["jo", "sam"]
        assert uow.tickets.assignees(["resolved"]) == []


def test_the_load_of_agents_counts_their_tickets_of_some_statuses(store: SqlStore) -> None:
    with store.begin() as uow:
        for assignee, status in (("sam", Status.NEW), ("sam", Status.OPEN), ("jo", Status.NEW), ("jo", Status.CLOSED)):
            new_ticket(uow, assignee=assignee, status=status)
        new_ticket(uow)
        assert uow.tickets.load(["sam", "jo", "kim"], ["new", "open"]) == {"sam": 2, "jo": 1}
        assert uow.tickets.load(["jo"], ["closed"]) == {"jo": 1}
        assert uow.tickets.load([], ["new"]) == {}


def test_a_customer_is_one_address_and_keeps_the_first_name(store: SqlStore) -> None:
    with store.begin() as uow:
        assert uow.tickets.customer_by_email("kim@example.org") is None
        nameless = uow.tickets.customer("Kim@Example.org", "", NOW)
        assert nameless == Customer(id=nameless.id, email="kim@example.org", first_seen_at=NOW)
        named = uow.tickets.customer("kim@example.org", "Kim", NOW + 1)
        assert named == dataclasses.replace(nameless, name="Kim")
        assert uow.tickets.customer("KIM@example.org", "Other", NOW + 2) == named
        changed = dataclasses.replace(
            named, name="Kim Ó Briain", language="de", zone="Europe/Berlin", mail_stopped_until=NOW + 60 * DAY
        )
        uow.tickets.save_customer(changed)
        assert uow.tickets.customer_by_email("kim@EXAMPLE.org") == changed
        with pytest.raises(LookupError):
            uow.tickets.save_customer(dataclasses.replace(changed, id=changed.id + 1))


def test_many_are_read_at_once(store: SqlStore) -> None:
    with store.begin() as uow:
        first, second = new_ticket(uow), new_ticket(uow)
        assert sorted(uow.tickets.get_all([second, first, second + 1])) == [first, second]
        assert uow.tickets.get_all([first])[first] == uow.tickets.get(first)
        uow.tickets.add_events([event(first, type="created"), event(first, type="note", at=NOW + 1)])
        found = uow.tickets.events_of([first, second])
        assert ([one.type for one in found[first]], found[second]) == (["created", "note"], [])
        one = uow.tickets.add_message(
            message(first),
            [StoredAttachment(message_id=0, name="a.pdf", type="application/pdf", size=1, sha256="c", part="2")],
        )
        other = uow.tickets.add_message(message(second))
        assert uow.tickets.messages_by_id([one, other, other + 1]) == {
            one: uow.tickets.message(one),
            other: uow.tickets.message(other),
        }
        assert uow.tickets.attachments_of([one, other]) == {one: uow.tickets.attachments(one), other: []}
        assert uow.tickets.get_all([]) == uow.tickets.events_of([]) == uow.tickets.messages_by_id([]) == {}


def test_what_was_posted_between_a_customer_and_us(store: SqlStore) -> None:
    with store.begin() as uow:
        ticket_id, other = new_ticket(uow), new_ticket(uow)
        uow.tickets.add_message(message(ticket_id, message_id="second@example.org", at=NOW + 1))
        uow.tickets.add_message(message(ticket_id, message_id="first@example.org"))
        uow.tickets.add_message(message(ticket_id, message_id="inside@example.org", internal=True))
        uow.tickets.add_message(message(ticket_id, message_id=""))
        uow.tickets.add_message(message(ticket_id, message_id="note@acme.example", kind="note"))
        new_letter(uow, "ours", ticket_id, message_id="ours@acme.example", created_at=NOW)
        new_letter(uow, "agent", ticket_id, message_id="agent@acme.example", outside=False)
        found = uow.tickets.posted_of([ticket_id, other])
        ids = [one.message_id for one in found[ticket_id]]
        assert ids == ["first@example.org", "ours@acme.example", "second@example.org"]
        assert [one.recipient for one in found[ticket_id]] == ["", "kim@example.org", ""]
        assert found[other] == []


def test_whom_automatic_mail_goes_to_no_more(store: SqlStore) -> None:
    with store.begin() as uow:
        kim = uow.tickets.customer("Kim@example.org", "", NOW)
        uow.tickets.customer("lee@example.org", "", NOW)
        uow.tickets.save_customer(dataclasses.replace(kim, mail_stopped_until=NOW + DAY))
        wanted = ["kim@example.org", "lee@example.org", "new@example.org"]
        found = uow.tickets.customers_by_email(wanted)
        assert {email: one.mail_stopped_until for email, one in found.items()} == {
            "kim@example.org": NOW + DAY,
            "lee@example.org": 0,
        }


def test_participants_are_the_requester_and_whom_an_agent_admitted(store: SqlStore) -> None:
    with store.begin() as uow:
        ticket_id = new_ticket(uow, requester="Kim@example.org")
        other = new_ticket(uow)
        assert uow.tickets.participants(ticket_id) == {"kim@example.org"}
        uow.tickets.admit(ticket_id, "Lee@example.org")
        uow.tickets.admit(ticket_id, "lee@example.org")
        assert uow.tickets.participants(ticket_id) == {"kim@example.org", "lee@example.org"}
        assert uow.tickets.participants(other) == {"kim@example.org"}
        changed = uow.tickets.get(ticket_id)
        assert changed is not None
        uow.tickets.update(dataclasses.replace(changed, requester="max@example.org"))
        assert uow.tickets.participants(ticket_id) == {"max@example.org", "lee@example.org"}


def test_the_conversation_with_its_attachments(store: SqlStore) -> None:
    with store.begin() as uow:
        ticket_id = new_ticket(uow)
        (intake_id,) = uow.intake.add([intake()])
        late = message(
            ticket_id,
            at=NOW + 5,
            author_name="Kim Ó Briain",
            references=("a@x", "b@x"),
            subject="Re: kettle",
            text="Zwei Zeilen\nüber 水",
            sha256="a" * 64,
            intake_id=intake_id,
            internal=True,
        )
        files = [
            StoredAttachment(message_id=0, name="photo.jpg", type="image/jpeg", size=5, sha256="c", part="1.2"),
            StoredAttachment(message_id=0, name="a.txt", type="text/plain", size=0, sha256="d", part="1", inline=True),
        ]
        late_id = uow.tickets.add_message(late, files)
        early_id = uow.tickets.add_message(message(ticket_id))
        late_row = dataclasses.replace(late, id=late_id)
        assert uow.tickets.messages(ticket_id) == [message(ticket_id, id=early_id), late_row]
        assert uow.tickets.message(late_id) == late_row
        assert uow.tickets.message(0) is None
        assert uow.tickets.attachments(late_id) == [dataclasses.replace(file, message_id=late_id) for file in files]
        assert uow.tickets.attachments(early_id) == []


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("a\0b", "a\ufffdb"),
        ("lone \udc80 and \ud83d", "lone \ufffd and \ufffd"),
        ("paired \U0001f600 and ü", "paired \U0001f600 and ü"),
    ],
)
def test_text_of_a_mail_can_always_be_stored(store: SqlStore, written: str, kept: str) -> None:
    with store.begin() as uow:
        ticket_id = new_ticket(uow, triage={"word": written})
        message_id = uow.tickets.add_message(message(ticket_id, text=written, references=(written,)))
        found = uow.tickets.message(message_id)
        assert found is not None and found.text == kept


def test_tickets_are_found_by_message_ids(store: SqlStore) -> None:
    with store.begin() as uow:
        first, second = new_ticket(uow), new_ticket(uow)
        uow.tickets.add_message(message(first, message_id="in@example.org"))
        uow.tickets.add_message(message(second, message_id="in@example.org"))
        uow.tickets.add_message(message(first, message_id="out@acme.example", direction="out", kind="agent_reply"))
        letter_id = new_letter(uow, "ack:1", first, message_id="ours@acme.example")
        new_letter(uow, "digest:1", None, message_id="digest@acme.example")
        many = [f"{number}@example.org" for number in range(1200)]
        found = uow.tickets.tickets_by_message_ids(
            [*many, "in@example.org", "out@acme.example", "ours@acme.example", "digest@acme.example"]
        )
        assert sorted(found) == [
            ("in@example.org", first, None),
            ("in@example.org", second, None),
            ("ours@acme.example", first, "kim@example.org"),
        ]
        assert uow.tickets.tickets_by_message_ids([]) == []
        assert uow.tickets.letter_by_message_id("ours@acme.example") == (letter_id, first, "kim@example.org")
        assert uow.tickets.letter_by_message_id("in@example.org") is None


def test_a_mail_is_found_that_was_answered_before_it_came(store: SqlStore) -> None:
    with store.begin() as uow:
        first, second = new_ticket(uow), new_ticket(uow)
        for number, (ticket_id, author) in enumerate(
            [(first, "ana@mail.example"), (second, "ana@mail.example"), (second, "rio@mail.example")]
        ):
            uow.tickets.add_message(message(ticket_id, author=author, references=("x@y", "late@y"), at=NOW + number))
        assert uow.tickets.answered_before("late@y", "ana@mail.example") == [second, first]
        assert uow.tickets.answered_before("late@y", "rio@mail.example") == [second]
        assert uow.tickets.answered_before("late", "ana@mail.example") == []
        assert uow.tickets.answered_before("late@y", "eve@mail.example") == []
        for number in range(50):
            uow.tickets.add_message(message(first, author="rio@mail.example", at=NOW + 9 + number))
        assert uow.tickets.answered_before("late@y", "rio@mail.example") == []


def test_events_come_in_the_order_of_what_happened(store: SqlStore) -> None:
    with store.begin() as uow:
        ticket_id, other = new_ticket(uow), new_ticket(uow)
        late = event(ticket_id, at=NOW + 9, type="status", data={"to": "open", "nested": {"of": [1, None, "ü"]}})
        uow.tickets.add_events([late, event(ticket_id, type="b"), event(ticket_id, type="a"), event(other)])
        uow.tickets.add_events([])
        found = uow.tickets.events(ticket_id)
        assert [one.type for one in found] == ["b", "a", "status"]
        assert found[-1] == dataclasses.replace(late, id=found[-1].id)


def test_a_token_is_used_once(store: SqlStore) -> None:
    with store.begin() as uow:
        ticket_id = new_ticket(uow)
        (intake_id,) = uow.intake.add([intake()])
        mine = token(ticket_id, purpose="confirm", intake_id=intake_id)
        uow.tickets.add_tokens([mine])
        found = uow.tickets.token(mine.hash)
        assert found == mine
        assert found is not None and type(found.role) is Role
        assert uow.tickets.token("u" * 64) is None
        assert uow.tickets.use_token(mine.hash, NOW + 1)
        assert not uow.tickets.use_token(mine.hash, NOW + 2)
        assert not uow.tickets.use_token("u" * 64, NOW)
        assert uow.tickets.token(mine.hash) == dataclasses.replace(mine, used_at=NOW + 1)


def test_what_lets_a_held_mail_go_is_used_up_together(store: SqlStore) -> None:
    with store.begin() as uow:
        ticket_id = new_ticket(uow)
        held, other = uow.intake.add([intake(uid="1"), intake(uid="2")])
        for name, purpose, of in (("a", "confirm", held), ("b", "confirm", held), ("c", "confirm", other)):
            uow.tickets.add_tokens([token(ticket_id, name, purpose=purpose, intake_id=of)])
        assert uow.tickets.use_confirmations(ticket_id, held, NOW)
        assert not uow.tickets.use_confirmations(ticket_id, held, NOW + 1)
        assert [found.used_at for name in "abc" if (found := uow.tickets.token(name))] == [NOW, NOW, None]


@pytest.mark.parametrize("purpose", ["action", "rating", "confirm"])
def test_the_token_of_a_link_keeps_its_own_end_and_what_it_does(store: SqlStore, purpose: str) -> None:
    with store.begin() as uow:
        ticket_id = new_ticket(uow)
        mine = token(ticket_id, purpose=purpose, expires_at=NOW + DAY, value="wait customer")
        uow.tickets.add_tokens([mine])
        uow.tickets.expire_tokens(ticket_id, NOW + 90 * DAY)
        assert uow.tickets.token(mine.hash) == mine


def test_tokens_expire_with_their_ticket_and_come_back_with_it(store: SqlStore) -> None:
    with store.begin() as uow:
        ticket_id, other = new_ticket(uow), new_ticket(uow)
        for name, of in (("a", ticket_id), ("b", ticket_id), ("c", other)):
            uow.tickets.add_tokens([token(of, name)])

        def expiries() -> list[int | None]:
            return [found.expires_at for name in "abc" if (found := uow.tickets.token(name))]

        uow.tickets.expire_tokens(ticket_id, NOW + 90 * DAY)
        assert expiries() == [NOW + 90 * DAY, NOW + 90 * DAY, None]
        uow.tickets.expire_tokens(ticket_id, None)
        assert expiries() == [None, None, None]

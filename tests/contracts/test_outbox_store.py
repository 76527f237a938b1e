"""The contract of ports.store.outbox: notices and letters (mail.md sections 5 and 6)."""

import dataclasses

import pytest
from sqlalchemy.exc import IntegrityError

from mailsla.adapters.db.store import SqlStore
from mailsla.core.health import Backlog
from mailsla.core.model import LetterState, NoticeState, Role
from mailsla.ports.store.leases import LeaseLost
from tests.contracts.values import NOW, letter, new_letter, new_notices, new_ticket, notice


def test_a_notice_is_given_once(store: SqlStore) -> None:
    with store.begin() as uow:
        ticket_id = new_ticket(uow)
        first = notice("ack:1001", ticket_id, reason="because")
        (first_id,) = new_notices(uow, [first])
        again = new_notices(uow, [first, notice("sla:1"), notice("sla:1"), notice("sla:2")])
        assert len(again) == 2
        assert uow.outbox.notices_of(ticket_id) == [dataclasses.replace(first, id=first_id)]
        assert [one.key for one in uow.outbox.due_notices(NOW)] == ["ack:1001", "sla:1", "sla:2"]
        assert new_notices(uow, []) == []


def test_due_notices_come_by_urgency_then_age(store: SqlStore) -> None:
    with store.begin() as uow:
        uow.outbox.add_notices(
            [
                notice("digest", urgency=4),
                notice("ack1"),
                notice("relay", urgency=0),
                notice("ack2"),
                notice("later", urgency=0, not_before=NOW + 60),
            ]
        )
        assert [one.key for one in uow.outbox.due_notices(NOW)] == ["relay", "ack1", "ack2", "digest"]
        assert [one.key for one in uow.outbox.due_notices(NOW, limit=2)] == ["relay", "ack1"]
        assert uow.outbox.due_notices(NOW, besides=[notice("ack1").kind]) == []
        assert [one.key for one in uow.outbox.due_notices(NOW + 60, limit=2)] == ["relay", "later"]


def test_a_notice_is_settled_once(store: SqlStore) -> None:
    with store.begin() as uow:
        ticket_id = new_ticket(uow)
        first, second = new_notices(
            uow, [notice("ack", ticket_id), notice("sla", ticket_id, recipient="Sam@acme.example", role=Role.AGENT)]
        )
        assert uow.outbox.settle_notice(first, NoticeState.MUTED, "3 a day")
        assert not uow.outbox.settle_notice(first, NoticeState.RENDERED)
        assert [(one.id, one.state, one.reason) for one in uow.outbox.notices_of(ticket_id)] == [
            (first, NoticeState.MUTED, "3 a day"),
            (second, NoticeState.PENDING, ""),
        ]
        assert [one.id for one in uow.outbox.pending_of(ticket_id)] == [second]
        assert [one.id for one in uow.outbox.pending_for("sam@ACME.example")] == [second]
        assert uow.outbox.pending_for("kim@example.org") == []


def test_a_postponed_notice_waits(store: SqlStore) -> None:
    with store.begin() as uow:
        (notice_id,) = new_notices(uow, [notice("ack")])
        uow.outbox.postpone_notice(notice_id, NOW + 600, "over the hourly budget")
        assert uow.outbox.due_notices(NOW + 599) == []
        (due,) = uow.outbox.due_notices(NOW + 600)
        assert (due.state, due.reason) == (NoticeState.PENDING, "over the hourly budget")
        uow.outbox.settle_notice(notice_id, NoticeState.CANCELLED, "answered meanwhile")
        uow.outbox.postpone_notice(notice_id, NOW, "")
        assert uow.outbox.due_notices(NOW + 600) == []


def test_postponed_are_those_with_a_reason(store: SqlStore) -> None:
    with store.begin() as uow:
        later, sooner, settled, _ = new_notices(
            uow, [notice("a", urgency=3), notice("b", urgency=1), notice("c"), notice("d", not_before=NOW + 600)]
        )
        for notice_id in (later, sooner, settled):
            uow.outbox.postpone_notice(notice_id, NOW + 600, "over the hourly budget")
        assert uow.outbox.settle_notice(settled, NoticeState.CANCELLED, "answered meanwhile")
        assert [one.id for one in uow.outbox.postponed()] == [sooner, later]
        assert [one.id for one in uow.outbox.postponed(limit=1)] == [sooner]


def test_folded_notices_are_found_by_what_they_were_folded_into(store: SqlStore) -> None:
    with store.begin() as uow:
        late, early, other, pending = new_notices(
            uow, [notice("a", urgency=3), notice("b", urgency=1), notice("c"), notice("d", reason="folded:sam:1")]
        )
        for notice_id, reason in ((late, "folded:sam:1"), (early, "folded:sam:1"), (other, "folded:jo:1")):
            assert uow.outbox.settle_notice(notice_id, NoticeState.FOLDED, reason)
        assert [one.id for one in uow.outbox.folded("folded:sam:1")] == [early, late]
        assert uow.outbox.folded("folded:kim:1") == []
        assert [one.id for one in uow.outbox.due_notices(NOW)] == [pending]


def test_every_field_of_a_letter_comes_back(store: SqlStore) -> None:
    with store.begin() as uow:
        ticket_id = new_ticket(uow)
        (notice_id,) = new_notices(uow, [notice("ack", ticket_id)])
        row = letter(
            notice_id,
            ticket_id,
            recipient="Kim@Example.org",
            content=bytes(range(256)),
            state=LetterState.SENT,
            attempts=3,
            claimed_by="daemon",
            claimed_until=NOW + 60,
            sent_at=NOW + 5,
            possibly_twice=True,
            outcome="250 2.0.0 Ok: queued as 4F",
        )
        (letter_id,) = uow.outbox.add_letters([row])
        kept = dataclasses.replace(row, id=letter_id)
        assert uow.outbox.get_letter(letter_id) == kept
        assert uow.outbox.letter_of_notice(notice_id) == kept
        assert uow.outbox.get_letter(0) is None
        assert uow.outbox.letter_of_notice(0) is None
        with pytest.raises(IntegrityError):
            uow.outbox.add_letters([row])


def test_letters_are_claimed_by_urgency_then_time_then_age(store: SqlStore) -> None:
    with store.begin() as uow:
        late = new_letter(uow, "a", urgency=2, next_at=NOW)
        early = new_letter(uow, "b", urgency=2, next_at=NOW - 5)
        same = new_letter(uow, "c", urgency=2, next_at=NOW)
        relay = new_letter(uow, "d", urgency=0, next_at=NOW)
        future = new_letter(uow, "e", urgency=0, next_at=NOW + 1)
        claimed = []
        while found := uow.outbox.claim_letter(NOW, "daemon", NOW + 60):
            assert (found.state, found.attempts, found.claimed_by) == (LetterState.SENDING, 1, "daemon")
            assert found.claimed_until == NOW + 60
            assert found == uow.outbox.get_letter(found.id)
            claimed.append(found.id)
        assert claimed == [relay, early, late, same]
        found = uow.outbox.claim_letter(NOW + 1, "daemon", NOW + 61)
        assert found is not None and found.id == future


def test_letters_left_in_sending_are_found_and_sent_once_more(store: SqlStore) -> None:
    with store.begin() as uow:
        letter_id = new_letter(uow, "a")
        new_letter(uow, "queued", next_at=NOW + 999)
        uow.outbox.claim_letter(NOW, "one", NOW + 60)
        assert uow.outbox.stranded(NOW + 59, "two") == []
        assert [found.id for found in uow.outbox.stranded(NOW + 59, "one")] == [letter_id]
        (stranded,) = uow.outbox.stranded(NOW + 60, "two")
        assert stranded == uow.outbox.get_letter(letter_id)

        uow.outbox.requeue(stranded, next_at=NOW + 60, outcome="timed out after DATA", possibly_twice=True)
        again = uow.outbox.claim_letter(NOW + 60, "two", NOW + 120)
        assert again is not None and again.id == letter_id
        assert (again.attempts, again.possibly_twice, again.outcome) == (2, True, "timed out after DATA")

        uow.outbox.requeue(again, next_at=NOW + 300, outcome="421 busy", attempts=1)
        kept = uow.outbox.get_letter(letter_id)
        assert kept is not None
        assert (kept.state, kept.attempts, kept.next_at) == (LetterState.QUEUED, 1, NOW + 300)
        assert kept.possibly_twice, "kept for good"


def test_only_a_letter_that_is_being_sent_is_settled(store: SqlStore) -> None:
    with store.begin() as uow:
        letter_id = new_letter(uow, "a")
        untouched = uow.outbox.get_letter(letter_id)
        assert untouched is not None
        with pytest.raises(LeaseLost):
            uow.outbox.settle_letter(untouched, LetterState.SENT, at=NOW, outcome="250")
        with pytest.raises(LeaseLost):
            uow.outbox.requeue(untouched, next_at=NOW + 999, outcome="450", possibly_twice=True)
        assert uow.outbox.get_letter(letter_id) == untouched

        claimed = uow.outbox.claim_letter(NOW, "daemon", NOW + 60)
        assert claimed is not None
        uow.outbox.settle_letter(claimed, LetterState.SENT, at=NOW + 3, outcome="250 Ok")
        sent = uow.outbox.get_letter(letter_id)
        assert sent is not None
        assert (sent.state, sent.sent_at, sent.outcome) == (LetterState.SENT, NOW + 3, "250 Ok")
        assert not uow.outbox.release_letter(letter_id, NOW)


def test_who_was_taken_for_dead_does_not_settle_the_attempt_of_another(store: SqlStore) -> None:
    with store.begin() as uow:
        new_letter(uow, "a")
        first = uow.outbox.claim_letter(NOW, "one", NOW + 60)
        assert first is not None
        uow.outbox.requeue(first, next_at=NOW + 60, outcome="mailsla stopped", possibly_twice=True)
        second = uow.outbox.claim_letter(NOW + 60, "two", NOW + 120)
        assert second is not None
        with pytest.raises(LeaseLost):
            uow.outbox.requeue(first, next_at=NOW + 90, outcome="450 later")
        with pytest.raises(LeaseLost):
            uow.outbox.settle_letter(first, LetterState.FAILED, at=NOW + 90, outcome="550 no")
        assert uow.outbox.get_letter(second.id) == second


@pytest.mark.parametrize("state", [LetterState.FAILED, LetterState.HELD])
def test_a_failed_or_held_letter_is_released(store: SqlStore, state: LetterState) -> None:
    with store.begin() as uow:
        letter_id = new_letter(uow, "a")
        assert not uow.outbox.release_letter(letter_id, NOW)
        claimed = uow.outbox.claim_letter(NOW, "daemon", NOW + 60)
        assert claimed is not None
        uow.outbox.settle_letter(claimed, state, at=NOW + 3, outcome="550 no such user")
        stopped = uow.outbox.get_letter(letter_id)
        assert stopped is not None and (stopped.state, stopped.sent_at) == (state, None)
        assert uow.outbox.release_letter(letter_id, NOW + 9)
        found = uow.outbox.claim_letter(NOW + 9, "daemon", NOW + 60)
        assert found is not None and found.id == letter_id


def test_many_letters_at_once_keep_their_order(store: SqlStore) -> None:
    with store.begin() as uow:
        notices = new_notices(uow, [notice(str(number)) for number in range(30)])
        ids = uow.outbox.add_letters([letter(one, message_id=f"{one}@acme.example") for one in reversed(notices)])
        stored = [uow.outbox.get_letter(one) for one in ids]
        assert [one and one.notice_id for one in stored] == list(reversed(notices))
        assert uow.outbox.add_letters([]) == []


def test_many_notices_are_settled_at_once(store: SqlStore) -> None:
    with store.begin() as uow:
        first, second, third = new_notices(uow, [notice("a"), notice("b"), notice("c")])
        assert uow.outbox.settle_notice(second, NoticeState.CANCELLED)
        assert uow.outbox.settle_notices([first, second, third], NoticeState.RENDERED) == 2
        assert uow.outbox.due_notices(NOW) == []


def test_letters_are_listed_newest_first_without_content(store: SqlStore) -> None:
    with store.begin() as uow:
        ticket_id = new_ticket(uow)
        first = new_letter(uow, "a", ticket_id)
        second = new_letter(uow, "b", state=LetterState.HELD)
        third = new_letter(uow, "c", ticket_id, state=LetterState.FAILED)
        listed = uow.outbox.letters()
        assert [one.id for one in listed] == [third, second, first]
        assert {one.content for one in listed} == {b""}
        whole = uow.outbox.get_letter(first)
        assert whole is not None and listed[-1] == dataclasses.replace(whole, content=b"")
        assert [one.id for one in uow.outbox.letters(states=["held", "failed"])] == [third, second]
        assert [one.id for one in uow.outbox.letters(ticket_id=ticket_id)] == [third, first]
        assert [one.id for one in uow.outbox.letters(states=["failed"], ticket_id=ticket_id, limit=1)] == [third]


def test_budgets_count_letters_by_address_kind_ticket_and_time(store: SqlStore) -> None:
    with store.begin() as uow:
        ticket_id = new_ticket(uow)
        new_letter(uow, "a", ticket_id, created_at=NOW)
        new_letter(uow, "b", ticket_id, created_at=NOW - 1)
        new_letter(uow, "c", recipient="KIM@example.org", kind="closing")
        new_letter(uow, "d", recipient="lee@example.org")
        new_letter(uow, "human", ticket_id, automatic=False)
        new_letter(uow, "inside", ticket_id, recipient="sam@acme.example", outside=False, urgency=3)
        new_letter(uow, "transcript", ticket_id, recipient="sam@acme.example", outside=False, urgency=2)
        outbox = uow.outbox

        def found(recipients: list[str], tickets: list[int], since: int) -> list[tuple[str, int | None, str, int]]:
            return sorted(
                (one.address, one.ticket_id, one.kind, one.at) for one in outbox.automatic(recipients, tickets, since)
            )

        on_ticket = [("kim@example.org", ticket_id, "acknowledgement", at) for at in (NOW - 1, NOW)]
        assert found([], [ticket_id], NOW - 1) == on_ticket
        assert found([], [ticket_id], NOW) == on_ticket[1:]
        assert found(["lee@example.org"], [], 0) == [("lee@example.org", None, "acknowledgement", NOW)]
        both = outbox.automatic(["kim@example.org"], [ticket_id], NOW)
        assert sorted(one.kind for one in both) == ["acknowledgement", "closing"]
        assert outbox.automatic(["sam@acme.example"], [], 0) == []
        assert outbox.automatic([], [], 0) == []
        assert outbox.automatic_in_all(NOW, NOW + 3600) == 3
        assert outbox.internal_to(["sam@acme.example", "kim@example.org"], NOW) == {"sam@acme.example": 1}


def test_earliest_is_the_next_notice_or_letter(store: SqlStore) -> None:
    with store.begin() as uow:
        assert uow.outbox.earliest() is None
        (notice_id,) = new_notices(uow, [notice("a", not_before=NOW + 9)])
        assert uow.outbox.earliest() == NOW + 9
        uow.outbox.add_letters([letter(notice_id, next_at=NOW + 5)])
        assert uow.outbox.earliest() == NOW + 5
        uow.outbox.settle_notice(notice_id, NoticeState.RENDERED)
        uow.outbox.claim_letter(NOW + 5, "daemon", NOW + 60)
        assert uow.outbox.earliest() is None
        assert uow.outbox.counts() == {"sending": 1, "pending": 0}


def test_overdue_is_what_should_have_gone_out(store: SqlStore) -> None:
    """A letter that its server wants later is late from then on; one that waits for the account, from its making on."""
    with store.begin() as uow:
        assert uow.outbox.overdue(NOW) == Backlog(0, None)
        new_notices(uow, [notice("now", not_before=NOW - 5), notice("later", not_before=NOW + 60)])
        assert uow.outbox.overdue(NOW) == Backlog(1, NOW - 5)
        new_letter(uow, "a", created_at=NOW - 900)
        new_letter(uow, "b", created_at=NOW - 800)
        deferred = uow.outbox.claim_letter(NOW, "daemon", NOW + 60)
        resting = uow.outbox.claim_letter(NOW, "daemon", NOW + 60)
        assert deferred is not None and resting is not None
        uow.outbox.settle_notices([one.id for one in uow.outbox.due_notices(NOW)], NoticeState.RENDERED)
        uow.outbox.requeue(deferred, next_at=NOW + 60, outcome="451 later")
        assert uow.outbox.overdue(NOW) == Backlog(0, None)
        uow.outbox.requeue(resting, next_at=NOW, outcome="535 no login", attempts=0)
        assert uow.outbox.overdue(NOW) == Backlog(1, NOW - 800)
        assert uow.outbox.overdue(NOW + 70) == Backlog(3, NOW - 800)  # with the notice that was for later


def test_the_backlog_of_a_state_is_its_number_and_its_oldest(store: SqlStore) -> None:
    with store.begin() as uow:
        assert uow.outbox.backlog(LetterState.FAILED) == Backlog(0, None)
        for key, at in (("a", NOW), ("b", NOW - 7)):
            new_letter(uow, key, state=LetterState.FAILED, created_at=at)
        new_letter(uow, "c", state=LetterState.HELD, created_at=NOW - 9)
        assert uow.outbox.backlog(LetterState.FAILED) == Backlog(2, NOW - 7)


def test_a_queued_letter_is_recalled_once_unless_it_was_perhaps_sent(store: SqlStore) -> None:
    with store.begin() as uow:
        notices = new_notices(uow, [notice(key) for key in "abcd"])
        waits, doubtful, sending, gone = uow.outbox.add_letters(
            [
                letter(notices[0]),
                letter(notices[1], possibly_twice=True),
                letter(notices[2], state=LetterState.SENDING),
                letter(notices[3], state=LetterState.SENT, sent_at=NOW),
            ]
        )
        assert uow.outbox.recall_letter(waits, "recalled by sam")
        recalled = uow.outbox.get_letter(waits)
        assert recalled is not None
        assert (recalled.state, recalled.outcome) == (LetterState.DROPPED, "recalled by sam")
        assert not any(uow.outbox.recall_letter(one, "") for one in (waits, doubtful, sending, gone))


def test_sent_letters_are_blanked_once_the_oldest_first(store: SqlStore) -> None:
    with store.begin() as uow:
        notices = new_notices(uow, [notice(key) for key in "abcd"])
        sent = {"state": LetterState.SENT}
        late, early, young, _ = uow.outbox.add_letters(
            [
                letter(notices[0], content=b"late", sent_at=NOW, **sent),
                letter(notices[1], content=b"early", sent_at=NOW - 5, **sent),
                letter(notices[2], content=b"young", sent_at=NOW + 1, **sent),
                letter(notices[3], content=b"queued"),
            ]
        )
        assert uow.outbox.to_blank(NOW, 5) == [(early, b"early"), (late, b"late")]
        assert uow.outbox.to_blank(NOW, 1) == [(early, b"early")]
        uow.outbox.blank(early, b"xxxxx")
        assert uow.outbox.to_blank(NOW + 1, 5) == [(late, b"late"), (young, b"young")]
        blanked = uow.outbox.get_letter(early)
        assert blanked is not None and blanked.content == b"xxxxx"

"""The contract of ports.store.intake: accepted mails (mail.md section 1)."""

import dataclasses
from typing import Any

import pytest

from mailsla.adapters.db.store import SqlStore
from mailsla.core.health import Backlog
from mailsla.core.model import IntakeState, MailboxState
from mailsla.ports.store import UnitOfWork
from mailsla.ports.store.leases import LeaseLost
from tests.contracts.values import DAY, NOW, OWNER, claim, intake, new_ticket


def test_a_first_look_in_the_future_was_now(store: SqlStore) -> None:
    with store.begin() as uow:
        for folder, at in (("INBOX", NOW + DAY), ("Other", NOW - DAY)):
            state = MailboxState(
                mailbox="support", folder=folder, uidvalidity=7, first_uid=1, first_seen_at=at, read_at=at
            )
            uow.intake.save_mailbox_state(state)
        uow.intake.first_looks_at_most(NOW)
        states = [uow.intake.mailbox_state("support", folder) for folder in ("INBOX", "Other")]
        assert [state and state.first_seen_at for state in states] == [NOW, NOW - DAY]


def test_raw_bytes_are_kept_once(store: SqlStore) -> None:
    with store.begin() as uow:
        uow.intake.put_raw("a" * 64, b"first")
        uow.intake.put_raw("a" * 64, b"second")
        assert uow.intake.raw("a" * 64) == b"first"
        with pytest.raises(KeyError):
            uow.intake.raw("b" * 64)


def test_a_mail_is_unique_by_where_it_stands(store: SqlStore) -> None:
    rows = [
        intake("1"),
        intake("2"),
        intake("1", mailbox="sales"),
        intake("1", folder="Junk"),
        intake("1", uidvalidity=8),
    ]
    with store.begin() as uow:
        ids = uow.intake.add(rows)
        assert ids == sorted(set(ids)) and len(ids) == len(rows)
        again = uow.intake.add([intake("2"), intake("3"), intake("3"), intake("1"), intake("4")])
        assert len(again) == 2 and again == sorted(again)
        assert [found.uid for found in (uow.intake.get(i) for i in again) if found] == ["3", "4"]
        assert uow.intake.known_uids("support", "INBOX", 7) == {"1", "2", "3", "4"}
        assert uow.intake.states_by_uid("support", "INBOX", 7) == dict.fromkeys("1234", IntakeState.STORED)
        assert uow.intake.states_by_uid("support", "INBOX", 8) == {"1": IntakeState.STORED}
        assert uow.intake.get(0) is None


def test_every_field_comes_back(store: SqlStore) -> None:
    with store.begin() as uow:
        ticket_id = new_ticket(uow)
        (first,) = uow.intake.add([intake("1")])
        row = intake(
            "2",
            sha256=None,
            uidvalidity=2**32 - 1,
            origin="import",
            state=IntakeState.HELD,
            attempts=2,
            retry_at=NOW + 60,
            reason="not the agent's address",
            ticket_id=ticket_id,
            duplicate_of=first,
            mark="done",
            fingerprint="f" * 64,
        )
        (second,) = uow.intake.add([row])
        found = uow.intake.get(second)
        assert found == dataclasses.replace(row, id=second)
        assert found is not None and type(found.state) is IntakeState


def next_id(uow: UnitOfWork, now: int = NOW) -> int | None:
    """The mail that is next."""
    found = uow.intake.next_stored(now)
    return found[0].id if found else None


def attempts(uow: UnitOfWork, intake_id: int) -> int | None:
    found = uow.intake.get(intake_id)
    return found.attempts if found else None


def test_the_oldest_stored_mail_is_next_with_its_bytes(store: SqlStore) -> None:
    with store.begin() as uow:
        uow.intake.put_raw("a" * 64, b"raw")
        assert uow.intake.next_stored(NOW) is uow.intake.first_stored(NOW) is None
        _, first, second = uow.intake.add([intake("1", state=IntakeState.BEFORE), intake("2"), intake("3")])
        assert uow.intake.next_stored(NOW) == (uow.intake.get(first), b"raw")
        assert uow.intake.first_stored(NOW) == uow.intake.get(first)
        claim(uow.intake, first)
        assert next_id(uow) == first, "whoever has it in work: none overtakes it"
        uow.intake.finish(first, OWNER, IntakeState.DONE)
        assert next_id(uow) == second
        claim(uow.intake, second)
        uow.intake.finish(second, OWNER, IntakeState.QUARANTINED)
        assert next_id(uow) is None
        assert uow.intake.counts() == {"before": 1, "done": 1, "quarantined": 1}


def test_a_mail_without_its_bytes_is_no_mail(store: SqlStore) -> None:
    with store.begin() as uow:
        uow.intake.add([intake("1")])
        with pytest.raises(KeyError):
            uow.intake.next_stored(NOW)


def test_the_first_attempt_is_counted_by_the_claim_and_later_ones_when_they_start(store: SqlStore) -> None:
    with store.begin() as uow:
        (mail,) = uow.intake.add([intake("1")])
        assert claim(uow.intake, mail) and attempts(uow, mail) == 1
        assert claim(uow.intake, mail) and attempts(uow, mail) == 1, "its own claim is no hindrance"
        uow.intake.start_attempt(mail, OWNER)
        assert attempts(uow, mail) == 2


def test_a_postponed_mail_waits_and_is_nobodys(store: SqlStore) -> None:
    with store.begin() as uow:
        uow.intake.put_raw("a" * 64, b"raw")
        first, second = uow.intake.add([intake("1"), intake("2")])
        claim(uow.intake, first)
        uow.intake.postpone(first, OWNER, attempts=0, retry_at=NOW + 60, reason="LookupError")
        assert [next_id(uow, now) for now in (NOW, NOW + 59, NOW + 60)] == [second, second, first]
        assert claim(uow.intake, first, "daemon2")


def test_a_mail_in_work_is_its_owners(store: SqlStore) -> None:
    """Until its time is over, or the owner lives no more; then nothing of what it does counts."""
    with store.begin() as uow:
        late, dead = uow.intake.add([intake("1"), intake("2")])
        uow.leases.live(OWNER, NOW + 30, "t")
        assert claim(uow.intake, late) and claim(uow.intake, dead)
        assert not claim(uow.intake, late, "daemon2", NOW + 29)
        assert claim(uow.intake, dead, "daemon2", NOW + 30)
        uow.leases.live(OWNER, NOW + 600, "t")
        assert not claim(uow.intake, late, "daemon2", NOW + 59)
        assert claim(uow.intake, late, "daemon2", NOW + 60)
        for mail in (late, dead):
            with pytest.raises(LeaseLost):
                uow.intake.start_attempt(mail, OWNER)
            with pytest.raises(LeaseLost):
                uow.intake.finish(mail, OWNER, IntakeState.DONE)
            with pytest.raises(LeaseLost):
                uow.intake.postpone(mail, OWNER, attempts=1, retry_at=NOW, reason="")
            uow.intake.finish(mail, "daemon2", IntakeState.DONE)
            with pytest.raises(LeaseLost):
                uow.intake.finish(mail, "daemon2", IntakeState.DONE)


def test_a_mail_that_another_dealt_with_meanwhile_is_not_claimed(store: SqlStore) -> None:
    with store.begin() as uow:
        (mail,) = uow.intake.add([intake("1")])
        seen = uow.intake.get(mail)
        assert seen is not None and claim(uow.intake, mail, "daemon2")
        uow.intake.postpone(mail, "daemon2", attempts=1, retry_at=NOW + 60, reason="")
        assert not uow.intake.claim(seen, OWNER, NOW, NOW + 60)
        claim(uow.intake, mail, "daemon2")
        uow.intake.finish(mail, "daemon2", IntakeState.DONE)
        assert not claim(uow.intake, mail)


def test_finish_says_what_became_of_it(store: SqlStore) -> None:
    with store.begin() as uow:
        ticket_id = new_ticket(uow)
        (first, second) = uow.intake.add([intake("1"), intake("2", mark="done")])
        assert claim(uow.intake, first) and claim(uow.intake, second)
        uow.intake.finish(first, OWNER, IntakeState.DONE, ticket_id=ticket_id, fingerprint="f", want_mark=False)
        uow.intake.finish(second, OWNER, IntakeState.DUPLICATE, reason="same bytes", duplicate_of=first)
        done, duplicate = uow.intake.get(first), uow.intake.get(second)
        assert done is not None and duplicate is not None
        assert (done.state, done.ticket_id, done.fingerprint, done.mark) == ("done", ticket_id, "f", "none")
        assert (duplicate.state, duplicate.reason, duplicate.duplicate_of) == ("duplicate", "same bytes", first)
        assert duplicate.mark == "done", "a mark that is set is not asked for again"


def test_release_and_retry_begin_anew(store: SqlStore) -> None:
    held = intake("1", state=IntakeState.HELD, attempts=3, retry_at=NOW + DAY, reason="no auth")
    with store.begin() as uow:
        uow.intake.put_raw("a" * 64, b"raw")
        (intake_id,) = uow.intake.add([held])
        assert not uow.intake.reopen(intake_id, [IntakeState.QUARANTINED])
        assert uow.intake.reopen(intake_id, [IntakeState.QUARANTINED, IntakeState.HELD], "released by sam")
        found = uow.intake.next_stored(0)
        assert found is not None
        assert (found[0].state, found[0].attempts, found[0].reason) == ("stored", 0, "released by sam")
        assert not uow.intake.reopen(intake_id, [IntakeState.HELD])


WEEK = 7 * DAY


def same_as(uow: UnitOfWork, intake_id: int, fingerprint: str = "") -> int | None:
    """The mail that a stored one is a duplicate of."""
    row = uow.intake.get(intake_id)
    assert row is not None
    same = uow.intake.same_mail(row, fingerprint, WEEK)
    return same.id if same else None


def test_same_content_is_an_earlier_mail_of_the_same_mailbox(store: SqlStore) -> None:
    with store.begin() as uow:
        first, second, other, _before = uow.intake.add(
            [
                intake("1"),
                intake("2", uidvalidity=8),
                intake("3", mailbox="sales"),
                intake("4", sha256="b" * 64, state=IntakeState.BEFORE),
            ]
        )
        assert [same_as(uow, mail) for mail in (first, second, other)] == [None, first, None]
        (after_before,) = uow.intake.add([intake("5", sha256="b" * 64)])
        assert same_as(uow, after_before) is None


def test_what_was_left_in_the_sent_folder_is_no_mails_original(store: SqlStore) -> None:
    with store.begin() as uow:
        _, this = uow.intake.add([intake("1", folder="Sent", state=IntakeState.LEFT), intake("2")])
        assert same_as(uow, this) is None


def test_a_held_mail_is_superseded_once_by_the_one_that_proves_it(store: SqlStore) -> None:
    with store.begin() as uow:
        held, done, by = uow.intake.add([intake("1", state=IntakeState.HELD), intake("2"), intake("3", folder="Sent")])
        proof = uow.intake.get(by)
        assert proof is not None
        assert uow.intake.supersede(held, proof)
        assert not uow.intake.supersede(held, proof)
        assert not uow.intake.supersede(done, proof)
        found = uow.intake.get(held)
        assert found is not None
        assert (found.state, found.duplicate_of) == (IntakeState.DUPLICATE, by)


OTHER = intake("9", sha256="b" * 64, fingerprint="f", state=IntakeState.DONE)
FINGERPRINTS: list[tuple[str, dict[str, object], bool]] = [
    ("another mailbox, a week before", {"mailbox": "sales", "received_at": NOW - WEEK}, True),
    ("another mailbox, longer before", {"mailbox": "sales", "received_at": NOW - WEEK - 1}, False),
    ("another mailbox, a week after", {"mailbox": "sales", "received_at": NOW + WEEK}, True),
    ("another mailbox, longer after", {"mailbox": "sales", "received_at": NOW + WEEK + 1}, False),
    ("this mailbox, another uidvalidity, long ago", {"uidvalidity": 6, "received_at": 0}, True),
    ("this mailbox, the same uidvalidity", {}, False),
    ("another folder, a week before", {"folder": "Sent", "received_at": NOW - WEEK}, True),
    ("another folder, longer before", {"folder": "Sent", "received_at": NOW - WEEK - 1}, False),
    ("another fingerprint", {"mailbox": "sales", "fingerprint": "g"}, False),
]


@pytest.mark.parametrize("earlier", [True, False], ids=["accepted earlier", "accepted later"])
@pytest.mark.parametrize(("case", "changes", "same"), FINGERPRINTS, ids=[case[0] for case in FINGERPRINTS])
def test_same_fingerprint(store: SqlStore, case: str, changes: dict[str, Any], same: bool, earlier: bool) -> None:
    """The mail that was processed first is the one; one that waits has no fingerprint yet."""
    rows = [dataclasses.replace(OTHER, **changes), intake("2")]
    with store.begin() as uow:
        ids = uow.intake.add(rows if earlier else rows[::-1])
        other, this = ids if earlier else ids[::-1]
        assert same_as(uow, this, "f") == (other if same else None)


def test_equal_content_goes_before_an_equal_fingerprint(store: SqlStore) -> None:
    with store.begin() as uow:
        _, first, this = uow.intake.add([dataclasses.replace(OTHER, mailbox="sales"), intake("1"), intake("2")])
        assert same_as(uow, this, "f") == first


def test_no_two_mails_are_duplicates_of_each_other(store: SqlStore) -> None:
    """Else both would be lost. First, second and third are equal; the second was done with before the first."""
    with store.begin() as uow:
        first, second, third = uow.intake.add(
            [
                intake("1", mailbox="sales", state=IntakeState.DUPLICATE, fingerprint="f"),
                intake("2", sha256="b" * 64, state=IntakeState.DONE, fingerprint="f"),
                intake("3", mailbox="sales", sha256="c" * 64, state=IntakeState.DUPLICATE, fingerprint="f"),
            ]
        )
        assert same_as(uow, first, "f") == second
        for duplicate in (first, third):
            uow.intake.reopen(duplicate, [IntakeState.DUPLICATE])
            claim(uow.intake, duplicate)
            uow.intake.finish(duplicate, OWNER, IntakeState.DUPLICATE, duplicate_of=second, fingerprint="f")
        assert same_as(uow, second, "f") is None


def test_an_empty_fingerprint_is_like_no_other(store: SqlStore) -> None:
    with store.begin() as uow:
        _, second = uow.intake.add([intake("1", mailbox="sales"), intake("2")])
        assert same_as(uow, second) is None


def test_marks_are_wanted_until_set(store: SqlStore) -> None:
    with store.begin() as uow:
        ids = uow.intake.add([intake(str(number)) for number in range(1, 601)] + [intake("1", folder="Junk")])
        for intake_id in ids:
            claim(uow.intake, intake_id)
            uow.intake.finish(intake_id, OWNER, IntakeState.DONE)
        wanted = uow.intake.marks_wanted("support", "INBOX", 7, limit=3)
        assert [row.id for row in wanted] == ids[:3]
        uow.intake.marked(ids[:599])
        assert [row.id for row in uow.intake.marks_wanted("support", "INBOX", 7)] == [ids[599]]
        uow.intake.marked([])


def test_queues_are_listed_oldest_first(store: SqlStore) -> None:
    with store.begin() as uow:
        ids = uow.intake.add(
            [
                intake("1", state=IntakeState.HELD),
                intake("2", state=IntakeState.QUARANTINED),
                intake("3"),
                intake("4", state=IntakeState.HELD),
            ]
        )
        listed = uow.intake.listed([IntakeState.HELD, IntakeState.QUARANTINED])
        assert [row.id for row in listed] == [ids[0], ids[1], ids[3]]
        assert [row.id for row in uow.intake.listed([IntakeState.HELD], limit=1)] == [ids[0]]
        assert uow.intake.listed([]) == []


def test_the_state_of_a_folder_is_the_one_made_last(store: SqlStore) -> None:
    def state(uidvalidity: int, read_at: int = NOW) -> MailboxState:
        return MailboxState(
            mailbox="support",
            folder="INBOX",
            uidvalidity=uidvalidity,
            first_uid=4812,
            first_seen_at=NOW,
            read_at=read_at,
        )

    with store.begin() as uow:
        assert uow.intake.mailbox_state("support", "INBOX") is None
        uow.intake.save_mailbox_state(state(9))
        uow.intake.save_mailbox_state(state(8))
        uow.intake.save_mailbox_state(state(9, read_at=NOW + 5))
        assert uow.intake.mailbox_state("support", "INBOX") == state(8)
        uow.intake.save_mailbox_state(state(8, read_at=NOW + 9))
        assert uow.intake.mailbox_state("support", "INBOX") == state(8, read_at=NOW + 9)
        assert uow.intake.mailbox_state("support", "Junk") is None


def test_the_backlog_of_a_state_is_its_number_and_its_oldest(store: SqlStore) -> None:
    with store.begin() as uow:
        assert uow.intake.backlog(IntakeState.STORED) == Backlog(0, None)
        held = intake("3", state=IntakeState.HELD, accepted_at=NOW - 9)
        uow.intake.add([intake("1", accepted_at=NOW), intake("2", accepted_at=NOW - 7), held])
        assert uow.intake.backlog(IntakeState.STORED) == Backlog(2, NOW - 7)

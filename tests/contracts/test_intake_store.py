"""The contract of ports.store.intake: accepted mails (mail.md section 1)."""

import dataclasses

import pytest

from mailsla.adapters.db.store import SqlStore
from mailsla.core.model import Intake, IntakeState, MailboxState
from tests.contracts.values import DAY, NOW, intake, new_ticket


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


def test_the_oldest_stored_mail_is_next_and_waits_when_postponed(store: SqlStore) -> None:
    with store.begin() as uow:
        first, second, _ = uow.intake.add([intake("1"), intake("2"), intake("3", state=IntakeState.BEFORE)])
        assert uow.intake.start_attempt(first, 0)
        assert not uow.intake.start_attempt(first, 0)
        uow.intake.postpone(first, attempts=1, retry_at=NOW + 60, reason="LookupError")

        def next_id(now: int) -> int | None:
            found = uow.intake.next_stored(now)
            return found.id if found else None

        assert next_id(NOW) == second
        assert next_id(NOW + 59) == second
        assert next_id(NOW + 60) == first
        uow.intake.finish(second, IntakeState.DONE)
        uow.intake.finish(first, IntakeState.QUARANTINED, reason="unreadable")
        assert next_id(NOW + 60) is None
        assert not uow.intake.start_attempt(second, 0)
        assert uow.intake.counts() == {"before": 1, "done": 1, "quarantined": 1}


def test_finish_says_what_became_of_it(store: SqlStore) -> None:
    with store.begin() as uow:
        ticket_id = new_ticket(uow)
        (first, second) = uow.intake.add([intake("1"), intake("2", mark="done")])
        uow.intake.finish(first, IntakeState.DONE, ticket_id=ticket_id, fingerprint="f", want_mark=False)
        uow.intake.finish(second, IntakeState.DUPLICATE, reason="same bytes", duplicate_of=first)
        done, duplicate = uow.intake.get(first), uow.intake.get(second)
        assert done is not None and duplicate is not None
        assert (done.state, done.ticket_id, done.fingerprint, done.mark) == ("done", ticket_id, "f", "none")
        assert (duplicate.state, duplicate.reason, duplicate.duplicate_of) == ("duplicate", "same bytes", first)
        assert duplicate.mark == "done", "a mark that is set is not asked for again"


def test_release_and_retry_begin_anew(store: SqlStore) -> None:
    held = intake("1", state=IntakeState.HELD, attempts=3, retry_at=NOW + DAY, reason="no auth")
    with store.begin() as uow:
        (intake_id,) = uow.intake.add([held])
        assert not uow.intake.reopen(intake_id, [IntakeState.QUARANTINED])
        assert uow.intake.reopen(intake_id, [IntakeState.QUARANTINED, IntakeState.HELD], "released by sam")
        found = uow.intake.next_stored(0)
        assert found is not None
        assert (found.state, found.attempts, found.reason) == ("stored", 0, "released by sam")
        assert not uow.intake.reopen(intake_id, [IntakeState.HELD])


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

        def same(intake_id: int) -> int | None:
            row = uow.intake.get(intake_id)
            assert row is not None
            found = uow.intake.same_content(row)
            return found.id if found else None

        assert same(first) is None
        assert same(second) == first
        assert same(other) is None
        (after_before,) = uow.intake.add([intake("5", sha256="b" * 64)])
        assert same(after_before) is None


WEEK = 7 * DAY
FINGERPRINTS: list[tuple[str, Intake, bool]] = [
    ("another mailbox, within the time", intake("9", mailbox="sales", received_at=NOW - WEEK), True),
    ("another mailbox, before that", intake("9", mailbox="sales", received_at=NOW - WEEK - 1), False),
    ("this mailbox, another uidvalidity, long ago", intake("9", uidvalidity=6, received_at=0), True),
    ("this mailbox, the same uidvalidity", intake("9"), False),
]


@pytest.mark.parametrize(("case", "earlier", "same"), FINGERPRINTS, ids=[case[0] for case in FINGERPRINTS])
def test_same_fingerprint(store: SqlStore, case: str, earlier: Intake, same: bool) -> None:
    with store.begin() as uow:
        first, second, third = uow.intake.add(
            [dataclasses.replace(earlier, fingerprint="f"), intake("2"), intake("3", mailbox="x", fingerprint="f")]
        )
        found = uow.intake.same_fingerprint("f", "support", NOW - WEEK, second)
        assert (found and found.id) == (first if same else None), "a later row never counts"
        assert uow.intake.same_fingerprint("g", "support", 0, third) is None


def test_an_empty_fingerprint_is_like_no_other(store: SqlStore) -> None:
    with store.begin() as uow:
        _, second = uow.intake.add([intake("1", mailbox="sales"), intake("2")])
        assert uow.intake.same_fingerprint("", "support", 0, second) is None


def test_marks_are_wanted_until_set(store: SqlStore) -> None:
    with store.begin() as uow:
        ids = uow.intake.add([intake(str(number)) for number in range(1, 601)] + [intake("1", folder="Junk")])
        for intake_id in ids:
            uow.intake.finish(intake_id, IntakeState.DONE)
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

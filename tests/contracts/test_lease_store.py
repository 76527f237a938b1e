"""The contract of ports.store.leases: which daemons live, and what only one of them at a time may do."""

import pytest

from mailsla.adapters.db.store import SqlStore
from mailsla.ports.store import UnitOfWork
from mailsla.ports.store.leases import Lease, LeaseLost
from tests.contracts.test_transactions import together
from tests.contracts.values import DAY, NOW, claim, intake, new_letter

MAILBOX = "mailbox:support"
UNTIL = NOW + 30


def test_a_lease_is_one_daemons_until_it_is_over(store: SqlStore) -> None:
    with store.begin() as uow:
        assert uow.leases.take(MAILBOX, "daemon1", NOW, UNTIL) == Lease(MAILBOX, 1)
        assert uow.leases.take(MAILBOX, "daemon2", UNTIL - 1, UNTIL + 30) is None
        assert uow.leases.take("mailbox:sales", "daemon2", NOW, UNTIL) == Lease("mailbox:sales", 1)
        assert uow.leases.take(MAILBOX, "daemon2", UNTIL, UNTIL + 30) == Lease(MAILBOX, 2)


def test_a_renewed_lease_lasts_longer_under_the_same_token(store: SqlStore) -> None:
    with store.begin() as uow:
        first = uow.leases.take(MAILBOX, "daemon1", NOW, UNTIL)
        assert first is not None
        assert uow.leases.take(MAILBOX, "daemon1", NOW + 10, UNTIL + 10) == first
        assert uow.leases.take(MAILBOX, "daemon2", UNTIL, UNTIL + 30) is None
        assert uow.leases.take(MAILBOX, "daemon1", UNTIL + 60, UNTIL + 90) == first, "nobody took it meanwhile"
        uow.leases.require(first)


def test_who_was_overtaken_may_write_nothing(store: SqlStore) -> None:
    with store.begin() as uow:
        first = uow.leases.take(MAILBOX, "daemon1", NOW, UNTIL)
        second = uow.leases.take(MAILBOX, "daemon2", UNTIL, UNTIL + 30)
        assert first and second
        with pytest.raises(LeaseLost, match="mailbox:support"):
            uow.leases.require(first)
        uow.leases.require(second)
        back = uow.leases.take(MAILBOX, "daemon1", UNTIL + 30, UNTIL + 60)
        assert back == Lease(MAILBOX, 3)
        for old in (first, second, Lease("mailbox:nobody's", 1)):
            with pytest.raises(LeaseLost):
                uow.leases.require(old)


def test_daemons_live_until_they_say_no_more(store: SqlStore) -> None:
    with store.begin() as uow:
        uow.leases.live("daemon1", NOW + 30, "t")
        uow.leases.live("daemon2", NOW + 20, "t")
        assert [list(uow.leases.living(NOW + after)) for after in (0, 20, 30)] == [
            ["daemon1", "daemon2"],
            ["daemon1"],
            [],
        ]
        uow.leases.live("daemon2", NOW + 60, "t")
        uow.leases.forget(NOW + 31)
        assert uow.leases.living(NOW) == ["daemon2"]


def test_a_daemon_with_a_mail_in_work_is_not_forgotten(store: SqlStore) -> None:
    """A machine slept for days, and was killed as it woke: what it had claimed is free at once, not after the claim."""
    with store.begin() as uow:
        uow.leases.live("slept", NOW - 2 * DAY, "t")
        (mail,) = uow.intake.add([intake()])
        assert claim(uow.intake, mail, "slept")
        uow.leases.forget(NOW - DAY)
        assert claim(uow.intake, mail, "daemon2")


def test_daemons_differ_by_what_they_last_said_of_their_terms(store: SqlStore) -> None:
    with store.begin() as uow:
        uow.leases.live("old", UNTIL, "")  # of a release that said nothing of them
        uow.leases.live("daemon1", UNTIL, "one")
        uow.leases.live("daemon2", UNTIL, "two")
        assert uow.leases.differing("one", NOW) == ["daemon2"]
        assert uow.leases.differing("one", UNTIL) == []
        uow.leases.live("daemon2", UNTIL, "one")
        assert uow.leases.differing("one", NOW) == []


def test_who_ends_leaves_its_leases(store: SqlStore) -> None:
    with store.begin() as uow:
        uow.leases.live("daemon1", UNTIL, "t")
        uow.leases.take(MAILBOX, "daemon1", NOW, UNTIL)
        uow.leases.end("daemon1", NOW)
        assert uow.leases.living(NOW) == []
        assert uow.leases.take(MAILBOX, "daemon2", NOW, UNTIL) == Lease(MAILBOX, 2)


def stranded(uow: UnitOfWork, now: int, owner: str = "") -> list[int]:
    return [letter.id for letter in uow.outbox.stranded(now, owner)]


def test_what_a_living_daemon_sends_is_not_stranded(store: SqlStore) -> None:
    """Of a claimer that never said that it lives, only the end of the claim is known."""
    with store.begin() as uow:
        first, second = new_letter(uow, "first"), new_letter(uow, "second")
        uow.leases.live("daemon1", UNTIL, "t")
        uow.outbox.claim_letter(NOW, "daemon1", NOW + 900)
        uow.outbox.claim_letter(NOW, "other", NOW + 900)
        assert stranded(uow, UNTIL - 1, "daemon2") == []
        assert stranded(uow, UNTIL, "daemon2") == [first]
        assert stranded(uow, NOW + 900) == [first, second]
        assert stranded(uow, NOW, "daemon1") == [first]


def test_a_lease_is_taken_by_one_of_eight_threads(store: SqlStore) -> None:
    got: list[Lease | None] = []

    def take(thread: int) -> None:
        with store.begin() as uow:
            got.append(uow.leases.take(MAILBOX, f"daemon{thread}", NOW, UNTIL))
            uow.commit()

    together(take, 8)
    assert got.count(None) == 7 and Lease(MAILBOX, 1) in got

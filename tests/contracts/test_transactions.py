"""Units of work: nothing is kept unless it was committed, and what was committed stays."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy.exc import StatementError

from mailsla.adapters.db.engine import open_engine
from mailsla.adapters.db.store import SqlStore
from mailsla.core.model import LetterState, Moment
from mailsla.ports.store import UnitOfWork
from tests.contracts.values import NOW, claim, intake, new_letter, new_ticket


def test_what_is_not_committed_is_rolled_back(store: SqlStore) -> None:
    with store.begin() as uow:
        uow.intake.add([intake()])
    with store.begin() as uow:
        assert uow.intake.counts() == {}


def test_an_error_rolls_back(store: SqlStore) -> None:
    with pytest.raises(ZeroDivisionError), store.begin() as uow:
        uow.intake.add([intake()])
        _ = 1 // 0
    with store.begin() as uow:
        assert uow.intake.counts() == {}


def test_a_rolled_back_number_is_given_again(store: SqlStore) -> None:
    with store.begin() as uow:
        assert [uow.tickets.next_number(), uow.tickets.next_number()] == [1001, 1002]
    with store.begin() as uow:
        assert uow.tickets.next_number() == 1001
        uow.commit()
    with store.begin() as uow:
        assert uow.tickets.next_number() == 1002


def test_what_is_committed_outlives_the_store(database_url: str) -> None:
    raw = bytes(range(256)) * 100
    first = SqlStore(open_engine(database_url))
    with first.begin() as uow:
        uow.intake.put_raw("a" * 64, raw)
        (intake_id,) = uow.intake.add([intake()])
        uow.commit()
    first.close()

    second = SqlStore(open_engine(database_url))
    with second.begin() as uow:
        assert uow.intake.raw("a" * 64) == raw
        assert uow.intake.get(intake_id) == intake(id=intake_id)
    second.close()


def _intake_at(value: Any) -> Callable[[UnitOfWork], object]:
    return lambda uow: uow.intake.add([intake(received_at=value)])


def _moment_at(value: Any) -> Callable[[UnitOfWork], object]:
    return lambda uow: uow.clocks.set_moment(Moment(kind="ticket", key="1", at=value))


@pytest.mark.parametrize("wrong", [1.0, True, "1780000000"])
@pytest.mark.parametrize("write", [_intake_at, _moment_at])
def test_an_instant_is_an_int_and_nothing_else(
    store: SqlStore, write: Callable[[Any], Callable[[UnitOfWork], object]], wrong: Any
) -> None:
    with store.begin() as uow, pytest.raises(StatementError, match="an instant is an int"):
        write(wrong)(uow)


def together(work: Callable[[int], None], threads: int) -> None:
    """Run work(0), work(1), ... at once; what any of them raises is raised here."""
    ready = threading.Barrier(threads)

    def run(number: int) -> None:
        ready.wait()
        work(number)

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(run, range(threads)))


def test_letters_are_claimed_once_by_eight_threads(store: SqlStore) -> None:
    threads, each = 8, 50
    with store.begin() as uow:
        ids = [new_letter(uow, f"letter:{number}") for number in range(threads * each)]
        uow.commit()
    claimed: list[list[int]] = [[] for _ in range(threads)]

    def claim(thread: int) -> None:
        for _ in range(each):
            with store.begin() as uow:
                letter = uow.outbox.claim_letter(NOW, f"daemon{thread}", NOW + 60)
                uow.commit()
            assert letter is not None and letter.claimed_by == f"daemon{thread}"
            claimed[thread].append(letter.id)

    together(claim, threads)
    assert sorted(letter_id for one in claimed for letter_id in one) == ids
    with store.begin() as uow:
        assert uow.outbox.claim_letter(NOW, "late", NOW + 60) is None
        assert uow.outbox.counts()[LetterState.SENDING] == len(ids)


def test_moments_and_mails_are_taken_once_by_eight_threads(store: SqlStore) -> None:
    moments = [Moment(kind="ticket", key=str(number), at=NOW) for number in range(50)]
    with store.begin() as uow:
        ids = uow.intake.add([intake(str(number)) for number in range(50)])
        for moment in moments:
            uow.clocks.set_moment(moment)
        uow.commit()
    taken: list[Moment] = []
    started: list[int] = []

    def take_all(thread: int) -> None:
        for moment, intake_id in zip(moments, ids, strict=True):
            with store.begin() as uow:
                if uow.clocks.take_moment(moment):
                    taken.append(moment)
                if claim(uow.intake, intake_id, f"daemon{thread}"):
                    started.append(intake_id)
                uow.commit()

    together(take_all, 8)
    assert sorted(taken, key=lambda moment: int(moment.key)) == moments
    assert sorted(started) == ids


def test_numbers_are_given_once_by_eight_threads(store: SqlStore) -> None:
    given: list[int] = []

    def open_tickets(_thread: int) -> None:
        for _ in range(50):
            with store.begin() as uow:
                ticket_id = new_ticket(uow)
                ticket = uow.tickets.get(ticket_id)
                uow.commit()
            assert ticket is not None
            given.append(ticket.number)

    together(open_tickets, 8)
    assert sorted(given) == list(range(1001, 1401))

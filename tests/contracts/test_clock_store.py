"""The contract of ports.store.clocks: clocks, breaches, firings, promises, due moments, versions."""

import dataclasses

from mailsla.adapters.db.store import SqlStore
from mailsla.core.model import Correction, Moment, Promise, PromiseState, Status
from tests.contracts.values import NOW, breach, clock, new_letter, new_ticket


def test_the_clocks_of_a_ticket_are_replaced(store: SqlStore) -> None:
    with store.begin() as uow:
        first, second, third = new_ticket(uow), new_ticket(uow), new_ticket(uow)
        late = clock(first, "resolution", started_at=NOW + 9)
        breached = clock(
            first,
            state="late",
            due=None,
            breached_at=(NOW + 14_400, NOW + 20_000),
            stopped_at=NOW + 30_000,
            tzdata="2026.1",
        )
        uow.clocks.replace(first, [late, breached])
        uow.clocks.replace(second, [clock(second)])
        assert uow.clocks.of_ticket(first) == [breached, late]
        assert uow.clocks.of_tickets([third, second, first]) == {
            first: [breached, late],
            second: [clock(second)],
            third: [],
        }
        uow.clocks.replace(first, [late])
        assert uow.clocks.of_ticket(first) == [late]
        uow.clocks.replace(first, [])
        assert uow.clocks.of_ticket(first) == []
        assert uow.clocks.of_ticket(second) == [clock(second)]
        assert uow.clocks.of_tickets([]) == {}


def test_a_clock_breaches_once_per_target_version(store: SqlStore) -> None:
    with store.begin() as uow:
        ticket_id = new_ticket(uow)
        old = uow.clocks.version("policy", "standard", "old", {}, NOW)
        new = uow.clocks.version("policy", "standard", "new", {}, NOW)
        first = breach(ticket_id, old.id)
        assert uow.clocks.add_breach(first)
        assert not uow.clocks.add_breach(dataclasses.replace(first, recorded_at=NOW + 99_999, target=1))
        for again in (
            breach(ticket_id, old.id, target_version=2, breached_at=NOW),
            breach(ticket_id, old.id, cycle=2),
            breach(ticket_id, old.id, metric="resolution"),
            breach(ticket_id, new.id),
            breach(ticket_id, old.id, breached_at=NOW + 15_000),
            breach(ticket_id, old.id, again=1),
        ):
            assert uow.clocks.add_breach(again)
        found = uow.clocks.breaches(ticket_id)
        assert [one.breached_at for one in found] == [NOW, *[NOW + 14_400] * 5, NOW + 15_000]
        assert found[1] == dataclasses.replace(first, id=found[1].id)


def test_a_breach_is_corrected_once(store: SqlStore) -> None:
    with store.begin() as uow:
        ticket_id, other = new_ticket(uow), new_ticket(uow)
        version = uow.clocks.version("policy", "standard", "h", {}, NOW)
        for number in (ticket_id, other):
            uow.clocks.add_breach(breach(number, version.id))
        (recorded,) = uow.clocks.breaches(ticket_id)
        correction = Correction(breach_id=recorded.id, kind="annulled", cause="calendar", at=NOW, actor="mailsla")
        uow.clocks.correct(correction)
        uow.clocks.correct(dataclasses.replace(correction, cause="tzdata"))
        (found,) = uow.clocks.corrections(ticket_id)
        assert found == dataclasses.replace(correction, id=found.id)
        assert uow.clocks.corrections(other) == []


def test_open_tickets_are_recomputed_at_the_earlier_instant(store: SqlStore) -> None:
    with store.begin() as uow:
        new_ticket(uow)
        ended = uow.tickets.get(new_ticket(uow))
        assert ended is not None
        uow.tickets.update(dataclasses.replace(ended, status=Status.VOID))
        uow.clocks.recompute_open(NOW + 60)
        uow.clocks.recompute_open(NOW + 30)
        uow.clocks.recompute_open(NOW + 90)
        moment = uow.clocks.next_moment(NOW + 90)
        assert moment == Moment(kind="recompute", key="1", at=NOW + 30)
        assert uow.clocks.take_moment(moment)
        assert uow.clocks.earliest() is None


def test_a_warning_fires_once(store: SqlStore) -> None:
    with store.begin() as uow:
        ticket_id, other = new_ticket(uow), new_ticket(uow)
        assert uow.clocks.fire(ticket_id, "warn:75", NOW, False)
        assert not uow.clocks.fire(ticket_id, "warn:75", NOW + 1, True)
        assert uow.clocks.fire(ticket_id, "level:1", NOW, True)
        assert uow.clocks.fire(other, "warn:75", NOW, False)
        assert uow.clocks.fired(ticket_id) == {"warn:75", "level:1"}


def test_promises_are_kept_with_their_letter(store: SqlStore) -> None:
    with store.begin() as uow:
        ticket_id = new_ticket(uow)
        letter_id = new_letter(uow, "ack:1", ticket_id)

        def promise(metric: str, stated_at: int) -> Promise:
            return Promise(
                ticket_id=ticket_id, metric=metric, until=NOW + 14_400, stated_at=stated_at, letter_id=letter_id
            )

        uow.clocks.add_promises([promise("resolution", NOW + 1), promise("first_response", NOW)])
        uow.clocks.add_promises([])
        found = uow.clocks.promises(ticket_id)
        assert [dataclasses.replace(one, id=0) for one in found] == [
            promise("first_response", NOW),
            promise("resolution", NOW + 1),
        ]


def test_what_became_of_a_promise_is_written_once(store: SqlStore) -> None:
    with store.begin() as uow:
        ticket_id = new_ticket(uow)
        letter_id = new_letter(uow, "ack:1", ticket_id)
        uow.clocks.add_promises(
            [Promise(ticket_id=ticket_id, metric="resolution", until=NOW + 9, stated_at=NOW, letter_id=letter_id)]
        )
        (promise,) = uow.clocks.promises(ticket_id)
        assert not uow.clocks.settle_promise(promise)
        broken = dataclasses.replace(promise, state=PromiseState.BROKEN, settled_at=NOW + 9)
        assert uow.clocks.settle_promise(broken)
        assert not uow.clocks.settle_promise(broken)
        assert uow.clocks.promises(ticket_id) == [broken]


def test_moments_are_due_in_order_and_taken_once(store: SqlStore) -> None:
    late, early = Moment(kind="ticket", key="1", at=NOW + 10), Moment(kind="digest", key="sam", at=NOW + 5)
    with store.begin() as uow:
        assert uow.clocks.earliest() is None
        uow.clocks.set_moment(late)
        uow.clocks.set_moment(early)
        assert uow.clocks.earliest() == NOW + 5
        assert uow.clocks.next_moment(NOW + 4) is None
        assert uow.clocks.next_moment(NOW + 99) == early
        assert uow.clocks.take_moment(early)
        assert not uow.clocks.take_moment(early)
        assert uow.clocks.next_moment(NOW + 99) == late
        moved = dataclasses.replace(late, at=NOW + 20)
        uow.clocks.set_moment(moved)
        assert not uow.clocks.take_moment(late), "it was moved meanwhile"
        assert uow.clocks.next_moment(NOW + 19) is None
        uow.clocks.drop_moment("ticket", "2")
        assert uow.clocks.next_moment(NOW + 20) == moved
        uow.clocks.drop_moment("ticket", "1")
        assert uow.clocks.earliest() is None


def test_a_version_is_its_content(store: SqlStore) -> None:
    content = {"targets": {"first_response": "4h"}, "hours": [[540, 1020]]}
    with store.begin() as uow:
        first = uow.clocks.version("policy", "standard", "hash1", content, NOW)
        assert first.content == content and first.effective_from == NOW
        assert uow.clocks.version("policy", "standard", "hash1", content, NOW + 99) == first
        others = [
            uow.clocks.version("policy", "standard", "hash2", {}, NOW + 1),
            uow.clocks.version("policy", "vip", "hash1", content, NOW + 1),
            uow.clocks.version("calendar", "standard", "hash1", content, NOW + 1),
        ]
        assert len({version.id for version in [first, *others]}) == 4
        assert uow.clocks.version_by_id(first.id) == first
        assert uow.clocks.version_by_id(999) is None

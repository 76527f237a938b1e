"""The contract of dropping: whose state becomes `dropped`, once, and who did it is kept."""

import pytest

from mailsla.adapters.db.store import SqlStore
from mailsla.core.drops import Drop, Thing
from mailsla.core.model import IntakeState, LetterState, NoticeState
from tests.contracts.values import NOW, OWNER, claim, intake, new_letter, new_notices, notice


def drop(number: int, thing: Thing = Thing.MAIL, **changes: object) -> Drop:
    values: dict[str, object] = {"at": NOW, "actor": "cli:root", "why": "an advertisement"}
    return Drop(thing=thing, number=number, **values | changes)  # type: ignore[arg-type]


def test_the_newest_drop_of_a_thing_is_told(store: SqlStore) -> None:
    with store.begin() as uow:
        for one in (drop(1), drop(1, Thing.LETTER), drop(1, why="again"), drop(2)):
            uow.drops.add(one)
        found = uow.drops.of(Thing.MAIL, 1)
        assert found is not None
        assert (found.why, found.actor, found.at) == ("again", "cli:root", NOW)
        assert uow.drops.of(Thing.NOTICE, 1) is None
        newest = [(one.thing, one.number) for one in uow.drops.newest(3)]
        assert newest == [(Thing.MAIL, 2), (Thing.MAIL, 1), (Thing.LETTER, 1)]


@pytest.mark.parametrize("state", [state for state in IntakeState if state is not IntakeState.BEFORE])
def test_only_a_mail_that_waits_for_a_person_is_dropped(store: SqlStore, state: IntakeState) -> None:
    with store.begin() as uow:
        (number,) = uow.intake.add([intake()])
        if state is not IntakeState.STORED:
            claim(uow.intake, number)
            uow.intake.finish(number, OWNER, state, reason="why it waits")
        waited = state in (IntakeState.HELD, IntakeState.QUARANTINED)
        assert uow.intake.drop(number) is waited
        assert uow.intake.drop(number) is False
        found = uow.intake.get(number)
        assert found is not None
        assert found.state is (IntakeState.DROPPED if waited else state)
        assert found.reason == ("" if state is IntakeState.STORED else "why it waits")


@pytest.mark.parametrize("state", list(LetterState))
def test_only_a_letter_that_is_not_under_way_is_dropped(store: SqlStore, state: LetterState) -> None:
    with store.begin() as uow:
        number = new_letter(uow, "ack")
        if state is not LetterState.QUEUED:
            claimed = uow.outbox.claim_letter(NOW, OWNER, NOW + 60)
            assert claimed is not None
        if state not in (LetterState.QUEUED, LetterState.SENDING):
            uow.outbox.settle_letter(claimed, state, at=NOW, outcome="550 no")
        waits = state in (LetterState.QUEUED, LetterState.FAILED, LetterState.HELD)
        assert uow.outbox.drop_letter(number) is waits
        assert uow.outbox.drop_letter(number) is False
        assert uow.outbox.claim_letter(NOW, OWNER, NOW + 60) is None
        brought_back = waits or state is LetterState.DROPPED
        assert uow.outbox.release_letter(number, NOW) is brought_back


def test_a_notice_that_is_dropped_keeps_its_reason_and_is_never_due(store: SqlStore) -> None:
    with store.begin() as uow:
        (number,) = new_notices(uow, [notice("ack")])
        uow.outbox.postpone_notice(number, NOW, "its template failed")
        assert uow.outbox.drop_notice(number) is True
        assert uow.outbox.drop_notice(number) is False
        found = uow.outbox.get_notice(number)
        assert found is not None
        assert (found.state, found.reason) == (NoticeState.DROPPED, "its template failed")
        assert uow.outbox.due_notices(NOW) == uow.outbox.postponed() == []

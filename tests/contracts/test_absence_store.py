"""The contract of absences: rows are added, ended once before their time, and found while they are not over."""

from mailsla.adapters.db.store import SqlStore
from mailsla.core.absence import Absence
from tests.contracts.values import NOW

DAY = 24 * 3600


def absence(agent: str = "sam", starts: int = NOW, **changes: object) -> Absence:
    values: dict[str, object] = {"ends": starts + DAY, "deputy": "", "set_by": "cli:root", "set_at": NOW}
    return Absence(agent=agent, starts=starts, **values | changes)  # type: ignore[arg-type]


def test_those_that_are_neither_over_nor_cancelled_stand(store: SqlStore) -> None:
    with store.begin() as uow:
        over, later, current, cancelled = (
            uow.absences.add(one)
            for one in (absence(starts=NOW - DAY), absence("kim", NOW + DAY, deputy="jo"), absence(), absence("lee"))
        )
        assert uow.absences.cancel(cancelled, NOW + 5)
        assert [one.id for one in uow.absences.standing(NOW)] == [current, later]
        assert [one.id for one in uow.absences.of("sam")] == [current, over]
        found = uow.absences.get(later)
        assert found is not None
        assert (found.deputy, found.starts, found.ends) == ("jo", NOW + DAY, NOW + 2 * DAY)


def test_an_absence_is_ended_once(store: SqlStore) -> None:
    with store.begin() as uow:
        number = uow.absences.add(absence())
        assert uow.absences.cancel(number, NOW + 5)
        assert not uow.absences.cancel(number, NOW + 9)
        found = uow.absences.get(number)
        assert found is not None
        assert found.cancelled_at == NOW + 5
        assert uow.absences.get(number + 1) is None

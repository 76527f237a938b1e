"""What happened to the database as a whole (ports.store.occasions), on each database."""

from mailsla.adapters.db.store import SqlStore
from mailsla.ports.store.occasions import BACKED_UP, RESTORED
from tests.contracts.values import DAY, NOW


def test_the_last_time_counts_and_none_is_in_the_future(store: SqlStore) -> None:
    with store.begin() as uow:
        assert uow.occasions.when(RESTORED) is None
        for name, at in ((BACKED_UP, NOW - 2 * DAY), (BACKED_UP, NOW - DAY), (RESTORED, NOW + DAY)):
            uow.occasions.note(name, at)
        assert uow.occasions.when(RESTORED) == NOW + DAY
        uow.occasions.at_most(NOW)
        assert [uow.occasions.when(name) for name in (BACKED_UP, RESTORED)] == [NOW - DAY, NOW]
        uow.occasions.forget(RESTORED)
        assert [uow.occasions.when(name) for name in (BACKED_UP, RESTORED)] == [NOW - DAY, None]

"""Due moments that several daemons set: the earliest instant holds."""

from mailsla.adapters.db.store import SqlStore
from mailsla.core.model import Moment
from tests.contracts.values import NOW


def test_a_moment_is_brought_forward_and_never_put_off(store: SqlStore) -> None:
    with store.begin() as uow:
        for at, then in ((NOW, NOW), (NOW + 60, NOW), (NOW - 60, NOW - 60)):
            uow.clocks.bring_forward(Moment(kind="queue_digest", key="", at=at))
            assert uow.clocks.earliest() == then
        uow.clocks.bring_forward(Moment(kind="queue_alarm", key="", at=NOW + 60))
        assert uow.clocks.next_moment(NOW) == Moment(kind="queue_digest", key="", at=NOW - 60)

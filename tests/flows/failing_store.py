"""A store whose commits fail as a test says: nothing was kept, or all was and only the answer is lost."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from mailsla.errors import TemporaryError
from mailsla.ports.store import Store, UnitOfWork

KEPT, LOST, ANSWER_LOST = "kept", "nothing was kept", "only the answer is lost"


class FailingStore:
    """ports.store.Store; `fate` says of each commit, counted from 1, how it ends: KEPT, LOST or ANSWER_LOST."""

    def __init__(self, store: Store, fate: Callable[[int], str]) -> None:
        self._store, self._fate = store, fate
        self.commits = 0

    @contextmanager
    def begin(self) -> Iterator[UnitOfWork]:
        with self._store.begin() as uow:
            commit = uow.commit

            def fail() -> None:
                self.commits += 1
                how = self._fate(self.commits)
                if how != LOST:
                    commit()
                if how != KEPT:
                    raise TemporaryError(f"database: {how}")

            uow.commit = fail  # type: ignore[method-assign]
            yield uow

    def close(self) -> None:
        self._store.close()

"""PostgreSQL commits and its answer is lost, or it goes down at once (`-m immediate`) and comes back.

tests/flows/test_unsettled.py goes through every commit; this is what a real server and a real driver make of it.
"""

import contextlib
import signal
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailsla.adapters.db.engine import open_engine
from mailsla.adapters.db.migrate import upgrade
from mailsla.adapters.db.store import SqlStore
from mailsla.core.model import Moment
from mailsla.errors import TemporaryError
from tests.servers import postgres as postgreses
from tests.servers.postgres import Postgres

pytestmark = pytest.mark.postgresql


class Wire:
    """From a port on loopback to the server's socket. `cut`: once, a COMMIT arrives, and its answer does not."""

    def __init__(self, base: Path) -> None:
        self._path = str(next(base.glob(".s.PGSQL.*[0-9]")))
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.cut = False
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = socket.socket(socket.AF_UNIX)
            server.connect(self._path)
            for pair in ((client, server), (server, client)):
                threading.Thread(target=self._pass_on, args=pair, daemon=True).start()

    def _pass_on(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                if self.cut and source.family == socket.AF_UNIX and b"COMMIT\0" in data:
                    self.cut = False  # the server's word that it is done
                    break
                sink.sendall(data)
        for each in (source, sink):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def server() -> Iterator[Postgres]:
    """One of its own, for it goes down."""
    if not postgreses.available():
        pytest.skip(postgreses.ABSENT)
    made = Postgres()
    yield made
    made.remove()


def moments(store: SqlStore) -> list[str]:
    found: list[str] = []
    with store.begin() as uow:
        while (moment := uow.clocks.next_moment(100)) is not None:
            uow.clocks.take_moment(moment)
            found.append(moment.key)
    return found


def put(store: SqlStore, key: str) -> None:
    with store.begin() as uow:
        uow.clocks.set_moment(Moment(kind="test", key=key, at=1))
        uow.commit()


def test_an_answer_that_is_lost_and_a_server_that_goes_down_at_once(server: Postgres) -> None:
    name = server.create()
    direct = server.url(name)
    upgrade(direct)
    wire = Wire(server.base)
    store = SqlStore(open_engine(f"postgresql+psycopg://{postgreses.USER}@127.0.0.1:{wire.port}/{name}"))
    wire.cut = True
    with pytest.raises(TemporaryError) as lost:
        put(store, "committed")
    assert "server runs" in lost.value.mend
    assert moments(store) == ["committed"]  # it was done all the same, and the next transaction just works
    with pytest.raises(TemporaryError), store.begin() as uow:
        uow.clocks.set_moment(Moment(kind="test", key="lost", at=2))
        server.restart(signal.SIGQUIT)
        uow.commit()
    assert moments(store) == ["committed"]
    put(store, "afterwards")
    assert moments(store) == ["afterwards", "committed"]
    store.close()
    wire.close()

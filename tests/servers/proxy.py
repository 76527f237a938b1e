"""A TCP proxy on loopback, between a client and a server: a network that is down, breaks, is silent, slow, hostile."""

import contextlib
import socket
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Literal

How = Literal["cut", "reset", "stall", "hold", "drip"]
Side = Literal["client", "server"]  # whose words

DRIPS = 200  # bytes that come one by one before all is well again
_RESET = struct.pack("ii", 1, 0)  # SO_LINGER with no time: close sends RST


@dataclass(frozen=True)
class Fault:
    """What happens on a connection where `at` bytes of what this side says were passed on, counted from behind the
    first `behind` in it: it is cut (FIN) or reset (RST); stalls, and is cut when nobody has ended it for `seconds`; is
    held for `seconds`, and goes on; or comes a byte at a time. On so many (`times`) connections, then no more."""

    how: How
    at: int = 0
    side: Side = "server"
    behind: bytes = b""
    times: int = 1
    seconds: float = 60


@dataclass
class Talk:
    """What was passed on over one connection, in order."""

    pieces: list[tuple[Side, bytes]] = field(default_factory=list)

    def said(self, side: Side) -> bytes:
        """All of one side's words."""
        return b"".join(words for by, words in self.pieces if by == side)


class Proxy:
    """`port` leads to `target` on this machine, as long as the network is there.

    `record`: keep all that is said, in `talks`. `alter`: what the server says is passed on as this makes it."""

    def __init__(self, target: int, *, record: bool = False, alter: Callable[[bytes], bytes] | None = None) -> None:
        self.target = target
        self.alter = alter
        self.talks: list[Talk] = []
        self.struck = 0  # faults that happened
        self._record = record
        self._holder = _bound()
        self.port: int = self._holder.getsockname()[1]
        self._listener = self._listening()
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._fault: Fault | None = None
        self._left = 0

    def __enter__(self) -> "Proxy":
        self._serve()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.down()
        self._holder.close()

    def down(self) -> None:
        """The network is gone: nobody answers, and connections break. The port is given to nobody else."""
        with contextlib.suppress(OSError):  # it is down already
            self._listener.shutdown(socket.SHUT_RDWR)  # or it would listen on while the thread waits in accept
        self._listener.close()
        self._cut_all()

    def up(self) -> None:
        """It is there again, at the same port."""
        self._listener = self._listening()
        self._serve()

    def plan(self, fault: Fault | None) -> None:
        """This fault from now on, also on connections that are open; None: no more."""
        with self._lock:
            self._fault, self._left = fault, fault.times if fault else 0

    def cut_inside(self, marker: bytes, after: int = 0) -> None:
        """Once: what the server says is passed on up to so many bytes behind the first `marker`, then all breaks."""
        self.plan(Fault("cut", after, behind=marker))

    def take(self, fault: Fault) -> bool:
        """Whether it is still to happen, which it does with that."""
        with self._lock:
            taken = self._fault is fault and self._left > 0
            self._left -= taken
            self.struck += taken
            return taken

    @property
    def planned(self) -> Fault | None:
        """What is still to happen."""
        return self._fault if self._left else None

    def close(self, *sockets: socket.socket) -> None:
        """For good, with FIN, but for those that were reset."""
        for each in sockets:
            with contextlib.suppress(OSError):
                if not each.getsockopt(socket.SOL_SOCKET, socket.SO_LINGER):
                    each.shutdown(socket.SHUT_RDWR)
            each.close()
        self._open -= set(sockets)

    def _listening(self) -> socket.socket:
        return socket.create_server(("127.0.0.1", self.port), reuse_port=True)

    def _serve(self) -> None:
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def _accept(self, listener: socket.socket) -> None:
        listener.settimeout(0.05)
        while listener.fileno() != -1:
            try:
                client, _ = listener.accept()
                server = socket.create_connection(("127.0.0.1", self.target))
            except TimeoutError:
                continue
            except OSError:
                return
            with self._lock:
                self._open |= {client, server}
            client.settimeout(None)
            for each in (client, server):
                each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            talk = Talk()
            if self._record:
                self.talks.append(talk)
            for side, source, sink in (("client", client, server), ("server", server, client)):
                way = _Way(self, talk, side, source, sink, self._record)  # type: ignore[arg-type]
                threading.Thread(target=way.run, daemon=True).start()

    def _cut_all(self) -> None:
        with self._lock:
            self.close(*self._open)


def _bound() -> socket.socket:
    """Has a port beside who listens there, and does not listen: while nobody does, connections are refused."""
    holder = socket.socket()
    holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    holder.bind(("127.0.0.1", 0))
    return holder


class _Way:
    """One direction of one connection."""

    def __init__(
        self, proxy: Proxy, talk: Talk, side: Side, source: socket.socket, sink: socket.socket, record: bool
    ) -> None:
        self._proxy, self._talk, self._side, self._record = proxy, talk, side, record
        self._source, self._sink = source, sink
        self._passed = 0
        self._tail = b""  # of what was passed on, in which a marker may have begun
        self._fault: Fault | None = None
        self._from: int | None = None  # where its marker ended
        self._over = False  # it has happened here

    def run(self) -> None:
        with contextlib.suppress(OSError):
            self._strike_at(b"")
            while data := self._source.recv(65536):
                if self._proxy.alter is not None and self._side == "server":
                    data = self._proxy.alter(data)
                while (before := self._strike_at(data)) is not None:
                    data = data[before:]
                self._pass_on(data)
        self._proxy.close(self._source, self._sink)

    def _pass_on(self, data: bytes) -> None:
        if self._record and data:
            self._talk.pieces.append((self._side, data))
        self._passed += len(data)
        self._tail = (self._tail + data)[-200:]
        self._sink.sendall(data)

    def _strike_at(self, data: bytes) -> int | None:
        """Where the planned fault is due within `data`: what is before it is passed on, it happens; so many bytes."""
        fault = self._proxy.planned
        if fault is None or fault.side != self._side:
            return None
        if fault is not self._fault:
            self._fault, self._from, self._over = fault, None if fault.behind else 0, False
        if self._from is None:
            tail = self._tail[max(0, len(self._tail) - len(fault.behind) + 1) :]
            found = (tail + data).find(fault.behind)
            if found == -1:
                return None
            self._from = self._passed - len(tail) + found + len(fault.behind)
        before = self._from + fault.at - self._passed
        if self._over or not 0 <= before <= len(data) or not self._proxy.take(fault):
            return None
        self._over = True
        self._pass_on(data[:before])
        self._strike(fault, data[before:])
        return len(data) if fault.how == "drip" else before

    def _strike(self, fault: Fault, rest: bytes) -> None:
        """Let it happen. Raises OSError where that is the connection's end."""
        if fault.how == "hold":
            time.sleep(fault.seconds)
        elif fault.how == "drip":
            self._drip(rest)
        elif fault.how == "stall":
            self._stall(time.monotonic() + fault.seconds)
        elif fault.how == "reset":
            for each in (self._source, self._sink):
                each.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            for each in (self._source, self._sink):
                with contextlib.suppress(OSError):
                    each.shutdown(socket.SHUT_RD)  # says nothing to anybody, but ends the other direction's recv
                each.close()
            raise ConnectionResetError
        else:
            raise ConnectionAbortedError

    def _drip(self, data: bytes) -> None:
        for _ in range(DRIPS):
            data = data or self._source.recv(65536)
            self._pass_on(data[:1])
            data = data[1:]
            time.sleep(0.0002)
        self._pass_on(data)

    def _stall(self, until: float) -> None:
        """What comes is read and forgotten, so that the end of the connection is seen."""
        while (left := until - time.monotonic()) > 0:
            self._source.settimeout(left)
            with contextlib.suppress(TimeoutError):
                if not self._source.recv(65536):
                    break
        raise ConnectionAbortedError

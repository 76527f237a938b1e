"""A TCP proxy on loopback, between a client and a server: a network that can be down, and break in a word."""

import contextlib
import socket
import threading
from types import TracebackType


class Proxy:
    """`port` leads to `target` on this machine, as long as the network is there."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._marker = b""
        self._after = 0

    def __enter__(self) -> "Proxy":
        self._serve()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.down()

    def down(self) -> None:
        """The network is gone: nobody answers, and connections break."""
        self._listener.close()
        self._cut_all()

    def up(self) -> None:
        """It is there again, at the same port."""
        self._listener = socket.create_server(("127.0.0.1", self.port))
        self._serve()

    def cut_inside(self, marker: bytes, after: int = 0) -> None:
        """Once: what the server says is passed on up to so many bytes behind the first `marker`, then all breaks."""
        self._marker, self._after = marker, after

    def _serve(self) -> None:
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def _accept(self, listener: socket.socket) -> None:
        listener.settimeout(0.05)
        while listener.fileno() != -1:
            try:
                client, _ = listener.accept()
                server = socket.create_connection(("127.0.0.1", self._target))
            except TimeoutError:
                continue
            except OSError:
                return
            with self._lock:
                self._open |= {client, server}
            client.settimeout(None)
            threading.Thread(target=self._pass_on, args=(client, server, False), daemon=True).start()
            threading.Thread(target=self._pass_on, args=(server, client, True), daemon=True).start()

    def _pass_on(self, source: socket.socket, sink: socket.socket, of_server: bool) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                found = data.find(self._marker) if of_server and self._marker else -1
                if found != -1:
                    sink.sendall(data[: found + len(self._marker) + self._after])
                    self._marker = b""
                    break
                sink.sendall(data)
        self._close(source, sink)

    def _cut_all(self) -> None:
        with self._lock:
            self._close(*self._open)

    def _close(self, *sockets: socket.socket) -> None:
        for each in sockets:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

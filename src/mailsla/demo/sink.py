"""A mail server on the loopback interface that takes whatever it is sent, for the demo."""

import asyncio
import threading
from types import TracebackType

from aiosmtpd.smtp import SMTP, Envelope, Session


class Sink:
    """`taken`: recipient and bytes of each mail, in order. Use as a context manager; `port` is then known."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, bytes]] = []
        self.port = 0
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._serve, name="demo-sink", daemon=True)

    def __enter__(self) -> "Sink":
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Called by aiosmtpd with each mail."""
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        self.taken.append((envelope.rcpt_tos[0], content))
        return "250 taken"

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(self._loop.create_server(self._protocol, "127.0.0.1", 0))
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()
        server.close()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(asyncio.sleep(0))
        self._loop.close()

    def _protocol(self) -> SMTP:
        return SMTP(self, hostname="localhost", ident="mailsla demo", loop=self._loop)

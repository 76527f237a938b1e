"""An SMTP server that keeps what it is given, and answers as it is told to.

In a thread: `with SmtpSink() as sink: ... sink.received`. As a process, which outlives a daemon that is killed:
`python -m tests.servers.smtp_sink --dir D --port 0` prints "listening on PORT"; each mail is in D, as NNNNNN.eml with
its envelope in NNNNNN.json, durably, before it is answered with 250.
"""

import argparse
import asyncio
import base64
import itertools
import json
import os
import random
import re
import ssl
import sys
import threading
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Literal

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.servers.certificate import Certificate

_MECHANISMS = {"PLAIN", "LOGIN", "XOAUTH2", "OAUTHBEARER"}
OK = "250 OK"
STALLED = "stalled"


@dataclass(frozen=True)
class Received:
    """A mail that was answered with 250."""

    sender: str
    recipient: str
    content: bytes


@dataclass
class Behaviour:
    """What it answers; may be changed between two mails. Keys are patterns that the whole address has to match."""

    mail: dict[str, str] = field(default_factory=dict)  # sender -> answer to MAIL
    rcpt: dict[str, str] = field(default_factory=dict)  # recipient -> answer to RCPT
    data: dict[str, str] = field(default_factory=dict)  # recipient -> answer after the final dot; "cut", "stall"
    pause: float = 0.0  # seconds: after the final dot, and once more before the answer, it waits for up to so long
    trouble: float = 0.0  # the share of letters that are answered with 451, at random
    moments: random.Random = field(default_factory=random.Random)  # where `pause` and `trouble` come from


class SmtpSink:
    """`received` in order; `connections` counts them, so that reuse can be seen.

    `tokens`: whether a user has an access token; then a login by one of `mechanisms` is needed."""

    host = "localhost"

    def __init__(
        self,
        *,
        login: tuple[str, str] | None = None,
        tokens: Callable[[str, str], bool] | None = None,
        mechanisms: Sequence[str] = ("XOAUTH2", "OAUTHBEARER"),
        security: Literal["none", "starttls", "tls"] = "none",
        certificate: Certificate | None = None,
        directory: Path | None = None,
        port: int = 0,
    ) -> None:
        self.port = port
        self.received: list[Received] = []
        self.connections = 0
        self.behaviour = Behaviour()
        self._login = login
        self._tokens = tokens
        self._mechanisms = mechanisms if tokens else ("PLAIN", "LOGIN")
        self._security = security
        self._context = _server_context(certificate) if certificate else None
        self._directory = directory
        self._numbers = _free_numbers(directory)
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="smtp-sink", daemon=True)
        self._open: set[asyncio.BaseTransport] = set()

    def __enter__(self) -> "SmtpSink":
        self._thread.start()
        if not self._ready.wait(5):
            raise RuntimeError("the SMTP sink does not start")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)

    def serve_forever(self) -> None:
        """In the calling thread; says on standard output where it listens."""
        self._ready.set()
        self._run(say=True)

    def disconnect_all(self) -> None:
        """From any thread: cut every connection, as a server does that was idle for long."""
        self._loop.call_soon_threadsafe(lambda: [transport.abort() for transport in self._open])  # type: ignore[attr-defined]

    def _run(self, say: bool = False) -> None:
        asyncio.set_event_loop(self._loop)
        context = self._context if self._security == "tls" else None
        server = self._loop.run_until_complete(
            self._loop.create_server(self._session, "127.0.0.1", self.port, ssl=context)
        )
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        if say:
            print(f"listening on {self.port}", flush=True)
        self._loop.run_forever()
        server.close()
        for transport in self._open:
            transport.close()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(asyncio.sleep(0))
        self._loop.close()

    def _session(self) -> SMTP:
        starttls = self._context if self._security == "starttls" else None
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # of a login without STARTTLS, which some tests are about
            return _Server(
                self,
                handler=_Handler(self),
                hostname="sink.example",
                ident="sink",
                loop=self._loop,
                data_size_limit=60_000_000,
                tls_context=starttls,
                require_starttls=starttls is not None,
                auth_required=self._login is not None or self._tokens is not None,
                auth_exclude_mechanism=sorted(_MECHANISMS - set(self._mechanisms)),
                auth_require_tls=self._security == "starttls",
                authenticator=self._authenticate,
            )

    def _authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        if mechanism in ("XOAUTH2", "OAUTHBEARER"):
            return AuthResult(success=self._tokens is not None and self._tokens(*data))
        right = isinstance(data, LoginPassword) and (data.login.decode(), data.password.decode()) == self._login
        return AuthResult(success=right, handled=False)

    def stalls(self, recipient: str) -> None:
        """A letter is here and is not answered; a file STALLED in the directory tells other processes."""
        if self._directory is not None:
            (self._directory / STALLED).write_text(recipient)

    def _keep(self, mail: Received) -> None:
        if self._directory is not None:
            number = next(self._numbers)
            envelope = {"sender": mail.sender, "recipient": mail.recipient}
            _write(self._directory / f"{number:06}.json", json.dumps(envelope).encode())
            _write(self._directory / f"{number:06}.eml", mail.content)
        self.received.append(mail)


class _Server(SMTP):
    def __init__(self, sink: SmtpSink, **options: Any) -> None:
        super().__init__(**options)
        self._sink = sink

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if self.transport is None:  # not for the second time, after STARTTLS
            self._sink.connections += 1
        self._sink._open.add(transport)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        if self.transport is not None:
            self._sink._open.discard(self.transport)
        super().connection_lost(error)


class _Handler:
    """Hooks of aiosmtpd."""

    def __init__(self, sink: SmtpSink) -> None:
        self._sink = sink

    async def auth_XOAUTH2(self, server: SMTP, args: list[str]) -> AuthResult:
        """Google's "SASL XOAUTH2 mechanism": user=...^Aauth=Bearer ...^A^A; the cause in a challenge, "" to it."""
        return await self._by_token(
            server, args, r"user=(?P<user>[^\x01]*)\x01auth=Bearer (?P<token>[^\x01]*)\x01\x01", b""
        )

    async def auth_OAUTHBEARER(self, server: SMTP, args: list[str]) -> AuthResult:
        """RFC 7628."""
        form = r"n,a=(?P<user>[^,]*),\x01host=[^\x01]*\x01port=\d+\x01auth=Bearer (?P<token>[^\x01]*)\x01\x01"
        return await self._by_token(server, args, form, b"\1")

    async def _by_token(self, server: SMTP, args: list[str], form: str, last: bytes) -> AuthResult:
        found = re.fullmatch(form, base64.b64decode(args[1], validate=True).decode())
        assert found is not None
        result = server._authenticate(args[0], (found["user"], found["token"]))
        if not result.success:
            answer = await server.challenge_auth(json.dumps({"status": "invalid_token", "scope": "mail"}))
            assert answer == last
        result.handled = False
        return result

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = _answer(self._sink.behaviour.mail, address)
        if answer == OK:
            envelope.mail_from = address
            envelope.mail_options.extend(options)
        return answer

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = _answer(self._sink.behaviour.rcpt, address)
        if answer == OK:
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        [recipient] = envelope.rcpt_tos  # one recipient an envelope
        behaviour = self._sink.behaviour
        answer = _answer(behaviour.data, recipient)
        if behaviour.trouble and answer == OK and behaviour.moments.random() < behaviour.trouble:
            answer = "451 4.3.0 not now"
        await asyncio.sleep(behaviour.moments.uniform(0, behaviour.pause))
        if answer == "cut" and server.transport is not None:
            server.transport.abort()  # type: ignore[attr-defined]
            return "421 cut"
        if answer == "stall":
            self._sink.stalls(recipient)
            await asyncio.Event().wait()  # until the client goes
        if answer == OK:
            assert isinstance(envelope.content, bytes)
            sender = "" if envelope.mail_from in (None, "<>") else str(envelope.mail_from)
            self._sink._keep(Received(sender, recipient, envelope.content))
            await asyncio.sleep(behaviour.moments.uniform(0, behaviour.pause))
        return answer


def _answer(answers: dict[str, str], address: str) -> str:
    return next((answer for pattern, answer in answers.items() if re.fullmatch(pattern, address)), OK)


def _server_context(certificate: Certificate) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate.cert, certificate.key)
    return context


def _free_numbers(directory: Path | None) -> Iterator[int]:
    taken = [int(path.stem) for path in directory.glob("*.json")] if directory else []
    return itertools.count(max(taken, default=0) + 1)


def _write(path: Path, content: bytes) -> None:
    """Whole and durable, or not there."""
    partial = path.with_suffix(".part")
    with partial.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    partial.rename(path)
    folder = os.open(path.parent, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)


def read_mails(directory: Path, names: str = "*.eml") -> list[Received]:
    """What a sink with that --dir has answered with 250, in order; `names`: of these files only."""
    mails = []
    for path in sorted(directory.glob(names)):
        envelope = json.loads(path.with_suffix(".json").read_text())
        mails.append(Received(envelope["sender"], envelope["recipient"], path.read_bytes()))
    return mails


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(prog="smtp_sink", description=__doc__)
    parser.add_argument("--dir", type=Path, required=True)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--login", metavar="USER:PASSWORD")
    parser.add_argument("--security", choices=["none", "starttls", "tls"], default="none")
    parser.add_argument("--cert", type=Path, help="PEM, for starttls and tls")
    parser.add_argument("--key", type=Path)
    for step in ("mail", "rcpt", "data"):
        parser.add_argument(f"--{step}", action="append", default=[], metavar="PATTERN=ANSWER")
    parser.add_argument("--pause", type=float, default=0.0, metavar="SECONDS", help="up to, before and after the write")
    parser.add_argument("--trouble", type=float, default=0.0, metavar="SHARE", help="of letters, answered with 451")
    parser.add_argument("--seed", type=int, default=0, help="of pauses and trouble")
    options = parser.parse_args(arguments)
    options.dir.mkdir(parents=True, exist_ok=True)
    user, _, password = (options.login or "").partition(":")
    sink = SmtpSink(
        login=(user, password) if options.login else None,
        security=options.security,
        certificate=Certificate(options.cert, options.key) if options.cert else None,
        directory=options.dir,
        port=options.port,
    )
    for step in ("mail", "rcpt", "data"):
        answers = dict(each.split("=", 1) for each in getattr(options, step))
        setattr(sink.behaviour, step, answers)
    sink.behaviour.pause, sink.behaviour.trouble = options.pause, options.trouble
    sink.behaviour.moments = random.Random(options.seed)
    sink.serve_forever()


if __name__ == "__main__":
    main(sys.argv[1:])

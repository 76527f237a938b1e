"""An IMAP server that says what a test wants at the moment it wants it: races that a real server shows once a year."""

import re
import socket
import threading
from collections.abc import Mapping, Sequence
from types import TracebackType

GREETING = b"* OK [CAPABILITY IMAP4rev1 IDLE] ready\r\n"
SELECTED = (
    b"* FLAGS ()\r\n* 1 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 2] x\r\n* OK [PERMANENTFLAGS (\\*)] x\r\n"
)
_USUAL = {
    "CAPABILITY": b"* CAPABILITY IMAP4rev1 IDLE\r\nTAG OK done\r\n",
    "LOGIN": b"TAG OK done\r\n",
    "SELECT": SELECTED + b"TAG OK [READ-WRITE] done\r\n",
    "UID SEARCH": b"* SEARCH 1\r\nTAG OK done\r\n",
    "UID STORE": b"TAG OK done\r\n",
    "NOOP": b"TAG OK done\r\n",
    "IDLE": b"+ idling\r\n",
    "DONE": b"TAG OK done\r\n",
    "LIST": b'* LIST () "." INBOX\r\nTAG OK done\r\n',
    "LOGOUT": b"* BYE x\r\nTAG OK done\r\n",
}


class ImapScript:
    """One connection after the other. `answers`: the first pattern that a command (without its tag) matches gives what
    is sent, its last item again and again; TAG in it is the command's tag; b"" is silence, None hangs up.

    Without `answers` it is a folder with one mail: UID 1, UIDNEXT 2."""

    def __init__(self, answers: Mapping[str, Sequence[bytes | None]] | None = None, greeting: bytes = GREETING) -> None:
        self._answers = {pattern: list(given) for pattern, given in (answers or {}).items()}
        for pattern, usual in _USUAL.items():
            self._answers.setdefault(pattern, [usual])
        self._greeting = greeting
        self.said: list[str] = []  # commands without their tags
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]

    def __enter__(self) -> "ImapScript":
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._listener.close()

    def _serve(self) -> None:
        try:
            while True:
                connection, _ = self._listener.accept()
                with connection, connection.makefile("rb") as lines:
                    connection.sendall(self._greeting)
                    tag = b""
                    for line in lines:
                        if b" " in line:  # not DONE, nor what answers a continuation
                            tag, line = line.split(b" ", 1)
                        command = line.decode().rstrip()
                        self.said.append(command)
                        answer = self._answer(command)
                        if answer is None:
                            break
                        connection.sendall(answer.replace(b"TAG", tag))
        except OSError:
            return  # closed at the end of the test

    def _answer(self, command: str) -> bytes | None:
        for pattern, answers in self._answers.items():
            if re.match(pattern, command):
                return answers.pop(0) if len(answers) > 1 else answers[0]
        return None

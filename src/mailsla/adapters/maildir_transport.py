"""A Maildir in the place of a mail server: letters as files to look at (the embedded set-up of `mailsla init`)."""

import hashlib
import os
from pathlib import Path

from mailsla.adapters.durable import synced
from mailsla.ports.mail import Outcome, Sent


class MaildirTransport:
    """Implements ports.mail.Transport. The folder is made when the first letter goes.

    A file is named after what it holds, so that a letter that is sent once more, after a crash, is there once.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def connect(self) -> Outcome:
        """There is nothing to connect to."""
        return Outcome(Sent.ACCEPTED, str(self._path))

    def send(self, sender: str, recipient: str, content: bytes) -> Outcome:
        """The letter, with Return-Path and Delivered-To on top (as a mail server adds them), is durably in new."""
        envelope = f"Return-Path: <{sender}>\r\nDelivered-To: {recipient}\r\n".encode()
        name = hashlib.sha256(envelope + content).hexdigest()[:32] + ".mailsla"
        try:
            for part in ("tmp", "new", "cur"):
                (self._path / part).mkdir(mode=0o700, parents=True, exist_ok=True)
            written = self._path / "tmp" / name
            with written.open("wb") as file:
                file.write(envelope + content)
                file.flush()
                os.fsync(file.fileno())
            written.rename(self._path / "new" / name)
            synced(self._path / "new")
        except OSError as error:
            return Outcome(Sent.ACCOUNT, f"{error.filename or self._path}: {error.strerror}")
        return Outcome(Sent.ACCEPTED, f"new/{name}")

    def largest(self) -> int | None:
        """No server says."""
        return None

    def wake(self) -> None:
        """Nothing here waits."""

    def close(self) -> None:
        """There is nothing to let go of."""

"""The network breaks at a random byte of IMAP and of SMTP, in both directions: cut, reset, silent, a byte at a time."""

import logging
import os
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

from tests.flows.office import Office, blank_database
from tests.servers.certificate import make_certificate
from tests.servers.dovecot import Dovecot
from tests.servers.smtp_sink import SmtpSink
from tests.wires.far_account import LOGIN, FarAccount
from tests.wires.far_mailbox import STALLS, FarMailbox
from tests.wires.talk import anywhere

from torture.row import Outcome, Row

BATCH = 25  # points of one office
_MAILBOXES = (("move", "none"), ("keyword", "none"), ("keyword", "starttls"))

Far = FarMailbox | FarAccount


def imap(seconds: float, seed: int) -> Outcome:
    """Against a Dovecot."""
    server = Dovecot()
    try:
        server.start()
        with _trusting(server.certificate.cert):

            @contextmanager
            def open_far(office: Office, number: int) -> Iterator[Far]:
                far = FarMailbox(office, server, *_MAILBOXES[number % 3])
                try:
                    yield far
                finally:
                    far.close()

            return _run(seconds, seed, open_far)
    finally:
        server.remove()


def smtp(seconds: float, seed: int) -> Outcome:
    """Against a server that keeps what it takes."""
    with tempfile.TemporaryDirectory(prefix="wires-") as folder:
        certificate = make_certificate(Path(folder))
        logging.getLogger("mail.log").setLevel(logging.CRITICAL + 1)  # of aiosmtpd: each fault has a trace there
        with _trusting(certificate.cert):

            @contextmanager
            def open_far(office: Office, number: int) -> Iterator[Far]:
                security = ("none", "none", "starttls")[number % 3]
                with SmtpSink(login=LOGIN, security=security, certificate=certificate) as sink:  # type: ignore[arg-type]
                    far = FarAccount(office, sink, security)
                    try:
                        yield far
                    finally:
                        far.close()

            return _run(seconds, seed, open_far)


def _run(seconds: float, seed: int, open_far: Callable[..., object]) -> Outcome:
    """Batch by batch; in each the conversation is learned, broken at random points, and what came of it looked at."""
    until, done, number = time.monotonic() + seconds, 0, 0
    faults: list[str] = []
    random = Random(seed)
    with tempfile.TemporaryDirectory(prefix="wires-") as folder:
        blank = blank_database(Path(folder))
        while number == 0 or time.monotonic() < until:
            place = Path(folder) / str(number)
            place.mkdir()
            try:
                office = Office(place, blank)
                with open_far(office, number) as far:  # type: ignore[attr-defined]
                    found = far.learn()
                    for _ in range(BATCH):
                        far.strike(anywhere(found, random, STALLS))
                        if time.monotonic() > until:
                            break
                    faults += [f"seed {seed}, batch {number}: {fault}" for fault in far.faults()]
                    done += len(far.struck)
                office.close()
            except Exception:  # noqa: BLE001 - a row stops at nothing that it finds
                faults.append(f"seed {seed}, batch {number}: {traceback.format_exc(limit=-4)}")
            number += 1
    return Outcome(done, tuple(faults), {"batches": number})


@contextmanager
def _trusting(certificate: Path) -> Iterator[None]:
    before = os.environ.get("SSL_CERT_FILE")
    os.environ["SSL_CERT_FILE"] = str(certificate)
    try:
        yield
    finally:
        if before is None:
            del os.environ["SSL_CERT_FILE"]
        else:
            os.environ["SSL_CERT_FILE"] = before


ROWS = [
    Row("proxy cuts IMAP", "points", 1000, 15, imap, least=30),
    Row("proxy cuts SMTP", "points", 500, 7, smtp, least=30),
]

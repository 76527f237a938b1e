"""The doors of a dry run: nothing goes out by them, and the log says what would."""

import logging
from collections.abc import Iterator

import pytest
from structlog.testing import capture_logs

from mailsla import bootstrap
from mailsla.adapters.dry_run import DryTransport, TellingReader
from mailsla.adapters.reader import Reader
from mailsla.ports.mail import Sent
from tests.flows.mails import ANA, write


@pytest.fixture(autouse=True)
def _level() -> Iterator[None]:
    """As `mailsla run` sets it; other tests want quiet."""
    bootstrap.configure_logs(json=False, level=logging.INFO)
    yield
    bootstrap.configure_logs(json=False, level=logging.WARNING)


def test_a_letter_is_taken_for_sent_and_said() -> None:
    transport = DryTransport()
    letter = b"Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\nTo: ana@mail.example\r\n\r\nsecret\r\n"
    assert transport.connect().sent is Sent.ACCEPTED
    with capture_logs() as logs:
        outcome = transport.send("support@acme.example", "ana@mail.example", letter)
    assert outcome.sent is Sent.DRY_RUN
    assert logs == [{"event": "would send", "log_level": "info", "to": "ana@mail.example", "subject": "Grüße"}]
    assert transport.letters == 1


def test_a_mail_is_read_and_said() -> None:
    raw = bytes(write(ANA))
    reader = TellingReader(Reader())
    with capture_logs() as logs:
        mail = reader.read(raw)
    assert mail == Reader().read(raw)
    assert [(line["event"], line["sender"], line["subject"]) for line in logs] == [
        ("mail read", "ana@mail.example", "Where is my parcel?")
    ]
    assert reader.mails == 1

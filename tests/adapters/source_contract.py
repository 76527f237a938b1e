"""What every source of mails owes the flows (ports.mail.Source), run against each of them by a subclass."""

import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

import pytest

from mailsla.config.settings import MailboxSettings
from mailsla.errors import PermanentError, TemporaryError
from mailsla.ports.mail import Arrival, Source


def mail(subject: str, size: int = 0) -> bytes:
    return f"From: anna@customer.example\r\nSubject: {subject}\r\n\r\n{'x' * size}\r\n".encode()


def fetched(source: Source, uids: tuple[str, ...]) -> list[Arrival]:
    return [arrival for batch in source.fetch(uids) for arrival in batch]


def mailbox_at(port: int, user: str) -> MailboxSettings:
    """The support mailbox on an IMAP server of a test."""
    return MailboxSettings(
        name="support",
        address="support@acme.example",
        host="localhost",
        port=port,
        security="none",
        user=user,
        timeout_seconds=5,
    )


@contextmanager
def later(seconds: float, do: Callable[[], object]) -> Iterator[None]:
    """Call `do` in another thread, `seconds` from now."""
    timer = threading.Timer(seconds, do)
    timer.start()
    try:
        yield
    finally:
        timer.join()


class Box(Protocol):
    """A mailbox to test with."""

    def source(self, mark: str = "keyword", folder: str = "INBOX") -> Source: ...

    def deliver(self, raw: bytes) -> None: ...

    def remove(self, uid: str) -> None: ...

    def done(self) -> list[bytes]:
        """What lies in the done folder."""

    def state(self) -> object:
        """All that a person could notice of the mailbox."""


class SourceContract(ABC):
    @pytest.fixture
    @abstractmethod
    def box(self) -> Box: ...

    def test_an_empty_box_is_surveyed(self, box: Box) -> None:
        assert box.source().survey().uids == ()

    def test_survey_lists_all_and_is_stable(self, box: Box) -> None:
        for number in range(3):
            box.deliver(mail(f"mail {number}"))
        source = box.source()
        first = source.survey()
        assert len(set(first.uids)) == 3
        assert source.survey() == first
        assert box.source().survey() == first

    def test_fetch_gives_the_bytes_and_the_time_of_receipt(self, box: Box) -> None:
        before = int(time.time()) - 1
        box.deliver(mail("one"))
        source = box.source()
        [arrival] = fetched(source, source.survey().uids)
        assert arrival.raw == mail("one")
        assert arrival.received_at is not None
        assert before <= arrival.received_at <= int(time.time()) + 1

    def test_fetch_is_in_batches_of_50(self, box: Box) -> None:
        for number in range(120):
            box.deliver(mail(f"mail {number}"))
        source = box.source()
        batches = list(source.fetch(source.survey().uids))
        assert [len(batch) for batch in batches] == [50, 50, 20]
        assert {arrival.raw for batch in batches for arrival in batch} == {mail(f"mail {n}") for n in range(120)}

    def test_large_mails_do_not_share_a_batch(self, box: Box) -> None:
        for number in range(3):
            box.deliver(mail(f"large {number}", size=9_000_000))
        source = box.source()
        assert [len(batch) for batch in source.fetch(source.survey().uids)] == [1, 1, 1]

    def test_a_mail_that_is_gone_meanwhile_is_left_out(self, box: Box) -> None:
        for number in range(3):
            box.deliver(mail(f"mail {number}"))
        source = box.source()
        uids = source.survey().uids
        kept = {arrival.uid: arrival.raw for arrival in fetched(source, uids)}
        box.remove(uids[1])
        assert {arrival.uid: arrival.raw for arrival in fetched(source, uids)} == {
            uid: raw for uid, raw in kept.items() if uid != uids[1]
        }

    def test_reading_changes_nothing_that_a_person_sees(self, box: Box) -> None:
        box.deliver(mail("unread"))
        before = box.state()
        source = box.source(mark="none")
        uids = source.survey().uids
        fetched(source, uids)
        source.mark(uids)
        source.close()
        assert box.state() == before

    def test_mark_by_move_keeps_every_mail(self, box: Box) -> None:
        for number in range(3):
            box.deliver(mail(f"mail {number}"))
        source = box.source(mark="move")
        uids = source.survey().uids
        read = {arrival.uid: arrival.raw for arrival in fetched(source, uids)}
        source.mark(uids[:2])
        assert source.survey().uids == uids[2:]
        assert sorted(box.done()) == sorted(read[uid] for uid in uids[:2])
        source.mark(uids[:2])  # once more, after a crash
        assert len(box.done()) == 2

    def test_wait_ends_when_a_mail_comes(self, box: Box) -> None:
        source = box.source()
        known = source.survey().uids
        started = time.monotonic()
        with later(0.3, do=lambda: box.deliver(mail("new"))):
            assert source.wait(30) is True
        assert time.monotonic() - started < 5
        assert len(set(source.survey().uids) - set(known)) == 1

    def test_wait_sees_a_mail_that_came_between_survey_and_wait(self, box: Box) -> None:
        box.deliver(mail("old"))
        source = box.source()
        uids = source.survey().uids
        box.deliver(mail("between"))
        fetched(source, uids)
        source.mark(uids)
        started = time.monotonic()
        assert source.wait(30) is True
        assert time.monotonic() - started < 5

    def test_wait_ends_when_its_time_is_over(self, box: Box) -> None:
        box.deliver(mail("old"))
        source = box.source()
        source.survey()
        started = time.monotonic()
        assert source.wait(0.7) is False
        assert 0.6 < time.monotonic() - started < 3

    def test_wake_ends_a_wait_within_a_second_and_for_good(self, box: Box) -> None:
        source = box.source()
        source.survey()
        with later(0.3, do=source.wake):
            started = time.monotonic()
            assert source.wait(30) is False
        assert time.monotonic() - started < 1.3
        assert source.wait(30) is False
        with pytest.raises(TemporaryError, match="told to stop"):
            source.survey()
        source.close()

    def test_a_folder_that_is_missing_is_permanent_and_named(self, box: Box) -> None:
        with pytest.raises(PermanentError, match="Absent"):
            box.source(folder="Absent").survey()

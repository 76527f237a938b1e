"""The watchdog hears of a daemon only while each of its loops gives signs of life."""

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from mailsla.config.settings import MailboxSettings
from mailsla.daemon import Daemon, common, daemon, pulse
from mailsla.daemon.common import Common
from mailsla.daemon.pulse import Pulse
from mailsla.daemon.watching import Watch
from mailsla.flows import leases
from mailsla.ports.mail import Arrival, Survey
from tests.adapters.source_contract import later
from tests.daemon.conftest import Shop
from tests.flows.conftest import _blank, office, open_office  # noqa: F401 - fixtures
from tests.flows.office import Office


class Stuck:
    """ports.mail.Source whose server never answers, until it is woken."""

    def __init__(self) -> None:
        self._woken = threading.Event()

    def survey(self) -> Survey:
        self._woken.wait()
        return Survey(folder="INBOX", uidvalidity=1, uidnext=1, uids=())

    def fetch(self, uids: object) -> list[object]:
        return []

    def mark(self, uids: object) -> None:
        """Nothing is marked."""

    def wait(self, seconds: float) -> bool:
        self._woken.wait(seconds)
        return False

    def wake(self) -> None:
        self._woken.set()

    def close(self) -> None:
        """Nothing is open."""


def test_a_loop_hangs_when_it_has_been_silent_for_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pulse, "HANGS_AFTER", -1.0)
    pulses = Pulse()
    pulses.beat("process")
    pulses.beat("deliver", allow=60)
    pulses.beat("mailbox gone")
    pulses.forget("mailbox gone")
    assert pulses.hanging() == ["process"]
    assert pulses.loops() == {"process": True, "deliver": False}


class Slow(Stuck):
    """Gives a mail at a time; `seen`: which loops hang while one is on its way."""

    def __init__(self, hanging: Callable[[], list[str]]) -> None:
        super().__init__()
        self.seen: list[list[str]] = []
        self._hanging = hanging

    def survey(self) -> Survey:
        return Survey(folder="INBOX", uidvalidity=1, uidnext=3, uids=("1", "2"))

    def fetch(self, uids: Sequence[str]) -> Iterator[list[Arrival]]:
        for uid in uids:
            self.seen.append(self._hanging())
            yield [Arrival(uid=uid, raw=b"From: a@b.example\n\n", received_at=None)]


def test_a_large_mail_on_a_slow_line_is_no_loop_that_hangs(
    office: Office,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pulse, "HANGS_AFTER", -60.0)  # only what is allowed beyond it counts
    common = Common(office.services)
    source = Slow(common.pulse.hanging)
    box = MailboxSettings(name="slow", address="slow@acme.example", start_from="all")
    watch = Watch(common, box, source)
    lease = leases.take_mailbox(office.services, box)
    assert lease is not None
    common.pulse.beat(watch.name)
    assert common.pulse.hanging() == [watch.name]
    watch._poll(lease, None)
    assert source.seen == [[], []]


def test_a_loop_that_hangs_silences_the_watchdog_and_no_other_loop(
    office: Office,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The mailbox is stuck; all other loops turn every 2 s and say so."""
    said: list[str] = []
    monkeypatch.setattr(daemon, "notify", said.append)
    monkeypatch.setattr(daemon, "watchdog_seconds", lambda: 0.2)
    monkeypatch.setattr(pulse, "HANGS_AFTER", 3.0)
    box = MailboxSettings(name="stuck", address="stuck@acme.example", timeout_seconds=0)
    running = Daemon(office.services, [(box, Stuck())], office.postbox)
    with capture_logs() as log, later(5, do=running.stop):
        assert running.run() == 0
    assert said[0] == "READY=1"
    assert said[-1] == "STOPPING=1"
    assert 10 <= said.count("WATCHDOG=1") <= 16
    hanging = [line["loops"] for line in log if line["event"] == "loops hang"]
    assert hanging
    assert all(loops == ["mailbox stuck"] for loops in hanging)


HANGING = {
    "leases": "mailsla.flows.leases.renew",
    "process": "mailsla.flows.process.process_next",
    "due": "mailsla.flows.deadlines.next_due",
    "deliver": "mailsla.flows.delivery.render_due",
    "logins": "mailsla.daemon.daemon.Daemon._look_at_logins",
    "metrics": "mailsla.daemon.publishing.Publishing.turn",
    "board": "mailsla.daemon.boarding.Boarding.turn",
    "learning": "mailsla.daemon.learning.Learning.turn",
    "reports": "mailsla.daemon.reporting.Reporting.turn",
}


def test_every_loop_is_watched(
    office: Office,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """All of them hang in what they do at each turn: all are named, and the watchdog hears nothing."""
    over = threading.Event()
    said: list[str] = []
    monkeypatch.setattr(daemon, "notify", said.append)
    monkeypatch.setattr(daemon, "watchdog_seconds", lambda: 0.2)
    monkeypatch.setattr(pulse, "HANGS_AFTER", 0.3)
    for place in HANGING.values():
        monkeypatch.setattr(place, lambda *_: over.wait() and 0)
    running = Daemon(office.services, [], office.postbox)

    def stop() -> None:
        over.set()
        running.stop()

    with capture_logs() as log, later(2, do=stop):
        assert running.run() == 0
    assert set(HANGING) == set(common.LOOPS)
    assert [line["loops"] for line in log if line["event"] == "loops hang"][-1] == list(HANGING)
    assert said.count("WATCHDOG=1") <= 3


def test_systemd_hears_of_a_daemon_that_is_well(shop: Shop) -> None:
    shop.start({"WATCHDOG_USEC": "400000"})
    assert [shop.told() for _ in range(3)] == ["WATCHDOG=1"] * 3


@pytest.mark.parametrize("hangs", [False, True])
def test_another_daemon_may_take_a_mailbox_whose_loop_hangs(
    office: Office,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
    hangs: bool,
) -> None:
    mailbox = office.services.settings.mailboxes[0]
    made = Daemon(office.services, [(mailbox, Stuck())], office.postbox)
    watch = made._watches[mailbox.name]
    assert watch._take() is not None
    monkeypatch.setattr(pulse, "HANGS_AFTER", -1.0 if hangs else 60.0)
    made._common.pulse.beat(watch.name)
    for _ in range(2):
        office.now += leases.LIVES - 1
        made._renew()
    other = replace(office.services, owner="other")
    assert (leases.take_mailbox(other, mailbox) is not None) == hangs

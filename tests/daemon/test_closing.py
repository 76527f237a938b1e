"""A connection that can't even be closed: the loop goes on, and what failed first is what is told."""

from collections.abc import Iterator, Sequence

import pytest

from mailsla.daemon.beside import Beside
from mailsla.daemon.common import Common
from mailsla.daemon.watching import Watch
from mailsla.errors import TemporaryError
from mailsla.flows import leases
from mailsla.ports.mail import Arrival, Survey
from mailsla.ports.store.leases import Lease
from tests.e2e.waiting import until
from tests.flows.conftest import OpenOffice, _blank, open_office  # noqa: F401 - fixtures
from tests.flows.mails import OPERATOR
from tests.flows.office import Office

PATIENCE = 20.0  # seconds


class Sticking:
    """ports.mail.Source: each look fails, and so does each close."""

    def __init__(self) -> None:
        self.looks = 0

    def survey(self) -> Survey:
        self.looks += 1
        raise TemporaryError("the server is gone", "start it")

    def fetch(self, uids: Sequence[str]) -> Iterator[list[Arrival]]:
        return iter(())

    def mark(self, uids: Sequence[str]) -> None: ...

    def wait(self, seconds: float) -> bool:
        return False

    def wake(self) -> None: ...

    def close(self) -> None:
        raise RuntimeError("not even closed")

    def look(self, lease: Lease) -> None:
        self.survey()


@pytest.fixture
def office(open_office: OpenOffice) -> Office:  # noqa: F811
    return open_office()


def alerts(office: Office) -> list[str]:
    office.work()
    return [" ".join(one.subject.split()) for one in office.letters(OPERATOR, "operator_alert")]


def looks_on(common: Common, source: Sticking) -> None:
    """The loop of the mailbox takes it up again and again, until it is ended."""
    watch = Watch(common, common.services.settings.mailboxes[0], source)
    watch.thread.start()
    try:
        until(lambda: source.looks > 2, PATIENCE, lambda: "it looks no more")
    finally:
        watch.end()
        watch.thread.join(PATIENCE)


def test_the_loop_of_a_mailbox(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mailsla.daemon.resting.FIRST_REST", 0)
    leases.arrive(office.services)
    common = Common(office.services)
    looks_on(common, Sticking())
    assert not common.pulse.loops()  # the watchdog doesn't wait for a loop that has ended
    assert ["the server is gone" in one for one in alerts(office)] == [True]


def test_what_belongs_to_a_mailbox(office: Office) -> None:
    leases.arrive(office.services)
    lease = leases.take_mailbox(office.services, office.services.settings.mailboxes[0])
    assert lease is not None
    beside = Beside(Common(office.services), "support (sent_folder)", Sticking())
    beside.look(lease)
    beside.close()
    assert ["the server is gone" in one for one in alerts(office)] == [True]


def test_telling_the_operator_fails(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """By a fault of ours: the loop that tells of its failure goes on all the same."""

    def mistaken(*_: object, **__: object) -> None:
        raise KeyError("of ours")

    monkeypatch.setattr("mailsla.daemon.resting.FIRST_REST", 0)
    monkeypatch.setattr("mailsla.daemon.common.alert", mistaken)
    leases.arrive(office.services)
    source = Sticking()
    monkeypatch.setattr(source, "close", lambda: None)
    looks_on(Common(office.services), source)

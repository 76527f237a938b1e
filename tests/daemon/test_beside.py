"""What belongs to a mailbox fails for a while: the operator hears when it does, and when it works again."""

import pytest

from mailsla.daemon.beside import Beside
from mailsla.daemon.common import Common
from mailsla.errors import TemporaryError
from mailsla.flows import leases
from mailsla.ports.store.leases import Lease
from tests.flows.conftest import OpenOffice, _blank, open_office  # noqa: F401 - fixtures
from tests.flows.mails import OPERATOR
from tests.flows.office import HOUR, Office

NAME = "support (sent_folder)"


class Folder:
    """A task that fails while it is told to."""

    def __init__(self) -> None:
        self.broken = False

    def look(self, lease: Lease) -> None:
        if self.broken:
            raise TemporaryError("the folder is gone", "make it again")

    def wake(self) -> None: ...

    def close(self) -> None: ...


@pytest.fixture
def office(open_office: OpenOffice) -> Office:  # noqa: F811
    return open_office()


def test_one_letter_when_it_fails_and_one_in_its_thread_when_it_works_again(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Folder()
    passed = 0.0
    monkeypatch.setattr("mailsla.daemon.beside.time.monotonic", lambda: passed)
    leases.arrive(office.services)
    lease = leases.take_mailbox(office.services, office.services.settings.mailboxes[0])
    assert lease is not None
    beside = Beside(Common(office.services), NAME, folder)
    for broken in (False, True, True, False, False):
        folder.broken = broken
        beside.look(lease)
        passed += HOUR
        office.now += HOUR
    office.work()
    failed, works = office.letters(OPERATOR, "operator_alert")
    assert f"mailbox {NAME} can't be read: the folder is gone" in " ".join(failed.subject.split())
    assert f"mailbox {NAME} works again" in works.subject
    assert "Well again" in works.text
    assert works.header("References") == failed.header("References") != ""
    assert "11:00" in works.text  # since the first failure

"""A new UIDVALIDITY (Dovecot's index and uidlist are deleted) at any moment: what is held opens and answers nothing.

At rest, and where a folder goes and comes back: tests/flows/test_ways.py.
"""

from collections.abc import Iterator, Sequence

import pytest

from mailsla.errors import TemporaryError
from mailsla.flows import accept
from mailsla.ports.mail import Arrival
from tests.adapters.source_contract import later
from tests.flows.conftest import OpenOffice
from tests.flows.mails import write
from tests.flows.office import HOUR
from tests.flows.watched import Box
from tests.servers.dovecot import Dovecot

pytestmark = pytest.mark.dovecot

ONE, TWO, THREE = (f"C{number} <c{number}@m{number}.example>" for number in range(3))


@pytest.fixture
def box(open_office: OpenOffice, dovecot: Dovecot) -> Iterator[Box]:
    """Watched since an hour ago, and empty."""
    box = Box(open_office(), dovecot)
    box.poll()
    box.office.now += HOUR
    yield box
    for source in box.opened:
        source.close()


def settle(box: Box, polls: int = 4) -> None:
    """The daemon goes on: what fails is tried again with a new connection."""
    for _ in range(polls):
        try:
            box.poll()
        except TemporaryError:
            box.source.close()
            box.office.now += 60


def once(box: Box, count: int) -> None:
    """So many mails: a ticket and an acknowledgement each, and each marked on the server."""
    assert len(box.office.tickets()) == count
    assert len(box.acknowledged()) == len(set(box.acknowledged())) == count
    assert set(box.states()) <= {"done", "duplicate"}
    assert box.states()["done"] == count
    assert set(map(frozenset, box.server.flags(box.user).values())) == {frozenset({"$mailsla"})}


def test_between_two_batches(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    senders = [f"C{number} <c{number}@m{number}.example>" for number in range(53)]
    with box.server.login(box.user) as client:
        for sender in senders:
            client.append("INBOX", bytes(write(sender)))
    fetch, renumbered = box.source.fetch, []

    def broken(uids: Sequence[str]) -> Iterator[list[Arrival]]:
        for number, batch in enumerate(fetch(uids)):
            yield batch
            if number == 0 and not renumbered:
                renumbered.append(len(batch))
                box.server.renumber(box.user)
                box.source._drop()  # Dovecot holds what a connection has open; the network does not

    monkeypatch.setattr(box.source, "fetch", broken)
    settle(box)
    assert renumbered == [50]
    once(box, len(senders))


def test_while_idle(box: Box) -> None:
    box.put(ONE)
    box.poll()

    def meanwhile() -> None:
        box.server.renumber(box.user)
        box.put(TWO)

    with later(0.1, meanwhile):
        try:
            box.source.wait(5)
        except TemporaryError:
            box.source.close()
    settle(box)
    once(box, 2)


def test_with_mails_accepted_and_not_yet_processed(box: Box) -> None:
    for sender in (ONE, TWO):
        box.put(sender)
    accept.poll(box.office.services, box.settings, box.source)
    box.source.close()
    box.server.renumber(box.user)
    box.put(THREE)
    accept.poll(box.office.services, box.settings, box.source)  # both copies wait now
    assert box.states() == {"stored": 5}
    settle(box)
    once(box, 3)


@pytest.mark.parametrize("connected", [True, False])
def test_with_mails_processed_and_not_yet_marked(box: Box, connected: bool) -> None:
    """Their UIDs mean other mails now: the first is gone, so that each has the UID of the one before."""
    for sender in (ONE, TWO):
        box.put(sender)
    accept.poll(box.office.services, box.settings, box.source)
    box.office.work()
    box.person(lambda client: (client.delete_messages([1]), client.expunge()))
    if not connected:
        box.source.close()
    box.server.renumber(box.user)
    box.put(THREE)
    if not connected:
        with pytest.raises(TemporaryError, match="new UIDVALIDITY"):
            accept.mark_done(box.office.services, box.settings, box.source)
        assert set().union(*box.server.flags(box.user).values()) == set()
    settle(box)
    once(box, 3)


@pytest.mark.parametrize("folder", ["", ".mailsla-done"], ids=["INBOX", "done folder"])
def test_with_mails_already_moved(box: Box, folder: str) -> None:
    box.open(mark="move")
    for sender in (ONE, TWO):
        box.put(sender)
    settle(box, 2)
    assert box.server.flags(box.user) == {}
    box.source.close()
    box.server.renumber(box.user, folder)
    box.put(THREE)
    settle(box)
    assert box.states() == {"done": 3}
    assert len(box.office.tickets()) == len(box.acknowledged()) == 3
    assert len(box.server.flags(box.user, "mailsla-done")) == 3


def test_with_mails_already_marked(box: Box) -> None:
    """The marks stay in the file names; they are not what tells us."""
    for sender in (ONE, TWO):
        box.put(sender)
    settle(box, 2)
    box.source.close()
    box.server.renumber(box.user)
    settle(box)
    once(box, 2)
    assert box.states() == {"done": 2, "duplicate": 2}

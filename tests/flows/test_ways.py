"""The mailbox's own ways, on a real Dovecot: whatever it does and whoever else works in it, nothing is lost or doubled.

The flows and the daemon's loop of a mailbox run here, in an office whose clock is set; letters stay in memory.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest

from mailsla.errors import PermanentError, TemporaryError
from mailsla.flows import accept
from mailsla.flows.comparing import compare
from mailsla.ports.mail import Survey
from tests.adapters.source_contract import later
from tests.flows.conftest import OpenOffice
from tests.flows.mails import ANA, OPERATOR, RIO, address, write
from tests.flows.office import HOUR
from tests.flows.watched import Box, Watched
from tests.servers import dovecot as dovecots
from tests.servers.dovecot import Dovecot
from tests.servers.proxy import Proxy

pytestmark = pytest.mark.dovecot

PLAIN = "IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE LITERAL+ AUTH=PLAIN NAMESPACE UIDPLUS"


@pytest.fixture
def box(open_office: OpenOffice, dovecot: Dovecot) -> Iterator[Box]:
    """Watched since an hour ago, and empty."""
    box = Box(open_office(), dovecot)
    box.poll()
    box.office.now += HOUR
    yield box
    for source in box.opened:
        source.close()


def expunge(uid: int) -> Callable[..., object]:
    def do(client: object) -> None:
        client.delete_messages([uid])  # type: ignore[attr-defined]
        client.expunge()  # type: ignore[attr-defined]

    return do


class TestRenumbered:
    def test_a_new_uidvalidity_brings_nothing_twice_and_loses_nothing(self, box: Box) -> None:
        for sender in (ANA, RIO):
            box.put(sender)
        box.poll()
        box.source.close()
        box.server.renumber(box.user)
        box.put("Bea <bea@mail.example>")
        box.office.now += HOUR
        assert box.poll().accepted == 3
        assert box.states() == {"done": 3, "duplicate": 2}
        assert box.acknowledged() == [address(ANA), "bea@mail.example", address(RIO)]

    def test_while_it_is_watched(self, box: Box) -> None:
        """The connection is open, and the folder is made anew between two looks."""
        box.put(ANA)
        box.poll()
        box.server.renumber(box.user)
        box.put(RIO)
        for _ in range(3):
            with suppress(TemporaryError):
                box.poll()
        assert box.states() == {"done": 2, "duplicate": 1}
        assert box.acknowledged() == [address(ANA), address(RIO)]

    def test_what_was_there_before_us_stays_before(self, open_office: OpenOffice, dovecot: Dovecot) -> None:
        box = Box(open_office(), dovecot)
        box.put(ANA)
        box.office.now += HOUR
        box.poll()
        box.source.close()
        box.server.renumber(box.user)
        box.poll()
        assert box.states() == {"before": 1}
        box.source.close()


class TestUnderOurFeet:
    def test_expunged_between_search_and_fetch(self, box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
        for sender in (ANA, RIO):
            box.put(sender)
        survey = box.source.survey

        def meanwhile() -> Survey:
            found = survey()
            box.person(expunge(1))
            return found

        monkeypatch.setattr(box.source, "survey", meanwhile)
        polled = box.poll()
        assert (polled.on_server, polled.accepted) == (2, 1)
        assert box.acknowledged() == [address(RIO)]

    def test_expunged_during_idle(self, box: Box) -> None:
        for sender in (ANA, RIO):
            box.put(sender)
        box.poll()

        def meanwhile() -> None:
            box.person(expunge(1))
            box.put("Bea <bea@mail.example>")

        with later(0.2, meanwhile):
            assert box.source.wait(30) is True
        assert box.poll().accepted == 1
        assert box.acknowledged() == [address(ANA), "bea@mail.example", address(RIO)]

    def test_expunged_before_its_mark(self, box: Box) -> None:
        box.put(ANA)
        box.poll()
        box.person(expunge(1))
        box.put(RIO)
        box.poll()
        box.poll()
        assert box.server.flags(box.user) == {2: {"$mailsla"}}

    def test_a_person_reads_flags_and_moves(self, box: Box) -> None:
        """All three mails are dealt with; what the person did stays as it is."""
        for sender in (ANA, RIO, "Bea <bea@mail.example>"):
            box.put(sender)

        def work(client: object) -> None:
            client.add_flags([1], ["\\Seen"])  # type: ignore[attr-defined]
            client.add_flags([2], ["\\Flagged", "\\Answered", "mine"])  # type: ignore[attr-defined]

        box.person(work)
        accept.poll(box.office.services, box.settings, box.source)
        box.person(lambda client: (client.create_folder("Old"), client.move([3], "Old")))
        box.office.work()
        box.poll()
        assert box.states() == {"done": 3}
        assert box.server.flags(box.user) == {
            1: {"\\Seen", "$mailsla"},
            2: {"\\Flagged", "\\Answered", "mine", "$mailsla"},
        }

    def test_a_mail_that_is_moved_away_and_back_is_the_same_mail(self, box: Box) -> None:
        box.put(ANA)
        box.poll()
        box.person(lambda client: (client.create_folder("Old"), client.move([1], "Old")))
        box.poll()
        box.person(lambda client: client.move([1], "INBOX"), "Old")
        assert box.poll().accepted == 1
        assert box.states() == {"done": 1, "duplicate": 1}
        assert box.acknowledged() == [address(ANA)]

    def test_a_mail_that_a_person_moves_in_counts(self, box: Box) -> None:
        """From their own folder, where it lay before mailsla was: it has a new UID (mail.md 1)."""
        with box.server.login(box.user) as client:
            client.create_folder("Private")
        box.put(ANA, folder="Private")
        box.person(lambda client: client.move([1], "INBOX"), "Private")
        box.poll()
        assert box.states() == {"done": 1}
        assert len(box.office.tickets()) == 1


class TestFolder:
    def test_one_that_is_not_there_is_named_and_read_once_it_is(self, box: Box) -> None:
        box.open(folder="Complaints")
        with pytest.raises(PermanentError, match="has no folder Complaints") as missing:
            box.poll()
        assert "INBOX" in missing.value.mend
        with box.server.login(box.user) as client:
            client.create_folder("Complaints")
        box.poll()
        box.put(ANA, folder="Complaints")
        box.poll()
        assert box.acknowledged() == [address(ANA)]

    def test_one_that_goes_and_comes_back_brings_nothing_twice(self, box: Box) -> None:
        with box.server.login(box.user) as client:
            client.create_folder("Complaints")
        box.open(folder="Complaints")
        box.poll()
        raw = bytes(write(ANA))
        box.deliver(raw, "Complaints")
        box.poll()
        box.source.close()
        with box.server.login(box.user) as client:
            client.delete_folder("Complaints")
        with pytest.raises(PermanentError, match="has no folder"):
            box.poll()
        with box.server.login(box.user) as client:
            client.create_folder("Complaints")
        box.deliver(raw, "Complaints")
        box.poll()
        assert len(box.office.tickets()) == 1
        assert box.acknowledged() == [address(ANA)]


@pytest.fixture(scope="module")
def plain() -> Iterator[Dovecot]:
    """A server without IDLE and MOVE."""
    with dovecots.running(settings=f"imap_capability = {PLAIN}") as server:
        yield server


class TestPoorServers:
    @pytest.mark.parametrize("mark", ["keyword", "move"])
    def test_without_idle_and_move_mail_is_polled_and_marked_by_a_keyword(
        self,
        open_office: OpenOffice,
        plain: Dovecot,
        mark: str,
    ) -> None:
        box = Box(open_office(), plain)
        box.open(mark=mark)
        assert not {"IDLE", "MOVE"} & set(box.source.probe().capabilities)
        box.poll()
        box.office.now += HOUR
        with later(0.1, lambda: box.put(ANA)):
            assert box.source.wait(0.4) is False  # nobody told us
        box.poll()
        box.poll()
        assert box.acknowledged() == [address(ANA)]
        assert plain.flags(box.user) == {1: {"$mailsla"}}
        box.source.close()

    @pytest.mark.parametrize("rights", ["lrst", "lr"], ids=["no keywords", "read only"])
    def test_where_nothing_can_be_marked_all_is_known_by_our_rows(self, box: Box, rights: str) -> None:
        box.put(ANA)
        box.server.allow(box.user, rights)
        box.source.close()
        for _ in range(3):
            box.poll()
        assert box.source.probe().marking == "none"
        assert box.states() == {"done": 1}
        assert box.acknowledged() == [address(ANA)]
        assert box.server.flags(box.user) == {1: set()}


class TestNetwork:
    def test_a_connection_that_breaks_inside_a_literal_costs_no_mail(self, box: Box) -> None:
        for number in range(8):
            box.put(f"C{number} <c{number}@mail.example>", "x" * 5000)
        with Proxy(box.server.port) as proxy:
            box.open(port=proxy.port)
            proxy.cut_inside(b"5 FETCH (UID 5", after=500)
            with pytest.raises(TemporaryError, match="the connection was cut off"):
                box.poll()
            box.poll()
            assert box.states() == {"done": 8}
            assert len(box.acknowledged()) == len(set(box.acknowledged())) == 8

    @pytest.mark.parametrize("marker", [b"* OK", b"UIDVALIDITY", b"SEARCH", b"FETCH", b"BODY[]"])
    def test_wherever_it_breaks(self, box: Box, marker: bytes) -> None:
        box.put(ANA)
        with Proxy(box.server.port) as proxy:
            box.open(port=proxy.port)
            proxy.cut_inside(marker)
            with pytest.raises(TemporaryError):
                box.poll()
            box.poll()
            assert box.acknowledged() == [address(ANA)]

    def test_after_an_hour_without_network_the_daemon_has_caught_up_and_said_so_once(self, box: Box) -> None:
        with Proxy(box.server.port) as proxy:
            box.open(port=proxy.port, timeout_seconds=2)
            watched = Watched(box)
            proxy.down()
            for sender in (ANA, RIO):
                box.put(sender)
            watched.run(then=lambda passed: passed < HOUR or proxy.up() or True)
        box.office.work()
        assert box.acknowledged() == sorted((address(ANA), address(RIO)))
        subjects = [" ".join(one.subject.split()) for one in box.office.letters(OPERATOR, "operator_alert")]
        failed, works = subjects
        assert "mailbox support can't be read" in failed and "refuses connections" in failed
        assert "mailbox support was down, and has caught up (new mails: 2)" in works

    def test_after_the_daemon_itself_was_down_too(self, box: Box) -> None:
        box.put(ANA)
        box.office.now += 10 * HOUR
        Watched(box).run()
        box.office.work()
        (told,) = box.office.letters(OPERATOR, "operator_alert")
        assert "was down, and has caught up (new mails: 1)" in " ".join(told.subject.split())

    def test_before_the_first_look_nothing_was_down(self, open_office: OpenOffice, dovecot: Dovecot) -> None:
        """`mailsla init` remembers what is there; the daemon is started hours later, and finds a mail."""
        box = Box(open_office(), dovecot)
        accept.first_sight(box.office.services, box.settings, box.source.survey(), reads=False)
        assert compare(box.office.services, box.settings, box.source.survey()).read_at is None
        box.office.now += HOUR
        box.put(ANA)
        box.office.now += 10 * HOUR
        Watched(box).run()
        box.office.work()
        assert box.office.letters(OPERATOR) == []
        assert box.acknowledged() == [address(ANA)]
        box.source.close()

    def test_a_moment_without_network_that_nobody_noticed_is_nobodys_business(self, box: Box) -> None:
        box.office.now += 600 - HOUR
        Watched(box).run()
        box.office.work()
        assert box.office.letters(OPERATOR) == []

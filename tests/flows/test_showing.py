"""The shared mailbox shows how its tickets stand, on a real Dovecot; who works in it by hand breaks nothing."""

from collections.abc import Callable, Iterator

import pytest

from mailsla.adapters.imap_display import ImapDisplay
from mailsla.core.display import AT_RISK, BREACHED, DUE_TODAY, FLAGGED, WAITING
from mailsla.core.model import Status
from mailsla.flows import showing
from tests.flows.mails import ANA, RIO, SAM, address, answer
from tests.flows.office import DAY, HOUR, Office
from tests.flows.watched import Box
from tests.servers.dovecot import Dovecot

MARK = "$mailsla"


class ShownBox(Box):
    """A box that shows its tickets."""

    def show(self) -> int:
        """As the daemon does between two waits; how many mails changed."""
        with_display = ImapDisplay(self.settings, lambda: self.server.password)
        return showing.show(self.office.services, self.settings, with_display)

    def seen(self, folder: str = "INBOX") -> list[set[str]]:
        """The flags of all mails of a folder, by UID; our mark left out."""
        return [flags - {MARK} for _, flags in sorted(self.server.flags(self.user, folder).items())]

    def command(self, text: str, reference: str = "ACME-1001") -> None:
        """Whoever has the ticket replies to the notification with commands."""
        told = self.office.letters(kind="agent_notification")
        letter = next(one for one in told if f"[{reference}]" in one.subject)
        self.office.receive(answer(letter.to, letter, text))


def shown_box(office: Office, server: Dovecot, **settings: object) -> ShownBox:
    box = ShownBox(office, server)
    box.open(state="keywords", zone="Europe/Berlin", **settings)
    box.poll()
    box.office.now += 1
    return box


@pytest.fixture
def box(office: Office, dovecot: Dovecot) -> Iterator[ShownBox]:
    made = shown_box(office, dovecot)
    yield made
    for source in made.opened:
        source.close()


def complain(box: Box, sender: str = ANA) -> None:
    box.put(sender, "My parcel is late.")
    box.poll()


class TestKeywords:
    def test_they_follow_the_clocks_and_the_status(self, box: ShownBox) -> None:
        complain(box)
        assert box.show() == 1
        assert box.seen() == [{DUE_TODAY}]
        clock = box.office.clock("first_response")
        assert clock.due is not None
        box.office.wait_until(clock.due - 60)
        box.show()
        assert box.seen() == [{DUE_TODAY, AT_RISK}]
        box.office.wait(120)
        box.show()
        assert BREACHED in box.seen()[0]
        box.command("#wait customer\nWhich number?")
        box.show()
        assert box.seen() == [{WAITING}]
        box.command("#resolve\nIt is there.")
        box.show()
        assert box.seen() == [set()]

    def test_a_reminder_to_the_customer_stops_nothing(self, box: ShownBox) -> None:
        complain(box)
        box.command("#wait customer\nWhich number?")
        box.office.wait(6 * DAY)
        assert box.office.kinds(address(ANA))[-1] == "waiting_reminder"
        box.show()
        assert box.seen() == [{WAITING}]

    def test_at_the_turn_of_the_day_without_anything_else_happening(self, box: ShownBox) -> None:
        complain(box)
        box.command("I look into it.")
        box.show()
        due = box.office.clock("resolution").due
        assert due is not None
        box.office.now = due - 30 * HOUR
        box.show()
        assert DUE_TODAY not in box.seen()[0]
        box.office.now = due - HOUR
        box.show()
        assert DUE_TODAY in box.seen()[0]

    def test_urgent_is_flagged_and_only_our_flag_is_ever_removed(self, box: ShownBox) -> None:
        for sender in (ANA, RIO):
            complain(box, sender)
        box.person(lambda client: client.add_flags([2], [FLAGGED]))
        for reference in ("ACME-1001", "ACME-1002"):
            box.command("#priority urgent", reference)
        box.show()
        assert [FLAGGED in flags for flags in box.seen()] == [True, True]
        for reference in ("ACME-1001", "ACME-1002"):
            box.command("#priority low", reference)
        box.show()
        assert [FLAGGED in flags for flags in box.seen()] == [False, True]

    def test_what_a_person_takes_away_is_not_set_again(self, box: ShownBox) -> None:
        complain(box)
        box.show()
        box.person(lambda client: client.remove_flags([1], [DUE_TODAY]))
        assert box.show() == 0
        assert box.seen() == [set()]

    def test_nothing_to_do_asks_the_server_for_nothing(self, box: ShownBox, monkeypatch: pytest.MonkeyPatch) -> None:
        complain(box)
        assert (box.show(), box.show()) == (1, 0)
        monkeypatch.setattr(box.server, "password", "wrong")
        assert box.show() == 0

    def test_each_mail_of_the_customer_and_no_other(self, box: ShownBox) -> None:
        complain(box)
        box.deliver(bytes(answer(ANA, box.office.letter(address(ANA), "acknowledgement"), "Hello?")))
        box.poll()
        box.deliver(bytes(answer(SAM, box.office.letter(address(SAM), "agent_notification"), "#note Hm.")))
        box.poll()
        box.show()
        assert [DUE_TODAY in flags for flags in box.seen()] == [True, True, False]

    def test_a_crash_between_our_row_and_the_servers_flag_is_made_good(
        self, box: ShownBox, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        complain(box)

        def crash(*_: object) -> None:
            raise KeyboardInterrupt

        with monkeypatch.context() as broken, pytest.raises(KeyboardInterrupt):
            broken.setattr(ImapDisplay, "add", crash)
            box.show()
        assert box.seen() == [set()]
        box.show()
        assert box.seen() == [{DUE_TODAY}]

    def test_mails_of_a_merged_ticket_show_the_state_of_the_other(self, box: ShownBox) -> None:
        complain(box)
        complain(box)
        box.command("#merge 1001", "ACME-1002")
        box.command("#wait customer\nWhich number?")
        box.show()
        assert box.seen() == [{WAITING}, {WAITING}]
        box.command("#spam")
        box.show()
        assert box.seen() == [set(), set()]

    def test_switched_off_what_we_set_goes_and_nothing_else(self, box: ShownBox) -> None:
        complain(box)
        box.show()
        box.person(lambda client: client.add_flags([1], [FLAGGED]))
        box.open(state="none")
        assert (box.show(), box.show()) == (1, 0)
        assert box.seen() == [{FLAGGED}]

    @pytest.mark.parametrize("rights", ["lrst", "lr"], ids=["no keywords", "read only"])
    def test_where_the_server_keeps_none_it_is_tried_once(self, box: ShownBox, rights: str) -> None:
        complain(box)
        box.server.allow(box.user, rights)
        assert (box.show(), box.show()) == (1, 0)


class TestUnderOurFeet:
    def renumber(box: ShownBox) -> None:  # type: ignore[misc]
        box.source.close()
        box.server.renumber(box.user)

    def move_away_and_back(box: ShownBox) -> None:  # type: ignore[misc]
        box.person(lambda client: (client.create_folder("Old"), client.move([1], "Old")))
        box.poll()
        box.show()
        box.person(lambda client: client.move([1], "INBOX"), "Old")

    @pytest.mark.parametrize("what", [renumber, move_away_and_back])
    def test_the_mail_is_found_again_with_what_is_on_it(self, box: ShownBox, what: Callable[[ShownBox], None]) -> None:
        complain(box)
        box.show()
        what(box)
        box.poll()
        box.command("#wait customer\nWhich number?")
        box.show()
        assert box.seen() == [{WAITING}]
        assert box.office.tickets() == ["ACME-1001"]

    def test_one_that_is_gone_is_let_go(self, box: ShownBox) -> None:
        complain(box)
        box.person(lambda client: (client.create_folder("Old"), client.move([1], "Old")))
        assert (box.show(), box.show()) == (1, 0)
        box.poll()
        box.command("#resolve\nDone.")
        box.show()
        assert box.seen("Old") == [set()]


class TestFolders:
    @pytest.fixture
    def box(self, office: Office, dovecot: Dovecot) -> Iterator[ShownBox]:
        made = shown_box(office, dovecot, waiting_folder="Waiting", resolved_folder="Done")
        yield made
        for source in made.opened:
            source.close()

    def test_mails_go_where_their_status_belongs_and_come_back(self, box: ShownBox) -> None:
        complain(box)
        box.show()
        box.command("#wait customer\nWhich number?")
        box.show()
        assert (box.seen(), box.seen("Waiting")) == ([], [{WAITING}])
        box.deliver(bytes(answer(ANA, box.office.letter(address(ANA), "relay"), "JD-7719.")))
        box.poll()
        box.show()
        assert (len(box.seen()), box.seen("Waiting")) == (2, [])
        assert all(WAITING not in flags for flags in box.seen())
        assert box.poll().accepted == 1  # our own move, seen as a new UID
        assert box.office.tickets() == ["ACME-1001"]
        assert box.office.kinds(address(ANA)).count("acknowledgement") == 1
        box.command("#resolve\nIt is there.")
        box.show()
        assert (box.seen(), box.seen("Done")) == ([], [set(), set()])
        assert box.show() == 0

    def test_what_a_person_moves_back_stays_until_the_status_changes(self, box: ShownBox) -> None:
        complain(box)
        box.command("#wait customer\nWhich number?")
        box.show()
        box.person(lambda client: client.move(client.search(), "INBOX"), "Waiting")
        box.poll()
        for _ in range(2):
            box.show()
            assert box.seen() == [{WAITING}]
        box.command("#resolve\nIt is there.")
        box.show()
        assert (box.seen(), len(box.seen("Done"))) == ([], 1)

    def test_a_folder_that_somebody_deletes_is_let_go(self, box: ShownBox) -> None:
        complain(box)
        box.command("#wait customer\nWhich number?")
        box.show()
        with box.server.login(box.user) as client:
            client.delete_folder("Waiting")
        box.command("#resolve\nIt is there.")
        box.show()
        assert box.show() == 0
        assert box.office.ticket().status is Status.RESOLVED

    def test_of_an_ended_ticket_nothing_is_kept(self, box: ShownBox) -> None:
        complain(box)
        box.command("#resolve\nIt is there.")
        box.show()
        box.office.wait(60 * DAY)
        assert box.office.ticket().status is Status.CLOSED
        box.show()
        assert box.office.query("SELECT count(*) FROM shown_mails") == [(0,)]

"""Content that we hold already opens nothing and answers nothing (mail.md 1)."""

from collections.abc import Iterator, Sequence

import pytest

from mailsla.core.model import Instant, IntakeState
from mailsla.flows import accept
from mailsla.ports.mail import Arrival, Survey
from tests.flows.conftest import OpenOffice
from tests.flows.mails import ANA, SAM, SUPPORT, address, write
from tests.flows.office import DAY, HOUR, MONDAY, Office

IMAP = (
    'name = "support"\naddress = "support@acme.example"\nkind = "pipe"',
    'name = "support"\naddress = "support@acme.example"\nkind = "imap"\nhost = "imap.acme.example"\n'
    'user = "support"\npassword = { env = "IMAP_PASSWORD" }\nstart_from = "START"',
)


class Shelf:
    """ports.mail.Source over mails in memory: what a server holds, under uids that it may give anew."""

    def __init__(self) -> None:
        self.uidvalidity = 1
        self.held: dict[int, tuple[bytes, Instant]] = {}
        self.marked: list[str] = []

    def put(self, raw: bytes, at: Instant) -> None:
        self.held[max(self.held, default=0) + 1] = (raw, at)

    def renumber(self) -> None:
        """The server loses its index: a new UIDVALIDITY, other uids."""
        self.uidvalidity += 1
        self.held = {uid + 100: mail for uid, mail in self.held.items()}

    def survey(self) -> Survey:
        uids = tuple(str(uid) for uid in self.held)
        return Survey(folder="INBOX", uidvalidity=self.uidvalidity, uidnext=max(self.held, default=0) + 1, uids=uids)

    def fetch(self, uids: Sequence[str]) -> Iterator[list[Arrival]]:
        for uid in uids:
            raw, at = self.held[int(uid)]
            yield [Arrival(uid=uid, raw=raw, received_at=at)]

    def mark(self, uids: Sequence[str]) -> None:
        self.marked.extend(uids)

    def wait(self, seconds: float) -> bool:
        return True

    def wake(self) -> None: ...

    def close(self) -> None: ...


def poll(office: Office, shelf: Shelf) -> accept.Polled:
    polled = accept.poll(office.services, office.services.settings.mailbox("support"), shelf)
    office.work()
    return polled


def states(office: Office) -> dict[str, int]:
    with office.services.store.begin() as uow:
        return uow.intake.counts()


def test_the_same_bytes_again_open_nothing(office: Office) -> None:
    raw = bytes(write(ANA))
    first = office.receive(raw)
    office.wait(300 * DAY)
    again = office.receive(raw)
    assert (again.state, again.duplicate_of, again.ticket_id) == (IntakeState.DUPLICATE, first.id, first.ticket_id)
    assert office.tickets() == ["ACME-1001"]
    assert office.kinds(address(ANA)) == ["acknowledgement"]


@pytest.mark.parametrize(("days", "tickets"), [(0, 1), (6, 1), (8, 2)])
def test_the_same_mail_in_two_mailboxes_is_one_for_a_week(office: Office, days: int, tickets: int) -> None:
    mail = write(ANA, to=f"{SUPPORT}, sales@acme.example", headers={"Date": "Mon, 16 Nov 2026 09:00:00 +0000"})
    office.receive(b"Received: by support\r\n" + bytes(mail))
    office.now += days * DAY
    office.receive(b"Received: by sales\r\n" + bytes(mail), mailbox="sales")
    assert len(office.tickets()) == tickets


def test_the_same_message_id_with_another_content_is_another_mail(office: Office) -> None:
    """Anyone can send a Message-ID first: it suppresses nothing."""
    office.receive(write("Eve <eve@stranger.example>", headers={"Message-ID": "<1@mail.example>"}))
    office.receive(write(ANA, headers={"Message-ID": "<1@mail.example>"}))
    assert office.tickets() == ["ACME-1001", "ACME-1002"]
    assert office.kinds(address(ANA)) == ["acknowledgement"]


def test_a_server_that_numbers_anew_brings_nothing_twice(open_office: OpenOffice) -> None:
    office, shelf = open_office(*_imap("now")), Shelf()
    shelf.put(bytes(write(ANA, "Of last year.")), MONDAY - 300 * DAY)
    poll(office, shelf)
    office.now += HOUR
    shelf.put(bytes(write(ANA)), office.now)
    poll(office, shelf)
    assert office.tickets() == ["ACME-1001"]
    shelf.renumber()
    office.now += HOUR
    shelf.put(bytes(write(SAM.replace("sam@acme", "pam@mail"), "New.")), office.now)
    poll(office, shelf)
    assert office.tickets() == ["ACME-1001", "ACME-1002"]
    assert office.kinds(address(ANA)) == ["acknowledgement"]
    assert states(office) == {"before": 1, "done": 2, "duplicate": 1}


def test_a_restored_server_that_changes_a_header_brings_nothing_twice(open_office: OpenOffice) -> None:
    office, shelf = open_office(*_imap("all")), Shelf()
    mail = bytes(write(ANA, headers={"Date": "Mon, 16 Nov 2026 09:00:00 +0000"}))
    poll(office, shelf)
    office.now += HOUR
    shelf.put(mail, office.now)
    poll(office, shelf)
    shelf.held = {1: (b"X-Restored: yes\r\n" + mail, office.now)}
    shelf.uidvalidity = 2
    office.now += 90 * DAY
    poll(office, shelf)
    assert office.tickets() == ["ACME-1001"]


@pytest.mark.parametrize(
    ("start", "opened"),
    [("now", 0), ("2026-11-14", 1), ("all", 2)],
)
def test_first_sight(open_office: OpenOffice, start: str, opened: int) -> None:
    """What was there before us: ours from a date on, all of it, or none; and never acknowledged."""
    office, shelf = open_office(*_imap(start)), Shelf()
    shelf.put(bytes(write(ANA, "Of Friday the 13th.")), MONDAY - 3 * DAY)
    shelf.put(bytes(write(ANA, "Of Sunday.")), MONDAY - DAY)
    poll(office, shelf)
    assert len(office.tickets()) == opened
    assert office.letters(address(ANA)) == []
    office.now += HOUR
    shelf.put(bytes(write(ANA, "New.")), office.now)
    assert poll(office, shelf).on_server == 3
    assert len(office.tickets()) == opened + 1
    assert office.kinds(address(ANA)) == ["acknowledgement"]


def test_a_mail_is_marked_on_the_server_once_it_is_dealt_with(open_office: OpenOffice) -> None:
    office, shelf = open_office(*_imap("all")), Shelf()
    shelf.put(bytes(write(ANA)), MONDAY)
    poll(office, shelf)
    poll(office, shelf)
    poll(office, shelf)
    assert shelf.marked == ["1"]


def _imap(start: str) -> tuple[tuple[str, str], ...]:
    return ((IMAP[0], IMAP[1].replace("START", start)),)

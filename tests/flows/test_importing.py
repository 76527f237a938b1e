"""An import: tickets as of any mail, and no acknowledgement; each mail once, from wherever it came."""

from mailsla.core.model import IntakeState
from mailsla.flows import importing
from mailsla.ports.mail import Arrival
from tests.flows.mails import ANA, RIO, address, write
from tests.flows.office import DAY, MONDAY, Office


def take_in(office: Office, *mails: bytes, at: int | None = None) -> int:
    arrivals = [Arrival(uid="", raw=raw, received_at=at) for raw in mails]
    new = importing.take_in(office.services, office.services.settings.mailbox("support"), arrivals)
    office.work()
    return new


def test_the_customer_hears_nothing_and_the_agent_does(office: Office) -> None:
    assert take_in(office, bytes(write(ANA)), at=MONDAY - DAY) == 1
    assert office.ticket().received_at == MONDAY - DAY
    assert office.letters(to=address(ANA)) == []
    assert office.muted("acknowledgement") != []
    assert [one.kind for one in office.letters()].count("agent_notification") == 1
    assert office.intake(1).origin == "import"


def test_a_receipt_is_never_later_than_the_import(office: Office) -> None:
    take_in(office, bytes(write(ANA)), at=MONDAY + DAY)
    take_in(office, bytes(write(RIO)))
    assert [office.ticket(reference).received_at for reference in office.tickets()] == [MONDAY, MONDAY]


def test_the_same_mail_is_imported_once(office: Office) -> None:
    first, second = bytes(write(ANA)), bytes(write(RIO))
    assert take_in(office, first, first) == 1
    assert take_in(office, first, second) == 1  # as after an import that was cut off
    assert take_in(office, first, second) == 0
    assert len(office.tickets()) == 2


def test_what_came_by_the_mailbox_opens_nothing(office: Office) -> None:
    """Not even when its line ends are others in the archive, and a server has added a header meanwhile."""
    raw = bytes(write(ANA))
    office.receive(raw)
    changed = b"X-Archived: yes\r\n" + raw.replace(b"\n", b"\r\n")
    assert take_in(office, raw, changed) == 2
    assert [office.intake(number).state for number in (2, 3)] == [IntakeState.DUPLICATE] * 2
    assert len(office.tickets()) == 1


def test_what_was_imported_opens_nothing_when_the_mailbox_has_it_too(office: Office) -> None:
    raw = bytes(write(ANA))
    take_in(office, raw)
    assert office.receive(raw).state is IntakeState.DUPLICATE
    assert office.receive(b"X-Archived: yes\r\n" + raw, uidvalidity=2).state is IntakeState.DUPLICATE
    assert len(office.tickets()) == 1

"""The comparison of a folder with our rows: each mail on the server is held, was before us, or is missing."""

from dataclasses import replace

from mailsla.core.model import MailboxState
from mailsla.flows.comparing import Compared, compare
from mailsla.ports.mail import Survey
from tests.flows.mails import ANA, RIO, write
from tests.flows.office import MONDAY, Office


def watched(office: Office, first_uid: int, uidvalidity: int = 1) -> None:
    """The daemon has looked before; mails with a smaller uid were there before it."""
    state = MailboxState(
        mailbox="support",
        folder="INBOX",
        uidvalidity=uidvalidity,
        first_uid=first_uid,
        first_seen_at=MONDAY,
        read_at=MONDAY,
    )
    with office.services.store.begin() as uow:
        uow.intake.save_mailbox_state(state)
        uow.commit()


def compared(office: Office, *uids: int, uidvalidity: int = 1, start_from: str = "now") -> Compared:
    survey = Survey(folder="INBOX", uidvalidity=uidvalidity, uidnext=100, uids=tuple(map(str, uids)))
    settings = replace(office.services.settings.mailbox("support"), start_from=start_from)
    found = compare(office.services, settings, survey)
    assert found.server == found.held + found.before + len(found.missing)
    return found


NOTHING = Compared(
    server=0,
    held=0,
    before=0,
    duplicate=0,
    quarantined=0,
    gone=0,
    missing=[],
    read_at=MONDAY,
    renumbered=False,
)


def test_all_is_held(office: Office) -> None:
    watched(office, first_uid=1)
    office.receive(write(ANA))
    office.receive(write(RIO))
    assert compared(office, 1, 2) == replace(NOTHING, server=2, held=2)


def test_what_is_missing_is_named(office: Office) -> None:
    watched(office, first_uid=1)
    office.receive(write(ANA))
    assert compared(office, 1, 2, 7) == replace(NOTHING, server=3, held=1, missing=["2", "7"])


def test_duplicates_are_held_and_counted(office: Office) -> None:
    watched(office, first_uid=1)
    raw = bytes(write(ANA))
    office.receive(raw)
    office.receive(raw)
    assert compared(office, 1, 2) == replace(NOTHING, server=2, held=2, duplicate=1)


def test_what_left_the_server_is_gone_and_held(office: Office) -> None:
    watched(office, first_uid=1)
    office.receive(write(ANA))
    office.receive(write(RIO))
    assert compared(office, 2) == replace(NOTHING, server=1, held=1, gone=1)


def test_what_was_there_before_is_not_missing(office: Office) -> None:
    assert compared(office, 1, 2) == replace(NOTHING, server=2, before=2, read_at=None)
    assert compared(office, 1, 2, start_from="all") == replace(NOTHING, server=2, missing=["1", "2"], read_at=None)
    watched(office, first_uid=3)
    assert compared(office, 1, 2, 3) == replace(NOTHING, server=3, before=2, missing=["3"])


def test_after_a_renumbering_all_is_to_be_looked_at_again(office: Office) -> None:
    watched(office, first_uid=3)
    office.receive(write(ANA))
    assert compared(office, 1, uidvalidity=2) == replace(NOTHING, server=1, missing=["1"], renumbered=True)

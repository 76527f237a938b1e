"""A reconcile of a Maildir: from where mail comes in and where it was moved, each mail once, also when cut off."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from mailsla.adapters.maildir import MaildirSource
from mailsla.config.settings import MailboxSettings
from mailsla.errors import TemporaryError
from mailsla.flows import accept, reconciling
from mailsla.ports.mail import Arrival, Survey
from mailsla.ports.store.occasions import BACKED_UP, RESTORED
from tests.flows.mails import write
from tests.flows.office import DAY, HOUR, MINUTE, MONDAY, Office


class CutOff(MaildirSource):
    """A server that is gone after so many mails."""

    left = 3

    def fetch(self, uids: Sequence[str]) -> Iterator[list[Arrival]]:
        for batch in super().fetch(uids):
            for one in batch:
                if self.left == 0:
                    raise TemporaryError("the connection was cut")
                self.left -= 1
                yield [one]


@pytest.fixture
def box(office: Office, tmp_path: Path) -> MailboxSettings:
    """A Maildir that was watched since Sunday, of which a copy of Monday morning was restored on Tuesday."""
    path = tmp_path / "in"
    for folder in (path, path / ".Processed"):
        for part in ("new", "cur", "tmp"):
            (folder / part).mkdir(parents=True)
    support = office.services.settings.mailbox("support")
    made = replace(support, kind="maildir", path=path, mark="move", done_folder="Processed", start_from="now")
    office.now = MONDAY - DAY
    accept.first_sight(office.services, made, MaildirSource(made).survey())
    office.now = MONDAY + DAY
    with office.services.store.begin() as uow:
        uow.occasions.note(BACKED_UP, MONDAY)
        uow.occasions.note(RESTORED, office.now)
        uow.commit()
    office.now += HOUR
    return made


def lies(box: MailboxSettings, place: str, name: str, sender: str, at: int) -> bytes:
    """A mail lies in the Maildir, received then."""
    assert box.path is not None
    raw = bytes(write(sender))
    file = box.path / place / name
    file.write_bytes(raw)
    os.utime(file, (at, at))
    return raw


def reconcile(
    office: Office, box: MailboxSettings, source: type[MaildirSource] = MaildirSource, *, keep: bool = True
) -> list[int]:
    """How many were brought back from each folder."""
    return [
        reconciling.reconcile(office.services, box, folder, source(folder), keep=keep, all_of_it=False).new
        for folder in reconciling.folders_of(box)
    ]


def test_each_mail_comes_back_once_from_wherever_it_lies(office: Office, box: MailboxSettings) -> None:
    for number in range(4):
        lies(box, ".Processed/cur", f"done{number}:2,", f"done{number}@mail.example", MONDAY + HOUR + number)
    lies(box, "new", "new", "new@mail.example", MONDAY + 2 * HOUR)
    lies(box, "cur", "cur:2,S", "cur@mail.example", MONDAY + 3 * HOUR)
    lies(box, ".Processed/cur", "old:2,", "filed@by.hand.example", MONDAY - 9 * DAY)
    assert reconcile(office, box, keep=False) == [4, 2]
    assert office.query("SELECT count(*) FROM intake") == [(0,)]
    with pytest.raises(TemporaryError):
        reconcile(office, box, CutOff)
    reconcile(office, box)
    assert reconcile(office, box) == [0, 0]
    office.work()
    people = [f"done{number}@mail.example" for number in range(4)] + ["cur@mail.example", "new@mail.example"]
    assert sorted(office.ticket(one).requester for one in office.tickets()) == sorted(people)
    assert office.query("SELECT DISTINCT state, origin FROM intake") == [("done", "reconcile")]
    assert {one.to for one in office.postbox.tries} & set(people) == set()


def test_what_is_moved_by_the_daemon_afterwards_is_no_other_mail(office: Office, box: MailboxSettings) -> None:
    raw = lies(box, "new", "new", "new@mail.example", MONDAY + HOUR)
    reconcile(office, box)
    office.work()
    accept.poll(office.services, box, MaildirSource(box))
    assert box.path is not None
    (moved,) = (box.path / ".Processed" / "cur").iterdir()
    assert moved.read_bytes() == raw
    assert reconcile(office, box) == [0, 0]
    assert len(office.tickets()) == 1


def _arrival(uid: int, at: int) -> Arrival:
    return Arrival(uid=str(uid), raw=bytes(write(f"at{at}@mail.example")), received_at=at)


class Numbered(MaildirSource):
    """A server with UIDs: (UID, when it was received), each a mail of its own."""

    def __init__(self, folder: str, mails: Sequence[tuple[int, int]], uidvalidity: int = 1) -> None:
        self.folder, self.uidvalidity = folder, uidvalidity
        self.mails = {uid: _arrival(uid, at) for uid, at in mails}

    def survey(self) -> Survey:
        uids = tuple(str(uid) for uid in sorted(self.mails))
        return Survey(folder=self.folder, uidvalidity=self.uidvalidity, uidnext=max(self.mails) + 1, uids=uids)

    def fetch(self, uids: Sequence[str]) -> Iterator[list[Arrival]]:
        yield [self.mails[int(uid)] for uid in uids]


def test_a_folder_that_was_renumbered_since_is_brought_back_whole(office: Office, box: MailboxSettings) -> None:
    """The numbers as they were at the first look say nothing of the new ones, only the server's time does."""
    office.now = MONDAY - DAY
    accept.first_sight(office.services, box, Survey(folder="INBOX", uidvalidity=1, uidnext=500, uids=()))
    office.now = MONDAY + DAY + HOUR
    clock_behind = MONDAY - DAY - 10 * MINUTE  # the server's: it came right after the first look
    source = Numbered("INBOX", [(1, MONDAY - 2 * DAY), (2, clock_behind), (3, MONDAY + HOUR)], uidvalidity=2)
    assert reconciling.reconcile(office.services, box, box, source, keep=True, all_of_it=False).new == 3
    assert reconciling.reconcile(office.services, box, box, source, keep=True, all_of_it=False).new == 0
    office.work()
    assert len(office.tickets()) == 2
    assert office.query("SELECT 1 FROM mailbox_states WHERE folder = 'INBOX' AND uidvalidity = 2") == [(1,)]


def test_a_mail_that_was_moved_after_the_backup_is_found_among_those_of_before(
    office: Office, box: MailboxSettings
) -> None:
    """It was received half a day before the backup, and lay where it came in until a person moved it; above it lie
    enough that the copy knows."""
    known = [(uid, MONDAY - HOUR + uid * MINUTE // 2) for uid in range(11, 71)]
    done = replace(box, folder="Processed")
    missed = Numbered("Processed", [(10, MONDAY - 12 * HOUR), *known])
    for arrivals in missed.fetch([str(uid) for uid, _ in known]):
        accept.accept(office.services, box, replace(missed.survey(), folder="INBOX"), arrivals)
    found = reconciling.reconcile(office.services, box, done, missed, keep=True, all_of_it=False)
    assert (found.new, found.looked) == (1, 61)

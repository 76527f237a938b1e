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
from mailsla.ports.mail import Arrival
from mailsla.ports.store.occasions import BACKED_UP, RESTORED
from tests.flows.mails import write
from tests.flows.office import DAY, HOUR, MONDAY, Office


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

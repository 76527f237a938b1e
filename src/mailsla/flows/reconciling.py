"""After a restore: each mail that the server still has is brought back, once; nobody outside hears of it again."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import structlog

from mailsla.config.settings import MailboxSettings
from mailsla.core.model import Instant, MailboxState
from mailsla.flows.accept import SKEW, accept, start_of
from mailsla.flows.services import Services
from mailsla.ports.mail import Arrival, Source, Survey
from mailsla.ports.store.occasions import BACKED_UP, reconciled

log = structlog.get_logger()

MARGIN = 24 * 3600  # seconds before the backup: a mail of then may have been moved after it
BATCH = 50

Open = Callable[[MailboxSettings], Source]


@dataclass(frozen=True, slots=True)
class Found:
    """A folder: how many mails it has, how many of these were looked at, and how many are (to be) brought back."""

    folder: str
    server: int
    looked: int
    new: int


def folders_of(mailbox: MailboxSettings) -> list[MailboxSettings]:
    """Where mails of this mailbox lie, for reading only: where they were moved to, where they come in, sent ones.

    In this order they came, so that no answer is taken in before its complaint.
    """
    sent = [mailbox.sent] if mailbox.sent is not None else []
    moved = [replace(mailbox, folder=name) for name in moved_to(mailbox)]
    return [
        replace(folder, mark="none", state="none", waiting_folder="", resolved_folder="")
        for folder in (*moved, mailbox, *sent)
    ]


def moved_to(mailbox: MailboxSettings) -> list[str]:
    """The folders into which mailsla moves mails of this mailbox."""
    done = [mailbox.done_folder] if mailbox.mark == "move" else []
    return list(dict.fromkeys(name for name in (*done, mailbox.waiting_folder, mailbox.resolved_folder) if name))


def reconcile(
    services: Services,
    mailbox: MailboxSettings,
    folder: MailboxSettings,
    source: Source,
    *,
    keep: bool,
    all_of_it: bool,
) -> Found:
    """Accept what one of its folders has and we do not; with `keep` False only count it.

    What was cut off is taken up by doing it again: a mail that has its row is not taken twice. Of a folder that mails
    are moved to, which may be large, it looks from the newest on until nothing is new, or at `all_of_it`.
    """
    survey = source.survey()
    if folder.folder in moved_to(mailbox):
        return _from_moved(services, mailbox, source, survey, keep=keep, all_of_it=all_of_it)
    return _from_watched(services, folder, source, survey, keep=keep)


def note_done(services: Services, mailbox: MailboxSettings) -> None:
    """All of its folders were brought back."""
    with services.store.begin() as uow:
        uow.occasions.note(reconciled(mailbox.name), services.now())
        uow.commit()


def _from_watched(services: Services, folder: MailboxSettings, source: Source, survey: Survey, *, keep: bool) -> Found:
    with services.store.begin() as uow:
        state = uow.intake.mailbox_state(folder.name, survey.folder)
        made = uow.occasions.when(BACKED_UP)
        known = uow.intake.known_uids(folder.name, survey.folder, survey.uidvalidity)
    seen = state is not None
    if state is None:  # the copy is older than the first look: all since the copy is ours
        state = MailboxState(
            mailbox=folder.name,
            folder=survey.folder,
            uidvalidity=survey.uidvalidity,
            first_uid=0,
            first_seen_at=made or services.now(),
            read_at=0,
        )
    renumbered = state.uidvalidity != survey.uidvalidity
    first = 0 if renumbered else state.first_uid
    missing = [uid for uid in survey.uids if uid not in known and (first == 0 or int(uid) >= first)]
    before = start_of(folder, services)
    if folder.start_from == "now" and first == 0 and survey.uidnext:
        before = state.first_seen_at - (SKEW if seen else 0)  # as the daemon has it
    if not keep:
        return Found(survey.folder, len(survey.uids), len(survey.uids), len(missing))
    with services.store.begin() as uow:
        uow.intake.save_mailbox_state(replace(state, uidvalidity=survey.uidvalidity, first_uid=first))
        uow.commit()
    since = 0 if folder.start_from == "now" and not survey.uidnext else state.first_seen_at
    new = sum(len(accept(services, folder, survey, batch, since, before)) for batch in source.fetch(missing))
    return Found(survey.folder, len(survey.uids), len(survey.uids), new)


def _from_moved(
    services: Services, mailbox: MailboxSettings, source: Source, survey: Survey, *, keep: bool, all_of_it: bool
) -> Found:
    """There each mail has another number than where it came in: it is known by its bytes."""
    with services.store.begin() as uow:
        state = uow.intake.mailbox_state(mailbox.name, mailbox.folder)
        made = uow.occasions.when(BACKED_UP)
    since = state.first_seen_at - SKEW if state and mailbox.start_from == "now" else start_of(mailbox, services)
    enough = None if all_of_it or made is None or not survey.uidnext else made - MARGIN
    looked, missing = 0, list[str]()
    for uids in _from_the_newest(survey):
        arrivals = [one for batch in source.fetch(uids) for one in batch]
        looked += len(arrivals)
        unknown = _unknown(services, mailbox, arrivals, since)
        missing += [one.uid for one in reversed(unknown)]
        if enough is not None and not unknown and all((one.received_at or 0) < enough for one in arrivals):
            break
    new = len(missing)
    if keep:
        taken = (
            len(accept(services, mailbox, survey, _unknown(services, mailbox, batch, since)))
            for batch in source.fetch(missing[::-1])  # in the order in which they were dealt with
        )
        new = sum(taken)
    return Found(survey.folder, len(survey.uids), looked, new)


def _from_the_newest(survey: Survey) -> Iterator[tuple[str, ...]]:
    for end in range(len(survey.uids), 0, -BATCH):
        yield survey.uids[max(0, end - BATCH) : end]


def _unknown(services: Services, mailbox: MailboxSettings, arrivals: list[Arrival], since: Instant) -> list[Arrival]:
    with services.store.begin() as uow:
        return [
            one
            for one in arrivals
            if (one.received_at or 0) >= since
            and not uow.intake.holds(mailbox.name, hashlib.sha256(one.raw).hexdigest())
        ]

"""A mail arrives: its bytes are made durable, then it is marked on the server (mail.md section 1)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from mailsla.config.settings import MailboxSettings
from mailsla.core.model import Instant, Intake, IntakeState, MailboxState
from mailsla.flows.services import Services
from mailsla.flows.steps.past import ORIGIN
from mailsla.flows.steps.storing import stored
from mailsla.ports.mail import Arrival, Source, Survey
from mailsla.ports.store import UnitOfWork
from mailsla.ports.store.leases import Lease
from mailsla.ports.store.occasions import RESTORED

log = structlog.get_logger()

SKEW = 15 * 60  # seconds that a server's clock may be behind ours: what came right after our first look is new


@dataclass(frozen=True, slots=True)
class Polled:
    """What one look into a mailbox brought: how many mails the server holds, and how many were new to us.

    `last`: when all of it was compared the last time before, None at first sight.
    """

    on_server: int
    accepted: int
    last: Instant | None = None


def poll(
    services: Services,
    mailbox: MailboxSettings,
    source: Source,
    lease: Lease | None = None,
    fetching: Callable[[], object] = lambda: None,
) -> Polled:
    """Compare all that the folder holds with our rows, accept what is missing, then set the marks.

    `lease`: the right to watch this mailbox (flows/leases.py), required for all that is written; None where nobody
    else can be. `fetching`: told before each batch, which may take its time. Raises TemporaryError or PermanentError of
    the source or the store, LeaseLost among them; what was accepted before that stays.
    """
    survey = source.survey()
    missing = _missing(services, mailbox, survey, lease)
    accepted = 0
    fetching()
    for batch in source.fetch(missing.uids):
        accepted += len(accept(services, mailbox, survey, batch, missing.since, missing.before, lease))
        fetching()
    mark(services, mailbox, source, survey, lease)
    _remember_reading(services, mailbox, survey, lease)
    return Polled(len(survey.uids), accepted, missing.last)


def accept(
    services: Services,
    mailbox: MailboxSettings,
    survey: Survey,
    arrivals: Sequence[Arrival],
    since: Instant = 0,
    before: Instant = 0,
    lease: Lease | None = None,
) -> list[int]:
    """Raw bytes and intake rows of a batch in one durable commit; the ids of rows that are new.

    A mail received earlier than `since`, when we began to watch, is of the first scan: it is never acknowledged.
    One received earlier than `before` is kept as `before` and never processed. One received before the database was
    restored has been dealt with in a time that it does not know: nobody outside hears of it again.
    """
    now = services.now()
    with services.store.begin() as uow:
        _require(uow, lease)
        restored = uow.occasions.when(RESTORED) or 0
        rows = []
        for arrival in arrivals:
            row = stored(uow, arrival, mailbox, survey.folder, survey.uidvalidity, now)
            origin = "first_scan" if row.received_at < since else ORIGIN if row.received_at <= restored else "live"
            state = IntakeState.BEFORE if row.received_at < before else IntakeState.STORED
            rows.append(replace(row, origin=origin, state=state))
        ids = uow.intake.add(rows)
        uow.commit()
    return ids


def mark(
    services: Services, mailbox: MailboxSettings, source: Source, survey: Survey, lease: Lease | None = None
) -> None:
    """Set the advisory marks of mails that are dealt with."""
    with services.store.begin() as uow:
        _require(uow, lease)
        rows = uow.intake.marks_wanted(mailbox.name, survey.folder, survey.uidvalidity)
    if not rows:
        return
    source.mark([row.uid for row in rows])
    with services.store.begin() as uow:
        _require(uow, lease)
        uow.intake.marked([row.id for row in rows])
        uow.commit()


def mark_done(services: Services, mailbox: MailboxSettings, source: Source, lease: Lease | None = None) -> None:
    """Between two waits: set the marks of what was dealt with meanwhile, in the folder as we last saw it."""
    with services.store.begin() as uow:
        state = uow.intake.mailbox_state(mailbox.name, mailbox.folder)
    if state is not None:
        seen = Survey(folder=state.folder, uidvalidity=state.uidvalidity, uidnext=0, uids=())
        mark(services, mailbox, source, seen, lease)


def first_sight(
    services: Services, mailbox: MailboxSettings, survey: Survey, lease: Lease | None = None, *, reads: bool = True
) -> MailboxState:
    """Remember what the folder held before us: those mails are `before` unless `start_from` says otherwise.

    `reads`: whether its mails are read now; else nobody has read it yet, however long that takes.
    """
    now = services.now()
    state = MailboxState(
        mailbox=mailbox.name,
        folder=survey.folder,
        uidvalidity=survey.uidvalidity,
        first_uid=survey.uidnext if mailbox.start_from == "now" else min(1, survey.uidnext),
        first_seen_at=now,
        read_at=now if reads else 0,
    )
    with services.store.begin() as uow:
        _require(uow, lease)
        uow.intake.save_mailbox_state(state)
        if mailbox.start_from == "now" and survey.uidnext == 0:  # names without order: each needs its row
            uow.intake.add([_before(mailbox, survey, uid, now) for uid in survey.uids])
        uow.commit()
    return state


@dataclass(frozen=True, slots=True)
class _Missing:
    uids: Sequence[str]
    since: Instant
    before: Instant = 0
    last: Instant | None = None  # that the folder was read


def _missing(services: Services, mailbox: MailboxSettings, survey: Survey, lease: Lease | None) -> _Missing:
    """The uids that we have no row for, and from when on we watched."""
    with services.store.begin() as uow:
        state = uow.intake.mailbox_state(mailbox.name, survey.folder)
        known = uow.intake.known_uids(mailbox.name, survey.folder, survey.uidvalidity)
    last = (state.read_at or None) if state else None
    if state is None:
        state = first_sight(services, mailbox, survey, lease)
        log.info("first look", mailbox=mailbox.name, there=len(survey.uids), start_from=mailbox.start_from)
        if mailbox.start_from == "now":
            return _Missing((), state.first_seen_at)
    if state.uidvalidity != survey.uidvalidity:
        state = replace(state, uidvalidity=survey.uidvalidity, first_uid=0)
        _save(services, state, lease)
    uids = [uid for uid in survey.uids if uid not in known and (state.first_uid == 0 or int(uid) >= state.first_uid)]
    before = start_of(mailbox, services)
    if mailbox.start_from == "now" and state.first_uid == 0 and survey.uidnext:
        # Renumbered: only the server's time still tells what was there before us.
        return _Missing(uids, state.first_seen_at, state.first_seen_at - SKEW, last)
    # In a Maildir the names that were there before us have rows, so whatever else is found came while we watched.
    since = 0 if mailbox.start_from == "now" and not survey.uidnext else state.first_seen_at - SKEW
    return _Missing(uids, since, before, last)


def start_of(mailbox: MailboxSettings, services: Services) -> Instant:
    """The instant that `start_from = "YYYY-MM-DD"` names: that day's midnight in the mailbox's zone; 0 for "all"."""
    if mailbox.start_from in ("all", "now"):
        return 0
    day = datetime.fromisoformat(mailbox.start_from)
    return int(day.replace(tzinfo=services.zone(mailbox.zone)).timestamp())


def _remember_reading(services: Services, mailbox: MailboxSettings, survey: Survey, lease: Lease | None) -> None:
    with services.store.begin() as uow:
        state = uow.intake.mailbox_state(mailbox.name, survey.folder)
    if state is not None:
        _save(services, replace(state, read_at=services.now()), lease)


def _save(services: Services, state: MailboxState, lease: Lease | None) -> None:
    with services.store.begin() as uow:
        _require(uow, lease)
        uow.intake.save_mailbox_state(state)
        uow.commit()


def _require(uow: UnitOfWork, lease: Lease | None) -> None:
    if lease is not None:
        uow.leases.require(lease)


def _before(mailbox: MailboxSettings, survey: Survey, uid: str, now: Instant) -> Intake:
    return Intake(
        mailbox=mailbox.name,
        folder=survey.folder,
        uidvalidity=survey.uidvalidity,
        uid=uid,
        sha256=None,
        received_at=now,
        accepted_at=now,
        origin="first_scan",
        state=IntakeState.BEFORE,
    )

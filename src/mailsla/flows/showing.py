"""The shared mailbox shows how its tickets stand: keywords, \\Flagged, folders by status (mail.md section 4).

What is wanted is computed anew at each look, from tickets and clocks as they are, so nothing has to be told of a
change, of midnight, of a restart or of a new connection; what we have set stands in rows.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from mailsla.config.settings import MailboxSettings
from mailsla.core.display import ALL, WAITS, Change, Place, Shown, changes, done, met, wanted
from mailsla.core.model import Instant, Status
from mailsla.flows.services import Services
from mailsla.ports.mail import Display
from mailsla.ports.store import UnitOfWork
from mailsla.ports.store.leases import Lease

log = structlog.get_logger()


def show(services: Services, mailbox: MailboxSettings, display: Display, lease: Lease | None = None) -> int:
    """Bring the mailbox in line with its tickets; how many mails changed. Raises as the display and the store do."""
    found = _found(services, mailbox, lease)
    by_folder: dict[tuple[str, int], list[Change]] = defaultdict(list)
    for change in found:
        by_folder[change.row.folder, change.row.uidvalidity].append(change)
    try:
        for (folder, uidvalidity), some in by_folder.items():
            _apply(services, mailbox, display, (folder, uidvalidity), some, lease)
    finally:
        if found:
            display.close()
    return len(found)


def _found(services: Services, mailbox: MailboxSettings, lease: Lease | None) -> Sequence[Change]:
    now = services.now()
    with services.store.begin() as uow:
        if lease is not None:
            uow.leases.require(lease)
        state = uow.intake.mailbox_state(mailbox.name, mailbox.folder)
        if state is None:
            return ()
        places = {one.mail: one for one in uow.display.places(mailbox.name, mailbox.folder, state.uidvalidity)}
        rows = {one.mail: one for one in uow.display.shown(mailbox.name)}
        want = _wanted(uow, services, mailbox, list(places.values()), now)
    return changes(mailbox.name, (mailbox.folder, state.uidvalidity), places, rows, want, _folders(mailbox))


def _wanted(
    uow: UnitOfWork, services: Services, mailbox: MailboxSettings, places: Sequence[Place], now: Instant
) -> Mapping[int, frozenset[str]]:
    tickets = {one.ticket_id: one for one in places}
    if mailbox.state != "keywords":
        return dict.fromkeys(tickets, frozenset())
    clocks, fired = uow.clocks.of_tickets(list(tickets)), uow.clocks.fired_of(list(tickets))
    midnight = _midnight(services, mailbox, now)
    return {
        number: wanted(one.status, one.priority, clocks.get(number, ()), fired.get(number, ()), now, midnight)
        for number, one in tickets.items()
    }


def _midnight(services: Services, mailbox: MailboxSettings, now: Instant) -> Instant:
    """When today ends in the mailbox's zone."""
    zone = services.zone(mailbox.zone)
    tomorrow = datetime.fromtimestamp(now, zone).date() + timedelta(days=1)
    return int(datetime(tomorrow.year, tomorrow.month, tomorrow.day, tzinfo=zone).timestamp())


def _folders(mailbox: MailboxSettings) -> Mapping[Status, str]:
    """Where mails belong by the status of their ticket; what is open comes back to where it came in."""
    waiting, resolved = mailbox.waiting_folder, mailbox.resolved_folder
    if not waiting and not resolved:
        return {}
    home = dict.fromkeys((Status.NEW, Status.OPEN, Status.RESOLVED, *WAITS), mailbox.folder)
    return home | dict.fromkeys(WAITS if waiting else (), waiting) | ({Status.RESOLVED: resolved} if resolved else {})


def _apply(
    services: Services,
    mailbox: MailboxSettings,
    display: Display,
    folder: tuple[str, int],
    found: Sequence[Change],
    lease: Lease | None,
) -> None:
    """One folder. That flags are ours is written before they are set: what a crash cuts off is done again."""
    lasting = display.open(*folder, ALL) if any(change.row.uid for change in found) else ()
    if lasting is None and folder[0] == mailbox.folder:  # made anew since we looked: it is read again first
        return
    there = {} if lasting is None else display.flags([change.row.uid for change in found if change.row.uid])
    ready = [met(change, there.get(change.row.uid), lasting or ()) for change in found]
    unsure = {change.row.mail for change in ready if change.add}
    if unsure:
        _save(services, [replace(change.row, sure=False) for change in ready if change.row.mail in unsure], lease)
    for flag in ALL:
        display.add(flag, [change.row.uid for change in ready if flag in change.add])
        display.remove(flag, [change.row.uid for change in ready if flag in change.remove])
    moved: dict[str, tuple[int, str]] = {}
    for to in sorted({change.move_to for change in ready} - {""}):
        moved |= display.move([change.row.uid for change in ready if change.move_to == to], to)
    rows = [(done(change, moved.get(change.row.uid)), change.ended) for change in ready]
    over = [row.mail for row, ended in rows if ended and not row.flags]
    _save(services, [row for row, _ in rows if row.mail not in over], lease, over)
    log.info("mailbox shows", mailbox=mailbox.name, folder=folder[0], mails=len(ready), moved=len(moved))


def _save(services: Services, rows: Sequence[Shown], lease: Lease | None, over: Sequence[int] = ()) -> None:
    with services.store.begin() as uow:
        if lease is not None:
            uow.leases.require(lease)
        uow.display.save(rows)
        uow.display.forget(over)
        uow.commit()

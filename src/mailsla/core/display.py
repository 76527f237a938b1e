"""What the shared mailbox shows of tickets: which keywords and flags a mail has to have, and what is ours to change.

Only what we set is ever removed. What was there before us stays somebody's own, and what somebody takes away is not set
again while it is wanted: a person's hand wins.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from mailsla.core.model import ClockRow, Instant, Status
from mailsla.core.sla.timer import LIVE, ClockState

DUE_TODAY, AT_RISK, BREACHED, WAITING = (
    "$mailsla-due-today",
    "$mailsla-at-risk",
    "$mailsla-breached",
    "$mailsla-waiting",
)
FLAGGED = "\\Flagged"  # of urgent ones
ALL = (DUE_TODAY, AT_RISK, BREACHED, WAITING, FLAGGED)

WAITS = frozenset({Status.WAITING_CUSTOMER, Status.WAITING_THIRD_PARTY})
_NO_WARNINGS = frozenset({"breach", "level"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a customer's mail of a ticket that has not ended lies in the watched folder, as last seen.

    mail: the row of its first intake. seen: that of the newest, by which it was found there.
    """

    mail: int
    seen: int
    uid: str
    ticket_id: int
    status: Status
    priority: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What we have made of one mail. flags: ours. theirs: wanted, but not ours to set or to remove.

    seen: the newest intake row that this was made by. folder, uidvalidity, uid: where the mail is; uid "" = it is lost.
    moved_to: the folder that we moved it to last. sure: False while flags are being set.
    """

    mail: int
    mailbox: str
    seen: int
    folder: str
    uidvalidity: int
    uid: str
    flags: tuple[str, ...] = ()
    theirs: tuple[str, ...] = ()
    moved_to: str = ""
    sure: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What is to be done to one mail: `row` as it will be, and the flags and the folder that differ."""

    row: Shown
    ended: bool = False  # its ticket
    add: frozenset[str] = frozenset()
    remove: frozenset[str] = frozenset()
    move_to: str = ""


def wanted(
    status: Status, priority: str, clocks: Iterable[ClockRow], fired: Iterable[str], now: Instant, midnight: Instant
) -> frozenset[str]:
    """The flags of a ticket's mails now. midnight: when today ends. fired: keys of what fired (sla/escalation.py)."""
    if status is Status.RESOLVED:
        return frozenset()
    found = {FLAGGED} if priority == "urgent" else set()
    if status in WAITS:
        found.add(WAITING)
    warned = _warned(fired)
    for clock in clocks:
        if clock.stopped_at is not None or clock.state not in LIVE:
            continue
        running = clock.state == ClockState.RUNNING
        if clock.breached_at or (running and clock.due is not None and clock.due < now):
            found.add(BREACHED)
            continue
        if not running:
            continue
        if clock.due is not None and clock.due < midnight:
            found.add(DUE_TODAY)
        if (clock.track, clock.metric, str(clock.cycle), str(clock.target_version)) in warned:
            found.add(AT_RISK)
    return frozenset(found)


def _warned(fired: Iterable[str]) -> set[tuple[str, ...]]:
    """(track, metric, cycle, target version) of the clocks that warned; what else fires once has shorter keys."""
    found: set[tuple[str, ...]] = set()
    for key in fired:
        track, _, rest = key.rpartition("/")
        match rest.split(":"):
            case [metric, cycle, version, rule, _, _, *_] if rule not in _NO_WARNINGS:
                found.add((track, metric, cycle, version))
    return found


def changes(
    mailbox: str,
    watched: tuple[str, int],
    places: Mapping[int, Place],
    rows: Mapping[int, Shown],
    want: Mapping[int, frozenset[str]],
    folders: Mapping[Status, str],
) -> list[Change]:
    """What differs between what is shown and what is wanted, by mail.

    watched: folder and its UIDVALIDITY. want: flags by ticket. folders: where mails of a status belong; none: nowhere.
    """
    found = []
    for mail in sorted({*places, *rows}):
        place, row = places.get(mail), rows.get(mail)
        before = _now_at(mailbox, watched, place, row)
        flags: frozenset[str] = want[place.ticket_id] if place is not None and before.uid else frozenset()
        ours, theirs = frozenset(before.flags), frozenset(before.theirs) & flags
        again = ours & flags if not before.sure else frozenset()
        change = Change(
            row=replace(before, theirs=tuple(sorted(theirs)), sure=True),
            ended=place is None,
            add=(flags - ours - theirs) | again,
            remove=ours - flags,
            move_to=_destination(before, place, folders),
        )
        differs = change.row != row if row is not None else False
        if change.add or change.remove or change.move_to or differs or _over(change):
            found.append(change)
    return found


def _over(change: Change) -> bool:
    """Whether nothing is left to know of a mail that has a row."""
    row = change.row
    return change.ended and not row.flags and not change.move_to


def _now_at(mailbox: str, watched: tuple[str, int], place: Place | None, row: Shown | None) -> Shown:
    """The mail as we left it, or at the place where it has been seen since. What it has on it came along with it."""
    folder, uidvalidity = watched
    if place is not None and (row is None or place.seen > row.seen):
        new = Shown(
            mail=place.mail, mailbox=mailbox, seen=place.seen, folder=folder, uidvalidity=uidvalidity, uid=place.uid
        )
        return new if row is None else replace(new, flags=row.flags, moved_to=row.moved_to, sure=row.sure)
    if row is None:
        raise ValueError("a mail that was neither seen nor shown")
    renumbered = row.folder == folder and row.uidvalidity != uidvalidity
    return replace(row, uid="") if renumbered else row


def _destination(row: Shown, place: Place | None, folders: Mapping[Status, str]) -> str:
    """The folder that it goes to by its status; "" where it stays, as after a person moved it elsewhere meanwhile."""
    if place is None or not row.uid:
        return ""
    to = folders.get(place.status, "")
    return to if to and to not in (row.folder, row.moved_to) else ""


def met(change: Change, there: frozenset[str] | None, lasting: Sequence[str]) -> Change:
    """The change in the light of what the server has. there: flags of the mail, None = it is gone. lasting: those of
    ours that the folder keeps.
    """
    row = change.row
    if there is None:
        return Change(row=replace(row, uid="", flags=(), theirs=()), ended=change.ended)
    foreign = {FLAGGED} & there & change.add - frozenset(row.flags)  # a keyword of ours is nobody else's
    given_up = foreign | (change.add - frozenset(lasting))
    add = change.add - given_up
    theirs = tuple(sorted({*row.theirs, *given_up}))
    return replace(change, add=add, row=replace(row, theirs=theirs, flags=_sorted(row.flags, add)))


def done(change: Change, moved: tuple[int, str] | None = None) -> Shown:
    """The row afterwards. moved: UIDVALIDITY and UID where it was moved to, None = the server did not say."""
    row = replace(change.row, flags=tuple(one for one in change.row.flags if one not in change.remove), sure=True)
    if not change.move_to:
        return row
    uidvalidity, uid = moved or (0, "")
    return replace(row, folder=change.move_to, moved_to=change.move_to, uidvalidity=uidvalidity, uid=uid)


def _sorted(flags: Iterable[str], more: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({*flags, *more}))

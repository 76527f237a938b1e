"""Whether all is going on as it should: how long what waits has waited, against how long it may."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from mailsla.core.model import Instant

MINUTE = 60

# Queue -> seconds that its oldest may wait; None: as long as `limits.queue_alarm_seconds` says; absent: for ever.
LIMITS: Mapping[str, int | None] = {
    "unprocessed": 15 * MINUTE,  # a mail that fails waits for 3 minutes in all before it is quarantined
    "unsent": 60 * MINUTE,  # an account that fails rests for up to 30 minutes
    "held": None,
    "quarantined": None,
    "in_doubt": None,
}
LEAST_FREE = 200 * 10**6  # octets of the disk that the database lies on; and a tenth of its own size
POLLS, MARGIN = 3, 5 * MINUTE  # a mailbox was read within three of its polls and five minutes more


@dataclass(frozen=True, slots=True)
class Backlog:
    """How many wait, and since when the oldest does (None when none waits)."""

    count: int = 0
    oldest: Instant | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """When a mailbox was last compared with what is held, None when never; and how often it should be, in seconds."""

    last_success: Instant | None
    poll_seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    """The database as a whole. `backed_up`: when last, and verified; None: never, as far as it knows.

    `size` and `free`: octets of its file, and of the disk that it lies on; None where it is on a server.
    `unreconciled`: mailboxes whose mail since the backup was not brought back after it was `restored`.
    """

    backed_up: Instant | None = None
    restored: Instant | None = None
    unreconciled: Sequence[str] = ()
    size: int | None = None
    free: int | None = None


@dataclass(frozen=True, slots=True)
class Measures:
    """What the database tells of the daemon's work.

    `queues`: "unprocessed", "held" and "quarantined" mails; "unsent" letters that should have gone, those "in_doubt"
    (possibly sent, a person decides) and "failed" ones. `mailboxes`: those that are read, by name.
    """

    at: Instant
    daemons: int
    queues: Mapping[str, Backlog]
    mailboxes: Mapping[str, Reading]
    database: Database = Database()


@dataclass(frozen=True, slots=True)
class Check:
    """One measure. `since`: of the oldest that waits, or the last success; `most`: seconds that it may be ago."""

    what: str
    well: bool
    count: int | None = None
    since: Instant | None = None
    most: int | None = None
    size: int | None = None
    free: int | None = None


def judge(measures: Measures, queue_alarm_seconds: int, backup_alarm_seconds: int = 0) -> tuple[Check, ...]:
    """Each measure against its limit. `queue_alarm_seconds`: how long a mail may wait for a person.
    `backup_alarm_seconds`: how old the last backup may be, 0: as old as it is.
    """
    return (
        Check("daemon", measures.daemons > 0, count=measures.daemons),
        *_queues(measures, queue_alarm_seconds),
        *_mailboxes(measures),
        *_database(measures, backup_alarm_seconds),
    )


def _database(measures: Measures, backup_alarm_seconds: int) -> Iterator[Check]:
    database = measures.database
    room = database.free is None or database.size is None or database.free > max(LEAST_FREE, database.size // 10)
    yield Check("database", room, size=database.size, free=database.free)
    most, last = backup_alarm_seconds or None, database.backed_up
    fresh = most is None or (last is not None and measures.at - last <= most)
    yield Check("backup", fresh, since=last, most=most)
    if database.unreconciled:
        yield Check("restore", False, count=len(database.unreconciled), since=database.restored)


def _queues(measures: Measures, queue_alarm_seconds: int) -> Iterator[Check]:
    for name, queue in measures.queues.items():
        most = None
        if name in LIMITS:
            limit = LIMITS[name]
            most = queue_alarm_seconds if limit is None else limit
        late = most is not None and queue.oldest is not None and measures.at - queue.oldest > most
        yield Check(name, not late, queue.count, queue.oldest, most)


def _mailboxes(measures: Measures) -> Iterator[Check]:
    for name, reading in measures.mailboxes.items():
        most = POLLS * reading.poll_seconds + MARGIN
        well = reading.last_success is not None and measures.at - reading.last_success <= most
        yield Check(f"mailbox {name}", well, since=reading.last_success, most=most)

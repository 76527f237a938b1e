"""Whether all is going on as it should: how long what waits has waited, against how long it may."""

from collections.abc import Iterator, Mapping
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


@dataclass(frozen=True, slots=True)
class Check:
    """One measure. `since`: of the oldest that waits, or the last success; `most`: seconds that it may be ago."""

    what: str
    well: bool
    count: int | None = None
    since: Instant | None = None
    most: int | None = None


def judge(measures: Measures, queue_alarm_seconds: int) -> tuple[Check, ...]:
    """Each measure against its limit. `queue_alarm_seconds`: how long a mail may wait for a person."""
    return (
        Check("daemon", measures.daemons > 0, count=measures.daemons),
        *_queues(measures, queue_alarm_seconds),
        *_mailboxes(measures),
    )


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

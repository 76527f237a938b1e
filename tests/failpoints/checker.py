"""What must hold after a fault, read from the database's rows and the letters that came alone (no mailsla).

Nothing lost and nothing twice; and beyond that: all came out as it does without a fault, later perhaps.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from email import message_from_bytes
from typing import Any

from tests.servers.smtp_sink import Received

Query = Callable[[str], Sequence[tuple[Any, ...]]]  # the rows of a statement that any database understands

_ENDED = ("done", "held", "quarantined", "duplicate", "dropped", "left", "before")
_ALERTS = "('operator_alert', 'queue_digest')"  # a fault may cause more of these
# What still has its time to come may have come, where a fault cost time.
_SOON = "CASE state WHEN 'queued' THEN 'sent' WHEN 'pending' THEN 'rendered' ELSE state END"

_OF_SENDING = ("letter_sent", "agent_reply")  # events


@dataclass(frozen=True)
class Outcome:
    """What came of it all, without ids and times."""

    tickets: Counter[tuple[Any, ...]]
    messages: Counter[tuple[Any, ...]]
    events: Counter[tuple[Any, ...]]
    mails: Counter[tuple[Any, ...]]
    promised: Counter[tuple[Any, ...]]
    letters: Counter[tuple[Any, ...]]
    labels: Counter[tuple[Any, ...]]
    incidents: Counter[tuple[Any, ...]]
    models: Counter[tuple[Any, ...]]
    attempts: int  # that count against mails
    to_be_sent: int  # letters that wait for their next try


def outcome(query: Query) -> Outcome:
    """As the rows have it now."""
    return Outcome(
        tickets=Counter(
            query(
                "SELECT reference, status, requester, team, assignee, priority, category, stub, merged_into IS NULL"
                " FROM tickets"
            )
        ),
        messages=Counter(
            query(
                "SELECT t.reference, m.direction, m.kind, m.author, m.text"
                " FROM messages m JOIN tickets t ON t.id = m.ticket_id"
            )
        ),
        events=Counter(query("SELECT t.reference, e.type, e.actor FROM events e JOIN tickets t ON t.id = e.ticket_id")),
        mails=Counter(
            query("SELECT mailbox, folder, CASE folder WHEN 'pipe' THEN '' ELSE sha256 END, state FROM intake")
        ),  # what comes by the pipe here has a Message-ID of ours, another one each time
        promised=Counter(query(f"SELECT kind, recipient, {_SOON} FROM notices WHERE kind NOT IN {_ALERTS}")),
        attempts=int(query("SELECT coalesce(sum(attempts), 0) FROM intake")[0][0]),
        to_be_sent=query("SELECT count(*) FROM letters WHERE state = 'queued'")[0][0],
        letters=Counter(query(f"SELECT kind, recipient, {_SOON} FROM letters WHERE kind NOT IN {_ALERTS}")),
        labels=Counter(
            query(
                "SELECT l.category, l.who, l.how, l.text, l.guessed, t.reference"
                " FROM labels l LEFT JOIN tickets t ON t.id = l.ticket_id"
            )
        ),
        incidents=Counter(
            query(
                "SELECT i.state, i.decided_by, t.reference FROM incidents i"
                " LEFT JOIN incident_tickets j ON j.incident_id = i.id LEFT JOIN tickets t ON t.id = j.ticket_id"
            )
        ),
        models=Counter(query("SELECT labels, active FROM models")),
    )


def faults(
    query: Query, received: Sequence[Received], arrived: Collection[str], unmarked: Collection[str], now: int
) -> list[str]:
    """In words; none is what is wanted. `arrived`: SHA-256 of each mail; `unmarked`: of those without our mark."""
    return [
        *_mails(query, arrived),
        *_unique(query),
        *_in_work(query, now),
        *_letters(query, received),
        *_marks(query, arrived, unmarked),
    ]


_OF_TIME = ("events", "promised", "letters")  # where a fault cost time, more of these have fallen due


def differences(wanted: Outcome, found: Outcome, *, later: bool = False) -> list[str]:
    """What is missing, and what is too much, against an outcome without a fault.

    `later`: it took longer.
    """
    said = []
    for name in ("tickets", "messages", "mails", "labels", "incidents", "models", *_OF_TIME):
        one, other = getattr(wanted, name), getattr(found, name)
        said += [f"{name}: missing {row} x {count}" for row, count in (one - other).items()]
        more = other - one
        if name == "events" and sum(more.values()) <= wanted.to_be_sent - found.to_be_sent:
            more = Counter({row: count for row, count in more.items() if row[1] not in _OF_SENDING})
        if later and name in _OF_TIME:
            more = Counter()
        said += [f"{name}: too much {row} x {count}" for row, count in more.items()]
    return said


def _mails(query: Query, arrived: Collection[str]) -> Iterator[str]:
    """Each mail that arrived is a row, and of rows with one content all but one, or all, are duplicates.

    There may be more rows than arrivals: one that is moved back into the folder has a new UID there.
    """
    rows = Counter(sha for (sha,) in query("SELECT sha256 FROM intake WHERE sha256 IS NOT NULL"))
    firsts = Counter(sha for (sha,) in query("SELECT sha256 FROM intake WHERE state <> 'duplicate'"))
    for sha, count in Counter(arrived).items():
        if rows[sha] < count or firsts[sha] > 1:
            yield f"the mail {sha[:8]} arrived {count} times and is {rows[sha]} rows, {firsts[sha]} of its own"
    for sha, state, ticket, copy_of in query("SELECT sha256, state, ticket_id, duplicate_of FROM intake"):
        if state not in _ENDED:
            yield f"the mail {str(sha)[:8]} is still {state}"
        if state == "duplicate" and copy_of is None:
            yield f"the mail {str(sha)[:8]} is a duplicate of nothing"
        if state == "done" and ticket is None:
            yield f"the mail {str(sha)[:8]} is done and at no ticket"
    same = "SELECT sha256, count(*) FROM intake WHERE state IN ('done', 'held') GROUP BY sha256, mailbox, folder"
    yield from (f"the mail {str(sha)[:8]} acted {count} times" for sha, count in query(same) if count > 1)
    twice = (
        "SELECT intake_id, ticket_id, count(*) FROM messages WHERE intake_id IS NOT NULL GROUP BY intake_id, ticket_id"
    )
    yield from (f"the mail of intake {one} stands {count} times" for one, _, count in query(twice) if count > 1)
    spread = (
        "SELECT m.intake_id, count(*) FROM messages m WHERE m.intake_id IS NOT NULL AND NOT EXISTS"
        " (SELECT 1 FROM events e WHERE e.ticket_id = m.ticket_id AND e.type = 'incident_joined') GROUP BY m.intake_id"
    )  # one answer for an incident stands in each of its tickets
    yield from (f"the mail of intake {one} stands in {count} tickets" for one, count in query(spread) if count > 1)
    gone = "SELECT id FROM intake WHERE sha256 IS NOT NULL AND sha256 NOT IN (SELECT sha256 FROM raw_mails)"
    yield from (f"the bytes of intake {one} are gone" for (one,) in query(gone))


def _unique(query: Query) -> Iterator[str]:
    for table, column in (("tickets", "reference"), ("notices", "key"), ("letters", "message_id")):
        found = query(f"SELECT {column}, count(*) FROM {table} GROUP BY {column}")
        yield from (f"{count} {table} have the {column} {value}" for value, count in found if count > 1)


def _in_work(query: Query, now: int) -> Iterator[str]:
    for state, outcome_, next_at in query("SELECT state, outcome, next_at FROM letters"):
        if state == "sending" or (state == "queued" and next_at <= now):
            yield f"a letter is still {state}: {outcome_}"
    left = f"SELECT kind, recipient FROM notices WHERE state = 'pending' AND not_before <= {now}"
    yield from (f"a letter was promised and never made: {kind} to {to}" for kind, to in query(left))
    due = query(f"SELECT kind, key FROM moments WHERE at <= {now}")
    yield from (f"a due moment was left: {kind} {key}" for kind, key in due)
    yield from (f"a held letter is not marked: {kind}" for (kind,) in query(
        "SELECT kind FROM letters WHERE state = 'held' AND NOT possibly_twice"
    ))  # fmt: skip


def _letters(query: Query, received: Sequence[Received]) -> Iterator[str]:
    """What the rows call sent has come, byte for byte; once, or twice where the row says that this is possible."""
    came: dict[str, list[bytes]] = {}
    for letter in received:
        name = str(message_from_bytes(letter.content)["Message-ID"]).strip("<>")
        came.setdefault(name, []).append(_lines(letter.content))
    rows = query("SELECT message_id, kind, recipient, state, possibly_twice, content, blanked FROM letters")
    for name, kind, to, state, possibly_twice, content, blanked in rows:
        copies = came.pop(name, [])
        if state == "sent" and not copies:
            yield f"{kind} to {to} is called sent, and did not come"
        if len(copies) > (2 if possibly_twice else 1):
            yield f"{kind} to {to} came {len(copies)} times, and the row says possibly twice: {bool(possibly_twice)}"
        if not blanked and any(copy != _lines(bytes(content)) for copy in copies):
            yield f"{kind} to {to} came with other bytes than the row's"
    yield from (f"a letter came that is no row: {name}" for name in came)
    lost = "SELECT kind, recipient FROM notices WHERE state = 'rendered' AND id NOT IN (SELECT notice_id FROM letters)"
    yield from (f"{kind} to {to} is called rendered, and is no letter" for kind, to in query(lost))


def _lines(content: bytes) -> bytes:
    return content.replace(b"\r\n", b"\n").rstrip(b"\n")


def _marks(query: Query, arrived: Collection[str], unmarked: Collection[str]) -> Iterator[str]:
    left = query("SELECT id FROM intake WHERE mark = 'wanted' AND folder = 'INBOX'")  # others have no place on a server
    yield from (f"the mark of intake {one} was never set" for (one,) in left)
    wanted = query("SELECT sha256, state FROM intake WHERE mark = 'done' AND folder = 'INBOX' AND mailbox = 'support'")
    for sha, state in wanted:
        if sha in arrived and sha in unmarked:
            yield f"a mail that is {state} has no mark on the server"

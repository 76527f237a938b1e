"""What must hold after any number of kills, read from the database and the sink's files alone (no mailsla).

Each function returns the faults that it found, in words; an empty list is what is wanted.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from email import message_from_bytes
from typing import Any

from tests.servers.smtp_sink import Received

Query = Callable[[str], Sequence[tuple[Any, ...]]]  # the rows of a statement that any database understands


def faults(query: Query, received: Sequence[Received], senders: Collection[str], now: int) -> list[str]:
    """Every sender wrote one mail: one ticket each, with that mail in it once, acknowledged as the rows say."""
    return [
        *_lost_or_doubled(query, senders),
        *_left_over(query, now),
        *_acknowledgements(query, received, senders),
        *_copies(query, received),
    ]


def _lost_or_doubled(query: Query, senders: Collection[str]) -> Iterator[str]:
    tickets = Counter(sender for (sender,) in query("SELECT requester FROM tickets"))
    if strange := tickets.keys() - set(senders):
        yield f"tickets of nobody who wrote: {sorted(strange)}"
    mails: dict[str, list[int]] = defaultdict(list)
    for author, ticket in query("SELECT author, ticket_id FROM messages WHERE direction = 'in'"):
        mails[author].append(ticket)
    for sender in senders:
        if tickets[sender] != 1:
            yield f"{sender} has {tickets[sender]} tickets"
        if len(mails[sender]) != 1:
            yield f"the mail of {sender} stands {len(mails[sender])} times, in tickets {mails[sender]}"


def _left_over(query: Query, now: int) -> Iterator[str]:
    """All that was accepted is done, and all that was written has gone out.

    But for a letter in the middle of whose sending mailsla ended twice: it waits for a person (mail.md section 5).
    """
    open_rows = {
        "intake": "state <> 'done'",
        "letters": "state <> 'sent' AND NOT (state = 'held' AND possibly_twice)",
        "notices": f"state NOT IN ('rendered', 'folded') AND NOT (state = 'pending' AND not_before > {now})",
    }
    for table, is_open in open_rows.items():
        states = query(f"SELECT state, count(*) FROM {table} WHERE {is_open} GROUP BY state")
        yield from (f"{count} rows of {table} are {state}" for state, count in states)


def _acknowledgements(query: Query, received: Sequence[Received], senders: Collection[str]) -> Iterator[str]:
    rows = query("SELECT recipient, possibly_twice FROM letters WHERE kind = 'acknowledgement'")
    promised = Counter(recipient for recipient, _ in rows)
    ambiguous = {recipient for recipient, twice in rows if twice}
    came = Counter(letter.recipient for letter in received)
    for sender in senders:
        if promised[sender] != 1:
            yield f"{promised[sender]} acknowledgements were written for {sender}"
        if came[sender] == 0:
            yield f"{sender} got no acknowledgement"
        if came[sender] > (2 if sender in ambiguous else 1):
            mark = "possibly twice" if sender in ambiguous else "once"
            yield f"{sender} got {came[sender]} acknowledgements, and the row says {mark}"


def _copies(query: Query, received: Sequence[Received]) -> Iterator[str]:
    """What came is a row, byte for byte; what came twice is the same letter."""
    rows: dict[str, bytes] = dict(query("SELECT '<' || message_id || '>', content FROM letters"))
    for letter in received:
        message_id = message_from_bytes(letter.content)["Message-ID"]
        if rows.get(message_id, b"").replace(b"\r\n", b"\n") != letter.content.replace(b"\r\n", b"\n"):
            yield f"the letter {message_id} to {letter.recipient} is not the row's"

"""What must hold after any number of kills, read from the database and the sink's files alone (no mailsla).

Mails are told apart by their bytes. Each function returns the faults that it found, in words; an empty list is what is
wanted. Who uses it proves that it sees each kind of fault (test_checker.py).
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain
from typing import Any

from tests.crash.mix import Brought, Kind
from tests.crash.tables import Row, Tables, message_id, sha256, text_of
from tests.servers.smtp_sink import Received

Query = Callable[[str], Sequence[tuple[Any, ...]]]  # the rows of a statement that any database understands
Flags = Mapping[int, set[str]]  # UID -> flags and keywords

MARK = "$mailsla"
_ENDED = "mailsla ended "  # how the reason begins why a mail was set aside in whose processing mailsla ended too often


def faults(
    query: Query, received: Sequence[Received], brought: Sequence[Brought], now: int, flags: Flags | None = None
) -> list[str]:
    """All that is wrong. `flags`: of the mails that lie in the INBOX; None where nobody looked."""
    tables = Tables(query)
    checks = (
        partial(_mails, tables, brought),
        partial(_tickets, tables, brought),
        partial(_notices, tables, now),
        partial(_letters, tables, received),
        partial(_copies, tables, received),
        partial(_acknowledgements, tables, brought),
        partial(_answers, tables, brought),
        partial(_events, tables),
        partial(_marks, tables, brought, flags),
    )
    return list(chain.from_iterable(check() for check in checks))


def _mails(tables: Tables, brought: Sequence[Brought]) -> Iterator[str]:
    """Each is in exactly one ticket, quarantine, held queue or a duplicate of one that is, with its bytes."""
    known = {sha256(mail.raw) for mail in brought}
    for row in tables.intake:
        if row["sha256"] not in known:
            yield f"intake {row['id']} is a mail that nobody sent"
    for mail in brought:
        rows = tables.intake_of(mail)
        if len(rows) != mail.copies:
            yield f"{_name(mail)} was brought {mail.copies} times and accepted {len(rows)} times"
        if rows and tables.raw(mail) != mail.raw:
            yield f"{_name(mail)} is kept with other bytes"
        firsts = [row for row in rows if row["state"] != "duplicate"]
        if len(firsts) != 1 and rows:
            yield f"{_name(mail)} is no duplicate {len(firsts)} times"
        for row in firsts:
            yield from _first(tables, mail, row)
        for row in rows:
            if row["state"] == "duplicate":
                yield from _duplicate(tables, mail, row, firsts)


def _first(tables: Tables, mail: Brought, row: Row) -> Iterator[str]:
    standing = tables.messages_of(row)
    tickets = sorted({one["ticket_id"] for one in standing})
    wanted = "quarantined" if mail.kind is Kind.POISON else "done"
    excused = row["state"] == "held" or (row["state"] == "quarantined" and str(row["reason"]).startswith(_ENDED))
    if row["state"] != wanted and not excused:
        yield f"{_name(mail)} is {row['state']} ({row['reason']}), not {wanted}"
    if row["state"] == "done" and (len(standing) != 1 or tickets != [row["ticket_id"]]):
        yield f"{_name(mail)} stands {len(standing)} times, in tickets {tickets}; its own is {row['ticket_id']}"
    if row["state"] == "quarantined" and not tables.is_stub(row["ticket_id"]):
        yield f"{_name(mail)} is quarantined without a stub ticket"
    if row["state"] in ("held", "quarantined") and len(standing) > 1:
        yield f"{_name(mail)} is {row['state']} and stands {len(standing)} times, in tickets {tickets}"


def _duplicate(tables: Tables, mail: Brought, row: Row, firsts: Sequence[Row]) -> Iterator[str]:
    if row["duplicate_of"] not in {one["id"] for one in firsts}:
        yield f"{_name(mail)}: intake {row['id']} is a duplicate of {row['duplicate_of']}, which is another mail"
    if tables.messages_of(row):
        yield f"{_name(mail)}: the duplicate intake {row['id']} stands in a ticket"


def _tickets(tables: Tables, brought: Sequence[Brought]) -> Iterator[str]:
    """One for each complaint and each mail in quarantine, and no other; what belongs to one stands there."""
    opened = Counter[int]()
    own: dict[str, int] = {}
    for mail in brought:
        for row in tables.firsts_of(mail):
            if mail.kind is Kind.COMPLAINT or row["state"] == "quarantined":
                opened[row["ticket_id"]] += 1
            if mail.kind is Kind.COMPLAINT:
                own[mail.about] = row["ticket_id"]
    for ticket in tables.tickets:
        if opened[ticket["id"]] != 1:
            yield f"ticket {ticket['reference']} was opened by {opened[ticket['id']]} mails"
    for mail in brought:
        if mail.kind not in (Kind.COMPLAINT, Kind.POISON):
            for row in tables.firsts_of(mail):
                if row["state"] == "done" and row["ticket_id"] != own.get(mail.about):
                    yield f"{_name(mail)} is on ticket {row['ticket_id']}, and belongs to {own.get(mail.about)}"


def _notices(tables: Tables, now: int) -> Iterator[str]:
    """Each that is due became a letter, or part of one, or was muted or cancelled for a reason."""
    letters = Counter(letter["notice_id"] for letter in tables.letters)
    for row in tables.notices:
        what = f"notice {row['key']} for {row['recipient']}"
        wanted = 1 if row["state"] == "rendered" else 0
        if letters[row["id"]] != wanted:
            yield f"{what} is {row['state']} and has {letters[row['id']]} letters"
        if row["state"] in ("folded", "muted", "cancelled") and not row["reason"]:
            yield f"{what} is {row['state']} without a reason"
        if row["state"] == "pending" and row["not_before"] <= now:
            yield f"{what} is due and not sent"
        if row["state"] == "dropped":
            yield f"{what} was dropped by nobody"


def _letters(tables: Tables, received: Sequence[Received]) -> Iterator[str]:
    """Sent once; what mailsla ended in the middle of, once or twice, is marked so.

    Who ended twice in the middle of one letter leaves it to a person (mail.md section 5): it may have come or not.
    """
    came = Counter(message_id(letter.content) for letter in received)
    for row in tables.letters:
        what = f"letter {row['id']} ({row['kind']}) to {row['recipient']}"
        times = came[row["message_id"]]
        left = row["state"] == "held" and row["possibly_twice"]
        if row["state"] != "sent" and not left:
            yield f"{what} is {row['state']}"
        if times == 0 and not left:
            yield f"{what} did not come"
        if times > (2 if row["possibly_twice"] else 1):
            mark = "possibly twice" if row["possibly_twice"] else "once"
            yield f"{what} came {times} times, and the row says {mark}"


def _copies(tables: Tables, received: Sequence[Received]) -> Iterator[str]:
    """What came is a row, byte for byte, for its recipient; what came twice is so the same letter."""
    rows = {row["message_id"]: row for row in tables.letters}
    for letter in received:
        row = rows.get(message_id(letter.content))
        if row is None:
            yield f"the letter {message_id(letter.content)} to {letter.recipient} has no row"
        elif (_same_ends(bytes(row["content"])), row["recipient"]) != (_same_ends(letter.content), letter.recipient):
            yield f"the letter {message_id(letter.content)} to {letter.recipient} is not the row's"


def _same_ends(content: bytes) -> bytes:
    return content.replace(b"\r\n", b"\n")


def _acknowledgements(tables: Tables, brought: Sequence[Brought]) -> Iterator[str]:
    """Exactly one for each complaint that could be read."""
    written = Counter(letter["ticket_id"] for letter in tables.letters if letter["kind"] == "acknowledgement")
    for mail in brought:
        for row in tables.firsts_of(mail):
            wanted = 1 if mail.kind is Kind.COMPLAINT and row["state"] == "done" else None
            if wanted is not None and written[row["ticket_id"]] != wanted:
                yield f"{written[row['ticket_id']]} acknowledgements were written for {_name(mail)}"
    for ticket, count in written.items():
        if count > 1:
            yield f"ticket {ticket} has {count} acknowledgements"


def _answers(tables: Tables, brought: Sequence[Brought]) -> Iterator[str]:
    """What an agent wrote for the customer went to them in one letter; what they noted went out in none."""
    relays = [(row, text_of(row)) for row in tables.letters if row["kind"] == "relay"]
    for mail in brought:
        if mail.kind not in (Kind.ANSWER, Kind.NOTE):
            continue
        to = [row["recipient"] for row, text in relays if mail.word in text]
        for row in tables.firsts_of(mail):
            wanted = [mail.about] if mail.kind is Kind.ANSWER and row["state"] == "done" else []
            if to != wanted:
                yield f"{_name(mail)} was relayed to {to}, not to {wanted}"


def _events(tables: Tables) -> Iterator[str]:
    """Nothing is written down twice: no two events of a ticket have type, actor and data in common, nor one cause."""
    same = Counter((row["ticket_id"], row["type"], row["actor"], row["data"], row["at"]) for row in tables.events)
    for (ticket, kind, _actor, data, _at), count in same.items():
        if count > 1:
            yield f"event {kind} of ticket {ticket} is there {count} times: {data}"
    causes = Counter((row["type"], row["cause"]) for row in tables.events if row["cause"])
    for (kind, cause), count in causes.items():
        if count > 1:
            yield f"event {kind} of {cause} is there {count} times"
    opened = Counter(row["ticket_id"] for row in tables.events if row["type"] == "created")
    for ticket in tables.tickets:
        if opened[ticket["id"]] != 1:
            yield f"ticket {ticket['reference']} has {opened[ticket['id']]} events created"


def _marks(tables: Tables, brought: Sequence[Brought], flags: Flags | None) -> Iterator[str]:
    """All mails still lie in the INBOX, each with our keyword but those in quarantine, which a person looks for."""
    if flags is None:
        return
    if len(flags) != sum(mail.copies for mail in brought):
        yield f"{len(flags)} mails lie in the mailbox, and {sum(mail.copies for mail in brought)} were brought"
    for row in tables.intake:
        seen = flags.get(int(row["uid"]), set())
        if (MARK in seen) == (row["state"] == "quarantined"):
            yield f"the {row['state']} mail with uid {row['uid']} has the flags {sorted(seen)}"


def _name(mail: Brought) -> str:
    return f"{mail.kind.value} {mail.word}"

"""What holds whenever all is quiet, read from the database's rows, the folder and what really went out.

Each function gives the faults that it found, in words; none is what is wanted.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from email import message_from_bytes
from hashlib import sha256
from itertools import chain
from typing import Any

from mailsla.ports.mail import Sent
from tests.flows.mails import JO, KIM, LEE, MARIA, OPERATOR, SAM, address
from tests.flows.office import message_id_of
from tests.stateful.world import World

Query = Callable[..., list[tuple[Any, ...]]]
AGENTS = ("sam", "kim")
INSIDE = {address(one) for one in (SAM, KIM, LEE, JO, MARIA, OPERATOR)}
ENDS = "('done', 'duplicate', 'held', 'quarantined', 'before')"


def faults(world: World) -> list[str]:
    """All of them."""
    checks = (_each_mail_once, _nothing_left, _letters, _acknowledgements, _orders, _marks)
    with world.office.reading() as query:
        found = list(chain.from_iterable(check(world, query) for check in checks))
    return found + list(_words_outside(world))


def _each_mail_once(world: World, query: Query) -> Iterator[str]:
    """Every mail in the folder is a row; of equal bytes one counts, the others are its duplicates."""
    rows = {(validity, int(uid)): (sha, state) for validity, uid, sha, state in query(
        "SELECT uidvalidity, uid, sha256, state FROM intake")}  # fmt: skip
    for uid, mail in world.folder.mails.items():
        sha, _state = rows.get((world.folder.uidvalidity, uid), (None, None))
        if sha != sha256(mail.raw).hexdigest():
            yield f"uid {uid} of {world.folder.uidvalidity} is not held: {sha}"
    firsts = Counter(sha for sha, state in rows.values() if state not in ("duplicate", "before"))
    for sha in {sha for sha, _ in rows.values()}:
        if firsts[sha] != 1:
            yield f"the mail {sha} counts {firsts[sha]} times"
    if doubled := query("SELECT sha256, count(*) FROM messages WHERE sha256 IS NOT NULL AND direction = 'in' "
                        "GROUP BY sha256 HAVING count(*) > 1"):  # fmt: skip
        yield f"mails that stand in tickets more than once: {doubled}"
    if nowhere := query("SELECT id, reason FROM intake WHERE state = 'done' AND ticket_id IS NULL AND reason = ''"):
        yield f"mails that became nothing, without a reason: {nowhere}"
    if failed := query("SELECT id, reason FROM intake WHERE state = 'quarantined'"):
        yield f"quarantined by a crash or a network: {failed}"


def _nothing_left(world: World, query: Query) -> Iterator[str]:
    now = world.office.now
    for what, statement in {
        "mails in work": "SELECT id, state, reason, claimed_by FROM intake "
        f"WHERE state NOT IN {ENDS} AND retry_at <= {now}",
        "letters in sending": "SELECT id, kind FROM letters WHERE state = 'sending'",
        "letters due": f"SELECT id, kind FROM letters WHERE state = 'queued' AND next_at <= {now}",
        "notices due": f"SELECT id, kind, reason FROM notices WHERE state = 'pending' AND not_before <= {now}",
        "references given twice": "SELECT reference, count(*) FROM tickets GROUP BY reference HAVING count(*) > 1",
        "settled without a reason": "SELECT id FROM notices WHERE state IN ('muted', 'cancelled') AND reason = ''",
    }.items():
        if found := query(statement):
            yield f"{what}: {found}"


def _letters(world: World, query: Query) -> Iterator[str]:
    """What went is a row byte for byte; what went twice is marked; what is called sent went."""
    went: dict[str, list[bytes]] = defaultdict(list)
    for one in world.account.tries:
        if one.outcome.sent is Sent.ACCEPTED:
            went[message_id_of(one.raw)].append(one.raw)
    rows = {name: rest for name, *rest in query(
        "SELECT message_id, state, possibly_twice, content FROM letters")}  # fmt: skip
    for name, raws in went.items():
        if name not in rows:
            yield f"{name} went out, and is no row"
            continue
        state, possibly_twice, content = rows[name]
        if any(raw != content for raw in raws):
            yield f"{name} is not the row's"
        if len(raws) > 1 and not possibly_twice:
            yield f"{name} went {len(raws)} times, unmarked"
        if len(raws) > 2:
            yield f"{name} went {len(raws)} times"
        if state != "sent" and not possibly_twice:
            yield f"{name} went, and is {state}"
    for name, (state, possibly_twice, _content) in rows.items():
        # Taken as UNKNOWN before, and refused or taken later: that it went is not known for sure.
        if state == "sent" and name not in went:
            yield f"{name} is called sent, and did not go{' (possibly twice)' if possibly_twice else ''}"


def _acknowledgements(world: World, query: Query) -> Iterator[str]:
    """One for each complaint that came while we watched, or a reason why there is none."""
    for reference, count in query(
        "SELECT t.reference, count(n.id) FROM tickets t LEFT JOIN notices n ON n.ticket_id = t.id "
        "AND n.kind = 'acknowledgement' GROUP BY t.id HAVING count(n.id) > 1"
    ):
        yield f"{reference} has {count} acknowledgements"
    real = {one.word for one in world.written if one.by in ("ana", "rio") and not one.does}
    for reference, text, count in query(
        "SELECT t.reference, m.text, (SELECT count(*) FROM notices n WHERE n.ticket_id = t.id "
        "AND n.kind = 'acknowledgement') FROM tickets t JOIN messages m ON m.id = "
        "(SELECT min(id) FROM messages WHERE ticket_id = t.id)"
    ):
        if count != 1 and any(word in text for word in real):
            yield f"{reference} was acknowledged {count} times"


def _orders(world: World, query: Query) -> Iterator[str]:
    """Agents resolve what they really ordered."""
    orders = sum(one.by in AGENTS and one.does == "resolve" for one in world.written)
    [(resolved,)] = query(
        "SELECT count(*) FROM events WHERE type = 'status' AND json_extract(data, '$.to') = 'resolved' "
        "AND actor LIKE 'agent:%'"
    )
    if resolved > orders:
        yield f"agents resolved {resolved} tickets, and ordered {orders}"


def _words_outside(world: World) -> Iterator[str]:
    """Only what an agent really wrote for the customer goes outside. Letters that were looked at are not again."""
    by = {one.word: one for one in world.written}
    for one in world.account.tries[world.looked_at :]:
        for word in _words(one.raw, by) if one.to not in INSIDE else ():
            if by[word].by not in AGENTS or by[word].does == "note":
                yield f"a letter to {one.to} says {word}, by {by[word].by}"
    world.looked_at = len(world.account.tries)


def _words(raw: bytes, known: dict[str, object]) -> set[str]:
    payloads = [part.get_payload(decode=True) for part in message_from_bytes(raw).walk()]
    text = b"\n".join(one for one in payloads if isinstance(one, bytes)) + raw
    return {word for word in known if word.encode() in text}


def _marks(world: World, query: Query) -> Iterator[str]:
    before = {int(uid) for (uid,) in query(
        "SELECT uid FROM intake WHERE state = 'before' AND uidvalidity = ?", world.folder.uidvalidity)}  # fmt: skip
    if unmarked := [uid for uid, mail in world.folder.mails.items() if not mail.marked and uid not in before]:
        yield f"not marked on the server: {unmarked}"

"""Several notices for one reader become one letter: escalations always, all else in a flood (sla.md 5, mail.md 6)."""

from collections.abc import Sequence
from dataclasses import replace

import structlog

from mailsla.core import letters
from mailsla.core.access.loops import HOUR
from mailsla.core.letters import Reader
from mailsla.core.model import Instant, Notice, NoticeState, Role
from mailsla.core.notices import URGENCY, reason_from
from mailsla.errors import ConfigError
from mailsla.flows.services import Services
from mailsla.flows.steps.contents import escalation_item
from mailsla.flows.steps.lookups import Lookups
from mailsla.flows.steps.notified import Case
from mailsla.ports.store import UnitOfWork

log = structlog.get_logger()

LISTS = frozenset({"folded", "queue_digest"})  # never folded themselves


def escalations(
    known: Lookups, services: Services, notice: Notice, reader: Reader, now: Instant
) -> tuple[letters.Escalation | None, Sequence[int]]:
    """All that waits for one reader as one letter, the latest first, and the ids of the other notices in it.

    None: this one is no longer true; the others then have their own turn. Writes nothing.
    """
    item = _item(known, services, notice, reader, now)
    if item is None:
        return None, ()
    items, folded = [item], []
    for other in known.uow.outbox.pending_for(notice.recipient):
        if other.kind == "escalation" and other.id != notice.id and other.not_before <= now:
            try:
                also = _item(known, services, other, reader, now)
            except (ConfigError, LookupError, ValueError, TypeError):
                log.exception("escalation not folded", notice=other.id)  # it fails by itself when its turn comes
                continue
            if also is not None:
                items.append(also)
                folded.append(other.id)
    if folded:  # one reply can't mean several tickets
        items = [replace(one, case=replace(one.case, can_act=False)) for one in items]
    items.sort(key=lambda one: (-one.late, one.case.reference))
    return letters.Escalation(items=items, no_recipient=bool(notice.data.get("nobody"))), folded


def fold_flood(known: Lookups, services: Services, notice: Notice, now: Instant) -> bool:
    """Above the hourly number of mails to one of us, the notice goes into the next hour's single list instead."""
    if notice.kind in LISTS or (notice.kind == "transcript" and not notice.data.get("unasked")):
        return False  # a transcript answers commands that its reader has just sent
    if known.internal_to(notice.recipient) < services.settings.limits.internal_per_hour:
        return False
    at = (now // HOUR + 1) * HOUR
    key = f"folded:{notice.recipient}:{at}"
    listed = Notice(
        key=key,
        kind="folded",
        ticket_id=None,
        recipient=notice.recipient,
        person=notice.person,
        role=notice.role if notice.role is not Role.CUSTOMER else Role.AGENT,
        not_before=at,
        created_at=now,
        urgency=URGENCY["folded"],
        data={"key": key},
    )
    known.uow.outbox.add_notices([listed])
    known.uow.outbox.settle_notice(notice.id, NoticeState.FOLDED, key)
    return True


def flood(uow: UnitOfWork, services: Services, notice: Notice, reader: Reader) -> letters.Folded:
    """The list that a flood became, escalations first."""
    lines = []
    for one in uow.outbox.folded(str(notice.data["key"])):
        ticket = uow.tickets.get(one.ticket_id) if one.ticket_id is not None else None
        reference, subject = (ticket.reference, ticket.subject) if ticket else ("", "")
        if one.kind == "operator_alert":
            subject = services.letters.word(reason_from(one.data["what"]), reader.language, reader.zone)
        lines.append(letters.FoldedLine(at=one.created_at, kind=one.kind, reference=reference, subject=subject))
    return letters.Folded(lines=lines)


def _item(
    known: Lookups, services: Services, notice: Notice, reader: Reader, now: Instant
) -> letters.EscalationItem | None:
    ticket = known.ticket(notice.ticket_id)
    return None if ticket is None else escalation_item(Case(known, services, notice, ticket, reader, now))

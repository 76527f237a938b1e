"""Several escalations as one letter, and the list that a flood of letters becomes (sla.md section 5, mail.md 6)."""

from collections.abc import Sequence
from dataclasses import replace

from mailsla.core import letters
from mailsla.core.access.loops import HOUR
from mailsla.core.letters import Reader
from mailsla.core.model import Instant, Notice, NoticeState, Role
from mailsla.core.notices import URGENCY, reason_from
from mailsla.flows.services import Services
from mailsla.flows.steps.lookups import Lookups
from mailsla.ports.store import UnitOfWork

LISTS = frozenset({"folded", "queue_digest", "agent_digest", "manager_digest"})  # never folded themselves


def as_one(several: Sequence[letters.Escalation]) -> letters.Escalation:
    """What several escalations say as one letter, the latest case first."""
    items = [item for one in several for item in one.items]
    if len(items) > 1:  # one reply can't mean several tickets
        items = [replace(one, case=replace(one.case, can_act=False)) for one in items]
    items.sort(key=lambda one: (-one.late, one.case.reference))
    return letters.Escalation(items=items, no_recipient=any(one.no_recipient for one in several))


def fold_flood(known: Lookups, services: Services, notice: Notice, now: Instant) -> bool:
    """Above the hourly number of mails to one of us, the notice goes into the next hour's single list instead."""
    if notice.kind in LISTS or notice.urgency == URGENCY["transcript"]:
        return False  # it answers what its reader has just sent
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

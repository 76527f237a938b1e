"""What the letter of a notice says: the notice's own content, or that of all that waits for its reader."""

from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from mailsla.core import letters
from mailsla.core.letters import Content, Reader
from mailsla.core.model import Instant, Notice, Role, Token
from mailsla.core.notices import reason_from
from mailsla.errors import TemporaryError
from mailsla.flows.services import Services
from mailsla.flows.steps.catching_up import catch_up, waiting_with
from mailsla.flows.steps.contents import BUILDERS, transcript_of
from mailsla.flows.steps.digest_contents import digest
from mailsla.flows.steps.digests import DIGEST_OF
from mailsla.flows.steps.escalating import together
from mailsla.flows.steps.explaining import explanation
from mailsla.flows.steps.folding import flood
from mailsla.flows.steps.lookups import Lookups
from mailsla.flows.steps.notified import Case
from mailsla.flows.steps.standing_in import stand_in

FOR_PARTICIPANTS = frozenset({"relay_copy", "status_answer"})  # letters that not only the requester gets

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Said:
    """The content, the rights that stand in it, and the ids of the other notices that it speaks for."""

    content: Content
    tokens: Sequence[Token] = ()
    folded: Sequence[int] = ()


def say(
    known: Lookups, services: Services, notice: Notice, case: Case | None, reader: Reader, now: Instant
) -> Said | None:
    """What is said because of this notice; None when it is no longer true. Writes nothing."""
    own = _content(known, services, notice, case, reader, now)
    if own is None:
        return None  # others that wait have their own turn
    waiting = {one.id: one for one in waiting_with(known, notice, now)}
    also = {number: content for number, one in waiting.items() if (content := _also(known, services, one, reader, now))}
    if not also:
        return Said(own)
    schemes = {box.name: box.scheme for box in services.settings.mailboxes}
    told = [(notice, own), *((waiting[number], content) for number, content in also.items())]
    alarms = [(one, content) for one, content in told if isinstance(content, letters.Escalation)]
    if len(alarms) == len(told):
        grouped, rights = together(known, services, alarms, schemes, now)
        return Said(grouped, rights, folded=tuple(also))
    listed, tokens = catch_up(known, services, told, schemes, now)
    return Said(listed, tokens, folded=tuple(also))


def _also(known: Lookups, services: Services, notice: Notice, reader: Reader, now: Instant) -> Content | None:
    """What another notice would say, None when it is not true; one that fails does so alone, when its turn comes."""
    ticket = known.ticket(notice.ticket_id)
    if ticket is None:
        return None
    try:
        return BUILDERS[notice.kind](Case(known, services, notice, ticket, reader, now))
    except TemporaryError:
        raise
    except Exception:
        log.exception("left out of a list", notice=notice.id, kind=notice.kind)
        return None


def _content(
    known: Lookups, services: Services, notice: Notice, case: Case | None, reader: Reader, now: Instant
) -> Content | None:
    if notice.kind == "operator_alert":
        return _operator_alert(services, notice)
    if notice.kind == "queue_digest":
        return _queue_digest(services, notice)
    if notice.kind in DIGEST_OF:
        return digest(known, services, notice, now)
    if notice.kind == "stand_in":
        return stand_in(known.uow, services, notice, now)
    if notice.kind == "folded":
        return flood(known.uow, services, notice, reader)
    if notice.kind == "transcript" and case is None:
        return transcript_of(notice)
    if notice.kind == "explanation" and case is not None:
        return explanation(case)
    if case is not None and notice.role is Role.CUSTOMER and not _still_theirs(notice, case):
        return None  # meanwhile the ticket is another customer's
    return None if case is None else BUILDERS[notice.kind](case)


def _still_theirs(notice: Notice, case: Case) -> bool:
    """Whether its reader may read it: the requester, and what is meant for a participant while they are one."""
    reader = notice.recipient.lower()
    if reader == case.ticket.requester.lower():
        return True
    return notice.kind in FOR_PARTICIPANTS and reader in case.uow.tickets.participants(case.ticket.id)


def _operator_alert(services: Services, notice: Notice) -> letters.OperatorAlert:
    data = notice.data
    again = data.get("again_at")
    since = data.get("since")
    return letters.OperatorAlert(
        host=services.machine,
        what=reason_from(data["what"]),
        since=since if isinstance(since, int) else notice.created_at,
        command=str(data.get("command") or ""),
        again_at=again if isinstance(again, int) else None,
        recovered=bool(data.get("recovered")),
    )


def _queue_digest(services: Services, notice: Notice) -> letters.QueueDigest:
    rows = notice.data.get("rows")
    counts = notice.data.get("counts")
    return letters.QueueDigest(
        host=services.machine,
        rows=[
            letters.QueueRow(
                number=str(row["number"]),
                queue=row["queue"],
                since=row["since"],
                about=row["about"],
                why=reason_from(row["why"]),
            )
            for row in (rows if isinstance(rows, list) else [])
        ],
        counts=dict(counts) if isinstance(counts, dict) else {},
    )

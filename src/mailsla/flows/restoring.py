"""What a restored database had to send when its copy was made: perhaps it went out since, so it waits or rests."""

from dataclasses import dataclass

import structlog

from mailsla.core.model import Instant, Notice, NoticeState
from mailsla.core.notices import PAST
from mailsla.flows.services import Services
from mailsla.flows.steps.past import taken_as_sent
from mailsla.flows.steps.work import TicketWork
from mailsla.ports.store import UnitOfWork
from mailsla.ports.store.occasions import BACKED_UP, RESTORED, SETTLED

log = structlog.get_logger()

DAY = 24 * 3600
WEEK = 7 * DAY
GAP = 1000  # references that are left out at least
BUSIER = 10  # times as many complaints a day as in the week before the copy
UNKNOWN_AGE = 30  # days that a copy is taken to be old where it doesn't say


@dataclass(frozen=True, slots=True)
class Settled:
    """Letters that wait for a person, notices that are not sent, and the last number that nobody gets."""

    held: int
    muted: int
    number: int


def settle(services: Services) -> Settled | None:
    """Once after each restore, before anything is sent, in one transaction; None: there was nothing to do."""
    with services.store.begin() as uow:
        restored = uow.occasions.when(RESTORED)
        if restored is None or (uow.occasions.when(SETTLED) or 0) >= restored:
            return None
        pending = uow.outbox.pending_outside()
        for notice in pending:
            _rest(uow, services, notice)
        held = uow.outbox.hold_outside(PAST)
        number = uow.occasions.skip_numbers(_gap(uow, restored))
        uow.occasions.note(SETTLED, restored)
        uow.commit()
    log.info("restored database settled", held=held, muted=len(pending), number=number)
    return Settled(held, len(pending), number)


def _rest(uow: UnitOfWork, services: Services, notice: Notice) -> None:
    """An automatic letter is not sent. An answer that could still be recalled then has gone out since."""
    uow.outbox.settle_notice(notice.id, NoticeState.MUTED, PAST)
    ticket = uow.tickets.get(notice.ticket_id) if notice.ticket_id is not None else None
    if notice.kind == "relay" and ticket is not None:
        work = TicketWork(uow, services, ticket, services.now(), past=True)
        data = notice.data
        agent = str(data.get("agent", ""))
        resolve, wait = bool(data.get("resolve")), bool(data.get("wait"))
        taken_as_sent(work, data.get("message"), agent, notice.not_before, resolve=resolve, wait=wait)
        work.save()


def _gap(uow: UnitOfWork, restored: Instant) -> int:
    """How many references may have been given to customers since the copy was made: none is given to another."""
    made = uow.occasions.when(BACKED_UP)
    since = restored - UNKNOWN_AGE * DAY if made is None else made
    days = (max(0, restored - since) + DAY - 1) // DAY
    return GAP + BUSIER * days * (uow.occasions.opened_since(since - WEEK) + 6) // 7

"""The clock was wrong and was set back: what was put off to a time far ahead must not wait until that time comes."""

import structlog

from mailsla.core.model import Instant
from mailsla.flows.jobs import ensure_jobs
from mailsla.flows.services import Services

log = structlog.get_logger()

SET_BACK = 60  # seconds; less is a clock that is kept right in small steps
LONGEST_RETRY = 2 * 3600  # seconds; nothing that failed is put off for longer, and no daemon lives that far ahead
LONGEST_CLOSURE = 60 * 24 * 3600  # seconds; no notice waits for longer than an office is closed


def is_set_back(before: Instant, now: Instant) -> bool:
    """Whether the clock says an earlier time than before."""
    return now < before - SET_BACK


def catch_up(services: Services) -> None:
    """At start, and when the clock was set back: what waits for longer than anything does is due now."""
    now = services.now()
    with services.store.begin() as uow:
        moved = uow.intake.due_at_most(now + LONGEST_RETRY, now)
        moved += uow.outbox.due_at_most(now + LONGEST_RETRY, now + LONGEST_CLOSURE, now)
        uow.intake.first_looks_at_most(now)  # or what comes until then would be taken for mail before us
        uow.occasions.at_most(now)  # or all that comes until then would be taken for what was before a restore
        uow.leases.end_after(now + LONGEST_RETRY, now)
        uow.commit()
    ensure_jobs(services)
    if moved:
        log.warning("put off to after the clock was set back: due now", count=moved)

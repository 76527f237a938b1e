"""What customers hear of promises beside an answer: delay notices, automatic updates, an agent's `#promise`."""

from mailsla.core.commands.changes import HoldPromise, MakePromise
from mailsla.core.notices import to_customer
from mailsla.core.sla.promises import given_last, standing
from mailsla.flows.steps.promises import delays_of, promises_now
from mailsla.flows.steps.terms import agreement_of
from mailsla.flows.steps.work import TicketWork


def put_off(work: TicketWork) -> None:
    """Notices for the promises whose time to be put off has come, each once; nothing for one that is past already."""
    ticket = work.ticket
    promises = promises_now(work.uow, work.services, ticket, work.events, work.now)
    agreement = agreement_of(work.uow, work.services, ticket)
    for delay in delays_of(promises, work.events, agreement, work.now):
        due = delay.at <= work.now
        if due and work.uow.clocks.fire(ticket.id, delay.key, delay.at, False):
            key = f"{delay.key}:{ticket.id}"
            work.notify(to_customer(delay.kind, ticket, key, work.now, {"delays": delay.promise.id}))


def given(work: TicketWork, change: MakePromise, agent: str, *, relays: bool) -> dict[str, object]:
    """An agent's promise, as the notice of the letter that states it carries it.

    It stands in for the one that an agent gave last, which it mends, else for what was promised first. `relays`: an
    answer goes along, which keeps what was promised of one.
    """
    promises = promises_now(work.uow, work.services, work.ticket, work.events, work.now)
    first = standing(promises, "resolution") if relays else given_last(promises) or standing(promises)
    metric = first.metric if first else "next_response"
    return {"metric": metric, "until": change.until, "reason": change.reason, "by": agent}


def apply(work: TicketWork, change: MakePromise | HoldPromise, actor: str) -> None:
    """An agent's promise goes to the customer in a letter of its own, where no answer states it."""
    if isinstance(change, HoldPromise):
        record(work, change, actor)
        return
    data = given(work, change, actor.partition(":")[2], relays=False)
    record(work, change, actor)
    key = f"promise:{work.ticket.id}:{len(work.events)}"
    work.notify(to_customer("delay_notice", work.ticket, key, work.now, {"promise": data}))


def record(work: TicketWork, change: MakePromise | HoldPromise, actor: str) -> None:
    """Into the audit trail, from which it is known what is held back."""
    if isinstance(change, HoldPromise):
        work.record("promise_held", actor)
    else:
        work.record("promised", actor, {"until": change.until, "reason": change.reason})

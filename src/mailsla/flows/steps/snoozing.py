"""A ticket is snoozed, and wakes: at its time with a letter to its agents, or before when somebody writes."""

from mailsla.core.commands.situation import Running
from mailsla.core.model import Instant, Reason
from mailsla.core.notices import reason_data
from mailsla.flows.steps.clocks import clocks_of
from mailsla.flows.steps.telling import tell_agents
from mailsla.flows.steps.work import SYSTEM, TicketWork


def running_of(work: TicketWork) -> list[Running]:
    """The ticket's clocks that have a due time."""
    clocks = clocks_of(work.uow, work.services, work.ticket, work.now, work.events)
    return [Running(metric=one.metric, due=one.due, of=one.of) for one in clocks if one.due is not None]


def snooze(work: TicketWork, until: Instant | None, actor: str) -> None:
    """No reminders until then; None: from now on again."""
    if until is None:
        wake(work, actor)
        return
    work.record("snoozed", actor, {"until": until})
    work.change(snoozed_until=until)


def snoozed(work: TicketWork) -> bool:
    """Whether its agents are to be left alone."""
    return work.ticket.snoozed_until is not None and work.ticket.snoozed_until > work.now


def wake(work: TicketWork, actor: str) -> None:
    """Somebody wrote, or has it now: whoever is told of that needs no other letter."""
    if work.ticket.snoozed_until is not None:
        work.record("woke", actor)
        work.change(snoozed_until=None)


def wake_in_time(work: TicketWork) -> None:
    """The snooze is over: its agents read the case again."""
    if work.ticket.snoozed_until is None or snoozed(work):
        return
    by = next((event.actor for event in reversed(work.events) if event.type == "snoozed"), SYSTEM)
    wake(work, SYSTEM)
    what = Reason("news_woke", {"reference": work.ticket.reference})
    key = f"woke:{work.ticket.id}:{len(work.events)}"
    tell_agents(work, "case_news", key, {"what": reason_data(what), "by": by})

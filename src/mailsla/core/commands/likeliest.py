"""The two commands that the reader of a reminder most likely needs, by what runs out and who has the ticket."""

from collections.abc import Mapping

from mailsla.core.model import Status, Ticket
from mailsla.core.sla.terms import Metric

TAKE, ASSIGN, RESOLVE, REOPEN = "#take", "#assign NAME", "#resolve", "#reopen"
WAIT, PROMISE = "#wait customer", "#promise DAY HH:MM [REASON]"

LIKELIEST: Mapping[Metric, tuple[str, str]] = {
    Metric.FIRST_RESPONSE: (RESOLVE, WAIT),  # each goes out with the answer that stops the clock
    Metric.NEXT_RESPONSE: (RESOLVE, WAIT),
    Metric.RESOLUTION: (RESOLVE, WAIT),
    Metric.PERIODIC_UPDATE: (RESOLVE, PROMISE),
    Metric.OLA: (RESOLVE, ASSIGN),
    Metric.UC: (REOPEN, PROMISE),  # they answered by another way, or the customer waits longer
}


def likeliest(ticket: Ticket, metric: Metric) -> tuple[str, str]:
    """As the list of commands writes them, the likelier first."""
    first, second = LIKELIEST[metric]
    if ticket.status is Status.WAITING_THIRD_PARTY and second == WAIT:
        second = PROMISE
    return (first, second) if ticket.assignee else (TAKE, first)

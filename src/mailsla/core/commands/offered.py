"""Which commands a letter to one of us offers as links: those that the ticket's state allows (mail.md section 4)."""

from collections.abc import Sequence

from mailsla.core.model import ENDED, Status, Ticket

ACK, TAKE, WAIT, RESOLVE, SPAM, REOPEN = "ack", "take", "wait customer", "resolve", "spam", "reopen"
MOST_CATEGORIES = 2


def offered(ticket: Ticket, person: str, likeliest: Sequence[str] = (), asked: Sequence[str] = ()) -> tuple[str, ...]:
    """Commands without their sign, the likeliest first. `likeliest`: categories of a ticket that is to triage.
    `asked`: where the agent is asked about the category, that one and what else it may be.
    """
    if ticket.status in ENDED:
        return ()
    if ticket.status is Status.RESOLVED:
        return (REOPEN,)
    to_triage = likeliest[:MOST_CATEGORIES] if ticket.category is None else asked[:MOST_CATEGORIES]
    return (
        *((TAKE,) if ticket.assignee != person else ()),
        *((WAIT,) if ticket.status is not Status.WAITING_CUSTOMER else ()),
        RESOLVE,
        SPAM,
        *(f"category {name}" for name in to_triage),
    )

"""Participants: an agent lets somebody in or out, and each gets a copy of their own of what is answered."""

from dataclasses import replace

from mailsla.core.model import Letter, Notice
from mailsla.core.notices import to_customer
from mailsla.core.participants import admitted
from mailsla.flows.steps.work import TicketWork


def participants_of(work: TicketWork) -> dict[str, bool]:
    """Who takes part beside the requester, and whether they get copies."""
    copied = admitted(work.events)
    others = work.uow.tickets.participants(work.ticket.id) - {work.ticket.requester.lower()}
    return {email: email in copied for email in sorted(others)}


def admit(work: TicketWork, address: str, actor: str) -> None:
    """They take part from now on."""
    work.uow.tickets.admit(work.ticket.id, address)
    work.record("admitted", actor, {"address": address})


def dismiss(work: TicketWork, address: str, actor: str) -> None:
    """They take part no more."""
    work.uow.tickets.dismiss(work.ticket.id, address)
    work.record("dismissed", actor, {"address": address})


def send_copies(work: TicketWork, letter: Letter, notice: Notice) -> None:
    """The answer has gone to the requester: each participant gets it too, with a right of their own to answer."""
    requester = work.ticket.requester.lower()
    for address in admitted(work.events):
        if address not in (requester, letter.recipient.lower()):
            copy = to_customer("relay_copy", work.ticket, f"copy:{letter.id}:{address}", work.now, notice.data)
            work.notify(replace(copy, recipient=address, person=address))

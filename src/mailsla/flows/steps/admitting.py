"""Participants: an agent lets somebody in or out, and each gets a copy of their own of what is answered."""

import re
from collections.abc import Iterable
from dataclasses import replace

from mailsla.core.commands.grammar import Parsed
from mailsla.core.mail.addresses import strict_mailbox
from mailsla.core.model import Letter, Notice
from mailsla.core.notices import to_customer
from mailsla.core.participants import admitted
from mailsla.flows.steps.work import TicketWork


def participants_of(work: TicketWork) -> dict[str, bool]:
    """Who takes part beside the requester, and whether they get copies."""
    copied = admitted(work.events)
    others = work.uow.tickets.participants(work.ticket.id) - {work.ticket.requester.lower()}
    return {email: email in copied for email in sorted(others)}


def standing_on_mails(work: TicketWork, parsed: Parsed) -> frozenset[str]:
    """Those of the addresses to be admitted that stand in the header of a mail of the ticket."""
    words = (strict_mailbox(one.argument.strip()) for one in parsed.commands if one.verb == "admit")
    return frozenset(_in_headers(work, {address.email for address in words if address is not None}))


def _in_headers(work: TicketWork, addresses: set[str]) -> Iterable[str]:
    """They are looked for in the bytes: an address is written as it is there, whatever else is broken."""
    mails = (one.sha256 for one in work.uow.tickets.messages(work.ticket.id) if one.sha256) if addresses else ()
    for sha256 in mails:
        header = re.split(rb"\r?\n\r?\n", work.uow.intake.raw(sha256), maxsplit=1)[0].lower()
        for address in addresses:
            if re.search(rb"(?<![\w.+-])" + re.escape(address.encode()) + rb"(?![\w.-])", header):
                yield address


def bring_along(work: TicketWork, into: TicketWork, actor: str) -> None:
    """The ticket in hand goes into another: who takes part in it does so there, unless somebody let them out there."""
    out = {event.data["address"] for event in into.events if event.type == "dismissed"}
    there = participants_of(into)
    for address, copied in participants_of(work).items():
        if address == into.ticket.requester.lower() or address in out or there.get(address):
            continue
        if copied:
            admit(into, address, actor)
        else:
            into.uow.tickets.admit(into.ticket.id, address)


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

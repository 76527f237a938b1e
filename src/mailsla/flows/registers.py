"""The complaint register is read: all complaints received in a period, page by page; writes nothing."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from mailsla.core.model import Instant
from mailsla.core.report.register import Entry, LeftOut, entry_of, why_left_out
from mailsla.flows.services import Services
from mailsla.flows.steps.terms import agreement_of

PAGE = 200


@dataclass(slots=True)
class Register:
    """The complaints, the oldest first, and how many of the period are not among them."""

    entries: list[Entry] = field(default_factory=list)
    left_out: LeftOut = field(default_factory=LeftOut)


def register(services: Services, since: Instant | None, until: Instant | None) -> Register:
    """Those received in [since, until); None: without a bound."""
    found = Register()
    for entry in _read(services, since, until):
        if isinstance(entry, LeftOut):
            found.left_out += entry
        else:
            found.entries.append(entry)
    found.entries.sort(key=lambda one: (one.ticket.received_at, one.ticket.number))
    return found


def _read(services: Services, since: Instant | None, until: Instant | None) -> Iterator[Entry | LeftOut]:
    now, after = services.now(), 0
    with services.store.begin() as uow:
        while page := uow.tickets.page(after, PAGE):
            after = page[-1].id
            mine = [
                one
                for one in page
                if (since is None or since <= one.received_at) and (until is None or one.received_at < until)
            ]
            kept = [one for one in mine if why_left_out(one) is None]
            events = uow.tickets.events_of([one.id for one in kept])
            yield from (gone for one in mine if (gone := why_left_out(one)) is not None)
            for ticket in kept:
                agreement = agreement_of(uow, services, ticket)
                yield entry_of(ticket, events[ticket.id], agreement.calendar if agreement else None, now)

"""What is kept of a customer, and its change by a person; their open complaints follow, with an audit event each."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from mailsla.core.model import ENDED, Customer, Ticket
from mailsla.errors import PermanentError
from mailsla.flows.services import Services
from mailsla.flows.steps.work import TicketWork


@dataclass(frozen=True, slots=True)
class Known:
    """A customer with their tickets, newest first."""

    customer: Customer
    tickets: Sequence[Ticket]


def show(services: Services, email: str) -> Known:
    """Raises PermanentError when nobody wrote from this address."""
    with services.store.begin() as uow:
        customer = uow.tickets.customer_by_email(email)
        if customer is None:
            raise PermanentError(
                f"nobody wrote from {email}", "see the addresses in `mailsla ticket list --all --json`"
            )
        return Known(customer, uow.tickets.of_customer(customer.id))


def change(
    services: Services, email: str, user: str, *, language: str | None, zone: str | None, name: str | None
) -> Known:
    """Write what is not None; "" forgets a language or zone. An address that never wrote is made known.

    Letters on open complaints change with it, where there is a language or zone now.
    """
    now = services.now()
    with services.store.begin() as uow:
        before = uow.tickets.customer(email, name or "", now)
        after = replace(
            before,
            language=before.language if language is None else language or None,
            zone=before.zone if zone is None else zone or None,
            name=before.name if name is None else name,
        )
        uow.tickets.save_customer(after)
        for ticket in uow.tickets.of_customer(before.id):
            if ticket.status not in ENDED:
                work = TicketWork(uow, services, ticket, now)
                work.change(
                    language=after.language or ticket.language,
                    zone=after.zone or ticket.zone,
                    requester_name=after.name,
                )
                work.record(
                    "customer_changed",
                    f"cli:{user}",
                    {"language": after.language or "", "zone": after.zone or "", "name": after.name},
                )
                work.save()
        uow.commit()
    return show(services, email)

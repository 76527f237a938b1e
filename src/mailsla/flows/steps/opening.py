"""A new ticket: customer, triage, assignee, agreement, first events, on an open unit of work."""

from dataclasses import dataclass, replace

from mailsla.config.settings import MailboxSettings
from mailsla.core.access.threads import base_subject, without_tags
from mailsla.core.model import Customer, Instant, Intake, Ticket
from mailsla.core.triage.scope import scope_of
from mailsla.flows.services import Services
from mailsla.flows.steps.assigning import next_assignee
from mailsla.flows.steps.presence import directory_now
from mailsla.flows.steps.terms import agreed, agreements_for
from mailsla.flows.steps.triaging import Triaged
from mailsla.flows.steps.work import SYSTEM, TicketWork
from mailsla.ports.store import UnitOfWork

LONGEST_SUBJECT = 200  # characters


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What a ticket is opened with. `verified`: the requester is who wrote it."""

    mailbox: MailboxSettings
    intake: Intake
    requester: str
    requester_name: str
    subject: str
    verified: bool
    actor: str
    link_to: int | None = None
    stub: bool = False


def open_ticket(
    uow: UnitOfWork, services: Services, opening: Opening, triaged: Triaged | None, now: Instant
) -> TicketWork:
    """The ticket, with its clocks running from the receipt; `triaged` None: a stub for a mail that can't be read."""
    customer = uow.tickets.customer(opening.requester.lower(), opening.requester_name, now)
    ticket = _ticket(uow, services, opening, customer, triaged, now)
    scope = scope_of(ticket)  # what is no complaint owes nothing
    ticket, agreements = agreed(ticket, {} if scope else agreements_for(uow, services, ticket, now))
    ticket = replace(ticket, id=uow.tickets.add(ticket))
    work = TicketWork(uow, services, ticket, now, opened_here=True)
    work.record(
        "created",
        opening.actor,
        {
            **agreements,
            "team": ticket.team,
            "intake": opening.intake.id,
            "late_on_arrival": opening.intake.accepted_at - opening.intake.received_at > 15 * 60,
            **({"scope": scope} if scope else {}),
        },
        at=opening.intake.received_at,
    )
    if ticket.assignee is not None:
        work.record("assigned", SYSTEM, {"assignee": ticket.assignee, "team": ticket.team})
    linked = uow.tickets.get(opening.link_to) if opening.link_to is not None else None
    if linked is not None:
        work.record("linked", SYSTEM, {"reference": linked.reference})
    return work


def _ticket(
    uow: UnitOfWork,
    services: Services,
    opening: Opening,
    customer: Customer,
    triaged: Triaged | None,
    now: Instant,
) -> Ticket:
    directory = services.settings.directory
    organisation = directory.organisation_of(opening.requester)
    written = (triaged.result.language if triaged else None) or ""
    language, zone = language_and_zone(services, opening.mailbox, customer, written)
    team = (triaged.result.team if triaged else None) or services.settings.triage.default_team or None
    nobody = triaged is not None and triaged.result.scope is not None
    assignee = None if nobody else next_assignee(uow, directory_now(uow, services, now), team)
    number = uow.tickets.next_number()
    return Ticket(
        number=number,
        reference=f"{services.settings.prefix}-{number}",
        mailbox=opening.mailbox.name,
        category=triaged.result.category if triaged else None,
        priority=triaged.result.priority if triaged else "normal",
        team=team,
        assignee=assignee,
        customer_id=customer.id,
        requester=customer.email,
        requester_name=customer.name,
        verified=opening.verified,
        subject=_base(services, opening.subject),
        language=language,
        zone=zone,
        organisation=organisation.name if organisation else None,
        received_at=opening.intake.received_at,
        opened_at=now,
        linked_to=opening.link_to,
        triage=triaged.stored if triaged else {},
        stub=opening.stub,
    )


def _base(services: Services, subject: str) -> str:
    """{base} of letters.md section 4: without reply prefixes, and without the reference of another ticket."""
    return base_subject(without_tags(base_subject(subject), services.settings.prefix))[:LONGEST_SUBJECT].strip()


def language_and_zone(
    services: Services, mailbox: MailboxSettings, customer: Customer, written: str
) -> tuple[str, str]:
    """Of the letters to a customer who wrote in the language `written` ("": not known), where letters can be in it."""
    organisation = services.settings.directory.organisation_of(customer.email)
    known = written if written in services.languages else ""
    language = customer.language or known or (organisation.language if organisation else "")
    zone = customer.zone or (organisation.zone if organisation else "")
    return language or mailbox.language, zone or mailbox.zone

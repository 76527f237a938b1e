"""Another requester for a ticket in hand: what hangs on who they are follows (mail.md section 3)."""

from mailsla.core.notices import UNREACHABLE
from mailsla.flows.steps.agreeing import agree_anew
from mailsla.flows.steps.opening import language_and_zone
from mailsla.flows.steps.work import TicketWork


def change_requester(work: TicketWork, email: str, name: str, actor: str) -> None:
    """The ticket is of `email` from now on, whom nothing has proven yet; who had it takes part in it no more.

    Language, zone and organisation are theirs as if they had written it, and other policies may follow. They hear of it
    with the next answer.
    """
    uow, services, before = work.uow, work.services, work.ticket
    customer = uow.tickets.customer(email, name, work.now)
    organisation = services.settings.directory.organisation_of(email)
    boxes = services.settings.mailboxes
    box = next((one for one in boxes if one.name == before.mailbox), boxes[0])
    written = str(before.triage.get("language") or "")
    language, zone = language_and_zone(services, box, customer, written)
    shown = "" if before.requester.endswith(UNREACHABLE) else before.requester
    work.record("requester", actor, {"customer": customer.email, "before": shown})
    work.change(
        customer_id=customer.id,
        requester=customer.email,
        requester_name=customer.name,
        verified=False,
        language=language,
        zone=zone,
        organisation=organisation.name if organisation else None,
    )
    uow.tickets.dismiss(before.id, before.requester)
    agree_anew(work, actor)

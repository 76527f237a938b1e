"""What would follow from releasing a held mail: decided as the daemon decides it, and nothing of it written."""

from dataclasses import dataclass, replace

from mailsla.core.access.authority import Action
from mailsla.core.model import IntakeState
from mailsla.flows.explain import NeverCommits
from mailsla.flows.process import mailbox_of
from mailsla.flows.queues import mail_in
from mailsla.flows.services import Services
from mailsla.flows.steps.deciding import PERFORM, Mail
from mailsla.flows.steps.examine import examine
from mailsla.flows.steps.linked import command_of


@dataclass(frozen=True, slots=True)
class Follows:
    """What a held mail does once a person vouches for its sender."""

    action: Action
    reference: str  # of the ticket that it acts on or opens; "" = of none
    opens: bool
    requester: str  # the customer of that ticket
    relays: bool  # its text or its files go to them
    command: str  # of the action link that it came by; "" = it is the mail of none
    denied: bool  # the agent in whose name it came was asked, and did not say that it is theirs


def follows(services: Services, intake_id: int) -> Follows | None:
    """None: the mail is not held. Raises Unparseable, TemporaryError; PermanentError when there is no such mail."""
    # What a rehearsal numbers is numbered anew later: nothing is remembered by number.
    services = replace(services, store=NeverCommits(services.store), versions={}, agreements={})
    with services.store.begin() as uow:
        intake = mail_in(uow, intake_id)
        if intake.state is not IntakeState.HELD or intake.sha256 is None:
            return None
        mail, now = services.reader.read(uow.intake.raw(intake.sha256)), services.now()
        mailbox = mailbox_of(services, intake)
        seen = examine(uow, services, mailbox, mail, received_at=intake.received_at, now=now, vouched=True)
        named = seen.access.ticket_id
        before = {one.id for one in uow.outbox.notices_of(named)} if named is not None else set()
        done = PERFORM[seen.access.action](Mail(uow, services, intake, seen, now))
        ticket = uow.tickets.get(done.ticket_id) if done.ticket_id is not None else None
        letters = uow.outbox.notices_of(ticket.id) if ticket else []
        return Follows(
            action=seen.access.action,
            reference=ticket.reference if ticket else "",
            opens=ticket is not None and named is None,
            requester=ticket.requester if ticket else "",
            command=clicked.shown if (clicked := command_of(seen.held)) else "",
            denied=any(
                event.type == "denied" and event.data.get("intake") == intake_id
                for event in (uow.tickets.events(ticket.id) if ticket else ())
            ),
            relays=any(one.kind == "relay" and one.id not in before for one in letters),
        )

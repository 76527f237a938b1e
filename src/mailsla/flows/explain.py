"""What would happen to a mail, each decision with its reason; touches nothing (mail.md section 2, product.md)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from mailsla.config.settings import MailboxSettings
from mailsla.core.access.authority import Action
from mailsla.core.mail.prescan import prescan
from mailsla.core.model import Intake, IntakeState, Notice, Ticket
from mailsla.core.sla.clocks import Clock
from mailsla.core.triage.triage import TriageResult
from mailsla.flows.services import Services
from mailsla.flows.steps.clocks import clocks_of
from mailsla.flows.steps.deciding import PERFORM, Mail
from mailsla.flows.steps.examine import Examination, examine
from mailsla.flows.steps.terms import agreement_of
from mailsla.flows.steps.triaging import triage_mail


@dataclass(frozen=True, slots=True)
class Explanation:
    """Every decision on one mail. `ticket` is the one that it would open or change, as it would be afterwards."""

    seen: Examination
    suspicious: str
    triage: TriageResult | None
    ticket: Ticket | None
    opens: bool
    state: IntakeState
    reason: str
    policy: str
    clocks: Sequence[Clock]
    notices: Sequence[Notice]


def explain(services: Services, mailbox: MailboxSettings, raw: bytes) -> Explanation:
    """Do all that processing does in a transaction that is never committed. Raises Unparseable."""
    mail = services.reader.read(raw)
    now = services.now()
    with services.store.begin() as uow:
        uow.intake.put_raw(mail.sha256, raw)
        intake = Intake(
            mailbox=mailbox.name,
            folder="explain",
            uidvalidity=0,
            uid=services.ids.public(),
            sha256=mail.sha256,
            received_at=now,
            accepted_at=now,
        )
        intake = replace(intake, id=uow.intake.add([intake])[0])
        seen = examine(uow, services, mailbox, mail, received_at=now, now=now)
        done = PERFORM[seen.access.action](Mail(uow, services, intake, seen, now))
        ticket = uow.tickets.get(done.ticket_id) if done.ticket_id is not None else None
        opens = ticket is not None and ticket.opened_at == now and _opens(seen.access.action)
        agreement = agreement_of(uow, services, ticket) if ticket else None
        return Explanation(
            seen=seen,
            suspicious=prescan(raw).reason,
            triage=triage_mail(services, mailbox, mail, ticket.requester).result if ticket and opens else None,
            ticket=ticket,
            opens=opens,
            state=done.state,
            reason=done.reason,
            policy=agreement.policy.name if agreement else "",
            clocks=clocks_of(uow, services, ticket, now) if ticket else (),
            notices=[one for one in uow.outbox.notices_of(ticket.id) if one.created_at == now] if ticket else (),
        )


def _opens(action: Action) -> bool:
    return action not in (Action.APPEND, Action.APPEND_THIRD_PARTY, Action.ACT, Action.NOTE, Action.RECORD_REPLY)

"""A mail that is no complaint: kept as a ticket that is over at once and owes nothing, until somebody takes it up."""

from mailsla.core.commands.changes import SetCategory
from mailsla.core.directory import Scope
from mailsla.core.model import Intake, Status
from mailsla.core.notices import to_customer
from mailsla.core.triage.scope import scope_of
from mailsla.flows.steps import conversation as talk
from mailsla.flows.steps.examine import Examination
from mailsla.flows.steps.telling import tell_agents
from mailsla.flows.steps.work import SYSTEM, TicketWork

ENDS_AS: dict[Scope, Status] = {"out": Status.RESOLVED, "spam": Status.VOID}


def greet(work: TicketWork, message: int, refused: str) -> None:
    """Who wrote first is acknowledged, and who answers is told; or what is no complaint ends here.

    `refused`: why nothing automatic answers the mail, "" = it may.
    """
    scope = scope_of(work.ticket)
    if scope is None:
        talk.acknowledge(work, refused)
        talk.tell_new(work, message)
        return
    work.set_status(ENDS_AS[scope], SYSTEM)
    letter = work.ticket.triage.get("letter")
    if scope == "out" and letter:
        key = f"scope:{work.ticket.id}"
        talk.answer_by_itself(
            work, to_customer("out_of_scope", work.ticket, key, work.now, {"letter": letter}), refused
        )


def from_customer(work: TicketWork, intake: Intake, seen: Examination, refused: str) -> None:
    """A participant wrote again; who says so that it is a complaint after all is told by when a person answers."""
    outside = scope_of(work.ticket)
    talk.from_customer(work, intake, seen)
    if outside is not None and scope_of(work.ticket) is None:
        talk.acknowledge(work, refused, {"received_at": intake.received_at})


def told_of_taking_up(work: TicketWork, before: Scope | None, actor: str) -> None:
    """Where one of us took up what was out of scope (`before`), the others read of it as of a new case."""
    if before is None or scope_of(work.ticket) is not None:
        return
    newest = next((one for one in reversed(work.uow.tickets.messages(work.ticket.id)) if one.kind == "customer"), None)
    data = {"message": newest.id} if newest else {}
    tell_agents(work, "agent_notification", f"new:{work.ticket.id}", data, but=actor.removeprefix("agent:"))


def says_complaint(work: TicketWork, change: SetCategory) -> bool:
    """Whether giving it this category means that what is out of scope is a complaint."""
    category = work.services.settings.directory.categories.get(change.category)
    return scope_of(work.ticket) is not None and (category is None or category.scope is None)

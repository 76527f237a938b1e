"""A supplier is asked, and answers: its clock starts and stops (UC); nothing of it reaches a customer."""

from dataclasses import replace

from mailsla.core.model import Intake, Status
from mailsla.flows.steps.conversation import add_message, tell_readers
from mailsla.flows.steps.examine import Examination
from mailsla.flows.steps.snoozing import wake
from mailsla.flows.steps.terms import agreed, agreements_of, versioned
from mailsla.flows.steps.work import TicketWork


def ask_supplier(work: TicketWork, name: str, target: str, actor: str, *, waits: bool = True) -> None:
    """The supplier owes an answer from now on, within `target` ("": nothing was agreed); `waits`: the ticket does."""
    supplier = work.services.settings.directory.suppliers[name]
    duty = replace(supplier, target=target).duty
    data: dict[str, object] = {}
    if duty is not None:
        agreements = agreements_of(work.uow, work.services, work.ticket)
        agreements[duty.track] = versioned(work.uow, work.services, duty, work.now)
        after, data = agreed(work.ticket, agreements)
        work.change(policy_version=after.policy_version, tracks=after.tracks)
    if waits:
        work.set_status(Status.WAITING_THIRD_PARTY, actor)
    work.record("supplier_asked", actor, {**data, "supplier": name})


def forwarded_to_supplier(work: TicketWork, intake: Intake, seen: Examination) -> None:
    """An agent wrote to a supplier about the ticket: kept inside, relayed to nobody."""
    name = seen.colleague
    actor = f"agent:{name}"
    message = add_message(work, intake, seen.mail, "comment", internal=True, author=name)
    work.record("comment", actor, {"message": message}, at=intake.received_at)
    work.touched_by_person(actor)
    target = work.services.settings.directory.suppliers[seen.facts.supplier_addressed].target
    ask_supplier(work, seen.facts.supplier_addressed, target, actor, waits=False)


def supplier_answered(work: TicketWork, intake: Intake, seen: Examination) -> None:
    """A supplier that was asked wrote back: for agents only; a ticket that waited for them is open again."""
    supplier = seen.facts.supplier
    message = add_message(work, intake, seen.mail, "third_party", internal=True)
    work.record("supplier_answered", f"supplier:{supplier}", {"supplier": supplier, "message": message})
    wake(work, f"supplier:{supplier}")
    if work.ticket.status is Status.WAITING_THIRD_PARTY:
        work.set_status(Status.OPEN, f"supplier:{supplier}")
    tell_readers(work, message, "third_party")

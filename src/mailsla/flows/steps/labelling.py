"""A category that one of us set or confirmed is a label: what triage learns from."""

from mailsla.core.triage.labels import How, Label
from mailsla.flows.steps.work import TicketWork

BY_ITSELF = ("learned", "lexicon")  # stages that decide without a person


def label(work: TicketWork, category: str, actor: str) -> None:
    """Keep it; an answer to our own question as such, once: then nobody is asked any more."""
    triage = work.ticket.triage
    asked = bool(triage.get("asked"))
    guessed = triage.get("category") if triage.get("stage") in BY_ITSELF else None
    how = How.CLI if actor.startswith("cli:") else How.LINK if work.by_link else How.COMMAND
    number = work.ticket.id
    one = Label(
        at=work.now,
        key=f"ticket:{number}:{work.now}:{len(work.events)}:{category}",
        category=category,
        who=actor,
        how=How.ASKED if asked else how,
        ticket_id=number,
        guessed=str(guessed or ""),
    )
    work.uow.learning.add([one])
    if asked:
        work.change(triage={**triage, "asked": False})

"""`#undo` and `#send` are carried out, on a ticket in hand."""

from mailsla.core.commands.changes import DropHeld, OfAnswers, Recall, SendHeld
from mailsla.flows.steps.overtaken import drop_held, send_held, tell_of_recall
from mailsla.flows.steps.relaying import recall
from mailsla.flows.steps.work import TicketWork


def apply(work: TicketWork, change: OfAnswers, actor: str) -> None:
    """What becomes of an answer that has not left."""
    match change:
        case Recall(mail):
            recall(work, mail, actor)
            tell_of_recall(work, actor)
        case SendHeld(intake_id):
            send_held(work, intake_id, actor)
        case DropHeld(intake_id):
            drop_held(work, intake_id, actor, "recalled by its writer")

"""`#undo` and `#send` are carried out, on a ticket in hand; what waits on a case that is no complaint is dropped."""

from mailsla.core.commands.changes import DropHeld, OfAnswers, Recall, SendHeld
from mailsla.core.model import Reason
from mailsla.core.recall import Leaving, Outgoing
from mailsla.flows.steps.case import who
from mailsla.flows.steps.overtaken import drop_held, send_held, tell_of_recall
from mailsla.flows.steps.relaying import outgoing, recall, take_back
from mailsla.flows.steps.transcripts import nothing_done, of_mail, tell, transcript_data
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


def drop_waiting(work: TicketWork, actor: str) -> None:
    """The case is no complaint: what waits to be sent is not, and whose answer it was gets the text back."""
    for mail in outgoing(work.uow, work.ticket.id):
        waits = mail.state is Leaving.WAITS and take_back(work, mail, f"no complaint, says {actor.partition(':')[2]}")
        if waits and mail.kind == "relay" and actor != f"agent:{mail.by}":
            _give_back(work, mail, actor)


def _give_back(work: TicketWork, mail: Outgoing, actor: str) -> None:
    notice = work.uow.outbox.get_notice(mail.notice_id)
    if notice is None:
        return
    why = Reason("answer_to_spam", {"name": who(work.services, actor)})
    data = transcript_data(nothing_done(of_mail(why))) | {"recalled": notice.data.get("message"), "inside": True}
    tell(work, mail.by, f"transcript:{notice.key}:spam", data)

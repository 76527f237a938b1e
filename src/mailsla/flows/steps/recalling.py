"""`#undo` and `#send` are carried out, on a ticket in hand; what waits on a case that is no complaint is dropped."""

from mailsla.core.commands.changes import DropHeld, OfAnswers, Recall, SendHeld
from mailsla.core.model import Reason
from mailsla.core.notices import to_agent
from mailsla.core.recall import Leaving, Outgoing
from mailsla.flows.steps.case import who
from mailsla.flows.steps.overtaken import drop_held, news, send_held, tell_of_recall
from mailsla.flows.steps.relaying import outgoing, recall, take_back
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
    agent = work.services.settings.directory.agents.get(mail.by)
    if notice is None or agent is None:
        return
    why = Reason("answer_to_spam", {"name": who(work.services, actor)})
    data = {**news(why), "recalled": notice.data.get("message"), "inside": True}
    key = f"transcript:{notice.key}:spam"
    work.notify(to_agent("transcript", work.ticket, agent, key, work.now, work.services.calendars, data))

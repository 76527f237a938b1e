"""What has not left yet: `#undo` recalls it, `#send` lets go what another agent's answer overtook."""

from collections.abc import Sequence

from mailsla.core.commands.changes import DropHeld, Recall, SendHeld
from mailsla.core.commands.situation import Done, Outcome, Refused, Situation
from mailsla.core.model import ENDED, Reason
from mailsla.core.recall import Leaving, Outgoing, to_recall


def undo(_text: str, situation: Situation) -> Outcome:
    """The last mail to the customer that the actor caused and that has not left; at the prompt, that anyone did."""
    actor = situation.actor
    mail = to_recall(situation.outgoing, actor.name, anyones=actor.is_cli)
    if situation.held_answer is not None and (mail is None or mail.state is not Leaving.WAITS):
        return Done(Reason("held_dropped", {"intake": situation.held_answer}), DropHeld(situation.held_answer))
    if mail is None:
        return Refused(_nothing_theirs(situation.outgoing))
    if mail.state is Leaving.GONE:
        return Refused(Reason("undo_gone", {"at": mail.at, "customer": situation.ticket.requester}))
    if mail.state is Leaving.IN_DOUBT:
        return Refused(Reason("undo_in_doubt", {"customer": situation.ticket.requester}))
    return Done(Reason("recalled" if mail.kind == "relay" else "recalled_closing"), Recall(mail))


def _nothing_theirs(outgoing: Sequence[Outgoing]) -> Reason:
    """Where a colleague's waits, whose: only they may recall it."""
    waiting = next((one.by for one in reversed(outgoing) if one.state is Leaving.WAITS), "")
    return Reason("undo_others", {"name": waiting}) if waiting else Reason("undo_nothing")


def send(_text: str, situation: Situation) -> Outcome:
    """The actor's own answer that is held because another one was faster; at the prompt, anyone's."""
    at_prompt = situation.actor.is_cli
    if situation.held_answer is None:
        return Refused(Reason("send_nothing_at_all") if at_prompt else Reason("send_nothing"))
    if situation.ticket.status in ENDED:
        return Refused(Reason("relay_ended", {"status": situation.ticket.status}))
    said = Reason("held_sent_at_prompt") if at_prompt else Reason("held_sent")
    return Done(said, SendHeld(situation.held_answer))

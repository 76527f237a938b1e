"""When the agents hear of it: `#snooze`, `#ack`."""

from mailsla.core.commands.changes import Acknowledge, Snooze
from mailsla.core.commands.grammar import FORMS
from mailsla.core.commands.situation import Done, Outcome, Refused, Situation
from mailsla.core.commands.snoozing import OFF, snooze_until
from mailsla.core.commands.times import Unclear
from mailsla.core.model import Reason, Scalar, Status


def snooze(written: str, situation: Situation) -> Outcome:
    """No reminders until then. The clocks run on, so a due time before it is said."""
    ticket, now = situation.ticket, situation.now
    if written.lower().strip(".!") in OFF:
        snoozed = ticket.snoozed_until is not None
        return Done(Reason("snooze_ended"), Snooze(None)) if snoozed else Done(Reason("snooze_not"))
    if ticket.status is Status.RESOLVED:
        return Refused(Reason("snooze_resolved"), FORMS["reopen"].usage)
    until = snooze_until(written, now, situation.zone)
    if isinstance(until, Unclear):
        return Refused(until.why, until.meant)
    values: dict[str, Scalar] = {"until": until}
    first = min((one for one in situation.running if one.due <= until), key=lambda one: one.due, default=None)
    if first is not None:
        values |= {"metric": first.metric.value, "at": first.due}
    return Done(Reason("snoozed", values), Snooze(until))


def ack(_text: str, situation: Situation) -> Outcome:
    """The ladders that have climbed end here; where a due time moves, they begin anew."""
    if not situation.alarms:
        return Refused(Reason("ack_nothing", {"reference": situation.ticket.reference}))
    new = tuple(one.episode for one in situation.alarms if not one.acknowledged)
    return Done(Reason("acknowledged"), Acknowledge(new)) if new else Done(Reason("ack_already"))

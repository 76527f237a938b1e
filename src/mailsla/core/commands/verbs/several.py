"""Two tickets that are one: `#merge`."""

from mailsla.core.commands.changes import MergeInto
from mailsla.core.commands.situation import Done, Outcome, Refused, Situation
from mailsla.core.model import ENDED, Reason, Status


def merge(wanted: str, situation: Situation) -> Outcome:
    """Into an open ticket of the same customer or organisation: what one may read, the other must not."""
    ticket, into = situation.ticket, situation.named.get(wanted)
    if into is None:
        return Refused(Reason("merge_unknown", {"reference": wanted[:80]}))
    if into.id == ticket.id:
        return Refused(Reason("merge_itself", {"reference": into.reference}))
    if into.status in ENDED or into.status is Status.RESOLVED:
        return Refused(Reason("merge_ended", {"reference": into.reference, "status": into.status}))
    same_house = ticket.organisation is not None and ticket.organisation == into.organisation
    if ticket.requester.lower() != into.requester.lower() and not same_house:
        return Refused(Reason("merge_other_customer", {"reference": into.reference, "customer": into.requester}))
    return Done(Reason("merged_into", {"reference": into.reference}), MergeInto(into))

"""Two tickets that are one, and one that is two: `#merge`, `#split`."""

from mailsla.core.commands.changes import MergeInto, SplitOff
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


def split(wanted: str, situation: Situation) -> Outcome:
    """The customer's newest mail, or their mail of that number, counted from 1; the first is what the ticket is of."""
    mails, reference = situation.mails, situation.ticket.reference
    if wanted and not (wanted.isascii() and wanted.isdecimal() and len(wanted) < 6 and 1 <= int(wanted) <= len(mails)):
        return Refused(Reason("split_unknown", {"number": wanted[:80], "count": len(mails), "reference": reference}))
    if len(mails) < 2:
        return Refused(Reason("split_only", {"reference": reference}))
    number = int(wanted) if wanted else len(mails)
    if number == 1:
        return Refused(Reason("split_first", {"reference": reference}))
    mail = mails[number - 1]
    if mail.intake_id is None:
        return Refused(Reason("split_no_mail", {"number": number}))
    return Done(Reason("split_off", {"subject": mail.subject, "at": mail.at}), SplitOff(mail))

"""Who takes part beside the requester: `#admit`, `#dismiss` (mail.md section 3: only an agent lets somebody in)."""

from mailsla.core.access.loops import nobody_reads
from mailsla.core.commands.changes import Admit, Dismiss
from mailsla.core.commands.grammar import FORMS, closest
from mailsla.core.commands.situation import Done, Outcome, Refused, Situation
from mailsla.core.mail.addresses import strict_mailbox
from mailsla.core.mail.parsed import Address
from mailsla.core.model import Reason
from mailsla.core.notices import UNREACHABLE


def admit(written: str, situation: Situation) -> Outcome:
    """They may write, and get a copy of each answer from now on; twice is once."""
    address = customers_address(written, situation)
    if isinstance(address, Refused):
        return address
    email = address.email
    if situation.ticket.requester.lower() == email:
        return Done(Reason("admit_requester", {"address": email}))
    if nobody_reads(email):
        return Refused(Reason("admit_no_person", {"address": email}))
    if situation.participants.get(email):
        return Done(Reason("admit_already", {"address": email}))
    unseen = email if email not in situation.on_mails else ""
    return Done(Reason("admitted", {"address": email, "unseen": unseen}), Admit(email))


def dismiss(written: str, situation: Situation) -> Outcome:
    """They get nothing more, and what they write is somebody's who takes no part."""
    address = strict_mailbox(written)
    email = address.email if address is not None else written.lower()
    if situation.ticket.requester.lower() == email:
        return Refused(Reason("dismiss_requester", {"address": email}), FORMS["customer"].usage)
    if email not in situation.participants:
        near = closest(email, tuple(situation.participants))
        return Refused(Reason("dismiss_unknown", {"address": email[:80]}), f"#dismiss {near}" if near else "")
    return Done(Reason("dismissed", {"address": email}), Dismiss(email))


def customers_address(written: str, situation: Situation) -> Address | Refused:
    """An address that can be a customer's: nobody of ours, nor a supplier."""
    address = strict_mailbox(written)
    if address is None or address.email.endswith(UNREACHABLE):
        return Refused(Reason("customer_no_address", {"address": written[:80]}))
    local, _, domain = address.email.rpartition("@")
    without_token = f"{local.partition('+')[0]}@{domain}"
    supplier = situation.directory.supplier_by_email(address.email)
    if {address.email, without_token} & situation.ours or supplier is not None:
        return Refused(Reason("customer_ours", {"address": address.email}))
    return address

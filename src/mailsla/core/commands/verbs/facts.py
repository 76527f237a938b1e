"""What policies look at: `#priority`, `#category`, `#customer`."""

from mailsla.core.commands.changes import ConfirmCategory, SetCategory, SetPriority, SetRequester
from mailsla.core.commands.grammar import closest
from mailsla.core.commands.situation import Done, Outcome, Refused, Situation
from mailsla.core.commands.verbs.people import customers_address
from mailsla.core.directory import Category
from mailsla.core.model import Reason
from mailsla.core.notices import UNREACHABLE
from mailsla.core.triage.scope import scope_of


def priority(wanted: str, situation: Situation) -> Outcome:
    """low | normal | high | urgent."""
    if situation.ticket.priority == wanted:
        return Done(Reason("priority_already", {"priority": wanted}))
    values = {"priority": wanted, "before": situation.ticket.priority}
    return Done(Reason("priority_set", values), SetPriority(wanted))


def category(wanted: str, situation: Situation) -> Outcome:
    """By name, or by a label in any language."""
    words: dict[str, Category] = {}
    for one in situation.directory.categories.values():
        words |= {word.lower(): one for word in (*one.label.values(), one.name)}
    found = words.get(wanted.lower())
    if found is None:
        near = closest(wanted, tuple(words))
        known = ", ".join(sorted(situation.directory.categories))
        reason = Reason("category_unknown", {"category": wanted[:80], "known": known})
        return Refused(reason, f"#category {words[near].name}" if near else "")
    if situation.ticket.category == found.name and scope_of(situation.ticket) is None:
        return Done(Reason("category_already", {"category": found.name}), ConfirmCategory(found.name))
    values = {"category": found.name, "before": situation.ticket.category}
    return Done(Reason("category_set", values), SetCategory(found.name, found.team or None))


def customer(written: str, situation: Situation) -> Outcome:
    """Another requester, who reads and is answered from now on; nobody of ours, nor a supplier."""
    address = customers_address(written, situation)
    if isinstance(address, Refused):
        return address
    before = situation.ticket.requester
    if before.lower() == address.email:
        return Done(Reason("customer_already", {"customer": address.email}))
    values = {"customer": address.email, "before": "" if before.endswith(UNREACHABLE) else before}
    return Done(Reason("customer_set", values), SetRequester(address.email, address.name))

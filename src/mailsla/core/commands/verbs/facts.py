"""What policies look at: `#priority`, `#category`."""

from mailsla.core.commands.changes import SetCategory, SetPriority
from mailsla.core.commands.grammar import closest
from mailsla.core.commands.situation import Done, Outcome, Refused, Situation
from mailsla.core.directory import Category
from mailsla.core.model import Reason


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
    if situation.ticket.category == found.name:
        return Done(Reason("category_already", {"category": found.name}))
    values = {"category": found.name, "before": situation.ticket.category}
    return Done(Reason("category_set", values), SetCategory(found.name, found.team or None))

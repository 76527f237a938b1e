"""Whether a mail is a complaint at all: by the operator's rule or category for what is out of scope, or spam.

Danger to people, the law and all else that sets a floor of priority wins: then a person decides what it is.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from mailsla.core.directory import Category, Scope
from mailsla.core.model import Reason, Ticket
from mailsla.core.triage.priority import Priority
from mailsla.core.triage.rules import Rule

SCOPES: tuple[Scope, ...] = ("out", "spam")


@dataclass(frozen=True, slots=True)
class Scoped:
    """`scope` None: a complaint like any other. `letter`: the saved reply that answers it, "" = none.

    `overruled`: it would have one, but for a floor of priority: to triage.
    """

    scope: Scope | None = None
    letter: str = ""
    reasons: tuple[Reason, ...] = ()
    overruled: bool = False


def scoped(rule: Rule | None, category: str | None, categories: Sequence[Category], floor: Priority | None) -> Scoped:
    """What the rule that decided says, else the category that was decided for."""
    kind = next((one for one in categories if one.name == category), None)
    if rule is not None and rule.then.scope is not None:
        scope, letter, by = rule.then.scope, rule.then.letter, {"rule": rule.name}
    elif kind is not None and kind.scope is not None:
        scope, letter, by = kind.scope, kind.letter, {"category": kind.name}
    else:
        return Scoped()
    if floor is not None:
        why = Reason("scope_overruled", {"scope": scope, **by, "priority": floor})
        return Scoped(reasons=(why,), overruled=True)
    return Scoped(scope, letter, (Reason("scope", {"scope": scope, **by, "letter": letter}),))


def scope_of(ticket: Ticket) -> Scope | None:
    """That of a ticket as it stands: None once somebody has taken it up as a complaint."""
    scope = ticket.triage.get("scope")
    return next((one for one in SCOPES if one == scope), None)

"""The verbs of commands by name, and what each does: a function of (argument, situation)."""

from collections.abc import Callable, Mapping

from mailsla.core.commands.situation import Outcome, Situation
from mailsla.core.commands.verbs import assignee, facts, outcome, presence, saved, several, status, talking

ALWAYS = frozenset({"note", "absent", "why", "help", "upheld", "cause", "remedy"})  # also on a ticket that has ended
ENDING = frozenset({"merge", "spam"})  # after them there is no case that a text could be sent on

VERBS: Mapping[str, Callable[[str, Situation], Outcome]] = {
    "take": assignee.take,
    "assign": assignee.assign,
    "wait": status.wait,
    "resolve": status.resolve,
    "reopen": status.reopen,
    "spam": status.spam,
    "priority": facts.priority,
    "category": facts.category,
    "customer": facts.customer,
    "merge": several.merge,
    "split": several.split,
    "upheld": outcome.upheld,
    "cause": outcome.cause,
    "remedy": outcome.remedy,
    "promise": talking.promise,
    "template": saved.template,
    "note": talking.note,
    "why": talking.why,
    "help": talking.help_,
    "absent": presence.absent,
}

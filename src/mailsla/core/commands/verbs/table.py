"""The verbs of commands by name, and what each does: a function of (argument, situation)."""

from collections.abc import Callable, Mapping

from mailsla.core.commands.situation import Outcome, Situation
from mailsla.core.commands.verbs import alarms, assignee, facts, people, presence, several, status, talking

ALWAYS = frozenset({"note", "absent", "why", "help"})  # also on a ticket that has ended
ENDING = frozenset({"merge", "spam", "close"})  # after them there is no case that a text could be sent on

VERBS: Mapping[str, Callable[[str, Situation], Outcome]] = {
    "take": assignee.take,
    "assign": assignee.assign,
    "handover": assignee.handover,
    "snooze": alarms.snooze,
    "ack": alarms.ack,
    "admit": people.admit,
    "dismiss": people.dismiss,
    "wait": status.wait,
    "resolve": status.resolve,
    "close": status.close,
    "reopen": status.reopen,
    "spam": status.spam,
    "priority": facts.priority,
    "category": facts.category,
    "customer": facts.customer,
    "merge": several.merge,
    "split": several.split,
    "promise": talking.promise,
    "note": talking.note,
    "why": talking.why,
    "help": talking.help_,
    "absent": presence.absent,
}

"""The verbs of commands by name, and what each does: a function of (argument, situation)."""

from collections.abc import Callable, Mapping

from mailsla.core.commands.situation import Outcome, Situation
from mailsla.core.commands.verbs import (
    alarms,
    assignee,
    facts,
    incident,
    outcome,
    people,
    presence,
    recalling,
    saved,
    several,
    status,
    talking,
)

# Also on a ticket that has ended.
ALWAYS = frozenset({"note", "absent", "why", "help", "undo", "send", "upheld", "cause", "remedy", "incident"})
TAKING_UP = frozenset({"reopen", "category"})  # and these, on what was taken for no complaint
ENDING = frozenset({"merge", "spam", "close"})  # after them there is no case that a text could be sent on
# While a mail to the customer waits to be sent: these would lose it, or leave it on a case that is no more. With #spam
# it is meant to be lost.
MUST_WAIT = frozenset({"merge", "customer"})

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
    "incident": incident.incident,
    "upheld": outcome.upheld,
    "cause": outcome.cause,
    "remedy": outcome.remedy,
    "promise": talking.promise,
    "template": saved.template,
    "note": talking.note,
    "undo": recalling.undo,
    "send": recalling.send,
    "why": talking.why,
    "help": talking.help_,
    "absent": presence.absent,
}

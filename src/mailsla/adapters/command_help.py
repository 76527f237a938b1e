"""What `#help COMMAND` says of each command: how it is written, and what it does in full (mail.md section 4)."""

from collections.abc import Mapping
from dataclasses import dataclass

from mailsla.adapters.catalogues import mark as _


@dataclass(frozen=True, slots=True)
class Explained:
    """Examples as they are written, and the text in the source language; the catalogues translate it."""

    examples: tuple[str, ...]
    text: str


EXPLAINED: Mapping[str, Explained] = {
    "note": Explained(
        ("#note", "#note She called: she is at home from noon."),
        _("The text on that line and below it stays inside as a note; the customer gets nothing of this mail."),
    ),
    "take": Explained(("#take",), _("The case is yours. Whoever had it is told nothing.")),
    "assign": Explained(
        ("#assign kim", "#assign Kim Adler", "#assign me"),
        _("The case is that agent's, who is told. Who is absent gets nothing; the answer names who stands in."),
    ),
    "handover": Explained(
        ("#handover depot", "#note"),
        _(
            "The case goes to that team, whose rule says who has it. Its internal clock starts, and that of your team "
            "stops; the customer's clocks run on. The text below stays inside and goes along as a note. Who gets the "
            "case and who had it are told."
        ),
    ),
    "wait": Explained(
        ("#wait customer", "#wait vendor carrier", "#wait vendor carrier 2d", "#wait vendor carrier 4h"),
        _(
            "Clocks that may pause stand still until the customer writes. For a supplier their own clock runs; a "
            "number of days means business days of the supplier. With a text below it, it waits once the text was sent."
        ),
    ),
    "promise": Explained(
        ("#promise fri 12:00", "#promise 27.11. 12:00 The depot looks for it.", "#promise hold"),
        _(
            "The customer is told this time, in the answer below or in a mail of its own. No clock changes. With hold, "
            "no delay notice goes out by itself."
        ),
    ),
    "snooze": Explained(
        ("#snooze 3d", "#snooze fri", "#snooze tomorrow 14:00", "#snooze 2026-12-01 09:00", "#snooze off"),
        _(
            "No reminders until then; a day alone means 9:00. You get the case by mail at that time, and earlier when "
            "the customer writes. The clocks run on and escalations go out as ever; a due time before it is named."
        ),
    ),
    "ack": Explained(
        ("#ack",),
        _(
            "You take care of what was escalated: nobody else is told of what is late now. The clocks run on; a due "
            "time that moves and is missed again escalates anew."
        ),
    ),
    "priority": Explained(
        ("#priority high",), _("Another priority. Another policy may follow from it, and with it other due times.")
    ),
    "category": Explained(
        ("#category billing",),
        _("Another category, by its name or label. Its team gets the case, and another policy may follow from it."),
    ),
    "customer": Explained(
        ("#customer ana@mail.example", "#customer Ana Vogel <ana@mail.example>"),
        _("The case is of this customer, who gets the answers from now on; who had it gets nothing more."),
    ),
    "admit": Explained(
        ("#admit rio@mail.example",),
        _(
            "They take part: what they write is an answer on the case, and they get a copy of each answer of yours "
            "from now on, in a mail of their own. What was written before they do not get."
        ),
    ),
    "dismiss": Explained(
        ("#dismiss rio@mail.example",),
        _("They take part no more: they get nothing, and what they write is for your eyes only."),
    ),
    "resolve": Explained(
        ("#resolve",),
        _(
            "The customer gets one mail: your text below with a closing paragraph, or the closing letter. If they "
            "write again in time, the case is open again."
        ),
    ),
    "close": Explained(
        ("#close",),
        _(
            "Over for good, and nobody is written to; what the customer writes then opens a new case. Only for a case "
            "that is resolved, or whose customer was answered. To tell them, use #resolve."
        ),
    ),
    "reopen": Explained(("#reopen",), _("A resolved or waiting case is open again, and its clocks go on.")),
    "template": Explained(
        ("#template refund",),
        _(
            "The saved reply of that name goes to the customer, in their language where there is one, with your own "
            "text below it. #help lists the names."
        ),
    ),
    "upheld": Explained(
        ("#upheld yes", "#upheld partly", "#upheld no"),
        _("Whether the customer was right: for the register, and said in the closing letter."),
    ),
    "cause": Explained(
        ("#cause late-delivery", "#cause Late delivery"),
        _("The root cause, for the register; the customer is not told."),
    ),
    "remedy": Explained(
        ("#remedy refund 20 EUR", "#remedy voucher 10 EUR by 30 Nov", "#remedy apology"),
        _("What the customer gets, for the register, and said in the closing letter. Nothing is paid by it."),
    ),
    "merge": Explained(
        ("#merge 1043", "#merge ACME-1043"),
        _("This case goes into the other one of the same customer; what is due earlier counts on there."),
    ),
    "split": Explained(
        ("#split", "#split 2"),
        _("The customer's newest mail, or the one of that number, becomes a case of its own, with its own clocks."),
    ),
    "incident": Explained(
        ("#incident", "#incident 1043 1047", "#incident out 1043", "#incident no"),
        _(
            "What mailsla proposes as one incident is one; with numbers, this case and those are one, or they join it. "
            "The text of this mail, and of later replies to mails about the incident, goes to each customer in their "
            "own mail; so do #resolve, #wait, #note, #undo and the like. Reminders and escalations come once for all. "
            "With out a case belongs to it no more; with no it is no incident."
        ),
    ),
    "spam": Explained(("#spam",), _("It counts as no complaint: its clocks end, and nobody is written to.")),
    "absent": Explained(
        ("#absent 24 Dec - 6 Jan deputy kim", "#absent tomorrow", "#absent off"),
        _("You are away: the deputy, else the team, else the manager reads instead. It works in any mail to us."),
    ),
    "undo": Explained(
        ("#undo",),
        _("Your newest answer that has not left yet is not sent; its text comes back to you."),
    ),
    "send": Explained(
        ("#send",), _("Your answer that a colleague's overtook goes out as it is. Answer the mail that told you so.")
    ),
    "why": Explained(("#why",), _("A mail explains category, priority and each due time, line by line.")),
    "help": Explained(("#help", "#help wait"), _("All commands, or this one in full. It stands alone in a mail.")),
}

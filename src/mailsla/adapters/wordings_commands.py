"""The sentences of transcripts, in the source language: what commands did, or why not (see wordings.py)."""

from collections.abc import Mapping

from mailsla.adapters.catalogues import mark as _

COMMANDS_SAY: Mapping[str, str] = {
    # core/commands
    "command_blank_after_sign": _("there is a blank between # and the command"),
    "command_wrapped": _("a command begins with one #, and nothing stands before it or around it"),
    "command_unknown": _("there is no command %(command)s"),
    "command_not_a_choice": _("%(word)s is not possible here; use: %(usage)s"),
    "command_below_text": _("it stands below the text (line %(line)s): move it to the top, above your text"),
    "command_takes_nothing": _("%(usage)s stands on a line of its own: write your text on the next line"),
    "command_needs": _("something is missing; use: %(usage)s"),
    "command_too_many": _("more than %(most)s commands in one mail"),
    "command_contradicts": _("contradicts %(other)s"),
    "command_no_authority": _("you may not do this"),
    "command_no_right": _("not run: a command has to be a reply to a mail of mailsla to you, sent by you"),
    "passed_on": _(
        "you passed on a mail of ours, and that does nothing: it stays inside, and opens no case. To write to the "
        "customer or to run a command reply to it; a reply with %(command)s gives the case to a colleague"
    ),
    "token_of_another": _(
        "you answered a mail of mailsla to %(name)s, and by that only they can act; yours (M%(intake)s) waits for the "
        "operator. To act on the case yourself answer this mail instead"
    ),
    "incident_already": _("they are grouped already as incident %(incident)s (complaints: %(times)s)"),
    "incident_by_hand": _("grouped as one incident with: %(references)s"),
    "incident_dismissed": _("%(incident)s is no incident; each complaint goes its own way"),
    "incident_for_all": _("done on all the others of incident %(incident)s, too: %(times)s"),
    "incident_goes_on": _("%(incident)s is grouped already; take complaints out of it one by one"),
    "incident_grouped": _("grouped as incident %(incident)s (complaints: %(times)s): a reply goes to all of them"),
    "incident_left": _("no longer of incident %(incident)s: %(references)s"),
    "incident_no_text": _("the text was not sent: what is no incident is answered one by one"),
    "incident_none": _("%(reference)s belongs to no incident; name the complaints that it is one with"),
    "incident_not_for": _(
        "not done on %(times)s of them, where something stands against it: see each of them (%(references)s)"
    ),
    "incident_not_yet": _(
        "nothing was done: %(incident)s is proposed only. With %(command)s on the first line the complaints are one, "
        "and the text goes to all"
    ),
    "incident_unknown": _("there is no ticket %(reference)s"),
    "answer_waits": _(
        "a mail of %(name)s to the customer goes out at %(at)s: write this again after that, or recall the mail first"
    ),
    "command_not_run": _("not run, because of the other line"),
    "ticket_ended": _("%(reference)s has ended (%(status)s); nothing can be changed on it"),
    "relay_nobody": _("the text was not sent: %(reference)s has nobody to write to"),
    "relay_leak_file": _("the text was not sent: %(file)s names %(address)s, which stays inside"),
    "relay_leak_header": _(
        "the text was not sent: it quotes a mail of mailsla to agents (%(header)s); take out what is quoted"
    ),
    "relay_leak_note": _(
        "the text was not sent: these words of a note stand in it: “%(words)s”; say it in words for the customer"
    ),
    "relay_leak_note_file": _(
        "nothing was sent: %(file)s holds words of a note: “%(words)s”; take them out, and send it again"
    ),
    "relay_leak_own": _(
        "nothing was sent: %(file)s is a mail of mailsla to agents, which customers never see; leave it out"
    ),
    "relay_leak_token": _(
        "the text was not sent: it holds a reply address of one of us (%(token)s); take out what is quoted"
    ),
    "relay_too_large": _(
        "nothing was sent: with %(files)s the mail would be %(octets)s large, and our server takes %(octets_most)s; "
        "send a smaller file, or a link to it"
    ),
    "relay_past": _(
        "noted as sent at %(at)s, and not sent again: the database was restored from an older backup. If the customer "
        "does not have it, answer once more"
    ),
    "relay_overtaken": _("%(name)s answered (%(at)s) after the mail that you reply to was written"),
    "overtaken_recalled": _(
        "%(name)s took their answer back, so nobody has answered; yours still waits. "
        "With %(command)s it goes out as it is"
    ),
    "answer_to_spam": _(
        "%(name)s marked the case as no complaint before it went out; to write to the customer all the same, send "
        "them a new mail with our address in Cc, which opens a case of its own"
    ),
    "relay_ended": _(
        "the text was not sent: the case has ended (%(status)s); to write to the customer all the same, send them "
        "a new mail with our address in Cc, which opens a case of its own"
    ),
    "relay_leaks": _("the text was not sent: it holds %(address)s, which customers never see"),
    "relay_quotes+files": _(
        "nothing was sent, not %(files)s either: a quoted line is still in the text; write a line above the quote, "
        "and send it again with what is attached"
    ),
    "relay_quotes": _("nothing was sent: a quoted line is still in the text; write your answer above the quote"),
    "relay_empty": _(
        "nothing was sent: there is no text of yours in it, only a quote or a signature; write your answer above the "
        "quote"
    ),
    "help_text_kept": _("the text below #help was not sent"),
    "help_alone": _("#help stands alone"),
    "help_listed": _("all commands are listed below"),
    "help_listed+replies": _("all commands are listed below; saved replies for #template: %(replies)s"),
    "note_empty": _("there is no text to keep"),
    "link_used": _("you did this already, on %(at)s; each link works once"),
    "link_expired": _(
        "the link worked until %(until)s; instead reply to a mail on this case, with %(command)s on the first line"
    ),
    "signature_alone": _("it is your signature alone, so nothing was sent"),
    "signature_left_out": _("goes out without your own signature, for the team has one: %(signature)s"),
    "reply_empty": _("there is no text to send"),
    "confirmation_denied": _(
        "mail M%(intake)s in your name does nothing and stays held, because your answer does not begin with #yes; "
        "the operator is told"
    ),
    "note_added": _("the note stays inside"),
    "note_goes_along": _("it stays inside, and goes along as a note"),
    "help_of": _("%(usage)s"),
    "help_of+replies": _("%(usage)s; there are: %(replies)s"),
    "help_unknown": _("there is no command %(command)s"),
    "handed_over": _("handed over to the team: %(team)s"),
    "handed_over+instead": _(
        "handed over to the team: %(team)s; nobody of it is here now, so these read it: %(instead)s"
    ),
    "handover_unknown": _("there is no team %(team)s; there are: %(known)s"),
    "handover_already": _("the team has it already: %(team)s; to give it to one of them name the agent"),
    "snoozed": _("no reminders until %(until)s, or until the customer writes; the clocks run on"),
    "snoozed+metric": _(
        "no reminders until %(until)s, or until the customer writes; the clocks run on, and this is due before: "
        "%(metric)s, %(at)s"
    ),
    "snooze_ended": _("the snooze is over: reminders come again"),
    "snooze_not": _("it was not snoozed"),
    "snooze_resolved": _("it is resolved, so nobody is reminded of it"),
    "snooze_unclear": _("%(word)s is not clear; write a length or a day with a time, and nothing else"),
    "snooze_far": _("%(word)s is too long or too short: up to %(days)s days"),
    "acknowledged": _("you take care of it: nobody else is told, unless a due time moves and is missed again"),
    "ack_already": _("somebody takes care of it already"),
    "ack_nothing": _("nothing of %(reference)s was escalated, so there is nothing to acknowledge"),
    "admitted": _("%(address)s takes part now: may write, and gets a copy of each answer from now on"),
    "admitted+unseen": _(
        "%(address)s takes part now: may write, and gets a copy of each answer from now on; look whether the address "
        "is right, since %(unseen)s neither wrote nor was copied on this case so far (else #dismiss)"
    ),
    "admit_already": _("%(address)s took part already"),
    "admit_requester": _("%(address)s is the customer of the case, and gets its answers already"),
    "admit_no_person": _("%(address)s is a machine's by its name: nobody reads it"),
    "dismissed": _("%(address)s takes part no more, and gets nothing more"),
    "dismiss_requester": _("the case is of %(address)s: give it to another customer first"),
    "dismiss_unknown": _("%(address)s takes no part"),
    "closed_now": _("closed for good; nobody is written to, and what the customer writes opens a new case"),
    "closed_early": _(
        "closed for good; the customer could have taken it up again until %(until)s: what they write opens a new case"
    ),
    "closed_now+at": _(
        "closed for good; what waits to be sent to the customer still goes out, at %(at)s, and what they write then "
        "opens a new case"
    ),
    "closed_early+at": _(
        "closed for good; what waits to be sent to the customer still goes out, at %(at)s; what they write then opens "
        "a new case, though they could have taken this one up again until %(until)s"
    ),
    "close_unanswered+at": _(
        "the first answer to the customer of %(reference)s goes out at %(at)s: send %(command)s after that"
    ),
    "close_unanswered": _("nobody has answered the customer of %(reference)s, and %(command)s tells them nothing"),
    "close_with_text": _("the text was not sent: #close writes to nobody; #resolve sends it and tells them the end"),
    "take_no_agent": _("%(name)s is no agent, so the case can't be theirs"),
    "assign_unknown": _("nobody is called %(name)s; there are: %(known)s"),
    "assign_absent": _("%(name)s is absent"),
    "assign_already": _("it was already with: %(name)s"),
    "assigned": _("assigned to: %(name)s"),
    "supplier_unknown": _("there is no supplier %(name)s; there are: %(known)s"),
    "supplier_without_calendar": _("supplier %(name)s has no calendar to count in; put one into the configuration"),
    "supplier_length": _("%(what)s; %(mend)s"),
    "waiting_for_supplier": _("it waits for %(supplier)s"),
    "waiting_for_supplier+until": _("it waits for %(supplier)s, who has until %(until)s"),
    "waiting_once_sent": _(
        "it waits for the customer as soon as your text has been sent; the clocks that may pause stand still then"
    ),
    "wait_already": _("it waited for the customer already"),
    "waiting_for_customer": _("it waits for the customer; the clocks that may pause stand still"),
    "promise_made": _("promised for %(until)s"),
    "promise_made+told": _("promised for %(until)s; the customer is told: %(told)s"),
    "promise_told": _("%(promised)s"),
    "promise_held": _("no delay notice goes out by itself until you promise a time anew or answer"),
    "promise_nobody": _("%(reference)s has nobody to write to"),
    "promise_resolved": _("the case is resolved: nothing is left to promise"),
    "promise_long": _("the reason has more than %(most)s characters: write the rest as an answer, below the commands"),
    "time_no_day": _("%(word)s is no day; write fri, tomorrow, 27.11. or 2026-11-27, then the time"),
    "time_no_clock": _("%(word)s is no time of day; write it as 12:00, after the day"),
    "time_no_date": _("there is no day %(word)s"),
    "time_today": _("today is %(word)s: write today, or the date of the one that you mean"),
    "time_slashes": _("%(word)s can be two days; write 27.11. or 2026-11-27"),
    "time_skipped": _("the clocks are put forward over %(word)s: there is no such time"),
    "time_twice": _("%(word)s comes twice, because the clocks are put back: take another time"),
    "time_past": _("%(word)s has passed"),
    "time_far": _("%(word)s is more than %(days)s days away"),
    "recalled": _("your answer is recalled: it was not sent"),
    "recalled_closing": _("the closing letter is recalled, and the case is as it was before"),
    "undo_gone": _("it went to %(customer)s (%(at)s), and can't be recalled"),
    "undo_in_doubt": _("it is being sent to %(customer)s just now, and can't be recalled"),
    "undo_nothing": _("nothing of yours waits to be sent on this case"),
    "undo_others": _("what waits to be sent is of %(name)s; only they can recall it"),
    "held_sent": _("your answer goes out now"),
    "held_sent_at_prompt": _("the answer that waited goes out now"),
    "held_dropped": _("your answer (mail M%(intake)s) is not sent"),
    "send_nothing": _("no answer of yours is held on this case"),
    "send_nothing_at_all": _("no answer is held on this case because a colleague was faster"),
    "resolve_already": _("it was resolved already"),
    "resolved": _("resolved"),
    "resolved_once_sent": _("resolved, as soon as your text has been sent"),
    "resolved_again": _("resolved again; the customer was told before, and gets no other mail"),
    "reopened": _("open again"),
    "reopen_already_open": _("it was open already"),
    "reopen_too_late": _("it could be opened again until %(until)s"),
    "merged_into": _("it went into %(reference)s; its mails come there from now on"),
    "merge_unknown": _("there is no case %(reference)s"),
    "merge_itself": _("%(reference)s is this case: name the one that it goes into"),
    "merge_ended": _("%(reference)s is %(status)s: open it again first"),
    "merge_other_customer": _(
        "%(reference)s is of another customer (%(customer)s): together, each could read what the other wrote"
    ),
    "split_off": _("the mail of %(at)s became a case of its own"),
    "split_off+reference": _("the mail of %(at)s became a case of its own: %(reference)s"),
    "split_unknown": _("%(reference)s has %(count)s mails of the customer; there is no mail %(number)s"),
    "split_only": _("%(reference)s has one mail of the customer, so nothing can leave it"),
    "split_first": _("mail 1 is what %(reference)s is about: give the number of a later one, 2 is the second"),
    "split_no_mail": _("mail %(number)s did not come by mail, so it stays"),
    "spam_set+at": _(
        "it counts as no complaint; nobody is written to: what waits to be sent at %(at)s does not go out"
    ),
    "spam_set": _("it counts as no complaint; nobody is written to"),
    "text_without_case": _("the text was not sent: after %(command)s there is no case to send it on; use #note"),
    "priority_already": _("the priority was %(priority)s already"),
    "priority_set": _("priority: %(priority)s"),
    "template_none": _("there are no saved replies: letters.replies of the configuration names their folder"),
    "template_unknown": _("there is no saved reply %(name)s; there are: %(known)s"),
    "template_broken": _("the saved reply %(name)s can't be filled: %(error)s"),
    "template_goes": _("the saved reply goes to the customer, with your own text below it"),
    "template_other_language": _(
        "the saved reply goes to the customer, with your own text below it; there is none in %(wanted)s, so it goes "
        "out in %(language)s"
    ),
    "template_inside": _("nothing was sent: a saved reply goes to the customer, but this mail stays inside"),
    "upheld_set": _("upheld: %(upheld)s"),
    "upheld_set_late": _("upheld: %(upheld)s; the customer was told that we have finished, so write to them yourself"),
    "cause_set": _("cause: %(cause)s; it stays inside"),
    "cause_unknown": _("there is no cause %(cause)s; there are: %(known)s"),
    "cause_no_name": _("%(cause)s is no short name of a cause: use letters, digits and - only, up to 40"),
    "remedy_set": _("remedy: %(remedy)s"),
    "remedy_set_late": _("remedy: %(remedy)s; the customer was told that we have finished, so write to them yourself"),
    "remedy_none": _("no remedy"),
    "remedy_none_late": _("no remedy; the customer was told that we have finished, so write to them yourself"),
    "remedy_unknown": _("there is no remedy %(word)s; there are: %(known)s"),
    "remedy_no_date": _("%(word)s is no date; write 30 Nov, 30.11. or 2026-11-30"),
    "remedy_no_amount": _("%(word)s is no amount; write it as 20 EUR or 64.90 EUR, thousands without a point"),
    "remedy_takes_no_amount": _("after %(remedy)s only a date may follow, not: %(word)s"),
    "remedy_currency": _("there is no currency %(word)s; write three letters, such as EUR, GBP or PLN"),
    "remedy_needs_words": _("say what it is: the customer reads these words"),
    "remedy_long": _("the remedy has more than %(most)s characters: write the rest as an answer, below the commands"),
    "customer_no_address": _("%(address)s is no mail address"),
    "customer_ours": _("%(address)s is an address of ours or of a supplier, so no customer's"),
    "customer_already": _("the case was of %(customer)s already"),
    "customer_set": _("the case is of %(customer)s now, who gets your answers"),
    "customer_set+before": _("the case is of %(customer)s now, who gets your answers; %(before)s gets nothing more"),
    "category_unknown": _("there is no category %(category)s; there are: %(known)s"),
    "category_already": _("the category was %(category)s already"),
    "category_set": _("category: %(category)s"),
    "why_follows": _("the explanation comes in a mail of its own"),
    "assign_absent+deputy": _("%(name)s is absent; who stands in: %(deputy)s"),
    # core/commands/absent.py
    "absent_set": _("%(name)s: absent from %(first)s to %(last)s; the team reads meanwhile, else the manager"),
    "absent_set_deputy": _("%(name)s: absent from %(first)s to %(last)s; stands in: %(deputy)s"),
    "absent_set_deputy_absent": _(
        "%(name)s: absent from %(first)s to %(last)s; stands in: %(deputy)s, who is absent too for a part of it: "
        "then who stands in for them"
    ),
    "absent_ended": _("%(name)s: back; the absence from %(first)s to %(last)s has ended"),
    "absent_cancelled": _("%(name)s: the absence from %(first)s to %(last)s does not take place"),
    "absent_not": _("%(name)s: no absence is entered"),
    "absent_configured": _("%(name)s: absent without end by the configuration; take out: absent = true"),
    "absent_overlaps": _("an absence from %(first)s to %(last)s is entered already; end that one first"),
    "absent_unclear": _("these are no dates: %(text)s; write for example: %(examples)s"),
    "absent_no_date": _("there is no such day: %(text)s"),
    "absent_past": _("that is over: the last day is %(last)s"),
    "absent_reversed": _("the last day, %(last)s, is before the first, %(first)s"),
    "absent_too_long": _("from %(first)s to %(last)s is more than a year; without end: absent = true"),
    "absent_deputy_unknown": _("nobody is called %(deputy)s; there are: %(known)s"),
    "absent_deputy_self": _("%(name)s can't stand in for themselves; name somebody else, or nobody"),
    "absent_no_agent": _("%(name)s is no agent, so they can't be absent"),
    # core/digest.py
    "digest_cases_off": _(
        'the daily mail about your cases does not come any more; subject "digest cases on" undoes it'
    ),
    "digest_cases_on": _("the daily mail about your cases comes again"),
    "digest_teams_off": _(
        'the daily mail about your teams does not come any more; subject "digest teams on" undoes it'
    ),
    "digest_teams_on": _("the daily mail about your teams comes again"),
}

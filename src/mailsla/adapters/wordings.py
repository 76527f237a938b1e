"""The sentences for reasons, in the source language; the catalogues translate them."""

from collections.abc import Mapping

from mailsla.adapters.catalogues import mark as _
from mailsla.adapters.wordings_cases import CASES_SAY
from mailsla.adapters.wordings_commands import COMMANDS_SAY

# Code of a Reason -> its sentence. "code+key" is taken instead where the reason has a value for that key.
WORDINGS: Mapping[str, str] = {
    **COMMANDS_SAY,
    **CASES_SAY,
    # core/access/authentication.py
    "auth_not_configured": _("our mail server states nothing about senders (authserv_id is not set)"),
    "auth_no_from": _("the sender is not exactly one address"),
    "auth_no_header": _("the mail carries no statement of %(authserv_id)s about its sender"),
    "auth_login_pass": _("the sender was logged in as %(login)s"),
    "auth_dmarc_pass": _("DMARC passed for %(domain)s"),
    "auth_dmarc_fail": _("DMARC failed for %(domain)s"),
    "auth_dkim_pass": _("signed by %(domain)s (DKIM)"),
    "auth_dkim_fail": _("the signature of %(domain)s is wrong (DKIM)"),
    "auth_spf_fail": _("%(domain)s does not send from there (SPF)"),
    "auth_vouched": _("a person vouches for the sender"),
    "auth_form": _("filled in on a contact form: nothing proves who did"),
    "auth_nothing_proven": _("nothing proves that the mail is from %(domain)s"),
    # core/access/authority.py
    "access_own": _("a mail of our own: ignored"),
    "access_report": _("a report about a mail of ours: noted on its case"),
    "access_report_unknown": _("an automatic mail about nothing that we know"),
    "access_automatic": _("an automatic mail that belongs to no case"),
    "access_token_other_from": _("an agent's reply address, used by another sender"),
    "access_token_no_person": _("an agent's reply address, in a mail that no person wrote"),
    "access_token_ambiguous": _("reply addresses of several cases in one mail"),
    "access_token_expired": _("the reply address is no longer valid"),
    "access_token_no_ticket": _("the reply address belongs to no case"),
    "access_link": _("an action link, sent by the agent whose link it is"),
    "access_link_used": _("an action link that was used before: the agent is told so"),
    "access_link_expired": _("an action link that works no longer: the agent is told what to write instead"),
    "access_link_unproven": _("an action link, but nothing proves who sent it"),
    "access_link_over_unproven": _("an action link that works no longer, and nothing proves who sent it"),
    "access_link_other_from": _("an action link, sent by another person or from another address"),
    "access_link_no_person": _("an action link, in a mail that no person sent"),
    "access_link_ambiguous": _("several action links in one mail"),
    "access_link_no_ticket": _("an action link that belongs to no case"),
    "access_past_answer": _("an answer of an agent from before the database was restored: it went out then"),
    "access_past_unknown": _(
        "an agent answers a mail that the restored database does not know: nobody can say for which case"
    ),
    "access_rating": _("the customer rates us by a link"),
    "access_rating_other": _("a rating link, but not clearly sent by the customer whose link it is"),
    "access_confirmation": _("the agent confirmed a mail that was held"),
    "access_confirmation_used": _("this confirmation was used before"),
    "access_confirmation_denied": _("the agent was asked, and did not answer #yes: the mail stays held"),
    "access_note": _("sent to the address for notes: stays inside"),
    "access_agent_token": _("the agent's own reply address, and the sender is proven"),
    "access_agent_unproven": _("the agent's reply address, but nothing proves who wrote"),
    "access_agent_letter": _("the agent's answer to our mail, and the sender is proven"),
    "access_reply_seen": _("the agent wrote to the customer directly: it counts as the reply"),
    "access_reply_unproven": _("it looks like an agent's reply to the customer, but nothing proves who wrote"),
    "access_forwarded": _("an agent forwarded a customer's mail: a new case for its sender"),
    "access_forwarded_unproven": _("it looks like a mail that an agent forwarded, but nothing proves who wrote"),
    "access_outbound": _("an agent wrote to somebody outside: a new case for them"),
    "access_reply_sent": _("somebody wrote to the customer from the shared mailbox: it counts as the reply"),
    "access_supplier_asked_sent": _("somebody wrote to a supplier from the shared mailbox: it stays inside"),
    "access_outbound_sent": _("somebody wrote to somebody outside from the shared mailbox: a new case for them"),
    "access_sent_other": _("in the Sent folder, but from none of our addresses: left alone"),
    "access_sent_machine": _("in the Sent folder, but written by no person: left alone"),
    "access_sent_token": _("in the Sent folder, and on its way to mailsla: dealt with when it comes in"),
    "access_sent_nothing": _("in the Sent folder, and no case's business: left alone"),
    "access_outbound_unproven": _("it looks like an agent's mail to somebody outside, but nothing proves who wrote"),
    "access_supplier_asked": _("a colleague asked a supplier: it stays inside, and the supplier's clock starts"),
    "access_supplier_asked_named": _("a colleague asked a supplier about the case that it names: it stays inside"),
    "access_supplier_answer": _("the answer of a supplier that was asked: it stays inside"),
    "access_passed_on": _("a colleague passed on a mail of ours: it stays inside, and they are told"),
    "access_comment": _("a colleague's mail without the right to act: a comment that stays inside"),
    "access_closed": _("the case is closed: a new one that follows it"),
    "access_append": _("an answer on the case"),
    "access_append_named": _("names a case in which the sender takes part"),
    "access_third_party": _("an answer by somebody who takes no part in the case"),
    "access_stranger": _("names a case in which the sender takes no part: a new one with a link"),
    "access_new": _("a new complaint"),
    "banner_third_party": _("%(sender)s takes no part in this case"),
    "banner_agent_unproven": _("nothing proves that this is from %(sender)s"),
    "banner_sender_failed": _("this is probably not from %(sender)s: the sender's check failed"),
    # core/access/loops.py
    "refused_no_sender": _("no automatic answer: there is no single sender"),
    "refused_kind": _("no automatic answer: this is no person's mail (%(kind)s)"),
    "refused_own_address": _("no automatic answer: the sender is one of our own addresses"),
    "refused_instance": _("no automatic answer: a mailsla sent it"),
    "refused_no_person": _("no automatic answer: nobody reads %(address)s"),
    "refused_null_return_path": _("no automatic answer: the mail wants none (empty Return-Path)"),
    "refused_received": _("no automatic answer: the mail went round in circles (%(count)s Received fields)"),
    "refused_auto_submitted": _("no automatic answer: a program sent it (Auto-Submitted: %(value)s)"),
    "refused_list": _("no automatic answer: it came through a mailing list (%(header)s)"),
    "refused_precedence": _("no automatic answer: it is bulk mail (Precedence: %(value)s)"),
    "refused_suppress": _("no automatic answer: the mail asks for none (X-Auto-Response-Suppress: %(value)s)"),
    "refused_report": _("no automatic answer: it is a delivery report"),
    "refused_junk_folder": _("no automatic answer: our server put it into %(folder)s"),
    "refused_spam": _("no automatic answer: our server takes it for spam (%(header)s)"),
    "muted_bounced": _("not sent: mail to this address came back; no automatic mail until %(until)s"),
    "muted_storm": _("not sent: too many mails on this case; no automatic mail until %(until)s"),
    "muted_takes_turns": _("not sent: they answer each of our automatic mails at once, as a machine does"),
    "muted_acknowledgements": _("not sent: %(limit)s acknowledgements to this address today are the most"),
    "muted_recipient": _("not sent: %(limit)s automatic mails to this address in an hour are the most"),
    "muted_ticket": _("not sent: %(limit)s automatic mails on this case in %(seconds)s are the most"),
    "wait_all": _("waits: %(limit)s automatic mails in an hour are the most"),
    # core/sla/why.py
    "started": _("%(at)s: the clock started, target %(target)s"),
    "counted_days": _("%(start)s to %(end)s: counted on %(days)s days, %(seconds)s in all"),
    "counted": _("%(start)s to %(end)s: counted, %(seconds)s"),
    "closed": _("%(date)s: closed, not counted"),
    "closed+name": _("%(date)s: closed, not counted (%(name)s)"),
    "not_counted": _("since %(start)s: paused (%(status)s)"),
    "not_counted+end": _("%(start)s to %(end)s: paused (%(status)s), %(seconds)s not counted"),
    "breached": _("%(at)s: missed, target %(target)s"),
    "annulled": _("%(at)s: missed, but it counts no more: %(cause)s"),
    "received": _("%(date)s: day 0"),
    "day": _("%(date)s: business day %(number)s"),
    "days": _("%(start)s to %(end)s: business days %(first)s to %(last)s"),
    "passed_over": _("%(date)s: closed, not counted"),
    "passed_over+name": _("%(date)s: closed, not counted (%(name)s)"),
    "civil": _("%(date)s: %(target)s later"),
    "rolled": _("%(date)s: moves to this business day"),
    "ended": _("%(at)s: the clock ended: %(state)s"),
    "due": _("%(at)s: due"),
    "overdue": _("%(at)s: was due"),
    "no_due": _("no due time: %(state)s"),
    # core/triage
    "priority_rule": _("starts at %(priority)s by a rule: %(points)s"),
    "priority_signal": _("%(signal)s (“%(words)s”): %(points)s"),
    "priority_signal+floor": _("%(signal)s (“%(words)s”): %(points)s, at least %(floor)s"),
    "priority_capitals": _("written in capitals: %(points)s"),
    "priority_floor": _("never below %(priority)s; by points it was %(without)s"),
    "priority_vip": _("important customer: %(points)s"),
    "priority_follow_ups": _("written before (times: %(times)s): %(points)s"),
    "priority_storm": _("one of many about the same thing: %(points)s"),
    "priority_time_left": _("only %(left)s of the promised time is left: %(points)s"),
    "priority_overdue": _("the promised time has passed: %(points)s"),
    "rule": _("rule “%(rule)s”: %(because)s"),
    "category_words": _("%(category)s: %(certainty)s sure (“%(words)s”)"),
    "category_learned": _("%(category)s: %(certainty)s sure, by what was learned (version %(model)s)"),
    "category_learned+words": _(
        "%(category)s: %(certainty)s sure, by what was learned (version %(model)s: “%(words)s”)"
    ),
    "category_against": _("against it: “%(words)s”"),
    "category_runner_up": _("else %(category)s: %(certainty)s sure"),
    # core/triage/adoption.py, flows/learning.py
    "adopted_cross_validation": _(
        "in cross-validation on %(labels)s labels it is right in %(share_new)s, till now %(share_now)s"
    ),
    "kept_cross_validation": _(
        "nothing changes: in cross-validation on %(labels)s labels the new one is right in %(share_new)s, what decides "
        "now in %(share_now)s"
    ),
    "adopted_paired_test": _("on the %(labels)s newest labels it is right in %(share_new)s, till now %(share_now)s"),
    "kept_paired_test": _(
        "nothing changes: on the %(labels)s newest labels the new one is right in %(share_new)s, what decides now in "
        "%(share_now)s"
    ),
    "kept_recall": _(
        "nothing changes: of %(category)s the new one would find %(share_new)s, what decides now finds %(share_now)s"
    ),
    "kept_nothing_new": _("nothing changes: what decides now was learned from all of them"),
    "kept_too_few_new": _("nothing changes: of 50 labels that what decides now has not seen there are %(count)s"),
    "learn_few_labels": _("nothing is learned yet: it takes 20 labels, there are %(count)s; missing: %(missing)s"),
    "learn_one_category": _("nothing is learned: all labels are of one category, %(category)s; it takes two"),
    "category_no_words": _("no word tells the category"),
    "category_unsure": _("%(certainty)s sure is less than %(threshold)s: a person decides"),
    "scope": _("%(scope)s, by its category %(category)s"),
    "scope+rule": _("%(scope)s, by rule “%(rule)s”"),
    "scope_overruled": _("%(scope)s, were its priority not at least %(priority)s: a person decides"),
    # flows and daemon: what the operator is told
    "account_failed": _("mail can't be sent: %(cause)s"),
    "sender_refused": _("no mail can be sent from %(sender)s: %(cause)s"),
    "account_works": _("mail is sent again; since %(since)s it was not"),
    "letter_answer": _("%(kind)s: %(answer)s"),
    "letter_failed": _("a mail to %(recipient)s could not be delivered (%(kind)s): %(answer)s"),
    "letter_not_recorded": _("a mail went out, but what follows could not be written (%(kind)s): %(error)s"),
    "letter_waits": _("letter L%(letter)s, which was possibly sent, still waits for a person (%(kind)s)"),
    "letter_held": _("a mail that was possibly sent waits for a person (%(kind)s)"),
    "login_ends": _("the login of %(account)s at its mail server ends, unless a person renews it: %(until)s"),
    "mail_denied": _(
        "%(name)s was asked about mail M%(intake)s on %(reference)s and did not say that it is theirs: "
        "perhaps somebody writes in their name"
    ),
    "mail_held": _("mail M%(intake)s is held: %(row)s"),
    "mail_quarantined": _("mail M%(intake)s could not be read, see %(reference)s: %(cause)s"),
    "mailbox_failed": _("mailbox %(mailbox)s can't be read: %(cause)s"),
    "mailbox_works": _("mailbox %(mailbox)s was down, and has caught up (new mails: %(count)s)"),
    "beside_works": _("mailbox %(mailbox)s works again"),
    "moment_failed": _("work that was due failed (%(kind)s %(key)s): %(error)s"),
    "queue_reason": _("%(text)s"),
    "report_failed": _("the report could not be made (customer: %(customer)s): %(cause)s"),
    "report_waits": _("the report to %(to)s waits: read it, then `mailsla queue release L%(letter)s` sends it"),
    "queue_waits": _("mail M%(intake)s still waits for a person (%(state)s)"),
    "objective_at_risk": _(
        "at this pace “%(name)s” is not held this month: %(share_now)s within %(within)s so far "
        "(%(good)s of %(count)s), %(threshold)s are wanted"
    ),
    "objective_lost": _(
        "“%(name)s” is lost this month: %(bad)s of %(count)s took longer than %(within)s, the whole month has room for "
        "%(most)s (%(threshold)s are wanted, %(share_now)s were reached so far)"
    ),
    "policy_review": _("policy “%(name)s” was to be reviewed by %(first)s"),
    "policy_review+note": _("policy “%(name)s” was to be reviewed by %(first)s; its note says: %(note)s"),
    "reload_failed": _("the configuration was not reloaded, the old one is still used: %(cause)s"),
    "template_failed": _("a letter could not be made (%(kind)s): %(error)s"),
    "machine_answers": _(
        "%(address)s answers each of our automatic mails at once, as a machine does: "
        "no acknowledgement of %(reference)s"
    ),
    "ticket_muted": _("too many mails on %(reference)s: no automatic mail to the outside until %(until)s"),
}

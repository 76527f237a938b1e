"""Who may do what: the table of mail.md section 3 as data. The first row whose tests all hold decides."""

from dataclasses import dataclass
from enum import StrEnum

from mailsla.core.access import conditions as c
from mailsla.core.access.authentication import Result
from mailsla.core.access.facts import Facts
from mailsla.core.model import Reason


class Action(StrEnum):
    """What a mail does."""

    ACT = "act"  # relay, note, commands, in the agent's name
    NOTE = "note"  # as ACT, but its text stays inside
    LINK = "link"  # what the token of an action link says; the body is neither relayed nor read
    LINK_TOLD = "link_told"  # as LINK, but it was done before, or is too late: the agent is told so
    RATE = "rate"  # the customer rates us by a link; reopens nothing
    CONFIRM = "confirm"  # releases the held mail of its one-time token
    DENY = "deny"  # the one-time token is used up and what it would release stays held
    HOLD = "hold"  # waits for a person in the queue
    ASK = "ask"  # as HOLD, and a one-time confirmation goes to the agent's registered address
    RECORD_REPLY = "record_reply"  # the agent has answered the customer directly: stops the clock, relays nothing
    PASSED_ON = "passed_on"  # kept on the ticket that it names, if any; opens none, and the agent is told what to do
    COMMENT = "comment"  # internal, on ticket_id or on a new ticket
    OUTBOUND_TICKET = "outbound_ticket"  # new ticket for `requester`, whom the agent wrote to
    FORWARDED_TICKET = "forwarded_ticket"  # new ticket for `requester`, no automatic mail to them until an agent acts
    ASK_SUPPLIER = "ask_supplier"  # an agent wrote to a supplier: internal, relays nothing, the supplier's clock starts
    SUPPLIER_ANSWER = "supplier_answer"  # internal, stops the supplier's clock; no acknowledgement
    APPEND = "append"
    APPEND_THIRD_PARTY = "append_third_party"  # unverified, for agents' eyes; no acknowledgement, no new recipient
    NEW_TICKET = "new_ticket"  # with an internal link when link_to is set
    DELIVERY_EVENT = "delivery_event"  # recorded: never reopens, never answers, never stops a clock
    IGNORE_OWN = "ignore_own"  # kept, and answered by nothing
    LEAVE = "leave"  # of the Sent folder, and no case's business


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """What a mail may do, and which row of the table says so."""

    row: str
    action: Action
    reason: Reason
    ticket_id: int | None = None  # the ticket that it acts on
    link_to: int | None = None  # the ticket that a new one is linked to, internally
    requester: str = ""  # OUTBOUND_TICKET, FORWARDED_TICKET: the address of whom the ticket is for
    banner: Reason | None = None  # what its readers are warned of
    internal: bool = False  # never shown to a customer
    quiet: bool = False  # appended only: changes no status and no clock
    alert: bool = False  # the operator is told


@dataclass(frozen=True, slots=True)
class Row:
    """One row: when all tests hold, then this."""

    name: str
    when: tuple[c.Test, ...]
    action: Action
    reason: Reason
    internal: bool = False
    alert: bool = False


def decide(facts: Facts) -> Access:
    """What the mail may do. The last row takes what no other did, so there is always an answer."""
    row = next(row for row in TABLE if all(test(facts) for test in row.when))
    candidate = facts.candidate
    named = candidate.ticket_id if candidate else None
    new = row.action in (Action.NEW_TICKET, Action.OUTBOUND_TICKET, Action.FORWARDED_TICKET)
    return Access(
        row=row.name,
        action=row.action,
        reason=row.reason,
        ticket_id=None if new else named,
        link_to=named if new else None,
        requester=_requester(row.action, facts),
        banner=_banner(row.action, facts),
        internal=row.internal,
        quiet=row.action is Action.APPEND and _doubtful(facts),
        alert=row.alert,
    )


def _requester(action: Action, facts: Facts) -> str:
    if action is Action.OUTBOUND_TICKET:
        return facts.outside_to
    return facts.forwarded_from if action is Action.FORWARDED_TICKET else ""


def _banner(action: Action, facts: Facts) -> Reason | None:
    match action:
        case Action.APPEND_THIRD_PARTY:
            return Reason("banner_third_party", {"sender": facts.sender})
        case Action.COMMENT | Action.PASSED_ON if not facts.proven:
            return Reason("banner_agent_unproven", {"sender": facts.sender})
        case Action.APPEND if _doubtful(facts):
            return Reason("banner_sender_failed", {"sender": facts.sender})
        case Action.NEW_TICKET if facts.auth.result is Result.FAIL:
            return Reason("banner_sender_failed", {"sender": facts.sender})
    return None


def _doubtful(facts: Facts) -> bool:
    """Named by what anyone can know, and our server says that From is not who wrote it."""
    return c.guessable(facts) and facts.auth.result is Result.FAIL


TABLE: tuple[Row, ...] = (
    Row("own mail", (c.kind("own"),), Action.IGNORE_OWN, Reason("access_own")),
    # The Sent folder of the shared mailbox: who writes there is one of us. Nothing in it acts, runs a command or opens
    # what nobody wanted opened; what also comes in by itself (a token of ours in To) is dealt with there.
    Row("Sent folder, not by us", (c.sent, c.no(c.sent_by_us)), Action.LEAVE, Reason("access_sent_other")),
    Row("Sent folder, not by a person", (c.sent, c.no(c.person)), Action.LEAVE, Reason("access_sent_machine")),
    Row("Sent folder, with an agent's token", (c.sent, c.staff_token), Action.LEAVE, Reason("access_sent_token")),
    Row(
        "Sent folder, supplier in To or Cc",
        (c.sent, c.ticket, c.to_supplier, c.no(c.customer_addressed)),
        Action.ASK_SUPPLIER,
        Reason("access_supplier_asked_sent"),
        internal=True,
    ),
    Row(
        "Sent folder, customer in To or Cc",
        (c.sent, c.customer_addressed),
        Action.RECORD_REPLY,
        Reason("access_reply_sent"),
    ),
    Row(
        "Sent folder, to a customer first",
        (c.sent, c.no(c.ticket), c.no(c.to_supplier), c.writes_outside, c.opens_from_sent),
        Action.OUTBOUND_TICKET,
        Reason("access_outbound_sent"),
    ),
    Row("Sent folder, otherwise", (c.sent,), Action.LEAVE, Reason("access_sent_nothing")),
    # Machines, before any right is looked at: an out-of-office that carries a token must do nothing.
    Row(
        "report on a ticket", (c.machine, c.known_report), Action.DELIVERY_EVENT, Reason("access_report"), internal=True
    ),
    Row(
        "automatic mail, no ticket known",
        (c.kind("auto_reply"), c.no(c.agent), c.no(c.staff_token)),
        Action.NEW_TICKET,
        Reason("access_automatic"),
    ),
    Row("report on nothing known", (c.machine,), Action.HOLD, Reason("access_report_unknown"), internal=True),
    # Action links: their token says what is done, once; the mail is neither relayed nor read. Whoever else has the link
    # (a customer to whom a letter was forwarded) can do nothing with it, and hears nothing.
    Row(
        "action link, another From",
        (c.action, c.no(c.its_owner)),
        Action.HOLD,
        Reason("access_link_other_from"),
        internal=True,
        alert=True,
    ),
    Row(
        "action link, not from a person",
        (c.action, c.no(c.person)),
        Action.HOLD,
        Reason("access_link_no_person"),
        internal=True,
    ),
    Row(
        "action links, several in one mail",
        (c.action, c.ambiguous),
        Action.HOLD,
        Reason("access_link_ambiguous"),
        internal=True,
    ),
    Row(
        "action link, no such ticket",
        (c.action, c.no(c.ticket)),
        Action.HOLD,
        Reason("access_link_no_ticket"),
        internal=True,
    ),
    Row(
        "action link, used before",
        (c.action, c.trusted, c.used),
        Action.LINK_TOLD,
        Reason("access_link_used"),
        internal=True,
    ),
    Row(
        "action link, expired",
        (c.action, c.trusted, c.expired),
        Action.LINK_TOLD,
        Reason("access_link_expired"),
        internal=True,
    ),
    Row("action link", (c.action, c.trusted), Action.LINK, Reason("access_link"), internal=True),
    Row(
        "action link, used or expired, auth not pass",
        (c.action, c.either(c.used, c.expired)),
        Action.HOLD,
        Reason("access_link_over_unproven"),
        internal=True,
    ),
    Row("action link, auth not pass", (c.action,), Action.ASK, Reason("access_link_unproven"), internal=True),
    # Rating links: of who takes part in the case, and nothing but a number.
    Row(
        "rating link of a participant",
        (c.rating, c.participant, c.person, c.no(c.failed), c.no(c.ambiguous)),
        Action.RATE,
        Reason("access_rating"),
    ),
    Row("rating link, otherwise", (c.rating,), Action.HOLD, Reason("access_rating_other"), internal=True),
    # Tokens of our people.
    Row(
        "agent token, another From",
        (c.staff_token, c.no(c.its_owner)),
        Action.HOLD,
        Reason("access_token_other_from"),
        internal=True,
        alert=True,
    ),
    Row(
        "agent token, not from a person",
        (c.staff_token, c.no(c.person)),
        Action.HOLD,
        Reason("access_token_no_person"),
        internal=True,
    ),
    Row(
        "agent tokens of several tickets",
        (c.staff_token, c.ambiguous),
        Action.HOLD,
        Reason("access_token_ambiguous"),
        internal=True,
    ),
    Row(
        "confirmation, used before",
        (c.staff_token, c.confirms, c.used),
        Action.HOLD,
        Reason("access_confirmation_used"),
        internal=True,
    ),
    # The token went to the registered address alone: who answers it reads that mailbox. Auth failed before, so it is
    # not asked again. Whoever is startled answers too ("I did not send this!"): only `#yes` lets the mail go.
    Row(
        "confirmation by the agent",
        (c.staff_token, c.confirms, c.agrees),
        Action.CONFIRM,
        Reason("access_confirmation"),
        internal=True,
    ),
    Row(
        "confirmation, answered without a yes",
        (c.staff_token, c.confirms),
        Action.DENY,
        Reason("access_confirmation_denied"),
        internal=True,
        alert=True,
    ),
    Row(
        "agent token, no such ticket",
        (c.staff_token, c.no(c.named_by_token)),
        Action.HOLD,
        Reason("access_token_no_ticket"),
        internal=True,
    ),
    Row(
        "agent token, supplier in To or Cc",
        (c.staff_token, c.trusted, c.to_supplier, c.no(c.customer_addressed)),
        Action.ASK_SUPPLIER,
        Reason("access_supplier_asked"),
        internal=True,
    ),
    Row(
        "agent token, note",
        (c.staff_token, c.trusted, c.note),
        Action.NOTE,
        Reason("access_note"),
        internal=True,
    ),
    Row("agent token", (c.staff_token, c.trusted), Action.ACT, Reason("access_agent_token")),
    Row("agent token, auth not pass", (c.staff_token,), Action.ASK, Reason("access_agent_unproven"), internal=True),
    # Our people without a token. Where plus addressing is missing, our Message-ID stands for it.
    Row(
        "agent, supplier in To or Cc",
        (c.agent, c.person, c.ticket, c.to_supplier, c.no(c.customer_addressed), c.proven),
        Action.ASK_SUPPLIER,
        Reason("access_supplier_asked_named"),
        internal=True,
    ),
    # A program writes whom a mail was passed on to, and names the mail: that is no reply to it.
    Row(
        "agent passes on a letter of ours",
        (c.agent, c.person, c.passes_on, c.no(c.customer_addressed)),
        Action.PASSED_ON,
        Reason("access_passed_on"),
        internal=True,
    ),
    Row(
        "agent, Message-ID of a letter to them",
        (c.agent, c.person, c.letter_to_them, c.proven),
        Action.ACT,
        Reason("access_agent_letter"),
    ),
    Row(
        "agent, customer in To or Cc",
        (c.agent, c.person, c.customer_addressed, c.proven),
        Action.RECORD_REPLY,
        Reason("access_reply_seen"),
    ),
    Row(
        "agent, customer in To or Cc, auth not pass",
        (c.agent, c.person, c.customer_addressed),
        Action.ASK,
        Reason("access_reply_unproven"),
        internal=True,
    ),
    Row(
        "agent forwards a customer's mail",
        (c.agent, c.person, c.no(c.ticket), c.forwards, c.proven),
        Action.FORWARDED_TICKET,
        Reason("access_forwarded"),
    ),
    Row(
        "agent forwards a customer's mail, auth not pass",
        (c.agent, c.person, c.no(c.ticket), c.forwards),
        Action.HOLD,
        Reason("access_forwarded_unproven"),
        internal=True,
    ),
    Row(
        "agent writes to a customer first",
        (c.agent, c.person, c.no(c.ticket), c.writes_outside, c.proven),
        Action.OUTBOUND_TICKET,
        Reason("access_outbound"),
    ),
    Row(
        "agent writes to a customer first, auth not pass",
        (c.agent, c.person, c.no(c.ticket), c.writes_outside),
        Action.HOLD,
        Reason("access_outbound_unproven"),
        internal=True,
    ),
    Row("agent token, expired", (c.agent, c.expired), Action.COMMENT, Reason("access_token_expired"), internal=True),
    Row("agent, otherwise no token", (c.agent,), Action.COMMENT, Reason("access_comment"), internal=True),
    # Everybody else.
    Row(
        "supplier that was asked",
        (c.asked_supplier, c.person, c.no(c.failed)),
        Action.SUPPLIER_ANSWER,
        Reason("access_supplier_answer"),
        internal=True,
    ),
    Row("ticket closed", (c.ended,), Action.NEW_TICKET, Reason("access_closed")),
    Row(
        "customer token or our Message-ID, participant",
        (c.secret, c.participant),
        Action.APPEND,
        Reason("access_append"),
    ),
    Row(
        "customer token, unknown From",
        (c.named_by_token,),
        Action.APPEND_THIRD_PARTY,
        Reason("access_third_party"),
        internal=True,
    ),
    Row(
        "subject tag or own Message-ID, participant",
        (c.guessable, c.participant),
        Action.APPEND,
        Reason("access_append_named"),
    ),
    Row("ticket named by a stranger", (c.ticket,), Action.NEW_TICKET, Reason("access_stranger")),
    Row("a new complaint", (), Action.NEW_TICKET, Reason("access_new")),
)

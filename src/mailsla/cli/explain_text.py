"""What `mailsla explain` prints of one mail: who, what it is, what it may do, what follows, who is written to."""

from collections.abc import Iterator, Sequence

from mailsla.cli import words
from mailsla.cli.desk import Desk
from mailsla.core.access.authority import Action
from mailsla.core.access.threads import By
from mailsla.core.mail.parsed import Attachment, Forwarded, ParsedMail
from mailsla.core.model import IntakeState
from mailsla.core.triage.scope import scope_of
from mailsla.flows.explain import Explanation, Writes

NAMED_BY = {
    By.TOKEN: "by our reply address",
    By.OUR_MESSAGE_ID: "by a letter of ours that it answers",
    By.THEIR_MESSAGE_ID: "by a mail of that ticket that it answers",
    By.SUBJECT_TAG: "by the tag in its subject only",
}
DOES = {  # what is said of a mail that opens no ticket
    Action.ACT: "acts in the agent's name on",
    Action.NOTE: "adds a note to",
    Action.LINK: "does, in the agent's name, what its link says on",
    Action.LINK_TOLD: "tells the agent that its link works no longer on",
    Action.RATE: "rates our work on",
    Action.CONFIRM: "confirms a held mail of",
    Action.DENY: "leaves held a mail of",
    Action.RECORD_REPLY: "counts as the agent's answer on",
    Action.COMMENT: "adds a comment, which stays inside, to",
    Action.PASSED_ON: "adds a comment, which stays inside, to",
    Action.ASK_SUPPLIER: "asks a supplier about",
    Action.SUPPLIER_ANSWER: "adds a supplier's answer, which stays inside, to",
    Action.APPEND: "adds the customer's mail to",
    Action.APPEND_THIRD_PARTY: "adds a mail for agents' eyes to",
    Action.DELIVERY_EVENT: "is noted on",
}

CHANGES_NO_STATUS = frozenset({Action.DELIVERY_EVENT, Action.COMMENT, Action.PASSED_ON, Action.APPEND_THIRD_PARTY})


def explanation_lines(told: Explanation, desk: Desk) -> Iterator[str]:
    """Every decision, in the order in which they are made."""
    yield from words.facts(
        [
            *_mail(told.mail, desk),
            ("read", f"in a limited child process: {told.suspicious}" if told.suspicious else ""),
            *_listed("problems", told.mail.problems),
            *_decisions(told, desk),
            *_triage(told, desk),
            *_sla(told, desk),
            *_letters(told.letters, desk),
        ]
    )


def unreadable_lines(cause: str) -> Iterator[str]:
    """A mail that can't be read within its bounds."""
    yield from words.facts(
        [
            ("read", cause),
            ("ticket", "after three tries: a stub with running clocks, and the mail goes to the quarantine"),
            ("writes", "to the team's agents and to the operator"),
            ("does not", "write to the sender"),
        ]
    )


def _mail(mail: ParsedMail, desk: Desk) -> list[tuple[str, str]]:
    if mail.sender:
        sender = words.address_of(mail.sender.name, mail.sender.email)
    else:
        shown = mail.display_sender
        seems = f"; it seems to be {words.address_of(shown.name, shown.email)}" if shown else ""
        sender = f"nobody in particular: {mail.from_problem or 'no From'}{seems}"
    return [
        ("from", sender),
        ("to", words.listing([one.email for one in (*mail.to, *mail.cc)])),
        ("subject", mail.subject or "(none)"),
        ("date", desk.when(mail.date) if mail.date is not None else "none that can be read"),
        ("text", _text(mail)),
        ("files", _files(mail.attachments)),
        ("forwards", words.listing([_passed_on(one) for one in mail.forwarded])),
    ]


def _files(attachments: Sequence[Attachment]) -> str:
    return words.listing([f"{one.name} ({words.size_of(one.size)})" for one in attachments])


def _passed_on(mail: Forwarded) -> str:
    inside = f", with {_files(mail.attachments)}" if mail.attachments else ""
    return f"{mail.subject or '(no subject)'}{inside}"


def _text(mail: ParsedMail) -> str:
    new = " ".join(mail.reply_text.split())
    kept = len(mail.reply_text) < len(mail.text)
    what = "new words" if kept else "words"
    html = ", from HTML" if mail.html_only else ""
    if not new:
        return f"none{html}"
    return f'{len(new.split())} {what}{html}: "{words.shortened(new, 60)}"'


def _decisions(told: Explanation, desk: Desk) -> list[tuple[str, str]]:
    seen = told.seen
    earlier = ""
    if told.earlier is not None:
        where = f", of {told.earlier_reference}" if told.earlier_reference else ""
        earlier = f"here already, as M{told.earlier.id}{where}: it would change nothing. If it were new:"
    candidate = seen.facts.candidate
    because = desk.word(seen.access.reason)
    thread = f"{told.candidate_reference}, {NAMED_BY[candidate.by]}" if candidate else "names no ticket"
    return [
        ("mailbox", f"{told.mailbox.name} <{told.mailbox.address}>"),
        ("receipt", "now, it is assumed: deadlines and budgets count from here"),
        ("known", earlier),
        ("kind", f"{seen.disposition.kind.replace('_', ' ')}: {seen.disposition.reason}"),
        ("sender", f"{seen.auth.result.value}: {desk.word(seen.auth.reason)}"),
        ("thread", thread),
        ("rule", seen.access.row + (f": {because}" if because != seen.access.row else "")),
        ("warning", desk.word(seen.access.banner) if seen.access.banner else ""),
        ("link", _link(told)),
        ("ticket", _ticket(told)),
    ]


def _link(told: Explanation) -> str:
    """What a link of ours says that this mail came by; "" where it came by none."""
    held = told.seen.held
    if held is None or not held.token.value:
        return ""
    over = ", used before" if held.token.used_at is not None else ", expired" if held.expired else ""
    return f"{words.of_link(held.token)}, made for {held.token.person}{over}; nothing else of the mail counts"


def _ticket(told: Explanation) -> str:
    action = told.seen.access.action
    if told.state is IntakeState.HELD:
        at = f" (it names {told.ticket.reference})" if told.ticket else ""
        return f"waits for a person, in mailsla queue list{at}"
    if told.ticket is None:
        return told.reason or "none"
    if told.opens:
        linked = f", linked to {told.candidate_reference}" if told.seen.access.link_to is not None else ""
        customer = words.customer_of("", told.ticket.requester)
        if scope_of(told.ticket) is not None:
            over = words.status_of(told.ticket.status)
            return f"opens one for {customer}{linked}, which is {over} at once: it is no complaint"
        return f"opens one for {customer}{linked}; with {told.ticket.assignee or 'nobody'}"
    then = "is" if action in CHANGES_NO_STATUS or told.seen.access.quiet else "is then"
    return f"{DOES[action]} {told.ticket.reference}, which {then} {words.status_of(told.ticket.status)}"


def _triage(told: Explanation, desk: Desk) -> list[tuple[str, str]]:
    """Category and priority, each with its reasons below it; those of the priority name it in their code. Of an open
    ticket only what the mail raises.
    """
    ticket = told.ticket
    if ticket is None:
        return []
    priority = [desk.word(one) for one in told.triage if one.code.startswith("priority")]
    if not told.opens:
        return _listed("priority", [f"raised to {ticket.priority}", *priority]) if priority else []
    category = [desk.word(one) for one in told.triage if not one.code.startswith("priority")]
    return [
        *_listed("category", [ticket.category or "to triage", *category]),
        *_listed("priority", [ticket.priority, *priority]),
        ("language", str(ticket.triage.get("language") or "does not tell")),
    ]


def _sla(told: Explanation, desk: Desk) -> list[tuple[str, str]]:
    if told.ticket is None:
        return []
    if scope_of(told.ticket) is not None:
        return [("policy", "none until somebody takes it up: no deadline, and no promise to the customer")]
    if not told.policy:
        return [("policy", "none takes it: no deadline, and no promise to the customer")]
    dues = [
        f"{words.metric_of(one.metric.value, one.cycle, one.of)} due {desk.due(one.deadline)} "
        f"(target {one.target.written})"
        for one in told.clocks
        if one.deadline is not None
    ]
    return _listed("policy", [told.policy, *dues])


def _letters(letters: Sequence[Writes], desk: Desk) -> list[tuple[str, str]]:
    writes, refused = [], []
    for one in letters:
        recipient = words.customer_of("", one.notice.recipient)
        what = f"{words.letter_of(one.notice.kind)} to {words.reader_of(one.notice.role, recipient)}"
        if one.refused is not None:
            refused.append(f"{what}: {desk.word(one.refused)}")
        elif one.waits is not None:
            writes.append(f"{what}, from {desk.when(one.at)}: {desk.word(one.waits)}")
        elif one.at > desk.now:
            writes.append(f"{what}, from {desk.when(one.at)}: quiet hours until then")
        else:
            writes.append(what)
    return [*_listed("writes", writes or ["to nobody"]), *_listed("does not", refused)]


def _listed(name: str, values: Sequence[str]) -> list[tuple[str, str]]:
    """The first value beside the name, the others below it."""
    return [(name if position == 0 else "", value) for position, value in enumerate(values)]

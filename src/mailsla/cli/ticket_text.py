"""What `mailsla ticket` prints of tickets: rows of a list, and one ticket whole; as text and as JSON."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict

from mailsla.cli import words
from mailsla.cli.desk import Desk
from mailsla.cli.output import cells_of, clean, iso, table
from mailsla.cli.promise_text import became, promise_json, promised
from mailsla.core.model import NoticeState, Status, Ticket
from mailsla.core.outcome import outcome_of
from mailsla.core.sla.clocks import Clock, ClockState
from mailsla.flows.looking import Listed, Running, Said, Shown, Wrote

COLUMNS = ("ticket", "status", "priority", "with", "due", "left", "subject")
NARROWEST = 16  # cells of the subject in a table
LONGEST_SUBJECT = 60  # cells, where no terminal says how many there are
NOT_SENT = {
    NoticeState.MUTED: "not sent",
    NoticeState.CANCELLED: "not sent any more",
    NoticeState.FOLDED: "in a list of several",
}
INTERNAL = {"note": "note, stays inside", "comment": "comment, stays inside", "command": "commands, stay inside"}


def row_of(listed: Listed) -> Mapping[str, object]:
    """One ticket of a list as JSON."""
    ticket, clock = listed.ticket, listed.clock
    return {
        **_ticket_json(ticket),
        "metric": clock.metric if clock else None,
        "due": iso(listed.deadline),
        "overdue": clock is not None and listed.left is None,
        "left_open_seconds": listed.left,
    }


def list_lines(rows: Sequence[Listed], desk: Desk) -> str:
    """The list as a table, the subject cut: on a terminal so that a ticket is one line, else to what most need."""
    cells = [_cells(row, desk) for row in rows]
    fixed = [max(map(cells_of, column)) for column in zip(COLUMNS[:-1], *(row[:-1] for row in cells), strict=True)]
    room = words.columns() - sum(fixed) - 2 * len(fixed)
    subject = max(room, NARROWEST) if sys.stdout.isatty() else LONGEST_SUBJECT
    return table(COLUMNS, [[*row[:-1], words.shortened(row[-1], subject)] for row in cells])


def _cells(listed: Listed, desk: Desk) -> list[str]:
    ticket, deadline = listed.ticket, listed.deadline
    return [
        ticket.reference,
        ticket.status.value.partition("_")[0],
        ticket.priority,
        ticket.assignee or "-",
        "-" if deadline is None else words.due_short(deadline, desk.zone, desk.now),
        "-" if deadline is None else words.left_of(deadline, listed.left, desk.now).removesuffix(" left"),
        clean(ticket.subject).replace("\n", " ") or "(no subject)",
    ]


def ticket_lines(shown: Shown, desk: Desk) -> Iterator[str]:
    """One ticket, as a person reads it from top to bottom."""
    yield clean(f"{shown.ticket.reference}  {shown.ticket.subject or '(no subject)'}")
    yield from words.facts(_facts(shown, desk))
    yield f"\nClocks (times in {desk.zone_name})" if shown.clocks else "\nNo clock runs: no policy takes this ticket."
    clocks = [(_metric(one.clock), _clock(one, desk)) for one in shown.clocks]
    yield from words.facts([*clocks, *_annulled(shown, desk)])
    if shown.promises:
        yield "\nPromised to the customer"
    yield from words.facts((promised(one), became(one, desk)) for one in shown.promises)
    if shown.conversation:
        yield "\nConversation"
    for said in shown.conversation:
        yield from _message_lines(said, desk)
    yield "Timeline" if shown.conversation else "\nTimeline"
    yield from words.facts((desk.when(one.at), f"{one.who}: {desk.word(one.what)}") for one in shown.timeline)
    if shown.letters:
        yield "\nLetters"
        yield from words.facts(_letter(one, desk) for one in shown.letters)


def _facts(shown: Shown, desk: Desk) -> list[tuple[str, str]]:
    ticket = shown.ticket
    proof = "" if ticket.verified else " (nothing proved the sender)"
    since = ticket.waiting_since if ticket.status is Status.WAITING_CUSTOMER else ticket.resolved_at
    outcome = outcome_of(ticket.outcome)
    contact = ", by the first answer" if shown.first_contact else ""
    return [
        ("status", words.status_of(ticket.status) + (f", since {desk.when(since)}" if since else "") + contact),
        ("from", words.customer_of(ticket.requester_name, ticket.requester) + proof),
        ("received", f"{desk.when(ticket.received_at)}, by mailbox {ticket.mailbox}{_late(shown, desk)}"),
        ("category", ticket.category or "to triage"),
        ("priority", ticket.priority),
        ("on its way", _on_its_way(shown, desk)),
        ("with", words.person_of(ticket.assignee, desk.directory) + (f", team {ticket.team}" if ticket.team else "")),
        ("snoozed", f"until {desk.when(ticket.snoozed_until)}: no reminders" if ticket.snoozed_until else ""),
        ("take part", ", ".join(shown.participants)),
        ("customer", f"organisation {ticket.organisation}" if ticket.organisation else ""),
        ("policy", ", ".join((shown.policy or "none", *shown.beside))),
        ("upheld", outcome.upheld),
        ("cause", outcome.cause),
        ("remedy", clean(outcome.remedy.written) if outcome.remedy else ""),
        ("satisfaction", words.satisfaction_of(said.score, said.words) if (said := shown.satisfaction) else ""),
        ("linked to", shown.linked),
        ("went into", shown.merged_into),
        ("came in", ", ".join(f"{one} (mailsla ticket show {one})" for one in shown.came_in)),
        ("note", "stands for a mail that could not be read: mailsla queue list" if ticket.stub else ""),
    ]


def _on_its_way(shown: Shown, desk: Desk) -> str:
    """What the customer is about to read, and how long it can be recalled."""
    mail = shown.waiting_answer
    if mail is None:
        return ""
    goes = f"goes out {desk.when(mail.at)}" if mail.at > desk.now else "goes out now"
    quiet = "; until then its clock does not warn" if mail.kind == "relay" else ""
    undo = f"to recall it: mailsla ticket undo {shown.ticket.reference}"
    return f"{words.letter_of(mail.kind)}, by {words.person_of(mail.by, desk.directory)}, {goes}{quiet}; {undo}"


def _late(shown: Shown, desk: Desk) -> str:
    """Mail that was fetched late: its clocks run since it was received."""
    return f"; fetched late, {desk.when(shown.ticket.opened_at)}" if shown.late_on_arrival else ""


def _annulled(shown: Shown, desk: Desk) -> Iterator[tuple[str, str]]:
    """The recorded breaches that count no more."""
    corrected = {one.breach_id: one for one in shown.corrections}
    for breach in shown.breaches:
        if breach.id in corrected:
            kind, cause = corrected[breach.id].kind, corrected[breach.id].cause.replace("_", " ")
            what = f"missed {desk.when(breach.breached_at)}: {kind}, counts no more (cause: {cause})"
            yield words.metric_of(breach.metric, breach.cycle), what


def _metric(clock: Clock) -> str:
    return words.metric_of(clock.metric.value, clock.cycle, clock.of)


def _clock(running: Running, desk: Desk) -> str:
    """How a clock stands: "due Mon 23 Nov, 12:55, 3 h left (target 4h)"."""
    clock = running.clock
    target = f"(target {clock.target.written})"
    if clock.stopped_at is not None:
        verdict = {ClockState.MET: "met", ClockState.LATE: "missed"}.get(clock.state, clock.state.value)
        used = words.hours_of(clock.elapsed)
        return f"{verdict}: stopped {desk.when(clock.stopped_at)}, after {used} {target}"
    if clock.state is ClockState.PAUSED:
        return f"paused after {words.hours_of(clock.elapsed)} {target}"
    if clock.deadline is None:
        return f"never due: the calendar does not open again {target}"
    verb = "was due" if clock.overdue else "due"
    left = words.left_of(clock.deadline, running.left, desk.now)
    return f"{verb} {desk.due(clock.deadline)}, {left} {target}"


def _message_lines(said: Said, desk: Desk) -> Iterator[str]:
    message = said.message
    if message.direction == "out":
        to = "recalled before it was sent" if said.recalled else "to the customer"
        author = f"{words.person_of(message.author, desk.directory)}, {to}"
    elif message.internal:
        inside = INTERNAL.get(message.kind, f"{message.kind.replace('_', ' ')}, stays inside")
        author = f"{message.author_name or words.person_of(message.author, desk.directory)}, {inside}"
    else:
        author = words.address_of(message.author_name, message.author)
        author += "" if message.kind == "customer" else f", {message.kind.replace('_', ' ')}"
    yield f"  {desk.when(message.at)}  {clean(author)}"
    yield from words.prose(message.text.strip() or "(no text)", indent=4)
    if said.files:
        files = [f"{one.name} ({words.size_of(one.size)})" for one in said.files]
        yield from words.prose(f"files: {', '.join(files)}", indent=4)
    yield ""


def _letter(wrote: Wrote, desk: Desk) -> tuple[str, str]:
    """When it was sent, or decided; which letter to whom, and where it stands unless it was sent."""
    notice, letter = wrote.notice, wrote.letter
    told = f"{words.letter_of(notice.kind)} to {notice.recipient}"
    if letter is not None and letter.sent_at is not None:
        return desk.when(letter.sent_at), told + (", perhaps twice" if letter.possibly_twice else "")
    at = desk.when(notice.created_at)
    if letter is not None:
        return at, f"{told}: L{letter.id} {words.SENDING[letter.state]}"
    if notice.state is NoticeState.PENDING:
        later = notice.not_before > desk.now
        put_off = f" (N{notice.id} in `mailsla queue list`)" if notice.reason else ""
        waits = f"goes out {desk.when(notice.not_before)}" if later else "waits to be written"
        return at, f"{told}: {waits}{put_off}"
    if notice.state is NoticeState.DROPPED:
        return at, f"{told}: dropped (mailsla queue show N{notice.id})"
    known = notice.reason if notice.state is not NoticeState.FOLDED else ""  # that is the key of the list
    reason = f" ({words.SILENT.get(known, known)})" if known else ""
    return at, f"{told}: {NOT_SENT.get(notice.state, notice.state.value)}{reason}"


def shown_json(shown: Shown) -> Mapping[str, object]:
    """One ticket whole as JSON."""
    return {
        **_ticket_json(shown.ticket),
        "policy": shown.policy or None,
        "linked_to": shown.linked or None,
        "merged_into": shown.merged_into or None,
        "came_in": list(shown.came_in),
        "participants": list(shown.participants),
        "first_contact": shown.first_contact,
        "late_on_arrival": shown.late_on_arrival,
        "clocks": [
            {
                "metric": one.clock.metric.value,
                "track": one.clock.track,
                "cycle": one.clock.cycle,
                "state": one.clock.state.value,
                "target": one.clock.target.written,
                "elapsed_seconds": one.clock.elapsed,
                "started": iso(one.clock.started_at),
                "due": iso(one.clock.deadline),
                "overdue": one.clock.overdue,
                "left_open_seconds": one.left,
                "stopped": iso(one.clock.stopped_at),
            }
            for one in shown.clocks
        ],
        "breaches": [
            {
                "metric": one.metric,
                "cycle": one.cycle,
                "at": iso(one.breached_at),
                "cause": one.cause,
                "corrected": next((by.kind for by in shown.corrections if by.breach_id == one.id), None),
            }
            for one in shown.breaches
        ],
        "satisfaction": {**asdict(said), "at": iso(said.at)} if (said := shown.satisfaction) else None,
        "promises": [promise_json(one) for one in shown.promises],
        "conversation": [_message_json(one) for one in shown.conversation],
        "timeline": [
            {"at": iso(one.at), "who": one.who, "what": one.what.code, **one.what.values} for one in shown.timeline
        ],
        "on_its_way": {"kind": mail.kind, "by": mail.by, "at": iso(mail.at)}
        if (mail := shown.waiting_answer)
        else None,
        "letters": [_letter_json(one) for one in shown.letters],
    }


def _ticket_json(ticket: Ticket) -> dict[str, object]:
    outcome = outcome_of(ticket.outcome)
    return {
        "reference": ticket.reference,
        "subject": ticket.subject,
        "status": ticket.status.value,
        "priority": ticket.priority,
        "category": ticket.category,
        "team": ticket.team,
        "assignee": ticket.assignee,
        "requester": ticket.requester,
        "requester_name": ticket.requester_name,
        "organisation": ticket.organisation,
        "mailbox": ticket.mailbox,
        "received": iso(ticket.received_at),
        "resolved": iso(ticket.resolved_at),
        "closed": iso(ticket.closed_at),
        "upheld": outcome.upheld or None,
        "cause": outcome.cause or None,
        "remedy": asdict(outcome.remedy) if outcome.remedy else None,
        "snoozed_until": iso(ticket.snoozed_until),
    }


def _message_json(said: Said) -> Mapping[str, object]:
    message = said.message
    return {
        "at": iso(message.at),
        "direction": message.direction,
        "kind": message.kind,
        "author": message.author,
        "author_name": message.author_name,
        "internal": message.internal,
        "recalled": said.recalled,
        "text": message.text,
        "files": [{"name": one.name, "type": one.type, "size": one.size} for one in said.files],
    }


def _letter_json(wrote: Wrote) -> Mapping[str, object]:
    letter = wrote.letter
    return {
        "kind": wrote.notice.kind,
        "recipient": wrote.notice.recipient,
        "decided": iso(wrote.notice.created_at),
        "state": letter.state.value if letter else wrote.notice.state.value,
        "reason": wrote.notice.reason,
        "letter": f"L{letter.id}" if letter else None,
        "sent": iso(letter.sent_at) if letter else None,
    }

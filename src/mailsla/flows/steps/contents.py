"""A notice becomes the content of its letter: one function a kind, on an open unit of work.

None = no longer true: the notice is cancelled. Letters to customers are in contents_customer.py.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from mailsla.core import letters
from mailsla.core.commands.likeliest import likeliest
from mailsla.core.letters import Content
from mailsla.core.model import ENDED, Event, Notice, Role, Status, StoredAttachment
from mailsla.core.notices import INSTEAD_OF, reason_from
from mailsla.core.participants import admitted
from mailsla.core.satisfaction import RATED
from mailsla.core.sla.escalation import episode
from mailsla.flows.steps import contents_customer as customer
from mailsla.flows.steps.acknowledging import acknowledged
from mailsla.flows.steps.along import goes_along
from mailsla.flows.steps.case import files, history, next_step
from mailsla.flows.steps.incident_letters import as_escalation, called, cases_of, incident
from mailsla.flows.steps.notified import Case
from mailsla.flows.steps.terms import agreements_of

DAY = 24 * 3600
TRIED = frozenset({"agent_reply", "assigned", "warned", "escalated", "acknowledged", "handed_over"})


def agent_notification(case: Case) -> Content | None:
    """A new ticket; pointless once it is settled or somebody else's."""
    theirs = (None, case.notice.person, case.text(INSTEAD_OF))
    taken = case.ticket.assignee not in theirs and case.notice.role is Role.AGENT
    if taken or case.ticket.status in ENDED or case.ticket.status is Status.RESOLVED:
        return None
    message = case.message
    text = message.text if message else case.text("text")
    return letters.AgentNotification(case=_with_files(case, case.attachments), text=text)


def customer_answer(case: Case) -> Content | None:
    """Somebody wrote on the ticket."""
    message = case.message
    return letters.CustomerAnswer(
        case=_with_files(case, case.attachments),
        text=message.text if message else "",
        author=(message.author_name or message.author) if message else "",
        what=case.text("what"),
        admit=message.author
        if message and case.text("what") == "third_party" and _outsider(case, message.author)
        else "",
    )


def low_rating(case: Case) -> Content | None:
    """A customer is not content. Not once the case is open again, or is none any more."""
    if case.ticket.status not in RATED:
        return None
    text = case.message.text if case.message else ""
    nobody = case.notice.role is Role.OPERATOR
    return letters.LowRating(case=case.facts(), score=case.number("score"), text=text, nobody=nobody)


def _outsider(case: Case, address: str) -> bool:
    """Whether an agent may let them take part: a supplier's answer is a third party's too."""
    return case.services.settings.directory.supplier_by_email(address) is None and "@" in address


def assignment(case: Case) -> Content | None:
    """The ticket is yours: only while it still is."""
    if case.ticket.assignee not in (case.notice.person, case.text(INSTEAD_OF)) or case.ticket.status in ENDED:
        return None
    newest = next((one for one in reversed(case.uow.tickets.messages(case.ticket.id)) if one.kind == "customer"), None)
    attachments = case.uow.tickets.attachments(newest.id) if newest else ()
    facts = _with_files(case, attachments)
    return letters.Assignment(case=facts, text=newest.text if newest else "", by=case.text("by"))


def case_news(case: Case) -> Content | None:
    """Something happened on a case that is no mail: a snooze is over, it was handed over. Only while it goes on."""
    what = reason_from(case.notice.data["what"])
    gone = bool(case.notice.data.get("inside"))
    theirs = (None, case.notice.person, case.text(INSTEAD_OF))
    if case.ticket.status in ENDED or (case.ticket.assignee not in theirs and not gone):
        return None
    newest = next((one for one in reversed(case.uow.tickets.messages(case.ticket.id)) if one.kind == "customer"), None)
    facts = _with_files(case, case.uow.tickets.attachments(newest.id) if newest else ())
    return letters.CaseNews(
        case=replace(facts, can_act=facts.can_act and not gone),
        what=what,
        note=case.text("note"),
        text=newest.text if newest else "",
    )


def transcript(case: Case) -> Content | None:
    """What each command did, and what goes to the customer."""
    told = transcript_of(case.notice, case.ticket.reference, case.ticket.subject)
    at, recalled = case.number("at"), case.notice.data.get("recalled")
    undone = case.uow.tickets.message(recalled) if isinstance(recalled, int) else None
    return replace(
        told,
        relay_at=at or None,
        undoable=at > case.now,
        copy=_copy(case) if told.relayed and case.message is not None else None,
        text=undone.text if undone is not None else "",
        theirs=_theirs(case),
    )


def _copy(case: Case) -> letters.Copy | None:
    """The answer as the customer will see it."""
    message, ticket = case.message, case.ticket
    if message is None:
        return None
    return letters.Copy(
        name=ticket.requester_name,
        email=case.ticket.requester,
        text=message.text,
        signature=customer.signature_of(case),
        files=files([one for one in case.attachments if goes_along(one)]),
        also=[one for one in admitted(case.events) if one != ticket.requester.lower()],
        resolves=bool(case.notice.data.get("resolves")),
    )


def _theirs(case: Case) -> letters.Copy | None:
    """What the colleague wrote who was faster."""
    data = case.notice.data.get("theirs")
    if not isinstance(data, Mapping) or not isinstance(data.get("message"), int):
        return None
    message = case.uow.tickets.message(data["message"])
    return letters.Copy(name=str(data["name"]), email="", text=message.text) if message is not None else None


def transcript_of(notice: Notice, reference: str = "", subject: str = "") -> letters.Transcript:
    """The same for commands about no ticket, with the subject of the mail that they stood in."""
    lines = notice.data.get("lines")
    return letters.Transcript(
        reference=reference,
        subject=subject or str(notice.data.get("subject") or ""),
        lines=[_transcript_line(line) for line in lines] if isinstance(lines, list) else [],
        ok=bool(notice.data.get("ok")),
        relayed=bool(notice.data.get("relayed")),
        help=bool(notice.data.get("help")),
        help_on=str(notice.data.get("help_on") or ""),
        inside=bool(notice.data.get("inside")),
        by_link=bool(notice.data.get("by_link")),
    )


def reminder(case: Case) -> Content | None:
    """A clock runs out soon; cancelled when it stopped or ran out meanwhile."""
    awake = [one for one in cases_of(case) if (one.ticket.snoozed_until or 0) <= one.now]
    case, clock = next(((one, found) for one in awake if (found := one.running()) is not None), (case, None))
    if clock is None or clock.due is None:
        return None
    facts = case.facts()
    about = (clock.of, clock.metric, clock.due)
    due = next(one for one in facts.dues if (one.of, one.metric, one.due) == about)
    return letters.Reminder(
        case=facts,
        metric=clock.metric.value,
        due=clock.due,
        left=due.left,
        left_today=due.left_today,
        left_tomorrow=due.left_tomorrow,
        share=due.share,
        actions=likeliest(case.ticket, clock.metric),
        of=clock.of,
        incident=called(case),
    )


def escalation(case: Case) -> Content | None:
    """One complaint that needs the reader; cancelled when its clock stopped meanwhile."""
    items = [item for one in cases_of(case) if (item := escalation_item(one)) is not None]
    return as_escalation(case, items) if items else None


def escalation_item(case: Case) -> letters.EscalationItem | None:
    """The block of one ticket in an escalation mail."""
    clock = case.running()
    if clock is None or clock.deadline is None or episode(clock) in acknowledged(case.events):
        return None
    agreements = agreements_of(case.uow, case.services, case.ticket)
    step = next_step(case.lookups, case.services, case.ticket, [clock], agreements, case.now)
    return letters.EscalationItem(
        case=case.facts(),
        metric=clock.metric.value,
        due=clock.deadline,
        late=case.now - clock.deadline,
        level=case.number("level"),
        breached=clock.overdue,
        of=clock.of,
        tried=history(case.services, _tried(case))[-4:],
        next_at=step[0] if step else None,
        next_who=step[1] if step else "",
    )


def _tried(case: Case) -> list[Event]:
    """What was tried before this letter, and what the customer wrote again after an answer."""
    tried: list[Event] = []
    answered = False
    for event in case.events:
        answered = answered or event.type == "agent_reply"
        if (event.type in TRIED and not case.is_of(event)) or (event.type == "customer_mail" and answered):
            tried.append(event)
    return tried


def delivery_failed(case: Case) -> Content | None:
    """A mail to the customer did not arrive."""
    return letters.DeliveryFailed(
        reference=case.ticket.reference,
        subject=case.ticket.subject,
        recipient=case.text("recipient"),
        was=case.text("was"),
        answer=case.text("answer"),
        at=case.number("at") or case.now,
        dropped_by=case.text("dropped_by"),
    )


def confirmation(case: Case) -> Content | None:
    """Did you send this? To the agent's registered address only."""
    commands = case.notice.data.get("commands")
    return letters.Confirmation(
        reference=case.ticket.reference,
        subject=case.ticket.subject,
        received_at=case.number("received_at"),
        text=case.text("text"),
        commands=[str(one) for one in commands] if isinstance(commands, list) else [],
        to_customer=case.text("to_customer"),
        why=reason_from(case.notice.data["why"]),
        until=case.number("until"),
    )


Builder = Callable[[Case], Content | None]
BUILDERS: Mapping[str, Builder] = {
    builder.__name__: builder
    for builder in (
        customer.acknowledgement, customer.out_of_scope, agent_notification, customer_answer, assignment,
        customer.relay, customer.closing,
        customer.waiting_reminder, customer.satisfaction_reminder, low_rating,
        customer.delay_notice, customer.update, customer.status_answer, transcript,
        reminder, escalation, delivery_failed, confirmation, case_news, customer.relay_copy, incident,
    )
}  # fmt: skip


def _with_files(case: Case, attachments: Sequence[StoredAttachment]) -> letters.CaseFacts:
    facts = case.facts()
    named = files(attachments)
    return replace(facts, files=named) if named else facts


def _transcript_line(line: object) -> letters.TranscriptLine:
    if not isinstance(line, Mapping):
        raise ValueError(f"not a line of a transcript: {line!r}")
    return letters.TranscriptLine(
        command=str(line["command"]),
        done=bool(line["done"]),
        result=reason_from(line["result"]),
        meant=str(line.get("meant") or ""),
    )

"""A notice becomes the content of its letter: one function a kind, on an open unit of work.

None = no longer true: the notice is cancelled.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property

from mailsla.core import letters
from mailsla.core.letters import Content, Reader
from mailsla.core.lifecycle import reopen_until
from mailsla.core.model import ENDED, Event, Instant, Message, Notice, Role, Status, StoredAttachment, Ticket
from mailsla.core.notices import INSTEAD_OF, UNREACHABLE, reason_from
from mailsla.core.sla.clocks import Clock, ClockState
from mailsla.flows.services import Services
from mailsla.flows.steps.case import case_facts, files, history, label
from mailsla.flows.steps.clocks import clocks_of
from mailsla.flows.steps.lookups import Lookups
from mailsla.flows.steps.outcomes import status_after
from mailsla.flows.steps.promises import stated_promises, when_closed
from mailsla.flows.steps.terms import agreement_of

DAY = 24 * 3600
TRIED = frozenset({"agent_reply", "assigned", "warned", "escalated"})


class Case:
    """What the builders below work on: a notice about a ticket, its reader, and where to look things up."""

    def __init__(
        self, lookups: Lookups, services: Services, notice: Notice, ticket: Ticket, reader: Reader, now: Instant
    ):
        self.lookups, self.uow, self.services, self.notice = lookups, lookups.uow, services, notice
        self.ticket, self.reader, self.now = ticket, reader, now

    def facts(self) -> letters.CaseFacts:
        """For an agent. Who reads it without being an agent of the ticket can't act by replying."""
        can_act = self.notice.role in (Role.AGENT, Role.MANAGER) and not self.ticket.requester.endswith(UNREACHABLE)
        return case_facts(
            self.lookups,
            self.services,
            self.ticket,
            self.events,
            self.clocks,
            self.now,
            can_act=can_act,
            language=self.reader.language,
            instead_of=self.text(INSTEAD_OF),
        )

    @cached_property
    def events(self) -> Sequence[Event]:
        """All that happened on the ticket."""
        return self.lookups.events(self.ticket.id)

    @cached_property
    def clocks(self) -> tuple[Clock, ...]:
        """The ticket's clocks as they stand now."""
        held = self.lookups.clocks
        if self.ticket.id not in held:
            held[self.ticket.id] = clocks_of(self.uow, self.services, self.ticket, self.now, self.events)
        return held[self.ticket.id]

    def reopen_until(self, resolved_at: Instant) -> Instant:
        """The last instant at which a mail of the customer reopens the ticket."""
        agreement = agreement_of(self.uow, self.services, self.ticket)
        policy, calendar = (agreement.policy, agreement.calendar) if agreement else (None, None)
        return reopen_until(policy, calendar, resolved_at)

    def running(self) -> Clock | None:
        """The clock that an SLA notice is about, while it still runs."""
        metric, cycle = self.text("metric"), self.number("cycle")
        clocks = (one for one in self.clocks if (one.metric, one.cycle) == (metric, cycle))
        return next((one for one in clocks if one.state is ClockState.RUNNING), None)

    @cached_property
    def message(self) -> Message | None:
        """The message that the notice is about."""
        number = self.notice.data.get("message")
        return self.lookups.message(number) if isinstance(number, int) else None

    @cached_property
    def attachments(self) -> Sequence[StoredAttachment]:
        """Its attachments."""
        return self.lookups.attachments(self.message.id) if self.message else ()

    def text(self, key: str) -> str:
        """A text that the notice carries, "" if none."""
        value = self.notice.data.get(key)
        return value if isinstance(value, str) else ""

    def number(self, key: str) -> int:
        """A number that the notice carries, 0 if none."""
        value = self.notice.data.get(key)
        return value if isinstance(value, int) else 0

    def team_name(self) -> str:
        """How the team is called to customers, "" when it has no name for them."""
        team = self.services.settings.directory.teams.get(self.ticket.team or "")
        return team.display_name if team else ""

    def name(self) -> str:
        """The customer's name where mail may use it: to a verified sender, or once a person has answered."""
        return self.ticket.requester_name if self.known() else ""

    def known(self) -> bool:
        """Whether automatic mail may echo what the customer wrote (mail.md section 6)."""
        return self.ticket.verified or self.ticket.answered


def acknowledgement(case: Case) -> Content | None:
    """Nothing is promised on a ticket that ended before its acknowledgement went out."""
    ticket = case.ticket
    if ticket.status in ENDED or ticket.answered:
        return None
    configured = case.services.settings.directory.categories.get(ticket.category or "")
    sensitive = configured is not None and configured.sensitive
    agreement = agreement_of(case.uow, case.services, ticket)
    return letters.Acknowledgement(
        name=case.name(),
        reference=ticket.reference,
        subject=ticket.subject,
        verified=case.known(),
        received_at=ticket.received_at,
        closed=when_closed(agreement, ticket.received_at),
        late_fetch=ticket.opened_at - ticket.received_at > 15 * 60,
        delayed_days=(case.now - ticket.received_at) // DAY,
        promises=stated_promises(case.clocks, case.now),
        category="" if sensitive else label(case.services, ticket.category, case.reader.language),
        team=case.team_name(),
        host=case.services.settings.host,
    )


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
    )


def assignment(case: Case) -> Content | None:
    """The ticket is yours: only while it still is."""
    if case.ticket.assignee not in (case.notice.person, case.text(INSTEAD_OF)) or case.ticket.status in ENDED:
        return None
    newest = next((one for one in reversed(case.uow.tickets.messages(case.ticket.id)) if one.kind == "customer"), None)
    attachments = case.uow.tickets.attachments(newest.id) if newest else ()
    facts = _with_files(case, attachments)
    return letters.Assignment(case=facts, text=newest.text if newest else "", by=case.text("by"))


def relay(case: Case) -> Content | None:
    """An agent's answer, as a person's mail."""
    message = case.message
    if message is None:
        return None
    team = case.services.settings.directory.teams.get(case.ticket.team or "")
    resolves = bool(case.notice.data.get("resolve"))
    # Once this answer is sent a paused clock has no due, and a resolved case no clock (sla.md section 4).
    afterwards = status_after(case.uow, case.services, case.ticket, case.notice)
    runs = afterwards not in (*ENDED, Status.RESOLVED, Status.WAITING_CUSTOMER)
    promises = stated_promises(case.clocks, case.now) if runs else ()
    return letters.Relay(
        subject=case.ticket.subject,
        reference=case.ticket.reference,
        text=message.text,
        signature=team.signature if team else "",
        resolved=resolves,
        reopen_until=case.reopen_until(case.now) if resolves else None,
        promises=[promise for promise in promises if promise.metric == "resolution"],
    )


def closing(case: Case) -> Content | None:
    """Resolved without a new answer; not when it is open again."""
    if case.ticket.status is not Status.RESOLVED:
        return None
    return letters.Closing(
        name=case.name(),
        reference=case.ticket.reference,
        subject=case.ticket.subject,
        verified=case.known(),
        reopen_until=case.reopen_until(case.ticket.resolved_at or case.now),
        waited_days=case.number("waited_days"),
        team=case.team_name(),
    )


def waiting_reminder(case: Case) -> Content | None:
    """We wait for the customer; not when they answered meanwhile."""
    if case.ticket.status is not Status.WAITING_CUSTOMER:
        return None
    return letters.WaitingReminder(
        name=case.name(),
        reference=case.ticket.reference,
        subject=case.ticket.subject,
        verified=case.known(),
        closes_at=case.number("closes_at") or None,
        team=case.team_name(),
    )


def transcript(case: Case) -> Content | None:
    """What each command did."""
    return transcript_of(case.notice, case.ticket.reference, case.ticket.subject)


def transcript_of(notice: Notice, reference: str = "", subject: str = "") -> letters.Transcript:
    """The same for commands about no ticket, with the subject of the mail that they stood in."""
    lines = notice.data.get("lines")
    return letters.Transcript(
        reference=reference,
        subject=subject or str(notice.data.get("subject") or ""),
        lines=[_transcript_line(line) for line in lines] if isinstance(lines, list) else [],
        ok=bool(notice.data.get("ok")),
        relayed=bool(notice.data.get("relayed")),
        relay_at=None,
        help=bool(notice.data.get("help")),
        inside=bool(notice.data.get("inside")),
    )


def reminder(case: Case) -> Content | None:
    """A clock runs out soon; cancelled when it stopped or ran out meanwhile."""
    clock = case.running()
    if clock is None or clock.due is None:
        return None
    facts = case.facts()
    due = next(one for one in facts.dues if one.metric == clock.metric and one.due == clock.due)
    return letters.Reminder(
        case=facts, metric=clock.metric.value, due=clock.due, left=due.left, left_today=due.left_today
    )


def escalation(case: Case) -> Content | None:
    """One complaint that needs the reader; cancelled when its clock stopped meanwhile."""
    item = escalation_item(case)
    return None if item is None else letters.Escalation(items=[item], no_recipient=bool(case.notice.data.get("nobody")))


def escalation_item(case: Case) -> letters.EscalationItem | None:
    """The block of one ticket in an escalation mail."""
    clock = case.running()
    if clock is None or clock.deadline is None:
        return None
    return letters.EscalationItem(
        case=case.facts(),
        metric=clock.metric.value,
        due=clock.deadline,
        late=case.now - clock.deadline,
        level=case.number("level"),
        breached=clock.overdue,
        tried=history(case.services, _tried(case))[-4:],
    )


def _tried(case: Case) -> list[Event]:
    """What was tried before this letter, and what the customer wrote again after an answer."""
    tried: list[Event] = []
    answered = False
    for event in case.events:
        answered = answered or event.type == "agent_reply"
        if (event.type in TRIED and not _is_this_letter(case, event)) or (event.type == "customer_mail" and answered):
            tried.append(event)
    return tried


def _is_this_letter(case: Case, event: Event) -> bool:
    about = ("metric", "level")
    return event.at == case.notice.created_at and all(event.data.get(key) == case.notice.data.get(key) for key in about)


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
        acknowledgement, agent_notification, customer_answer, assignment, relay, closing, waiting_reminder, transcript,
        reminder, escalation, delivery_failed, confirmation,
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

"""What letters to a customer say: one function a kind, on an open unit of work; None = no longer true (contents.py)."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from mailsla.core import letters
from mailsla.core.letters import Content, Promised
from mailsla.core.model import ENDED, Instant, PromiseState, Status
from mailsla.core.outcome import NO_OUTCOME, Outcome, outcome_of
from mailsla.core.participants import admitted
from mailsla.core.replies import ReplyValues
from mailsla.core.satisfaction import waits_for_answer
from mailsla.core.sla.promises import next_update, standing
from mailsla.core.triage.scope import scope_of
from mailsla.errors import PermanentError
from mailsla.flows.steps.answers import answer_waits
from mailsla.flows.steps.notified import Case
from mailsla.flows.steps.outcomes import status_after
from mailsla.flows.steps.promises import as_promised, delays_of, given_by_agent, when_closed
from mailsla.flows.steps.replies import languages_for
from mailsla.flows.steps.satisfying import asks_now
from mailsla.flows.steps.terms import agreement_of
from mailsla.flows.steps.work import TicketWork

DAY = 24 * 3600
SETTLED = (*ENDED, Status.RESOLVED)


def acknowledgement(case: Case) -> Content | None:
    """Nothing is promised on a ticket that ended before its acknowledgement went out."""
    ticket = case.ticket
    if ticket.status in ENDED or ticket.answered:
        return None
    configured = case.services.settings.directory.categories.get(ticket.category or "")
    agreement = agreement_of(case.uow, case.services, ticket)
    received_at = case.number("received_at") or ticket.received_at
    return letters.Acknowledgement(
        name=case.name(),
        reference=ticket.reference,
        subject=ticket.subject,
        verified=case.known(),
        received_at=received_at,
        closed=when_closed(agreement, received_at),
        late_fetch=ticket.opened_at - received_at > 15 * 60,
        delayed_days=(case.now - received_at) // DAY,
        promises=case.promised,
        category="" if configured is None or configured.sensitive else configured.label.get(case.reader.language, ""),
        team=case.team_name(),
        host=case.services.settings.host,
    )


def out_of_scope(case: Case) -> Content | None:
    """The operator's own words to whom this address is not for; not once somebody has taken it up."""
    ticket, name = case.ticket, case.text("letter")
    if scope_of(ticket) != "out" or ticket.status is Status.VOID or ticket.answered:
        return None
    if name not in case.services.letters.replies:
        raise PermanentError(f'there is no saved reply "{name}"', f"put {name}.en.txt into the folder letters.replies")
    values = ReplyValues(name=case.name(), reference=ticket.reference, team=case.team_name(), zone=ticket.zone)
    saved = case.services.letters.saved_reply(name, languages_for(case.services, ticket), values, case.now)
    return letters.OutOfScope(
        reference=ticket.reference,
        subject=ticket.subject,
        verified=case.known(),
        text=saved.text,
        language=saved.language,
    )


def relay(case: Case) -> Content | None:
    """An agent's answer, as a person's mail."""
    message = case.message
    if message is None or case.ticket.status is Status.VOID:  # meanwhile it is no complaint: nobody is written to
        return None
    resolves = bool(case.notice.data.get("resolve"))
    # Once this answer is sent a paused clock has no due, and a resolved case no clock (sla.md section 4).
    afterwards = status_after(case.uow, case.services, case.ticket, case.notice)
    runs = afterwards not in (*ENDED, Status.RESOLVED, Status.WAITING_CUSTOMER)
    return letters.Relay(
        subject=case.ticket.subject,
        reference=case.ticket.reference,
        text=message.text,
        signature=signature_of(case),
        resolved=resolves,
        outcome=_told(case) if resolves else NO_OUTCOME,
        asks=resolves and _asks(case),
        adr=case.services.settings.adr if resolves else "",
        reopen_until=case.reopen_until(case.now) if afterwards is Status.RESOLVED and resolves else None,
        promises=_promised_by_answer(case) if runs else (),
    )


def signature_of(case: Case) -> str:
    """The team's, in place of the agent's own."""
    team = case.services.settings.directory.teams.get(case.ticket.team or "")
    return team.signature if team else ""


def relay_copy(case: Case) -> Content | None:
    """The same answer for a participant, as long as they are one; of its times those that stand since it was sent."""
    answer = relay(case)
    if not isinstance(answer, letters.Relay) or case.notice.recipient not in admitted(case.events):
        return None
    return letters.RelayCopy(
        subject=answer.subject,
        reference=answer.reference,
        text=answer.text,
        signature=answer.signature,
        resolved=answer.resolved,
        outcome=answer.outcome,
        adr=answer.adr,
        reopen_until=answer.reopen_until,
        promises=_said_again(case, answer.promises),
    )


def _said_again(case: Case, metrics: Sequence[Promised]) -> list[Promised]:
    """What the requester was promised about the same things; no letter to a participant promises anything itself."""
    stand = (standing(case.promises, one.metric) for one in metrics)
    return [as_promised(one) for one in stand if one is not None]


def _promised_by_answer(case: Case) -> list[Promised]:
    """The promise line below an answer: what stands is said again; where nothing does, what the clocks say."""
    given = given_by_agent(case.notice.data)
    stands = standing(case.promises, "resolution")
    owed = [one for one in case.promised if one.metric == "resolution"]
    settles = [as_promised(stands)] if stands is not None else owed
    if given is not None and given.promised.until > case.now:
        settles = [*(one for one in settles if one.metric != given.promised.metric), given.promised]
    return [*settles, *_next_update(case, case.now)]


def _next_update(case: Case, start: Instant) -> Iterator[Promised]:
    """By when the customer hears of us again, where the policy owes them updates."""
    agreement = agreement_of(case.uow, case.services, case.ticket)
    owed = next_update(agreement.policy, agreement.calendar, start) if agreement else None
    if owed is not None:
        yield Promised(metric="periodic_update", until=owed[0], date_only=owed[1])


def delay_notice(case: Case) -> Content | None:
    """Another time: by the policy, while what was promised still stands and nobody answers; or given by an agent."""
    ticket = case.ticket
    given = given_by_agent(case.notice.data)
    if given is not None:
        if given.promised.until <= case.now or ticket.status in SETTLED:
            return None
        promise, reason = given.promised, given.reason
        stands = standing(case.promises, promise.metric)
        if stands is not None and stands.until == promise.until and not reason:
            return None  # that is what they know
        was = as_promised(stands) if stands is not None and stands.until != promise.until else None
    else:
        agreement = agreement_of(case.uow, case.services, ticket)
        put_off = delays_of(case.promises, case.events, agreement, case.now)
        delay = next((one for one in put_off if one.promise.id == case.number("delays")), None)
        if delay is None or answer_waits(case.uow, ticket.id):
            return None
        reason, was = "", as_promised(delay.promise)
        promise = Promised(metric=delay.promise.metric, until=delay.until, date_only=delay.date_only)
    return letters.DelayNotice(
        name=case.name(),
        reference=ticket.reference,
        subject=ticket.subject,
        verified=case.known(),
        was=was,
        promise=promise,
        reason=reason,
        team=case.team_name(),
    )


def update(case: Case) -> Content | None:
    """Nothing new, said by itself: while the promised update stands and no person writes one."""
    ticket = case.ticket
    put_off = delays_of(case.promises, case.events, agreement_of(case.uow, case.services, ticket), case.now)
    due = next((one for one in put_off if one.promise.id == case.number("delays")), None)
    if due is None or answer_waits(case.uow, ticket.id):
        return None
    written = [event.at for event in case.events if event.type == "agent_reply"]
    return letters.Update(
        name=case.name(),
        reference=ticket.reference,
        subject=ticket.subject,
        verified=case.known(),
        since=max(written, default=ticket.received_at),
        waiting=ticket.status is Status.WAITING_THIRD_PARTY,
        promises=[Promised(metric=due.promise.metric, until=due.until, date_only=due.date_only)],
        team=case.team_name(),
    )


def status_answer(case: Case) -> Content | None:
    """Where the complaint stands, for whoever asked."""
    ticket = case.ticket
    stands, since = _stands(case)
    open_ones = [one for one in case.promises if one.state is PromiseState.OPEN and one.until > case.now]
    last = max(case.promises, key=lambda one: one.until, default=None)
    missed = last is not None and last.state is PromiseState.BROKEN and stands in ("unanswered", "open")
    return letters.StatusAnswer(
        name=case.name(),
        reference=ticket.reference,
        subject=ticket.subject,
        verified=case.known(),
        stands=stands,
        since=since,
        received_at=ticket.received_at,
        missed=as_promised(last) if last is not None and missed and not open_ones else None,
        promises=[as_promised(one) for one in sorted(open_ones, key=lambda one: one.until)],
        reopen_until=case.reopen_until(ticket.resolved_at) if stands == "resolved" and ticket.resolved_at else None,
        team=case.team_name(),
    )


def _stands(case: Case) -> tuple[str, Instant]:
    """How a customer may be told that it stands, and since when."""
    ticket = case.ticket
    began = max((event.at for event in case.events if event.type == "status"), default=ticket.received_at)
    if ticket.status in ENDED:
        return "closed", ticket.closed_at or began
    if ticket.status is Status.RESOLVED:
        return "resolved", ticket.resolved_at or began
    if ticket.status in (Status.WAITING_CUSTOMER, Status.WAITING_THIRD_PARTY):
        return ticket.status.value, ticket.waiting_since or began
    answers = [event.at for event in case.events if event.type == "agent_reply"]
    return ("open", max(answers)) if answers else ("unanswered", ticket.received_at)


def closing(case: Case) -> Content | None:
    """Resolved without a new answer; not when it is open again, but also when whoever resolved it then closed it."""
    closed = case.ticket.status is Status.CLOSED and "agent" in case.notice.data
    if case.ticket.status is not Status.RESOLVED and not closed:
        return None
    return letters.Closing(
        name=case.name(),
        reference=case.ticket.reference,
        subject=case.ticket.subject,
        verified=case.known(),
        reopen_until=None if closed else case.reopen_until(case.ticket.resolved_at or case.now),
        waited_days=case.number("waited_days"),
        outcome=_told(case),
        asks=_asks(case),
        adr=case.services.settings.adr,
        team=case.team_name(),
    )


def _asks(case: Case) -> bool:
    return asks_now(TicketWork(case.uow, case.services, case.ticket, case.now), case.notice)


def satisfaction_reminder(case: Case) -> Content | None:
    """Not once they have said something, or the complaint goes on."""
    asked = waits_for_answer(case.ticket, case.events)
    if asked is None or asked != case.number("asked"):
        return None
    return letters.SatisfactionReminder(
        name=case.name(),
        reference=case.ticket.reference,
        subject=case.ticket.subject,
        verified=case.known(),
        asked_at=asked,
        team=case.team_name(),
    )


def _told(case: Case) -> Outcome:
    """What a customer reads of the outcome: its cause stays inside."""
    return replace(outcome_of(case.ticket.outcome), cause="")


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

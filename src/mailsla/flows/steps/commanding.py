"""A plan of commands is carried out on a ticket in hand; mail and CLI both come here (mail.md section 4)."""

from dataclasses import replace

from mailsla.core.absence import with_absences
from mailsla.core.commands.changes import (
    Acknowledge,
    AddNote,
    Admit,
    AskSupplier,
    Assign,
    BeginAbsence,
    Change,
    ConfirmCategory,
    Dismiss,
    DismissIncident,
    DropHeld,
    EndAbsence,
    GroupIncident,
    HandOver,
    HoldPromise,
    LeaveIncident,
    MakePromise,
    MergeInto,
    OfAnswers,
    OfIncidents,
    Recall,
    SendHeld,
    SetCategory,
    SetOutcome,
    SetPriority,
    SetRequester,
    SetStatus,
    Snooze,
    SplitOff,
)
from mailsla.core.commands.grammar import Parsed
from mailsla.core.commands.plan import Plan, plan
from mailsla.core.commands.situation import Actor, Situation
from mailsla.core.commands.verbs.incident import NO, OUT
from mailsla.core.commands.verbs.table import MUST_WAIT
from mailsla.core.letters import TranscriptLine
from mailsla.core.lifecycle import closes_again, reopen_until
from mailsla.core.model import Message, Reason, Status, Ticket
from mailsla.core.notices import to_agent
from mailsla.core.outcome import as_written
from mailsla.core.triage.scope import scope_of
from mailsla.flows.steps import delays, incidents, presence, recalling
from mailsla.flows.steps.acknowledging import acknowledge, alarms_of
from mailsla.flows.steps.admitting import admit, dismiss, participants_of, standing_on_mails
from mailsla.flows.steps.agreeing import agree_anew
from mailsla.flows.steps.assigning import next_assignee
from mailsla.flows.steps.examine import people_of_ours
from mailsla.flows.steps.handing_over import hand_over, read_instead
from mailsla.flows.steps.labelling import label
from mailsla.flows.steps.merging import merge
from mailsla.flows.steps.overtaken import held_answer
from mailsla.flows.steps.relaying import close, outgoing
from mailsla.flows.steps.replies import saved_replies
from mailsla.flows.steps.requester import change_requester
from mailsla.flows.steps.scoping import says_complaint, told_of_taking_up
from mailsla.flows.steps.snoozing import running_of, snooze, wake
from mailsla.flows.steps.splitting import split
from mailsla.flows.steps.suppliers import ask_supplier
from mailsla.flows.steps.telling import tell_agents
from mailsla.flows.steps.terms import agreement_of
from mailsla.flows.steps.transcripts import nothing_done, of_mail
from mailsla.flows.steps.work import TicketWork

# What a transcript says of a status that comes with an answer, which has not left yet.
_ONCE_SENT = {"resolved": Reason("resolved_once_sent"), "waiting_for_customer": Reason("waiting_once_sent")}


def plan_for(work: TicketWork, parsed: Parsed, actor: Actor, *, internal: bool = False) -> Plan:
    """What the commands and the text below them do to this ticket now."""
    ticket = work.ticket
    until = None
    if ticket.status is Status.RESOLVED and ticket.resolved_at is not None:
        agreement = agreement_of(work.uow, work.services, ticket)
        policy, calendar = (agreement.policy, agreement.calendar) if agreement else (None, None)
        until = reopen_until(policy, calendar, ticket.resolved_at)
    standing = work.uow.absences.standing(work.now)
    directory = with_absences(work.services.settings.directory, standing, work.now)
    verbs = {command.verb for command in parsed.commands}
    situation = Situation(
        ticket=ticket,
        actor=actor,
        directory=directory,
        now=work.now,
        reopen_until=until,
        zone=work.services.zone(_zone_of(work, actor)),
        standing=standing,
        named=_named(work, parsed),
        mails=_mails(work, parsed),
        ours=people_of_ours(work.services),
        outgoing=outgoing(work.uow, ticket.id) if verbs & {"undo", "close", "spam", *MUST_WAIT} else (),
        held_answer=held_answer(work, None if actor.is_cli else actor.name) if _asks(parsed, "send", "undo") else None,
        calendars=work.services.calendars,
        replies=work.services.letters.replies,
        saved=saved_replies(work, parsed),
        running=running_of(work) if "snooze" in verbs else (),
        alarms=alarms_of(work) if "ack" in verbs else (),
        participants=participants_of(work) if verbs & {"admit", "dismiss"} else {},
        on_mails=standing_on_mails(work, parsed),
        incident=(incident := incidents.of(work) if "incident" in verbs else None),
        together=len(work.uow.incidents.tickets(incident.id)) if incident else 0,
    )
    planned = plan(parsed, situation, internal=internal)
    return replace(planned, lines=tuple(_as_told(work, line) for line in planned.lines))


def _zone_of(work: TicketWork, actor: Actor) -> str:
    """Whose clock an agent means: their own, at the prompt the one that it prints times of."""
    settings = work.services.settings
    agent = settings.directory.agents.get(actor.name)
    if agent is not None and not actor.is_cli:
        return agent.zone
    return next((box for box in settings.mailboxes if box.name == work.ticket.mailbox), settings.mailboxes[0]).zone


def _as_told(work: TicketWork, line: TranscriptLine) -> TranscriptLine:
    """A promise is repeated as the customer reads it, too."""
    if line.result.code != "promise_made":
        return line
    until = Reason("promise_told", {"promised": line.result.values["until"]})
    told = work.services.letters.word(until, work.ticket.language, work.ticket.zone)
    return replace(line, result=Reason("promise_made", {**line.result.values, "told": told}))


def _named(work: TicketWork, parsed: Parsed) -> dict[str, Ticket]:
    """The tickets that commands name."""
    words = [command.argument.strip() for command in parsed.commands if command.verb == "merge"]
    several = [command.argument.replace(",", " ").split() for command in parsed.commands if command.verb == "incident"]
    words += [word for some in several for word in some if word.lower() not in (NO, OUT)]
    found = ((word, work.uow.tickets.by_reference(word.strip("[]"))) for word in words)
    return {word: ticket for word, ticket in found if ticket is not None}


def _mails(work: TicketWork, parsed: Parsed) -> list[Message]:
    """What customers wrote, where a command asks for it."""
    if not _asks(parsed, "split"):
        return []
    return [one for one in work.uow.tickets.messages(work.ticket.id) if one.kind == "customer"]


def _asks(parsed: Parsed, *verbs: str) -> bool:
    return any(command.verb in verbs for command in parsed.commands)


def carry_out(work: TicketWork, planned: Plan, actor: str, *, relays: bool, note: int | None = None) -> Plan:
    """Apply the changes; the plan with what only doing it told.

    With `relays` a status that the answer brings waits until the answer has been sent.

    `note`: the message that holds the note already (a mail); None: it is made here (the CLI).
    """
    for change in planned.changes:
        if change == SetStatus(Status.RESOLVED) and not relays and closes_again(work.events):
            planned = _with_result(planned, "resolved", Reason("resolved_again"))
        if isinstance(change, SplitOff):
            reference = split(work, change.mail, actor)
            planned = _with_result(planned, "split_off", Reason("split_off", {"reference": reference}))
        elif isinstance(change, HandOver):
            hand_over(work, change.team, planned.note_text, actor)
            if instead := read_instead(work):
                planned = _with_result(planned, "handed_over", Reason("handed_over", {"instead": instead}))
        elif relays and isinstance(change, MakePromise):
            delays.record(work, change, actor)  # the answer states it
        elif not (relays and isinstance(change, SetStatus) and change.status is not Status.OPEN):
            _apply(work, change, actor, note)
    for now, sent in _ONCE_SENT.items() if relays else ():
        planned = _with_result(planned, now, sent)
    return planned


def _with_result(planned: Plan, of: str, now: Reason) -> Plan:
    """The line whose result is `of` says `now` instead, with the values that it had, too."""
    lines = [
        replace(line, result=Reason(now.code, {**line.result.values, **now.values})) if line.result.code == of else line
        for line in planned.lines
    ]
    return replace(planned, lines=tuple(lines))


def refuse(planned: Plan, why: Reason) -> Plan:
    """The plan as one that does nothing: its text must not go out, so no command runs either."""
    not_run = [replace(line, done=False, result=Reason("command_not_run")) for line in planned.lines if line.command]
    return nothing_done(of_mail(why), *not_run)


def _apply(work: TicketWork, change: Change, actor: str, note: int | None) -> None:
    match change:
        case SetStatus(status):
            _set_status(work, status, actor)
        case Assign(agent, team):
            work.record("assigned", actor, {"assignee": agent, "team": team or work.ticket.team})
            work.change(assignee=agent, team=team or work.ticket.team)
            wake(work, actor)  # whoever snoozed it has it no more
            agree_anew(work, actor)
            _tell_assignee(work, agent, actor)
        case SetPriority(priority):
            work.record("priority", actor, {"from": work.ticket.priority, "priority": priority})
            work.change(priority=priority)
            agree_anew(work, actor)
        case SetCategory():
            _set_category(work, change, actor)
        case ConfirmCategory(category):
            label(work, category, actor)
        case SetRequester(email, name):
            change_requester(work, email, name, actor)
        case MakePromise() | HoldPromise():
            delays.apply(work, change, actor)
        case BeginAbsence() | EndAbsence():
            presence.apply(work.uow, change, work.now)
        case Snooze() | Acknowledge() | Admit() | Dismiss() | SetOutcome():
            _beside(work, change, actor)
        case Recall() | SendHeld() | DropHeld() | GroupIncident() | DismissIncident() | LeaveIncident():
            _several(work, change, actor)
        case AskSupplier(name, target):
            ask_supplier(work, name, target, actor)
        case MergeInto(into):
            merge(work, into, actor)
        case AddNote(text):
            number = _note_message(work, text, actor) if note is None else note
            work.record("note", actor, {"message": number})


def _several(work: TicketWork, change: OfAnswers | OfIncidents, actor: str) -> None:
    """What is about answers on their way, or about several tickets at once."""
    match change:
        case Recall() | SendHeld() | DropHeld():
            recalling.apply(work, change, actor)
        case _:
            incidents.apply(work, change, actor)


def _beside(work: TicketWork, change: Snooze | Acknowledge | Admit | Dismiss | SetOutcome, actor: str) -> None:
    """What changes who hears of the ticket, and when; what the register has of it."""
    match change:
        case SetOutcome(part):
            work.record("outcome", actor, as_written(part))
            work.change(outcome={**work.ticket.outcome, **part})
        case Snooze(until):
            snooze(work, until, actor)
        case Acknowledge(episodes):
            acknowledge(work, episodes, actor)
        case Admit(address):
            admit(work, address, actor)
        case Dismiss(address):
            dismiss(work, address, actor)


def _set_category(work: TicketWork, change: SetCategory, actor: str) -> None:
    before, takes_up = work.ticket, says_complaint(work, change)
    other_team = change.team is not None and change.team != before.team
    now_with = {"team": change.team} if other_team else {}
    work.record("category", actor, {"from": before.category or "", "category": change.category, **now_with})
    work.change(category=change.category, team=change.team if other_team else before.team)
    label(work, change.category, actor)
    agree_anew(work, actor)
    if takes_up:
        _set_status(work, Status.OPEN, actor)
    elif change.team is not None and other_team:
        _hand_to_team(work, change.team, actor)


def _set_status(work: TicketWork, status: Status, actor: str) -> None:
    tells = status is Status.RESOLVED and not closes_again(work.events)
    before, outside = work.ticket.status, scope_of(work.ticket)
    changed = work.set_status(status, actor)
    told_of_taking_up(work, outside, actor)
    if changed and tells:
        close(work, actor, before)
    elif changed and status is Status.VOID:
        recalling.drop_waiting(work, actor)


def _hand_to_team(work: TicketWork, team: str, actor: str) -> None:
    """Another category may be another team's: it gets the ticket, unless who has it is one of them."""
    directory = presence.directory_now(work.uow, work.services, work.now)
    if work.ticket.assignee in directory.teams[team].members:
        return
    assignee = next_assignee(work.uow, directory, team)
    work.record("assigned", actor, {"assignee": assignee, "team": team})
    work.change(assignee=assignee)
    if assignee is not None:
        _tell_assignee(work, assignee, actor)
        return
    newest = next((one for one in reversed(work.uow.tickets.messages(work.ticket.id)) if one.kind == "customer"), None)
    data = {"message": newest.id} if newest else {}
    tell_agents(work, "agent_notification", f"team:{work.ticket.id}:{len(work.events)}", data)


def _tell_assignee(work: TicketWork, agent: str, actor: str) -> None:
    """Who was given a ticket by somebody else is told."""
    if actor == f"agent:{agent}":
        return
    person = work.services.settings.directory.agents[agent]
    by = actor.partition(":")[2]
    key = f"assigned:{work.ticket.id}:{len(work.events)}"
    work.notify(to_agent("assignment", work.ticket, person, key, work.now, work.services.calendars, {"by": by}))


def _note_message(work: TicketWork, text: str, actor: str) -> int:
    message = Message(
        ticket_id=work.ticket.id,
        direction="in",
        kind="note",
        author=actor.partition(":")[2],
        at=work.now,
        text=text,
        internal=True,
    )
    return work.uow.tickets.add_message(message)

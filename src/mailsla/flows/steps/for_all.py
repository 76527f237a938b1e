"""What is answered or commanded on an incident is done on each of its complaints: a mail to each customer, with their
own reference, by the ordinary way of an answer."""

from collections.abc import Sequence
from dataclasses import replace

from mailsla.core.commands.changes import DismissIncident, GroupIncident
from mailsla.core.commands.grammar import Parsed
from mailsla.core.commands.plan import Plan
from mailsla.core.commands.situation import Actor
from mailsla.core.incident import Incident, IncidentState
from mailsla.core.letters import TranscriptLine
from mailsla.core.mail.parsed import Attachment
from mailsla.core.model import Reason, Ticket
from mailsla.flows.steps import conversation as talk
from mailsla.flows.steps.commanding import carry_out, plan_for, refuse
from mailsla.flows.steps.incidents import members
from mailsla.flows.steps.inhand import Mail
from mailsla.flows.steps.overtaken import overtaking
from mailsla.flows.steps.relay_checks import file_alone, why_not_relay
from mailsla.flows.steps.relaying import relay
from mailsla.flows.steps.work import TicketWork

# What it means to do with each of them; other commands are of the one complaint that the letter was about.
EACH = frozenset(
    {"note", "take", "assign", "handover", "wait", "promise", "snooze", "ack", "priority", "category", "resolve"}
    | {"reopen", "upheld", "cause", "remedy", "template", "undo"}
)
FOR_ALL = frozenset({IncidentState.OPEN, IncidentState.RESOLVED})  # once all are solved there may be more to say
NAMED = 5  # references that a transcript names
_VALUE = "incident "  # of a token whose reply is for all


def value_of(incident: object) -> str:
    """What the token of a letter about an incident says, "" for other letters."""
    return f"{_VALUE}{incident}" if isinstance(incident, int) else ""


def incident_in_hand(mail: Mail) -> Incident | None:
    """The incident that the mail replies to a letter about."""
    value = mail.seen.held.token.value if mail.seen.held is not None else ""
    return mail.uow.incidents.get(int(value.removeprefix(_VALUE))) if value.startswith(_VALUE) else None


def work_in_hand(mail: Mail) -> TicketWork:
    """The ticket that the mail acts on. That of a letter about an incident may have left it, or have ended: then it is
    the first of those that are in it.
    """
    work, incident = mail.work(), incident_in_hand(mail)
    together = members(mail.uow, incident.id) if incident is not None and incident.state in FOR_ALL else []
    if not together or any(one.id == work.ticket.id for one in together):
        return work
    return TicketWork(mail.uow, mail.services, together[0], mail.now, past=mail.past)


def checked(mail: Mail, work: TicketWork, planned: Plan, *, relays: bool) -> Plan:
    """A text goes to nobody before somebody has said whether the complaints are one incident, and to nobody who is
    none of them.
    """
    incident = incident_in_hand(mail)
    if not planned.ok or planned.help or any(isinstance(one, GroupIncident) for one in planned.changes):
        return planned
    if any(isinstance(one, DismissIncident) for one in planned.changes):
        return refuse(planned, Reason("incident_no_text")) if relays else planned
    if incident is None or not (relays or planned.changes):
        return planned
    if incident.state is IncidentState.PROPOSED:
        return refuse(planned, Reason("incident_not_yet", {"incident": incident.called, "command": "#incident"}))
    if incident.state is IncidentState.DISMISSED:
        return refuse(planned, Reason("incident_dismissed", {"incident": incident.called}))
    if work.ticket.id not in mail.uow.incidents.tickets(incident.id):
        return refuse(planned, Reason("incident_none", {"reference": work.ticket.reference}))
    return planned


def for_all(
    mail: Mail,
    work: TicketWork,
    parsed: Parsed,
    planned: Plan,
    actor: Actor,
    files: Sequence[Attachment],
    internal: bool,
) -> tuple[Plan, int | None]:
    """The plan with what was done on the others, and the incident's id, where it is about one."""
    incident = _meant(mail, work, planned)
    each = Parsed(tuple(one for one in parsed.commands if one.verb in EACH), parsed.rest, ())
    if incident is None:
        return planned, None
    if not planned.ok or planned.help or not (each.commands or planned.relay_text or planned.note_text or files):
        return planned, incident.id
    others = [one for one in members(mail.uow, incident.id) if one.id != work.ticket.id]
    left = [one.reference for one in others if not _done(mail, one, each, actor, files, internal)]
    done = Reason("incident_for_all", {"incident": incident.called, "times": len(others) - len(left)})
    lines = [TranscriptLine(command="", done=True, result=done)]
    if left:
        named = ", ".join(left[:NAMED]) + (" …" if len(left) > NAMED else "")
        why = Reason("incident_not_for", {"references": named, "times": len(left)})
        lines.append(TranscriptLine(command="", done=False, result=why))
    return replace(planned, lines=(*planned.lines, *lines)), incident.id


def _meant(mail: Mail, work: TicketWork, planned: Plan) -> Incident | None:
    groups = any(isinstance(one, GroupIncident) for one in planned.changes)
    found = mail.uow.incidents.of_ticket(work.ticket.id) if groups else incident_in_hand(mail)
    return found if found is not None and found.state in FOR_ALL else None


def _done(
    mail: Mail, ticket: Ticket, parsed: Parsed, actor: Actor, files: Sequence[Attachment], internal: bool
) -> bool:
    """The same on another of its complaints; False: it can't be done there, and nothing was."""
    work = TicketWork(mail.uow, mail.services, ticket, mail.now, past=mail.past)
    planned = plan_for(work, parsed, actor, internal=internal)
    planned = planned if internal else file_alone(planned, files)
    relays = planned.ok and not internal and bool(planned.relay_text or files)
    if not planned.ok or (relays and why_not_relay(mail, work, planned, files) is not None):
        return False
    if relays and overtaking(mail, work, actor.name) is not None:
        return False  # a colleague has answered this customer meanwhile
    message = keep(mail, work, planned, actor.name, relays=relays)
    carry_out(work, planned, actor.label, relays=relays, note=message)
    if relays and not mail.past:
        relay(work, planned, actor.name, message)
    work.save()
    return True


def keep(mail: Mail, work: TicketWork, planned: Plan, person: str, *, relays: bool) -> int:
    """Whatever an agent writes stays in the ticket; only what is relayed is for the customer's eyes."""
    kind = "agent_reply" if relays else ("note" if planned.note_text else "command")
    return talk.add_message(
        work,
        mail.intake,
        mail.parsed,
        kind,
        text=planned.relay_text if relays else (planned.note_text or None),
        author=person,
        internal=not relays,
        direction="out" if relays else "in",
    )

"""`#handover`: a ticket goes to another team, with its internal clock; who gets it and who had it are told."""

from mailsla.core.assignment import present_members, readers
from mailsla.core.commands.verbs.assignee import called
from mailsla.core.model import Reason, Scalar
from mailsla.core.notices import reason_data, to_agent
from mailsla.flows.steps.agreeing import agree_anew
from mailsla.flows.steps.assigning import next_assignee
from mailsla.flows.steps.case import who
from mailsla.flows.steps.presence import directory_now
from mailsla.flows.steps.snoozing import wake
from mailsla.flows.steps.telling import tell_agents
from mailsla.flows.steps.work import TicketWork


def hand_over(work: TicketWork, team: str, note: str, actor: str) -> None:
    """The team's rule of assignment says who has it now; the clock of what it owes inside starts, the old one stops."""
    before, directory = work.ticket, directory_now(work.uow, work.services, work.now)
    assignee = next_assignee(work.uow, directory, team)
    work.record("handed_over", actor, {"from": before.team or "", "to": team})
    work.record("assigned", actor, {"assignee": assignee, "team": team})
    work.change(assignee=assignee, team=team)
    wake(work, actor)  # whoever snoozed it has it no more
    agree_anew(work, actor)
    _tell(work, before.assignee, note, actor)


def read_instead(work: TicketWork) -> str:
    """Who reads what is for the ticket's team while nobody of it is here; "" = somebody is."""
    directory, settings = directory_now(work.uow, work.services, work.now), work.services.settings
    if present_members(directory, work.ticket.team):
        return ""
    reading = readers(directory, work.ticket, settings.triage.default_team)
    return ", ".join(who(work.services, f"agent:{one.agent.name}") for one in reading) or settings.operator


def _tell(work: TicketWork, had_it: str | None, note: str, actor: str) -> None:
    ticket, services, now = work.ticket, work.services, work.now
    values: dict[str, Scalar] = {
        "reference": ticket.reference,
        "team": called(services.settings.directory.teams[ticket.team or ""]),
        "who": who(services, actor),
    }
    key = f"handover:{ticket.id}:{len(work.events)}"
    by = actor.partition(":")[2]
    what = Reason("news_handover_yours" if ticket.assignee else "news_handover_team", values)
    tell_agents(work, "case_news", key, {"what": reason_data(what), "note": note}, but=by)
    agent = services.settings.directory.agents.get(had_it or "")
    if agent is not None and agent.name not in (by, ticket.assignee):
        gone = {"what": reason_data(Reason("news_handover_gone", values)), "note": note, "inside": True}
        work.notify(to_agent("case_news", ticket, agent, f"{key}:before", now, services.calendars, gone))

"""Many complaints about one thing: `#incident`."""

from collections.abc import Sequence

from mailsla.core.commands.changes import DismissIncident, GroupIncident, LeaveIncident
from mailsla.core.commands.grammar import FORMS
from mailsla.core.commands.situation import Done, Outcome, Refused, Situation
from mailsla.core.incident import IncidentState
from mailsla.core.model import ENDED, Reason, Ticket

NO, OUT = "no", "out"


def incident(written: str, situation: Situation) -> Outcome:
    """What was proposed is one, or is none; by hand with the tickets that are named; `out` takes tickets out."""
    words = written.replace(",", " ").split()
    match words:
        case []:
            return _proposed(situation)
        case [word] if word.lower() == NO:
            return _dismissed(situation)
        case [word, *named] if word.lower() == OUT:
            return _out(named, situation)
    return _together(words, situation)


def _proposed(situation: Situation) -> Outcome:
    found = situation.incident
    if found is None:
        return Refused(Reason("incident_none", {"reference": situation.ticket.reference}), FORMS["incident"].usage)
    if found.state is IncidentState.OPEN:
        return Done(Reason("incident_already", {"incident": found.called, "times": situation.together}))
    return Done(Reason("incident_grouped", {"incident": found.called, "times": situation.together}), GroupIncident(()))


def _dismissed(situation: Situation) -> Outcome:
    found = situation.incident
    if found is None:
        return Refused(Reason("incident_none", {"reference": situation.ticket.reference}))
    if found.state is IncidentState.OPEN:
        return Refused(Reason("incident_goes_on", {"incident": found.called}), f"#incident {OUT}")
    return Done(Reason("incident_dismissed", {"incident": found.called}), DismissIncident())


def _out(named: Sequence[str], situation: Situation) -> Outcome:
    found, tickets = situation.incident, _tickets(named, situation)
    if found is None:
        return Refused(Reason("incident_none", {"reference": situation.ticket.reference}))
    if isinstance(tickets, Refused):
        return tickets
    leaving = tickets or [situation.ticket]
    values = {"incident": found.called, "references": ", ".join(one.reference for one in leaving)}
    return Done(Reason("incident_left", values), LeaveIncident(leaving))


def _together(named: Sequence[str], situation: Situation) -> Outcome:
    tickets = _tickets(named, situation)
    if isinstance(tickets, Refused):
        return tickets
    tickets = list({one.id: one for one in tickets if one.id != situation.ticket.id}.values())
    if not tickets:
        return _proposed(situation)
    for one in (situation.ticket, *tickets):
        if one.status in ENDED:
            return Refused(Reason("ticket_ended", {"reference": one.reference, "status": one.status}))
    values = {"references": ", ".join(one.reference for one in tickets)}
    return Done(Reason("incident_by_hand", values), GroupIncident(tickets))


def _tickets(named: Sequence[str], situation: Situation) -> list[Ticket] | Refused:
    unknown = next((word for word in named if word not in situation.named), None)
    if unknown is not None:
        return Refused(Reason("incident_unknown", {"reference": unknown[:80]}))
    return [situation.named[word] for word in named]

"""What is written about an incident: the letter that proposes it, and alarms that speak for all of its complaints."""

from mailsla.core import letters
from mailsla.core.incident import STANDING, Incident, IncidentState
from mailsla.core.letters_incident import IncidentCase, IncidentLetter
from mailsla.core.model import Role
from mailsla.flows.steps.case import who
from mailsla.flows.steps.incidents import members
from mailsla.flows.steps.notified import Case


def incident_of(case: Case) -> Incident | None:
    """The incident that the notice is about, while it stands."""
    found = case.uow.incidents.get(case.number("incident")) if case.number("incident") else None
    return found if found is not None and found.state in STANDING else None


def incident(case: Case) -> IncidentLetter | None:
    """The proposal, or what it became; pointless once it was dismissed or is over."""
    found = incident_of(case)
    if found is None:
        return None
    return IncidentLetter(
        called=found.called,
        open=found.state is IncidentState.OPEN,
        words=found.words,
        usual=found.usual,
        cases=[
            IncidentCase(
                reference=one.reference,
                subject=one.subject,
                at=one.received_at,
                customer=one.requester_name or one.requester,
            )
            for one in members(case.uow, found.id)
        ],
        by=who(case.services, found.decided_by) if found.decided_by else "",
        reference=case.ticket.reference,
        can_act=case.notice.role is not Role.OPERATOR,
    )


def cases_of(case: Case) -> list[Case]:
    """The notice as one about each complaint that it speaks for: its own, and those of the incident."""
    found = incident_of(case)
    if found is None or found.state is not IncidentState.OPEN:
        return [case]
    others = [one for one in members(case.uow, found.id) if one.id != case.ticket.id]
    return [case, *(Case(case.lookups, case.services, case.notice, one, case.reader, case.now) for one in others)]


def called(case: Case) -> str:
    """How the incident is called that the notice speaks for, "" where it speaks for its ticket alone."""
    found = incident_of(case)
    return found.called if found is not None and found.state is IncidentState.OPEN else ""


def as_escalation(case: Case, items: list[letters.EscalationItem]) -> letters.Escalation:
    """One letter for all of them, the latest first."""
    items.sort(key=lambda one: (-one.late, one.case.reference))
    return letters.Escalation(items=items, no_recipient=bool(case.notice.data.get("nobody")), incident=called(case))

"""Warnings of a clock that an answer on its way will stop: held back, and spoken when the answer does not go out."""

from collections.abc import Mapping

from mailsla.core.model import Data
from mailsla.flows.steps.telling import tell_agents
from mailsla.flows.steps.work import SYSTEM, TicketWork


def warn(work: TicketWork, key: str, about: Data, data: Data) -> None:
    """Whoever works on the ticket is reminded. `about`: what the audit trail says of it."""
    work.record("warned", SYSTEM, about)  # now: a late one does not claim that it came in time
    tell_agents(work, "reminder", key, data)


def hold_back(work: TicketWork, key: str, about: Data, data: Data) -> None:
    """It is not said for now."""
    work.record("warning_held", SYSTEM, {"key": key, "about": about, "data": data})


def speak_held(work: TicketWork) -> None:
    """What was held back since the last answer was accepted; a clock that stopped meanwhile reminds nobody."""
    answers = [number for number, event in enumerate(work.events) if event.type == "agent_reply"]
    for event in work.events[answers[-1] + 1 if answers else 0 :]:
        about, data = event.data.get("about"), event.data.get("data")
        if event.type == "warning_held" and isinstance(about, Mapping) and isinstance(data, Mapping):
            warn(work, str(event.data["key"]), about, data)

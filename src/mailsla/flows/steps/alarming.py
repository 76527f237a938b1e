"""A letter to the people whom the configuration names for it: agents, holders of roles, addresses."""

from collections.abc import Iterator, Sequence

from mailsla.core.directory import Agent
from mailsla.core.ladder import OPERATOR
from mailsla.core.model import Instant, Reason
from mailsla.core.notices import reason_data, to_agent, to_operator
from mailsla.flows.services import Services
from mailsla.ports.store import UnitOfWork


def alarm(
    uow: UnitOfWork, services: Services, people: Sequence[str], key: str, what: Reason, command: str, now: Instant
) -> None:
    """One letter to each, once for this key. `command`: what shows more."""
    data = {"what": reason_data(what), "since": now, "command": command, "recovered": False, "again_at": None}
    for one in told(services, people):
        if isinstance(one, Agent):
            uow.outbox.add_notices([to_agent("operator_alert", None, one, key, now, services.calendars, data)])
        else:
            uow.outbox.add_notices([to_operator("operator_alert", one, f"{key}:{one}", now, data)])


def told(services: Services, names: Sequence[str]) -> Iterator[Agent | str]:
    """Each address once; a name that is neither of an agent nor an address is nobody's."""
    directory, seen = services.settings.directory, set[str]()
    for name in names:
        role = name.removeprefix("role:")
        held: Sequence[str] = (name,)
        if role != name:
            held = (services.settings.operator,) if role == OPERATOR else directory.roles.get(role, ())
        for person in held:
            agent = directory.agents.get(person)
            address = agent.email if agent else person
            if "@" in address and address.lower() not in seen:
                seen.add(address.lower())
                yield agent or address

"""Incidents as a person looks at them at the prompt; they are changed by `#incident` and its twin."""

from collections.abc import Sequence
from dataclasses import dataclass

from mailsla.core.incident import STANDING, Incident
from mailsla.core.model import Ticket
from mailsla.errors import PermanentError
from mailsla.flows.services import Services
from mailsla.ports.store import UnitOfWork


@dataclass(frozen=True, slots=True)
class Shown:
    """An incident with its tickets, the oldest first."""

    incident: Incident
    tickets: Sequence[Ticket]


def listed(services: Services, *, everything: bool) -> list[Shown]:
    """Newest first; with `everything` also those that are over, and those that were none."""
    with services.store.begin() as uow:
        return [_shown(uow, one) for one in uow.incidents.listed(() if everything else STANDING)]


def show(services: Services, called: str) -> Shown:
    """By its name, as I7 or 7. Raises PermanentError when there is none."""
    number = called.strip().lower().removeprefix("i")
    with services.store.begin() as uow:
        found = uow.incidents.get(int(number)) if number.isascii() and number.isdecimal() and len(number) < 10 else None
        if found is None:
            raise PermanentError(f'there is no incident "{called}"', "see `mailsla incident list --all`")
        return _shown(uow, found)


def _shown(uow: UnitOfWork, incident: Incident) -> Shown:
    numbers = uow.incidents.tickets(incident.id)
    found = uow.tickets.get_all(numbers)
    return Shown(incident, [found[number] for number in numbers if number in found])

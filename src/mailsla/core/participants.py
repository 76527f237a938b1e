"""Who takes part in a complaint beside its requester, because an agent admitted them (mail.md section 3)."""

from collections.abc import Iterable

from mailsla.core.model import Event


def admitted(events: Iterable[Event]) -> tuple[str, ...]:
    """The addresses that get a copy of each answer, in the order in which they were admitted.

    `events`: all of the ticket, by (at, order of writing). Who may only write (the sender of a mail whose answers go
    elsewhere by Reply-To) is not among them.
    """
    found: dict[str, None] = {}
    for event in events:
        if event.type == "admitted":
            found[str(event.data["address"])] = None
        elif event.type == "dismissed":
            found.pop(str(event.data["address"]), None)
        elif event.type == "requester":
            found.pop(str(event.data["customer"]), None)
    return tuple(found)

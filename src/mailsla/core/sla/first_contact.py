"""Resolved on first contact: by one human mail, which was the only one, and nothing was reopened (sla.md section 4)."""

from collections.abc import Iterable

from mailsla.core.model import Event, Status


def first_contact(events: Iterable[Event]) -> bool:
    """Whether the ticket with this audit trail stands resolved by its only answer; one that bounced is none."""
    past = list(events)
    bounced = {event.data["letter"] for event in past if event.type == "reply_bounced"}
    replies = [event for event in past if event.type == "agent_reply" and event.data.get("letter") not in bounced]
    kept = [event for event in past if event.type == "status" and event.data.get("letter") not in bounced]
    statuses = [(event.at, Status(str(event.data["to"]))) for event in kept]
    resolved = [at for at, to in statuses if to is Status.RESOLVED]
    if len(replies) != 1 or resolved != [replies[0].at]:
        return False
    return all(to is Status.CLOSED for at, to in statuses if at > resolved[0])

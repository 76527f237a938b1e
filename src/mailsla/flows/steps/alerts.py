"""The operator is told that something needs a person: once a day for each thing, or once and for all."""

import re
from collections.abc import Mapping

from mailsla.core.model import Instant, Reason, Scalar
from mailsla.core.notices import reason_data, to_operator
from mailsla.flows.services import Services
from mailsla.ports.store import UnitOfWork

DAY = 24 * 3600


def alert(
    uow: UnitOfWork,
    services: Services,
    what: str,
    now: Instant,
    values: Mapping[str, Scalar],
    *,
    command: str = "",
    since: Instant | None = None,
    recovered: bool = False,
    ticket_id: int | None = None,
    once: bool = False,
    about: str = "",
    thread: str = "",
) -> None:
    """Add the alert `what` (a Reason's code) about the thing that `values` names; once a UTC day for each.

    `about`: the thing, where the values also have what may be another each time, as a server's words.
    `thread`: what fails and works again, whose letters stand in one thread.
    `once`: never again for the same thing; for what the daily digest tells of as long as it stands.
    """
    thing = about or ":".join(str(value) for value in values.values())
    day = "once" if once else now // DAY
    key = f"alert:{what}:{thing}:{day}:{'well' if recovered else 'bad'}"
    data: dict[str, object] = {
        "what": reason_data(Reason(what, dict(values))),
        "since": now if since is None else since,
        "command": command,
        "recovered": recovered,
        "again_at": None if recovered or once else now + DAY,
    }
    if thread:
        data["in_reply_to"] = f"{re.sub('[^a-z0-9]+', '-', thread.lower()).strip('-')}.alert@{services.settings.host}"
    uow.outbox.add_notices([to_operator("operator_alert", services.settings.operator, key, now, data, ticket_id)])

"""The operator is told, once a day for each thing, that something needs a person."""

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
) -> None:
    """Add the alert `what` (a Reason's code) about the thing that `values` names; once a UTC day for each."""
    thing = ":".join(str(value) for value in values.values())
    key = f"alert:{what}:{thing}:{now // DAY}:{'well' if recovered else 'bad'}"
    data = {
        "what": reason_data(Reason(what, dict(values))),
        "since": now if since is None else since,
        "command": command,
        "recovered": recovered,
        "again_at": None if recovered else now + DAY,
    }
    uow.outbox.add_notices([to_operator("operator_alert", services.settings.operator, key, now, data, ticket_id)])

"""The board: one look at all that is open; nothing is written."""

from datetime import timedelta

from mailsla.core.board import Board, BoardRow, by_time_left, when_of
from mailsla.core.digest import local_date, midnight
from mailsla.core.model import IntakeState, LetterState
from mailsla.flows.services import Services
from mailsla.flows.steps.open_cases import name_of, open_cases, team_name


def look(services: Services) -> Board:
    """As it stands now. Raises TemporaryError when the database can't be reached."""
    now, name = services.now(), services.settings.mailboxes[0].zone
    zone, directory = services.zone(name), services.settings.directory
    today = local_date(now, zone)
    since, until = midnight(today, zone), midnight(today + timedelta(days=1), zone)
    with services.store.begin() as uow:
        cases = open_cases(uow, services, now)
        counted = uow.days.counted(since, until)
        queues = {
            "unprocessed": uow.intake.backlog(IntakeState.STORED).count,
            "held": uow.intake.backlog(IntakeState.HELD).count,
            "quarantined": uow.intake.backlog(IntakeState.QUARANTINED).count,
            "unsent": uow.outbox.overdue(now).count,
            "in_doubt": uow.outbox.backlog(LetterState.HELD).count,
        }
    rows = [
        BoardRow(
            reference=one.ticket.reference,
            subject=one.ticket.subject,
            status=one.ticket.status.value,
            priority=one.ticket.priority,
            when=when_of(one.due, now, zone),
            metric=one.metric,
            of=one.of,
            due=one.due,
            left=one.left,
            assignee=name_of(directory, one.ticket.assignee),
            team=team_name(directory, one.ticket.team),
        )
        for one in cases
    ]
    received, resolved, missed = (sum(one.values()) for one in (counted.received, counted.resolved, counted.missed))
    return Board(
        at=now,
        zone=name,
        rows=by_time_left(rows),
        queues=queues,
        received=received,
        resolved=resolved,
        missed=missed,
    )

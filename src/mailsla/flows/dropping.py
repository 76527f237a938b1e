"""A person drops what waits in a queue: it stays as it is, with who, when and why, and nothing more is done with it."""

from dataclasses import dataclass

from mailsla.core.drops import Drop, Thing
from mailsla.core.model import Data, IntakeState, Letter, LetterState, Notice
from mailsla.errors import PermanentError
from mailsla.flows.queues import LIST, letter_in, mail_in, notice_in
from mailsla.flows.services import Services
from mailsla.flows.steps.telling import tell_agents
from mailsla.flows.steps.work import TicketWork
from mailsla.ports.store import UnitOfWork

ALREADY = "nothing more to do: see `mailsla queue show {}`"


@dataclass(frozen=True, slots=True)
class By:
    """Who drops, and why. `why` is one line, and not empty."""

    user: str
    why: str


def drop_mail(services: Services, intake_id: int, by: By) -> str:
    """A held or quarantined mail; the reference of the ticket that it stands at, "" when at none."""
    with services.store.begin() as uow:
        found = mail_in(uow, intake_id)
        if not uow.intake.drop(intake_id):
            what = f"mail M{intake_id} is neither held nor in quarantine: it is {found.state.value}"
            raise PermanentError(what, ALREADY.format(f"M{intake_id}") if found.state is IntakeState.DROPPED else LIST)
        reference = _write_down(uow, services, Thing.MAIL, intake_id, by, found.ticket_id, {"intake": intake_id})
        uow.commit()
    return reference


def drop_letter(services: Services, letter_id: int, by: By) -> str:
    """A letter that failed, is held, or waits to be sent; the reference of its ticket, "" when it has none."""
    with services.store.begin() as uow:
        found = letter_in(uow, letter_id)
        if not uow.outbox.drop_letter(letter_id):
            what = f"letter L{letter_id} does not wait: it is {found.state.value}"
            raise PermanentError(what, ALREADY.format(f"L{letter_id}") if found.state is LetterState.DROPPED else LIST)
        reference = _write_down(uow, services, Thing.LETTER, letter_id, by, found.ticket_id, _about(found), found)
        uow.commit()
    return reference


def drop_notice(services: Services, notice_id: int, by: By) -> str:
    """A letter that could not be made yet; the reference of its ticket, "" when it has none."""
    with services.store.begin() as uow:
        found = notice_in(uow, services, notice_id).notice
        if not uow.outbox.drop_notice(notice_id):
            raise PermanentError(f"no letter N{notice_id} waits to be made: it is {found.state.value}", LIST)
        reference = _write_down(uow, services, Thing.NOTICE, notice_id, by, found.ticket_id, _about(found), found)
        uow.commit()
    return reference


def _about(found: Letter | Notice) -> Data:
    return {"kind": found.kind, "recipient": found.recipient}


def _write_down(
    uow: UnitOfWork,
    services: Services,
    thing: Thing,
    number: int,
    by: By,
    ticket_id: int | None,
    about: Data,
    written: Letter | Notice | None = None,
) -> str:
    """The act, in the queues' own audit and in the ticket's; an agent whose answer it was is told (`written`)."""
    now = services.now()
    actor = f"cli:{by.user}"
    uow.drops.add(Drop(thing=thing, number=number, at=now, actor=actor, why=by.why))
    ticket = uow.tickets.get(ticket_id) if ticket_id is not None else None
    if ticket is None:
        return ""
    work = TicketWork(uow, services, ticket, now)
    type_ = "mail_dropped" if thing is Thing.MAIL else "letter_dropped"
    work.record(type_, actor, {**about, "number": f"{thing}{number}", "why": by.why})
    if written is not None and written.kind == "relay":
        data = {"recipient": written.recipient, "was": "relay", "answer": by.why, "at": now, "dropped_by": by.user}
        tell_agents(work, "delivery_failed", f"dropped:{thing}{number}:{now}", data)
    work.save()
    return ticket.reference

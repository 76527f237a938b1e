"""Two agents answer at once: the second is told what the first wrote before theirs goes out (mail.md section 4)."""

from collections.abc import Sequence
from dataclasses import dataclass

from mailsla.core.access.threads import named_ids
from mailsla.core.drops import Drop, Thing
from mailsla.core.model import Event, Instant, IntakeState, Message, Reason
from mailsla.core.recall import Leaving
from mailsla.flows.steps.case import who
from mailsla.flows.steps.examine import PROVEN_BY_PERSON
from mailsla.flows.steps.inhand import Mail
from mailsla.flows.steps.relaying import outgoing
from mailsla.flows.steps.transcripts import nothing_done, of_mail, tell, transcript_data
from mailsla.flows.steps.work import TicketWork

ROW = "answered_meanwhile"  # of the event that a mail is held


@dataclass(frozen=True, slots=True)
class Overtaking:
    """An answer of somebody else that the writer could not know of."""

    who: str
    message: Message


def overtaking(mail: Mail, work: TicketWork, person: str) -> Overtaking | None:
    """The newest answer of another agent that was written since the mail that `person` replies to was made.

    None too where the customer has written since that answer, and for a mail that was held for it before.
    """
    since = _told_at(mail)
    if since is None or any(_held_for(event, mail.intake.id) for event in work.events):
        return None
    found = [one for one in _answers(work, person) if one.message.at >= since]
    newest = max(found, key=lambda one: one.message.at, default=None)
    wrote = max((event.at for event in work.events if event.type == "customer_mail"), default=0)
    return newest if newest is not None and newest.message.at >= wrote else None


def _told_at(mail: Mail) -> Instant | None:
    """When the letter was made that the mail replies to; None: it replies to none of ours."""
    if mail.seen.held is not None:
        return mail.seen.held.token.created_at
    for name in named_ids(mail.parsed):
        found = mail.uow.tickets.letter_by_message_id(name)
        letter = mail.uow.outbox.get_letter(found[0]) if found is not None else None
        if letter is not None:
            return letter.created_at
    return None


def _answers(work: TicketWork, person: str) -> list[Overtaking]:
    """What others have answered, and what of theirs is on its way."""
    bounced = {event.data.get("letter") for event in work.events if event.type == "reply_bounced"}
    went = [one for one in work.events if one.type == "agent_reply" and one.data.get("letter", "") not in bounced]
    said = {event.data.get("message"): event.actor.partition(":")[2] for event in went}
    notices = {one.notice_id: one.by for one in outgoing(work.uow, work.ticket.id) if one.state is not Leaving.GONE}
    for notice in work.uow.outbox.notices_of(work.ticket.id):
        if notice.id in notices:
            said[notice.data.get("message")] = notices[notice.id]
    written = work.uow.tickets.messages(work.ticket.id)
    return [Overtaking(said[one.id], one) for one in written if said.get(one.id, person) != person]


def _held_for(event: Event, intake_id: int) -> bool:
    return event.type == "held" and (event.data.get("row"), event.data.get("intake")) == (ROW, intake_id)


def hold_answer(work: TicketWork, intake_id: int, person: str) -> None:
    """It waits in the queue until its writer has read what the other one wrote."""
    work.record("held", "mailsla", {"intake": intake_id, "row": ROW, "agent": person})


def held_answer(work: TicketWork, person: str | None) -> int | None:
    """The intake of the answer of `person` (None: of anyone) that is held for this; None: there is none."""
    return next((intake for agent, intake in reversed(_held(work, work.events)) if person in (None, agent)), None)


def _held(work: TicketWork, events: Sequence[Event]) -> list[tuple[str, int]]:
    """(whose, intake) of the answers that are held for this, oldest first; those of tickets that went into this too."""
    found: list[tuple[str, int]] = []
    for event in events:
        if event.type == "merged_from":
            merged = work.uow.tickets.by_reference(str(event.data["reference"]))
            found += _held(work, work.uow.tickets.events(merged.id)) if merged is not None else []
        number = event.data.get("intake")
        if event.type == "held" and event.data.get("row") == ROW and isinstance(number, int):
            intake = work.uow.intake.get(number)
            if intake is not None and intake.state is IntakeState.HELD:
                found.append((str(event.data["agent"]), number))
    return found


def tell_of_recall(work: TicketWork, actor: str) -> None:
    """Whose answer is held for one that was recalled now: nobody has answered the customer, so they should know."""
    why = Reason("overtaken_recalled", {"name": who(work.services, actor), "command": "#send"})
    for person, number in _held(work, work.events):
        if actor != f"agent:{person}":
            key = f"transcript:{number}:recalled:{len(work.events)}"
            tell(work, person, key, transcript_data(nothing_done(of_mail(why))))


def send_held(work: TicketWork, intake_id: int, actor: str) -> None:
    """It is dealt with again, and goes out."""
    reason = f"{PROVEN_BY_PERSON[0]}{actor.partition(':')[2]}"
    work.uow.intake.reopen(intake_id, (IntakeState.HELD,), reason)


def drop_held(work: TicketWork, intake_id: int, actor: str, why: str) -> None:
    """Nothing more is done with it; it is kept, and `mailsla queue retry` brings it back."""
    if work.uow.intake.drop(intake_id):
        work.uow.drops.add(Drop(thing=Thing.MAIL, number=intake_id, at=work.now, actor=actor, why=why))
        work.record("mail_dropped", actor, {"intake": intake_id, "number": f"{Thing.MAIL}{intake_id}", "why": why})

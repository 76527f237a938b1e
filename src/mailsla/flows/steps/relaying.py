"""Mail to the customer that an agent caused: it waits to be recalled, and is recalled, on a ticket in hand."""

from mailsla.core.commands.changes import MakePromise, SetStatus
from mailsla.core.commands.plan import Plan
from mailsla.core.model import Instant, Letter, LetterState, Notice, NoticeState, Status
from mailsla.core.notices import later, to_customer
from mailsla.core.recall import Leaving, Outgoing, goes_at
from mailsla.errors import TemporaryError
from mailsla.flows.steps import delays
from mailsla.flows.steps.clocks import clocks_of
from mailsla.flows.steps.warnings import speak_held
from mailsla.flows.steps.work import TicketWork
from mailsla.ports.store import UnitOfWork

CAUSED = frozenset({"relay", "closing"})
_LEAVING = {
    LetterState.QUEUED: Leaving.WAITS,
    LetterState.SENDING: Leaving.IN_DOUBT,
    LetterState.HELD: Leaving.IN_DOUBT,
    LetterState.SENT: Leaving.GONE,
}


def leaves_at(work: TicketWork) -> Instant:
    """When what is written now goes out: after the window in which it can be recalled, and before any due time."""
    window = work.services.settings.sending.undo_seconds
    if not window:
        return work.now
    clocks = clocks_of(work.uow, work.services, work.ticket, work.now, work.events)
    return goes_at(work.now, window, [clock.due for clock in clocks if clock.due is not None])


def relay(work: TicketWork, planned: Plan, agent: str, message: int) -> Instant:
    """The agent's text goes to the customer; when. What follows from it is in the notice, for when it was accepted."""
    waits = any(isinstance(one, SetStatus) and one.status is Status.WAITING_CUSTOMER for one in planned.changes)
    data: dict[str, object] = {"message": message, "agent": agent, "resolve": planned.resolves, "wait": waits}
    for change in planned.changes:
        if isinstance(change, MakePromise):
            data["promise"] = delays.given(work, change, agent, relays=True)
    at = leaves_at(work)
    work.notify(later(to_customer("relay", work.ticket, f"relay:{message}", work.now, data), at))
    return at


def close(work: TicketWork, actor: str, was: Status) -> None:
    """The closing letter of a `#resolve` without a text; recalled, the ticket is again as it was."""
    data = {"agent": actor.partition(":")[2], "was": was.value}
    notice = to_customer("closing", work.ticket, f"closing:{work.ticket.id}:{len(work.events)}", work.now, data)
    work.notify(later(notice, leaves_at(work)))


def outgoing(uow: UnitOfWork, ticket_id: int) -> list[Outgoing]:
    """What persons caused to be written to the customer, oldest first, but what will never go out."""
    letters = {one.notice_id: one for one in uow.outbox.letters(ticket_id=ticket_id)}
    notices = [one for one in uow.outbox.notices_of(ticket_id) if one.kind in CAUSED and "agent" in one.data]
    return [one for notice in notices if (one := _outgoing(notice, letters.get(notice.id))) is not None]


def _outgoing(notice: Notice, letter: Letter | None) -> Outgoing | None:
    state = Leaving.WAITS if notice.state is NoticeState.PENDING else None
    at = notice.not_before
    if letter is not None:
        state, at = _LEAVING.get(letter.state), letter.sent_at or letter.next_at
        if state is Leaving.WAITS and letter.possibly_twice:
            state = Leaving.IN_DOUBT
    if state is None:
        return None
    return Outgoing(
        notice_id=notice.id,
        letter_id=letter.id if letter else None,
        kind=notice.kind,
        by=str(notice.data["agent"]),
        at=at,
        state=state,
    )


def recall(work: TicketWork, mail: Outgoing, actor: str) -> None:
    """It is not sent, and what it would have brought does not come.

    Raises TemporaryError when another daemon took it meanwhile: tried again, the plan sees it as gone.
    """
    if not take_back(work, mail, f"recalled by {actor.partition(':')[2]}"):
        raise TemporaryError("the mail to be recalled was taken to be sent meanwhile", "none: mailsla looks again")
    notice = work.uow.outbox.get_notice(mail.notice_id)
    data = notice.data if notice is not None else {}
    work.record("recalled", actor, {"kind": mail.kind, "message": data.get("message")})
    speak_held(work)
    if mail.kind == "closing" and work.ticket.status is Status.RESOLVED:
        before = Status(str(data["was"]))
        work.set_status(Status.OPEN if before is Status.NEW else before, actor)


def take_back(work: TicketWork, mail: Outgoing, why: str) -> bool:
    """It is not sent; False: it was taken to be sent meanwhile."""
    if mail.letter_id is not None:
        return work.uow.outbox.recall_letter(mail.letter_id, why)
    return work.uow.outbox.settle_notice(mail.notice_id, NoticeState.CANCELLED, why)


def recalled_message(work: TicketWork) -> int | None:
    """The answer that was recalled just now, so that its text can be given back; None: none was."""
    messages = [
        one.data.get("message") for one in work.events if one.type == "recalled" and one.recorded_at == work.now
    ]
    return messages[-1] if messages and isinstance(messages[-1], int) else None

"""What waited for one reader becomes one letter: notices of quiet hours, and all that an outage left (sla.md 5)."""

from collections.abc import Iterator, Mapping, Sequence

from mailsla.core.access.tokens import Scheme, address_of, hash_token
from mailsla.core.letters import Content, Escalation, Reminder
from mailsla.core.letters_people import Alarm, CatchUp, Waited
from mailsla.core.model import Instant, Notice, Role, Ticket, Token
from mailsla.core.notices import INSTEAD_OF, UNREACHABLE
from mailsla.flows.services import Services
from mailsla.flows.steps.lookups import Lookups
from mailsla.flows.steps.standing_in import open_case

Saying = tuple[Notice, Content]  # a notice, and what its own letter would say
ALARMS = frozenset({"reminder", "escalation"})  # fold whenever several are due
WAITING = ALARMS | {"agent_notification", "customer_answer", "assignment", "delivery_failed", "case_news"}
MOST_WORDS = 600  # characters of the customer's words of one case


def folds(notice: Notice) -> bool:
    """Whether it may stand in a letter with others: an alarm, or what waited for the reader's opening."""
    if notice.ticket_id is None or notice.role is Role.CUSTOMER:
        return False
    if notice.role is Role.OPERATOR:
        return notice.kind == "escalation"
    waited = notice.not_before > notice.created_at
    return notice.kind in ALARMS or (waited and notice.kind in WAITING)


def waiting_with(known: Lookups, notice: Notice, now: Instant) -> list[Notice]:
    """All others that are due for its reader and fold with it."""
    if not folds(notice):
        return []
    return [
        one
        for one in known.uow.outbox.pending_for(notice.recipient)
        if one.id != notice.id and one.not_before <= now and folds(one) and one.person == notice.person
    ]


def catch_up(
    known: Lookups, services: Services, true: Sequence[Saying], scheme_of: Mapping[str, Scheme], now: Instant
) -> tuple[CatchUp, Sequence[Token]]:
    """The list of these notices, all of which are still true, and the rights to answer its cases."""
    by_ticket: dict[int, list[Saying]] = {}
    for notice, content in true:
        by_ticket.setdefault(notice.ticket_id or 0, []).append((notice, content))
    made = [_case(known, services, said, scheme_of, now) for said in by_ticket.values()]
    made.sort(key=lambda one: (one[0].case.due is None, one[0].case.due or 0, one[0].case.reference))
    return CatchUp(cases=[case for case, _ in made]), [token for _, token in made if token is not None]


def _case(
    known: Lookups, services: Services, said: Sequence[Saying], scheme_of: Mapping[str, Scheme], now: Instant
) -> tuple[Waited, Token | None]:
    notices = [notice for notice, _ in said]
    ticket = known.ticket(notices[0].ticket_id)
    assert ticket is not None  # a notice that is still true has one
    written = next((one for one in reversed(known.uow.tickets.messages(ticket.id)) if one.kind == "customer"), None)
    text = written.text if written and any(one.kind not in ALARMS for one in notices) else ""
    stored = known.uow.tickets.attachments(written.id) if written and text else ()
    files = tuple((one.name, one.size) for one in stored if not one.inline)
    absent = services.settings.directory.agents.get(str(notices[0].data.get(INSTEAD_OF, "")))
    address, token = right(services, notices[0], ticket, scheme_of, now)
    case = open_case(known.uow, services, ticket, now)
    alarms = {alarm for _, content in said for alarm in _alarms(content)}
    waited = Waited(
        case=case,
        kinds=tuple(dict.fromkeys(one.kind for one in notices)),
        instead_of=(absent.display_name or absent.name) if absent else "",
        text=text if len(text) <= MOST_WORDS else text[: MOST_WORDS - 1] + "…",
        files=files,
        alarms=[one for one in sorted(alarms) if (one.metric, one.due) != (case.metric, case.due)],
        answer_to=address,
    )
    return waited, token


def _alarms(content: Content) -> Iterator[Alarm]:
    """The deadlines that a letter is about."""
    if isinstance(content, Reminder):
        yield Alarm(due=content.due, metric=content.metric, of=content.of)
    elif isinstance(content, Escalation):
        for item in content.items:
            yield Alarm(due=item.due, metric=item.metric, of=item.of, late=item.breached)


def right(
    services: Services, notice: Notice, ticket: Ticket, scheme_of: Mapping[str, Scheme], now: Instant
) -> tuple[str, Token | None]:
    """An address of its own for each case: a reply to it is what a reply to the single letter would have been."""
    scheme = scheme_of.get(ticket.mailbox)
    if scheme is None:
        return "", None
    text = services.ids.token()
    inside = ticket.requester.endswith(UNREACHABLE) or notice.kind == "escalation"
    token = Token(
        hash=hash_token(text),
        ticket_id=ticket.id,
        person=notice.person,
        role=notice.role,
        purpose="note" if inside else "reply",
        created_at=now,
    )
    return address_of(text, "reply", scheme), token

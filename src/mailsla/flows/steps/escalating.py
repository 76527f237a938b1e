"""Several escalations to one reader as one letter, each case with a way of its own to act on it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from mailsla.core.access.tokens import Scheme
from mailsla.core.letters import Escalation
from mailsla.core.model import Instant, Notice, Role, Token
from mailsla.flows.services import Services
from mailsla.flows.steps.catching_up import right
from mailsla.flows.steps.folding import as_one
from mailsla.flows.steps.links import with_links
from mailsla.flows.steps.lookups import Lookups

IN_FULL = 10  # cases that the letter tells of in full (templates/emails/escalation); the others are named


def together(
    known: Lookups,
    services: Services,
    told: Sequence[tuple[Notice, Escalation]],
    schemes: Mapping[str, Scheme],
    now: Instant,
) -> tuple[Escalation, Sequence[Token]]:
    """The letter, and the rights that stand in it: one reply can't mean several cases, so each has its address."""
    tokens: list[Token] = []
    made: list[Escalation] = []
    for place, (notice, content) in enumerate(sorted(told, key=lambda pair: -max(one.late for one in pair[1].items))):
        answerable = _with_ways(known, services, notice, content, schemes, now) if place < IN_FULL else None
        if answerable is None:
            made.append(content)
        else:
            made.append(answerable[0])
            tokens += answerable[1]
    return as_one(made), tokens


def _with_ways(
    known: Lookups, services: Services, notice: Notice, content: Escalation, schemes: Mapping[str, Scheme], now: Instant
) -> tuple[Escalation, Sequence[Token]] | None:
    """With links and an address; None where its reader may not act, or it is of several cases itself (an incident)."""
    ticket = known.ticket(notice.ticket_id)
    scheme = schemes.get(ticket.mailbox) if ticket else None
    if ticket is None or scheme is None or notice.role is Role.OPERATOR:
        return None
    if len(content.items) != 1 or content.incident or not content.items[0].case.can_act:
        return None
    linked, tokens = with_links(services, notice, ticket, content, scheme, now)
    assert isinstance(linked, Escalation)  # links change no kind
    address, token = right(services, notice, ticket, schemes, now)
    answerable = replace(linked, items=[replace(linked.items[0], answer_to=address)])
    return answerable, [*tokens, *([token] if token else [])]

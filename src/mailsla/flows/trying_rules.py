"""The stored mails triaged once more, as it is configured now: what would change, and what each rule decides."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from mailsla.config.settings import MailboxSettings
from mailsla.core.directory import Scope
from mailsla.core.mail.parsed import ParsedMail
from mailsla.core.model import Event, Instant, Reason, Ticket
from mailsla.core.triage.blend import Blend
from mailsla.core.triage.priority import STORM
from mailsla.core.triage.rules import Rule
from mailsla.core.triage.scope import SCOPES, scope_of
from mailsla.core.triage.triage import TriageFacts
from mailsla.core.triage.words import Words
from mailsla.errors import Unparseable
from mailsla.flows.services import Services
from mailsla.flows.steps.learned import blend_now
from mailsla.flows.steps.triaging import decide, facts_of_mail, facts_of_message, in_scope, reasons_of

PAGE = 100  # tickets read at once


@dataclass(frozen=True, slots=True)
class Given:
    """What triage gives a mail."""

    category: str | None
    priority: str
    team: str | None
    scope: Scope | None


@dataclass(frozen=True, slots=True)
class Tried:
    """A mail that opened a ticket: what it got then, and gets now. `fits`: all rules that fit it, the deciding first.

    `gets` None: nothing of the mail is kept that triage could look at.
    """

    ticket: Ticket
    got: Given
    gets: Given | None
    fits: tuple[str, ...] = ()
    why: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Hits:
    """What a rule decided, when last, and who took what it would have: the names of earlier rules."""

    rule: str
    decided: int = 0
    last: Instant | None = None
    taken: Counter[str] = field(default_factory=Counter)


class Tally:
    """Hits of rules, while mails pass by."""

    def __init__(self, rules: tuple[Rule, ...]) -> None:
        self._hits = {rule.name: Hits(rule.name) for rule in rules}

    def add(self, fits: tuple[str, ...], at: Instant) -> None:
        """A mail that these rules fit, in order; a rule that is configured no more is counted too."""
        if not fits:
            return
        first, *others = fits
        known = self._hits.get(first) or Hits(first)
        self._hits[first] = replace(known, decided=known.decided + 1, last=max(at, known.last or 0))
        for name in others:
            self._hits[name].taken[first] += 1

    @property
    def hits(self) -> list[Hits]:
        """In the order of the rules."""
        return list(self._hits.values())


def tried(services: Services, *, last: int | None = None, since: Instant | None = None) -> Iterator[Tried]:
    """The newest tickets first: at most the `last` ones, received since then. Nothing is written."""
    with services.store.begin() as uow:
        blend = blend_now(uow, services)
    for count, (ticket, events) in enumerate(_newest(services, since)):
        if last is not None and count >= last:
            return
        yield _try(services, ticket, events, blend)


def decided(services: Services) -> Iterator[tuple[str, Instant]]:
    """What is stored: the rule that decided each ticket, and when that came in."""
    after = 0
    while True:
        with services.store.begin() as uow:
            page = uow.tickets.page(after, PAGE)
        if not page:
            return
        for ticket in page:
            if rule := ticket.triage.get("rule"):
                yield str(rule), ticket.received_at
        after = page[-1].id


def how_many(services: Services) -> int:
    """About how many tickets there are."""
    with services.store.begin() as uow:
        return max((one.id for one in uow.tickets.listed(limit=1)), default=0)


def _newest(services: Services, since: Instant | None) -> Iterator[tuple[Ticket, list[Event]]]:
    """In windows of ids from the top, so that no more than one of them is held."""
    top = how_many(services)
    while top > 0:
        bottom = max(0, top - PAGE)
        with services.store.begin() as uow:
            page = [one for one in uow.tickets.page(bottom, PAGE) if one.id <= top]
            events = uow.tickets.events_of([one.id for one in page])
        for ticket in reversed(page):
            if since is None or ticket.received_at >= since:
                yield ticket, events[ticket.id]
        top = bottom


def _try(services: Services, ticket: Ticket, events: list[Event], blend: Blend | None) -> Tried:
    created = next((one for one in events if one.type == "created"), None)
    got = _got(ticket, events, created)
    facts = _facts(services, ticket, events, created)
    if facts is None:
        return Tried(ticket, got, None)
    triaged = decide(services, replace(facts, storm=_in_storm_then(ticket)), blend)
    if not _may_be_no_complaint(services, ticket, created):
        triaged = in_scope(triaged)
    result = triaged.result
    team = result.team or services.settings.triage.default_team or None
    words = Words.of(facts.subject, facts.text)
    language = services.triage.languages.detect(words.folded) or facts.language
    fits = tuple(rule.name for rule, _ in services.triage.rules.matches(facts, words, language))
    return Tried(ticket, got, Given(result.category, result.priority, team, result.scope), fits, result.reasons)


def _got(ticket: Ticket, events: list[Event], created: Event | None) -> Given:
    """What triage gave it, before people changed it."""
    category = next((str(one.data["from"]) or None for one in events if one.type == "category"), ticket.category)
    priority = next((str(one.data["from"]) for one in events if one.type == "priority"), ticket.priority)
    team = created.data.get("team") if created else ticket.team
    scope = created.data.get("scope") if created else None
    return Given(category, priority, str(team) if team else None, next((one for one in SCOPES if one == scope), None))


def _in_storm_then(ticket: Ticket) -> bool:
    """Whether an incident went on when it came in: what others wrote then is no matter of rules."""
    return any(one.code == STORM for one in reasons_of(ticket))


def _facts(services: Services, ticket: Ticket, events: list[Event], created: Event | None) -> TriageFacts | None:
    """Of the mail as it came in; of what is kept of it where an agent passed it on, or its bytes are no more."""
    number = created.data.get("intake") if created else None
    if ticket.stub or not isinstance(number, int):
        return None
    sender = next((str(one.data["before"]) for one in events if one.type == "requester"), ticket.requester)
    box = _mailbox(services, ticket)
    mail = None if _by_an_agent(created) else _read(services, number)
    if mail is not None:
        return facts_of_mail(services, box, mail, sender)
    with services.store.begin() as uow:
        opening = next((one for one in uow.tickets.messages(ticket.id) if one.intake_id == number), None)
        files = uow.tickets.attachments(opening.id) if opening else []
    if opening is None:
        return None
    facts = facts_of_message(services, box, opening, files, sender)
    # Of a mail that was passed on, the message has the agent's own subject.
    return replace(facts, subject=ticket.subject) if _by_an_agent(created) else facts


def _read(services: Services, number: int) -> ParsedMail | None:
    """The mail anew; None where retention took it, or it can be read no more."""
    with services.store.begin() as uow:
        intake = uow.intake.get(number)
        try:
            raw = uow.intake.raw(intake.sha256) if intake is not None and intake.sha256 is not None else None
        except KeyError:
            raw = None
    try:
        return None if raw is None else services.reader.read(raw)
    except Unparseable:
        return None


def _mailbox(services: Services, ticket: Ticket) -> MailboxSettings:
    boxes = services.settings.mailboxes
    return next((one for one in boxes if one.name == ticket.mailbox), replace(boxes[0], name=ticket.mailbox))


def _by_an_agent(created: Event | None) -> bool:
    return created is not None and created.actor.startswith(("agent:", "cli:"))


def _may_be_no_complaint(services: Services, ticket: Ticket, created: Event | None) -> bool:
    """As when a mail comes in (steps/inhand.py): not what an agent passed on, nor what answers us."""
    if _by_an_agent(created):
        return False
    if ticket.linked_to is None:
        return True
    with services.store.begin() as uow:
        linked = uow.tickets.get(ticket.linked_to)
        takes_part = linked is not None and ticket.requester.lower() in uow.tickets.participants(linked.id)
    return linked is None or scope_of(linked) == "spam" or not takes_part

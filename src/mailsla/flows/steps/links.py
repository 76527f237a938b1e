"""The links of a letter: what they do, each with a token of its own (letters.md section 5)."""

from collections.abc import Sequence
from dataclasses import replace

from mailsla.core.access.facts import YES
from mailsla.core.access.tokens import Scheme, hash_token, link_to
from mailsla.core.commands.likeliest import likeliest
from mailsla.core.commands.offered import ACK, RESOLVE, TAKE, offered
from mailsla.core.letters import (
    AgentNotification,
    Assignment,
    CaseFacts,
    Closing,
    Confirmation,
    Content,
    CustomerAnswer,
    Escalation,
    Relay,
    Reminder,
    SatisfactionReminder,
)
from mailsla.core.letters_incident import IncidentLetter
from mailsla.core.letters_links import Link
from mailsla.core.model import Instant, Notice, Role, Ticket, Token
from mailsla.core.sla.terms import Metric
from mailsla.flows.services import Services

DAY = 24 * 3600
ACTIONS_LAST = 14 * DAY  # a late click is answered with the command that does the same
RATINGS_LAST = 30 * DAY
AGAIN = "again"
INCIDENT = (("incident", "incident"), ("incident no", "incident_no"))  # the command, and what its link is called
SCORES = ("1", "2", "3", "4", "5")


def with_links(
    services: Services, notice: Notice, ticket: Ticket | None, content: Content, scheme: Scheme, now: Instant
) -> tuple[Content, Sequence[Token]]:
    """The content with the links that its reader may use now, and their tokens."""
    if ticket is None:
        return content, ()
    made = _Made(services, notice, ticket, scheme, now)
    match content:
        case CustomerAnswer(what="thanks"):
            resolve = [one for one in offered(ticket, notice.person) if one == RESOLVE]
            return replace(content, case=made.on(content.case, resolve, AGAIN)), made.tokens
        case AgentNotification() | CustomerAnswer() | Assignment():
            to_triage = [name for name, _, _ in content.case.likeliest]
            asked = [name for name, _, _ in content.case.asked]
            commands = offered(ticket, notice.person, to_triage, asked)
            return replace(content, case=made.on(content.case, commands)), made.tokens
        case Reminder():
            likely = likeliest(ticket, Metric(content.metric))
            commands = tuple(one for one in offered(ticket, notice.person) if f"#{one}" in likely)
            return replace(content, case=made.on(content.case, commands)), made.tokens
        case IncidentLetter(can_act=True):
            return replace(content, links=made.of_incident(content)), made.tokens
        case Escalation(items=[item]):
            commands = (ACK, *(one for one in offered(ticket, notice.person) if one == TAKE))
            return replace(content, items=[replace(item, case=made.on(item.case, commands))]), made.tokens
        case Confirmation():
            return replace(content, yes=made.link("confirm", YES, content.until)), made.tokens
        case Closing(asks=True) | Relay(kind="relay", asks=True) | SatisfactionReminder():
            ratings = [made.link("rating", score, now + RATINGS_LAST) for score in SCORES]
            return replace(content, ratings=ratings), made.tokens
    return content, ()


class _Made:
    """Makes the links of one letter, and gathers their tokens."""

    def __init__(self, services: Services, notice: Notice, ticket: Ticket, scheme: Scheme, now: Instant) -> None:
        self._services, self._notice, self._ticket, self._scheme, self._now = services, notice, ticket, scheme, now
        self.tokens: list[Token] = []

    def on(self, facts: CaseFacts, commands: Sequence[str], does: str = "") -> CaseFacts:
        """The case with a link for each command, which is called `does`; none for a reader who can't act."""
        if not facts.can_act or self._notice.role is Role.OPERATOR:
            return facts
        names = {name: label for name, label, _ in (*facts.likeliest, *facts.asked)}
        links = []
        for command in commands:
            verb, _, argument = command.partition(" ")
            link = self.link("action", command, self._now + ACTIONS_LAST)
            links.append(replace(link, does=does or verb, about=names.get(argument, "")))
        return replace(facts, links=links)

    def of_incident(self, content: IncidentLetter) -> list[Link]:
        """What can be said of a proposal."""
        if content.open:
            return []
        until = self._now + ACTIONS_LAST
        return [replace(self.link("action", value, until), does=does) for value, does in INCIDENT]

    def link(self, purpose: str, value: str, until: Instant) -> Link:
        """One link and its token."""
        held = self._notice.data.get("intake")
        text = self._services.ids.token()
        token = Token(
            hash=hash_token(text),
            ticket_id=self._ticket.id,
            person=self._notice.person,
            role=self._notice.role,
            purpose=purpose,
            created_at=self._now,
            expires_at=until,
            intake_id=held if purpose == "confirm" and isinstance(held, int) else None,
            value=value,
        )
        self.tokens.append(token)
        to, code = link_to(text, self._scheme)
        return Link(does=value, to=to, code=code, until=until)

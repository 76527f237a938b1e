"""A notice about a ticket in hand: who reads it, and what its letter may want to know, looked up when asked for."""

from collections.abc import Sequence
from functools import cached_property

from mailsla.core import letters
from mailsla.core.letters import Promised, Reader
from mailsla.core.lifecycle import reopen_until
from mailsla.core.model import Event, Instant, Message, Notice, Promise, Role, StoredAttachment, Ticket
from mailsla.core.notices import INSTEAD_OF, UNREACHABLE
from mailsla.core.sla.clocks import Clock, ClockState
from mailsla.flows.services import Services
from mailsla.flows.steps.case import case_facts
from mailsla.flows.steps.clocks import clocks_of
from mailsla.flows.steps.lookups import Lookups
from mailsla.flows.steps.promises import promises_now, stated_promises
from mailsla.flows.steps.terms import agreement_of, agreements_of

OWN_EVENT = {"reminder": "warned", "escalation": "escalated"}  # what the history says of these notices


class Case:
    """What the builders below work on: a notice about a ticket, its reader, and where to look things up."""

    def __init__(
        self, lookups: Lookups, services: Services, notice: Notice, ticket: Ticket, reader: Reader, now: Instant
    ):
        self.lookups, self.uow, self.services, self.notice = lookups, lookups.uow, services, notice
        self.ticket, self.reader, self.now = ticket, reader, now

    def facts(self) -> letters.CaseFacts:
        """For an agent. Who reads it without being an agent of the ticket can't act by replying."""
        can_act = self.notice.role in (Role.AGENT, Role.MANAGER) and not self.ticket.requester.endswith(UNREACHABLE)
        return case_facts(
            self.lookups,
            self.services,
            self.ticket,
            [event for event in self.events if not self.is_of(event)],
            self.clocks,
            self.now,
            can_act=can_act,
            language=self.reader.language,
            instead_of=self.text(INSTEAD_OF),
        )

    def is_of(self, event: Event) -> bool:
        """Whether the event says of this very notice that it was written: no news to who reads its letter."""
        told, notice = OWN_EVENT.get(self.notice.kind), self.notice
        about = ("track", "metric", *(["level"] if told == "escalated" else []))
        same = all(event.data.get(key) == notice.data.get(key) for key in about)
        return event.type == told and event.at == notice.created_at and same

    @cached_property
    def events(self) -> Sequence[Event]:
        """All that happened on the ticket."""
        return self.lookups.events(self.ticket.id)

    @cached_property
    def clocks(self) -> tuple[Clock, ...]:
        """The ticket's clocks as they stand now."""
        held = self.lookups.clocks
        if self.ticket.id not in held:
            held[self.ticket.id] = clocks_of(self.uow, self.services, self.ticket, self.now, self.events)
        return held[self.ticket.id]

    @cached_property
    def promised(self) -> tuple[Promised, ...]:
        """The times that the customer is told, by the policies that promise theirs."""
        agreements = agreements_of(self.uow, self.services, self.ticket)
        silent = {track for track, agreement in agreements.items() if not agreement.policy.promised}
        return stated_promises([one for one in self.clocks if one.track not in silent], self.now)

    def reopen_until(self, resolved_at: Instant) -> Instant:
        """The last instant at which a mail of the customer reopens the ticket."""
        agreement = agreement_of(self.uow, self.services, self.ticket)
        policy, calendar = (agreement.policy, agreement.calendar) if agreement else (None, None)
        return reopen_until(policy, calendar, resolved_at)

    @cached_property
    def promises(self) -> tuple[Promise, ...]:
        """What the customer was promised, as it stands now."""
        return promises_now(self.uow, self.services, self.ticket, self.events, self.now)

    def running(self) -> Clock | None:
        """The clock that an SLA notice is about, while it still runs."""
        about = (self.text("track"), self.text("metric"), self.number("cycle"))
        clocks = (one for one in self.clocks if (one.track, one.metric, one.cycle) == about)
        return next((one for one in clocks if one.state is ClockState.RUNNING), None)

    @cached_property
    def message(self) -> Message | None:
        """The message that the notice is about."""
        number = self.notice.data.get("message")
        return self.lookups.message(number) if isinstance(number, int) else None

    @cached_property
    def attachments(self) -> Sequence[StoredAttachment]:
        """Its attachments."""
        return self.lookups.attachments(self.message.id) if self.message else ()

    def text(self, key: str) -> str:
        """A text that the notice carries, "" if none."""
        value = self.notice.data.get(key)
        return value if isinstance(value, str) else ""

    def number(self, key: str) -> int:
        """A number that the notice carries, 0 if none."""
        value = self.notice.data.get(key)
        return value if isinstance(value, int) else 0

    def team_name(self) -> str:
        """How the team is called to customers, "" when it has no name for them."""
        team = self.services.settings.directory.teams.get(self.ticket.team or "")
        return team.display_name if team else ""

    def name(self) -> str:
        """The customer's name where mail may use it: to a verified sender, or once a person has answered."""
        return self.ticket.requester_name if self.known() else ""

    def known(self) -> bool:
        """Whether automatic mail may echo what the customer wrote (mail.md section 6)."""
        return self.ticket.verified or self.ticket.answered

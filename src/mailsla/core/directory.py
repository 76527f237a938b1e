"""Who works here and for whom: agents, teams, organisations and categories, as configured."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from mailsla.core.model import Instant
from mailsla.core.sla.policy import SUPPLIER, TEAM, Level, Policy, duty
from mailsla.core.sla.terms import Metric

Scope: TypeAlias = Literal["out", "spam"]  # what is no complaint: for somebody else, or for nobody


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """A person who answers. `name` is the short word of commands (`#assign sam`)."""

    name: str
    email: str  # where mailsla writes to
    display_name: str = ""
    other_emails: tuple[str, ...] = ()  # addresses they also write from
    login: str = ""  # auth=pass for this login proves them (mail.md section 3)
    language: str = "en"
    zone: str = "Etc/UTC"
    calendar: str = ""  # quiet hours are what it leaves closed; "" = always reachable
    manager: str = ""  # the name of another agent
    absent: bool = False
    copies: bool = True  # each answer of theirs comes back as the customer will see it

    @property
    def emails(self) -> frozenset[str]:
        """All their addresses, lower case."""
        return frozenset(address.lower() for address in (self.email, *self.other_emails))


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """Agents who share the tickets of their categories."""

    name: str
    members: tuple[str, ...]
    manager: str = ""
    display_name: str = ""
    signature: str = ""  # replaces the agent's own in mail to customers
    assignment: str = "round_robin"  # round_robin | least_loaded | manual
    internal_target: str = ""  # how long it may have a ticket (OLA); "" = nothing was agreed
    calendar: str = ""  # that its internal target counts in
    warnings: tuple[str, ...] = ()  # of its internal target, as those of a policy
    ladder: tuple[Level, ...] = ()

    @property
    def track(self) -> str:
        """Of its clocks."""
        return TEAM + self.name

    @property
    def duty(self) -> Policy | None:
        """What it owes inside; None: nothing was agreed."""
        return duty(Metric.OLA, self.track, self.internal_target, self.calendar, self.warnings, self.ladder)


@dataclass(frozen=True, slots=True, kw_only=True)
class Supplier:
    """A third party that we wait for, and how long it may let us wait (UC, underpinning contract)."""

    name: str
    address: tuple[str, ...]  # where we write to, and what it answers from
    display_name: str = ""
    target: str = ""  # "" = nothing was agreed
    calendar: str = ""
    warnings: tuple[str, ...] = ()
    ladder: tuple[Level, ...] = ()

    @property
    def track(self) -> str:
        """Of its clocks."""
        return SUPPLIER + self.name

    @property
    def duty(self) -> Policy | None:
        """What it owes us; None: nothing was agreed."""
        return duty(Metric.UC, self.track, self.target, self.calendar, self.warnings, self.ladder)


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """A customer company: whoever writes from its domains belongs to it."""

    name: str
    domains: tuple[str, ...]
    vip: bool = False
    zone: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """A kind of complaint; `lexicon` names the built-in categories that it stands for (default: its own name).

    With a `scope` it is a kind of mail that is no complaint; `letter`: the saved reply that answers one out of scope.
    """

    name: str
    team: str = ""
    label: Mapping[str, str] = field(default_factory=dict)  # by language; nouns in the nominative
    lexicon: tuple[str, ...] = ()
    sensitive: bool = False  # never named to the customer
    scope: Scope | None = None
    letter: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Away:
    """An agent is not here: until when (None = without end), and who stands in ("" = the team, then the manager)."""

    until: Instant | None = None
    deputy: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory:
    """Look-ups over all of these. `away`: who is away at the time that it was made for (absence.with_absences)."""

    agents: Mapping[str, Agent] = field(default_factory=dict)
    teams: Mapping[str, Team] = field(default_factory=dict)
    roles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # names of agents
    organisations: Mapping[str, Organisation] = field(default_factory=dict)
    categories: Mapping[str, Category] = field(default_factory=dict)
    suppliers: Mapping[str, Supplier] = field(default_factory=dict)
    away: Mapping[str, Away] = field(default_factory=dict)
    causes: tuple[str, ...] = ()  # that `#cause` takes; (): any
    agents_by_email: Mapping[str, Agent] = field(init=False, repr=False, compare=False)  # lower case; the first wins

    def __post_init__(self) -> None:
        by_email: dict[str, Agent] = {}
        for agent in self.agents.values():
            for email in agent.emails:
                by_email.setdefault(email, agent)
        object.__setattr__(self, "agents_by_email", by_email)

    def away_now(self, name: str) -> Away | None:
        """How long an agent is away; None: they are here. `absent = true` of the configuration has no end."""
        found = self.away.get(name)
        return found or (Away() if name in self.agents and self.agents[name].absent else None)

    def agent_by_email(self, email: str) -> Agent | None:
        """The agent who writes from this address."""
        return self.agents_by_email.get(email.lower())

    def organisation_of(self, email: str) -> Organisation | None:
        """The organisation whose domain, or a parent of it, the address is at."""
        domain = email.rpartition("@")[2].lower()
        for organisation in self.organisations.values():
            for own in organisation.domains:
                if domain == own.lower() or domain.endswith("." + own.lower()):
                    return organisation
        return None

    @property
    def duties(self) -> tuple[Policy, ...]:
        """What teams and suppliers owe us, where something was agreed."""
        found = [team.duty for team in self.teams.values()]
        found += [supplier.duty for supplier in self.suppliers.values()]
        return tuple(duty for duty in found if duty is not None)

    def supplier_by_email(self, email: str) -> Supplier | None:
        """The supplier that has this address."""
        own = email.lower()
        return next((one for one in self.suppliers.values() if own in map(str.lower, one.address)), None)

    def team_of(self, agent: str) -> Team | None:
        """The first team that the agent is a member of."""
        return next((team for team in self.teams.values() if agent in team.members), None)

    def manager_of(self, agent: str | None, team: str | None) -> Agent | None:
        """The assignee's manager, else the team's; never the assignee, who knows already."""
        names = []
        if agent is not None and agent in self.agents:
            names.append(self.agents[agent].manager)
        if team is not None and team in self.teams:
            names.append(self.teams[team].manager)
        return next((self.agents[name] for name in names if name in self.agents and name != agent), None)

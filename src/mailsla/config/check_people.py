"""Cross-checks of who works here and for whom: agents, teams, organisations, categories."""

from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

from mailsla.config.faults import Fault, meant, misformed, unknown
from mailsla.config.formats import (
    Form,
    languages_with,
    reply_names,
    wrong_address,
    wrong_domain,
    wrong_language,
    wrong_name,
    wrong_zone,
)
from mailsla.config.settings import Settings
from mailsla.core.assignment import ASSIGNMENTS
from mailsla.core.directory import Agent, Category, Organisation, Team
from mailsla.core.ladder import OPERATOR
from mailsla.core.triage.lexicon import TOPICS


def faults_of_people(settings: Settings) -> Iterator[Fault]:
    """All of this file's checks."""
    directory = settings.directory
    spoken = partial(wrong_language, known=languages_with(settings.templates))
    for section in ("agents", "teams", "roles", "organisations", "categories", "suppliers"):
        names: Mapping[str, object] = getattr(directory, section)
        for name in names:
            yield from misformed((section, name), name, wrong_name)
    for agent in directory.agents.values():
        yield from _agent(agent, settings, spoken)
    yield from _agents_together(settings)
    for team in directory.teams.values():
        yield from _team(team, directory.agents)
    for role, holders in directory.roles.items():
        yield from _role(role, holders, directory.agents)
    yield from _organisations(directory.organisations, spoken)
    yield from _suppliers(settings)
    for category in directory.categories.values():
        yield from _category(category, directory.teams, spoken)
        yield from _scope(category, settings.replies)
    yield from _causes(directory.causes)


def _agent(agent: Agent, settings: Settings, spoken: Form) -> Iterator[Fault]:
    at = ("agents", agent.name)
    yield from misformed((*at, "email"), agent.email, wrong_address)
    for index, address in enumerate(agent.other_emails):
        yield from misformed((*at, "other_emails", index), address, wrong_address)
    yield from misformed((*at, "language"), agent.language, spoken)
    yield from misformed((*at, "zone"), agent.zone, wrong_zone)
    yield from unknown((*at, "calendar"), agent.calendar, settings.calendars, "calendar")
    yield from unknown((*at, "manager"), agent.manager, settings.directory.agents, "agent")
    if agent.manager == agent.name:
        yield Fault((*at, "manager"), "is the agent themselves", "name somebody else, or leave it out")


def _agents_together(settings: Settings) -> Iterator[Fault]:
    owners = {mailbox.address.lower(): f"mailbox {mailbox.name}" for mailbox in settings.mailboxes}
    logins: dict[str, str] = {}
    for agent in settings.directory.agents.values():
        at = ("agents", agent.name)
        for address in (agent.email, *agent.other_emails):
            owner = owners.setdefault(address.lower(), f"agent {agent.name}")
            if owner != f"agent {agent.name}":
                key = "email" if address == agent.email else "other_emails"
                yield Fault((*at, key), f"{address} is that of {owner} too", "give each an address of their own")
        if agent.login and logins.setdefault(agent.login, agent.name) != agent.name:
            what = f'"{agent.login}" is the login of {logins[agent.login]} too'
            yield Fault((*at, "login"), what, "a login proves one person: give each their own, or leave it out")


def _team(team: Team, agents: Mapping[str, Agent]) -> Iterator[Fault]:
    at = ("teams", team.name)
    if not team.members:
        yield Fault((*at, "members"), "there are none: its complaints would reach nobody", 'add: members = ["sam"]')
    for index, member in enumerate(team.members):
        yield from unknown((*at, "members", index), member, agents, "agent")
        if member in team.members[:index]:
            yield Fault((*at, "members", index), f'"{member}" is named twice', "name each once")
    yield from unknown((*at, "manager"), team.manager, agents, "agent")
    if team.assignment not in ASSIGNMENTS:
        what = f'"{team.assignment}" is not one of {", ".join(ASSIGNMENTS)}'
        yield Fault((*at, "assignment"), what, meant(team.assignment, ASSIGNMENTS))


def _suppliers(settings: Settings) -> Iterator[Fault]:
    directory = settings.directory
    owners = {mailbox.address.lower(): f"mailbox {mailbox.name}" for mailbox in settings.mailboxes}
    owners |= {email: f"agent {agent.name}" for email, agent in directory.agents_by_email.items()}
    for supplier in directory.suppliers.values():
        at = ("suppliers", supplier.name)
        if not supplier.address:
            yield Fault(
                (*at, "address"), "there is none: nobody could be asked", 'add: address = ["claims@carrier.example"]'
            )
        for index, address in enumerate(supplier.address):
            yield from misformed((*at, "address", index), address, wrong_address)
            owner = owners.setdefault(address.lower(), f"supplier {supplier.name}")
            if owner != f"supplier {supplier.name}":
                yield Fault(
                    (*at, "address", index), f"{address} is that of {owner} too", "give each an address of its own"
                )


def _role(role: str, names: tuple[str, ...], agents: Mapping[str, Agent]) -> Iterator[Fault]:
    at = ("roles", role)
    if role == OPERATOR:
        yield Fault(at, "this role is whoever runs mailsla", "set instance.operator, and call this role otherwise")
    if not names:
        yield Fault(at, "nobody has it: what a ladder tells it would go to the operator", f'write: {role} = ["sam"]')
    for index, name in enumerate(names):
        yield from unknown((*at, index), name, agents, "agent")


def _organisations(organisations: Mapping[str, Organisation], spoken: Form) -> Iterator[Fault]:
    owners: dict[str, str] = {}
    for name, organisation in organisations.items():
        at = ("organisations", name)
        if not organisation.domains:
            yield Fault((*at, "domains"), "there are none", 'add: domains = ["customer.example"]')
        for index, domain in enumerate(organisation.domains):
            yield from misformed((*at, "domains", index), domain, wrong_domain)
            if owners.setdefault(domain.lower(), name) != name:
                what = f"{domain} belongs to {owners[domain.lower()]} too"
                yield Fault((*at, "domains", index), what, "a domain belongs to one organisation")
        if organisation.zone:
            yield from misformed((*at, "zone"), organisation.zone, wrong_zone)
        if organisation.language:
            yield from misformed((*at, "language"), organisation.language, spoken)


def _causes(causes: tuple[str, ...]) -> Iterator[Fault]:
    for index, cause in enumerate(causes):
        yield from misformed(("register", "causes", index), cause, wrong_name)
        if cause in causes[:index]:
            yield Fault(("register", "causes", index), f'"{cause}" is named twice', "name each once")


def _category(category: Category, teams: Mapping[str, Team], spoken: Form) -> Iterator[Fault]:
    at = ("categories", category.name)
    yield from unknown((*at, "team"), category.team, teams, "team")
    for index, name in enumerate(category.lexicon):
        yield from unknown((*at, "lexicon", index), name, TOPICS, "topic of the lexicon")
    for language in category.label:
        yield from misformed((*at, "label", language), language, spoken)


def _scope(category: Category, replies: Path | None) -> Iterator[Fault]:
    at = ("categories", category.name, "letter")
    if category.letter and category.scope != "out":
        yield Fault(at, "only what is out of scope is answered by it", 'add scope = "out", or remove it')
    else:
        yield from unknown(at, category.letter, reply_names(replies), "saved reply")

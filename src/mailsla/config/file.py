"""The tables of mailsla.toml as values: its shape, before it becomes Settings (settings.py has the meaning of each)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import ClassVar, Literal

from mailsla.config.settings import (
    BoardSettings,
    DigestSettings,
    Limits,
    MailboxSettings,
    MetricsSettings,
    ReportsSettings,
    SatisfactionSettings,
    SendingSettings,
    TriageSettings,
)
from mailsla.core.directory import Agent, Category, Organisation, Supplier, Team
from mailsla.core.report.objectives import Goal
from mailsla.core.sla.policy import Policy
from mailsla.core.triage.rules import Rule

Intervals = tuple[str, ...]  # "09:00-17:00"


@dataclass(frozen=True, slots=True, kw_only=True)
class InstanceTable:
    """[instance]"""

    name: str
    prefix: str
    host: str
    operator: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseTable:
    """[database]"""

    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosureTable:
    """One of [[calendars.NAME.closures]]: hours of one date that are taken away."""

    date: date
    hours: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarTable:
    """[calendars.NAME]"""

    zone: str
    weekly: Mapping[str, Intervals] = field(default_factory=dict)
    holidays: Mapping[date, str] = field(default_factory=dict)
    holidays_file: Path | None = None
    exceptions: Mapping[date, Intervals] = field(default_factory=dict)
    closures: tuple[ClosureTable, ...] = ()
    effective_from: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LettersTable:
    """[letters]"""

    templates: Path | None = None
    replies: Path | None = None
    digest_at: str = "08:00"


@dataclass(frozen=True, slots=True, kw_only=True)
class AbsencesTable:
    """[absences]"""

    hand_over: Literal["due", "all", "none"] = "due"


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterTable:
    """[register]"""

    causes: tuple[str, ...] = ()
    adr: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyTable(Policy):
    """One of [[policies]], with who answers for it (settings.Approval): that makes no other version of its terms."""

    author: str = ""
    approved_by: str = ""
    note: str = ""
    review_by: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """mailsla.toml. The tables of NAMED sections get their `name` from their key."""

    instance: InstanceTable
    database: DatabaseTable
    mailboxes: tuple[MailboxSettings, ...]
    sending: SendingSettings
    agents: Mapping[str, Agent] = field(default_factory=dict)
    teams: Mapping[str, Team] = field(default_factory=dict)
    roles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    organisations: Mapping[str, Organisation] = field(default_factory=dict)
    categories: Mapping[str, Category] = field(default_factory=dict)
    suppliers: Mapping[str, Supplier] = field(default_factory=dict)
    rules: tuple[Rule, ...] = ()
    policies: tuple[PolicyTable, ...] = ()
    objectives: tuple[Goal, ...] = ()
    calendars: Mapping[str, CalendarTable] = field(default_factory=dict)
    triage: TriageSettings = field(default_factory=TriageSettings)
    limits: Limits = field(default_factory=Limits)
    satisfaction: SatisfactionSettings = field(default_factory=SatisfactionSettings)
    metrics: MetricsSettings = field(default_factory=MetricsSettings)
    letters: LettersTable = field(default_factory=LettersTable)
    absences: AbsencesTable = field(default_factory=AbsencesTable)
    register: RegisterTable = field(default_factory=RegisterTable)
    digests: DigestSettings = field(default_factory=DigestSettings)
    board: BoardSettings = field(default_factory=BoardSettings)
    reports: ReportsSettings = field(default_factory=ReportsSettings)

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}


NAMED = ("agents", "teams", "organisations", "categories", "suppliers")

EXAMPLES: Mapping[str, str] = {  # what to write for a setting that has no default
    "instance": '[instance] with name = "acme", prefix = "ACME", host = "acme.example", operator = "it@acme.example"',
    "instance.name": 'name = "acme"',
    "instance.prefix": 'prefix = "ACME"',
    "instance.host": 'host = "acme.example"',
    "instance.operator": 'operator = "it@acme.example"',
    "database": '[database] with url = "sqlite:///mailsla.db"',
    "database.url": 'url = "sqlite:///mailsla.db"',
    "mailboxes": '[[mailboxes]] with name = "support", address = "support@acme.example"',
    "mailboxes.name": 'name = "support"',
    "mailboxes.address": 'address = "support@acme.example"',
    "mailboxes.oauth.provider": 'provider = "microsoft"',
    "mailboxes.oauth.client_id": 'client_id = "00000000-0000-0000-0000-000000000000"',
    "sending.oauth.provider": 'provider = "microsoft"',
    "sending.oauth.client_id": 'client_id = "00000000-0000-0000-0000-000000000000"',
    "sending": '[sending] with host = "smtp.acme.example"',
    "agents.email": 'email = "sam@acme.example"',
    "teams.members": 'members = ["sam"]',
    "organisations.domains": 'domains = ["customer.example"]',
    "categories.label": 'label = { en = "a delivery", de = "eine Lieferung" }',
    "register.causes": 'causes = ["late-delivery", "lost-parcel"]',
    "reports.customers.organisation": 'organisation = "globex"',
    "reports.customers.to": 'to = "quality@globex.example"',
    "suppliers.address": 'address = ["claims@carrier.example"]',
    "rules.name": 'name = "Invoices"',
    "rules.when": 'when = { words = ["invoice"] }',
    "rules.then": 'then = { category = "billing" }',
    "objectives.name": 'name = "first answers"',
    "objectives.metric": 'metric = "first_response"',
    "objectives.levels": 'levels = ["80 % within 4h", "95 % within 1 business day"]',
    "policies.review_by": "review_by = 2027-06-30",
    "policies.name": 'name = "standard"',
    "policies.targets": 'targets = { first_response = "4h", resolution = "2 business days" }',
    "calendars.zone": 'zone = "Europe/Berlin"',
    "calendars.weekly": 'weekly.mon = ["09:00-17:00"]',
    "calendars.holidays": 'holidays.2026-12-25 = "Christmas Day"',
    "calendars.holidays_file": 'holidays_file = "holidays/office.toml"',
    "calendars.exceptions": 'exceptions.2026-12-24 = ["09:00-12:00"]',
    "calendars.closures.date": "date = 2026-11-26",
    "calendars.closures.hours": 'hours = "14:00-16:00"',
}

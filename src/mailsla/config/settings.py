"""The settings as values: what mailsla.toml may hold, with its defaults. Loading and checking is load.py."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Literal

from mailsla.config.holidays import HolidayFile
from mailsla.core.access.tokens import Scheme
from mailsla.core.directory import Directory
from mailsla.core.report.objectives import Goal
from mailsla.core.sla.calendar import CalendarSpec
from mailsla.core.sla.policy import Policy
from mailsla.core.triage.rules import Rule

SENT = "\\Sent"  # the folder that the server itself names as that of sent mail (RFC 6154)


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """Where a secret is; exactly one is set. The value is read at use and never printed."""

    credential: str = ""  # systemd: $CREDENTIALS_DIRECTORY/NAME
    file: str = ""
    env: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuthSettings:
    """A login by OAuth2 in place of a password: [mailboxes.oauth], [sending.oauth]. `mailsla oauth login` makes it."""

    provider: Literal["microsoft", "google", "other"]  # other: token_url, scopes, and one of the other two URLs
    client_id: str
    client_secret: Secret | None = None
    tenant: str = ""  # microsoft: "" = common
    scopes: tuple[str, ...] = ()  # (): the provider's for IMAP and SMTP
    authorize_url: str = ""  # "": the provider's, as for the other two
    device_url: str = ""
    token_url: str = ""
    tokens: Path | None = None  # file of the login; None: oauth/NAME.json, NAME as `mailsla oauth login` takes it


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxSettings:
    """A place that mail comes from: [[mailboxes]]."""

    name: str
    address: str  # the support address
    kind: Literal["imap", "maildir", "pipe"] = "imap"
    display_name: str = ""
    language: str = "en"
    zone: str = "Etc/UTC"
    path: Path | None = None  # maildir
    host: str = ""
    port: int = 0  # 0: 993 for tls, 143 otherwise
    security: Literal["tls", "starttls", "none"] = "tls"  # none: loopback only
    user: str = ""
    password: Secret | None = None
    oauth: OAuthSettings | None = None
    folder: str = "INBOX"
    mark: Literal["keyword", "move", "none"] = "keyword"
    keyword: str = "$mailsla"
    done_folder: str = "mailsla-done"
    start_from: str = "now"  # now | all | YYYY-MM-DD
    idle: bool = True
    idle_renew_seconds: int = 600
    poll_seconds: int = 300
    timeout_seconds: int = 60
    authserv_id: str = "none"  # "mx.acme.example" | "topmost" | "none"
    delimiter: str = "+"
    reply_domain: str = ""  # token addresses at TOKEN@reply_domain instead of local+TOKEN@domain
    own_lists: tuple[str, ...] = ()
    forms: tuple[str, ...] = ()  # From of contact forms: their mails are from whom Reply-To names
    sent_folder: str = ""  # watched for answers that agents send past us; a name, or "auto" (RFC 6154)
    sent_opens_tickets: bool = False  # a mail in it to somebody outside, on no ticket, opens one
    state: Literal["none", "keywords"] = "none"  # how tickets stand is shown on their mails
    waiting_folder: str = ""  # where customers' mails are moved while their ticket waits; "" = they stay
    resolved_folder: str = ""

    @property
    def scheme(self) -> Scheme:
        """How it writes its token addresses."""
        return Scheme(self.address, self.delimiter, self.reply_domain)

    @property
    def sent(self) -> "MailboxSettings | None":
        """Its Sent folder as a mailbox: only read, from now on. None where it is not watched."""
        if not self.sent_folder:
            return None
        folder = SENT if self.sent_folder == "auto" else self.sent_folder
        return replace(self, folder=folder, mark="none", start_from="now")

    @property
    def displays(self) -> bool:
        """Whether its mails are changed for people to see how tickets stand."""
        return self.state != "none" or bool(self.waiting_folder or self.resolved_folder)

    def is_sent(self, folder: str) -> bool:
        """Whether a folder, as rows call it, is the watched Sent folder."""
        return self.sent is not None and folder == self.sent.folder


@dataclass(frozen=True, slots=True, kw_only=True)
class SendingSettings:
    """The account that letters leave by: [sending]."""

    kind: Literal["smtp", "maildir"] = "smtp"
    path: Path | None = None
    host: str = ""
    port: int = 0  # 0: 465 for tls, 587 for starttls, 25 for none
    security: Literal["tls", "starttls", "none"] = "starttls"  # none: loopback only
    user: str = ""
    password: Secret | None = None
    oauth: OAuthSettings | None = None
    bounce_address: str = ""  # envelope sender; "" = the mailbox's address, "verp" = one for each letter
    timeout_seconds: int = 60
    data_timeout_seconds: int = 600
    undo_seconds: int = 60  # for which an agent's answer waits, so that it can be recalled
    largest_letter_bytes: int = 25_000_000  # as sent; a server that names a smaller SIZE is believed


@dataclass(frozen=True, slots=True, kw_only=True)
class TriageSettings:
    """[triage]"""

    threshold: float = 0.5  # below: to triage; until there are labels enough to set it by `precision`
    precision: float = 0.9  # of what is assigned by itself, so much is to be right
    ask_share: float = 0.02  # of what is assigned by itself, so much is asked about
    default_team: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SatisfactionSettings:
    """[satisfaction]: the one question that the letter which ends a complaint asks."""

    ask: bool = True
    share: float = 1.0  # of the complaints
    remind_after: str = "3 calendar days"  # or never
    again_after: str = "30 calendar days"  # a complaint that comes back is not asked about before
    low: int = 2  # so low a score, or lower, goes to a manager; 0: none does


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """[limits]: being no weapon (mail.md section 6)."""

    acknowledgements_per_recipient_day: int = 3
    automatic_per_recipient_hour: int = 10
    automatic_per_hour: int = 2000
    internal_per_hour: int = 30
    largest_mail_bytes: int = 50_000_000
    queue_alarm_seconds: int = 4 * 3600
    backup_alarm_seconds: int = 0  # 0: the age of the last backup is said, and not judged


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricsSettings:
    """[metrics]: for Prometheus; none unless one of them is set."""

    textfile: Path | None = None  # NAME.prom in the folder that node_exporter reads
    listen: str = ""  # "127.0.0.1:9180"; this machine only


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestSettings:
    """[digests]: what our own people are told each morning."""

    agents: bool = True  # each agent: what is theirs
    managers: bool = True  # who manages a team or agents: what is their teams'
    at: str = "08:00"  # each person's own time; in their closed hours it waits for the opening
    always: bool = False  # also when there is nothing to say


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardSettings:
    """[board]: the page that the daemon writes each minute."""

    file: Path | None = None  # None: no page
    subjects: bool = True  # what complaints are called stands in it beside their references


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerReportSettings:
    """One of [[reports.customers]]: what an organisation is sent of its own complaints."""

    organisation: str
    to: str  # an address of theirs
    every: Literal["week", "month"] = "month"
    name: str = ""  # whom the letter greets
    language: str = ""  # "": the organisation's, else the first mailbox's
    zone: str = ""  # that its days count in; "" as language
    approve: bool = True  # it waits until the operator lets it go (mailsla queue release)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportsSettings:
    """[reports]"""

    weekly: tuple[str, ...] = ()  # role:NAME, the name of an agent, manager (all of them), or an address
    monthly: tuple[str, ...] = ()
    at: str = "07:00"  # on the day after the period, in the zone of the first mailbox; read in each one's own hours
    empty: bool = False  # also of a period in which nothing came in, was solved or was due
    customers: tuple[CustomerReportSettings, ...] = ()

    def everybody(self, kind: str) -> tuple[str, ...]:
        """Who of ours gets the report of a week or month."""
        return self.weekly if kind == "week" else self.monthly


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """Who answers for a policy, and until when it is to be looked at again: keys of [[policies]], not of its terms."""

    author: str = ""
    approved_by: str = ""
    note: str = ""
    review_by: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All of mailsla.toml."""

    name: str  # of this installation; part of Message-IDs and the instance header
    prefix: str  # of references: "ACME" gives ACME-1042
    host: str  # domain of our Message-IDs and List-Ids
    operator: str  # address of the person who runs it
    database: str  # SQLAlchemy URL; a relative SQLite path is relative to the file
    mailboxes: tuple[MailboxSettings, ...]
    sending: SendingSettings
    directory: Directory = field(default_factory=Directory)
    rules: tuple[Rule, ...] = ()
    policies: tuple[Policy, ...] = ()
    objectives: tuple[Goal, ...] = ()
    approvals: Mapping[str, Approval] = field(default_factory=dict)  # by policy; those that say something
    calendars: Mapping[str, CalendarSpec] = field(default_factory=dict)
    holiday_files: Mapping[str, HolidayFile] = field(default_factory=dict)  # of the calendars that have one
    triage: TriageSettings = field(default_factory=TriageSettings)
    limits: Limits = field(default_factory=Limits)
    satisfaction: SatisfactionSettings = field(default_factory=SatisfactionSettings)
    metrics: MetricsSettings = field(default_factory=MetricsSettings)
    reports: ReportsSettings = field(default_factory=ReportsSettings)
    templates: Path | None = None  # a folder whose files win over the shipped ones
    replies: Path | None = None  # the folder of saved replies: NAME.LANGUAGE.txt
    hand_over: Literal["due", "all", "none"] = "due"  # which tickets of an absent agent become somebody else's
    adr: str = ""  # who decides where the customer and we do not agree, with their address
    digests: DigestSettings = field(default_factory=DigestSettings)
    board: BoardSettings = field(default_factory=BoardSettings)
    digest_at: str = "08:00"  # operator's daily digest, in the zone of the first mailbox

    def mailbox(self, name: str) -> MailboxSettings:
        """By name; KeyError when it is not configured any more."""
        for mailbox in self.mailboxes:
            if mailbox.name == name:
                return mailbox
        raise KeyError(name)

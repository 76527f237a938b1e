"""The composition root: settings -> adapters -> services. The only reader of the real clock and of randomness."""

import base64
import gc
import logging
import secrets
import shutil
import socket
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import replace
from functools import cache, partial
from pathlib import Path

import structlog

from mailsla.adapters import lock, logs
from mailsla.adapters.db.engine import database_file, open_engine
from mailsla.adapters.db.migrate import require_current, state, upgrade
from mailsla.adapters.db.store import SqlStore
from mailsla.adapters.imap import ImapSource
from mailsla.adapters.imap_display import ImapDisplay
from mailsla.adapters.letters import JinjaLetters
from mailsla.adapters.lexicons import load_languages, load_lexicon, load_signals
from mailsla.adapters.oauth import OAuthLogin
from mailsla.adapters.oauth_file import TokenFile
from mailsla.adapters.processes import has_ended, process_name
from mailsla.adapters.reader import Reader
from mailsla.adapters.secrets import read_secret
from mailsla.adapters.shipped import shipped
from mailsla.adapters.smtp import SmtpTransport
from mailsla.adapters.zones import tzdata_version, use_packaged_tzdata, zone
from mailsla.config.load import load
from mailsla.config.providers import provider_of
from mailsla.config.run_out import run_out
from mailsla.config.settings import MailboxSettings, Secret, SendingSettings, Settings
from mailsla.config.versions import calendar_content, calendar_of, digest, policy_content, policy_of, terms_hash
from mailsla.core.model import Instant, Version
from mailsla.core.sla.calendar import Calendar
from mailsla.core.triage.learned import Learned, Recipe
from mailsla.core.triage.learning import Example, Fitter, Progress
from mailsla.core.triage.rules import RuleBook
from mailsla.core.triage.triage import TriageDesk
from mailsla.errors import ConfigError, PermanentError, Problem
from mailsla.flows import accept
from mailsla.flows.policies import register_approvals
from mailsla.flows.services import Services
from mailsla.flows.steps.registering import effective_from, register_newest
from mailsla.ports.ids import Ids, Now
from mailsla.ports.mail import Display, Source, Transport
from mailsla.ports.store import Store
from mailsla.ports.store.occasions import BACKED_UP

NEEDS_EXTRA = "install it: pip install 'mailsla[learn]'"

use_packaged_tzdata()


class RandomIds:
    """Names from the system's random source."""

    def token(self) -> str:
        """26 characters of base32: 130 random bits, of which the standard asks 128."""
        return _base32(26)

    def public(self) -> str:
        """20 characters of base32."""
        return _base32(20)


def system_clock() -> Instant:
    """Now, in whole seconds UTC."""
    return int(time.time())


def services(
    settings: Settings, *, now: Now = system_clock, ids: Ids | None = None, store: Store | None = None, owner: str = ""
) -> Services:
    """All that flows need. Raises ConfigError when the database is absent, behind or newer.

    `store`: another than the configured one (explain without a database).
    """
    if store is None:
        store = open_store(settings)
    letters = _letters(settings.templates, settings.replies)
    owner = owner or process_name(_base32(8))
    made = Services(
        settings=settings,
        store=store,
        letters=letters,
        reader=Reader(),
        ids=ids or RandomIds(),
        now=now,
        triage=TriageDesk(
            lexicon=load_lexicon(),
            signals=load_signals(),
            languages=load_languages(),
            categories=tuple(settings.directory.categories.values()),
            rules=RuleBook(settings.rules),
            threshold=settings.triage.threshold,
        ),
        unpack=unpack,
        calendars={name: Calendar(spec, zone(spec.zone)) for name, spec in settings.calendars.items()},
        zone=zone,
        policy_content=policy_content,
        digest=digest,
        policy_of=policy_of,
        calendar_of=_calendar_of,
        languages=frozenset(letters.languages(inside=False)),
        languages_inside=frozenset(letters.languages(inside=True)),
        tzdata=tzdata_version(),
        terms=terms_hash(settings),
        machine=socket.gethostname(),
        owner=owner,
        has_ended=partial(has_ended, own=owner),
        versions={},
    )
    return _with_versions(made)


def unpack(content: bytes, version: int, recipe: Recipe) -> Learned:
    """numpy is loaded with the first model, and not before."""
    try:
        from mailsla.adapters.scoring import unpacked
    except ImportError as error:
        raise PermanentError(f"model {version} needs numpy, which is not there", NEEDS_EXTRA) from error
    return unpacked(content, version, recipe)


def fitter() -> Callable[[Sequence[Example], Progress], Fitter]:
    """What fits models; for the process that learns alone, since scikit-learn is large."""
    try:
        from mailsla.adapters.fitting import Fitter as SklearnFitter
    except ImportError as error:
        raise PermanentError(f"learning needs scikit-learn: {error}", NEEDS_EXTRA) from error
    return SklearnFitter


def _letters(templates: Path | None, replies: Path | None) -> JinjaLetters:
    """The operator's files are read anew each time, for they may have changed."""
    own = templates is not None or replies is not None
    return JinjaLetters(shipped("templates"), templates, zone, replies) if own else _shipped_letters()


@cache
def _shipped_letters() -> JinjaLetters:
    return JinjaLetters(shipped("templates"), None, zone)


def reloaded(path: Path, old: Services) -> Services:
    """Services by the configuration as it is now, on the database, reader and name of `old`; what it owes, they owe.

    Raises ConfigError with all that is wrong with it: its text, its letters, its secrets, and what needs a restart.
    """
    settings = load(path)
    problems = [
        *_needing_restart(old.settings, settings),
        *unreadable_secrets(settings),
        *run_out(settings, old.now()),
    ]
    if settings.templates is not None or settings.replies is not None:
        from mailsla.adapters.letters_lint import lint  # its samples take memory that most daemons need not

        problems += lint(shipped("templates"), settings.templates, zone, settings.replies)
    if problems:
        raise ConfigError(tuple(problems))
    made = services(settings, now=old.now, ids=old.ids, store=old.store, owner=old.owner)
    return replace(made, reader=old.reader, unsettled=old.unsettled, errands=old.errands)


def _needing_restart(old: Settings, new: Settings) -> list[Problem]:
    if new.database == old.database:
        return []
    return [Problem("database.url", "another database is not taken by a reload", "restart mailsla, or change it back")]


def unreadable_secrets(settings: Settings) -> list[Problem]:
    """What is wrong with those that the configuration names; no server is asked."""
    accounts: tuple[MailboxSettings | SendingSettings, ...] = (*settings.mailboxes, settings.sending)
    named = [(f"{_key(one)}.password", one.password) for one in accounts]
    named += [(f"{_key(one)}.oauth.client_secret", one.oauth.client_secret) for one in accounts if one.oauth]
    problems: list[Problem] = []
    for where, secret in named:
        if secret is not None:
            try:
                read_secret(secret, where)
            except ConfigError as error:
                problems += error.problems
    return problems


def idle_without(settings: Settings, problems: Iterable[Problem], *, sends: bool) -> bool:
    """Whether with these secrets missing no mail could be read, or none be sent: then there is nothing to run for."""
    missing = {problem.where.removesuffix(".password").removesuffix(".oauth.client_secret") for problem in problems}
    return (sends and "sending" in missing) or {_key(box) for box in settings.mailboxes} <= missing


def open_store(settings: Settings) -> Store:
    """The configured database, which must be of this version."""
    file = database_file(settings.database)
    if file is not None and not file.exists():  # SQLite would make an empty one
        raise ConfigError((Problem("database", f"{file} is not there", "run `mailsla db upgrade`, which makes it"),))
    engine = open_engine(settings.database)
    require_current(engine)
    return SqlStore(engine)


def memory_store(folder: Path) -> Store:
    """An empty database in a folder that is thrown away afterwards."""
    url = f"sqlite:///{folder / 'empty.db'}"
    upgrade(url)
    return SqlStore(open_engine(url))


def only_one(settings: Settings) -> AbstractContextManager[None]:
    """A second daemon on the same SQLite file is refused: what the first was sending would be sent again."""
    path = database_file(settings.database)
    return lock.only_one(path.with_name(path.name + ".lock")) if path else nullcontext()


def space_of(settings: Settings) -> tuple[int | None, int | None]:
    """Octets of SQLite's file and its log, and free on its disk; None where the database is on a server."""
    path = database_file(settings.database)
    if path is None or not path.exists():
        return None, None
    log = path.with_name(f"{path.name}-wal")
    return path.stat().st_size + (log.stat().st_size if log.exists() else 0), shutil.disk_usage(path.parent).free


def note_backup(settings: Settings, at: Instant) -> None:
    """For `mailsla health`. A database of an earlier version has no place for it, and is left as it is."""
    if state(settings.database) != "current":
        return
    store = open_store(settings)
    try:
        with store.begin() as uow:
            uow.occasions.note(BACKED_UP, at)
            uow.commit()
    finally:
        store.close()


def upgrade_database(settings: Settings) -> None:
    """Bring the database to this version's schema; makes it when it is absent."""
    upgrade(settings.database)


def first_sight(settings: Settings) -> None:
    """Remember what the Maildirs hold now: what arrives afterwards is new."""
    made = services(settings)
    try:
        for mailbox in settings.mailboxes:
            for folder in (mailbox, mailbox.sent):
                if folder is not None and folder.kind == "maildir":
                    with closing(source_of(folder)) as source:
                        accept.first_sight(made, folder, source.survey(), reads=False)
    finally:
        made.store.close()


def source_of(mailbox: MailboxSettings) -> Source:
    """The adapter of a mailbox that is read (not a pipe)."""
    if mailbox.kind == "maildir":
        from mailsla.adapters.maildir import MaildirSource

        return MaildirSource(mailbox)
    return ImapSource(mailbox, login_of(mailbox))


def display_of(mailbox: MailboxSettings) -> Display | None:
    """The adapter that shows in a mailbox how its tickets stand; None where that is not possible."""
    return ImapDisplay(mailbox, login_of(mailbox)) if mailbox.kind == "imap" else None


def transport_of(sending: SendingSettings) -> Transport:
    """The adapter of the sending account."""
    if sending.kind == "maildir":
        if sending.path is None:
            raise ConfigError((Problem("sending.path", "it is missing", "name the Maildir that letters go to"),))
        from mailsla.adapters.maildir_transport import MaildirTransport

        return MaildirTransport(sending.path)
    return SmtpTransport(sending, login_of(sending))


def login_of(account: MailboxSettings | SendingSettings) -> Callable[[], str] | OAuthLogin:
    """How an account logs in: by OAuth2, or by what gives its password at each use."""
    return oauth_of(account) or secret_of(account.password, f"{_key(account)}.password")


def oauth_of(account: MailboxSettings | SendingSettings, *, now: Now = system_clock) -> OAuthLogin | None:
    """The login by OAuth2 of an account that has one. Its provider has as long to answer as its mail server."""
    oauth = account.oauth
    if oauth is None or oauth.tokens is None:
        return None
    from mailsla.adapters.oauth_server import OAuthServer  # its HTTP takes half a megabyte, and most need none of it

    name = account.name if isinstance(account, MailboxSettings) else "sending"
    where, provider = f"{_key(account)}.oauth", provider_of(oauth)
    secret = secret_of(oauth.client_secret, f"{where}.client_secret") if oauth.client_secret else None
    server = OAuthServer(name, provider, oauth.client_id, secret, account.timeout_seconds)
    made_for = " ".join((oauth.client_id, provider.token_url, account.user, *provider.scopes))
    return OAuthLogin(name, made_for, TokenFile(oauth.tokens, f"{where}.tokens"), server, now)


def logins_of(settings: Settings) -> dict[str, OAuthLogin]:
    """All logins by OAuth2, by the name that `mailsla oauth login` takes."""
    accounts: tuple[MailboxSettings | SendingSettings, ...] = (*settings.mailboxes, settings.sending)
    return {login.account: login for login in map(oauth_of, accounts) if login is not None}


def _key(account: MailboxSettings | SendingSettings) -> str:
    return f"mailboxes.{account.name}" if isinstance(account, MailboxSettings) else "sending"


def secret_of(secret: Secret | None, where: str) -> Callable[[], str]:
    """Reads the secret at each use, so that a changed one counts at the next login."""

    def read() -> str:
        if secret is None:
            raise ConfigError(
                (Problem(where, "it is missing", 'write {credential = "NAME"}, {file = ...} or {env = ...}'),)
            )
        return read_secret(secret, where)

    return read


def keep_loaded() -> None:
    """For a process that lives long: what is loaded now stays, so no collection of garbage need look through it."""
    gc.collect()
    gc.freeze()


def configure_logs(
    *, json: bool, level: int, always: Mapping[str, object] | None = None, revealing: bool = False
) -> None:
    """One line per unit of work on standard error; JSON where no person watches. `always`: what each line says.

    `revealing`: with addresses, and the messages of unexpected errors, which may hold a mail's text; so at level debug.
    """
    reveal = revealing or level <= logging.DEBUG
    lines = logs.Lines(sys.stderr)
    structlog.configure(
        processors=logs.processors(json=json, revealing=reveal, always=always or {}),
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=lambda *_: lines,
    )


configure_logs(json=False, level=logging.WARNING)  # until a command asks for more


def _with_versions(made: Services) -> Services:
    """Register the configured policies and calendars, so that no mail has to; a changed one becomes a new version.

    Where a calendar or the time zone data changed, the deadlines of all open tickets are computed anew.
    """
    versions = dict(made.versions)
    with made.store.begin() as uow:
        for policy in (*made.settings.policies, *made.settings.directory.duties):
            key, content = policy_content(policy)
            version = uow.clocks.version(policy.kind, policy.name, key, content, made.now())
            versions[policy.kind, policy.name] = version.id
        register_approvals(uow, made, versions)
        calendars = {}
        changed = False
        for name, spec in made.settings.calendars.items():
            since = effective_from(spec, zone(spec.zone), made.now())
            history, new = register_newest(uow, "calendar", name, calendar_content(spec), since)
            calendars[name] = _calendar_of(history)
            changed = changed or new
        _, new = register_newest(uow, "tzdata", "tzdata", (made.tzdata, {"release": made.tzdata}), made.now())
        if changed or new:
            uow.clocks.recompute_open(made.now())
        uow.commit()
    return replace(made, versions=versions, calendars=calendars)


def _calendar_of(versions: Sequence[Version]) -> Calendar:
    """All versions of a calendar as one, each from when it counts; one that was made later wins from there on."""
    calendar: Calendar | None = None
    for version in versions:
        spec = calendar_of(version)
        while calendar is not None and calendar.before is not None and calendar.since >= version.effective_from:
            calendar = calendar.before
        since = {"since": version.effective_from} if calendar is not None else {}
        calendar = Calendar(spec, zone(spec.zone), version=version.id, before=calendar, **since)
    if calendar is None:
        raise ValueError("a calendar without a version")
    return calendar


def _base32(length: int) -> str:
    return base64.b32encode(secrets.token_bytes(20)).decode().lower()[:length]

"""Finds, reads and checks mailsla.toml: Settings, or a ConfigError with all problems at once."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

from mailsla.config import FILE_NAME
from mailsla.config.approvals import approvals_of, policy_in
from mailsla.config.calendars import calendars_of
from mailsla.config.check_mail import faults_of_mail
from mailsla.config.check_oauth import faults_of_oauth
from mailsla.config.check_objectives import faults_of_objectives
from mailsla.config.check_people import faults_of_people
from mailsla.config.check_reports import faults_of_reports
from mailsla.config.check_service import faults_of_service
from mailsla.config.faults import Fault, meant, problems_of
from mailsla.config.file import File
from mailsla.config.holidays import read_holidays
from mailsla.config.lines import KeyPath, key_lines
from mailsla.config.settings import MailboxSettings, OAuthSettings, Secret, SendingSettings, Settings
from mailsla.config.shape import read
from mailsla.core.directory import Directory
from mailsla.errors import ConfigError, Problem

SYSTEM_PATH = Path("/etc/mailsla/mailsla.toml")
NO_FILES: Mapping[str, Path] = {}


def find(path: Path | None) -> Path:
    """The configuration to use: `path` (from --config), else ./mailsla.toml, else the system's.

    Raises ConfigError when it is not there.
    """
    places = [path] if path is not None else [Path(FILE_NAME), SYSTEM_PATH]
    found = next((place for place in places if place.is_file()), None)
    if found is None and path is not None:
        raise ConfigError((Problem(str(path), "there is no such file", "name another, or run `mailsla init` there"),))
    if found is None:
        what = f"no --config given, no {Path(FILE_NAME).absolute()}, no {SYSTEM_PATH}"
        raise ConfigError((Problem("configuration", what, "write one with `mailsla init`, or name one by --config"),))
    return found


@dataclass(frozen=True, slots=True)
class Examined:
    """What a configuration says as far as it can be told, and all that is wrong with it.

    `settings`: None where not even its shape can be told. With faults, something of the right type stands in at the
    keys of `faulty` that are needed: the rest can be looked at, but nothing can be run by it.
    """

    settings: Settings | None
    problems: tuple[Problem, ...] = ()
    faulty: tuple[KeyPath, ...] = ()


def load(path: Path) -> Settings:
    """The settings of a file; relative paths in it are relative to its folder. Raises ConfigError."""
    return _sound(examine(path))


def examine(path: Path) -> Examined:
    """A file, whatever is wrong with it. Raises ConfigError when it can't be read, or is not TOML."""
    return _examined(_text_of(path), path.absolute().parent, path.name)


def with_rules_of(path: Path, other: Path) -> Settings:
    """The settings of a file, with the [[rules]] of another in place of its own. Raises ConfigError.

    All else that the other holds is passed over, so that it may be a whole configuration.
    """
    load(path)
    text = _text_of(other)
    data = _toml_of(text, other.name)
    if not data.get("rules"):
        mend = "write [[rules]] with name, when = {...} and then = {...}"
        raise ConfigError((Problem(str(other), "there are no rules in it", mend),))
    file, faults = read({**_toml_of(_text_of(path), path.name), "rules": data["rules"]})
    settings = None
    if file is not None:
        settings, more = _settings(file, path.absolute().parent)
        faults += _independent(more, faults)
    return _sound(Examined(settings, problems_of(faults, other.name, data, key_lines(text))))


def with_policies_of(path: Path, other: Path | None, calendars: Mapping[str, Path] = NO_FILES) -> Settings:
    """The settings of a file, with the [[policies]] of another in place of its own, its [calendars] beside the own
    ones, and each of `calendars` from a file. Raises ConfigError; what is wrong is told by the file that it stands in.
    """
    own = load(path)
    data = _toml_of(_text_of(path), path.name)
    told: list[_Told] = []
    if other is not None:
        table = _toml_of(_text_of(other), other.name)
        if not table.get("policies") and not table.get("calendars"):
            mend = "write [[policies]] as in mailsla.toml"
            raise ConfigError((Problem(str(other), "there are no policies in it", mend),))
        told.append(_Told(other, table))
        data["policies"] = table.get("policies", data.get("policies", []))
        data["calendars"] = {**data.get("calendars", {}), **_calendars_of(other, table)}
    for name, file in calendars.items():
        table = _toml_of(_text_of(file), file.name)
        found = _calendars_of(file, table)
        if name not in found:
            mend = f"write [calendars.{name}] as in mailsla.toml"
            raise ConfigError((Problem(str(file), f'there is no calendar "{name}" in it', mend),))
        if name not in own.calendars and name not in data.get("calendars", {}):
            raise ConfigError(
                (Problem("--calendar", f'no policy has a calendar "{name}"', meant(name, own.calendars)),)
            )
        told.append(_Told(file, {"calendars": {name: found[name]}}))
        data["calendars"] = {**data.get("calendars", {}), name: found[name]}
    return _sound(_examined_parts(data, path, told))


class _Told(NamedTuple):
    """A file, and what of it counts."""

    path: Path
    table: Mapping[str, Any]


def _calendars_of(file: Path, table: Mapping[str, Any]) -> dict[str, Any]:
    """The calendars of a file, each holidays_file from its folder."""
    tables = table.get("calendars")
    if not isinstance(tables, dict):
        return {}
    found = {}
    for name, one in tables.items():
        known = isinstance(one, dict) and isinstance(one.get("holidays_file"), str)
        found[name] = {**one, "holidays_file": str(file.absolute().parent / one["holidays_file"])} if known else one
    return found


def _examined_parts(data: dict[str, Any], path: Path, told: list[_Told]) -> Examined:
    """Settings of what stands in several files: each fault is told by the last one that has its section or calendar."""
    file, faults = read(data)
    settings = None
    if file is not None:
        settings, more = _settings(file, path.absolute().parent)
        faults += _independent(more, faults)
    problems: list[Problem] = []
    for fault in faults:
        has = (one.path for one in reversed(told) if _stands_in(fault.path, one.table))
        source = next(has, path)
        problems += problems_of((fault,), source.name, data, key_lines(_text_of(source)))
    return Examined(settings, tuple(problems), tuple(fault.path for fault in faults))


def _stands_in(where: KeyPath, table: Mapping[str, Any]) -> bool:
    depth = 2 if where[0] == "calendars" else 1
    here: Any = table
    for part in where[:depth]:
        if not isinstance(here, Mapping) or part not in here:
            return False
        here = here[part]
    return True


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        mend = "let the user that mailsla runs as read it"
        raise ConfigError((Problem(str(path), f"can't be read: {error.strerror}", mend),)) from error
    except UnicodeDecodeError as error:
        mend = "save it as UTF-8: TOML is nothing else"
        raise ConfigError((Problem(str(path), f"is not UTF-8 (byte {error.start})", mend),)) from error


def _toml_of(text: str, name: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except ValueError as error:  # tomllib's own, and Python's of a number of thousands of digits
        mend = "texts stand in quotes, tables in [brackets]; see https://toml.io"
        raise ConfigError((Problem(name, f"this is not TOML: {error}", mend),)) from error


def parse(text: str, folder: Path, name: str = FILE_NAME) -> Settings:
    """The settings of a text as if it stood in `folder`; `name` is what problems call it. Raises ConfigError."""
    return _sound(_examined(text, folder, name))


def _sound(examined: Examined) -> Settings:
    if examined.problems or examined.settings is None:
        raise ConfigError(examined.problems)
    return examined.settings


def _examined(text: str, folder: Path, name: str) -> Examined:
    data = _toml_of(text, name)
    file, faults = read(data)
    settings = None
    if file is not None:
        settings, more = _settings(file, folder)
        faults += _independent(more, faults)
    problems = problems_of(faults, name, data, key_lines(text))
    return Examined(settings, problems, tuple(fault.path for fault in faults))


def _settings(file: File, folder: Path) -> tuple[Settings, tuple[Fault, ...]]:
    """Settings with the faults of what they say, once their shape is right."""
    holiday_files = {
        name: read_holidays(folder / table.holidays_file)
        for name, table in file.calendars.items()
        if table.holidays_file is not None
    }
    calendars, calendar_faults = calendars_of(file.calendars, holiday_files)
    settings = Settings(
        name=file.instance.name,
        prefix=file.instance.prefix,
        host=file.instance.host,
        operator=file.instance.operator,
        database=absolute_database(file.database.url, folder),
        mailboxes=tuple(_mailbox(mailbox, folder) for mailbox in file.mailboxes),
        sending=_sending(file.sending, folder),
        directory=Directory(
            agents=file.agents,
            teams=file.teams,
            roles=file.roles,
            organisations=file.organisations,
            categories=file.categories,
            suppliers=file.suppliers,
            causes=file.register.causes,
        ),
        rules=file.rules,
        policies=tuple(map(policy_in, file.policies)),
        objectives=file.objectives,
        approvals=approvals_of(file.policies),
        calendars=calendars,
        holiday_files=holiday_files,
        triage=file.triage,
        limits=file.limits,
        satisfaction=file.satisfaction,
        reports=file.reports,
        metrics=replace(file.metrics, textfile=_inside(folder, file.metrics.textfile)),
        templates=_inside(folder, file.letters.templates),
        replies=_inside(folder, file.letters.replies),
        hand_over=file.absences.hand_over,
        adr=" ".join(file.register.adr.split()),
        digest_at=file.letters.digest_at,
        digests=file.digests,
        board=replace(file.board, file=_inside(folder, file.board.file)),
    )
    faults = (
        *calendar_faults,
        *faults_of_mail(settings),
        *faults_of_oauth(settings),
        *faults_of_people(settings),
        *faults_of_service(settings),
        *faults_of_reports(settings),
        *faults_of_objectives(settings),
    )
    return settings, faults


def _independent(faults: tuple[Fault, ...], known: tuple[Fault, ...]) -> tuple[Fault, ...]:
    """Those that do not merely follow from a known one: about a stand-in, what is around it, or the wrong kind."""

    def follows(path: KeyPath, cause: KeyPath) -> bool:
        if cause[-1] == "kind":
            cause = cause[:-1]
        shorter = min(len(path), len(cause))
        return path[:shorter] == cause[:shorter]

    return tuple(fault for fault in faults if not any(follows(fault.path, cause.path) for cause in known))


def _mailbox(mailbox: MailboxSettings, folder: Path) -> MailboxSettings:
    return replace(
        mailbox,
        path=_inside(folder, mailbox.path),
        password=_secret(mailbox.password, folder),
        oauth=_oauth(mailbox.oauth, mailbox.name, folder),
    )


def _sending(sending: SendingSettings, folder: Path) -> SendingSettings:
    return replace(
        sending,
        path=_inside(folder, sending.path),
        password=_secret(sending.password, folder),
        oauth=_oauth(sending.oauth, "sending", folder),
    )


def _oauth(oauth: OAuthSettings | None, name: str, folder: Path) -> OAuthSettings | None:
    if oauth is None:
        return None
    tokens = _inside(folder, oauth.tokens or Path("oauth", f"{name}.json"))
    return replace(oauth, tokens=tokens, client_secret=_secret(oauth.client_secret, folder))


def _secret(secret: Secret | None, folder: Path) -> Secret | None:
    return replace(secret, file=str(folder / secret.file)) if secret is not None and secret.file else secret


def _inside(folder: Path, path: Path | None) -> Path | None:
    return None if path is None else folder / path.expanduser()


def absolute_database(url: str, folder: Path) -> str:
    """The URL with an absolute path, where it names a SQLite file."""
    scheme, colon, path = url.partition(":///")
    if scheme.partition("+")[0] != "sqlite" or not colon or path in ("", ":memory:"):
        return url
    return f"{scheme}:///{folder / path}"

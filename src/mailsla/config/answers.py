"""The answers to `mailsla init` as the text of a commented mailsla.toml: a preset with other values and tables."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from mailsla.config import preset
from mailsla.config.formats import LANGUAGES_INSIDE
from mailsla.config.lines import KeyPath
from mailsla.config.people import DAYS, Person
from mailsla.config.preset import Value
from mailsla.config.settings import OAuthSettings, Secret

Security = Literal["tls", "starttls", "none"]

_RULE = "# " + "-" * 80 + " "
_TRIAL = re.compile(r"^# (?:A|Into a) Maildir to try it out.*\n", re.MULTILINE)
_AGENTS = re.compile(r"^\[agents\.sam\]\n.*?(?=^\[teams\.service\])", re.DOTALL | re.MULTILINE)
_WEEK = re.compile(r"^weekly\.mon = \S+(?P<comment>.*)\n(?:^weekly\..*\n)*", re.MULTILINE)
_INSTEAD = re.compile(
    r"^# -+ instead: a real mailbox and account\n(?P<tables>.*?)(?=^# Instead of a password)", re.DOTALL | re.MULTILINE
)
_SHOWN = re.compile(r"#(?P<line>(?P<key>[a-z_]+) = .*\n)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """How one of the two servers is reached; what is "" or 0 has its default."""

    host: str
    port: int = 0
    security: Security | Literal[""] = ""
    user: str = ""
    password: Secret | None = None
    oauth: OAuthSettings | None = None
    folder: str = ""  # of the mailbox


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """All that is asked. `mailbox` and `sending`: None for the Maildirs of a trial."""

    preset: str
    name: str
    prefix: str
    address: str
    operator: str
    people: Sequence[Person]
    manager: Person
    zone: str
    language: str
    hours: Mapping[str, Sequence[str]]
    database: str
    mailbox: Account | None
    sending: Account | None


def to_toml(answers: Answers) -> str:
    """The file. It has no fault if the answers have none."""
    text = _with_accounts(preset.text(answers.preset), answers)
    text = _AGENTS.sub(lambda found: _agents(found[0], answers), text)
    text = _WEEK.sub(lambda found: _week(answers.hours, found["comment"].strip()), text)
    return preset.with_values(text, _values(answers))


def _values(answers: Answers) -> dict[KeyPath, Value]:
    everybody = _everybody(answers)
    values: dict[KeyPath, Value] = {
        ("instance", "name"): answers.name,
        ("instance", "prefix"): answers.prefix,
        ("instance", "host"): answers.address.rpartition("@")[2],
        ("instance", "operator"): answers.operator,
        ("database", "url"): answers.database,
        ("mailboxes", 0, "address"): answers.address,
        ("mailboxes", 0, "display_name"): f"{answers.name.capitalize()} support",
        ("mailboxes", 0, "language"): answers.language,
        ("mailboxes", 0, "zone"): answers.zone,
        ("calendars", "office", "zone"): answers.zone,
        ("calendars", "always", "zone"): answers.zone,  # where the preset has one
        ("teams", "service", "members"): [one.name for one in answers.people],
        ("teams", "service", "manager"): answers.manager.name,
    }
    for one in everybody:
        values |= {
            ("agents", one.name, "email"): one.email,
            ("agents", one.name, "display_name"): one.display_name,
            ("agents", one.name, "language"): answers.language if answers.language in LANGUAGES_INSIDE else "en",
            ("agents", one.name, "zone"): answers.zone,
            ("agents", one.name, "manager"): answers.manager.name,
        }
    for at, account in ((("mailboxes", 0), answers.mailbox), (("sending",), answers.sending)):
        if account is not None:
            values |= {(*at, key): value for key, value in _reached(account).items()}
            values[*at, "kind"] = "imap" if at[0] == "mailboxes" else "smtp"
    return values


def _everybody(answers: Answers) -> list[Person]:
    return [*answers.people, *([answers.manager] if answers.manager not in answers.people else [])]


def _agents(example: str, answers: Answers) -> str:
    """A table for each: the first with the comments of the preset's first, the others as its second."""
    first, second, *_ = re.findall(r"^\[agents\..*?(?=^\[|\Z)", example, re.DOTALL | re.MULTILINE)
    blocks: list[str] = []
    for one in _everybody(answers):
        block = re.sub(r"\[agents\.\w+\]", f"[agents.{one.name}]", first if not blocks else second)
        blocks.append(re.sub(r"^manager = .*\n", "", block, flags=re.MULTILINE) if one == answers.manager else block)
    return "".join(blocks)


def _week(hours: Mapping[str, Sequence[str]], comment: str) -> str:
    lines = [f"weekly.{day} = {preset.literal(hours[day])}" for day in DAYS if day in hours]
    return "\n".join([f"{lines[0].ljust(35)} {comment}", *lines[1:]]) + "\n"


def _with_accounts(text: str, answers: Answers) -> str:
    """The tables of the trial turned into those of real accounts, by the lines that the preset shows at its end."""
    instead = _INSTEAD.search(text)
    if answers.mailbox is None or answers.sending is None or instead is None:
        return text
    mailbox, sending = instead["tables"].split("#[sending]\n")
    text = _INSTEAD.sub(f"{_RULE}logins by OAuth2\n", _TRIAL.sub("", text))
    text = text.replace('path = "mail/in"\n', _lines(mailbox, answers.mailbox))
    text = text.replace('path = "mail/out"\n', _lines(sending, answers.sending))
    text = re.sub(r"(?=^# -+ letters go out$)", _oauth("mailboxes", answers.mailbox), text, flags=re.MULTILINE)
    return re.sub(r"(?=^\[letters\]$)", _oauth("sending", answers.sending), text, flags=re.MULTILINE)


def _lines(shown: str, account: Account) -> str:
    """The settings of a server, those of this account without their "#"."""
    ours = _reached(account)
    beside = {"name", "address", "kind", "authserv_id"}  # which the table of the trial has
    return "".join(
        found["line"] if found["key"] in ours else found[0]
        for found in _SHOWN.finditer(shown)
        if found["key"] not in beside and not (found["key"] == "password" and account.oauth)
    )


def _reached(account: Account) -> dict[str, Value]:
    values: dict[str, Value] = {"host": account.host, "port": account.port, "security": account.security}
    values |= {"user": account.user, "folder": account.folder}
    if account.password is not None:
        values["password"] = secret(account.password)
    return {key: value for key, value in values.items() if value}


def _oauth(section: str, account: Account) -> str:
    """The table of a login by OAuth2, "" without one; both accounts share it."""
    if account.oauth is None:
        return ""
    values: dict[str, Value] = {"provider": account.oauth.provider, "client_id": account.oauth.client_id}
    if account.oauth.client_secret is not None:
        values["client_secret"] = secret(account.oauth.client_secret)
    values["tokens"] = str(account.oauth.tokens or "oauth/login.json")
    lines = [f"{key} = {preset.literal(value)}\n" for key, value in values.items()]
    return f"[{section}.oauth]                   # docs/oauth.md\n{''.join(lines)}\n"


def secret(one: Secret) -> dict[str, str]:
    """Where a secret is, as the file says it."""
    return {key: value for key in ("credential", "file", "env") if (value := getattr(one, key))}

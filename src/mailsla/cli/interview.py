"""The interview of `mailsla init`: each question, its default, and the trial of its answer."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import click

from mailsla.adapters.secrets import read_secret
from mailsla.cli import trying
from mailsla.cli.asking import Asking
from mailsla.config import guesses, preset
from mailsla.config.answers import Account, Answers, to_toml
from mailsla.config.formats import LANGUAGES, Wrong, wrong_address, wrong_language, wrong_prefix, wrong_zone
from mailsla.config.load import absolute_database
from mailsla.config.people import hours_of, people_of, wrong_hours, wrong_people
from mailsla.config.settings import OAuthSettings, Secret
from mailsla.errors import MailslaError

FILES = "files"
NO_LOGIN = "none"
PASSWORD_FILE = {"imap": "file:secrets/imap", "smtp": "file:secrets/smtp"}
SOURCES = ("file", "env", "credential")


@dataclass
class SetUp:
    """What came of it: the file, the passwords that were typed and where each is to be kept."""

    text: str = ""
    secrets: dict[Path, str] = field(default_factory=dict)
    database_works: bool = True


def interview(asking: Asking, folder: Path, *, tries: bool) -> SetUp:
    """Asks all of it. `folder`: of mailsla.toml. `tries`: whether servers, logins and database are tried at once."""
    made = SetUp()
    one = _Interview(asking, folder, made, tries)
    answers = one.answers()
    made.text = to_toml(answers)
    used = one.files_of([answers.mailbox, answers.sending])
    made.secrets = {path: value for path, value in made.secrets.items() if path in used}  # not what was mistyped
    return made


@dataclass
class _Interview:
    asking: Asking
    folder: Path
    made: SetUp
    tries: bool
    typed: dict[Secret, str] = field(default_factory=dict)  # what a source has no value for yet

    def answers(self) -> Answers:
        ask = self.asking.text
        address = ask("address", "The address that customers write to", self._address(), wrong_address)
        mailbox = self._mailbox(address)
        sending = self._sending(mailbox) if mailbox else None
        domain = address.rpartition("@")[2]
        operator = ask(
            "operator",
            "Your address, for alerts and the daily digest",
            f"postmaster@{domain}",
            lambda one: _other_than(address, one),
        )
        agents = ask("agents", "Who answers? Addresses, with commas between", operator, wrong_people)
        manager = ask("manager", "Who is told before a promise is missed? An address", operator, wrong_address)
        people = people_of(agents)
        zone = ask("zone", "Your time zone", _zone_here(), wrong_zone)
        language = ask("language", "The language of your customers and agents", _language_here(), wrong_language)
        hours = ask("hours", "Your opening hours", "mon-fri 09:00-17:00", wrong_hours)
        name = guesses.name_of(address)
        prefix = ask("prefix", "The prefix of references", guesses.prefix_of(name), wrong_prefix)
        promises = {one: preset.about(one) for one in preset.names()}
        return Answers(
            preset=self.asking.choice("preset", "What you promise", promises, preset.STANDARD),
            name=name,
            prefix=prefix,
            address=address,
            operator=operator,
            people=people,
            manager=next(one for one in people_of(f"{agents}, {manager}") if one.email.lower() == manager.lower()),
            zone=zone,
            language=language,
            hours=hours_of(hours),
            database=self._database(),
            mailbox=mailbox,
            sending=sending,
        )

    def _address(self) -> str | None:
        """Of the preset only where nobody is asked and no server is named: to try it out."""
        return "support@acme.example" if self.asking.quiet and not self.asking.has("imap") else None

    def _attempted(self, attempt: Callable[[], str]) -> str:
        return attempt() if self.tries else ""

    # the mailbox

    def _mailbox(self, address: str) -> Account | None:
        guess = FILES if self.asking.quiet else guesses.servers_of(address).imap
        account = self._server("imap", f'Its IMAP server ("{FILES}" = try it out with mail in files)', guess)
        if account is None:
            return None
        oauth = self._oauth(guesses.oauth_at(account.host))
        if oauth is not None:
            return replace(account, user=self._user("user", account.host, address), oauth=oauth)
        return self.asking.tested(
            ("user", "password", "folder"),
            lambda: replace(
                account,
                user=self._user("user", account.host, address),
                password=self._password("password", "imap"),
                folder=self._folder(),
            ),
            lambda one: self._attempted(lambda: trying.mailbox(one, self._login(one.password))),
        )

    def _server(self, kind: str, question: str, guess: str) -> Account | None:
        """How it is reached; None for files."""
        attempt, default = (trying.reached_imap, "tls") if kind == "imap" else (trying.reached_smtp, "starttls")
        found: list[Account] = []

        def reach(answer: str) -> str:
            host, port = trying.server_of(answer)
            if answer == FILES or not self.tries:
                return ""
            found.append(attempt(host, port))
            return f"{host} is reached {trying.way_of(found[-1], default)}"

        form = _server_or_files if kind == "imap" else trying.wrong_server
        answer = self.asking.tested((kind,), lambda: self.asking.text(kind, question, guess, form), reach)
        host, port = trying.server_of(answer)
        if answer == FILES:
            return None
        return found[-1] if found else Account(host=host, port=port)

    def _user(self, option: str, host: str, default: str) -> str:
        return self.asking.text(option, f"The login at {host}", default, _anything)

    def _folder(self) -> str:
        return self.asking.text("folder", "The folder", "INBOX", _anything) if self.asking.has("folder") else ""

    # the sending account

    def _sending(self, mailbox: Account) -> Account:
        reached = self._server("smtp", "The server that sends its mail", guesses.smtp_beside(mailbox.host))
        account = reached or Account(host=mailbox.host)
        if mailbox.oauth is not None:
            return replace(account, user=mailbox.user, oauth=mailbox.oauth)
        if self.tries and not self.asking.has("smtp-user") and not _offers_login(account):
            click.echo("  it wants no login")
            return account
        same = self.asking.confirmed("The same login there?") if not self.asking.has("smtp-user") else False
        options = ("smtp-user", "smtp-password")

        def logged_in() -> Account:
            if same and mailbox.user and not self.asking.has("smtp-password"):
                return replace(account, user=mailbox.user, password=mailbox.password)
            user = self._user("smtp-user", account.host, mailbox.user)
            if user == NO_LOGIN:
                return account
            return replace(account, user=user, password=self._password("smtp-password", "smtp"))

        return self.asking.tested(
            options,
            logged_in,
            lambda one: self._attempted(lambda: trying.sender(one, self._login(one.password))),
        )

    # secrets

    def files_of(self, accounts: Sequence[Account | None]) -> set[Path]:
        """Where the secrets of these accounts are."""
        passwords = [one.password for one in accounts if one]
        secrets = [*passwords, *(one.oauth.client_secret for one in accounts if one and one.oauth)]
        return {self._path(secret) for secret in secrets if secret and secret.file}

    def _oauth(self, provider: guesses.Provider) -> OAuthSettings | None:
        """A login by OAuth2 where the provider wants one, and an application is registered there."""
        if not provider or (self.asking.quiet and not self.asking.has("oauth-client")):
            return None
        who = {"google": "Google", "microsoft": "Microsoft"}[provider]
        if not self.asking.has("oauth-client") and not self.asking.confirmed(
            f"{who} takes no plain passwords. Log in by OAuth2 (docs/oauth.md)?"
        ):
            return None
        client = self.asking.text("oauth-client", f"The client id of your application at {who}", None, _anything)
        secret = Secret(file="secrets/oauth") if provider == "google" else None
        if secret is not None and not self.asking.quiet and not self._path(secret).exists():
            typed = self.asking.hidden(f"Its client secret (kept in {secret.file}; empty: you put it there)")
            if typed:
                self.made.secrets[self._path(secret)] = typed
        return OAuthSettings(provider=provider, client_id=client, client_secret=secret, tokens=Path("oauth/login.json"))

    def _password(self, option: str, kind: str) -> Secret:
        """The password itself is asked for first: who is asked where it is types it there, for all to see."""
        usual = _secret(PASSWORD_FILE[kind])
        first = not self.asking.quiet and not self.asking.has(option) and self._absent(usual)
        if first and self._typed(usual, f"The password (kept in {usual.file}; empty: it is elsewhere)"):
            return usual
        question = "Where its password is (file:PATH, env:NAME or credential:NAME)"
        secret = _secret(self.asking.text(option, question, PASSWORD_FILE[kind], _wrong_source))
        if not self.asking.quiet and self._absent(secret):
            kept = f"it is kept in {secret.file}" if secret.file else "for a test only; it is kept nowhere"
            self._typed(secret, f"The password ({kept})")
        return secret

    def _typed(self, secret: Secret, question: str) -> bool:
        """Whether a person typed it."""
        typed = self.asking.hidden(question)
        if typed:
            self.typed[secret] = typed
            if secret.file:
                self.made.secrets[self._path(secret)] = typed
        return bool(typed)

    def _absent(self, secret: Secret) -> bool:
        if secret.file:
            return not self._path(secret).exists()
        if secret.credential:
            return not Path(os.environ.get("CREDENTIALS_DIRECTORY", ""), secret.credential).is_file()
        return secret.env not in os.environ

    def _path(self, secret: Secret) -> Path:
        return self.folder / secret.file

    def _login(self, secret: Secret | None) -> Callable[[], str]:
        def read() -> str:
            assert secret is not None  # an account without OAuth2 that is tried has one
            there = replace(secret, file=str(self._path(secret))) if secret.file else secret
            return self.typed.get(secret) or read_secret(there, "password")

        return read

    # the database

    def _database(self) -> str:
        def attempt(url: str) -> str:
            self.made.database_works = False
            said = self._attempted(lambda: trying.database(absolute_database(url, self.folder)))
            self.made.database_works = True
            return said

        ask = partial(self.asking.text, "database", "The database", "sqlite:///mailsla.db", _wrong_database)
        return self.asking.tested(("database",), ask, attempt)


def _offers_login(account: Account) -> bool:
    """Yes where it can't be asked: then the login is asked for."""
    try:
        return trying.wants_login(account)
    except MailslaError:
        return True


def _anything(text: str) -> Wrong:
    return None if text.strip() else ("is empty", "give one")


def _other_than(address: str, text: str) -> Wrong:
    if text.lower() == address.lower():
        return "alerts would come in as complaints", "give the address of a person or of another mailbox"
    return wrong_address(text)


def _server_or_files(text: str) -> Wrong:
    return None if text == FILES else trying.wrong_server(text)


def _wrong_source(text: str) -> Wrong:
    kind, _, place = text.partition(":")
    if kind in SOURCES and place:
        return None
    return "that says no place; a password itself is never written down", "write file:PATH, env:NAME or credential:NAME"


def _secret(text: str) -> Secret:
    kind, _, place = text.partition(":")
    return Secret(**{kind: place})


def _wrong_database(url: str) -> Wrong:
    from mailsla.config.check_mail import faults_of_database

    fault = next(faults_of_database(url), None)
    return (fault.what, fault.mend) if fault else None


def _zone_here() -> str:
    """This machine's, where it says so by a name."""
    named = os.environ.get("TZ") or os.path.realpath("/etc/localtime").rpartition("/zoneinfo/")[2]
    return named if wrong_zone(named) is None else "Etc/UTC"


def _language_here() -> str:
    named = os.environ.get("LANG", "")[:2]
    return named if named in LANGUAGES else "en"

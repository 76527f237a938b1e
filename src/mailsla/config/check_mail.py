"""Cross-checks of where mail comes from and goes to: instance, database, mailboxes, sending."""

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from mailsla.config.faults import Fault, meant, misformed
from mailsla.config.formats import (
    languages_with,
    loopback,
    wrong_address,
    wrong_date,
    wrong_domain,
    wrong_language,
    wrong_line,
    wrong_name,
    wrong_new_folder,
    wrong_prefix,
    wrong_zone,
)
from mailsla.config.lines import KeyPath
from mailsla.config.settings import MailboxSettings, Secret, SendingSettings, Settings
from mailsla.config.shape import SECRET_FORMS
from mailsla.core.access.tokens import VERP

LONGEST_TOKEN = len("confirm.") + 26  # what an address with a token adds to the local part, besides the delimiter
LOCAL_PART = 64  # octets, RFC 5321 section 4.5.3.1.1
LONGEST_IDLE = 29 * 60  # seconds, RFC 2177
DELIMITERS = "+-=_"
SCHEMES = ("sqlite", "postgresql")


def faults_of_mail(settings: Settings) -> Iterator[Fault]:
    """All of this file's checks."""
    yield from _instance(settings)
    yield from faults_of_database(settings.database)
    languages = languages_with(settings.templates)
    for index, mailbox in enumerate(settings.mailboxes):
        yield from _mailbox(mailbox, ("mailboxes", index), languages)
    yield from _mailboxes_together(settings)
    yield from _sending(settings)


def _instance(settings: Settings) -> Iterator[Fault]:
    yield from misformed(("instance", "name"), settings.name, wrong_name)
    yield from misformed(("instance", "prefix"), settings.prefix, wrong_prefix)
    yield from misformed(("instance", "host"), settings.host, wrong_domain)
    yield from misformed(("instance", "operator"), settings.operator, wrong_address)
    if settings.operator.lower() in _support_addresses(settings):
        what = f"{settings.operator} is the address of a mailbox: alerts would come in as complaints"
        yield Fault(("instance", "operator"), what, "give the address of a person or of another mailbox")


def faults_of_database(url: str) -> Iterator[Fault]:
    path: KeyPath = ("database", "url")
    parts = urlsplit(url)
    scheme = parts.scheme.partition("+")[0]
    if scheme not in SCHEMES:
        yield Fault(path, f'"{scheme}" is no database that mailsla can use', 'write "sqlite:///mailsla.db"')
    elif parts.password is not None or "password=" in parts.query:
        mend = "leave the password out of the URL and put it into ~/.pgpass of the user that mailsla runs as"
        yield Fault(path, "a password does not belong into this file", mend)
    elif scheme == "sqlite" and (parts.netloc or parts.path in ("", "/", "/:memory:")):
        what = "it names no file, so nothing would be kept"
        yield Fault(path, what, 'write "sqlite:///mailsla.db", or four slashes before an absolute path')


def _mailbox(mailbox: MailboxSettings, at: KeyPath, languages: Sequence[str]) -> Iterator[Fault]:
    yield from misformed((*at, "name"), mailbox.name, wrong_name)
    yield from misformed((*at, "address"), mailbox.address, wrong_address)
    yield from misformed((*at, "language"), mailbox.language, partial(wrong_language, known=languages))
    yield from misformed((*at, "zone"), mailbox.zone, wrong_zone)
    yield from _reach(mailbox, at)
    if mailbox.start_from not in ("now", "all") and wrong_date(mailbox.start_from):
        what = f'"{mailbox.start_from}" is none of now, all, a date'
        yield Fault((*at, "start_from"), what, 'write "now", "all" or a date such as "2026-11-20"')
    yield from _sent_folder(mailbox, at)
    yield from _display(mailbox, at)
    yield from _token_address(mailbox, at)
    yield from _bounds(mailbox, at)
    if not mailbox.authserv_id:
        mend = 'write the name that your server puts first into Authentication-Results, else "none"'
        yield Fault((*at, "authserv_id"), "is empty", mend)
    for number, form in enumerate(mailbox.forms):
        yield from misformed((*at, "forms", number), form, wrong_address)
    if mailbox.forms and mailbox.authserv_id == "none":
        what = "without authserv_id nothing proves that a mail is from a form, so they mean nothing"
        yield Fault((*at, "forms"), what, "set authserv_id, or leave forms out")
    if any(char in ' (){%*"\\]' or not 32 < ord(char) < 127 for char in mailbox.keyword) or not mailbox.keyword:
        mend = 'write a word such as "$mailsla"'
        yield Fault((*at, "keyword"), f'"{mailbox.keyword}" is no IMAP keyword (RFC 3501)', mend)


def _reach(mailbox: MailboxSettings, at: KeyPath) -> Iterator[Fault]:
    """What each kind of mailbox needs to be read."""
    if mailbox.kind == "maildir" and mailbox.path is None:
        yield Fault((*at, "path"), 'is missing for kind = "maildir"', 'add: path = "mail/in"')
    if mailbox.kind != "imap":
        return
    if not mailbox.host:
        yield Fault((*at, "host"), 'is missing for kind = "imap"', 'add: host = "imap.acme.example"')
    if not mailbox.user:
        yield Fault((*at, "user"), 'is missing for kind = "imap"', 'add: user = "support@acme.example"')
    if mailbox.password is None and mailbox.oauth is None:
        yield Fault((*at, "password"), 'is missing for kind = "imap"', f"say where it is: {SECRET_FORMS}")
    for key, folder in (("folder", mailbox.folder), ("sent_folder", mailbox.sent_folder)):
        yield from misformed((*at, key), folder, wrong_line)
    for key in ("done_folder", "waiting_folder", "resolved_folder"):
        yield from misformed((*at, key), getattr(mailbox, key), wrong_new_folder)
    yield from _secrets(mailbox, at)
    yield from _encrypted(mailbox, at)


def _sent_folder(mailbox: MailboxSettings, at: KeyPath) -> Iterator[Fault]:
    path = (*at, "sent_folder")
    if not mailbox.sent_folder:
        if mailbox.sent_opens_tickets:
            what = "means nothing without sent_folder"
            yield Fault((*at, "sent_opens_tickets"), what, 'add: sent_folder = "auto", or leave it out')
    elif mailbox.kind == "pipe":
        yield Fault(path, "a pipe has no folders", 'watch the mailbox that agents send from: kind = "imap"')
    elif mailbox.kind == "maildir" and mailbox.sent_folder == "auto":
        yield Fault(path, "a Maildir does not say which folder that is", 'write its name: sent_folder = "Sent"')
    elif mailbox.sent_folder in (mailbox.folder, mailbox.done_folder):
        what = f"{mailbox.sent_folder} holds what customers write: it would count as sent by us"
        yield Fault(path, what, 'name the folder of sent mail, or write "auto"')


def _display(mailbox: MailboxSettings, at: KeyPath) -> Iterator[Fault]:
    """What is shown in a mailbox of how its tickets stand."""
    folders = {"waiting_folder": mailbox.waiting_folder, "resolved_folder": mailbox.resolved_folder}
    used = [key for key, value in {"state": mailbox.state.replace("none", ""), **folders}.items() if value]
    for key in used:
        if mailbox.kind != "imap":
            yield Fault((*at, key), f"a {mailbox.kind} shows nothing to people", 'leave it out, or use kind = "imap"')
        elif mailbox.mark == "move":
            what = f'mark = "move" puts each mail into {mailbox.done_folder}, where nobody would see it'
            yield Fault((*at, key), what, 'write mark = "keyword"')
    taken = {mailbox.folder: "folder", mailbox.sent_folder: "sent_folder"}
    for key, folder in folders.items():
        if folder and folder in taken:
            yield Fault((*at, key), f"{folder} is the {taken[folder]}, too", "give each a folder of its own")
        taken[folder] = key


def _token_address(mailbox: MailboxSettings, at: KeyPath) -> Iterator[Fault]:
    """Whether addresses with a token can be made (mail.md section 3)."""
    if mailbox.reply_domain:
        yield from misformed((*at, "reply_domain"), mailbox.reply_domain, wrong_domain)
        return
    if len(mailbox.delimiter) != 1 or mailbox.delimiter not in DELIMITERS:
        what = f'"{mailbox.delimiter}" can\'t part an address from its token'
        yield Fault((*at, "delimiter"), what, f"use one of {' '.join(DELIMITERS)}, as your server has it")
    local = mailbox.address.rpartition("@")[0]
    if len(local) + 1 + LONGEST_TOKEN > LOCAL_PART:
        what = f"with a token it would be longer than the {LOCAL_PART} characters that mail allows before the @"
        mend = f"use a name of at most {LOCAL_PART - LONGEST_TOKEN - 1} characters, or set reply_domain"
        yield Fault((*at, "address"), what, mend)


def _bounds(mailbox: MailboxSettings, at: KeyPath) -> Iterator[Fault]:
    if not 0 < mailbox.idle_renew_seconds <= LONGEST_IDLE:
        what = f"{mailbox.idle_renew_seconds} is not between 1 and {LONGEST_IDLE}: servers drop longer ones (RFC 2177)"
        yield Fault((*at, "idle_renew_seconds"), what, "leave it out for 600")
    for key, seconds in (("poll_seconds", mailbox.poll_seconds), ("timeout_seconds", mailbox.timeout_seconds)):
        if seconds <= 0:
            yield Fault((*at, key), f"{seconds} is no time", "give at least one second, or leave it out")


def _mailboxes_together(settings: Settings) -> Iterator[Fault]:
    if not settings.mailboxes:
        yield Fault(("mailboxes",), "there is none", 'add: [[mailboxes]] with name = "support" and its address')
    seen: dict[tuple[str, object], str] = {}
    for index, mailbox in enumerate(settings.mailboxes):
        for key, value, then in (
            ("name", mailbox.name, "nothing could tell them apart"),
            ("address", mailbox.address.lower(), "an answer would belong to both"),
            ("path", mailbox.path, "each mail would be read twice"),
            ("folder", mailbox.host and (mailbox.host, mailbox.user, mailbox.folder), "each mail would be read twice"),
        ):
            if value and (key, value) in seen:
                what = f'is the same as that of mailbox "{seen[key, value]}": {then}'
                yield Fault(("mailboxes", index, key), what, "give each mailbox its own, or remove one")
            seen.setdefault((key, value), mailbox.name)


def _sending(settings: Settings) -> Iterator[Fault]:
    sending, at = settings.sending, ("sending",)
    if sending.bounce_address not in ("", VERP):
        yield from misformed((*at, "bounce_address"), sending.bounce_address, wrong_address)
    for key, seconds in (
        ("timeout_seconds", sending.timeout_seconds),
        ("data_timeout_seconds", sending.data_timeout_seconds),
    ):
        if seconds <= 0:
            yield Fault((*at, key), f"{seconds} is no time", "give at least one second, or leave it out")
    if sending.kind == "maildir":
        yield from _outgoing_maildir(sending.path, settings)
        return
    if not sending.host:
        yield Fault((*at, "host"), 'is missing for kind = "smtp"', 'add: host = "smtp.acme.example"')
    if sending.user and sending.password is None and sending.oauth is None:
        yield Fault((*at, "password"), f'is missing for user "{sending.user}"', f"say where it is: {SECRET_FORMS}")
    if not sending.user and (sending.password or sending.oauth):
        what = f"is missing, but there is {'a password' if sending.password else 'oauth'}"
        yield Fault((*at, "user"), what, 'add: user = "support@acme.example"')
    yield from _secrets(sending, at)
    yield from _encrypted(sending, at)


def _outgoing_maildir(path: Path | None, settings: Settings) -> Iterator[Fault]:
    if path is None:
        yield Fault(("sending", "path"), 'is missing for kind = "maildir"', 'add: path = "mail/out"')
    elif any(mailbox.path == path for mailbox in settings.mailboxes):
        what = "is also a mailbox's: each letter would come in as a complaint"
        yield Fault(("sending", "path"), what, "give it a folder of its own")


def _secrets(account: MailboxSettings | SendingSettings, at: KeyPath) -> Iterator[Fault]:
    yield from _secret(account.password, (*at, "password"))
    if account.oauth is not None:
        yield from _secret(account.oauth.client_secret, (*at, "oauth", "client_secret"))


def _secret(secret: Secret | None, at: KeyPath) -> Iterator[Fault]:
    if secret is not None and sum(map(bool, (secret.credential, secret.file, secret.env))) != 1:
        yield Fault(at, "must say exactly one place where the secret is", f"one of {SECRET_FORMS}")


def _encrypted(account: MailboxSettings | SendingSettings, at: KeyPath) -> Iterator[Fault]:
    yield from misformed((*at, "user"), account.user, wrong_line)
    if account.host:
        yield from _host(account.host, (*at, "host"))
    if not 0 <= account.port <= 65535:
        yield Fault((*at, "port"), f"{account.port} is no port", "leave it out for the usual one")
    if account.security == "none" and account.host and not loopback(account.host):
        what = f'"none" would send mail and password to {account.host} in clear text'
        yield Fault((*at, "security"), what, 'write "tls" or "starttls"; "none" is for this machine only (127.0.0.1)')


def _host(host: str, at: KeyPath) -> Iterator[Fault]:
    if "://" in host or "/" in host:
        yield Fault(
            at, f'"{host}" is a URL, not a host', meant(urlsplit(host).hostname or "", (), "give the bare name")
        )
    elif ":" not in host:  # an IPv6 address
        yield from misformed(at, host, wrong_domain)


def _support_addresses(settings: Settings) -> frozenset[str]:
    return frozenset(mailbox.address.lower() for mailbox in settings.mailboxes)

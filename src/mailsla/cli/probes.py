"""What `mailsla check` looks at: each probe gives findings, and none that hangs holds up the others."""

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from mailsla.config.settings import MailboxSettings, SendingSettings, Settings
from mailsla.errors import ConfigError, MailslaError, PermanentError, Problem, TemporaryError

NETWORK_SECONDS = 10  # of each network operation, where the configuration allows more
ALL_SECONDS = 30  # for a server that answers, but never comes to an end


class State(StrEnum):
    """What was found: in order, worth knowing, not reachable now, wrong."""

    OK = "ok"
    WARNING = "warning"
    LATER = "temporary"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    state: State
    what: str
    said: str
    mend: str = ""


Probe = Callable[[], list[Finding]]


def findings(config: Path | None) -> list[Finding]:
    """All of them, in the order in which a set-up is mended. Never raises for what is wrong with it."""
    from mailsla.config.advice import warnings
    from mailsla.config.load import find, load

    try:
        path = find(config)
        settings = load(path)
    except ConfigError as error:
        rest = "database, mailboxes, sending account and letters are checked once the configuration can be read"
        return [*map(_wrong, error.problems), Finding(State.WARNING, "not checked", rest)]
    network = [_probe_of_mailbox(mailbox) for mailbox in settings.mailboxes] + [_probe_of_sending(settings.sending)]
    waiting = [_started(what, probe) for what, probe in network]
    return [
        Finding(State.OK, "configuration", str(path)),
        *(Finding(State.WARNING, *_parts(problem)) for problem in warnings(settings)),
        *_database(settings),
        *(finding for wait in waiting for finding in wait()),
        *_letters(settings),
    ]


def _wrong(problem: Problem) -> Finding:
    return Finding(State.WRONG, *_parts(problem))


def _parts(problem: Problem) -> tuple[str, str, str]:
    return problem.where, problem.what, problem.mend


def _failed(what: str, error: MailslaError) -> list[Finding]:
    """An error as findings: what may work later is no fault of the configuration."""
    if isinstance(error, ConfigError):
        return [_wrong(problem) for problem in error.problems]
    state = State.LATER if isinstance(error, TemporaryError) else State.WRONG
    return [Finding(state, what, error.message.removeprefix(f"{what}: "), error.mend)]


def _database(settings: Settings) -> list[Finding]:
    from mailsla.adapters.db.engine import database_file
    from mailsla.adapters.db.migrate import state

    what = "database"
    try:
        file = database_file(settings.database)
        found = state(settings.database)
        if found == "newer":
            mend = "upgrade mailsla, or name another database"
            return [Finding(State.WRONG, what, "it is of a newer version of mailsla", mend)]
    except MailslaError as error:
        return _failed(what, error)
    where = str(file) if file else "the configured server"
    if found != "current":
        said = "it is not there yet" if found == "absent" else "it is of an earlier version of mailsla"
        return [Finding(State.WRONG, what, f"{where}: {said}", "mailsla db upgrade")]
    if file is not None and not (os.access(file, os.W_OK) and os.access(file.parent, os.W_OK)):
        mend = "let the user that mailsla runs as write it and its folder"
        return [Finding(State.WRONG, what, f"{where}: it can't be written", mend)]
    return [Finding(State.OK, what, where)]


def _letters(settings: Settings) -> list[Finding]:
    from mailsla.adapters.letters import lint
    from mailsla.adapters.shipped import shipped
    from mailsla.adapters.zones import zone

    problems = lint(shipped("templates"), settings.templates, zone)
    if problems:
        return [_wrong(problem) for problem in problems]
    own = f", with yours from {settings.templates}" if settings.templates else ""
    return [Finding(State.OK, "letters", f"every kind renders in every language{own}")]


def _probe_of_mailbox(mailbox: MailboxSettings) -> tuple[str, Probe]:
    what = f"mailbox {mailbox.name}"
    if mailbox.kind == "pipe":
        return what, lambda: [Finding(State.OK, what, "an MTA gives its mails to `mailsla deliver`")]
    if mailbox.kind == "maildir":
        return what, lambda: list(_maildir(what, mailbox))
    return what, lambda: list(_imap(what, _hurried(mailbox)))


def _maildir(what: str, mailbox: MailboxSettings) -> Iterator[Finding]:
    from mailsla import bootstrap

    with closing(bootstrap.source_of(mailbox)) as source:
        count = len(source.survey().uids)
    yield Finding(State.OK, what, f"Maildir {mailbox.path}, {_mails(count)}")
    path = mailbox.path
    if mailbox.mark == "move" and path is not None and not os.access(path, os.W_OK):
        mend = 'let the user that mailsla runs as write it, or set mark = "none"'
        yield Finding(
            State.WRONG, what, f"{path} can't be written, so no mail can be moved when it is dealt with", mend
        )


def _imap(what: str, mailbox: MailboxSettings) -> Iterator[Finding]:
    from mailsla import bootstrap
    from mailsla.adapters.imap import ImapSource

    with closing(
        ImapSource(mailbox, bootstrap.secret_of(mailbox.password, f"mailboxes.{mailbox.name}.password"))
    ) as imap:
        probe = imap.probe()
    idle = "announces new mail (IDLE)" if "IDLE" in probe.capabilities else f"is asked every {mailbox.poll_seconds} s"
    place = f"{mailbox.user} at {mailbox.host}, folder {probe.folder}"
    yield Finding(State.OK, what, f"{place}: {_mails(probe.count)}; the server {idle}")
    if probe.marking != mailbox.mark:
        said = f'mark = "{mailbox.mark}" is not possible there: "{probe.marking}" is done instead'
        yield Finding(
            State.WARNING, what, said, f'set mark = "{probe.marking}", or give {mailbox.user} the right to it'
        )


def _probe_of_sending(sending: SendingSettings) -> tuple[str, Probe]:
    what = "sending account"
    if sending.kind == "maildir":
        return what, lambda: _maildir_to_send(what, sending)
    return what, lambda: _smtp(what, _hurried_sending(sending))


def _maildir_to_send(what: str, sending: SendingSettings) -> list[Finding]:
    """The folder is made with the first letter, so the nearest folder that is there must be writable."""
    path = sending.path
    if path is None:
        return [Finding(State.WRONG, what, "sending.path is missing", "name the Maildir that letters go to")]
    there = next(one for one in (path / "new", path, *path.parents) if one.exists())
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        return [Finding(State.WRONG, what, f"{there} can't be written", "let the user that mailsla runs as write it")]
    return [Finding(State.OK, what, f"Maildir {path}")]


def _smtp(what: str, sending: SendingSettings) -> list[Finding]:
    from mailsla import bootstrap
    from mailsla.adapters.smtp import SmtpTransport

    with closing(SmtpTransport(sending, bootstrap.secret_of(sending.password, "sending.password"))) as transport:
        probe = transport.probe()
    login = f"logged in as {sending.user}" if probe.logged_in else "without a login"
    largest = f", takes letters of up to {probe.largest // 1_000_000} MB" if probe.largest else ""
    return [Finding(State.OK, what, f"{sending.host}, {login}{largest}")]


def _hurried(mailbox: MailboxSettings) -> MailboxSettings:
    return replace(mailbox, timeout_seconds=min(mailbox.timeout_seconds, NETWORK_SECONDS))


def _hurried_sending(sending: SendingSettings) -> SendingSettings:
    return replace(sending, timeout_seconds=min(sending.timeout_seconds, NETWORK_SECONDS))


def _started(what: str, probe: Probe) -> Probe:
    """Run the probe in a thread that is left behind when it does not end in time; what is given back waits for it."""
    found: list[Finding] = []

    def run() -> None:
        try:
            found.extend(probe())
        except (TemporaryError, PermanentError, ConfigError) as error:
            found.extend(_failed(what, error))

    def wait() -> list[Finding]:
        thread.join(max(deadline - time.monotonic(), 0))
        if thread.is_alive():
            said = f"no end within {ALL_SECONDS} s: the server answers too slowly"
            return [Finding(State.LATER, what, said, "try again; see its log, and the network between")]
        if not found:
            raise RuntimeError(f"the check of {what} failed by a mistake of mailsla, see above")
        return found

    thread = threading.Thread(target=run, name=f"check {what}", daemon=True)
    thread.start()
    deadline = time.monotonic() + ALL_SECONDS
    return wait


def _mails(count: int) -> str:
    return f"{count} mail{'' if count == 1 else 's'}"

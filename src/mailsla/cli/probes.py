"""What `mailsla check` looks at: each probe gives findings, and none that hangs holds up the others."""

import os
import threading
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from mailsla.cli.finding import Finding, Probe, State, failed, warned, wrong
from mailsla.cli.output import iso
from mailsla.cli.probe_database import database
from mailsla.cli.probe_letters import letters
from mailsla.cli.probe_links import action_links
from mailsla.config.lines import KeyPath
from mailsla.config.settings import MailboxSettings, SendingSettings, Settings
from mailsla.errors import ConfigError, PermanentError, Problem, TemporaryError

if TYPE_CHECKING:  # pydantic is slow to import, and --help needs none of it
    from mailsla.config.load import Examined

NETWORK_SECONDS = 10  # of each network operation, where the configuration allows more
ALL_SECONDS = 30  # for a server that answers, but never comes to an end
HERE = (("database",), ("letters",))  # looked at one after the other, while the servers are waited for
# The keys of a mailbox and of [sending] that say nothing about how its server or folder is reached.
BESIDES = frozenset(
    {
        "address", "display_name", "language", "zone", "start_from", "poll_seconds", "idle_renew_seconds",
        "authserv_id", "delimiter", "reply_domain", "own_lists", "forms", "bounce_address", "digest_at",
    }
)  # fmt: skip


def findings(config: Path | None) -> list[Finding]:
    """All of them, in the order in which a set-up is mended. Never raises for what is wrong with it.

    What no fault of the configuration touches is looked at all the same.
    """
    from mailsla.config.load import Examined, examine, find

    path = Path()
    try:
        path = find(config)
        examined = examine(path)
    except ConfigError as error:
        examined = Examined(None, error.problems)
    if examined.settings is None:
        everything = ["database", "mailboxes", "sending account", "letters"]
        return [*map(wrong, examined.problems), _unchecked(everything)]
    return _of_settings(path, examined, examined.settings)


def _of_settings(path: Path, examined: "Examined", settings: Settings) -> list[Finding]:
    from mailsla.bootstrap import system_clock
    from mailsla.config.advice import warnings
    from mailsla.config.run_out import run_out

    places: list[tuple[KeyPath, tuple[str, Probe]]] = [
        (("database",), ("database", lambda: database(settings))),
        *((("mailboxes", index), _probe_of_mailbox(one)) for index, one in enumerate(settings.mailboxes)),
        (("sending",), _probe_of_sending(settings.sending)),
        (("letters",), ("letters", lambda: letters(settings))),
    ]
    waiting = [
        probe if at in HERE else _started(what, probe) for at, (what, probe) in places if not _touched(examined, at)
    ]
    skipped = [_called(examined, at, what) for at, (what, _) in places if _touched(examined, at)]
    over = [] if _touched(examined, ("calendars",)) else run_out(settings, system_clock())
    found = [wrong(problem) for problem in (*examined.problems, *over)]
    if not found:
        links = map(action_links, settings.mailboxes)
        found = [Finding(State.OK, "configuration", str(path)), *links, *map(warned, warnings(settings))]
    found += map(wrong, _secrets(settings))
    # A server that was reached asked for its password too, and says the same.
    found += [finding for result in waiting for finding in result() if finding not in found]
    return [*found, _unchecked(skipped)] if skipped else found


def _secrets(settings: Settings) -> Sequence[Problem]:
    """A server that is away, or asks for no password, says nothing of one that is not there."""
    from mailsla import bootstrap

    return bootstrap.unreadable_secrets(settings)


def _touched(examined: "Examined", at: KeyPath) -> bool:
    """Whether what stands there, or above it, may be a stand-in, or is not what was meant."""
    besides = BESIDES if at[0] in ("mailboxes", "sending") else ()
    return any(
        path[: len(at)] == at[: len(path)] and not (len(path) > len(at) and path[-1] in besides)
        for path in examined.faulty
    )


def _called(examined: "Examined", at: KeyPath, what: str) -> str:
    """A mailbox without a name is called by its number."""
    return f"{what.split()[0]} {int(at[1]) + 1}" if (*at, "name") in examined.faulty else what


def _unchecked(what: Sequence[str]) -> Finding:
    return Finding(State.WARNING, "not checked", f"{', '.join(what)}: first mend what is wrong with the configuration")


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
    if mailbox.sent is not None:
        yield from _sent_folder(what, mailbox.sent)
    path = mailbox.path
    if mailbox.mark == "move" and path is not None and not os.access(path, os.W_OK):
        mend = 'let the user that mailsla runs as write it, or set mark = "none"'
        yield Finding(
            State.WRONG, what, f"{path} can't be written, so no mail can be moved when it is dealt with", mend
        )


def _imap(what: str, mailbox: MailboxSettings) -> Iterator[Finding]:
    from mailsla import bootstrap
    from mailsla.adapters.imap import ImapSource

    with closing(ImapSource(mailbox, bootstrap.login_of(mailbox))) as imap:
        probe = imap.probe()
    idle = "announces new mail (IDLE)" if "IDLE" in probe.capabilities else f"is asked every {mailbox.poll_seconds} s"
    place = f"{mailbox.user} at {mailbox.host}, folder {probe.folder}"
    yield Finding(State.OK, what, f"{place}: {_mails(probe.count)}; the server {idle}")
    yield from _login_ends(what, mailbox)
    if probe.marking != mailbox.mark:
        said = f'mark = "{mailbox.mark}" is not possible there: "{probe.marking}" is done instead'
        yield Finding(
            State.WARNING, what, said, f'set mark = "{probe.marking}", or give {mailbox.user} the right to it'
        )
    yield from _display(what, mailbox, probe.capabilities, keywords=probe.keywords)
    if mailbox.sent is not None:
        yield from _sent_folder(what, mailbox.sent)


def _sent_folder(what: str, sent: MailboxSettings) -> Iterator[Finding]:
    """That which is watched for answers that go past mailsla."""
    from mailsla import bootstrap

    name = f"{what}: sent_folder"
    try:
        with closing(bootstrap.source_of(sent)) as source:
            count = len(source.survey().uids)
    except (TemporaryError, PermanentError) as error:  # the mailbox itself is fine
        yield from failed(name, error)
        return
    yield Finding(State.OK, name, f"{_mails(count)}; what is sent from there to a customer counts as the answer")


def _display(
    what: str, mailbox: MailboxSettings, capabilities: Collection[str], *, keywords: bool
) -> Iterator[Finding]:
    """Whether the server lets us show there how tickets stand."""
    if mailbox.state == "keywords" and not keywords:
        said = "the server keeps no new keywords in this folder (PERMANENTFLAGS): no mail shows how its ticket stands"
        mend = f'set state = "none", or give {mailbox.user} the right to it'
        yield Finding(State.WRONG, f"{what}: state", said, mend)
    missing = [name for name in ("MOVE", "UIDPLUS") if name not in capabilities]
    if (mailbox.waiting_folder or mailbox.resolved_folder) and missing:
        said = f"the server has no {' and no '.join(missing)}: no mail can be moved and found again"
        mend = "leave waiting_folder and resolved_folder out"
        yield Finding(State.WRONG, f"{what}: folders by status", said, mend)


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

    with closing(SmtpTransport(sending, bootstrap.login_of(sending))) as transport:
        probe = transport.probe()
    login = f"logged in as {sending.user}" if probe.logged_in else "without a login"
    largest = f", takes letters of up to {probe.largest // 1_000_000} MB" if probe.largest else ""
    return [Finding(State.OK, what, f"{sending.host}, {login}{largest}"), *_login_ends(what, sending)]


def _login_ends(what: str, account: MailboxSettings | SendingSettings) -> Iterator[Finding]:
    """A login by OAuth2 that has to be made anew soon."""
    from mailsla import bootstrap

    login = bootstrap.oauth_of(account)
    until = login.runs_out_soon() if login else None
    if login and until is not None:
        said = f"its login ends at {iso(until)}, unless a person renews it"
        yield Finding(State.WARNING, what, said, f"run `mailsla oauth login {login.account}`")


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
            found.extend(failed(what, error))

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

"""What `mailsla check --live --auth-probe` finds: an agent writes once, and Authentication-Results says what fits."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mailsla.cli.finding import Finding, State, failed
from mailsla.cli.words import listing, wait_of
from mailsla.config.settings import MailboxSettings, Settings
from mailsla.core.access.authentication import NONE, TOPMOST, Result, login_proven, servers, verdict
from mailsla.core.directory import Agent
from mailsla.core.mail.parsed import ParsedMail
from mailsla.errors import ConfigError, PermanentError, TemporaryError

if TYPE_CHECKING:
    from mailsla.flows.probing import Arrived

CODE = 10  # characters: short enough to be typed


def auth_probe(config: Path | None, patience: int) -> list[Finding]:
    """Of the first mailbox that is read; `patience`: seconds that the agent has."""
    from mailsla.config.load import find, load

    try:
        settings = load(find(config))
    except ConfigError:
        return []  # `check` has said what is wrong with it
    mailbox = next((one for one in settings.mailboxes if one.kind != "pipe"), None)
    if mailbox is None or not settings.directory.agents:
        said = "there is no mailbox to read, or no agent to write to it"
        return [Finding(State.WARNING, "authentication of agents", said)]
    try:
        arrived = _asked(settings, mailbox, patience)
    except (TemporaryError, PermanentError, ConfigError) as error:
        return failed(_what(mailbox), error)
    if arrived is None:
        mend = "run it again, and let the agent write as soon as it asks"
        return [Finding(State.WARNING, _what(mailbox), f"no such mail came within {wait_of(patience)}", mend)]
    return judged(settings, mailbox, arrived.mail)


def _asked(settings: Settings, mailbox: MailboxSettings, patience: int) -> "Arrived | None":
    from mailsla import bootstrap
    from mailsla.adapters.reader import Reader
    from mailsla.core.mail.probe import subject_of
    from mailsla.flows.probing import Watch

    code = bootstrap.RandomIds().public()[:CODE]
    with closing(bootstrap.source_of(replace(mailbox, mark="none"))) as source:
        watch = Watch({mailbox.folder: source}, Reader(), bootstrap.system_clock)
        emails = [agent.email for agent in settings.directory.agents.values()]
        subject = subject_of(code)
        click.echo(f"Ask an agent ({listing(emails)}) to write one mail, as they always do:", err=True)
        click.echo(f"  to:      {mailbox.address}\n  subject: {subject}", err=True)
        click.echo(f"  (a link: mailto:{mailbox.address}?subject={subject.replace(' ', '%20')})", err=True)
        click.echo(f"Waiting up to {wait_of(patience)}; no ticket comes of it.", err=True)
        watch.until([code], bootstrap.system_clock() + patience)
        return watch.of(code)


def judged(settings: Settings, mailbox: MailboxSettings, mail: ParsedMail) -> list[Finding]:
    """Which `authserv_id` fits a server that delivered this mail of an agent, and what that means."""
    what, sender = _what(mailbox), mail.sender.email if mail.sender else ""
    agent = settings.directory.agent_by_email(sender) if sender else None
    if agent is None:
        said = f"the mail came from {sender or 'nobody'}, who is no agent"
        return [Finding(State.WARNING, what, said, "let an agent write, or add the address to `other_emails`")]
    names = servers(mail.authentication_results)
    if not names:
        return [_unstamped(what, mailbox)]
    fitting = names[0] or TOPMOST
    found = [_proof(what, mailbox, mail, agent, fitting)]
    if not _same_house(fitting, mailbox):
        said = f'"{fitting}" does not look like a server of yours: who else may write that name could pass for an agent'
        found.append(
            Finding(State.WARNING, what, said, "make sure that your own server removes and writes it (RFC 8601)")
        )
    return found


def _unstamped(what: str, mailbox: MailboxSettings) -> Finding:
    if mailbox.authserv_id == NONE:
        said = "the server writes no Authentication-Results: whoever has an agent's letter and writes as them is them"
        mend = 'authserv_id = "none" fits; to have senders proven, switch on checks of DKIM and DMARC at the server'
        return Finding(State.WARNING, what, said, mend)
    said = f'no Authentication-Results, but authserv_id = "{mailbox.authserv_id}": every agent\'s mail would be held'
    return Finding(
        State.WRONG, what, said, 'set authserv_id = "none", or switch on checks of DKIM and DMARC at the server'
    )


def _proof(what: str, mailbox: MailboxSettings, mail: ParsedMail, agent: Agent, fitting: str) -> Finding:
    headers, sender = mail.authentication_results, mail.sender.email if mail.sender else ""
    auth = verdict(headers, sender, fitting, agent.login)
    setting = f'authserv_id = "{fitting}"'
    if auth.result is Result.PASS:
        if mailbox.authserv_id == fitting:
            return Finding(State.OK, what, f"{setting} fits, and proves {agent.name}")
        return Finding(State.WARNING, what, f"it would prove {agent.name}, but is not configured", f"set {setting}")
    login = login_proven(headers, fitting)
    if login:
        said = f"the server proves the login {login}, which is not configured as that of {agent.name}"
        return Finding(State.WARNING, what, said, f'set {setting}, and login = "{login}" under [agents.{agent.name}]')
    said = f"the server writes as {fitting}, but proves nothing of {sender} ({_results(headers)})"
    mend = (
        f"sign mail of {sender.rpartition('@')[2]} by DKIM and publish DMARC; until then their commands would be held"
    )
    return Finding(State.WARNING if mailbox.authserv_id == NONE else State.WRONG, what, said, mend)


def _results(headers: Sequence[str]) -> str:
    """The first header without its name, short."""
    text = " ".join(headers[0].partition(";")[2].split()) or headers[0]
    return text if len(text) <= 120 else text[:119] + "…"


def _same_house(name: str, mailbox: MailboxSettings) -> bool:
    """Whether the name has the domain of our address or of our server; "topmost" names nobody."""
    domains = (mailbox.address.rpartition("@")[2], mailbox.host)
    return any(name.split(".")[-2:] == one.lower().split(".")[-2:] for one in domains if one)


def _what(mailbox: MailboxSettings) -> str:
    return f"mailbox {mailbox.name}: authentication of agents"

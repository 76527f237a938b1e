"""`mailsla triage test`: which stored mails would get another category, priority or team by the rules of now."""

import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mailsla.cli import words
from mailsla.cli.completion import a_file
from mailsla.cli.output import clean, iso, json_option

if TYPE_CHECKING:
    from mailsla.cli.desk import Desk
    from mailsla.core.model import Instant, Ticket
    from mailsla.flows.services import Services
    from mailsla.flows.trying_rules import Given, Hits, Tally, Tried

ABOUT = ("category", "priority", "team", "scope")
STEP = 20  # mails between two looks of who waits


@click.command("test")
@click.option("--last", type=click.IntRange(min=1), metavar="N", help="Only the newest N.")
@click.option("--since", metavar="DATE", help="Only what was received since then.")
@click.option(
    "--rules",
    "other",
    metavar="FILE",
    type=click.Path(path_type=Path),
    shell_complete=a_file,
    help="By the [[rules]] of this file, in place of those that are configured.",
)
@json_option
@click.pass_obj
def command(config: Path | None, last: int | None, since: str | None, other: Path | None, as_json: bool) -> None:
    """Try the rules on the mails that are here; touches nothing.

    Each mail that opened a ticket, newest first, is triaged once more as it is configured now. Told are those that
    would get another category, priority, team or scope than they got when they came in; then how many mails each rule
    decides, and which rules decide none: no mail fits them, or an earlier rule takes all that do.

    \b
    Example: mailsla triage test --since 2026-11-01
             mailsla triage test --last 500 --rules new-rules.toml
    """
    from mailsla.cli.desk import Desk
    from mailsla.flows.trying_rules import Tally, tried

    with _services(config, other) as services:
        tally = Tally(services.settings.rules)
        desk = Desk(services)
        changed = Counted(tried(services, last=last, since=_instant(since, desk)), tally)
        tell = _tell_json if as_json else _tell
        tell(changed, desk)


class Counted:
    """The mails that would change, while the others are counted as they pass."""

    def __init__(self, mails: "Iterable[Tried]", tally: "Tally") -> None:
        self.looked_at = self.unread = self.changes = 0
        self._mails, self._tally = mails, tally

    def __iter__(self) -> "Iterator[Tried]":
        watched = sys.stderr.isatty()
        for mail in self._mails:
            self.looked_at += 1
            self.unread += mail.gets is None
            self._tally.add(mail.fits, mail.ticket.received_at)
            if watched and self.looked_at % STEP == 0:
                click.echo(f"\r{self.looked_at} mails ...", nl=False, err=True)
            if mail.gets is not None and mail.gets != mail.got:
                self.changes += 1
                if watched:
                    click.echo("\r\033[K", nl=False, err=True)
                yield mail
        if watched:
            click.echo("\r\033[K", nl=False, err=True)

    @property
    def hits(self) -> "Sequence[Hits]":
        """Of the rules, in order."""
        return self._tally.hits


def _tell(mails: Counted, desk: "Desk") -> None:
    for mail in mails:
        for line in _lines(mail, desk):
            click.echo(line)
    more = f"; of {mails.unread} nothing is kept that could be looked at" if mails.unread else ""
    counted = f"{mails.looked_at} {'mail' if mails.looked_at == 1 else 'mails'}"
    click.echo(f"{counted} looked at, {mails.changes} would change{more}.")
    hits = mails.hits
    if hits:
        click.echo()
    width = max((len(one.rule) for one in hits), default=0)
    for one in hits:
        when = f", last {desk.when(one.last)}" if one.last else ""
        click.echo(clean(f"  {one.rule.ljust(width)}  decides {one.decided}{when}"))
    for one in hits:
        if warning := _warning(one):
            click.echo(clean(f"warning: {warning}"))


def _lines(mail: "Tried", desk: "Desk") -> Iterator[str]:
    """ "ACME-1042  Where is my parcel?", a line for each thing that changes, and why."""
    ticket, gets = mail.ticket, mail.gets
    if gets is None:
        return
    yield clean(f"{ticket.reference}  {words.shortened(ticket.subject or '(no subject)', 60)}")
    changes = [
        (about, f"{_shown(before)} -> {_shown(after)}{_since(mail.ticket, about, before)}")
        for about in ABOUT
        if (before := getattr(mail.got, about)) != (after := getattr(gets, about))
    ]
    why = ("why", "; ".join(desk.word(one) for one in mail.why))
    yield from words.facts([*changes, why])


def _shown(value: str | None) -> str:
    return value or "none"


def _since(ticket: "Ticket", about: str, before: str | None) -> str:
    """What people have made of it: the better measure of a rule than what it got at first."""
    now = getattr(ticket, about, before)
    return f" (people have set {_shown(now)})" if now != before else ""


def _warning(hits: "Hits") -> str:
    if hits.decided:
        return ""
    if not hits.taken:
        return f'rule "{hits.rule}" fits none of these mails'
    takers = words.listing([f'"{name}"' for name, _ in hits.taken.most_common()])
    return f'rule "{hits.rule}" decides none: {takers} before it takes all that it fits ({hits.taken.total()})'


def _tell_json(mails: Counted, desk: "Desk") -> None:
    """One object, written as it comes: the list of mails may be long."""
    click.echo('{"mails": [', nl=False)
    for count, mail in enumerate(mails):
        click.echo(f"{',' if count else ''}\n{json.dumps(_json(mail, desk))}", nl=False)
    rules = [
        {
            "rule": one.rule,
            "decided": one.decided,
            "last": iso(one.last),
            "taken_by": dict(one.taken),
            "warning": _warning(one) or None,
        }
        for one in mails.hits
    ]
    ends = {"looked_at": mails.looked_at, "changed": mails.changes, "unread": mails.unread, "rules": rules}
    click.echo(f"\n], {json.dumps(ends)[1:]}")


def _json(mail: "Tried", desk: "Desk") -> Mapping[str, object]:
    ticket = mail.ticket
    return {
        "reference": ticket.reference,
        "subject": ticket.subject,
        "received": iso(ticket.received_at),
        "before": _given(mail.got),
        "after": _given(mail.gets),
        "now": {"category": ticket.category, "priority": ticket.priority, "team": ticket.team},
        "rule": mail.fits[0] if mail.fits else None,
        "reasons": [desk.word(one) for one in mail.why],
    }


def _given(given: "Given | None") -> Mapping[str, object] | None:
    return None if given is None else {about: getattr(given, about) for about in ABOUT}


def _instant(since: str | None, desk: "Desk") -> "Instant | None":
    from mailsla.cli.calendars import instant_of

    return None if since is None else instant_of(since, desk.zone)


@contextmanager
def _services(config: Path | None, other: Path | None) -> "Iterator[Services]":
    """On the configured database, whose work is never committed."""
    from mailsla import bootstrap
    from mailsla.config.load import find, load, with_rules_of
    from mailsla.flows.explain import NeverCommits

    path = find(config)
    settings = load(path) if other is None else with_rules_of(path, other)
    made = bootstrap.services(settings, store=NeverCommits(bootstrap.open_store(settings)))
    try:
        yield made
    finally:
        made.store.close()

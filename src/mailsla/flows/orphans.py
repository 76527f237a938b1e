"""What open complaints refer to, but the configuration has no more: agents, teams, categories, mailboxes."""

from collections.abc import Callable, Container, Iterable, Iterator

from mailsla.config.settings import Settings
from mailsla.core.model import Ticket
from mailsla.errors import Problem
from mailsla.flows.looking import LIVE
from mailsla.ports.store import Store

MOST = 100_000  # tickets that are looked through
MOST_NAMED = 5


def orphans(store: Store, settings: Settings) -> list[Problem]:
    """A problem for each name that is gone, with the complaints that are left and the command that helps them on."""
    with store.begin() as uow:
        tickets = uow.tickets.listed(statuses=[status.value for status in LIVE], limit=MOST)
    directory, mailboxes = settings.directory, {one.name for one in settings.mailboxes}
    return [
        *_lost("agents", tickets, lambda one: one.assignee, directory.agents, "assign {} AGENT"),
        *_lost("teams", tickets, lambda one: one.team, directory.teams, "assign {} AGENT"),
        *_lost("categories", tickets, lambda one: one.category, directory.categories, "category {} CATEGORY"),
        *_lost("mailboxes", tickets, lambda one: one.mailbox, mailboxes, ""),
    ]


def _lost(
    section: str, tickets: Iterable[Ticket], named: Callable[[Ticket], str | None], known: Container[str], verb: str
) -> Iterator[Problem]:
    left: dict[str, list[Ticket]] = {}
    for ticket in tickets:
        name = named(ticket)
        if name and name not in known:
            left.setdefault(name, []).append(ticket)
    for name, theirs in sorted(left.items()):
        first, *others = (one.reference for one in sorted(theirs, key=lambda one: one.number))
        listed = ", ".join([first, *others[: MOST_NAMED - 1]]) + (" ..." if len(theirs) > MOST_NAMED else "")
        count = "1 open complaint refers" if not others else f"{len(theirs)} open complaints refer"
        what = f"the configuration has it no more, but {count} to it: {listed}"
        each = ", and so with each" if others else ""
        mend = f"add it again, or: mailsla ticket {verb.format(first)}{each}" if verb else "add it again"
        yield Problem(f"{section}.{name}", what, mend)

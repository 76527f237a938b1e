"""Cross-checks of objectives, and of who answers for policies."""

from collections.abc import Collection, Iterator, Sequence

from mailsla.config.faults import Fault, unknown
from mailsla.config.lines import KeyPath
from mailsla.config.settings import Settings
from mailsla.core.ladder import OPERATOR
from mailsla.core.model import PRIORITIES
from mailsla.core.report.objectives import Goal, level_of

FORM = 'write it like "80 % within 4h" or "95 % within 1 business day"'


def faults_of_objectives(settings: Settings) -> Iterator[Fault]:
    """All of this file's checks."""
    names: set[str] = set()
    for index, goal in enumerate(settings.objectives):
        at: KeyPath = ("objectives", index)
        if goal.name in names:
            yield Fault((*at, "name"), f'another objective is called "{goal.name}"', "give each a name of its own")
        names.add(goal.name)
        yield from _levels(goal, at)
        yield from _known(goal, at, settings)
        yield from people(goal.to, (*at, "to"), settings)


def people(names: Sequence[str], at: KeyPath, settings: Settings) -> Iterator[Fault]:
    """Of agents, role:NAME and addresses, those that there are not."""
    directory = settings.directory
    for name in names:
        if name.startswith("role:"):
            yield from unknown(at, name.removeprefix("role:"), (OPERATOR, *directory.roles), "role")
        elif "@" not in name:
            yield from unknown(at, name, directory.agents, "agent")


def _levels(goal: Goal, at: KeyPath) -> Iterator[Fault]:
    if not goal.levels:
        yield Fault((*at, "levels"), "there are none", FORM)
    for index, text in enumerate(goal.levels):
        try:
            level_of(text)
        except ValueError as wrong:
            yield Fault((*at, "levels", index), str(wrong).partition("\n")[0], FORM)


def _known(goal: Goal, at: KeyPath, settings: Settings) -> Iterator[Fault]:
    directory = settings.directory
    conditions: tuple[tuple[str, Sequence[str], Collection[str], str], ...] = (
        ("category", goal.category, directory.categories, "category"),
        ("team", goal.team, directory.teams, "team"),
        ("customer", goal.customer, directory.organisations, "organisation"),
        ("priority", goal.priority, PRIORITIES, "priority"),
    )
    for key, values, known, noun in conditions:
        for value in values:
            yield from unknown((*at, key), value, known, noun)

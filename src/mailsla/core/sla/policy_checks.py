"""What is wrong with the policies as they are written, each with its mend; run before they are used."""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from mailsla.core.sla.credits import credit_faults
from mailsla.core.sla.policy import Level, Policy
from mailsla.core.sla.rungs import parse_offset, parse_warning
from mailsla.core.sla.targets import TargetError, parse_duration, parse_target
from mailsla.core.sla.terms import DUTIES, Metric
from mailsla.errors import Problem

EVERYBODY = ("assignee", "team", "manager")
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """The names that policies may use. An empty `categories` or `mailboxes` is not checked against."""

    calendars: Collection[str]
    priorities: Collection[str]
    people: Collection[str] = ()
    categories: Collection[str] = ()
    mailboxes: Collection[str] = ()


def policy_problems(policies: Iterable[Policy], known: Known) -> tuple[Problem, ...]:
    """All problems of all policies: names, texts that can't be read, ladders without people, policies never used."""
    found: list[Problem] = []
    names: set[str] = set()
    takes_all: dict[str, str] = {}  # track -> its policy that takes every ticket
    for policy in policies:
        where = f"policy {policy.name}"
        if policy.name in names:
            found.append(Problem(where, "another policy has this name", "give each policy a name of its own"))
        if policy.track in takes_all:
            mend = f'move it before "{takes_all[policy.track]}", which takes every ticket'
            found.append(Problem(where, "no ticket can ever reach it", mend))
        elif policy.match.anything:
            takes_all[policy.track] = policy.name
        names.add(policy.name)
        found += _track_problems(where, policy)
        found += content_problems(where, policy, known)
    return tuple(found)


def content_problems(where: str, policy: Policy, known: Known) -> Iterator[Problem]:
    """What is wrong within one policy, or within what a team or supplier owes."""
    yield from _name_problems(where, policy, known)
    yield from _text_problems(where, policy)
    for number, level in enumerate(policy.ladder, start=1):
        yield from _level_problems(f"{where}, ladder level {number}", level, known)


def _track_problems(where: str, policy: Policy) -> Iterator[Problem]:
    if ":" in policy.track or "/" in policy.track:
        yield Problem(f"{where}, track", f'"{policy.track}" has a ":" or "/"', 'use one word, as in track = "statute"')
    for metric in sorted(DUTIES & policy.targets.keys()):
        owner = "a team owes: [teams.NAME] internal_target" if metric == "ola" else "a supplier owes: [suppliers.NAME]"
        yield Problem(f"{where}, targets.{metric}", "a policy is what we owe the customer", f"this is what {owner}")


def _name_problems(where: str, policy: Policy, known: Known) -> Iterator[Problem]:
    if policy.calendar not in known.calendars and (policy.calendar or policy.targets):
        mend = f"use one of {_listed(known.calendars)}"
        what = f'calendar "{policy.calendar}" is not there' if policy.calendar else "it has targets, but no calendar"
        yield Problem(where, what, mend)
    for key, values, names in (
        ("category", policy.match.category, known.categories),
        ("priority", policy.match.priority, known.priorities),
        ("mailbox", policy.match.mailbox, known.mailboxes),
    ):
        folded = {name.casefold() for name in names}
        for value in values:
            if folded and value.casefold() not in folded:
                yield Problem(f"{where}, match.{key}", f'"{value}" is not there', f"use one of {_listed(names)}")


def _text_problems(where: str, policy: Policy) -> Iterator[Problem]:
    texts = [(f"targets.{metric}", text) for metric, text in policy.targets.items()]
    texts += [("reopen_window", policy.reopen_window), ("delay_extends", policy.delay_extends)]
    for key, waiting in (("remind_waiting", policy.remind_waiting), ("resolve_waiting", policy.resolve_waiting)):
        if waiting is not None:
            texts.append((key, waiting))
    for key, text in texts:
        try:
            parse_target(text)
        except TargetError as wrong:
            yield Problem(f"{where}, {key}", wrong.message, wrong.mend)
    if policy.delay_notice is not None:
        try:
            parse_duration(policy.delay_notice)
        except TargetError as wrong:
            yield Problem(f"{where}, delay_notice", wrong.message, 'write opening time before the promise: "1h", "30m"')
    if policy.auto_update and Metric.PERIODIC_UPDATE not in policy.targets:
        mend = 'add it to the targets, as in periodic_update = "5 business days", or leave auto_update out'
        yield Problem(
            f"{where}, auto_update", "there is no target for periodic_update, so no update is ever owed", mend
        )
    for text in policy.warnings:
        try:
            parse_warning(text)
        except TargetError as wrong:
            yield Problem(f"{where}, warnings", wrong.message, wrong.mend)
    if policy.credits is not None:
        for key, what, mend in credit_faults(policy.credits):
            yield Problem(f"{where}, credits.{key}", what, mend)


def _level_problems(where: str, level: Level, known: Known) -> Iterator[Problem]:
    try:
        parse_offset(level.offset)
        if level.repeat is not None:
            parse_duration(level.repeat)
    except TargetError as wrong:
        yield Problem(where, wrong.message, wrong.mend)
    if not level.to:
        yield Problem(where, "it tells nobody", f"name people in `to`: {_listed(EVERYBODY)}, role:NAME or an address")
    for name in level.to:
        if not (name in EVERYBODY or name in known.people or name.startswith("role:") or _ADDRESS.fullmatch(name)):
            mend = f"use {_listed(EVERYBODY)}, role:NAME, an address, or a person: {_listed(known.people)}"
            yield Problem(where, f'nobody is called "{name}"', mend)
    if level.at_most < 1 or (level.at_most > 1) != (level.repeat is not None):
        mend = 'for repeats give both, as in repeat = "2h", at_most = 3; for none leave both out'
        yield Problem(where, "`repeat` and `at_most` do not fit together", mend)


def _listed(names: Collection[str]) -> str:
    return ", ".join(sorted(names)) or "(none is configured)"

"""Policies as an operator writes them: which tickets they are for, and what they ask; the first match wins."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from mailsla.core.model import Status
from mailsla.core.sla.calendar import Calendar
from mailsla.core.sla.credits import Credits
from mailsla.core.sla.targets import EndOf, Roll, parse_target
from mailsla.core.sla.terms import Metric, Terms

PauseStatus = Literal["waiting_customer", "waiting_third_party"]
TEAM, SUPPLIER = "team:", "supplier:"  # how the tracks of what they owe begin


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """What a ticket must be; each key holds the values it may have, an absent key any. Case is ignored."""

    category: tuple[str, ...] = ()
    priority: tuple[str, ...] = ()
    organisation: tuple[str, ...] = ()
    customer: tuple[str, ...] = ()
    mailbox: tuple[str, ...] = ()

    def takes(self, facts: "Facts") -> bool:
        """Whether a ticket with these facts is meant."""
        return (
            _among(facts.category, self.category)
            and _among(facts.priority, self.priority)
            and _among(facts.organisation, self.organisation)
            and _among(facts.customer, self.customer)
            and _among(facts.mailbox, self.mailbox)
        )

    @property
    def anything(self) -> bool:
        """Whether it takes every ticket."""
        return not (self.category or self.priority or self.organisation or self.customer or self.mailbox)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What policies look at: values of a ticket, None where unknown. customer: the e-mail address."""

    category: str | None
    priority: str
    organisation: str | None = None
    customer: str | None = None
    mailbox: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """A level of a ladder.

    offset: business time relative to due: "-1h", "0m", "4h". to: "assignee", "team", "manager" (of the assignee),
    "role:NAME", the name of a person, or an address. repeat: told again every so much business time, `at_most` times
    in all. override_quiet_hours: a notice does not wait for the recipient's next opening.
    """

    offset: str
    to: tuple[str, ...]
    repeat: str | None = None
    at_most: int = 1
    override_quiet_hours: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """One policy; its version is the hash of its content, kept by the store.

    track: policies of different tracks run beside each other on a ticket, as a contract and a statute do; within a
    track the first match wins. "" is the main one, "team:NAME" and "supplier:NAME" are what a team and a supplier owe.
    targets: metric to target as `parse_target` reads it; without any it says "no SLA". calendar: its name. warnings:
    "75%" of the target, or "2h before" the due. remind_waiting and resolve_waiting: calendar days in
    `waiting_customer` before a reminder, and before the ticket counts as resolved (None: never). on_reply: what an
    agent's reply does to the status. pause_on empty: nothing pauses (as for statutes). delay_notice: open time before
    a promised time at which its customer is told that it will be missed (None: never), and `delay_extends` how much
    later the new time is. auto_update: a promised update is sent by itself where no agent wrote one. promised: its
    times are told to the customer. pauses_move_days: targets of days move by each day that begins in a pause.
    credits: what the contract gives back for a month.
    """

    name: str
    track: str = ""
    match: Match = Match()
    calendar: str = ""
    targets: Mapping[Metric, str] = field(default_factory=dict)
    end_of: EndOf = "close"
    roll: Roll = "none"
    pause_on: tuple[PauseStatus, ...] = ("waiting_customer",)
    grace_until_next_opening: bool = False
    warnings: tuple[str, ...] = ()
    ladder: tuple[Level, ...] = ()
    reopen_window: str = "14 calendar days"
    remind_waiting: str | None = None
    resolve_waiting: str | None = None
    on_reply: Literal["keep", "wait"] = "keep"
    credits: Credits | None = None
    delay_notice: str | None = None
    delay_extends: str = "8h"
    auto_update: bool = False
    promised: bool = True
    pauses_move_days: bool = False

    @property
    def kind(self) -> Literal["policy", "ola", "uc"]:
        """Of its versions."""
        if self.track.startswith(TEAM):
            return "ola"
        return "uc" if self.track.startswith(SUPPLIER) else "policy"


def match(policies: Iterable[Policy], facts: Facts) -> dict[str, Policy]:
    """By track the first policy that takes the ticket; none, or one without targets, means no SLA there."""
    found: dict[str, Policy] = {}
    for policy in policies:
        if policy.track not in found and policy.match.takes(facts):
            found[policy.track] = policy
    return found


def duty(
    metric: Metric, track: str, target: str, calendar: str, warnings: tuple[str, ...], ladder: tuple[Level, ...]
) -> Policy | None:
    """What a team or supplier owes us, as the policy of its track; None without a target: nothing was agreed.

    A team's clock (OLA) pauses in both waiting states, a supplier's (UC) never.
    """
    if not target:
        return None
    return Policy(
        name=track,
        track=track,
        calendar=calendar,
        targets={metric: target},
        pause_on=("waiting_customer", "waiting_third_party") if metric is Metric.OLA else (),
        warnings=warnings,
        ladder=ladder,
    )


def terms_of(policy: Policy, calendar: Calendar, version: int | None = None) -> Terms:
    """A policy ready to count with; TargetError when a target can't be read."""
    return Terms(
        calendar=calendar,
        targets={metric: parse_target(text, policy.end_of, policy.roll) for metric, text in policy.targets.items()},
        pause_on=frozenset(Status(status) for status in policy.pause_on),
        grace_until_next_opening=policy.grace_until_next_opening,
        reopen_window=parse_target(policy.reopen_window),
        policy_version=version,
        pauses_move_days=policy.pauses_move_days,
    )


def _among(value: str | None, allowed: tuple[str, ...]) -> bool:
    return not allowed or (value is not None and value.casefold() in {one.casefold() for one in allowed})

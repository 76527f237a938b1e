"""What `check` warns of though it is legal."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mailsla.config import preset
from mailsla.config.advice import warnings
from mailsla.config.load import parse
from mailsla.config.settings import Settings
from mailsla.core.directory import Category
from mailsla.core.sla.policy import Match
from mailsla.core.triage.rules import Rule, Then, When

STANDARD = parse(preset.text("standard"), Path("/nowhere"))
VERIFIED = replace(STANDARD, mailboxes=(replace(STANDARD.mailboxes[0], authserv_id="mx.acme.example"),))
SMTP = replace(VERIFIED, sending=replace(STANDARD.sending, kind="smtp", path=None, host="smtp.acme.example"))

Change = Callable[[Settings], Settings]


def mailbox(**values: Any) -> Change:
    return lambda settings: replace(settings, mailboxes=(replace(settings.mailboxes[0], **values),))


def people(section: str, name: str, **values: Any) -> Change:
    def changed(settings: Settings) -> Settings:
        table = getattr(settings.directory, section)
        table = {**table, name: replace(table[name], **values)}
        return replace(settings, directory=replace(settings.directory, **{section: table}))

    return changed


def nobody(section: str) -> Change:
    return lambda settings: replace(settings, directory=replace(settings.directory, **{section: {}}))


def kind(name: str, **values: Any) -> Change:
    def changed(settings: Settings) -> Settings:
        added = {**settings.directory.categories, name: Category(name=name, team="service", **values)}
        del added["other"]
        return replace(settings, directory=replace(settings.directory, categories=added))

    return changed


def no_default_team(settings: Settings) -> Settings:
    return replace(settings, triage=replace(settings.triage, default_team=""))


def last_policy(**values: Any) -> Change:
    return lambda settings: replace(
        settings, policies=(*settings.policies[:-1], replace(settings.policies[-1], **values))
    )


INVOICES = Rule(name="invoices", when=When(words="invoice"), then=Then(team="service"))


def rules(*given: Rule) -> Change:
    return lambda settings: replace(settings, rules=given)


def mondays(*intervals: tuple[str, str]) -> Change:
    def changed(settings: Settings) -> Settings:
        (name, calendar), *_ = settings.calendars.items()
        weekly = {**calendar.weekly, "mon": intervals}
        return replace(settings, calendars={**settings.calendars, name: replace(calendar, weekly=weekly)})

    return changed


def advised(settings: Settings) -> set[str]:
    return {problem.where for problem in warnings(settings)}


def test_the_preset_is_told_that_senders_are_not_verified_and_letters_reach_nobody() -> None:
    assert advised(STANDARD) == {"mailboxes.support.authserv_id", "sending.kind"}


def test_with_an_account_there_is_nothing_to_tell() -> None:
    assert advised(SMTP) == set()


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ([mailbox(kind="imap", authserv_id="none")], {"mailboxes.support.authserv_id"}),
        ([mailbox(kind="pipe", authserv_id="none")], {"mailboxes.support.authserv_id"}),
        ([mailbox(kind="maildir", authserv_id="none")], {"mailboxes.support.authserv_id"}),  # an MTA fills it
        ([mailbox(kind="imap", authserv_id="topmost")], {"mailboxes.support.authserv_id"}),
        ([mailbox(kind="imap", authserv_id="mx.acme.example")], set()),
        ([nobody("categories")], {"categories"}),
        ([people("categories", "other", team="")], set()),  # the default team has it
        ([no_default_team], set()),  # each category has one
        ([people("categories", "other", team=""), no_default_team], {"categories.other.team"}),
        ([people("categories", "returns", lexicon=("delivery",))], {"categories.returns.lexicon"}),
        ([people("categories", "returns", lexicon=("delivery", "returns"))], {"categories.returns.lexicon"}),
        ([people("categories", "other", lexicon=("promotion",))], set()),  # billing leaves it to the one that names it
        ([kind("parcels")], {"categories.parcels.lexicon"}),
        ([kind("parcels", lexicon=("other",))], set()),
        ([kind("jobs", scope="spam")], set()),  # no complaint: a rule says so
        ([people("agents", "sam", absent=True)], set()),  # kim is there
        ([people("agents", "sam", absent=True), people("agents", "kim", absent=True)], {"teams.service.members"}),
        ([people("teams", "service", manager="", members=("sam", "jo"))], {"teams.service.manager"}),  # jo has none
        ([people("teams", "service", manager="")], set()),  # sam and kim have jo
        ([rules(INVOICES, replace(INVOICES, name="again"))], {"rules.again"}),
        ([rules(INVOICES, Rule(name="other", when=When(words="late"), then=Then(team="service")))], set()),
        ([rules(Rule(name="offers", when=When(words="offer"), then=Then(scope="out")))], {"rules.offers.then.letter"}),
        ([rules(Rule(name="lottery", when=When(words="win"), then=Then(scope="spam")))], set()),
        ([people("categories", "other", scope="out")], {"categories.other.letter"}),
        ([people("categories", "other", scope="spam")], set()),
        ([last_policy(match=Match(priority=("low",)))], {"policies"}),
        ([last_policy(ladder=())], {"policies.standard.ladder"}),
        ([last_policy(ladder=(), targets={})], set()),  # no SLA: nothing to miss
        ([mondays(("17:00", "17:00"))], {"calendars.office.weekly.mon"}),
        ([mondays(("00:00", "24:00"))], set()),
        ([mondays(("00:00", "00:00"))], set()),
        ([mondays(("22:00", "06:00"))], set()),
    ],
)
def test_what_a_change_brings(changes: list[Change], where: set[str]) -> None:
    settings = SMTP
    for change in changes:
        settings = change(settings)
    assert advised(settings) == where


def test_no_agents_at_all() -> None:
    assert "agents" in advised(nobody("agents")(SMTP))

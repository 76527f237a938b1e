"""The presets: they load, explain every setting, show the true defaults, and can be filled in."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any

import pytest

from mailsla.config import preset
from mailsla.config.file import (
    CalendarTable,
    ClosureTable,
    DatabaseTable,
    InstanceTable,
    LettersTable,
)
from mailsla.config.load import parse
from mailsla.config.settings import Limits, MailboxSettings, OAuthSettings, Secret, SendingSettings, TriageSettings
from mailsla.core.directory import Agent, Category, Organisation, Team
from mailsla.core.sla.credits import Credits, CreditStep
from mailsla.core.sla.policy import Level, Match, Policy
from mailsla.core.triage.rules import Rule, Then, When

TEXT = preset.text("standard")
SETTING = re.compile(r"^#(?=[\w\[-])", re.MULTILINE)  # "#port = 0" is a setting, "# Text" explains
INSTEAD = TEXT.index("# Put these two in place")
TRIAL = re.compile(r"^\[\[mailboxes\]\].*?^(?=# -+ letters)|^\[sending\].*?^(?=\[letters\])", re.MULTILINE | re.DOTALL)
NAMED_BY_TABLE = {Agent, Team, Organisation, Category}
TABLES: dict[type, tuple[str, ...]] = {  # settings -> where they stand in the file; () = anywhere in it
    InstanceTable: ("instance",),
    DatabaseTable: ("database",),
    MailboxSettings: ("mailboxes",),
    SendingSettings: ("sending",),
    LettersTable: ("letters",),
    TriageSettings: ("triage",),
    Limits: ("limits",),
    Agent: ("agents", "sam"),
    Team: ("teams", "service"),
    Organisation: ("organisations", "globex"),
    Category: ("categories", "billing"),
    Rule: ("rules",),
    When: (),
    Then: (),
    Policy: ("policies",),
    Match: (),
    Level: (),
    Credits: (),
    CreditStep: (),
    CalendarTable: ("calendars", "office"),
    ClosureTable: (),
    Secret: (),
    OAuthSettings: (),
}


def named_files(folder: Path) -> None:
    """What the settings name that is not set."""
    (folder / "templates").mkdir()
    (folder / "replies").mkdir()
    (folder / "replies" / "sales.en.txt").write_text("")
    (folder / "holidays").mkdir()
    (folder / "holidays" / "office.toml").write_text("")


def trial() -> str:
    """The preset with all its settings uncommented, but for the real mailbox at the end."""
    return SETTING.sub("", TEXT[:INSTEAD])


def real() -> str:
    """The preset with the real mailbox and account in place of the Maildirs, as its comment tells to."""
    return SETTING.sub("", TRIAL.sub("", TEXT[:INSTEAD]) + TEXT[INSTEAD:])


def oauth(section: str) -> str:
    """The table that the end of the preset shows in place of a password; what is commented out twice stays so."""
    [lines] = re.findall(r"^# \[mailboxes\.oauth\]\n(?:# .*\n)*", TEXT, re.MULTILINE)
    return str(re.sub(r"^# ", "", lines, flags=re.MULTILINE)).replace("mailboxes.oauth", f"{section}.oauth")


def tables_at(data: Any, path: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    for part in path:
        data = data[part]
    yield from data if isinstance(data, list) else (data,)


@pytest.mark.parametrize("name", preset.names())
def test_every_preset_loads(name: str, tmp_path: Path) -> None:
    assert parse(preset.text(name), tmp_path).mailboxes


def test_it_is_still_good_with_everything_uncommented(tmp_path: Path) -> None:
    named_files(tmp_path)
    settings = parse(trial(), tmp_path)
    assert settings.rules
    assert settings.calendars["office"].holidays
    assert settings.calendars["office"].closures
    assert settings.directory.organisations


def test_the_real_mailbox_at_its_end_is_good_too(tmp_path: Path) -> None:
    named_files(tmp_path)
    settings = parse(real(), tmp_path)
    assert [mailbox.kind for mailbox in settings.mailboxes] == ["imap"]
    assert settings.sending.kind == "smtp"


def test_the_login_by_oauth_in_place_of_both_passwords_is_good(tmp_path: Path) -> None:
    named_files(tmp_path)
    mailbox, account = re.sub(r"^password = .*\n", "", real(), flags=re.MULTILINE).split("[sending]\n")
    settings = parse(f"{mailbox}{oauth('mailboxes')}[sending]\n{account}{oauth('sending')}", tmp_path)
    assert [box.oauth is not None and box.oauth.tokens for box in settings.mailboxes] == [
        tmp_path / "oauth" / "support.json"
    ]
    assert settings.sending.oauth is not None
    assert settings.sending.oauth.tokens == tmp_path / "oauth" / "sending.json"


def test_every_setting_of_oauth_is_a_line_of_its_table() -> None:
    lines = set(re.findall(r"^#?(\w+) = ", oauth("mailboxes"), re.MULTILINE))
    assert lines == {one.name for one in fields(OAuthSettings)}


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.__name__)
def test_every_setting_is_in_it(table: type) -> None:
    keys = {one.name for one in fields(table)} - ({"name"} if table in NAMED_BY_TABLE else set())
    if TABLES[table]:
        both = [tomllib.loads(trial()), tomllib.loads(real())]
        places = [TABLES[table], *([("categories", "sales")] if table is Category else [])]  # two kinds of them
        shown = {key for data in both for place in places for found in tables_at(data, place) for key in found}
        shown |= {"oauth"}  # in place of a password; it has tests of its own
    else:
        shown = {key for key in keys if re.search(rf"\b{key}\b", TEXT)}
    assert keys - shown == set()


@pytest.mark.parametrize("table", [MailboxSettings, SendingSettings, LettersTable, TriageSettings, Limits, Category])
def test_what_is_commented_out_is_the_default(table: type) -> None:
    """Where a line shows `#key = value`, removing the "#" alone changes nothing."""
    defaults = {one.name: one.default for one in fields(table) if one.default is not MISSING}
    example = {"templates", "replies", "lexicon"}  # their defaults are said in words
    plain = tomllib.loads(TEXT)
    uncommented = tomllib.loads(trial())
    for before, after in zip(tables_at(plain, TABLES[table]), tables_at(uncommented, TABLES[table]), strict=True):
        for key in after.keys() - before.keys() - example:
            value = tuple(after[key]) if isinstance(after[key], list) else after[key]
            assert value == defaults[key], key


def test_filling_in_changes_the_values_and_nothing_else() -> None:
    filled = preset.with_values(
        TEXT, {("instance", "name"): 'a "b" \\ c', ("mailboxes", 0, "zone"): "Asia/Tokyo", ("no", "such"): "key"}
    )
    read = tomllib.loads(filled)
    assert read["instance"]["name"] == 'a "b" \\ c'
    assert read["mailboxes"][0]["zone"] == "Asia/Tokyo"
    changed = [(a, b) for a, b in zip(TEXT.splitlines(), filled.splitlines(), strict=True) if a != b]
    assert [after for _, after in changed] == [
        r'name = "a \"b\" \\ c"               # of this installation: a-z, 0-9, . _ -; '
        "part of ids in mails, so leave it then",
        'zone = "Asia/Tokyo"                 # of times in letters, where the customer\'s zone is not known',
    ]

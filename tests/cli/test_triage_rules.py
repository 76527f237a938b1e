"""`mailsla triage test` and `rules`: what would change, what each rule decides, and that nothing is touched."""

from pathlib import Path
from shutil import copyfile

import pytest

from mailsla.core.commands.grammar import Command
from mailsla.flows import actions
from tests.cli.command import run
from tests.flows.mails import ANA, RIO, SAM, write
from tests.flows.office import DAY, Office

INVOICE = "Hello, the invoice is wrong. Please correct the invoice.\n"
OLD = """
[[rules]]
name = "invoices"
when = { words = "invoice" }
then = { category = "billing" }

[[rules]]
name = "wrong"
when = { words = "wrong" }
then = { priority = "high" }

[categories.billing]"""
NEW = """
[instance]
name = "passed over"

[[rules]]
name = "all wrong"
when = { words = ["wrong", "invoice"], smaller_than = "1 MB" }
then = { category = "delivery", priority = "high" }

[[rules]]
name = "invoices"
when = { words = "invoice", smaller_than = "5 kB" }
then = { category = "billing" }

[[rules]]
name = "pictures"
when = { attachment = "*.png" }
then = { team = "money" }
"""


PASSED_ON = """
[[rules]]
name = "passed on"
when = { subject = "fwd" }
then = { team = "money" }

[[rules]]
name = "invoices"
when = { words = "invoice" }
then = { scope = "spam", category = "billing" }
"""


@pytest.fixture
def desk(office: Office) -> Office:
    """Two rules; an invoice, a day later a parcel."""
    office.restart([("[categories.billing]", OLD)])
    office.receive(write(ANA, INVOICE, "Invoice 7"))
    office.wait(DAY)
    office.receive(write(RIO))
    Path("new.toml").write_text(NEW, encoding="utf-8")
    return office


def test_nothing_changes_by_the_rules_that_decided(desk: Office) -> None:
    said = run("triage", "test")
    assert said.code == 0
    assert said.out.splitlines() == [
        "2 mails looked at, 0 would change.",
        "",
        "  invoices  decides 1, last Mon 16 Nov, 10:00",
        "  wrong     decides 0",
        'warning: rule "wrong" decides none: "invoices" before it takes all that it fits (1)',
    ]


def test_another_files_rules_are_tried_before_they_are_in_force(desk: Office) -> None:
    said = run("triage", "test", "--rules", "new.toml", "--json").json
    [mail] = said["mails"]
    assert (mail["reference"], mail["rule"]) == ("ACME-1001", "all wrong")
    assert mail["before"] == {"category": "billing", "priority": "normal", "team": "money", "scope": None}
    assert mail["after"] == {"category": "delivery", "priority": "high", "team": "delivery", "scope": None}
    assert (said["looked_at"], said["changed"], said["unread"]) == (2, 1, 0)
    rules = {one["rule"]: (one["decided"], one["taken_by"], one["warning"]) for one in said["rules"]}
    assert rules["all wrong"] == (1, {}, None)
    assert rules["invoices"][:2] == (0, {"all wrong": 1})
    assert '"all wrong" before it takes all' in rules["invoices"][2]
    assert rules["pictures"][2] == 'rule "pictures" fits none of these mails'


def test_it_is_told_for_people_with_what_they_have_set_since(desk: Office) -> None:
    assert actions.command(desk.services, "ACME-1001", Command("category", "delivery"), "root").ok
    lines = run("triage", "test", "--rules", "new.toml").out.splitlines()
    assert lines[0] == "ACME-1001  Invoice 7"
    assert lines[1] == "  category  billing -> delivery (people have set delivery)"
    assert "normal -> high" in lines[2]


def test_what_is_kept_is_compared_though_people_changed_it(desk: Office) -> None:
    assert actions.command(desk.services, "ACME-1001", Command("category", "delivery"), "root").ok
    assert actions.command(desk.services, "ACME-1001", Command("priority", "urgent"), "root").ok
    assert run("triage", "test", "--json").json["changed"] == 0


@pytest.mark.parametrize(
    ("options", "looked_at"),
    [([], 2), (["--last", "1"], 1), (["--since", "2026-11-17"], 1), (["--since", "2026-11-18"], 0)],
)
def test_how_far_back(desk: Office, options: list[str], looked_at: int) -> None:
    assert run("triage", "test", "--json", *options).json["looked_at"] == looked_at


def test_newest_first_over_many_pages(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mailsla.flows.trying_rules.PAGE", 2)
    for number in range(5):
        office.receive(write(f"customer{number}@mail.example", INVOICE))
    Path("new.toml").write_text(NEW, encoding="utf-8")
    mails = run("triage", "test", "--rules", "new.toml", "--json").json["mails"]
    assert [one["reference"] for one in mails] == [f"ACME-{1005 - number}" for number in range(5)]


def test_what_an_agent_passed_on_and_what_is_kept_no_more(desk: Office) -> None:
    mail = write(SAM, "See below.", "Fwd: Invoice")
    mail.add_attachment(write(ANA, INVOICE, "Invoice 8"))
    desk.receive(mail)
    desk.receive(b"\x00" * 10)
    said = run("triage", "test", "--json").json
    assert (said["changed"], said["looked_at"], said["unread"]) == (0, 4, 0)
    Path("new.toml").write_text(PASSED_ON, encoding="utf-8")
    said = run("triage", "test", "--rules", "new.toml", "--json").json
    after = {one["reference"]: one["after"]["scope"] for one in said["mails"]}
    assert after == {"ACME-1001": "spam"}  # what a person passed on is none
    assert [one["decided"] for one in said["rules"]] == [0, 2]  # and its subject is that of the customer's mail


def test_of_a_mail_whose_bytes_are_gone_its_text_is_looked_at(desk: Office) -> None:
    desk.damage("UPDATE intake SET sha256 = 'gone'")
    said = run("triage", "test", "--json").json
    assert (said["changed"], said["looked_at"], said["unread"]) == (0, 2, 0)
    assert [one["decided"] for one in said["rules"]] == [1, 0]


def test_it_touches_nothing(desk: Office, tmp_path: Path) -> None:
    before = desk.query("SELECT count(*), max(id) FROM events") + desk.query("SELECT count(*) FROM versions")
    config = (tmp_path / "mailsla.toml").read_text(encoding="utf-8")
    changed = config.replace('resolution = "16h"', 'resolution = "12h"')  # would be a new version of the policy
    (tmp_path / "mailsla.toml").write_text(changed, encoding="utf-8")
    copyfile(tmp_path / "mailsla.db", tmp_path / "before.db")
    run("triage", "test", "--rules", "new.toml")
    assert before == desk.query("SELECT count(*), max(id) FROM events") + desk.query("SELECT count(*) FROM versions")
    assert (tmp_path / "mailsla.db").read_bytes() == (tmp_path / "before.db").read_bytes()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "there are no rules in it"),
        ("[[rules", "this is not TOML"),
        ('[[rules]]\nname = "x"\nwhen = {}\nthen = { category = "biling" }', "new.toml:4: rules.x.then.category"),
        ('[[rules]]\nname = "x"\nwhen = {}\nthen = { team = "gone" }', 'there is no team "gone"'),
        ('[[rules]]\nname = "x"\nwhen = {}\nthen = { scope = "out", letter = "y" }', 'there is no saved reply "y"'),
        ('[[rules]]\nname = "x"\nwhen = { larger_than = "5 pounds" }\nthen = { team = "money" }', "is no size"),
    ],
)
def test_rules_that_are_wrong_are_told_with_their_line(desk: Office, text: str, said: str) -> None:
    Path("new.toml").write_text(text, encoding="utf-8")
    refused = run("triage", "test", "--rules", "new.toml")
    assert refused.code == 78
    assert said in refused.words


def test_a_file_that_is_not_there(desk: Office) -> None:
    assert run("triage", "test", "--rules", "nowhere.toml").code == 78
    assert run("triage", "test", "--since", "soon").code == 1


def test_rules_are_listed_with_what_they_have_decided(desk: Office) -> None:
    assert run("triage", "rules").out.splitlines() == [
        "place  rule      then              decided  last",
        "1      invoices  category billing  1        Mon 16 Nov, 10:00",
        "2      wrong     priority high     0        -",
    ]
    desk.restart([("[categories.billing]", OLD.replace('"invoices"', '"bills"'))])
    listed = run("triage", "rules", "--json").json
    assert [(one["place"], one["rule"], one["decided"]) for one in listed] == [
        (1, "bills", 0),
        (2, "wrong", 0),
        (None, "invoices", 1),
    ]
    assert listed[2]["last"] == "2026-11-16T09:00:00Z"


def test_without_rules(office: Office) -> None:
    assert run("triage", "rules").out == "There are no rules: add [[rules]].\n"
    assert run("triage", "test").out == "0 mails looked at, 0 would change.\n"

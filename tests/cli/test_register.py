"""`mailsla register export`: a row for each complaint; what is none is counted, what is missing has its mend."""

import csv
import io

import pytest

from tests.cli.command import run
from tests.flows.links import click
from tests.flows.mails import ANA, RIO, SAM, address, answer, write
from tests.flows.office import MINUTE, Office


@pytest.fixture
def told(office: Office) -> Office:
    """A complaint that was answered and settled with all that the register wants, one that lacks it, and spam."""
    office.receive(write(ANA, subject="=HYPERLINK(1)"))
    office.wait(MINUTE)
    told = office.letters(kind="agent_notification")[-1]
    text = "#take\n#upheld yes\n#cause lost-parcel\n#remedy refund 64.90 EUR\n#resolve\nThe money is on its way."
    office.receive(answer(SAM, told, text))
    office.receive(write(RIO, "My parcel is late, the delivery has not come.\n", "Late"))
    assert run("ticket", "resolve", "ACME-1002").code == 0
    office.work()
    office.receive(write("Spam <spam@elsewhere.example>", "My delivery is late!", "Buy"))
    assert run("ticket", "spam", "ACME-1003").code == 0
    return office


def rows(*options: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(run("register", "export", *options).out, newline="")))


def test_each_complaint_is_a_row_and_what_is_none_is_counted(told: Office) -> None:
    done = run("register", "export")
    assert "2 complaints; left out: 1 void" in done.err
    first, second = rows()
    assert first["subject"] == "'=HYPERLINK(1)"
    assert (first["upheld"], first["cause"], first["remedy"]) == ("yes", "lost-parcel", "refund")
    assert (first["redress_amount"], first["redress_currency"]) == ("64.90", "EUR")
    assert first["received"] == "2026-11-16T10:00:00+01:00"
    assert first["final_response"] == "2026-11-16T10:01:00+01:00"
    assert (first["within_3_business_days"], first["missing"]) == ("yes", "")
    assert (second["upheld"], second["cause"], second["missing"]) == ("n/a", "n/a", "cause upheld")


def test_a_period_has_both_its_days(told: Office) -> None:
    assert len(rows("--since", "2026-11-16", "--until", "2026-11-16")) == 2
    assert rows("--since", "2026-11-17") == rows("--until", "2026-11-15") == []


@pytest.mark.parametrize(("form", "named"), [("iso10002", True), ("fca", False)])
def test_columns_are_those_of_the_regulator(told: Office, form: str, named: bool) -> None:
    everything = run("register", "export", "--for", form, "--format", "json").json
    assert everything[0]["upheld"] == "yes"
    assert (everything[0].get("address") == address(ANA)) is named


def test_what_is_missing_is_listed_with_its_mend(told: Office) -> None:
    lacks = run("register", "export", "--missing", "--format", "json").json
    assert [(one["ticket"], one["lacks"]) for one in lacks] == [("ACME-1002", "cause"), ("ACME-1002", "upheld")]
    assert run("ticket", "upheld", "ACME-1002", "no").code == run("ticket", "cause", "ACME-1002", "weather").code == 0
    assert run("register", "export", "--missing").out == "Nothing is missing.\n"


def test_a_customers_score_is_shown_with_its_words(told: Office) -> None:
    letter = told.letter(address(ANA), "relay")
    told.receive(click(letter, "2", ANA, text="Nobody called me back.\n"))
    assert "2 of 5: “Nobody called me back.”" in run("ticket", "show", "ACME-1001").out
    said = run("ticket", "show", "ACME-1001", "--json").json["satisfaction"]
    assert (said["score"], said["words"]) == (2, "Nobody called me back.")
    assert rows()[0]["satisfaction"] == "2"

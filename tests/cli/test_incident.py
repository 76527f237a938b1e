"""`mailsla incident`: what stands is listed and shown; `mailsla ticket incident` groups, as `#incident` does."""

import pytest

from tests.cli.command import run
from tests.flows.mails import ANA, write
from tests.flows.office import Office


@pytest.fixture
def grouped(office: Office) -> Office:
    """Two complaints, grouped at the prompt."""
    for number in range(3):
        office.receive(write(f"Pat <pat{number}@mail.example>", "The lift is broken.", "Lift"))
    assert run("ticket", "incident", "ACME-1001", "1002").code == 0
    return office


def test_what_stands_is_listed_and_shown(grouped: Office) -> None:
    (row,) = run("incident", "list", "--json").json
    assert (row["incident"], row["state"], row["complaints"]) == ("I1", "open", 2)
    shown = run("incident", "show", "I1").out
    assert "ACME-1001" in shown
    assert "ACME-1002" in shown
    assert "ACME-1003" not in shown
    assert run("incident", "show", "1", "--json").json["by"].startswith("cli:")


def test_out_takes_out(grouped: Office) -> None:
    assert run("ticket", "incident", "ACME-1002", "out").code == 0
    assert [one["ticket"] for one in run("incident", "show", "I1", "--json").json["tickets"]] == ["ACME-1001"]


def test_none_is_said_in_words(office: Office) -> None:
    assert run("incident", "list").out == "No incident stands.\n"
    office.receive(write(ANA))
    refused = run("ticket", "incident", "ACME-1001")
    assert refused.code == 1
    assert "ACME-1001 belongs to no incident" in refused.out + refused.err


@pytest.mark.parametrize("name", ["I7", "7", "seven", "I", "1" * 30, "²"])
def test_one_that_is_not_there_is_named(office: Office, name: str) -> None:
    refused = run("incident", "show", name)
    assert refused.code == 1
    assert f'there is no incident "{name}"' in refused.err

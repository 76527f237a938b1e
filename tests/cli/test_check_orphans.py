"""`mailsla check` where open complaints refer to what was taken out of the configuration."""

import pytest

from mailsla.core.model import Ticket
from tests.cli.command import run
from tests.flows.mails import ANA, RIO, write
from tests.flows.office import Office

BILL = "Your invoice is wrong: you charged me twice, I want the payment back."


@pytest.fixture
def bills(office: Office) -> list[Ticket]:
    """Two open complaints about invoices, which Lee has, and a resolved one."""
    for number, person in enumerate((ANA, RIO, RIO), start=1):
        office.receive(write(person, f"Invoice {number}", BILL))
    assert run("ticket", "resolve", "1003").code == 0
    tickets = [office.ticket(reference) for reference in office.tickets()]
    assert {(one.assignee, one.team, one.category) for one in tickets} == {("lee", "money", "billing")}
    return tickets


@pytest.mark.parametrize(
    ("changes", "what", "mend"),
    [
        (
            [("[agents.lee]", "[agents.lea]"), ('members = ["lee"]', 'members = ["lea"]')],
            "agents.lee",
            "add it again, or: mailsla ticket assign ACME-1001 AGENT, and so with each",
        ),
        (
            [("[teams.money]", "[teams.cash]"), ('team = "money"', 'team = "cash"')],
            "teams.money",
            "add it again, or: mailsla ticket assign ACME-1001 AGENT, and so with each",
        ),
        (
            [("[categories.billing]", "[categories.bills]")],
            "categories.billing",
            "add it again, or: mailsla ticket category ACME-1001 CATEGORY, and so with each",
        ),
        ([('name = "support"', 'name = "help"')], "mailboxes.support", "add it again"),
    ],
)
def test_what_is_gone_and_still_referred_to_is_warned_of_with_count_and_mend(
    office: Office, bills: list[Ticket], changes: list[tuple[str, str]], what: str, mend: str
) -> None:
    assert what not in {one["what"] for one in run("check", "--json").json}
    office.restart(changes)
    (found,) = [one for one in run("check", "--json").json if one["what"] == what]
    assert found["state"] == "warning"
    assert found["said"] == (
        "the configuration has it no more, but 2 open complaints refer to it: ACME-1001, ACME-1002"
    )
    assert found["mend"] == mend

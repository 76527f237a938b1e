"""`mailsla sla apply` and `recompute`: what they say, and that a dry run says it only."""

from click import Command
from click.testing import CliRunner

from mailsla.cli import sla_open
from tests.flows.mails import ANA, write
from tests.flows.office import Office, berlin

STRICTER = ('resolution = "16h" }', 'resolution = "12h" }')


def said(command: Command, *arguments: str) -> list[str]:
    return CliRunner().invoke(command, list(arguments), catch_exceptions=False).output.splitlines()


def test_open_tickets_are_put_under_the_policies_of_today(office: Office) -> None:
    office.receive(write(ANA))
    office.restart([STRICTER])
    lines = said(sla_open.apply, "--open", "--dry-run")
    assert lines[0] == "ACME-1001  Where is my parcel?"
    assert lines[1].startswith("  policy: four-hours (version ")
    assert lines[2:] == [
        "  resolution  due Wed 18 Nov, 10:00 -> due Tue 17 Nov, 14:00",
        "1 ticket would change.",
    ]
    assert office.clock("resolution").due == berlin("2026-11-18 10:00")
    assert said(sla_open.apply, "--open")[-1] == "1 ticket changed."
    assert office.clock("resolution").due == berlin("2026-11-17 14:00")
    assert said(sla_open.apply, "--open") == ["All open tickets are under the policies as configured."]


def test_what_is_kept_wrong_is_computed_anew(office: Office) -> None:
    office.receive(write(ANA))
    assert said(sla_open.recompute, "--dry-run") == ["Nothing differs."]
    office.damage("UPDATE clocks SET due = due + 3600 WHERE metric = 'resolution'")
    line = "  resolution  due Wed 18 Nov, 11:00 -> due Wed 18 Nov, 10:00"
    assert said(sla_open.recompute, "--dry-run")[1:] == [line, "1 ticket would be written anew."]
    assert said(sla_open.recompute, "1001")[1:] == [line, "1 ticket written anew."]
    assert said(sla_open.recompute) == ["Nothing differs."]

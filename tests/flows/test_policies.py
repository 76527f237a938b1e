"""Policies live: their versions with who answers for them, the reminder to review, what differs in words."""

import pytest
from click.testing import CliRunner

from mailsla.cli.sla_policies import diff
from mailsla.errors import PermanentError
from mailsla.flows import jobs
from mailsla.flows.policies import policy_versions, stood
from tests.flows.conftest import OpenOffice
from tests.flows.mails import ANA, OPERATOR, RIO, write
from tests.flows.office import DAY, Office

NAME = 'name = "four-hours"'
WHO = (NAME, f'{NAME}\nauthor = "maria"\napproved_by = "jo"\nnote = "agreed with sales"\nreview_by = 2026-11-18')
STRICTER = ('first_response = "4h", next_response = "4h"', 'first_response = "2h", next_response = "4h"')
MARIA = ('{ offset = "0m", to = ["manager"] },', '{ offset = "0m", to = ["maria"] },')
CHRISTMAS = ('2026-12-25 = "Christmas Day"', '2026-12-24 = "Christmas Eve"\n2026-12-25 = "Christmas Day"')


def listed(office: Office) -> list[tuple[int, str, str, str, int, bool]]:
    return [
        (one.number, one.approval.author, one.approval.approved_by, one.approval.note, one.tickets, one.in_force)
        for one in policy_versions(office.services)
        if one.name == "four-hours"
    ]


def test_versions_with_who_answers_for_them_and_for_how_many_complaints(open_office: OpenOffice) -> None:
    """Who answers for it is told later, and makes no other version; the stricter policy does."""
    office = open_office()
    office.receive(write(ANA))
    assert listed(office) == [(1, "", "", "", 1, True)]
    office.restart([WHO])
    assert listed(office) == [(1, "maria", "jo", "agreed with sales", 1, True)]
    office.restart([WHO])
    office.sleep_until("2026-11-17 10:00")
    office.restart([STRICTER, (NAME, f'{NAME}\nauthor = "sam"')])
    office.receive(write(RIO))
    assert listed(office) == [(1, "maria", "jo", "agreed with sales", 1, False), (2, "sam", "", "", 1, True)]
    office.restart()  # back to what it was: the first version again
    assert [one[-1] for one in listed(office)] == [True, False]


def test_on_the_day_of_its_review_those_who_answer_for_it_hear_once(open_office: OpenOffice) -> None:
    office = open_office(WHO)
    jobs.ensure_jobs(office.services)
    office.sleep_until("2026-11-17 23:00")
    assert office.letters(kind="operator_alert") == []
    for day in (18, 19, 23):
        office.sleep_until(f"2026-11-{day} 12:00")
    told = office.letters(kind="operator_alert")
    assert sorted(one.to for one in told) == ["jo@acme.example", "maria@acme.example", OPERATOR]
    assert "agreed with sales" in told[0].text
    assert "18 Nov" in told[0].text
    office.restart([WHO])
    jobs.ensure_jobs(office.services)
    office.sleep_until("2026-11-25 12:00")
    assert len(office.letters(kind="operator_alert")) == 3


def test_what_differs_in_words(open_office: OpenOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    office = open_office()
    office.wait(DAY)
    office.restart([STRICTER, MARIA, CHRISTMAS])
    monkeypatch.chdir(office._folder)
    said = CliRunner().invoke(diff, ["four-hours"], catch_exceptions=False).stdout.splitlines()
    assert said[0].startswith("four-hours: version 1 (Mon 16 Nov, 10:00) -> 2 (Tue 17 Nov, 10:00)")
    assert said[1:] == [
        "  first response: 4h -> 2h",
        "  escalation, level 1: goes to maria instead of manager",
        "  Thu 24 Dec 2026 is closed (Christmas Eve) now",
    ]
    assert CliRunner().invoke(diff, ["office"], catch_exceptions=False).stdout.splitlines()[1:] == said[3:]
    assert (
        CliRunner().invoke(diff, ["four-hours", "1", "1"], catch_exceptions=False).stdout.endswith("Nothing differs.\n")
    )
    assert CliRunner().invoke(diff, ["four-hours", "1"]).exit_code == 2


@pytest.mark.parametrize(
    ("name", "numbers", "what"),
    [("five-hours", (), "no policy"), ("urgent", (), "one version only"), ("urgent", (1, 2), "no version 2")],
)
def test_what_there_is_not(office: Office, name: str, numbers: tuple[int, ...], what: str) -> None:
    with pytest.raises(PermanentError, match=what):
        stood(office.services, name, numbers)

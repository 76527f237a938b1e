"""Objectives: who hears that a month will be lost, and how often; `mailsla sla objectives` shows the same."""

import pytest

from mailsla.core.report import objectives, periods
from mailsla.flows import jobs
from mailsla.flows.objectives import standings, this_month
from tests.flows.conftest import OpenOffice
from tests.flows.mails import OPERATOR, write
from tests.flows.office import Office

WANTED = (
    '[[policies]]\nname = "none"',
    """[[objectives]]
name = "answers"
metric = "first_response"
levels = ["80 % within 3h", "95 % within 1 business day"]
to = ["jo", "role:operator"]

[[policies]]
name = "none\"""",
)
NO_LADDER = 'ladder = [\n  { offset = "0m", to = ["manager"] },\n  { offset = "2h", to = ["maria"] },\n]'


@pytest.fixture
def wanting(open_office: OpenOffice) -> Office:
    office = open_office(WANTED, (NO_LADDER, ""), ('warnings = ["75%"]\n\nremind', "\nremind"))
    jobs.ensure_jobs(office.services)
    return office


def stages(office: Office) -> list[tuple[str, int, str]]:
    """(within, missed, stage) of each level."""
    with office.services.store.begin() as uow:
        found = standings(uow, office.services, this_month(office.services, office.now), office.now)
    return [(one.objective.within, one.objective.level.total - one.objective.level.good, one.stage) for one in found]


def complain(office: Office, count: int) -> None:
    for number in range(count):
        office.arrive(write(f"Nr {number} <nr{number}-{office.now}@mail.example>", subject=f"Parcel {number}"))
    office.prepare()


def test_who_is_to_know_hears_once_that_it_will_be_lost(wanting: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(objectives, "FEWEST", 3)  # a complaint has many letters
    complain(wanting, 2)
    wanting.sleep_until("2026-11-17 12:00")
    assert stages(wanting) == [("3h", 2, ""), ("1 business day", 0, "")]
    complain(wanting, 1)
    for day in (18, 19, 20, 24):
        wanting.sleep_until(f"2026-11-{day} 12:00")
    assert stages(wanting)[0] == ("3h", 3, "lost")
    told = [one for one in wanting.letters(kind="operator_alert") if "answers" in one.text and "3h" in one.text]
    assert sorted(one.to for one in told) == ["jo@acme.example", OPERATOR]
    assert "mailsla sla objectives" in told[0].text
    assert "80% are wanted" in told[0].text
    wanting.sleep_until("2026-12-01 12:00")
    assert stages(wanting)[0] == ("3h", 0, ""), "a new month begins anew"
    with wanting.services.store.begin() as uow:
        november = periods.before(this_month(wanting.services, wanting.now))
        (first, _) = standings(uow, wanting.services, november, wanting.now)
    assert (first.objective.level.held, first.objective.pace, first.stage) == (False, None, "")

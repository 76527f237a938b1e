"""The commands that a reminder suggests."""

from dataclasses import replace

import pytest

from mailsla.adapters.labels import COMMANDS
from mailsla.core.commands.likeliest import LIKELIEST, likeliest
from mailsla.core.model import Status
from mailsla.core.sla.terms import Metric
from tests.core.commands.test_plan import TICKET


def test_every_clock_has_two_that_help_explains() -> None:
    assert set(LIKELIEST) == set(Metric)
    explained = {usage for usage, _ in COMMANDS}
    for metric in Metric:
        for assignee in (None, "sam"):
            for status in (Status.OPEN, Status.WAITING_THIRD_PARTY):
                found = likeliest(replace(TICKET, assignee=assignee, status=status), metric)
                assert len(set(found)) == 2
                assert explained.issuperset(found)


@pytest.mark.parametrize(
    ("assignee", "status", "metric", "found"),
    [
        (None, Status.NEW, Metric.FIRST_RESPONSE, ("#take", "#resolve")),
        ("sam", Status.OPEN, Metric.NEXT_RESPONSE, ("#resolve", "#wait customer")),
        ("sam", Status.WAITING_THIRD_PARTY, Metric.RESOLUTION, ("#resolve", "#promise DAY HH:MM [REASON]")),
        ("sam", Status.WAITING_THIRD_PARTY, Metric.UC, ("#reopen", "#promise DAY HH:MM [REASON]")),
    ],
)
def test_they_depend_on_who_has_it_and_what_runs_out(
    assignee: str | None, status: Status, metric: Metric, found: tuple[str, str]
) -> None:
    assert likeliest(replace(TICKET, assignee=assignee, status=status), metric) == found

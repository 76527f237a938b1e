"""Each measure of `mailsla health` against its limit: up to it all is well, a second later it is not."""

import pytest

from mailsla.core.health import Backlog, Measures, Reading, judge

NOW = 1_780_000_000
MINUTE, HOUR = 60, 3600
FOUR_HOURS = 4 * HOUR
EMPTY = Backlog()


def measures(
    queues: dict[str, Backlog] | None = None, mailboxes: dict[str, Reading] | None = None, daemons: int = 1
) -> Measures:
    return Measures(NOW, daemons, queues or {}, mailboxes or {})


def unwell(what: Measures, alarm: int = FOUR_HOURS) -> list[str]:
    return [check.what for check in judge(what, alarm) if not check.well]


@pytest.mark.parametrize(
    ("queue", "most"),
    [
        ("unprocessed", 15 * MINUTE),
        ("unsent", HOUR),
        ("held", FOUR_HOURS),
        ("quarantined", FOUR_HOURS),
        ("in_doubt", FOUR_HOURS),
    ],
)
def test_the_oldest_of_a_queue_may_wait_so_long(queue: str, most: int) -> None:
    assert unwell(measures({queue: EMPTY})) == []
    assert unwell(measures({queue: Backlog(1000, NOW - most)})) == []
    assert unwell(measures({queue: Backlog(1, NOW - most - 1)})) == [queue]


def test_how_long_a_mail_may_wait_for_a_person_is_the_operators_setting() -> None:
    held = measures({"held": Backlog(1, NOW - HOUR)})
    assert unwell(held, alarm=HOUR) == []
    assert unwell(held, alarm=HOUR - 1) == ["held"]


def test_letters_that_failed_were_told_to_their_agents_and_wait_for_nobody() -> None:
    assert unwell(measures({"failed": Backlog(9, NOW - 1000 * HOUR)})) == []


@pytest.mark.parametrize(
    ("reading", "well"),
    [
        (Reading(NOW, 300), True),
        (Reading(NOW - 20 * MINUTE, 300), True),
        (Reading(NOW - 20 * MINUTE - 1, 300), False),
        (Reading(NOW - 20 * MINUTE - 1, 3600), True),
        (Reading(None, 300), False),
    ],
)
def test_a_mailbox_is_read_within_three_polls_and_five_minutes(reading: Reading, well: bool) -> None:
    assert unwell(measures(mailboxes={"support": reading})) == ([] if well else ["mailbox support"])


def test_without_a_daemon_it_is_not_well() -> None:
    assert unwell(measures(daemons=0)) == ["daemon"]
    assert unwell(measures(daemons=2)) == []

"""Who gets a ticket: in turn, or who has the fewest; never who is absent."""

from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailsla.core.assignment import ASSIGNMENTS, BY_HAND, IN_TURN, LEAST_LOADED, assignee_of, carried
from mailsla.core.directory import Agent, Away, Directory, Team

TEAM = ("sam", "kim", "lee", "jo")


def office(assignment: str, away: Mapping[str, str] | None = None, members: Sequence[str] = TEAM) -> Directory:
    """`away`: who is absent, and their deputies."""
    return Directory(
        agents={name: Agent(name=name, email=f"{name}@acme.example") for name in TEAM},
        teams={"desk": Team(name="desk", members=tuple(members), assignment=assignment)},
        away={name: Away(deputy=deputy) for name, deputy in (away or {}).items()},
    )


def given_to(directory: Directory, last: str | None = None, load: Mapping[str, int] | None = None) -> str | None:
    """Who gets the next ticket."""
    return assignee_of(directory, "desk", last, lambda _agents: load or {})


@pytest.mark.parametrize(
    ("last", "load", "away", "wanted"),
    [
        (None, {"sam": 2, "kim": 1, "lee": 3, "jo": 2}, {}, "kim"),
        (None, {}, {}, "sam"),
        ("sam", {}, {}, "kim"),  # all alike: in turn
        ("jo", {}, {}, "sam"),
        ("kim", {"sam": 1, "kim": 1, "lee": 2, "jo": 1}, {}, "jo"),  # of several with the fewest the next in turn
        (None, {"sam": 2, "kim": 1, "lee": 3, "jo": 2}, {"kim": ""}, "sam"),  # an absent one gets none
        (None, {"sam": 1, "kim": 2, "lee": 2, "jo": 2}, {"kim": "sam"}, "lee"),  # the deputy carries theirs too
        (None, {"sam": 5}, {"kim": "", "lee": "", "jo": ""}, "sam"),
        (None, {}, {"sam": "", "kim": "", "lee": "", "jo": ""}, None),
    ],
)
def test_the_least_loaded_gets_it(
    last: str | None, load: Mapping[str, int], away: Mapping[str, str], wanted: str | None
) -> None:
    assert given_to(office(LEAST_LOADED, away), last, load) == wanted


def test_a_team_that_assigns_by_hand_or_is_none_gives_it_to_nobody() -> None:
    assert given_to(office(BY_HAND)) is None
    for team in (None, "unknown"):
        assert assignee_of(office(IN_TURN), team, None, lambda _agents: {}) is None


def test_the_load_is_asked_for_only_where_it_decides() -> None:
    def never(_agents: Sequence[str]) -> Mapping[str, int]:
        raise AssertionError("nobody needs to know")

    for directory in (office(IN_TURN), office(BY_HAND), office(LEAST_LOADED, members=["sam"])):
        assignee_of(directory, "desk", None, never)


NAMES = st.sampled_from(TEAM)
LOADS = st.dictionaries(NAMES, st.integers(0, 5))
AWAY = st.dictionaries(NAMES, st.sampled_from(("", *TEAM)))


@given(st.sampled_from(ASSIGNMENTS), st.none() | NAMES, LOADS, AWAY)
def test_nobody_who_is_absent_gets_a_ticket(
    assignment: str, last: str | None, load: dict[str, int], away: dict[str, str]
) -> None:
    who = given_to(office(assignment, away), last, load)
    assert who not in away
    assert (who is None) == (assignment == BY_HAND or len(away) == len(TEAM))


@given(st.none() | NAMES, LOADS, AWAY)
def test_nobody_here_carries_less_than_who_gets_it(
    last: str | None, load: dict[str, int], away: dict[str, str]
) -> None:
    directory = office(LEAST_LOADED, away)
    total = carried(directory, load)
    if (who := given_to(directory, last, load)) is not None:
        assert total[who] == min(total[name] for name in TEAM if name not in away)


@given(st.lists(st.sampled_from(TEAM), max_size=30), st.integers(0, 30))
def test_given_out_by_load_nobody_gets_two_more_than_another(order: list[str], count: int) -> None:
    """From an even start, whoever had the last one before."""
    load = dict.fromkeys(TEAM, 0)
    last = order[-1] if order else None
    for _ in range(count):
        last = given_to(office(LEAST_LOADED), last, load)
        assert last is not None
        load[last] += 1
    assert max(load.values()) - min(load.values()) <= 1


@given(LOADS, AWAY)
def test_no_ticket_is_carried_twice(load: dict[str, int], away: dict[str, str]) -> None:
    """Each counts for its assignee, and for one who stands in at most."""
    directory = office(LEAST_LOADED, away)
    total = carried(directory, load)
    here = sum(total[name] for name in TEAM if name not in away)
    assert sum(load.get(name, 0) for name in TEAM if name not in away) <= here <= sum(load.values())

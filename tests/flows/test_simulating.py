"""What if: history under other policies and hours. What is in force gives exactly the history; what is not, what would
have been: a second office that ran under the other policies from the start, with the same people doing the same.
"""

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from mailsla.config.load import with_policies_of
from mailsla.config.settings import Settings
from mailsla.core.commands.grammar import Command
from mailsla.core.model import Event
from mailsla.core.sla.clocks import Clock
from mailsla.errors import PermanentError
from mailsla.flows import actions
from mailsla.flows.simulating import simulate
from mailsla.flows.steps.clocks import clocks_of
from mailsla.flows.steps.supposed import Supposition
from tests.flows.conftest import OpenOffice
from tests.flows.mails import ANA, RIO, SAM, address, answer, write
from tests.flows.office import DAY, HOUR, MINUTE, MONDAY, Office, blank_database
from tests.flows.test_stories_annulled import POWER_CUT
from tests.flows.test_stories_tracks import STATUTE, TEAM

Changes = Sequence[tuple[str, str]]
STEPS = '[{ at_least = "100%", credit = "0%" }, { at_least = "0%", credit = "10%" }]'
CREDITS = f'credits = {{ by = "compliance", steps = {STEPS} }}'
LADDER = 'ladder = [\n  { offset = "0m", to = ["manager"] },\n  { offset = "2h", to = ["maria"] },\n]'
QUIET: Changes = (  # the same deadlines, and nobody is written to about them
    ('warnings = ["75%"]\nladder = [{ offset = "0m", to = ["maria"] }]', ""),
    (f'warnings = ["75%"]\n{LADDER}', CREDITS),
    STATUTE,
    ('warnings = ["24h before"]\nladder = [{ offset = "0m", to = ["maria"] }]\n', ""),
    (TEAM[0], f'{TEAM[0]}\ninternal_target = "2h"\ncalendar = "office"'),
    ('resolve_waiting = "14 calendar days"\n', ""),
)
STRICTER: Changes = (
    (
        'first_response = "4h", next_response = "4h", resolution = "16h"',
        'first_response = "1h", next_response = "2h", resolution = "2 business days"',
    ),
    ('match = { priority = ["urgent"] }', 'match = { category = ["billing"] }'),
    ('first_response = "72h"', 'first_response = "3h"'),
)
RENAMED: Changes = (
    ('name = "four-hours"', 'name = "standard"'),
    ('name = "urgent"', 'name = "very urgent"'),
    ('name = "complaints act"', 'name = "law"'),
)

OFTEN = ("complain", "complain", "invoice", "write", "write", "answer", "answer")
VERBS = {
    "wait": Command("wait", "customer"),
    "resolve": Command("resolve"),
    "billing": Command("category", "billing"),
    "urgent": Command("priority", "urgent"),
    "of rio": Command("customer", RIO),
    "money": Command("handover", "money"),
    "split": Command("split"),
}
story = st.lists(
    st.tuples(
        st.sampled_from((*OFTEN, "merge", *VERBS)),
        st.integers(0, 3),
        st.sampled_from((10 * MINUTE, 90 * MINUTE, 5 * HOUR, DAY, 3 * DAY)),
    ),
    min_size=6,
    max_size=10,
)
Story = list[tuple[str, int, int]]
EVERYTHING: Story = [
    ("complain", 0, 600),
    ("write", 0, 600),
    ("answer", 0, 5400),
    ("write", 0, 600),
    ("split", 0, 5400),
    ("merge", 1, 600),
    ("billing", 0, 5400),
    ("urgent", 2, 5400),
    ("wait", 0, 600),
]


@cache
def _blank() -> Path:
    return blank_database(Path(tempfile.mkdtemp(prefix="simulated-blank-")))


def lived(told: Story, folder: Path, changes: Changes) -> Office:
    """An office in which this happened."""
    office = Office(folder, _blank(), changes)
    office.receive(write(ANA))
    for what, which, pause in told:
        office.wait(pause)
        _do(office, what, sorted(office.tickets())[which % len(office.tickets())])
    office.wait(DAY)
    return office


def _do(office: Office, what: str, reference: str) -> None:
    if what in ("complain", "invoice"):
        words = ("My parcel is late.", "Parcel") if what == "complain" else ("You charged my invoice twice.", "Invoice")
        office.receive(write(ANA, *words))
    elif what == "write":
        office.receive(write(ANA, "And it was a gift.", f"Re: [{reference}] My parcel"))
    elif what == "answer":
        actions.reply(office.services, reference, "It comes on Tuesday.", "sam", resolve=False)
    elif what == "merge":
        actions.command(office.services, reference, Command("merge", office.tickets()[0]), "sam")
    else:
        actions.command(office.services, reference, VERBS[what], "sam")
    office.work()


def by_people(office: Office) -> dict[str, list[tuple[object, ...]]]:
    """What happened there but for what deadlines did."""

    def told(event: Event) -> tuple[object, ...]:
        return event.at, event.type, event.data.get("to"), event.data.get("category"), event.data.get("priority")

    beside = ("policy", "breached", "annulled", "superseded", "due_moved", "promise_broken")
    return {one: [told(each) for each in office.events(one) if each.type not in beside] for one in office.tickets()}


def plain(clocks: Sequence[Clock]) -> list[Clock]:
    """Without the numbers of versions, which each office has its own of."""
    none = {"policy_version": None}
    return [
        replace(
            one, **none, undone=0, breaches=tuple(replace(two, **none, calendar_version=None) for two in one.breaches)
        )
        for one in clocks
    ]


def simulated(office: Office, then: Settings) -> dict[str, list[Clock]]:
    """The clocks of each ticket under what is supposed."""
    supposition, found = Supposition(office.services, then), {}
    tickets = [office.ticket(one) for one in office.tickets()]
    with office.services.store.begin() as uow:
        for ticket in tickets:
            events = uow.tickets.events(ticket.id)
            clocks = supposition.clocks(uow, ticket, events, office.now)
            as_it_was = clocks_of(uow, office.services, ticket, office.now, events)
            found[ticket.reference] = plain(as_it_was if clocks is None else clocks)
    return found


def history(office: Office) -> dict[str, list[Clock]]:
    tickets = [office.ticket(one) for one in office.tickets()]
    with office.services.store.begin() as uow:
        return {one.reference: plain(clocks_of(uow, office.services, one, office.now)) for one in tickets}


def changed(office: Office, changes: Changes) -> Settings:
    """The configuration of the office with these changes."""
    folder = office._folder
    text = (folder / "mailsla.toml").read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text, f"the configuration has no {old!r}"
        text = text.replace(old, new)
    (folder / "new.toml").write_text(text, encoding="utf-8")
    return with_policies_of(folder / "mailsla.toml", folder / "new.toml")


def some(count: int) -> settings:
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    return settings(
        max_examples=count,
        deadline=None,
        phases=[Phase.explicit, Phase.reuse, Phase.generate],
        suppress_health_check=checks,
    )


@some(1)
@example(told=EVERYTHING)
@given(told=story)
def test_what_is_in_force_gives_the_history_and_what_is_not_what_would_have_been(told: Story) -> None:
    """Every clock, breach and credit; also of policies that only have other names, so that all is chosen anew."""
    with tempfile.TemporaryDirectory() as here, tempfile.TemporaryDirectory() as there:
        office, other = lived(told, Path(here), QUIET), lived(told, Path(there), [*QUIET, *STRICTER])
        was = history(office)
        assert simulated(office, office.services.settings) == was
        assert simulated(office, changed(office, RENAMED)) == was
        if by_people(office) == by_people(other):  # deadlines decide a little of what happens: a merge opens again
            assert simulated(office, changed(office, STRICTER)) == history(other)
        else:
            assert told != EVERYTHING
        found = simulate(office.services, office.services.settings, 0)
        assert (found.otherwise, found.newly_late, found.late_no_more) == (0, 0, 0)
        assert found.total.before == found.total.after
        assert found.credits_before == found.credits_after
        kept = office.query(
            "SELECT count(*) FROM breaches WHERE metric NOT IN ('ola', 'uc') "
            "AND id NOT IN (SELECT breach_id FROM corrections)"
        )
        assert found.total.before.breaches == kept[0][0]


def test_a_breach_that_was_annulled_is_none_before_and_after(open_office: OpenOffice) -> None:
    office = open_office()
    office.receive(write(ANA))
    office.wait_until("2026-11-17 09:30")
    office.restart(POWER_CUT)
    office.work()
    found = simulate(office.services, office.services.settings, 0)
    assert office.query("SELECT count(*) FROM corrections") == [(1,)]
    assert found.total.before == found.total.after
    assert found.total.before.breaches == 0


def test_what_a_complaint_was_opened_under_stays_where_the_policies_in_force_are_supposed(
    open_office: OpenOffice,
) -> None:
    """On Tuesday the policy becomes stricter, for new complaints: what is in force now never was for the first."""
    office = open_office()
    office.receive(write(ANA))
    office.wait(DAY)
    office.restart(STRICTER[:1])
    office.receive(write(RIO))
    office.wait(DAY)
    assert simulated(office, office.services.settings) == history(office)
    assert simulated(office, changed(office, [(HOURS, HOURS.replace("17:00", "18:00"))])) != history(office)


HOURS = 'weekly.mon = ["09:00-17:00"]'


def test_longer_hours_bring_deadlines_forward_and_change_what_could_be_kept(open_office: OpenOffice) -> None:
    office = open_office()
    office.receive(write(ANA))
    office.wait_until("2026-11-17 10:00")
    office.receive(answer(SAM, office.letter(address(SAM), "agent_notification"), "#resolve\nIt is on its way."))
    found = simulate(office.services, changed(office, [(HOURS, 'weekly.mon = ["09:00-20:00"]')]), 0)
    kept = {(one.metric, one.category): (one.count, one.before, one.after) for one in found.keepable}
    assert kept["first_response", "*"] == (1, 8 * HOUR, 11 * HOUR)
    assert (found.otherwise, found.total.before.work, found.total.after.work) == (1, 8 * HOUR, 11 * HOUR)


def test_credits_and_lateness_before_and_after(open_office: OpenOffice) -> None:
    office = open_office(*QUIET)
    office.receive(write(ANA))
    office.wait_until("2026-11-16 12:00")
    office.receive(answer(SAM, office.letter(address(SAM), "agent_notification"), "#resolve\nIt is on its way."))
    found = simulate(office.services, changed(office, STRICTER), 0)
    assert (found.newly_late, found.late_no_more, found.complaints) == (1, 0, 1)
    assert [(one.month, one.policy, one.credit) for one in found.credits_before] == [("2026-11", "four-hours", 0)]
    assert [one.credit for one in found.credits_after] == [Fraction(1, 10)]
    assert found.total.before.breaches == 0
    assert dict(found.answers_before) == {(0, 13): 1, (3, 9): 1}


def test_only_of_a_time_or_a_customer(open_office: OpenOffice) -> None:
    office = open_office()
    office.receive(write(ANA))
    office.wait(DAY)
    office.receive(write(RIO))
    same = office.services.settings
    counts = [
        simulate(office.services, same, since, until, customer).complaints
        for since, until, customer in (
            (0, None, ""),
            (MONDAY + 1, None, ""),
            (0, MONDAY, ""),
            (0, None, address(RIO).upper()),
        )
    ]
    assert counts == [2, 1, 0, 1]
    with pytest.raises(PermanentError, match=r"nobody@x\.example"):
        simulate(office.services, same, 0, None, "nobody@x.example")


def test_it_writes_nothing(open_office: OpenOffice) -> None:
    office = open_office()
    office.receive(write(ANA))
    office.wait(DAY)
    before = (
        office.query("SELECT * FROM versions"),
        office.query("SELECT * FROM clocks"),
        office.query("SELECT * FROM events"),
    )
    simulate(office.services, changed(office, STRICTER[:1]), 0)
    assert before == (
        office.query("SELECT * FROM versions"),
        office.query("SELECT * FROM clocks"),
        office.query("SELECT * FROM events"),
    )

"""Hours, policies and zones that change while complaints are open; and breaches, which are never unsaid (sla.md 4)."""

from dataclasses import replace

import pytest

from mailsla import bootstrap
from mailsla.core.model import Correction
from mailsla.flows import looking, recomputing
from tests.flows.conftest import OpenOffice
from tests.flows.mails import ANA, write
from tests.flows.office import HOUR, MONDAY, Office, berlin

MONDAY_HOURS = 'weekly.mon = ["09:00-17:00"]'


def corrections(office: Office) -> list[Correction]:
    ticket = office.ticket()
    with office.services.store.begin() as uow:
        return uow.clocks.corrections(ticket.id)


def breaches(office: Office) -> list[tuple[str, int]]:
    ticket = office.ticket()
    with office.services.store.begin() as uow:
        return [(one.cause, one.breached_at) for one in uow.clocks.breaches(ticket.id)]


@pytest.fixture
def open_one(office: Office) -> Office:
    """Ana complained on Monday at 10:00: the answer is due at 14:00, the solution on Wednesday at 10:00."""
    office.receive(write(ANA))
    return office


def test_other_opening_hours_count_for_open_complaints_from_now_on(open_one: Office) -> None:
    open_one.wait_until("2026-11-16 11:00")
    open_one.restart([(MONDAY_HOURS, 'weekly.mon = ["09:00-12:00"]')])
    open_one.work()
    assert open_one.clock("first_response").due == berlin("2026-11-17 11:00")
    moved = open_one.events(type_="due_moved")
    assert [(event.data["metric"], event.data["reason"]) for event in moved] == [
        ("first_response", "calendar"),
        ("resolution", "calendar"),
    ]
    assert moved[0].data["from"] == MONDAY + 4 * HOUR


def test_they_count_from_the_date_that_they_name(open_one: Office) -> None:
    hours = 'weekly.tue = ["09:00-17:00"]'
    later = 'zone = "Europe/Berlin"\neffective_from = 2026-11-24\nweekly.mon'
    open_one.restart([(hours, 'weekly.tue = ["09:00-10:00"]'), ('zone = "Europe/Berlin"\nweekly.mon', later)])
    open_one.work()
    assert open_one.clock("resolution").due == berlin("2026-11-18 10:00"), "this Tuesday is as it was"
    open_one.wait_until("2026-11-23 16:00")
    open_one.receive(write("Rio Mendes <rio@elsewhere.example>"))
    assert open_one.clock("first_response", "ACME-1002").due == berlin("2026-11-25 11:00")


def test_hours_that_come_back_are_a_version_again(open_one: Office) -> None:
    for hours in ('weekly.mon = ["09:00-12:00"]', MONDAY_HOURS):
        open_one.wait(600)
        open_one.restart([(MONDAY_HOURS, hours)])
        open_one.work()
    assert open_one.clock("first_response").due == MONDAY + 4 * HOUR
    with open_one.services.store.begin() as uow:
        assert len(uow.clocks.versions("calendar", "office")) == 3


def test_what_is_as_it_was_is_no_new_version(open_one: Office) -> None:
    open_one.restart()
    open_one.work()
    assert open_one.events(type_="due_moved") == []
    with open_one.services.store.begin() as uow:
        assert len(uow.clocks.versions("calendar", "office")) == 1


def test_a_breach_that_hours_told_too_late_undo_is_annulled_and_stays(open_one: Office) -> None:
    open_one.wait_until("2026-11-16 15:00")
    assert breaches(open_one) == [("due", MONDAY + 4 * HOUR)]
    closed = "[calendars.office.holidays]\n"
    since = ("weekly.mon", "effective_from = 2026-11-16\nweekly.mon")
    open_one.restart([since, (closed, f'{closed}2026-11-16 = "Power cut"\n')])
    open_one.work()
    assert breaches(open_one) == [("due", MONDAY + 4 * HOUR)], "a recorded breach is immutable"
    assert [(one.kind, one.cause) for one in corrections(open_one)] == [("annulled", "calendar")]
    assert open_one.clock("first_response").due == berlin("2026-11-17 13:00")
    assert [event.data["cause"] for event in open_one.events(type_="annulled")] == ["calendar"]
    open_one.wait_until("2026-11-17 13:01")
    assert breaches(open_one) == [("due", MONDAY + 4 * HOUR), ("due", berlin("2026-11-17 13:00"))]
    assert len(corrections(open_one)) == 1


def test_what_is_missed_again_after_an_annulment_is_told_again(open_one: Office) -> None:
    open_one.wait_until("2026-11-16 15:00")
    told = [one.data["level"] for one in open_one.events(type_="escalated")]
    warned = len(open_one.events(type_="warned"))
    assert told
    assert warned
    closed = "[calendars.office.holidays]\n"
    since = ("weekly.mon", "effective_from = 2026-11-16\nweekly.mon")
    open_one.restart([since, (closed, f'{closed}2026-11-16 = "Power cut"\n')])
    open_one.work()
    assert [one.data["level"] for one in open_one.events(type_="escalated")] == told, "nothing is late now"
    open_one.wait_until("2026-11-17 14:00")
    again = [one.data["level"] for one in open_one.events(type_="escalated") if one.data["metric"] == "first_response"]
    assert again == [*told, *told]
    assert len([one for one in open_one.events(type_="warned") if one.data["metric"] == "first_response"]) == 2 * warned


def test_a_breach_knows_its_calendars_version(open_one: Office) -> None:
    open_one.wait_until("2026-11-16 15:00")
    ticket = open_one.ticket()
    with open_one.services.store.begin() as uow:
        (breach,) = uow.clocks.breaches(ticket.id)
        (calendar,) = uow.clocks.versions("calendar", "office")
    assert breach.calendar_version == calendar.id


def test_new_zone_data_recompute_open_complaints_and_say_so(open_one: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "tzdata_version", lambda: "2099a")
    open_one.restart()
    open_one.work()
    assert open_one.clock("first_response").tzdata == "2099a"
    assert open_one.events(type_="due_moved") == [], "in Berlin nothing moved"
    with open_one.services.store.begin() as uow:
        assert [one.content["release"] for one in uow.clocks.versions("tzdata", "tzdata")][-1] == "2099a"


STRICTER = ('resolution = "16h" }', 'resolution = "12h" }')


def test_other_targets_are_for_new_complaints_and_for_open_ones_when_applied(open_one: Office) -> None:
    open_one.restart([STRICTER])
    open_one.work()
    assert open_one.clock("resolution").due == berlin("2026-11-18 10:00")
    (tried,) = recomputing.apply_open(open_one.services, "cli:root", dry_run=True)
    assert [(one.before.due, one.after.due) for one in tried.clocks if one.before and one.after] == [
        (berlin("2026-11-18 10:00"), berlin("2026-11-17 14:00"))
    ]
    assert open_one.clock("resolution").due == berlin("2026-11-18 10:00"), "a dry run writes nothing"
    (applied,) = recomputing.apply_open(open_one.services, "cli:root", dry_run=False)
    assert [before.partition(" ")[0] for before in applied.policies[0]] == ["four-hours"]
    assert open_one.clock("resolution").due == berlin("2026-11-17 14:00")
    assert [event.actor for event in open_one.events(type_="policy")] == ["cli:root"]
    assert list(recomputing.apply_open(open_one.services, "cli:root", dry_run=False)) == []


def test_a_cache_that_is_wrong_is_seen_and_written_anew(open_one: Office) -> None:
    assert list(recomputing.recompute(open_one.services, None, dry_run=True)) == []
    open_one.damage("UPDATE clocks SET due = due + 3600 WHERE metric = 'resolution'")
    (seen,) = recomputing.recompute(open_one.services, "ACME-1001", dry_run=True)
    assert [one.before and one.before.due for one in seen.clocks] == [berlin("2026-11-18 11:00")]
    assert open_one.clock("resolution").due == berlin("2026-11-18 11:00")
    assert len(list(recomputing.recompute(open_one.services, None, dry_run=False))) == 1
    assert open_one.clock("resolution").due == berlin("2026-11-18 10:00")
    assert list(recomputing.recompute(open_one.services, None, dry_run=True)) == []


def test_show_says_which_breaches_count_no_more(open_office: OpenOffice) -> None:
    office = open_office()
    office.receive(write(ANA))
    office.wait_until("2026-11-16 15:00")
    closed = "[calendars.office.holidays]\n"
    since = ("weekly.mon", "effective_from = 2026-11-16\nweekly.mon")
    office.restart([since, (closed, f'{closed}2026-11-16 = "Power cut"\n')])
    office.work()
    shown = looking.show(office.services, "ACME-1001")
    assert [replace(one, id=0, breach_id=0, at=0) for one in shown.corrections] == [
        Correction(breach_id=0, kind="annulled", cause="calendar", at=0, actor="mailsla")
    ]

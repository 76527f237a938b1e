"""What each preset promises, told as complaints by the real flows: what is due when, around weekends and Christmas."""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest

from mailsla.config import preset
from tests.flows.mails import ANA, SAM, address, answer, write
from tests.flows.office import BERLIN, Office, berlin

OpenPreset = Callable[..., Office]
VERIFIED = ('#authserv_id = "none"', 'authserv_id = "mx.acme.example"')
AT_ONCE = ("#undo_seconds = 60", "undo_seconds = 0")  # an answer goes out at once; test_recall.py has the wait
CHRISTMAS = (
    "#[calendars.office.holidays]\n#2026-12-25 = ",
    '[calendars.office.holidays]\n2026-12-28 = "a bridge day"\n2026-12-25 = ',
)


@pytest.fixture
def open_preset(tmp_path: Path, _blank: Path) -> Iterator[OpenPreset]:
    """`open_preset(name, time)`: the office of a preset, on a Berlin wall clock, with its Christmas."""
    opened: list[Office] = []

    def make(name: str, now: str) -> Office:
        office = Office(tmp_path, _blank, (VERIFIED, AT_ONCE, CHRISTMAS), preset.text(name))
        office.now = berlin(now)
        opened.append(office)
        return office

    yield make
    for office in opened:
        office.close()


def dues(office: Office) -> dict[str, str]:
    """Each running clock, "track metric", and its due on a Berlin wall clock; 24:00 as the 00:00 after it."""
    number = office.ticket().id
    with office.services.store.begin() as uow:
        rows = uow.clocks.of_ticket(number)
    return {
        f"{row.track} {row.metric}".strip(): f"{datetime.fromtimestamp(row.due, BERLIN):%a %d %b %H:%M}"
        for row in rows
        if row.due is not None
    }


def resolve(office: Office) -> None:
    letter = office.letter("sam@acme.example", "agent_notification")
    office.receive(answer(SAM, letter, "#resolve\n\nDear Ana,\n\nit is done.\n"))


def test_standard_counts_opening_hours_over_a_weekend(open_preset: OpenPreset) -> None:
    office = open_preset("standard", "2026-11-20 16:00")
    office.receive(write(ANA))
    assert dues(office) == {"first_response": "Tue 24 Nov 12:00", "resolution": "Mon 30 Nov 16:00"}


def test_ecommerce_returns_are_refunded_within_14_days_whatever_we_wait_for(open_preset: OpenPreset) -> None:
    office = open_preset("ecommerce-returns", "2026-12-18 16:00")
    office.receive(write(ANA, "Hello,\n\nI want to return these shoes and get my refund.\n", "Return and refund"))
    assert office.ticket().category == "returns"
    assert dues(office) == {"first_response": "Mon 21 Dec 16:00", "resolution": "Sat 02 Jan 00:00"}
    letter = office.letter("sam@acme.example", "agent_notification")
    office.receive(answer(SAM, letter, "#wait customer\n\nWhich account may we pay it to?\n"))
    assert office.ticket().status == "waiting_customer"
    assert dues(office)["resolution"] == "Sat 02 Jan 00:00"


def test_telecom_outages_run_through_the_night_and_the_weekend(open_preset: OpenPreset) -> None:
    office = open_preset("telecom-outage", "2026-11-20 23:30")
    office.receive(write(ANA, "Hello,\n\nthe internet is down, nothing works, a total error.\n", "Technical problem"))
    assert office.ticket().category in ("technical", "defect")
    assert dues(office) == {"first_response": "Sat 21 Nov 00:30", "resolution": "Mon 23 Nov 00:00"}


def test_a_contract_between_companies_stops_while_a_supplier_is_waited_for(open_preset: OpenPreset) -> None:
    office = open_preset("b2b-contract", "2026-11-20 10:00")
    office.receive(write(ANA))
    assert dues(office) == {"first_response": "Mon 23 Nov 10:00", "resolution": "Fri 27 Nov 10:00"}
    credits = {policy.name: policy.credits for policy in office.services.settings.policies}
    assert credits["standard"] is None
    assert credits["urgent"] is not None
    assert [step.credit for step in credits["urgent"].steps] == ["0%", "5%", "15%", "30%"]


def test_fca_three_business_days_and_eight_weeks_run_beside_the_own_promise(open_preset: OpenPreset) -> None:
    office = open_preset("fca-disp", "2026-12-22 16:00")
    office.receive(write(ANA))
    assert dues(office) == {
        "first_response": "Wed 23 Dec 17:00",
        "summary resolution": "Tue 29 Dec 17:00",  # Wed, Thu; Fri and Mon are holidays
        "statute resolution": "Wed 17 Feb 00:00",  # the end of Tuesday, 8 weeks on
    }
    told = office.letter(address(ANA), "acknowledgement").text
    assert "Tuesday, 16 February 2027" in told
    assert "29 December" not in told  # a chance of ours, no promise to them
    letter = office.letter("sam@acme.example", "agent_notification")
    office.receive(answer(SAM, letter, "#wait customer\n\nWe look into it. When was it?\n"))
    assert dues(office)["statute resolution"] == "Wed 17 Feb 00:00"
    office.wait_until("2026-12-30 09:00")
    rows = {row: due for row, due in dues(office).items() if row.endswith(" resolution")}
    assert rows == {"statute resolution": "Wed 17 Feb 00:00"}  # the summary is late, the final response is not
    resolve(office)
    assert "resolution 1 late" in office.metrics()
    assert "resolution 1 met" in office.metrics()


def test_psd2_15_and_exceptionally_35_business_days(open_preset: OpenPreset) -> None:
    office = open_preset("psd2", "2026-12-11 16:00")
    office.receive(write(ANA))
    assert dues(office) == {
        "first_response": "Mon 14 Dec 17:00",
        "statute resolution": "Wed 06 Jan 00:00",
        "exceptional resolution": "Wed 03 Feb 00:00",
    }


def test_cfpb_15_and_60_calendar_days(open_preset: OpenPreset) -> None:
    office = open_preset("cfpb", "2026-11-20 16:00")
    office.receive(write(ANA))
    assert dues(office) == {
        "first_response": "Mon 23 Nov 17:00",
        "statute first_response": "Sun 06 Dec 00:00",
        "statute resolution": "Wed 20 Jan 00:00",
    }


def test_iso_10002_keeps_the_customer_informed(open_preset: OpenPreset) -> None:
    office = open_preset("iso-10002", "2026-11-20 16:00")
    office.receive(write(ANA))
    assert dues(office) == {"first_response": "Mon 23 Nov 17:00", "resolution": "Fri 04 Dec 17:00"}
    letter = office.letter("sam@acme.example", "agent_notification")
    office.receive(answer(SAM, letter, "We look into it.\n"))
    assert dues(office) == {"periodic_update": "Fri 27 Nov 17:00", "resolution": "Fri 04 Dec 17:00"}


@pytest.mark.parametrize("name", preset.names())
def test_each_names_its_source_and_asks_for_counsel(name: str) -> None:
    text = preset.text(name)
    assert "# Source: " in text
    assert "heck with counsel" in " ".join(line.lstrip("# ") for line in text.splitlines())
    assert preset.about(name)


@pytest.mark.parametrize("name", ["fca-disp", "psd2", "cfpb"])
def test_statutes_never_pause(open_preset: OpenPreset, name: str) -> None:
    office = open_preset(name, "2026-11-20 16:00")
    statutes = [policy for policy in office.services.settings.policies if policy.track]
    assert statutes
    assert all(policy.pause_on == () for policy in statutes)

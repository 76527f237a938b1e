"""Stories of breaches that were recorded, and count no more: they stay to be read, with why (sla.md section 4)."""

import re

from tests.flows.conftest import OpenOffice
from tests.flows.mails import ANA, SAM, address, answer, write
from tests.flows.office import Office
from tests.flows.postbox import Posted
from tests.flows.test_stories_tracks import STATUTE

POWER_CUT = (
    ("weekly.mon", "effective_from = 2026-11-16\nweekly.mon"),
    ("[calendars.office.holidays]\n", '[calendars.office.holidays]\n2026-11-16 = "Power cut"\n'),
)
FIVE_HOURS = (STATUTE[0], STATUTE[1].replace('"always"', '"office"').replace('"72h"', '"5h"'))
UNDONE = "missed, but it counts no more: other opening hours"


def why(office: Office) -> Posted:
    office.receive(answer(SAM, office.letter(address(SAM), "agent_notification"), "#why"))
    return office.letter(address(SAM), "explanation")


def told(letter: Posted) -> dict[str, str]:
    """The text of each clock, by its title."""
    blocks = (" ".join(block.split()) for block in re.split(r"\n\s*\n", letter.plain))
    return {title: lines for block in blocks for title, found, lines in [block.partition(": ")] if found}


def test_hours_told_too_late_undo_a_miss_and_why_says_so(open_office: OpenOffice) -> None:
    """On Monday at 14:00 the answer is missed; on Tuesday we say that on Monday nobody could work."""
    office = open_office()
    office.receive(write(ANA))
    office.wait_until("2026-11-17 09:30")
    assert "Mon 16 Nov, 14:00 missed, target 4h" in why(office).text
    office.restart(POWER_CUT)
    office.work()
    clocks = told(why(office))
    assert "Mon 16 Nov closed: Power cut" in clocks["Answer due"]
    assert f"Mon 16 Nov, 14:00 {UNDONE} Tue 17 Nov, 13:00 due" in clocks["Answer due"]
    assert "missed" not in clocks["Solution due"]
    office.wait_until("2026-11-17 13:30")
    missed_again = told(why(office))["Answer due"]
    assert UNDONE in missed_again
    assert "Tue 17 Nov, 13:00 missed, target 4h" in missed_again


def test_each_agreement_tells_of_its_own(open_office: OpenOffice) -> None:
    """A contract asks for an answer in four hours, a statute for one in five: both were missed, neither counts."""
    office = open_office(FIVE_HOURS)
    office.receive(write(ANA))
    office.wait_until("2026-11-16 16:00")
    office.restart((FIVE_HOURS, *POWER_CUT))
    office.work()
    clocks = told(why(office))
    contract, statute = clocks["Answer due"], clocks["Answer due (statute)"]
    assert contract.count(UNDONE) == statute.count(UNDONE) == 1
    assert f"Mon 16 Nov, 14:00 {UNDONE}" in contract
    assert f"Mon 16 Nov, 15:00 {UNDONE}" in statute

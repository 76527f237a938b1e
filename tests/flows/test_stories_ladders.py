"""Stories of warnings and ladders: an outage, a weekend, quiet hours, repeats, two daemons (sla.md 5)."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from mailsla.core.model import NoticeState
from mailsla.flows import deadlines, delivery, leases
from mailsla.flows.services import Services
from tests.flows.conftest import OpenOffice
from tests.flows.mails import ANA, JO, KIM, MARIA, OPERATOR, RIO, SAM, address, answer, write
from tests.flows.office import DAY, MINUTE, Office, berlin

SECOND_LEVEL = '{ offset = "2h", to = ["maria"] }'
REMINDED_TOO = (SECOND_LEVEL, '{ offset = "2h", to = ["assignee", "maria"] }')
ALWAYS = '[calendars.always]\nzone = "Europe/Berlin"\n' + "".join(
    f'weekly.{day} = ["00:00-24:00"]\n' for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
)
ROUND_THE_CLOCK = (
    ('name = "four-hours"\ncalendar = "office"', 'name = "four-hours"\ncalendar = "always"'),
    ("[calendars.office]", ALWAYS + "\n[calendars.office]"),
)


def sent_at(office: Office, person: str, kind: str = "escalation") -> list[int]:
    return [letter.at for letter in office.letters(address(person), kind)]


def test_the_server_stood_still_for_two_days(open_office: OpenOffice) -> None:
    """Three complaints on Monday: none is answered in 4 h, and on Wednesday the solution is due within the hour."""
    office = open_office(REMINDED_TOO)
    for number in range(3):
        office.receive(write(f"customer{number}@mail.example", subject=f"Parcel {number}"))
    before = {person: len(office.letters(address(person))) for person in (SAM, KIM, JO, MARIA)}
    office.sleep_until("2026-11-18 09:15")
    after = {person: office.letters(address(person))[count:] for person, count in before.items()}
    assert {person: [one.kind for one in letters] for person, letters in after.items()} == {
        SAM: ["catch_up"],  # reminders of two solutions, escalations of two answers
        KIM: ["catch_up"],
        JO: [],  # the first level: the second speaks for it
        MARIA: ["escalation"],
    }
    sams = after[SAM][0]
    assert sams.subject == "2 cases waited for you; late: 2"
    assert "ACME-1001 Parcel 0" in sams.text and "ACME-1003 Parcel 2" in sams.text
    reminded = "What Escalation, Reminder Solution due Wed 18 Nov, 10:00 Berlin"
    assert sams.text.count(reminded) == 2, "beside the answer that is late, what the reminder is about"
    assert after[MARIA][0].plain.count("LATE by") == 3
    skipped = office.query("SELECT key FROM firings WHERE superseded ORDER BY key")
    assert [key for (key,) in skipped] == ["first_response:1:1:75%:0:0"] * 3 + ["first_response:1:1:level:0:0"] * 3
    sent = len(office.letters())
    office.restart([REMINDED_TOO])
    office.work()
    office.wait(10 * MINUTE)
    assert len(office.letters()) == sent


def test_a_weekend_is_nobodys_alarm(open_office: OpenOffice) -> None:
    """The clock runs round the clock, the people don't: on Monday each of them has one letter."""
    office = open_office(*ROUND_THE_CLOCK)
    office.now = berlin("2026-11-20 17:30")
    for person in (ANA, RIO):
        office.receive(write(person))
    office.wait_until("2026-11-23 08:59")
    assert [office.letters(address(person)) for person in (SAM, KIM, JO)] == [[], [], []]
    office.wait_until("2026-11-23 09:30")
    assert office.kinds(address(JO)) == ["escalation"]
    for person, reference in ((SAM, "ACME-1001"), (KIM, "ACME-1002")):
        (letter,) = office.letters(address(person))
        assert letter.at == berlin("2026-11-23 09:00")
        assert reference in letter.text
    assert office.clock("first_response").breached_at == (berlin("2026-11-20 21:30"),)


def test_a_level_that_may_wake_people_does_so_and_tells_them_once(open_office: OpenOffice) -> None:
    woken = ('{ offset = "0m", to = ["manager"] }', '{ offset = "0m", to = ["manager"], override_quiet_hours = true }')
    office = open_office(*ROUND_THE_CLOCK, woken)
    office.now = berlin("2026-11-20 18:00")
    office.receive(write(ANA))
    office.wait_until("2026-11-21 09:00")
    assert sent_at(office, JO) == [berlin("2026-11-20 22:00") + 1]


def test_a_level_repeats_until_somebody_answers_and_at_most_so_often(open_office: OpenOffice) -> None:
    nagging = (SECOND_LEVEL, '{ offset = "-1h", to = ["maria"], repeat = "2h", at_most = 4 }')
    office = open_office(nagging)
    for person in (ANA, RIO):
        office.receive(write(person))
    office.wait_until("2026-11-16 15:30")
    office.receive(answer(SAM, office.letter(address(SAM), "agent_notification"), "It arrives on Tuesday."))
    office.wait_until("2026-11-17 16:30")
    letters = office.letters(address(MARIA), "escalation")
    hours = ["16 13:00", "16 15:00", "16 17:00", "17 11:00"]
    assert [one.at for one in letters] == [berlin(f"2026-11-{hour}") for hour in hours]
    assert ["ACME-1001" in one.text for one in letters] == [True, True, False, False]
    assert all("ACME-1002" in one.text for one in letters)


def test_an_answer_takes_back_what_waited_for_the_morning(open_office: OpenOffice) -> None:
    office = open_office(*ROUND_THE_CLOCK, ('calendar = "office"\nmanager = "jo"', 'manager = "jo"'))
    office.now = berlin("2026-11-17 18:00")
    office.receive(write(ANA))
    office.wait_until("2026-11-17 22:30")
    (waits,) = [one for one in office.notices("escalation") if one.person == "jo"]
    assert waits.state is NoticeState.PENDING and waits.not_before == berlin("2026-11-18 09:00")
    office.receive(answer(SAM, office.letter(address(SAM), "agent_notification"), "It arrives on Wednesday."))
    office.wait_until("2026-11-18 09:30")
    assert office.letters(address(JO)) == []
    assert [one.state for one in office.notices("escalation") if one.person == "jo"] == [NoticeState.CANCELLED]


def test_where_the_ladder_names_nobody_the_operator_hears_it_in_words(open_office: OpenOffice) -> None:
    office = open_office(('manager = "jo"\n', ""))
    office.receive(write(ANA))
    office.wait_until("2026-11-16 14:01")
    letter = office.letter(OPERATOR, "escalation")
    assert "The ladder names nobody for this, so it goes to you as the operator." in letter.text
    assert "The ladder names nobody for this" in letter.html


def test_two_daemons_climb_one_ladder(office: Office) -> None:
    """Both wake at the same time, with the same things overdue."""
    for number in range(6):
        office.receive(write(f"customer{number}@mail.example"))
    office.now += DAY
    daemons = [replace(office.services, owner=name) for name in ("first", "second")]
    for one in daemons:
        leases.arrive(one)
    with ThreadPoolExecutor(2) as threads:
        list(threads.map(_run, daemons))
    office.work()
    assert office.kinds(address(MARIA)) == ["escalation"]
    assert office.letter(address(MARIA), "escalation").plain.count("LATE by") == 6
    fired = office.query("SELECT count(*), count(DISTINCT ticket_id || key) FROM firings WHERE key LIKE '%level:1%'")
    assert fired == [(6, 6)]


def _run(services: Services) -> None:
    """What a daemon does with what is due."""
    while deadlines.next_due(services):
        delivery.render_due(services)
    delivery.render_due(services)

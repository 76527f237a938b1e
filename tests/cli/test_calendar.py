"""`mailsla calendar`: weeks that a person can read, and holidays from libraries and calendar files."""

from pathlib import Path

import pytest

from tests.cli.command import run

CHRISTMAS = """
[calendars.office.holidays]
2026-12-25 = "Christmas Day"

[calendars.office.exceptions]
2026-12-24 = ["09:00-12:00"]

[[calendars.office.closures]]
date = 2026-12-22
hours = "14:00-15:15"

[calendars.night]
zone = "Pacific/Apia"
weekly.sun = ["22:30-06:00"]
weekly.fri = ["09:00-17:00"]
"""


@pytest.fixture
def here(nowhere: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the preset and two calendars; a terminal of 100 cells."""
    assert run("init", "--yes").code == 0
    with (nowhere / "mailsla.toml").open("a", encoding="utf-8") as file:
        file.write(CHRISTMAS)
    monkeypatch.setenv("COLUMNS", "100")
    return nowhere


def show(*arguments: str) -> str:
    said = run("calendar", "show", *arguments)
    assert said.code == 0, said.err
    return said.out


def test_a_week_with_all_that_may_be_odd_about_it(here: Path) -> None:
    assert show("office", "--from", "2026-12-24", "--weeks", "1") == (
        "Calendar office, times in Europe/Berlin.  █ open  ▒ partly  · closed, half an hour each\n"
        "\n"
        "            00    03    06    09    12    15    18    21    24\n"
        "Mon 21 Dec  ··················████████████████··············  09:00-17:00\n"
        "Tue 22 Dec  ··················██████████··▒███··············  09:00-14:00, 15:15-17:00\n"
        "            closure 14:00-15:15\n"
        "Wed 23 Dec  ··················████████████████··············  09:00-17:00\n"
        "Thu 24 Dec  ··················██████························  09:00-12:00; other hours (exception)\n"
        "Fri 25 Dec  ················································  closed: Christmas Day\n"
        "Sat 26 Dec  ················································\n"
        "Sun 27 Dec  ················································\n"
        "week 52 of 2026: 25 h 45 min\n"
    )


def test_the_days_on_which_clocks_change(here: Path) -> None:
    spring, autumn = show("office", "--from", "2026-03-29"), show("office", "--from", "2026-10-25")
    assert "Sun 29 Mar  ····  ··········································  clocks go forward, 02:00 to 03:00" in spring
    assert "Sun 25 Oct  ················································  clocks go back, 03:00 to 02:00" in autumn


def test_a_date_that_the_zone_skips_and_a_night_that_runs_on(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "72")
    lines = show("night", "--from", "2011-12-26", "--weeks", "1").splitlines()
    assert lines[2:4] == [
        "            00 03 06 09 12 15 18 21 24",
        "Mon 26 Dec  ██████··················  00:00-06:00",
    ]
    assert lines[-4:] == [
        "Fri 30 Dec                            the zone skips this date",
        "Sat 31 Dec  ························",
        "Sun  1 Jan  ······················▒█  22:30-24:00",
        "week 52 of 2011: 7 h 30 min",
    ]


@pytest.mark.parametrize("columns", [72, 80, 99, 100, 140])
def test_no_line_is_wider_than_the_terminal(here: Path, monkeypatch: pytest.MonkeyPatch, columns: int) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    lines = show("office", "--from", "2026-12-24").splitlines()
    assert max(map(len, lines[1:])) <= columns


def test_weeks_as_json(here: Path) -> None:
    said = run("calendar", "show", "office", "--from", "2026-12-24", "--weeks", "1", "--json").json
    assert said["zone"] == "Europe/Berlin"
    assert [day["date"] for day in said["days"]] == [f"2026-12-{number}" for number in range(21, 28)]
    assert said["days"][1] == {
        "date": "2026-12-22",
        "hours": ["09:00-14:00", "15:15-17:00"],
        "seconds": 24300,
        "closed": None,
        "exception": False,
        "closures": ["14:00-15:15"],
        "clock_changes": [],
        "exists": True,
    }
    assert said["days"][4]["closed"] == {"name": "Christmas Day", "kind": "holiday"}


def test_which_calendar(here: Path) -> None:
    assert "mend: name one of them: night or office" in run("calendar", "show").err
    assert 'mend: did you mean "office"?' in run("calendar", "show", "offices").err


OFFICE = ("calendar", "import-holidays", "--calendar", "office")
BAVARIA = (*OFFICE, "--country", "DE", "--subdivision", "BY", "--language", "en_US")
ICS = """\
BEGIN:VCALENDAR
VERSION:2.0
BEGIN:VEVENT
SUMMARY:Company outing
DTSTART;VALUE=DATE:20260703
END:VEVENT
BEGIN:VEVENT
SUMMARY:Stocktaking
DTSTART;VALUE=DATE:20261230
DTEND;VALUE=DATE:20270102
END:VEVENT
BEGIN:VEVENT
SUMMARY:Early closing
DTSTART:20261224T120000
DTEND:20261224T170000
END:VEVENT
BEGIN:VEVENT
SUMMARY:Founders' day
DTSTART;VALUE=DATE:20260511
RRULE:FREQ=YEARLY
END:VEVENT
BEGIN:VEVENT
SUMMARY:Called off
STATUS:CANCELLED
DTSTART;VALUE=DATE:20260801
END:VEVENT
END:VCALENDAR
""".replace("\n", "\r\n")


def use_file(here: Path) -> None:
    """What the command says to do next."""
    file = here / "mailsla.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("#holidays_file = ", "holidays_file = "), encoding="utf-8")


def test_a_country_is_shown_first_and_nothing_written(here: Path) -> None:
    said = run(*BAVARIA, "--years", "2026")
    assert said.code == 0
    assert '2026-06-04 = "Corpus Christi"\n' in said.out
    assert "# 2026 from python-holidays " in said.out
    assert "Nothing is written yet" in said.err
    assert "Not taken: catholic, school" in said.err
    assert not (here / "holidays").exists()


def test_written_rows_close_and_stay_as_they_are(here: Path) -> None:
    said = run(*BAVARIA, "--years", "2026", "--write")
    assert said.code == 0
    assert 'holidays_file = "holidays/office.toml"' in said.out
    use_file(here)
    assert "closed: Corpus Christi" in show("office", "--from", "2026-06-04")

    rows = here / "holidays" / "office.toml"
    rows.write_text(rows.read_text(encoding="utf-8").replace("Corpus Christi", "Reviewed"), encoding="utf-8")
    said = run(*BAVARIA, "--years", "2026-2027", "--category", "catholic", "--write")
    assert "Kept as they are in the file: 2026" in said.out
    assert "Next:" not in said.out
    text = rows.read_text(encoding="utf-8")
    assert '2026-06-04 = "Reviewed"' in text
    assert "2026-08-15" not in text
    assert "2027-08-15 = " in text
    assert run("check").code == 0

    said = run(*BAVARIA, "--years", "2026", "--write")
    assert said.code == 1
    assert "has 2026 already" in said.err
    assert rows.read_text(encoding="utf-8") == text


def test_half_days_wait_for_a_person(here: Path) -> None:
    said = run(*OFFICE, "--country", "GR", "--language", "en_US", "--years", "2026", "--write")
    assert "To review: 2 of the lines" in said.out
    use_file(here)
    assert (
        "closed" not in show("office", "--from", "2026-12-31", "--weeks", "1").partition("Thu 31 Dec")[2].split("\n")[0]
    )
    checked = run("check")
    assert checked.code == 0
    assert 'nobody has decided on 2026-12-24 "Christmas Eve": half a day' in checked.words
    assert "remove the line" in checked.words


def test_an_icalendar_file(here: Path) -> None:
    (here / "days.ics").write_text(ICS, encoding="utf-8", newline="")
    assert run(*OFFICE, "--ics", "days.ics").out.splitlines()[3:] == [
        "# 2026-2027 from days.ics",
        '# to review: 2026-05-11 "Founders\' day": it repeats by a rule; give each date a row',
        '2026-07-03 = "Company outing"',
        '# to review: 2026-12-24 "Early closing": from 12:00, no whole day',
        '2026-12-30 = "Stocktaking"',
        '2026-12-31 = "Stocktaking"',
        '2027-01-01 = "Stocktaking"',
    ]
    assert "2026-" not in run(*OFFICE, "--ics", "days.ics", "--years", "2027").out.partition("\n\n")[2]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--country", "XX", "--years", "2026"), "two letters"),
        (("--country", "DE", "--subdivision", "BX", "--years", "2026"), 'DE has no subdivision "BX"'),
        (("--country", "DE", "--category", "cathlic", "--years", "2026"), 'did you mean "catholic"?'),
        (("--country", "DE", "--language", "fr", "--years", "2026"), 'no names in "fr"'),
        (("--country", "DE", "--years", "next"), '"2026-2028" or "2026"'),
        (("--country", "DE", "--years", "2028-2026"), "no years to import"),
        (("--country", "DE", "--years", "1-9999"), "no years to import"),
        (("--ics", "absent.ics"), "can't be read: No such file"),
        (("--ics", "mailsla.toml"), "no iCalendar file"),
        (("--ics", "broken.ics"), "starts at"),
        (("--ics", "empty.ics"), "no holidays of these years"),
    ],
)
def test_what_an_import_refuses(here: Path, arguments: tuple[str, ...], words: str) -> None:
    (here / "empty.ics").write_text("BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n")
    event = "BEGIN:VEVENT\r\nDTSTART:some day\r\nEND:VEVENT\r\n"
    (here / "broken.ics").write_text(f"BEGIN:VCALENDAR\r\n{event}END:VCALENDAR\r\n")
    said = run(*OFFICE, *arguments)
    assert said.code == 1
    assert words in said.words


@pytest.mark.parametrize("arguments", [(), ("--country", "DE"), ("--country", "DE", "--ics", "x.ics")])
def test_how_an_import_is_called(here: Path, arguments: tuple[str, ...]) -> None:
    assert run(*OFFICE, *arguments).code == 2


@pytest.mark.parametrize("year", ["0001", "1899", "2101", "9999"])
def test_years_that_are_too_far_away_are_refused(here: Path, year: str) -> None:
    said = run("calendar", "show", "office", "--from", f"{year}-12-20")
    assert said.code == 1
    assert "is too far away" in said.err
    assert "from 1900 to 2100" in said.err

"""Times as printed: never earlier than due (sla.md P14), in the reader's zone, with an offset only where needed."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailsla.adapters.catalogues import read_catalogues
from mailsla.adapters.letters_time import Times
from mailsla.config.formats import LANGUAGES
from tests.adapters.letters.reading import TEMPLATES

CATALOGUES = read_catalogues([TEMPLATES])
ZONES = (
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "America/St_Johns",
    "Etc/UTC",
    "Pacific/Kiritimati",
    "Africa/Casablanca",
    "America/Sao_Paulo",
)


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())


def times(language: str = "en", zone: str = "Europe/Berlin", now: str = "2026-11-20T18:00+01:00") -> Times:
    return Times(CATALOGUES[language], ZoneInfo(zone), at(now))


MONTHS = {
    "en": "January February March April May June July August September October November December",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "pt": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "pl": "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia",
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
}
END_OF_DAY = {
    "en": "The end of ",
    "de": ", Ende des Tages",
    "fr": ", fin de journée",
    "es": ", fin del día",
    "pt": ", fim do dia",
    "pl": ", koniec dnia",
    "it": ", fine giornata",
    "nl": ", einde van de dag",
}


def parsed_back(printed: str, language: str, zone: str) -> int:
    """The latest instant that the words can mean; the end of a day is its last second plus one."""
    day = re.search(r"(\d+)\.? (?:de )?(\w+) (?:de )?(\d{4})", printed)
    assert day is not None
    date = datetime(int(day[3]), MONTHS[language].split().index(day[2]) + 1, int(day[1]))
    clock = re.search(r"(\d\d?)(?::| h )(\d\d)(?: Uhr| uur| h)?(?: \(UTC([+-]\d\d):(\d\d)\))?$", printed)
    if clock is None:
        assert END_OF_DAY[language] in printed
        end = (date + timedelta(days=1)).replace(tzinfo=ZoneInfo(zone), fold=1)
        return int(end.timestamp())
    local = date.replace(hour=int(clock[1]), minute=int(clock[2]))
    if clock[3]:
        minutes = int(clock[3][1:]) * 60 + int(clock[4])
        return int(
            (local - timedelta(minutes=minutes if clock[3][0] == "+" else -minutes)).replace(tzinfo=UTC).timestamp()
        )
    return int(local.replace(tzinfo=ZoneInfo(zone)).timestamp())


@given(
    due=st.integers(at("2020-01-01T00:00Z"), at("2040-01-01T00:00Z")),
    zone=st.sampled_from(ZONES),
    language=st.sampled_from(LANGUAGES),
    date_only=st.booleans(),
)
def test_the_printed_time_parsed_back_is_never_before_due(due: int, zone: str, language: str, date_only: bool) -> None:
    back = parsed_back(times(language, zone).promise(due, date_only), language, zone)
    assert back >= due
    assert back - due <= (25 * 3600 if date_only else 300)


@pytest.mark.parametrize(
    ("language", "promised", "date_only", "reached", "day", "reply_by"),
    [
        ("en", "Monday, 23 November 2026, 17:00", "The end of Friday, 4 December 2026",
         "Friday at 18:42", "Thursday, 12 November 2026", "Friday, 20 November 2026, 19:40"),
        ("de", "Montag, 23. November 2026, 17:00 Uhr", "Freitag, 4. Dezember 2026, Ende des Tages",
         "Freitag um 18:42 Uhr", "Donnerstag, 12. November 2026", "Freitag, 20. November 2026, um 19:40 Uhr"),
        ("fr", "Lundi 23 novembre 2026, 17 h 00", "Vendredi 4 décembre 2026, fin de journée",
         "vendredi 20 novembre à 18\xa0h\xa042", "jeudi 12 novembre 2026", "vendredi 20 novembre 2026 à 19\xa0h\xa040"),
        ("es", "Lunes, 23 de noviembre de 2026, 17:00 h", "Viernes, 4 de diciembre de 2026, fin del día",
         "viernes 20 de noviembre (18:42\xa0h)", "jueves 12 de noviembre de 2026",
         "viernes 20 de noviembre de 2026 (19:40\xa0h)"),
        ("pt", "Segunda-feira, 23 de novembro de 2026, 17:00", "Sexta-feira, 4 de dezembro de 2026, fim do dia",
         "20 de novembro (18:42)", "12 de novembro de 2026", "20 de novembro de 2026 (19:40)"),
        ("pl", "Poniedziałek, 23 listopada 2026, 17:00", "Piątek, 4 grudnia 2026, koniec dnia",
         "20 listopada o godz.\xa018:42", "12 listopada 2026", "20 listopada 2026, godz.\xa019:40"),
        ("it", "Lunedì 23 novembre 2026, ore 17:00", "Venerdì 4 dicembre 2026, fine giornata",
         "venerdì 20 novembre alle ore 18:42", "giovedì 12 novembre 2026", "venerdì 20 novembre 2026 alle ore 19:40"),
        ("nl", "Maandag 23 november 2026, 17:00 uur", "Vrijdag 4 december 2026, einde van de dag",
         "vrijdag om 18:42 uur", "donderdag 12 november 2026", "vrijdag 20 november 2026 om 19:40 uur"),
    ],
)  # fmt: skip
def test_times_as_each_language_writes_them_alone_and_inside_a_sentence(
    language: str, promised: str, date_only: str, reached: str, day: str, reply_by: str
) -> None:
    """Alone by the patterns of letters.md section 6; Polish can't name the weekday after a preposition."""
    t = times(language)
    assert t.promise(at("2026-11-23T17:00+01:00")) == promised
    assert t.promise(at("2026-12-05T00:00+01:00"), date_only=True) == date_only
    assert t.day_time(at("2026-11-20T18:42+01:00")) == reached
    assert t.day_said(at("2026-11-12T09:00+01:00")) == day
    assert t.reply_by_said(at("2026-11-20T19:43+01:00")) == reply_by


def test_our_portuguese_is_that_of_portugal() -> None:
    assert times("pt", "Europe/Moscow").city == "Moscovo"


@given(until=st.integers(at("2026-11-21T00:00Z"), at("2030-01-01T00:00Z")), zone=st.sampled_from(ZONES))
def test_who_replies_by_the_printed_time_is_in_time(until: int, zone: str) -> None:
    printed = times("en", zone, now="2026-11-20T18:00+01:00").reply_by(until)
    if re.search(r"\d\d:\d\d", printed):
        assert parsed_back(printed, "en", zone) <= until
    else:
        assert parsed_back(f"The end of {printed}", "en", zone) <= until + 1


@pytest.mark.parametrize(
    ("language", "due", "printed"),
    [
        ("en", "2026-11-23T17:00+01:00", "Monday, 23 November 2026, 17:00"),
        ("en", "2026-11-23T17:00:01+01:00", "Monday, 23 November 2026, 17:05"),
        ("en", "2026-11-23T16:55+01:00", "Monday, 23 November 2026, 16:55"),
        ("en", "2026-11-24T00:00+01:00", "The end of Monday, 23 November 2026"),
        ("en", "2026-11-23T23:58+01:00", "The end of Monday, 23 November 2026"),
        ("en", "2026-12-31T23:59:59+01:00", "The end of Thursday, 31 December 2026"),
        ("de", "2026-11-23T17:00+01:00", "Montag, 23. November 2026, 17:00 Uhr"),
        ("de", "2026-11-24T00:00+01:00", "Montag, 23. November 2026, Ende des Tages"),
        ("en", "2026-10-25T02:30+02:00", "Sunday, 25 October 2026, 02:30 (UTC+02:00)"),
        ("en", "2026-10-25T02:30+01:00", "Sunday, 25 October 2026, 02:30 (UTC+01:00)"),
        ("en", "2026-10-25T03:00+01:00", "Sunday, 25 October 2026, 03:00"),
        ("en", "2026-03-29T03:00+02:00", "Sunday, 29 March 2026, 03:00"),
    ],
)
def test_promises(language: str, due: str, printed: str) -> None:
    assert times(language).promise(at(due)) == printed


def test_a_date_is_the_day_that_ends_at_due() -> None:
    assert times().promise(at("2026-12-05T00:00+01:00"), date_only=True) == "The end of Friday, 4 December 2026"
    assert times().promise(at("2026-12-04T17:00+01:00"), date_only=True) == "The end of Friday, 4 December 2026"


@pytest.mark.parametrize(
    ("due", "hint"),
    [
        ("2026-11-23T17:00+01:00", ""),
        ("2027-03-28T01:59+01:00", ""),
        ("2027-03-28T03:00+02:00", "the clocks change on 28 March"),
        ("2027-06-01T12:00+02:00", "the clocks change on 28 March"),
        ("2026-01-01T12:00+01:00", ""),
    ],
)
def test_a_change_of_the_clocks_before_the_time_is_said(due: str, hint: str) -> None:
    assert times().clock_change(at(due)) == hint


@pytest.mark.parametrize(
    ("zone", "city"),
    [
        ("Europe/Berlin", "Berlin"),
        ("America/New_York", "New York"),
        ("America/Argentina/Buenos_Aires", "Buenos Aires"),
        ("Etc/UTC", "UTC"),
    ],
)
def test_a_zone_is_called_by_its_city(zone: str, city: str) -> None:
    assert times(zone=zone).city == city


@pytest.mark.parametrize(
    ("language", "zone", "due", "printed"),
    [
        ("en", "Europe/Berlin", "2026-11-28T00:00+01:00", "Fri 27 Nov, 24:00"),
        ("en", "Europe/Berlin", "2026-11-27T23:59:30+01:00", "Fri 27 Nov, 24:00"),
        ("en", "Europe/Berlin", "2027-01-01T00:00+01:00", "Thu 31 Dec, 24:00"),
        ("de", "Europe/Berlin", "2027-01-18T00:00+01:00", "So. 17. Jan. 2027, 24:00"),
        ("en", "America/Santiago", "2027-09-05T04:00Z", "Sat 4 Sep 2027, 24:00"),  # 00:00 does not exist
    ],
)
def test_the_end_of_a_date_is_its_own_24_00(language: str, zone: str, due: str, printed: str) -> None:
    assert times(language, zone).due(at(due)) == printed


def test_agents_read_minutes_rounded_up_for_due_and_down_for_what_was() -> None:
    instant = at("2026-11-23T16:59:01+01:00")
    assert times().due(instant) == "Mon 23 Nov, 17:00"
    assert times().short(instant) == "Mon 23 Nov, 16:59"
    assert times().short(at("2025-11-23T16:59+01:00")) == "Sun 23 Nov 2025, 16:59"
    assert times("de").due(instant) == "Mo. 23. Nov., 17:00"


@pytest.mark.parametrize(
    ("seconds", "clock", "business"),
    [
        (0, "less than a minute", "less than a minute"),
        (59, "less than a minute", "less than a minute"),
        (60, "1 minute", "1 minute"),
        (5700, "95 minutes", "95 minutes"),
        (7200, "2 h", "2 h"),
        (27000, "7 h 30 min", "7 h 30 min"),
        (172_799, "47 h 59 min", "47 h 59 min"),
        (172_800, "2 days", "48 h"),
        (270_000, "3 days 3 h", "75 h"),
    ],
)
def test_durations_are_their_largest_two_units(seconds: int, clock: str, business: str) -> None:
    assert times().duration(seconds) == clock
    assert times().open_time(seconds) == business


@pytest.mark.parametrize(
    ("left", "today", "tomorrow", "printed"),
    [
        (27000, 27000, 0, "7 h 30 min left, all today"),
        (10800, 3600, 7200, "3 h left, 2 h of it tomorrow"),
        (10800, 0, 10800, "3 h left, all tomorrow"),
        (10800, 30, 10770, "3 h left, all tomorrow"),
        (36000, 3600, 28800, "10 h left, 60 minutes of it today"),
        (10800, 3600, 0, "3 h left, 60 minutes of it today"),
        (10800, 0, 0, "3 h left, none of it today"),
    ],
)
def test_time_that_is_left(left: int, today: int, tomorrow: int, printed: str) -> None:
    assert times().left(left, today, tomorrow) == printed


def test_amounts() -> None:
    assert times().percent(0.999) == "99%"
    assert times("de").percent(0.06) == "6\u00a0%"
    assert [times().size(n) for n in (1, 950, 12_345, 3_420_000)] == ["1 byte", "950 bytes", "12 kB", "3.4 MB"]
    assert times("de").language("fr-CA") == "Französisch"

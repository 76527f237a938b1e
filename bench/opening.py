"""Arithmetic of opening hours beside the PyPI packages that do the same: business-duration and businesstimedelta.

One input for all: Monday to Friday 09:00-17:00 in UTC, a holiday each Christmas, from 2017 on.
`python -m bench.opening` prints these rows alone.
"""

from datetime import UTC, date, datetime, time

import click
import pytz
from business_duration import businessDuration
from businesstimedelta import BusinessTimeDelta, HolidayRule, Rules, WorkDayRule

from bench.beside import Row
from bench.measure import each
from mailsla.adapters.zones import zone
from mailsla.core.sla.calendar import Calendar, CalendarSpec

HOUR = 3600
START, END = datetime(2017, 1, 2, 10, tzinfo=UTC), datetime(2027, 1, 4, 12, tzinfo=UTC)
CHRISTMAS = {date(year, 12, 25): "Christmas" for year in range(2016, 2040)}
SPEC = CalendarSpec(
    zone="Etc/UTC",
    weekly=dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), (("09:00", "17:00"),)),
    holidays=CHRISTMAS,
)
YEAR = 2000  # opening hours, about
FASTER = 1 / 20


def opening() -> list[Row]:
    """The rows, after a look that all give the same answers."""
    start, end = int(START.timestamp()), int(END.timestamp())
    calendar = Calendar(SPEC, zone("Etc/UTC"))
    built = each(lambda: Calendar(SPEC, zone("Etc/UTC")).elapsed(start, end), 1)
    rules = Rules([WorkDayRule(time(9), time(17), tz=pytz.utc), HolidayRule(CHRISTMAS, tz=pytz.utc)])
    year = BusinessTimeDelta(rules, hours=YEAR)

    def duration() -> float:
        naive = (START.replace(tzinfo=None), END.replace(tzinfo=None))
        return float(businessDuration(*naive, time(9), time(17), [5, 6], list(CHRISTMAS), "sec"))

    def difference() -> float:
        return float(rules.difference(START, END).timedelta.total_seconds())

    elapsed, due = calendar.elapsed(start, end), calendar.due(start, YEAR * HOUR)
    assert elapsed == duration() == difference(), (elapsed, duration(), difference())
    assert due == int((START + year).timestamp()), (due, START + year)
    theirs = {"business-duration": each(duration, 1, 3), "businesstimedelta": each(difference, 1, 3)}
    fastest = min(theirs, key=lambda name: theirs[name])
    hour = each(lambda: calendar.due(start, HOUR), 2000)
    return [
        Row("elapsed, 10 years", each(lambda: calendar.elapsed(start, end), 2000), fastest, theirs[fastest], FASTER),
        Row(
            f"due, {YEAR} opening hours",
            each(lambda: calendar.due(start, YEAR * HOUR), 2000),
            "businesstimedelta",
            each(lambda: START + year, 1, 3),
            FASTER,
        ),
        Row("the index of 10 years, built", built, "a second", 1.0, 1.0),
        Row("due, 2 years", each(lambda: calendar.due(start, 2 * YEAR * HOUR), 2000), "due, 1 hour", hour, 2.0),
    ]


if __name__ == "__main__":
    for row in opening():
        figures = f"{row.ours * 1000:.4f} ms, {row.other} {row.theirs * 1000:.4f} ms"
        click.echo(f"{row.name}: {figures}: {row.ratio:.4f} (at most {row.bound:g})")

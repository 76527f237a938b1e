"""Reports that have nothing to say, or can't be made; and what the generated year holds."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from mailsla.core.report import periods
from mailsla.core.report.plain import as_data, as_rows
from mailsla.errors import PermanentError
from mailsla.flows.reporting import report
from mailsla.flows.services import Services

Year = Callable[[int], Path]
Open = Callable[[Path], Services]
BERLIN = "Europe/Berlin"


def test_a_period_without_complaints_is_not_available(year: Year, services_of: Open) -> None:
    """Neither 0 nor 100 %."""
    made = report(services_of(year(1)), periods.month_named("2024-02", BERLIN))
    assert (made.received, made.resolved, made.open_at_end) == (0, 0, 0)
    assert (made.compliance.ratio, made.before.ratio) == (None, None)
    assert (made.first_contact.share, made.reopened.share, made.repeats.share) == (None, None, None)
    assert made.triage is not None
    assert made.triage.automatic.share is None
    assert (made.spent, made.satisfaction.mean) == (None, None)
    assert [(one.count, one.p50) for one in made.lengths] == [(0, None)] * 3
    assert not (made.by_metric or made.credits or made.agents or made.hours or made.odd_targets or made.exceptions)
    assert [one.compliance.ratio for one in made.trend] == [None] * 12


@pytest.mark.parametrize("kind", ["week", "quarter", "year"])
def test_other_periods_are_made_of_the_same(year: Year, services_of: Open, kind: str) -> None:
    services = services_of(year(1))
    period = periods.period_with(kind, date(2026, 5, 6), BERLIN)
    made = report(services, period)
    days = [periods.days(day, day, BERLIN) for day in _days(period.start, period.end)] if kind == "week" else []
    months = [] if days else list(periods.months_ended(period))
    parts = [report(services, one) for one in (days or months)]
    assert made.received == sum(one.received for one in parts) > 0
    assert made.resolved == sum(one.resolved for one in parts)
    for outcome, count in made.compliance.counts.items():
        assert count == sum(one.compliance.counts[outcome] for one in parts)
    assert len(made.credits) == sum(len(one.credits) for one in parts)


def _days(start: date, end: date) -> list[date]:
    return [date.fromordinal(day) for day in range(start.toordinal(), end.toordinal() + 1)]


def test_an_organisation_that_is_not_configured(year: Year, services_of: Open) -> None:
    with pytest.raises(PermanentError, match="no organisation") as raised:
        report(services_of(year(1)), periods.month_named("2026-05", BERLIN), "nobody")
    assert "harbour, meadow, northwind" in raised.value.mend


def test_clocks_of_an_earlier_version_are_not_left_out_silently(year: Year, services_of: Open) -> None:
    folder = year(3)
    with closing(sqlite3.connect(folder / "mailsla.db")) as database, database:
        database.execute("UPDATE clocks SET last_due = NULL WHERE ticket_id = 5 AND stopped_at IS NOT NULL")
    with pytest.raises(PermanentError, match="last due") as raised:
        report(services_of(folder), periods.month_named("2026-05", BERLIN))
    assert "sla recompute" in raised.value.mend


def test_the_same_seed_is_the_same_year(year: Year, tmp_path: Path) -> None:
    from mailsla.demo.week import make_folder
    from mailsla.demo.year import generate

    for name in ("a", "b"):
        make_folder(tmp_path / name)
        generate(tmp_path / name, 7, 25, lambda _: None)
    assert _dump(tmp_path / "a") == _dump(tmp_path / "b")


def _dump(folder: Path) -> dict[str, list[dict[str, object]]]:
    with closing(sqlite3.connect(folder / "mailsla.db")) as database:
        database.row_factory = sqlite3.Row
        tables = ("tickets", "events", "messages", "clocks", "breaches", "corrections", "promises", "labels", "letters")
        return {table: [dict(row) for row in database.execute(f"SELECT * FROM {table}")] for table in tables}


def test_the_year_has_all_that_reports_are_about(year: Year) -> None:
    with closing(sqlite3.connect(year(1) / "mailsla.db")) as database:
        events = {row[0] for row in database.execute("SELECT type FROM events")}
        states = {row[0] for row in database.execute("SELECT status FROM tickets")}
        teams = database.execute("SELECT count(DISTINCT team) FROM tickets").fetchone()[0]
        customers = database.execute("SELECT count(DISTINCT organisation) FROM tickets").fetchone()[0]
    assert {"annulled", "merged_from", "rating", "reply_bounced", "policy", "promised", "supplier_asked"} <= events
    assert {"closed", "merged", "void", "resolved"} <= states
    assert (teams, customers) == (6, 3)


def test_rows_are_the_same_figures(year: Year, services_of: Open) -> None:
    made = report(services_of(year(1)), periods.month_named("2026-05", BERLIN))
    data, rows = as_data(made), list(as_rows(made))
    values = {(section, name, figure): value for section, name, figure, value in rows}
    assert len(values) == len(rows)
    assert values["received", "", ""] == made.received
    assert values["compliance", "", "ratio"] == data["compliance"]["ratio"]
    assert values["by_team", "delivery", "now.late"] == next(
        one["now"]["late"] for one in data["by_team"] if one["name"] == "delivery"
    )
    assert values["trend", "2026-05-01", "received"] == made.received
    assert {row[0] for row in rows} >= {"credits", "agents", "promises", "triage", "hours", "lengths"}

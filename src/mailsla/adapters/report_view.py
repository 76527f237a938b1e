"""A report in words: its sentences, figures, tables and charts, in a reader's language; letters lay them out."""

from collections.abc import Sequence
from dataclasses import dataclass

from mailsla.adapters.catalogues import Catalogue
from mailsla.adapters.charts import Chart
from mailsla.adapters.letters_time import Times
from mailsla.core.report.model import Period
from mailsla.core.report.schedule import MONTH


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One of the figures at the top. `before`: in the period before; `mood`: ok | bad | accent."""

    label: str
    value: str
    note: str = ""
    mood: str = "accent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A heading, what is found, a chart of it, and the same as a table; `notes`: sentences below it."""

    title: str
    finding: str = ""
    header: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()
    chart: Chart | None = None
    notes: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """All that a reader sees, from the top."""

    subject: str
    title: str
    finding: str
    figures: Sequence[Figure]
    sections: Sequence[Section]
    how: Sequence[str]


@dataclass(frozen=True, slots=True)
class Reading:
    """For whom it is put into words."""

    catalogue: Catalogue
    times: Times

    def period(self, period: Period) -> str:
        """ "October 2026", "16 Nov – 22 Nov 2026"."""
        if period.kind == MONTH:
            return self.times.month(period.start)
        return f"{self.times.date_short(period.start)} – {self.times.date_with_year(period.end)}"

    def brief(self, period: Period) -> str:
        """The same for the edge of a chart."""
        if period.kind == MONTH:
            return self.times.month_short(period.start)
        return self.times.date_short(period.start)

"""What reports are made of, and a report as text for the terminal or as a page in a file."""

import csv
import json
from collections.abc import Iterable, Mapping
from io import StringIO
from pathlib import Path

from mailsla.core.letters import Enclosure, Envelope, Reader
from mailsla.core.letters_report import CustomerReport, ManagerReport
from mailsla.core.report.model import Period, Report
from mailsla.core.report.plain import as_data, as_rows
from mailsla.core.report.shown import for_customer
from mailsla.errors import PermanentError
from mailsla.flows.services import Services
from mailsla.flows.steps.report_letters import Sources

COLUMNS = ("section", "name", "figure", "value")


def sources() -> Sources:
    """Where the figures come from."""
    return Sources(figures=_figures, files=_files)


def _figures(services: Services, period: Period, customer: str) -> Report:
    from mailsla.flows.reporting import report

    return report(services, period, customer)


def _files(report: Report) -> list[Enclosure]:
    return files_of(report, as_data(report), as_rows(report))


def files_of(report: Report, data: Mapping[str, object], rows: Iterable[tuple[object, ...]]) -> list[Enclosure]:
    """The figures as CSV and JSON, named after the period."""
    name = f"complaints-{report.period.start.isoformat()}-{report.period.end.isoformat()}"
    table = StringIO()
    writer = csv.writer(table)
    writer.writerow(COLUMNS)
    writer.writerows(rows)
    text = json.dumps(data, ensure_ascii=False, indent=2)
    return [
        Enclosure(name=f"{name}.csv", type="text/csv", content=table.getvalue().encode()),
        Enclosure(name=f"{name}.json", type="application/json", content=text.encode()),
    ]


def shown(services: Services, report: Report, html: Path | None) -> str:
    """The report as text; with `html` also as one page in that file, its pictures in it. A customer's has what is
    theirs alone. Raises PermanentError where charts can't be drawn, or the file can't be written.
    """
    box = services.settings.mailboxes[0]
    content = CustomerReport(report=for_customer(report)) if report.customer else ManagerReport(report=report)
    reader = Reader(language="en", zone=report.period.zone)
    pictures = tuple(services.letters.pictures(content, reader, report.made_at)) if html is not None else ()
    envelope = Envelope(
        from_name=box.display_name,
        from_email=box.address,
        to_email=services.settings.operator,
        message_id="report@mailsla.invalid",
        date=report.made_at,
        enclosures=pictures,
    )
    text, page = services.letters.page(content, envelope, reader)
    if html is not None:
        try:
            html.write_text(page, encoding="utf-8")
        except OSError as error:
            raise PermanentError(f"{html} can't be written: {error.strerror}", "name another file") from error
    return text

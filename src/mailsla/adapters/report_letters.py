"""What the letters of a report need beside their values: the view in words, its charts as pictures, CSV and JSON."""

import base64
from collections.abc import Mapping, Sequence

from mailsla.adapters.charts import png
from mailsla.adapters.report_view import Reading, View
from mailsla.adapters.report_words import customer_view
from mailsla.adapters.report_words_inside import manager_view
from mailsla.core.letters import Enclosure
from mailsla.core.letters_report import CustomerReport, ManagerReport

ReportLetter = ManagerReport | CustomerReport
_AT = ".chart@mailsla"


def view_of(content: ReportLetter, reading: Reading) -> View:
    """In words; a customer's holds what theirs may."""
    match content:
        case CustomerReport():
            return customer_view(content.report, reading)
        case ManagerReport():
            return manager_view(content.report, reading)


def pictures_of(view: View) -> list[Enclosure]:
    """Its charts as files of a letter. Raises PermanentError where matplotlib is not installed."""
    charts = [one.chart for one in view.sections if one.chart is not None]
    return [
        Enclosure(name=f"{one.name}.png", type="image/png", content=png(one), content_id=f"{one.name}{_AT}")
        for one in charts
    ]


def sources(pictures: Sequence[Enclosure], *, inside: bool) -> Mapping[str, str]:
    """Name of a chart -> where its picture is: in the same mail, or `inside` the page itself."""
    charts = [one for one in pictures if one.content_id.endswith(_AT)]
    return {one.content_id.removesuffix(_AT): _data(one) if inside else f"cid:{one.content_id}" for one in charts}


def _data(picture: Enclosure) -> str:
    return f"data:{picture.type};base64,{base64.b64encode(picture.content).decode()}"

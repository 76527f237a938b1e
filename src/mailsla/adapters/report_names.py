"""How the figures of a report are written: shares, lengths, and the names of what was due; customers read them too."""

from collections.abc import Mapping

from mailsla.adapters.catalogues import mark as _
from mailsla.adapters.report_view import Reading
from mailsla.core.report.model import Held
from mailsla.core.report.shown import counted
from mailsla.core.sla.service_level import Compliance

METRICS: Mapping[str, str] = {
    "first_response": _("First answer"),
    "next_response": _("Next answer"),
    "resolution": _("Solution"),
    "periodic_update": _("Update"),
}


def of_held(one: Held, reading: Reading) -> tuple[str, str, str]:
    """(how many in time, the share, the share before)."""
    say, number, (met, of) = reading.catalogue.gettext, reading.times.number, counted(one.now)
    few = whole(say("%(met)s of %(all)s") % {"met": number(met), "all": number(of)})
    return few, ratio(one.now, reading), ratio(one.before, reading)


def ratio(one: Compliance, reading: Reading) -> str:
    """As a percentage, or n/a."""
    return na(reading.times.share(one.ratio), one.ratio, reading)


def na(text: str, value: object, reading: Reading) -> str:
    """The text, or "n/a" where there is no value."""
    return reading.catalogue.gettext("n/a") if value is None else text


def metric(name: str, reading: Reading) -> str:
    """Its name for people."""
    return reading.catalogue.gettext(METRICS[name]) if name in METRICS else name


def whole(text: str) -> str:
    """The text as one that no line is broken in."""
    return text.replace(" ", "\u00a0")

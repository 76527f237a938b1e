"""The parts of a report on promises, credits, ratings and single complaints; customers read them too."""

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction

from mailsla.adapters.catalogues import mark as _
from mailsla.adapters.report_names import na, ratio
from mailsla.adapters.report_view import Reading, Section
from mailsla.core.report.model import CreditOwed, Exceptional, Report
from mailsla.core.report.shown import counted

_IN_TIME, _LATE = _("%(met)s of %(all)s were in time: %(ratio)s"), _("%(late)s were late")
# The steps of a credit (core/report): code of a Reason -> its sentence.
CREDIT_STEPS: Mapping[str, str] = {
    "credit_compliance": _IN_TIME,
    "credit_breaches": _LATE,
    "credit_band": _("from %(begins)s on the contract gives back %(credit)s"),
    "credit_capped": _("the contract gives back %(cap)s at most"),
    "credit_no_band": _("below its first step the contract gives back nothing"),
}


def promises(report: Report, reading: Reading) -> Section | None:
    """Times that we told customers."""
    say, number, kept = reading.catalogue.gettext, reading.times.number, report.promises
    told = kept.kept + kept.revised + kept.broken + kept.open
    if not told:
        return None
    rows = (
        (say("Kept"), number(kept.kept)),
        (say("Moved, with word before"), number(kept.revised)),
        (say("Broken"), number(kept.broken)),
        (say("Not yet due"), number(kept.open)),
    )
    return Section(title=say("Times that were promised"), rows=rows)


def credits(report: Report, reading: Reading) -> Section | None:
    """What contracts give back, each with how it was computed."""
    say, times = reading.catalogue.gettext, reading.times
    if not report.credits:
        return None
    owed = [one for one in report.credits if one.credit]
    text = say("No credit is due.")
    if len(owed) == 1:
        credit = times.agreed(owed[0].credit or Fraction(0))
        text = say("A credit of %(credit)s of the month's fee is due.") % {"credit": credit}
    elif owed:
        text = say("Credits are due: %(count)s.") % {"count": times.number(len(owed))}
    rows = [
        (
            _contract(one, report),
            _month(one.month, reading),
            ratio(one.compliance, reading),
            na(times.agreed(one.credit or Fraction(0)), one.credit, reading),
        )
        for one in report.credits
    ]
    notes = [
        f"{_contract(one, report)}: {steps}."
        for one in report.credits
        if (steps := "; ".join(credit_steps(one, reading)))
    ]
    header = (say("Contract"), say("Month"), say("In time"), say("Credit"))
    return Section(title=say("Credits"), finding=text, header=header, rows=rows, notes=notes)


def credit_steps(one: CreditOwed, reading: Reading) -> list[str]:
    """How it was computed, a phrase a step. Codes that have no words here are not for customers, and left out."""
    say, times, (met, of) = reading.catalogue.gettext, reading.times, counted(one.compliance)
    if one.credit is None:
        return [say("nothing was due, so there is nothing to reckon")]
    values = {
        "met": times.number(met),
        "all": times.number(of),
        "late": times.number(one.breaches),
        "ratio": times.share(one.compliance.ratio),
    }
    said = []
    for step in one.how:
        wording, given = CREDIT_STEPS.get(str(step.get("code"))), step.get("values")
        if wording is not None:
            known = {key: str(value) for key, value in given.items()} if isinstance(given, Mapping) else {}
            said.append(say(wording) % (known | values))
    return said or [say(wording) % values for wording in (_IN_TIME, _LATE)]


def ratings(report: Report, reading: Reading) -> Section | None:
    """What customers answered to the one question."""
    say, times, rated = reading.catalogue.gettext, reading.times, report.satisfaction
    answered = sum(rated.counts.values())
    if not rated.asked and not answered:
        return None
    mean = times.number(round(float(rated.mean), 1)) if rated.mean is not None else say("n/a")
    rows = (
        (say("Asked"), times.number(rated.asked)),
        (say("Answered"), times.number(answered)),
        (say("Mean, of 1 (badly) to 5 (very well)"), mean),
        *((f"{score}", times.number(rated.counts.get(score, 0))) for score in (5, 4, 3, 2, 1) if answered),
    )
    return Section(title=say("Ratings"), rows=rows)


def exceptions(found: Sequence[Exceptional], reading: Reading, why: Mapping[str, str]) -> Section | None:
    """Complaints to look at."""
    say = reading.catalogue.gettext
    rows = [
        (f"{one.reference} {one.subject}".strip(), say(why[one.why]) % {"length": reading.times.length(one.late_by)})
        for one in found
        if one.why in why
    ]
    return Section(title=say("Worth a look"), rows=rows) if rows else None


def _contract(one: CreditOwed, report: Report) -> str:
    return one.policy if report.customer else f"{one.customer} ({one.policy})"


def _month(month: str, reading: Reading) -> str:
    return reading.times.month(date.fromisoformat(f"{month}-01"))

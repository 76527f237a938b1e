"""The words of a report that customers read too: what stands in the letters of both."""

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction

from mailsla.adapters.catalogues import mark as _
from mailsla.adapters.charts import Spans, Trend
from mailsla.adapters.report_view import Figure, Reading, Section, View
from mailsla.core.report.model import CreditOwed, Exceptional, Held, Lengths, Objective, Report
from mailsla.core.report.schedule import MONTH
from mailsla.core.report.shown import counted
from mailsla.core.sla.service_level import Compliance

METRICS: Mapping[str, str] = {
    "first_response": _("First answer"),
    "next_response": _("Next answer"),
    "resolution": _("Solution"),
    "periodic_update": _("Update"),
}
_WHY: Mapping[str, str] = {"late": _("late by %(length)s"), "reopened": _("taken up again")}
_IN_TIME, _LATE = _("%(met)s of %(all)s were in time: %(ratio)s"), _("%(late)s were late")
# The steps of a credit (core/report): code of a Reason -> its sentence.
CREDIT_STEPS: Mapping[str, str] = {
    "credit_compliance": _IN_TIME,
    "credit_breaches": _LATE,
    "credit_step": _("from %(at_least)s on the contract gives back %(credit)s"),
    "credit_cap": _("the contract gives back %(cap)s at most"),
    "credit_none": _("below its first step the contract gives back nothing"),
}


def customer_view(report: Report, reading: Reading) -> View:
    """Of the report that `for_customer` made."""
    say = reading.catalogue.gettext
    sections = (
        trend(report, reading, None),
        by_metric(report.by_metric, reading),
        lengths(report, reading),
        promises(report, reading),
        credits(report, reading),
        ratings(report, reading),
        exceptions(report.exceptions, reading, _WHY),
    )
    return View(
        subject=subject(report, reading),
        title=say("Complaints of %(customer)s, %(period)s")
        % {"customer": report.customer, "period": reading.period(report.period)},
        finding=finding(report, reading),
        figures=figures(report, reading),
        sections=[one for one in sections if one is not None],
        how=how(reading),
    )


def subject(report: Report, reading: Reading) -> str:
    """The finding, for the inbox."""
    say, (met, of) = reading.catalogue.gettext, counted(report.compliance)
    values = {"period": reading.period(report.period), "met": reading.times.number(met)}
    values |= {"all": reading.times.number(of), "share": reading.times.share(report.compliance.ratio)}
    if report.period.kind == MONTH:
        if not of:
            return say("Complaints in %(period)s: nothing was due") % values
        return say("Complaints in %(period)s: %(share)s in time (%(met)s of %(all)s)") % values
    if not of:
        return say("Complaints, %(period)s: nothing was due") % values
    return say("Complaints, %(period)s: %(share)s in time (%(met)s of %(all)s)") % values


def finding(report: Report, reading: Reading) -> str:
    """The whole in one sentence."""
    say, (met, of) = reading.catalogue.gettext, counted(report.compliance)
    if not of:
        return say("No answer and no solution was due in this period.")
    now, before = report.compliance.ratio, report.before.ratio
    values = {
        "met": reading.times.number(met),
        "all": reading.times.number(of),
        "share": reading.times.share(now),
        "before": reading.times.share(before),
    }
    if now is None or before is None:
        return say("Of all answers and solutions %(share)s came in time: %(met)s of %(all)s.") % values
    if now > before:
        text = say("Of all answers and solutions %(share)s came in time (%(met)s of %(all)s), up from %(before)s.")
    elif now < before:
        text = say("Of all answers and solutions %(share)s came in time (%(met)s of %(all)s), down from %(before)s.")
    else:
        text = say("Of all answers and solutions %(share)s came in time (%(met)s of %(all)s), as before.")
    return text % values


def figures(report: Report, reading: Reading) -> Sequence[Figure]:
    """Three, each with the period before."""
    say, times = reading.catalogue.gettext, reading.times
    last = report.trend[-2] if len(report.trend) > 1 else None
    before = _length(report.lengths_before, "first_response")
    now = _length(report.lengths, "first_response")
    share = report.compliance.ratio
    worse = share is not None and report.before.ratio is not None and share < report.before.ratio
    return (
        Figure(
            label=say("In time"),
            value=na(times.share(share), share, reading),
            note=_before(na(times.share(report.before.ratio), report.before.ratio, reading), reading),
            mood="bad" if worse else "accent",
        ),
        Figure(
            label=say("Complaints that came in"),
            value=times.number(report.received),
            note=_before(times.number(last.received), reading) if last else "",
        ),
        Figure(
            label=say("Half of the first answers came within"),
            value=na(times.length(now), now, reading),
            note=_before(na(times.length(before), before, reading), reading),
        ),
    )


def trend(report: Report, reading: Reading, aim: Objective | None) -> Section | None:
    """In time, period by period."""
    say, times = reading.catalogue.gettext, reading.times
    if not report.trend:
        return None
    known = [one for one in report.trend if one.compliance.ratio is not None]
    text = say("Nothing was due in any of these periods.")
    if known:
        best = max(known, key=lambda one: one.compliance.ratio or 0)
        worst = min(known, key=lambda one: one.compliance.ratio or 0)
        values = {
            "least": times.share(worst.compliance.ratio),
            "worst": reading.period(worst.period),
            "most": times.share(best.compliance.ratio),
            "best": reading.period(best.period),
        }
        text = say("Best: %(best)s (%(most)s). Worst: %(worst)s (%(least)s).") % values
        if len(known) == 1:
            text = say("There is only one period so far: %(best)s (%(most)s).") % values
    ratios = [one.compliance.ratio for one in report.trend]
    chart = Trend(
        name="trend",
        alt=text,
        labels=[reading.brief(one.period) for one in report.trend],
        shares=[None if ratio is None else float(ratio) for ratio in ratios],
        texts=[times.share(ratio) for ratio in ratios],
        marks=[times.agreed(Fraction(step, 20)) for step in range(21)],
        aim=(float(aim.level.share), f"{aim.name}: {times.agreed(aim.level.share)}") if aim else None,
        nothing=say("n/a"),
    )
    rows = [
        (
            reading.period(one.period),
            times.number(one.received),
            times.number(one.resolved),
            ratio(one.compliance, reading),
        )
        for one in reversed(report.trend)
    ]
    header = (say("Period"), say("Came in"), say("Solved"), say("In time"))
    return Section(title=say("From period to period"), finding=text, chart=chart, header=header, rows=rows)


def by_metric(held: Sequence[Held], reading: Reading) -> Section | None:
    """What was due, kind by kind."""
    say = reading.catalogue.gettext
    rows = [(metric(one.name, reading), *of_held(one, reading)) for one in held if one.name in METRICS]
    if not rows:
        return None
    header = (say("What was due"), say("In time of all"), say("In time"), say("Before"))
    return Section(title=say("Answers and solutions"), header=header, rows=rows)


def lengths(report: Report, reading: Reading) -> Section | None:
    """How long it took."""
    say, times = reading.catalogue.gettext, reading.times
    known = [one for one in report.lengths if one.metric in METRICS and one.p50 is not None]
    if not report.lengths:
        return None
    text = say("Nothing was answered or solved in this period.")
    if known:
        text = say("%(what)s: half within %(half)s, 95 of 100 within %(most)s.") % {
            "what": metric(known[0].metric, reading),
            "half": times.length(known[0].p50),
            "most": times.length(known[0].p95),
        }
    names = [say("50 of 100"), say("80 of 100"), say("95 of 100")]
    chart = Spans(
        name="lengths",
        alt=text,
        names=names,
        rows=[
            (metric(one.metric, reading), each, [times.length(part) for part in each])
            for one in known
            if (each := _all(one))
        ],
        nothing=say("n/a"),
    )
    rows = [
        (metric(one.metric, reading), *(na(times.length(part), part, reading) for part in (one.p50, one.p80, one.p95)))
        for one in report.lengths
        if one.metric in METRICS
    ]
    return Section(title=say("How long it took"), finding=text, chart=chart, header=(say("Within"), *names), rows=rows)


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
            known = values | {key: str(value) for key, value in given.items()} if isinstance(given, Mapping) else values
            said.append(say(wording) % known)
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


def how(reading: Reading) -> Sequence[str]:
    """How all of it was counted."""
    say = reading.catalogue.gettext
    return (
        say("In time is what was done before its time was over, late what was not."),
        say("What was cancelled, merged or is still open counts for neither."),
        say("Lengths are in opening hours, without the time in which we waited for an answer."),
        say("Days are those of the time zone of %(city)s. Shares are rounded down. n/a: there was nothing to count.")
        % {"city": reading.times.city},
    )


def of_held(one: Held, reading: Reading) -> tuple[str, str, str]:
    """(how many in time, the share, the share before)."""
    say, number, (met, of) = reading.catalogue.gettext, reading.times.number, counted(one.now)
    few = say("%(met)s of %(all)s") % {"met": number(met), "all": number(of)}
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


def _before(text: str, reading: Reading) -> str:
    return reading.catalogue.gettext("before: %(value)s") % {"value": text}


def _length(lengths: Sequence[Lengths], name: str) -> int | None:
    return next((one.p50 for one in lengths if one.metric == name), None)


def _all(one: Lengths) -> list[int]:
    """Its percentiles; without one of them none."""
    known = [part for part in (one.p50, one.p80, one.p95) if part is not None]
    return known if len(known) == 3 else []


def _contract(one: CreditOwed, report: Report) -> str:
    return one.policy if report.customer else f"{one.customer} ({one.policy})"


def _month(month: str, reading: Reading) -> str:
    return reading.times.month(date.fromisoformat(f"{month}-01"))

"""The words of a report that customers read too: what stands in the letters of both."""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from mailsla.adapters.catalogues import mark as _
from mailsla.adapters.charts import Spans, Trend
from mailsla.adapters.report_names import METRICS, metric, na, of_held, ratio
from mailsla.adapters.report_outcomes import credits, exceptions, promises, ratings
from mailsla.adapters.report_view import Figure, Reading, Section, View
from mailsla.core.report.model import Held, Lengths, Objective, Report
from mailsla.core.report.schedule import MONTH
from mailsla.core.report.shown import counted

_WHY: Mapping[str, str] = {"late": _("late by %(length)s"), "reopened": _("taken up again")}


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
    return Section(
        title=say("From period to period"), finding=text, chart=chart if known else None, header=header, rows=rows
    )


def by_metric(held: Sequence[Held], reading: Reading) -> Section | None:
    """What was due, kind by kind."""
    say = reading.catalogue.gettext
    rows = [(metric(one.name, reading), *of_held(one, reading)) for one in held if one.name in METRICS]
    if not rows:
        return None
    header = (say("What was due"), say("Of all"), say("In time"), say("Before"))
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
    return Section(
        title=say("How long it took"),
        finding=text,
        chart=chart if chart.rows else None,
        header=(say("Within"), *names),
        rows=rows,
    )


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


def _before(text: str, reading: Reading) -> str:
    return reading.catalogue.gettext("before: %(value)s") % {"value": text}


def _length(lengths: Sequence[Lengths], name: str) -> int | None:
    return next((one.p50 for one in lengths if one.metric == name), None)


def _all(one: Lengths) -> list[int]:
    """Its percentiles; without one of them none."""
    known = [part for part in (one.p50, one.p80, one.p95) if part is not None]
    return known if len(known) == 3 else []

"""The words of a report that only our own people read."""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from mailsla.adapters import report_outcomes as outcomes
from mailsla.adapters import report_words as words
from mailsla.adapters.catalogues import mark as _
from mailsla.adapters.charts import Bars, Heat
from mailsla.adapters.report_names import metric, na, of_held, ratio, whole
from mailsla.adapters.report_view import Reading, Section, View
from mailsla.adapters.words import label
from mailsla.core.report.model import Held, Part, Report
from mailsla.core.report.shown import counted, first_of

_SPENT = (_("we worked on it"), _("we waited for the customer"), _("we waited for a supplier"))
_WHY: Mapping[str, str] = {
    "late": _("late by %(length)s"),
    "reopened": _("taken up again"),
    "rated": _("rated low"),
    "credit": _("part of a credit"),
}
_LOOKS: Mapping[str, str] = {"tight": _("too tight"), "loose": _("too loose")}
_MOST_COMMENTS = 10
_MOST_EXCEPTIONS = 20


def manager_view(report: Report, reading: Reading) -> View:
    """All of it."""
    say = reading.catalogue.gettext
    aim = report.objectives[0] if report.objectives else None
    held = (
        (report.by_team, say("Teams"), say("Team"), ""),
        (report.by_customer, say("Customers"), say("Customer"), ""),
    )
    sections = (
        words.trend(report, reading, aim),
        words.by_metric(report.by_metric, reading),
        *_objectives(report, reading),
        _held(report.by_category, (say("Categories"), say("Category"), "categories"), reading),
        *(_held(one, (title, column, chart), reading) for one, title, column, chart in held),
        words.lengths(report, reading),
        _spent(report, reading),
        _quality(report, reading),
        outcomes.promises(report, reading),
        _ratings(report, reading),
        outcomes.credits(report, reading),
        _agents(report, reading),
        _hours(report, reading),
        _odd_targets(report, reading),
        _triage(report, reading),
        _exceptions(report, reading),
    )
    return View(
        subject=words.subject(report, reading),
        title=say("Complaints, %(period)s") % {"period": reading.period(report.period)},
        finding=words.finding(report, reading),
        figures=words.figures(report, reading),
        sections=[one for one in sections if one is not None],
        how=(
            *words.how(reading),
            say("What was due in the period makes the shares; what came in or was solved counts on its own day."),
        ),
    )


def _held(held: Sequence[Held], names: tuple[str, str, str], reading: Reading) -> Section | None:
    """Compliance of many things of a kind: those with most to do, and the rest as one."""
    say = reading.catalogue.gettext
    title, column, chart = names
    shown, rest, others = first_of([one for one in held if counted(one.now)[1] or counted(one.before)[1]])
    if not shown:
        return None
    last = reading.catalogue.ngettext("%(num)s other", "%(num)s others", others) % {"num": reading.times.number(others)}
    named = [(one.name or say("none given"), one) for one in shown] + ([(last, rest)] if rest else [])
    known = [(name, one) for name, one in named if one.now.ratio is not None]
    text = ""
    if known:
        name, worst = min(known, key=lambda pair: pair[1].now.ratio or 0)
        text = say("Lowest: %(name)s (%(share)s).") % {
            "name": name,
            "share": ratio(worst.now, reading),
        }
        if worst.now.ratio == 1:
            text = say("All of it was in time.")
    rows = [(name, *of_held(one, reading)) for name, one in named]
    bars = [
        (name, None if one.now.ratio is None else float(one.now.ratio), ratio(one.now, reading)) for name, one in named
    ]
    return Section(
        title=title,
        finding=text,
        header=(column, say("Of all"), say("In time"), say("Before")),
        rows=rows,
        chart=Bars(name=chart, alt=text or say("n/a"), rows=bars, nothing=say("n/a")) if chart else None,
    )


def _objectives(report: Report, reading: Reading) -> list[Section]:
    """Each objective with its error budget."""
    say, times = reading.catalogue.gettext, reading.times
    found = []
    for one in report.objectives:
        level = one.level
        rows = [
            (
                say("Wanted"),
                say("%(share)s within %(within)s") % {"share": times.agreed(level.share), "within": one.within},
            ),
            (
                say("Reached"),
                na(f"{times.share(level.ratio)} ({_of(level.good, level.total, reading)})", level.ratio, reading),
            ),
        ]
        if level.total:
            left = {"left": _number(level.budget_left, reading), "all": _number(level.budget, reading)}
            rows.append((say("May still fail"), say("%(left)s of %(all)s") % left))
        if one.pace is not None:
            rows.append((say("Ends at, if it goes on so"), times.share(one.pace)))
        held = {None: say("nothing to count"), True: say("held"), False: say("missed")}[level.held]
        title = say("Objective: %(name)s") % {"name": one.name}
        found.append(Section(title=title, finding=held[:1].upper() + held[1:] + ".", rows=rows))
    return found


def _spent(report: Report, reading: Reading) -> Section | None:
    say, times, spent = reading.catalogue.gettext, reading.times, report.spent
    if spent is None:
        return None
    of = spent.us + spent.customer + spent.supplier
    if not of:
        return Section(title=say("Where the time went"), finding=say("Nothing was solved in this period."))
    parts = list(zip(map(say, _SPENT), (spent.us, spent.customer, spent.supplier), strict=True))
    rows = [(name[:1].upper() + name[1:], times.share(Fraction(part, of)), times.length(part)) for name, part in parts]
    text = ""
    if spent.bottleneck is not None and (within := sum(spent.by_status.values())):
        text = say("The bottleneck is the status “%(status)s”: %(share)s of the time.") % {
            "status": _status(spent.bottleneck, reading),
            "share": times.share(Fraction(spent.by_status[spent.bottleneck], within)),
        }
    bars = [
        (name, part / of, times.share(Fraction(part, of)))
        for (name, *_rest), (_label, part) in zip(rows, parts, strict=True)
    ]
    statuses = [
        (
            say("Status: %(status)s") % {"status": _status(status, reading)},
            times.share(Fraction(part, sum(spent.by_status.values()))),
            times.length(part),
        )
        for status, part in sorted(spent.by_status.items(), key=lambda one: -one[1])
        if part
    ]
    return Section(
        title=say("Where the time went"),
        finding=text,
        header=(say("Time in which"), say("Share"), say("In all")),
        rows=[*rows, *statuses],
        chart=Bars(name="spent", alt=text or say("Where the time went"), rows=bars, nothing=say("n/a")),
    )


def _quality(report: Report, reading: Reading) -> Section:
    say = reading.catalogue.gettext
    rows = (
        (say("Solved by the first answer"), _part(report.first_contact, reading)),
        (say("Taken up again"), _part(report.reopened, reading)),
        (say("The same again within 90 days"), _part(report.repeats, reading)),
        (say("Open at the end"), reading.times.number(report.open_at_end)),
    )
    return Section(title=say("How well it was solved"), rows=rows)


def _ratings(report: Report, reading: Reading) -> Section | None:
    found = outcomes.ratings(report, reading)
    if found is None:
        return None
    rated = report.satisfaction.comments[:_MOST_COMMENTS]
    notes = [f"{reference} ({score}): {text}" for reference, score, text in rated]
    return Section(title=found.title, rows=found.rows, notes=notes)


def _agents(report: Report, reading: Reading) -> Section | None:
    say, number = reading.catalogue.gettext, reading.times.number
    if not report.agents:
        return None
    most = max(report.agents, key=lambda one: one.open_now)
    text = say("%(name)s has most open cases: %(count)s.") % {"name": most.agent, "count": number(most.open_now)}
    header = (say("Agent"), say("New"), say("Answers"), say("Solved"), say("Late"), say("Open"))
    rows = [
        (one.agent, *map(number, (one.assigned, one.answers, one.resolved, one.late, one.open_now)))
        for one in report.agents
    ]
    return Section(title=say("Workload"), finding=text, header=header, rows=rows)


def _hours(report: Report, reading: Reading) -> Section | None:
    """When complaints come in: the hours as a picture, the days as a table with the busiest hour of each."""
    say, times = reading.catalogue.gettext, reading.times
    if not any(report.hours.values()):
        return None
    days = [times.weekday(day) for day in range(7)]
    (day, hour), most = max(report.hours.items(), key=lambda one: (one[1], -one[0][0], -one[0][1]))
    text = say("Most come in on %(day)s from %(from)s to %(to)s: %(count)s.") % {
        "day": days[day],
        "from": _hour(hour),
        "to": _hour(hour + 1),
        "count": times.number(most),
    }
    rows = []
    for place, name in enumerate(days):
        of_day = {hour: report.hours.get((place, hour), 0) for hour in range(24)}
        busiest = max(of_day, key=lambda hour: (of_day[hour], -hour))
        when = f"{_hour(busiest)} – {_hour(busiest + 1)} ({times.number(of_day[busiest])})"
        rows.append((name, times.number(sum(of_day.values())), when if of_day[busiest] else say("none")))
    scale = say("%(count)s in an hour") % {"count": times.number(most)}
    chart = Heat(name="hours", alt=text, days=days, counts=report.hours, most=scale, nothing=say("n/a"))
    header = (say("Day"), say("Came in"), say("Busiest hour"))
    return Section(title=say("When complaints come in"), finding=text, chart=chart, header=header, rows=rows)


def _odd_targets(report: Report, reading: Reading) -> Section | None:
    say, times = reading.catalogue.gettext, reading.times
    if not report.odd_targets:
        return None
    rows, notes = [], []
    for one in report.odd_targets:
        name = f"{one.policy}: {metric(one.metric, reading)}"
        rows.append((name, times.length(one.target), times.length(one.p80), say(_LOOKS[one.looks])))
        if one.looks == "tight":
            values = {"name": name, "late": _part(one.late, reading), "overtime": _part(one.overtime, reading)}
            notes.append(say("%(name)s: late %(late)s, outside of hours %(overtime)s") % values)
    header = (say("Target"), say("Agreed"), say("80 of 100 took"), say("Looks"))
    return Section(title=say("Targets that do not fit"), header=header, rows=rows, notes=notes)


def _triage(report: Report, reading: Reading) -> Section | None:
    say, triage = reading.catalogue.gettext, report.triage
    if triage is None:
        return None
    rows = (
        (say("Category given by itself"), _part(triage.automatic, reading)),
        (say("Of these corrected"), _part(triage.corrected, reading)),
        (say("Asked about, and right"), _part(triage.asked, reading)),
    )
    return Section(title=say("Triage"), rows=rows)


def _exceptions(report: Report, reading: Reading) -> Section | None:
    found = outcomes.exceptions(report.exceptions[:_MOST_EXCEPTIONS], reading, _WHY)
    more = len(report.exceptions) - _MOST_EXCEPTIONS
    if found is None or more <= 0:
        return found
    text = reading.catalogue.ngettext("And %(num)s more.", "And %(num)s more.", more) % {"num": more}
    return Section(title=found.title, rows=found.rows, notes=(text,))


def _status(name: str, reading: Reading) -> str:
    return label("status", name, reading.catalogue)


def _part(part: Part, reading: Reading) -> str:
    """ "53.4% (31 of 58)", or n/a."""
    text = f"{reading.times.share(part.share)} ({_of(part.count, part.of, reading)})"
    return na(text, part.share, reading)


def _of(count: int, of: int, reading: Reading) -> str:
    values = {"met": reading.times.number(count), "all": reading.times.number(of)}
    return whole(reading.catalogue.gettext("%(met)s of %(all)s") % values)


def _number(value: Fraction, reading: Reading) -> str:
    """Of an error budget: to a tenth, rounded down."""
    return reading.times.number(float(value * 10 // 1) / 10)


def _hour(hour: int) -> str:
    return f"{hour:02d}:00"

"""What `mailsla ticket why` prints: category, priority, and for each clock what counted until when."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from mailsla.cli import words
from mailsla.cli.desk import Desk, Teller
from mailsla.cli.output import clean, iso
from mailsla.cli.promise_text import became, promise_json, promised
from mailsla.core.model import Reason, Status
from mailsla.core.notices import reason_data
from mailsla.flows.steps.explaining import Chosen, Why


def why_lines(why: Why, desk: Desk) -> Iterator[str]:
    """Line by line."""
    ticket = why.ticket
    yield clean(f"{ticket.reference}  {ticket.subject or '(no subject)'}")
    yield f"\ncategory: {ticket.category or 'to triage'}"
    yield from _choices(why.category_chosen, [desk.word(one) for one in why.category], desk)
    yield f"\npriority: {ticket.priority}"
    opened_with = [desk.word(one) for one in why.priority] or ["nothing in the mail raises or lowers it"]
    yield from _choices(why.priority_chosen, opened_with, desk)
    if not why.agreements:
        yield "\nNo clock runs: no policy takes this ticket."
        return
    for track, agreement in why.agreements.items():
        beside = "beside it " if track and "" in why.agreements else ""
        calendar = agreement.calendar.at(why.at)
        of = f" (version {calendar.version})" if calendar.version is not None else ""
        hours = f"{beside}policy {agreement.policy.name} (version {agreement.version}), "
        hours += f"hours of calendar {calendar.spec.name}{of}"
        yield ("" if beside else "\n") + hours + ("" if beside else f", times in {desk.zone_name}, tzdata {why.tzdata}")
    for clock, reasons in why.clocks:
        state = "overdue" if clock.overdue else clock.state.value
        yield f"\n{words.metric_of(clock.metric.value, clock.cycle, clock.of)}: {state}"
        yield from words.facts(reason_line(reason, desk) for reason in reasons)
    if why.happened:
        yield "\nReminders, escalation and hand-over"
        yield from words.facts((desk.when(one.at), f"{one.who}: {desk.word(one.what)}") for one in why.happened)
    if why.promises:
        yield "\nPromised to the customer"
        yield from words.facts(
            (promised(one), f"{became(one, desk)}; stated {desk.when(one.stated_at)}") for one in why.promises
        )


def why_json(why: Why) -> Mapping[str, object]:
    """The same as JSON; the lines of a clock are the codes and values of core/sla/why.py, their times epoch seconds."""
    return {
        "reference": why.ticket.reference,
        "category": why.ticket.category,
        "category_reasons": [reason_data(one) for one in why.category],
        "priority": why.ticket.priority,
        "priority_reasons": [reason_data(one) for one in why.priority],
        "priority_raised": [
            {"at": iso(one.at), "from": one.before, "reasons": [reason_data(reason) for reason in one.reasons]}
            for one in why.priority_chosen
            if one.reasons
        ],
        "policies": [
            {
                "track": track,
                "policy": one.policy.name,
                "version": one.version,
                "calendar": one.calendar.spec.name,
                "calendar_version": one.calendar.at(why.at).version,
            }
            for track, one in why.agreements.items()
        ],
        "tzdata": why.tzdata,
        "happened": [{"at": iso(one.at), "who": one.who, **reason_data(one.what)} for one in why.happened],
        "clocks": [
            {
                "track": clock.track,
                "metric": clock.metric.value,
                "cycle": clock.cycle,
                "state": clock.state.value,
                "overdue": clock.overdue,
                "due": iso(clock.due),
                "lines": [reason_data(one) for one in lines],
            }
            for clock, lines in why.clocks
        ],
        "promises": [promise_json(one) for one in why.promises],
    }


def _choices(chosen: Sequence[Chosen], opened_with: Sequence[str], desk: Desk) -> Iterator[str]:
    """Who chose it, the newest first, and why it was what it was when the ticket was opened."""
    for one in reversed(chosen):
        yield from words.prose(f"{one.who} set it {desk.when(one.at)}; before: {one.before or 'to triage'}", indent=2)
        for reason in one.reasons:
            yield from words.prose(desk.word(reason), indent=4)
    if chosen and opened_with:
        yield f"  at first {chosen[0].before or 'to triage'}:"
    for sentence in opened_with:
        yield from words.prose(sentence, indent=4 if chosen else 2)


def reason_line(reason: Reason, desk: Teller) -> tuple[str, str]:
    """A reason of core/sla/why.py as (when, what): its sentence alone would repeat the date in each line."""
    values = reason.values
    match reason.code:
        case "started":
            return _at(reason, "at", desk), f"starts, target {values['target']}"
        case "counted":
            return _between(reason, desk), f"counts {words.hours_of(_number(reason, 'seconds'))}"
        case "counted_days":
            days, each = _number(reason, "days"), words.hours_of(_number(reason, "each"))
            return _dates(reason, desk), f"counts {days} x {each}"
        case "closed":
            name = f" ({values['name']})" if values["name"] else ""
            return _day(values["date"]), f"closed: {values['kind']}{name}"
        case "not_counted":
            status = words.status_of(Status(str(values["status"])))
            if values["end"] is None:
                return f"since {_at(reason, 'start', desk)}", f"paused: {status}"
            return _between(reason, desk), f"paused: {status}, {words.hours_of(_number(reason, 'seconds'))} not counted"
        case "received" | "day" | "days" | "passed_over" | "civil" | "rolled":
            return _day_line(reason)
        case "annulled":
            corrected = _at(reason, "corrected_at", desk)
            return _at(reason, "at", desk), f"missed, {values['kind']} {corrected}: {values['cause']}"
        case "breached":
            return desk.due(_number(reason, "at")), f"missed, target {values['target']}"
        case "due":
            return desk.due(_number(reason, "at")), "due"
        case "overdue":
            return desk.due(_number(reason, "at")), "was due, and it still runs"
        case "ended":
            return _at(reason, "at", desk), f"ends: {values['state']}"
        case "no_due":
            paused = values["state"] == "paused"
            return "-", "no due time while it is paused" if paused else "never due: the calendar does not open again"
    return "-", desk.word(reason)


def _day_line(reason: Reason) -> tuple[str, str]:
    """A line of core/sla/day_counts.py: which dates, and what they count as."""
    values = reason.values
    match reason.code:
        case "received":
            return _day(values["date"]), "day 0: it comes in"
        case "day":
            return _day(values["date"]), f"business day {values['number']}"
        case "days":
            dates = f"{_day(values['start'])} - {_day(values['end'])}"
            return dates, f"business days {values['first']} to {values['last']}"
        case "civil":
            return _day(values["date"]), f"{values['target']} later"
        case "rolled":
            return _day(values["date"]), "moves to this business day"
    until = f" - {_day(values['last'])}" if "last" in values else ""
    name = f" ({values['name']})" if values["name"] else ""
    return _day(values["date"]) + until, "no hours" if values["kind"] == "hours" else f"closed: {values['kind']}{name}"


def _day(text: object) -> str:
    day = date.fromisoformat(str(text))
    return f"{day.strftime('%a')} {day.day} {day.strftime('%b')}"


def _dates(reason: Reason, desk: Teller) -> str:
    """ "Mon 23 Nov - Fri 27 Nov"."""
    return " - ".join(_at(reason, key, desk).partition(",")[0] for key in ("start", "end"))


def _between(reason: Reason, desk: Teller) -> str:
    """ "Mon 23 Nov, 09:00 - 17:00"; the second date only where it is another."""
    start, end = _at(reason, "start", desk), _at(reason, "end", desk)
    same = start.partition(",")[0] == end.partition(",")[0]
    return f"{start} - {end.rpartition(', ')[2] if same else end}"


def _at(reason: Reason, key: str, desk: Teller) -> str:
    return desk.when(_number(reason, key))


def _number(reason: Reason, key: str) -> int:
    value = reason.values[key]
    if not isinstance(value, int):
        raise TypeError(f"{reason.code}: {key} is {value!r}, no number")
    return value

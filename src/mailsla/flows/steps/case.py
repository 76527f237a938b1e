"""What a mail to an agent states about a ticket: gathered from an open unit of work."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

from mailsla.core.absence import with_absences
from mailsla.core.ladder import recipients
from mailsla.core.letters import CaseFacts, Due, File, HistoryLine
from mailsla.core.model import Event, Instant, Reason, Scalar, StoredAttachment, Ticket
from mailsla.core.notices import reason_from
from mailsla.core.outcome import outcome_of
from mailsla.core.participants import admitted
from mailsla.core.satisfaction import Answer, answers
from mailsla.core.sla.calendar import Calendar
from mailsla.core.sla.clocks import Clock, ClockState
from mailsla.core.sla.timer import LIVE
from mailsla.flows.services import Services
from mailsla.flows.steps.clocks import next_level
from mailsla.flows.steps.lookups import Lookups
from mailsla.flows.steps.raising import raised_by
from mailsla.flows.steps.terms import Agreements, agreements_of

HISTORY_LINES = 6
# Events that say something to a person; the rest of the audit trail is for `mailsla ticket show`.
TOLD = frozenset(
    {
        "created", "customer_mail", "third_party_mail", "agent_reply", "note", "comment", "assigned", "status",
        "priority", "category", "auto_reply", "bounced", "letter_failed", "breached", "warned", "escalated",
        "banner", "linked", "merged", "merged_from", "split_off", "requester", "split_from", "recalled",
        "unproven_mail", "muted", "mail_dropped", "letter_dropped",
        "denied", "promised", "promise_held", "promise_broken", "status_asked", "rating", "customer_changed",
        "annulled", "superseded", "outcome", "supplier_asked", "supplier_answered",
        "in_scope", "snoozed", "woke", "reminder_slept", "acknowledged", "handed_over", "admitted", "dismissed",
        "incident_joined", "incident_left", "incident_dismissed",
    }
)  # fmt: skip


def case_facts(
    known: Lookups,
    services: Services,
    ticket: Ticket,
    events: Sequence[Event],
    clocks: Sequence[Clock],
    now: Instant,
    *,
    can_act: bool,
    language: str,
    instead_of: str = "",
) -> CaseFacts:
    """The facts for a reader whose language is `language`, who reads in place of the absent `instead_of`."""
    directory = with_absences(services.settings.directory, known.absences, now)
    absent = directory.agents.get(instead_of)
    away = directory.away_now(instead_of)
    agreements = agreements_of(known.uow, services, ticket)
    organisation = directory.organisations.get(ticket.organisation or "")
    linked = known.ticket(ticket.linked_to)
    assignee = directory.agents.get(ticket.assignee or "")
    team = directory.teams.get(ticket.team or "")
    step = next_step(known, services, ticket, clocks, agreements, now)
    rated = next(reversed(answers(events)), None)
    return CaseFacts(
        reference=ticket.reference,
        subject=ticket.subject,
        status=ticket.status.value,
        priority=ticket.priority,
        priority_reasons=(*raised_by(events), *_reasons(ticket.triage, "priority_reasons")),
        category=label(services, ticket.category, language),
        category_reasons=in_short(_reasons(ticket.triage, "category_reasons")),
        likeliest=_likeliest(services, ticket.triage, language) if ticket.category is None else (),
        asked=_likeliest(services, ticket.triage, language) if ticket.triage.get("asked") else (),
        customer_name=ticket.requester_name,
        customer_email=ticket.requester,
        verified=ticket.verified,
        customer_language=str(ticket.triage.get("language") or (organisation.language if organisation else "")),
        participants=admitted(events),
        snoozed_until=ticket.snoozed_until,
        organisation=ticket.organisation or "",
        vip=organisation.vip if organisation else False,
        dues=dues(clocks, agreements, now),
        team=(team.display_name or team.name) if team else "",
        assignee=(assignee.display_name or assignee.name) if assignee else "",
        history=history(services, events)[-HISTORY_LINES:],
        linked=linked.reference if linked else "",
        next_step_at=step[0] if step else None,
        next_step_who=step[1] if step else "",
        can_act=can_act,
        instead_of=(absent.display_name or absent.name) if absent and away else "",
        away_until=away.until if away else None,
        outcome=outcome_of(ticket.outcome),
        rated=rated.score if rated else 0,
        rated_words=_words(known, rated),
    )


def _words(known: Lookups, rated: Answer | None) -> str:
    """What the customer wrote to their 1 to 5."""
    message = known.message(rated.message) if rated is not None and rated.message is not None else None
    return message.text if message is not None else ""


def label(services: Services, category: str | None, language: str) -> str:
    """The category's name for one of us who reads a language, "" when there is none yet."""
    if category is None:
        return ""
    configured = services.settings.directory.categories.get(category)
    if configured is None:
        return category
    return configured.label.get(language) or configured.label.get("en") or category


def dues(clocks: Sequence[Clock], agreements: Agreements, now: Instant) -> tuple[Due, ...]:
    """The clocks that still run, soonest first, the paused ones last."""
    told = [
        _due(clock, agreement.calendar, now)
        for clock in clocks
        if clock.state in LIVE and (agreement := agreements.get(clock.track)) is not None
    ]
    return tuple(sorted(told, key=lambda due: (due.paused, due.late_since or due.due or 0)))


def files(attachments: Iterable[StoredAttachment]) -> tuple[File, ...]:
    """The attachments of a message, by name."""
    return tuple(File(name=one.name, size=one.size) for one in attachments)


def history(services: Services, events: Iterable[Event]) -> list[HistoryLine]:
    """Events as lines for people, oldest first."""
    return [
        HistoryLine(at=event.at, who=who(services, event.actor), what=told(services, event))
        for event in events
        if event.type in TOLD
    ]


def told(services: Services, event: Event) -> Reason:
    """An event as a reason: its scalar data fill the sentence, people by their names. `of`: what beside the contract it
    is about.
    """
    if event.type == "banner":
        return reason_from(event.data)
    values: dict[str, Scalar] = {
        key: value for key, value in event.data.items() if isinstance(value, str | int | float | bool)
    }
    track = event.data.get("track")
    beside = {"of": str(track).rpartition(":")[2]} if track else {}
    if event.type == "customer_mail" and event.data.get("thanks"):
        return Reason("event_customer_thanks", values)
    if event.type == "assigned" and values.get("assignee"):
        for key in {"assignee", "absent"} & values.keys():
            values[key] = who(services, f"agent:{values[key]}")
    return Reason(f"event_{event.type}", {**beside, **values})


def who(services: Services, actor: str) -> str:
    """The name of an actor for readers inside: an agent's display name, a customer's address."""
    role, _, name = actor.partition(":")
    if role == "agent" and name in services.settings.directory.agents:
        return services.settings.directory.agents[name].display_name or name
    return name or actor


def next_step(
    known: Lookups,
    services: Services,
    ticket: Ticket,
    clocks: Sequence[Clock],
    agreements: Agreements,
    now: Instant,
) -> tuple[Instant, str] | None:
    """When the ladder climbs next if nothing happens, and who is told then."""
    level = next_level(clocks, agreements, known.fired(ticket.id), now)
    if level is None:
        return None
    at, to = level
    directory = with_absences(services.settings.directory, known.absences, now)
    people = recipients(directory, ticket, to, services.settings.operator)
    return at, ", ".join(person.called for person in people) or services.settings.operator


def _due(clock: Clock, calendar: Calendar, now: Instant) -> Due:
    if clock.due is None:
        paused = clock.state is ClockState.PAUSED
        return Due(
            metric=clock.metric,
            due=None,
            share=1.0,
            paused=paused,
            late_since=None if paused else clock.deadline,
            of=clock.of,
        )
    left = calendar.elapsed(now, clock.due)
    today = calendar.local_date(now)
    midnight, next_midnight = (min(clock.due, calendar.end_of_date(today + timedelta(days=n))) for n in (0, 1))
    return Due(
        metric=clock.metric,
        due=clock.due,
        left=left,
        left_today=calendar.elapsed(now, midnight),
        left_tomorrow=calendar.elapsed(midnight, next_midnight),
        share=clock.elapsed / (clock.elapsed + left) if clock.elapsed + left else 0.0,
        of=clock.of,
    )


def _reasons(triage: Mapping[str, object], key: str) -> tuple[Reason, ...]:
    stored = triage.get(key)
    return tuple(reason_from(one) for one in stored) if isinstance(stored, list | tuple) else ()


def in_short(reasons: Sequence[Reason]) -> tuple[Reason, ...]:
    """What a mail says of why: what was learned takes one line; `#why` has the others."""
    return tuple(one for one in reasons if one.code not in ("category_against", "category_runner_up"))


def _likeliest(services: Services, triage: Mapping[str, object], language: str) -> tuple[tuple[str, str, float], ...]:
    stored = triage.get("likeliest")
    if not isinstance(stored, list | tuple):
        return ()
    return tuple((str(name), label(services, str(name), language), float(certainty)) for name, certainty in stored)

"""The letters of a report: to whom, with which pictures and files, rendered, and kept with their notices."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import structlog

from mailsla.config.settings import CustomerReportSettings
from mailsla.core.access.tokens import bounces_to, message_id_of
from mailsla.core.directory import Agent
from mailsla.core.letters import Content, Enclosure, Envelope, Reader
from mailsla.core.letters_report import CustomerReport, ManagerReport
from mailsla.core.model import Instant, Letter, LetterState, Notice, NoticeState, Role, Scalar
from mailsla.core.notices import PAST, URGENCY, to_agent, to_operator
from mailsla.core.report.model import Period, Report
from mailsla.core.report.readers import readers
from mailsla.core.report.shown import for_customer, is_empty
from mailsla.errors import PermanentError
from mailsla.flows.services import Services
from mailsla.flows.steps.alerts import alert
from mailsla.flows.steps.leaks import leak_in_letter
from mailsla.ports.store import UnitOfWork

log = structlog.get_logger()

WAITS = "waits for approval"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """What a report is made of. figures: of a period and a customer ("" = all); files: the same for machines."""

    figures: Callable[[Services, Period, str], Report]
    files: Callable[[Report], Sequence[Enclosure]]


@dataclass(frozen=True, slots=True)
class Post:
    """A letter before it is rendered."""

    notice: Notice
    content: Content
    reader: Reader
    enclosures: Sequence[Enclosure]
    held: str = ""  # why it waits for a person


def for_ours(services: Services, sources: Sources, period: Period, now: Instant) -> Iterator[Post]:
    """The letters to our own people about a period."""
    settings = services.settings
    report = sources.figures(services, period, "")
    if is_empty(report) and not settings.reports.empty:
        return
    content, files = ManagerReport(report=report), sources.files(report)
    pictures: dict[str, Sequence[Enclosure]] = {}  # by language
    for one in readers(settings.directory, settings.reports.everybody(period.kind), settings.operator):
        spoken = one.language if isinstance(one, Agent) else settings.mailboxes[0].language
        reader = Reader(language=spoken, zone=period.zone)
        if spoken not in pictures:
            pictures[spoken] = _pictures(services, content, reader, now)
        yield Post(_notice_to(services, one, period, now), content, reader, (*pictures[spoken], *files))


def for_theirs(
    services: Services, sources: Sources, period: Period, one: CustomerReportSettings, now: Instant, *, past: bool
) -> Iterator[Post]:
    """The letter to a customer about a period. `past`: it was due before the database was restored."""
    settings = services.settings
    home, organisation = settings.mailboxes[0], settings.directory.organisations.get(one.organisation)
    zone = one.zone or (organisation.zone if organisation else "") or home.zone
    language = one.language or (organisation.language if organisation else "") or home.language
    report = for_customer(sources.figures(services, replace(period, zone=zone), one.organisation))
    if is_empty(report) and not settings.reports.empty:
        return
    content, reader = CustomerReport(report=report, name=one.name), Reader(language=language, zone=zone)
    notice = Notice(
        key=f"{_key(period)}:{one.organisation}:{one.to.lower()}",
        kind=content.kind,
        ticket_id=None,
        recipient=one.to,
        person=one.to,
        role=Role.CUSTOMER,
        not_before=now,
        created_at=now,
        urgency=URGENCY[content.kind],
    )
    enclosures = (*_pictures(services, content, reader, now), *sources.files(report))
    yield Post(notice, content, reader, enclosures, PAST if past else WAITS if one.approve else "")


def _pictures(services: Services, content: Content, reader: Reader, now: Instant) -> Sequence[Enclosure]:
    """Without what draws them the letter goes all the same: its tables have all figures. The log says so."""
    try:
        return services.letters.pictures(content, reader, now)
    except PermanentError as error:
        log.warning("a report without charts", cause=error.message, mend=error.mend)
        return ()


def _notice_to(services: Services, one: Agent | str, period: Period, now: Instant) -> Notice:
    if isinstance(one, Agent):
        return to_agent("report", None, one, _key(period), now, services.calendars, role=Role.MANAGER)
    if one == services.settings.operator:
        return to_operator("report", one, _key(period), now, {})
    return Notice(
        key=f"{_key(period)}:{one.lower()}",
        kind="report",
        ticket_id=None,
        recipient=one,
        person=one,
        role=Role.MANAGER,
        not_before=now,
        created_at=now,
        urgency=URGENCY["report"],
    )


def _key(period: Period) -> str:
    return f"report:{period.kind}:{period.start.isoformat()}"


def keep(uow: UnitOfWork, services: Services, post: Post, letter: Letter, now: Instant) -> bool:
    """Write the letter of a notice, on an open unit of work; False when another process has settled it."""
    if found := leak_in_letter(uow, services.settings.directory, letter):
        raise PermanentError(f"the report to {letter.recipient} holds {found}", "tell the makers of mailsla")
    if not uow.outbox.settle_notice(letter.notice_id, NoticeState.RENDERED):
        return False
    (number,) = uow.outbox.add_letters([letter])
    if post.held:
        values: dict[str, Scalar] = {"to": letter.recipient, "letter": number}
        alert(uow, services, "report_waits", now, values, command=f"mailsla queue show L{number}", once=True)
    return True


def rendered(services: Services, post: Post, now: Instant) -> Letter:
    """Its bytes; nothing is written."""
    notice, box = post.notice, services.settings.mailboxes[0]
    outside = notice.role is Role.CUSTOMER
    public_id = services.ids.public()
    message_id = message_id_of(public_id, services.settings.host)
    fields = (("X-mailsla-Instance", services.settings.name), ("X-mailsla-Kind", notice.kind))
    envelope = Envelope(
        from_name=box.display_name,
        from_email=box.address,
        to_email=notice.recipient,
        message_id=message_id,
        date=now,
        auto_submitted="auto-generated",
        unsubscribe=None if outside else (services.settings.operator, "unsubscribe"),
        list_id="" if outside else f"report.{services.settings.host}",
        internal=() if outside else fields,
        enclosures=post.enclosures,
    )
    return Letter(
        notice_id=notice.id,
        kind=notice.kind,
        ticket_id=None,
        sender=bounces_to(services.settings.sending.bounce_address, public_id, box.scheme),
        recipient=notice.recipient,
        outside=outside,
        automatic=True,
        message_id=message_id,
        content=services.letters.render(post.content, envelope, post.reader),
        urgency=notice.urgency,
        created_at=now,
        next_at=max(now, notice.not_before),
        state=LetterState.HELD if post.held else LetterState.QUEUED,
        outcome=post.held,
    )

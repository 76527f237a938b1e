"""A notice whose time has come becomes a letter: content, envelope, token, frozen bytes, on an open unit of work."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from mailsla.config.settings import MailboxSettings
from mailsla.core import letters
from mailsla.core.access.threads import references_of
from mailsla.core.access.tokens import address_of, bounces_to, hash_token, message_id_of
from mailsla.core.digest import as_csv
from mailsla.core.letters import Content, Enclosure, Envelope, Reader
from mailsla.core.letters_digest import MOST_ROWS, AgentDigest, ManagerDigest
from mailsla.core.letters_people import CatchUp
from mailsla.core.mail.mime import content as part_content
from mailsla.core.model import Instant, Letter, Notice, NoticeState, Role, Ticket, Token
from mailsla.core.notices import UNREACHABLE, WRITTEN_BY_A_PERSON
from mailsla.errors import PermanentError, TemporaryError
from mailsla.flows.services import Services
from mailsla.flows.steps.along import goes_along
from mailsla.flows.steps.digests import DIGEST_OF
from mailsla.flows.steps.for_all import value_of
from mailsla.flows.steps.leaks import leak_in_letter
from mailsla.flows.steps.links import with_links
from mailsla.flows.steps.lookups import Lookups
from mailsla.flows.steps.notified import Case
from mailsla.flows.steps.promises import state_promises
from mailsla.flows.steps.readers import reader_of
from mailsla.flows.steps.saying import say
from mailsla.flows.steps.taking_up import TAKES_UP
from mailsla.ports.store import UnitOfWork

CARRIES_FILES = frozenset({"relay", "relay_copy", "agent_notification", "customer_answer"})
LARGEST_FILES = 10_000_000  # bytes of attachments that go along with a letter to one of us; beyond, they are named only
# RFC 3834: auto-replied; other automatic mail: auto-generated
ANSWERS = frozenset({"acknowledgement", "out_of_scope", "status_answer", "transcript", "explanation"})
# Alarms stand in threads of their own; the rest is one conversation for each agent and ticket (letters.md section 4).
ALARMS = frozenset({"reminder", "escalation", "operator_alert", "queue_digest", "folded", "stand_in", "incident"})
# Who reads an escalation answers a colleague, not the customer: commands act, the text stays inside.
INSIDE = {"escalation": "note"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A letter before it is rendered, and what is stored along with it."""

    notice: Notice
    sender: str
    content: Content
    envelope: Envelope
    reader: Reader
    tokens: Sequence[Token]
    folded: Sequence[int]  # other notices that this letter speaks for


def draft(known: Lookups, services: Services, notice: Notice, ticket: Ticket | None, now: Instant) -> Draft | None:
    """What the letter of a notice says, about its ticket if it has one; None when it is no longer true.

    Writes nothing.
    """
    mailbox = _mailbox(services, ticket)
    reader = reader_of(known, services, notice, ticket, mailbox)
    case = Case(known, services, notice, ticket, reader, now) if ticket is not None else None
    said = say(known, services, notice, case, reader, now)
    if said is None:
        return None
    if isinstance(said.content, letters.OutOfScope) and said.content.language in services.languages:
        reader = replace(reader, language=said.content.language)  # no letter is in two languages
    content, of_links = with_links(services, notice, ticket, said.content, mailbox.scheme, now)
    token_text, token = _token(services, notice, ticket, content, now)
    tokens = (*said.tokens, *of_links, *((token,) if token else ()))
    public_id = services.ids.public()
    message_id = message_id_of(public_id, services.settings.host)
    about = None if isinstance(content, CatchUp) else case  # a list of several cases stands in no thread
    speaks = replace(notice, kind=content.kind)
    envelope = _envelope(known, services, speaks, about, mailbox, token_text, message_id, now)
    if isinstance(content, AgentDigest | ManagerDigest):
        envelope = _of_digest(services, envelope, content, mailbox, reader)
    return Draft(
        notice=notice,
        sender=bounces_to(services.settings.sending.bounce_address, public_id, mailbox.scheme),
        content=content,
        envelope=envelope,
        reader=reader,
        tokens=tokens,
        folded=said.folded,
    )


def compose(uow: UnitOfWork, services: Services, draft: Draft, now: Instant) -> Letter:
    """Render a draft. Raises PermanentError when the template fails, or something of our inside stands in it."""
    notice = draft.notice
    letter = Letter(
        notice_id=notice.id,
        kind=draft.content.kind,
        ticket_id=notice.ticket_id,
        sender=draft.sender,
        recipient=notice.recipient,
        outside=notice.role is Role.CUSTOMER,
        automatic=notice.kind not in WRITTEN_BY_A_PERSON,
        message_id=draft.envelope.message_id,
        content=services.letters.render(draft.content, draft.envelope, draft.reader),
        urgency=notice.urgency,
        created_at=now,
        next_at=now,
    )
    _check_for_leaks(uow, services, letter)
    return letter


def store_letters(uow: UnitOfWork, made: Sequence[tuple[Draft, Letter]], now: Instant) -> None:
    """Write the letters with what belongs to them, and settle their notices.

    Raises TemporaryError when one of these is settled already: another daemon has them, and nothing may be written.
    """
    for draft, letter in made:
        if draft.folded:
            uow.outbox.settle_notices(draft.folded, NoticeState.FOLDED, f"in the letter of notice {letter.notice_id}")
    if uow.outbox.settle_notices([letter.notice_id for _, letter in made], NoticeState.RENDERED) != len(made):
        raise TemporaryError("some of these notices were settled meanwhile", "none: mailsla tries again by itself")
    ids = uow.outbox.add_letters([letter for _, letter in made])
    uow.tickets.add_tokens([token for draft, _ in made for token in draft.tokens])
    stated = [(one.notice, one.content, number) for (one, _), number in zip(made, ids, strict=True)]
    state_promises(uow, stated, now)


def _check_for_leaks(uow: UnitOfWork, services: Services, letter: Letter) -> None:
    """The last look at the bytes that customers get."""
    if found := leak_in_letter(uow, services.settings.directory, letter):
        raise PermanentError(f"the mail to {letter.recipient} holds {found}", "write the answer anew without it")


def _mailbox(services: Services, ticket: Ticket | None) -> MailboxSettings:
    """The mailbox that speaks on a ticket; the first one where it is configured no more, or without a ticket."""
    if ticket is not None:
        for mailbox in services.settings.mailboxes:
            if mailbox.name == ticket.mailbox:
                return mailbox
    return services.settings.mailboxes[0]


def _token(
    services: Services, notice: Notice, ticket: Ticket | None, content: Content, now: Instant
) -> tuple[str, Token | None]:
    """The right that a reply to this letter has; none for the operator, or where a reply would be ambiguous."""
    if ticket is None or notice.role is Role.OPERATOR:
        return "", None
    if isinstance(content, CatchUp) or (_of_several(content)):
        return "", None
    text = services.ids.token()
    held = notice.data.get("intake")
    confirms = notice.kind == "confirmation"
    until = notice.data.get("until")
    token = Token(
        hash=hash_token(text),
        ticket_id=ticket.id,
        person=notice.person,
        role=notice.role,
        purpose="confirm" if confirms else _purpose(notice, ticket),
        created_at=now,
        expires_at=until if confirms and isinstance(until, int) else None,
        intake_id=held if confirms and isinstance(held, int) else None,
        value="" if confirms else _value(notice),
    )
    return text, token


def _value(notice: Notice) -> str:
    """What a reply to it means beside itself."""
    return TAKES_UP if notice.kind == "low_rating" else value_of(notice.data.get("incident"))


def _of_several(content: Content) -> bool:
    """Whether one reply would mean several complaints; those of an incident it does mean."""
    return isinstance(content, letters.Escalation) and len(content.items) > 1 and not content.incident


def _purpose(notice: Notice, ticket: Ticket) -> str:
    """Where nobody can be answered a reply stays inside."""
    inside = ticket.requester.endswith(UNREACHABLE) or notice.data.get("inside")
    return "note" if inside else INSIDE.get(notice.kind, "reply")


def _envelope(
    known: Lookups,
    services: Services,
    notice: Notice,
    case: Case | None,
    mailbox: MailboxSettings,
    token: str,
    message_id: str,
    now: Instant,
) -> Envelope:
    ticket = case.ticket if case is not None else None
    inside = notice.role is not Role.CUSTOMER
    reply_to = address_of(token, "reply", mailbox.scheme) if token else ""
    in_reply_to, references = _thread(known, services, notice, ticket)
    automatic = notice.kind not in WRITTEN_BY_A_PERSON
    return Envelope(
        from_name=mailbox.display_name,
        from_email=mailbox.address,
        to_email=notice.recipient,
        reply_to=reply_to,
        message_id=message_id,
        in_reply_to=in_reply_to,
        references=references,
        date=now,
        auto_submitted=("auto-replied" if notice.kind in ANSWERS else "auto-generated") if automatic else "",
        list_id=f"{notice.kind.replace('_', '-')}.{services.settings.host}" if inside else "",
        internal=_internal_headers(services, notice, ticket) if inside else (),
        enclosures=_enclosures(case) if case is not None else (),
    )


def _of_digest(
    services: Services,
    envelope: Envelope,
    content: AgentDigest | ManagerDigest,
    mailbox: MailboxSettings,
    reader: Reader,
) -> Envelope:
    """With the way to end such letters, and with a file of all rows where the letter has not room for them."""
    ends = (mailbox.address, f"digest {DIGEST_OF[content.kind]} off")
    rows = [*content.rows, *(content.other_rows if isinstance(content, AgentDigest) else content.free)]
    if len(content.rows) <= MOST_ROWS:
        return replace(envelope, unsubscribe=ends)
    file = Enclosure(name="cases.csv", type="text/csv", content=as_csv(rows, services.zone(reader.zone)))
    return replace(envelope, unsubscribe=ends, enclosures=(file,))


def _internal_headers(services: Services, notice: Notice, ticket: Ticket | None) -> tuple[tuple[str, str], ...]:
    fields = [("X-mailsla-Instance", services.settings.name), ("X-mailsla-Kind", notice.kind)]
    if ticket is not None:
        fields.append(("X-mailsla-Ticket", ticket.reference))
    return tuple(fields)


def _thread(known: Lookups, services: Services, notice: Notice, ticket: Ticket | None) -> tuple[str, Sequence[str]]:
    """In-Reply-To and References: what the reader's mail client needs to keep the conversation together."""
    command = notice.data.get("in_reply_to")
    if ticket is None:
        return (command, (command,)) if isinstance(command, str) and command else ("", ())
    if notice.role is Role.CUSTOMER:
        chain = [one for one in known.posted(ticket.id) if one.recipient in ("", notice.recipient)]
        answered = next((one.message_id for one in reversed(chain) if not one.recipient), "")
        return answered, references_of([one.message_id for one in chain])
    if notice.kind in ALARMS:
        return "", ()
    root = f"{ticket.reference}.{notice.person}@{services.settings.host}".lower()
    if isinstance(command, str) and command:
        return command, (root, command)
    return root, (root,)


def _enclosures(case: Case) -> tuple[Enclosure, ...]:
    """The attachments of the message that the letter is about, as long as they fit."""
    if case.notice.kind not in CARRIES_FILES or case.message is None or case.message.sha256 is None:
        return ()
    stored = [one for one in case.attachments if goes_along(one)]
    measured = case.notice.kind in WRITTEN_BY_A_PERSON  # when the agent sent it
    if not stored or (not measured and sum(one.size for one in stored) > LARGEST_FILES):
        return ()
    raw = case.uow.intake.raw(case.message.sha256)
    contents = ((one, part_content(raw, one.part)) for one in stored)
    return tuple(Enclosure(name=one.name, type=one.type, content=data) for one, data in contents if data is not None)

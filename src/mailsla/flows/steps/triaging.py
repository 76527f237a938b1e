"""Category, priority, team and assignee of a new ticket, as stored with their reasons."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from mailsla.config.settings import MailboxSettings
from mailsla.core.mail.parsed import Forwarded, ParsedMail
from mailsla.core.model import Message, Reason, StoredAttachment, Ticket
from mailsla.core.notices import reason_data, reason_from
from mailsla.core.triage.blend import Blend
from mailsla.core.triage.own_words import as_read, own_words, without_disclaimer
from mailsla.core.triage.triage import TriageFacts, TriageResult, triage
from mailsla.flows.services import Services
from mailsla.flows.steps.incidents import in_storm
from mailsla.flows.steps.learned import blend_now
from mailsla.ports.store import UnitOfWork

PRIORITY_CODES = "priority"  # reasons of the priority begin with this; all others explain the category

REASON = "scope"  # why a mail is no complaint
SAYS_ENOUGH = 20  # words above a forwarded mail, from which on they alone are its matter


@dataclass(frozen=True, slots=True)
class Triaged:
    """The decision, and what is stored of it with the ticket."""

    result: TriageResult
    stored: Mapping[str, object]


def triage_mail(
    services: Services,
    mailbox: MailboxSettings,
    mail: ParsedMail,
    sender: str,
    *,
    uow: UnitOfWork,
) -> Triaged:
    """Triage of the new text of a mail. `sender` is whose complaint it is (of a forwarded mail its author)."""
    return _now(uow, services, facts_of_mail(services, mailbox, mail, sender))


def facts_of_mail(services: Services, mailbox: MailboxSettings, mail: ParsedMail, sender: str) -> TriageFacts:
    """What triage looks at."""
    organisation = services.settings.directory.organisation_of(sender)
    passed_on = _passed_on(mail)
    inside = [attachment for one in passed_on for attachment in one.attachments]
    return TriageFacts(
        subject=as_read(mail.subject),
        text="\n".join((own_words(mail.reply_text), *(_inside(one) for one in passed_on))),
        sender=sender,
        mailbox=mailbox.name,
        recipients=[address.email for address in (*mail.to, *mail.cc)],
        organisation=organisation.name if organisation else None,
        attachments=[attachment.name for attachment in (*mail.attachments, *inside)],
        vip=organisation.vip if organisation else False,
        size=mail.size,
    )


def triage_message(
    services: Services,
    mailbox: MailboxSettings,
    message: Message,
    files: Sequence[StoredAttachment],
    sender: str,
    *,
    uow: UnitOfWork,
) -> Triaged:
    """The same for a mail that is in a conversation already."""
    return _now(uow, services, facts_of_message(services, mailbox, message, files, sender))


def _now(uow: UnitOfWork, services: Services, facts: TriageFacts) -> Triaged:
    """By what was learned until now (steps/learned.py), and with what goes on now."""
    storm = in_storm(uow, services, facts.subject, facts.text)
    return decide(services, replace(facts, storm=storm), blend_now(uow, services))


def facts_of_message(
    services: Services, mailbox: MailboxSettings, message: Message, files: Sequence[StoredAttachment], sender: str
) -> TriageFacts:
    """What is kept of it."""
    organisation = services.settings.directory.organisation_of(sender)
    return TriageFacts(
        subject=as_read(message.subject),
        text=own_words(message.text),
        sender=sender,
        mailbox=mailbox.name,
        recipients=[mailbox.address],
        organisation=organisation.name if organisation else None,
        attachments=[file.name for file in files],
        vip=organisation.vip if organisation else False,
    )


def in_scope(triaged: Triaged) -> Triaged:
    """The same decision for a mail that a person meant as a case, or that answers us: it is one, whatever its words."""
    if triaged.result.scope is None:
        return triaged
    result = replace(
        triaged.result,
        scope=None,
        letter="",
        reasons=tuple(one for one in triaged.result.reasons if one.code != REASON),
    )
    stored = triaged.stored["category_reasons"]
    reasons = [one for one in stored if one["code"] != REASON] if isinstance(stored, list) else []
    return Triaged(result, {**triaged.stored, "scope": None, "letter": "", "category_reasons": reasons})


def decide(services: Services, facts: TriageFacts, blend: Blend | None = None) -> Triaged:
    """The decision on these facts; without a blend, by the lexicon alone."""
    result = triage(facts, services.triage, blend)
    mine = [reason for reason in result.reasons if reason.code.startswith(PRIORITY_CODES)]
    others = [reason for reason in result.reasons if not reason.code.startswith(PRIORITY_CODES)]
    return Triaged(
        result,
        {
            "stage": result.stage,
            "category": result.category,
            "rule": result.rule,
            "model": result.model,
            "words_for": list(result.because.words_for),
            "words_against": list(result.because.words_against),
            "certainty": result.certainty,
            "runner_up": result.runner_up,
            "language": result.language,
            "scope": result.scope,
            "letter": result.letter,
            "asked": _asked(result, facts, services.settings.triage.ask_share),
            "likeliest": [[one.category, one.certainty] for one in result.likeliest],
            "category_reasons": [reason_data(reason) for reason in others],
            "priority_reasons": [reason_data(reason) for reason in mine],
        },
    )


def _asked(result: TriageResult, facts: TriageFacts, share: float) -> bool:
    """Whether the agent is asked if it is right: drawn by the words, so a mail that is processed again draws alike."""
    if result.category is None or result.stage == "rule" or result.scope is not None:
        return False
    drawn = sha256(f"{facts.sender}\n{facts.subject}\n{facts.text}".encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(drawn[:4], "big") < share * 2**32


def _passed_on(mail: ParsedMail) -> Sequence[Forwarded]:
    """The mails inside it that say what it is about: "see below" does not. Those that its own text holds are read."""
    if len(mail.reply_text.split()) >= SAYS_ENOUGH:
        return ()
    return [one for one in mail.forwarded if one.new_text and one.new_text not in mail.reply_text]


def _inside(one: Forwarded) -> str:
    return as_read(f"{one.subject}\n{without_disclaimer(one.new_text)}")


def reasons_of(ticket: Ticket) -> list[Reason]:
    """Why a ticket got its category, then why its priority, as stored when it was opened."""
    stored = [ticket.triage.get(f"{what}_reasons") for what in ("category", "priority")]
    return [reason_from(one) for reasons in stored if isinstance(reasons, list | tuple) for one in reasons]

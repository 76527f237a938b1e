"""Category, priority, team and assignee of a new ticket, as stored with their reasons."""

from collections.abc import Mapping
from dataclasses import dataclass

from mailsla.config.settings import MailboxSettings
from mailsla.core.mail.parsed import ParsedMail
from mailsla.core.model import Reason, Ticket
from mailsla.core.notices import reason_data, reason_from
from mailsla.core.triage.triage import TriageFacts, TriageResult, triage
from mailsla.flows.services import Services

PRIORITY_CODES = "priority"  # reasons of the priority begin with this; all others explain the category


@dataclass(frozen=True, slots=True)
class Triaged:
    """The decision, and what is stored of it with the ticket."""

    result: TriageResult
    stored: Mapping[str, object]


def triage_mail(
    services: Services, mailbox: MailboxSettings, mail: ParsedMail, sender: str, *, follow_ups: int = 0
) -> Triaged:
    """Triage of the new text of a mail. `sender` is whose complaint it is (of a forwarded mail its author)."""
    organisation = services.settings.directory.organisation_of(sender)
    facts = TriageFacts(
        subject=mail.subject,
        text=mail.reply_text,
        sender=sender,
        mailbox=mailbox.name,
        recipients=[address.email for address in (*mail.to, *mail.cc)],
        organisation=organisation.name if organisation else None,
        attachments=[attachment.name for attachment in mail.attachments],
        vip=organisation.vip if organisation else False,
        follow_ups=follow_ups,
    )
    result = triage(facts, services.triage)
    mine = [reason for reason in result.reasons if reason.code.startswith(PRIORITY_CODES)]
    others = [reason for reason in result.reasons if not reason.code.startswith(PRIORITY_CODES)]
    return Triaged(
        result,
        {
            "stage": result.stage,
            "rule": result.rule,
            "certainty": result.certainty,
            "runner_up": result.runner_up,
            "language": result.language,
            "likeliest": [[one.category, one.certainty] for one in result.likeliest],
            "category_reasons": [reason_data(reason) for reason in others],
            "priority_reasons": [reason_data(reason) for reason in mine],
        },
    )


def reasons_of(ticket: Ticket) -> list[Reason]:
    """Why a ticket got its category, then why its priority, as stored when it was opened."""
    stored = [ticket.triage.get(f"{what}_reasons") for what in ("category", "priority")]
    return [reason_from(one) for reasons in stored if isinstance(reasons, list | tuple) for one in reasons]

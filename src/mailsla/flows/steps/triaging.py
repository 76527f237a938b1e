"""Category, priority, team and assignee of a new ticket, as stored with their reasons."""

from collections.abc import Mapping
from dataclasses import dataclass

from mailsla.config.settings import MailboxSettings
from mailsla.core.mail.parsed import ParsedMail
from mailsla.core.notices import reason_data
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
            "likeliest": [[one.category, one.certainty] for one in result.likeliest],
            "category_reasons": [reason_data(reason) for reason in others],
            "priority_reasons": [reason_data(reason) for reason in mine],
        },
    )

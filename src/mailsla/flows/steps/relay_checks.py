"""Why an agent's text or file must not go to the customer: they are told at once, while they can still mend it."""

from collections.abc import Sequence
from dataclasses import replace

from mailsla.core.commands.plan import Plan
from mailsla.core.leaks import agent_address_in, internal_header_in
from mailsla.core.mail.mime import content as part_content
from mailsla.core.mail.parsed import Attachment
from mailsla.core.mail.quotes import is_marker
from mailsla.core.mail.reply import nothing_new
from mailsla.core.model import Reason, Scalar
from mailsla.core.notices import UNREACHABLE
from mailsla.core.sizes import letter_size
from mailsla.flows.services import Services
from mailsla.flows.steps.inhand import Mail
from mailsla.flows.steps.leaks import readable, staff_token_in, words_of_note_in
from mailsla.flows.steps.work import TicketWork

READ_AS_MAIL = ("message/", "text/")
MAIL_NAMES = (".eml", ".mht", ".mhtml")
TEXT_NAMES = (".txt", ".csv", ".md", ".log", ".htm", ".html", ".ics", ".vcf")  # some programs call all files octets
SHOWN = 80  # characters of what leaks that are repeated


def file_alone(planned: Plan, files: Sequence[Attachment]) -> Plan:
    """An agent who sends a file and writes nothing means the file: quote and signature are not their text."""
    alone = bool(files) and nothing_new(planned.relay_text)
    return replace(planned, relay_text="") if alone else planned


def why_not_relay(mail: Mail, work: TicketWork, planned: Plan, files: Sequence[Attachment]) -> Reason | None:
    """Nobody to write to, nothing written or a quote that is left, something of our inside, or more than the server
    would take.
    """
    if work.ticket.requester.endswith(UNREACHABLE):
        return Reason("relay_nobody", {"reference": work.ticket.reference})
    if planned.relay_text and nothing_new(planned.relay_text):
        return Reason("relay_empty")
    if _quotes(planned.relay_text):
        return Reason("relay_quotes", {"files": ", ".join(one.name for one in files)} if files else {})
    if (leaked := leak_in(work, planned.relay_text)) is not None:
        return leaked
    if not files or mail.intake.sha256 is None:
        return None
    if (large := _too_large(mail.services, planned.relay_text, files)) is not None:
        return large
    raw = mail.uow.intake.raw(mail.intake.sha256)
    found = (_leak_of_file(work, file, part_content(raw, file.part) or b"") for file in files)
    return next((one for one in found if one is not None), None)


def leak_in(work: TicketWork, text: str) -> Reason | None:
    """What of our inside, besides addresses (core/commands/plan.py), stands in an answer."""
    if header := internal_header_in(text):
        return Reason("relay_leak_header", {"header": header})
    if token := staff_token_in(work.uow, text):
        return Reason("relay_leak_token", {"token": f"{token[:6]}…"})
    if words := words_of_note_in(work.uow, work.ticket.id, text):
        return Reason("relay_leak_note", {"words": words[:SHOWN]})
    return None


def _leak_of_file(work: TicketWork, file: Attachment, content: bytes) -> Reason | None:
    is_mail = file.type.startswith("message/") or file.name.lower().endswith(MAIL_NAMES)
    readable_in = is_mail or file.type.startswith(READ_AS_MAIL) or file.name.lower().endswith(TEXT_NAMES)
    # Windows writes text files in UTF-16, whose every second byte is zero.
    text = readable(content.replace(b"\0", b"")) if readable_in else content.decode("latin-1")
    values: dict[str, Scalar] = {"file": file.name}
    if readable_in and (internal_header_in(text) or staff_token_in(work.uow, text)):
        return Reason("relay_leak_own", values)
    directory = work.services.settings.directory
    if address := agent_address_in(f"{file.name}\n{text}", directory, but=work.ticket.requester):
        return Reason("relay_leak_file", {"address": address, **values})
    if readable_in and (words := words_of_note_in(work.uow, work.ticket.id, text)):
        return Reason("relay_leak_note_file", {"words": words[:SHOWN], **values})
    return None


def _too_large(services: Services, text: str, files: Sequence[Attachment]) -> Reason | None:
    """Before anything is sent, so that they can send a link instead."""
    size = letter_size(text, [one.size for one in files])
    most = services.largest_letter()
    if size <= most:
        return None
    names = ", ".join(one.name for one in files)
    return Reason("relay_too_large", {"files": names, "octets": size, "octets_most": most})


def _quotes(text: str) -> bool:
    """Whether lines of our own letter are left, which is for agents' eyes: where nothing new stands above the quote, or
    the answers stand between its lines, reading keeps the whole text."""
    return any(line.lstrip().startswith(">") or is_marker(line) for line in text.splitlines())

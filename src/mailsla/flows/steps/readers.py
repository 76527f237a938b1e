"""Who reads a letter: in which language and time zone it is written."""

from collections.abc import Collection

from mailsla.config.settings import MailboxSettings
from mailsla.core.letters import Reader
from mailsla.core.model import Notice, Role, Ticket
from mailsla.flows.services import Services
from mailsla.flows.steps.lookups import Lookups

_SOURCE = "en"  # there is every letter in it


def reader_of(
    known: Lookups, services: Services, notice: Notice, ticket: Ticket | None, mailbox: MailboxSettings
) -> Reader:
    """A language that no such letter is written in becomes English, so that category labels and text agree."""
    if notice.role is Role.CUSTOMER and ticket is not None:
        return Reader(
            language=_spoken(ticket.language, services.languages),
            zone=ticket.zone,
            zone_is_guess=notice.kind == "acknowledgement" and _guessed(known, services, ticket, mailbox),
        )
    agent = services.settings.directory.agents.get(notice.person)
    at_home = agent or mailbox
    return Reader(language=_spoken(at_home.language, services.languages_inside), zone=at_home.zone)


def _spoken(language: str, languages: Collection[str]) -> str:
    return language if language in languages else _SOURCE


def _guessed(known: Lookups, services: Services, ticket: Ticket, mailbox: MailboxSettings) -> bool:
    """Whether the zone is the mailbox's because neither the customer's record nor their organisation names one."""
    organisation = services.settings.directory.organisation_of(ticket.requester)
    if ticket.zone != mailbox.zone or (organisation is not None and organisation.zone):
        return False
    customer = known.customer(ticket.requester)
    return customer is None or not customer.zone

"""Complaints of the weeks before: only against them is it known that many about one thing are not usual."""

import random
from dataclasses import replace

from mailsla.core.incident import Said
from mailsla.core.model import Status
from mailsla.core.triage.incidents import words_of
from mailsla.core.triage.words import Words
from mailsla.flows.services import Services
from tests.core.triage.storms import ordinary
from tests.flows.office import DAY, HOUR

SUBJECT = "A complaint"  # of all
ORDINARY = 120


def keep_past(services: Services, like: str) -> None:
    """Ordinary complaints, all closed; apart from their words they are as the ticket `like`."""
    common = services.triage.languages.function_words
    said = [words_of(Words.of(SUBJECT, text), common) for text in ordinary(ORDINARY, random.Random(1))]
    with services.store.begin() as uow:
        first = uow.tickets.by_reference(like)
        assert first is not None
        for number, words in enumerate(said):
            at = services.now() - 2 * DAY - number * 3 * HOUR
            ticket = replace(
                first, number=9000 + number, reference=f"OLD-{9000 + number}", received_at=at, status=Status.CLOSED
            )
            kept = Said(
                ticket_id=uow.tickets.add(ticket),
                customer_id=first.customer_id,
                received_at=at,
                words=tuple(sorted(words)),
            )
            uow.incidents.keep_words([kept])
        uow.commit()

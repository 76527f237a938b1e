"""Samples of the letters between people inside, for `mailsla check` (letters_samples.py has the others)."""

from mailsla.core.letters_people import OpenCase, StandIn
from mailsla.core.model import Instant

_HOUR, _DAY = 3600, 86400


def samples_of_people(now: Instant) -> tuple[StandIn]:
    """One of each kind, as written at `now`."""
    return (
        StandIn(
            name="Sam Lee",
            until=now + 9 * _DAY,
            cases=(
                OpenCase(
                    reference="ACME-1031",
                    subject="Refund missing",
                    priority="high",
                    status="open",
                    metric="first_response",
                    due=now - 2 * _HOUR,
                    late=True,
                ),
                OpenCase(
                    reference="ACME-1042",
                    subject="Where is my parcel",
                    priority="normal",
                    status="open",
                    metric="resolution",
                    due=now + 3 * _DAY,
                ),
                OpenCase(reference="ACME-1047", subject="Wrong item", priority="low", status="waiting_customer"),
            ),
        ),
    )

"""Samples of the digests of each morning, for `mailsla check` (letters_samples.py has the others)."""

from mailsla.core.letters_digest import AgentDigest, DigestRow, Figures, ManagerDigest, Proposed
from mailsla.core.model import Instant

_HOUR, _DAY = 3600, 86400


def samples_of_digests(now: Instant) -> tuple[AgentDigest, ManagerDigest]:
    """One of each kind, as written at `now`."""
    late = DigestRow(
        reference="ACME-1031",
        subject="Refund missing",
        priority="high",
        status="open",
        when="late",
        metric="first_response",
        due=now - 65 * 60,
        left=65 * 60,
        team="our accounts team",
        unacknowledged=True,
    )
    today = DigestRow(
        reference="ACME-1047",
        subject="Wrong item",
        priority="normal",
        status="open",
        when="today",
        metric="next_response",
        due=now + 2 * _HOUR,
        left=2 * _HOUR,
        assignee="Sam Lee",
        instead_of="Kim Adler",
    )
    soon = DigestRow(
        reference="ACME-1050",
        subject="Where is my parcel",
        priority="normal",
        status="open",
        when="soon",
        metric="resolution",
        of="statute",
        due=now + 20 * _HOUR,
        left=5 * _HOUR,
        assignee="Sam Lee",
    )
    agents = AgentDigest(
        name="Sam Lee",
        at=now,
        rows=(late, today, soon),
        soon_until=now + _DAY,
        waiting=4,
        later=3,
        free=("ACME-1052",),
        held=("ACME-1040",),
    )
    managers = ManagerDigest(
        name="Jo Brandt",
        at=now,
        teams=("our delivery team", "our accounts team"),
        rows=(late, today),
        free=(late,),
        proposed=(Proposed(called="I7", count=6, words=("water", "tap", "pressure"), reference="ACME-1031"),),
        figures=(Figures("2026-11-19", 12, 9, 1), Figures("2026-11-18", 10, 11, 0)),
        open=23,
        instead_of=("Maria Roth",),
    )
    return agents, managers

"""First-contact resolution, counted from a ticket's audit trail (sla.md section 4)."""

import pytest

from mailsla.core.model import Event
from mailsla.core.sla.first_contact import first_contact

Trail = list[tuple[int, str, dict[str, object]]]
ANSWERED: Trail = [(5, "agent_reply", {"letter": 1}), (5, "status", {"to": "resolved"})]


@pytest.mark.parametrize(
    ("trail", "counts"),
    [
        (ANSWERED, True),
        ([*ANSWERED, (9, "status", {"to": "closed"})], True),
        ([*ANSWERED, (9, "status", {"to": "open"}), (10, "status", {"to": "resolved"})], False),
        ([*ANSWERED, (9, "status", {"to": "open"})], False),
        ([(3, "agent_reply", {"letter": 2}), *ANSWERED], False),
        ([(3, "agent_reply", {"letter": 2}), (4, "reply_bounced", {"letter": 2}), *ANSWERED], True),
        ([*ANSWERED, (7, "reply_bounced", {"letter": 1})], False),
        (
            [
                (2, "agent_reply", {"letter": 2}),
                (2, "status", {"to": "resolved", "letter": 2}),
                (3, "reply_bounced", {"letter": 2}),
                (3, "status", {"to": "open"}),
                *ANSWERED,
            ],
            True,
        ),
        ([(5, "agent_reply", {"letter": 1}), (6, "status", {"to": "resolved"})], False),
        ([(5, "status", {"to": "resolved"})], False),
        ([(5, "agent_reply", {"direct": True}), (5, "status", {"to": "resolved"})], True),
        ([(1, "customer_mail", {}), *ANSWERED], True),
    ],
)
def test_it_counts_when_the_only_answer_resolved_it_and_nothing_was_reopened(trail: Trail, counts: bool) -> None:
    events = [Event(ticket_id=1, at=at, recorded_at=at, type=kind, actor="x", data=data) for at, kind, data in trail]
    assert first_contact(events) is counts

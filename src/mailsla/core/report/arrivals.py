"""When complaints came in, and which of them were the customer's next one about the same."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo

from mailsla.core.model import Instant
from mailsla.core.report.facts import Came
from mailsla.core.report.model import Part

AGAIN_WITHIN = 90 * 86_400


def by_hour(came: Sequence[Came], zone: tzinfo) -> Mapping[tuple[int, int], int]:
    """By (weekday from Monday = 0, hour), as clocks in the zone show it."""
    local = (datetime.fromtimestamp(one.received_at, zone) for one in came)
    return dict(sorted(Counter((at.weekday(), at.hour) for at in local).items()))


def repeats(came: Sequence[Came], since: Instant) -> Part:
    """Of those received since then, how many had one of the same customer and category in the 90 days before.

    `came`: from 90 days before `since` on, oldest first. One that was merged into another is the same complaint, and
    one without a category is about nothing that could come again.
    """
    last: dict[tuple[int, str], Instant] = {}
    count = of = 0
    for one in came:
        if one.merged:
            continue
        before = last.get((one.customer_id, one.category)) if one.category else None
        if one.received_at >= since:
            of += 1
            count += before is not None and one.received_at - before <= AGAIN_WITHIN
        last[one.customer_id, one.category] = one.received_at
    return Part(count, of)

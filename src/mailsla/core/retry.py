"""When a letter is tried again: outcome and attempts -> retry at, or give up (mail.md section 5)."""

from mailsla.core.model import Instant

MINUTE = 60
STEPS = (1 * MINUTE, 5 * MINUTE, 15 * MINUTE, 30 * MINUTE, 60 * MINUTE)
GIVE_UP = 5 * 24 * 60 * MINUTE  # RFC 5321 section 4.5.4.1: at least 4 to 5 days
PAUSES = (1 * MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 30 * MINUTE)


def next_try(attempts: int, created_at: Instant, now: Instant) -> Instant | None:
    """After the `attempts`-th 4xx: 1, 5, 15, 30, 60 minutes later, then hourly; None 5 days after creation."""
    if now - created_at >= GIVE_UP:
        return None
    return now + STEPS[min(max(attempts, 1), len(STEPS)) - 1]


def account_pause(failures: int) -> int:
    """Seconds for which an account or mailbox rests after its `failures`-th failure in a row: 1 to 30 minutes."""
    return PAUSES[min(max(failures, 1), len(PAUSES)) - 1]

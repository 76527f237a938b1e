"""How far the ticket is: `#wait`, `#resolve`, `#close`, `#reopen`, `#spam`."""

from mailsla.core.commands.changes import SetStatus
from mailsla.core.commands.grammar import FORMS
from mailsla.core.commands.situation import Done, Outcome, Refused, Situation
from mailsla.core.commands.vendor import read_vendor
from mailsla.core.model import Reason, Scalar, Status
from mailsla.core.notices import UNREACHABLE
from mailsla.core.recall import waiting_answer


def wait(whom: str, situation: Situation) -> Outcome:
    """For the customer, or for a supplier."""
    party, _, words = whom.partition(" ")
    if party == "vendor":
        if (late := _window_over(situation)) is not None:
            return late
        said, asked, near = read_vendor(words, situation.directory, situation.calendars, situation.now)
        return Done(said, asked) if asked else Refused(said, f"#wait vendor {near}" if near else "")
    if situation.ticket.status is Status.WAITING_CUSTOMER:
        return Done(Reason("wait_already"))
    if (late := _window_over(situation)) is not None:
        return late
    return Done(Reason("waiting_for_customer"), SetStatus(Status.WAITING_CUSTOMER))


def resolve(_text: str, situation: Situation) -> Outcome:
    """The customer gets the closing letter; a customer who writes again reopens it."""
    if situation.ticket.status is Status.RESOLVED:
        return Refused(Reason("resolve_already"), FORMS["reopen"].usage)
    return Done(Reason("resolved"), SetStatus(Status.RESOLVED))


def close(_text: str, situation: Situation) -> Outcome:
    """Over for good, and nobody is written to: so of customers only who has heard of us, or can't be written to."""
    ticket, until, leaves = situation.ticket, situation.reopen_until, _leaves(situation)
    if ticket.status is Status.RESOLVED and until is not None and situation.now <= until:
        return Done(Reason("closed_early", {"until": until, **leaves}), SetStatus(Status.CLOSED))
    if ticket.status is not Status.RESOLVED and not ticket.answered and not ticket.requester.endswith(UNREACHABLE):
        values = {"reference": ticket.reference, "command": "#close", **leaves}
        return Refused(Reason("close_unanswered", values), FORMS["resolve"].usage)
    return Done(Reason("closed_now", leaves), SetStatus(Status.CLOSED))


def reopen(_text: str, situation: Situation) -> Outcome:
    """Taken up again, also from waiting."""
    if situation.ticket.status in (Status.NEW, Status.OPEN):
        return Done(Reason("reopen_already_open"))
    if (late := _window_over(situation)) is not None:
        return late
    return Done(Reason("reopened"), SetStatus(Status.OPEN))


def spam(_text: str, situation: Situation) -> Outcome:
    """No complaint: the ticket is void, and what waits to be sent is not."""
    return Done(Reason("spam_set", _leaves(situation)), SetStatus(Status.VOID))


def _leaves(situation: Situation) -> dict[str, Scalar]:
    """When the mail to the customer that waits would go out, as `at`; nothing where none waits."""
    waiting = waiting_answer(situation.outgoing)
    return {} if waiting is None else {"at": waiting.at}


def _window_over(situation: Situation) -> Refused | None:
    """A resolved ticket comes back within its window, the last second included (sla.md section 4)."""
    until = situation.reopen_until
    if situation.ticket.status is not Status.RESOLVED or until is None or situation.now <= until:
        return None
    return Refused(Reason("reopen_too_late", {"until": until}))

"""Promises as the command line tells them: what was promised until when, and what became of it."""

from collections.abc import Mapping

from mailsla.cli import words
from mailsla.cli.desk import Desk
from mailsla.cli.output import iso
from mailsla.core.model import Promise, PromiseState, Status


def promised(promise: Promise) -> str:
    """What it is about, in a word."""
    return {"resolution": "solution", "periodic_update": "update"}.get(promise.metric, "answer")


def became(promise: Promise, desk: Desk) -> str:
    """ "Mon 23 Nov, 17:00: kept Mon 23 Nov, 12:55"."""
    settled = (
        f" {desk.when(promise.settled_at)}" if promise.settled_at and promise.state is not PromiseState.BROKEN else ""
    )
    why = f" ({words.status_of(Status(promise.lapsed_because))})" if promise.lapsed_because else ""
    by = f", given by {promise.made_by}" if promise.made_by else ""
    return f"{desk.due(promise.until)}: {promise.state}{settled}{why}{by}"


def promise_json(promise: Promise) -> Mapping[str, object]:
    """The same as JSON."""
    return {
        "metric": promise.metric,
        "until": iso(promise.until),
        "date_only": promise.date_only,
        "stated": iso(promise.stated_at),
        "state": promise.state.value,
        "settled": iso(promise.settled_at),
        "made_by": promise.made_by or None,
        "reason": promise.reason or None,
    }

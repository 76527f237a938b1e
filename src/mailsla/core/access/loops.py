"""No loops, and no weapon: when automatic mail to the outside is refused, muted or has to wait (mail.md section 6).

These rules are for recipients outside. To agents, managers and the operator nothing is muted.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from mailsla.core.access.recipients import mailbox_of
from mailsla.core.access.tokens import Scheme, is_ours
from mailsla.core.mail.parsed import Kind, ParsedMail
from mailsla.core.model import Automatic, Event, Instant, Reason, Ticket

ACKNOWLEDGING = frozenset({"acknowledgement", "out_of_scope"})  # answers to a first mail
MOST_RECEIVED = 50
MUTE_SECONDS = 24 * 3600
STORM_MAILS = 5
STORM_SECONDS = 600
FLOOD_EVENTS = 100  # of a kind on one ticket with nobody of us in between: from then on one in ten minutes is enough
FLOOD_SECONDS = 600
TURN_SECONDS = 180  # so soon after each of our automatic mails only a machine writes again
RETRY_SECONDS = 60
HOUR = 3600
DAY = 24 * HOUR
AHEAD = HOUR  # what was sent later than this from now on was sent under a clock that has been set back since
MAIL_STOPS = 60 * DAY  # without automatic mail to an address after a permanent failure (mail.md section 5)

# (window in seconds, automatic mails on one ticket within it)
TICKET_WINDOWS = ((600, 10), (1800, 15), (3600, 25), (10800, 50), (36000, 100))

_HARMLESS_PRECEDENCE = frozenset({"", "first-class", "normal", "special-delivery"})
_RECEIPTS_ONLY = frozenset({"", "none", "dr", "rn", "nrn"})  # MS-OXCMAIL 2.1.3.2.20: these suppress receipts alone
_JUNK_FOLDERS = frozenset({"junk", "spam", "junk e-mail", "junk email", "bulk mail"})
_NOBODY = re.compile(
    r"(?:mailer-daemon|postmaster|no-?reply|do-?not-?reply|nobody|bounces?|listserv|majordomo|autoreply)(?:[+=-].*)?"
    r"|owner-.*|.*-(?:owner|request|bounces?|no-?reply)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """How much automatic mail may go outside."""

    acknowledgements_per_recipient_day: int = 3
    automatic_per_recipient_hour: int = 10
    automatic_per_hour: int = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Automatic mails to the outside so far. `on_ticket`: by window of TICKET_WINDOWS, in seconds."""

    acknowledgements_to_recipient: int = 0  # within a day
    to_recipient: int = 0  # within an hour
    on_ticket: Mapping[int, int] = field(default_factory=dict)
    in_all: int = 0  # within an hour
    ticket_muted_until: Instant = 0
    recipient_stopped_until: Instant = 0  # a permanent bounce
    takes_turns: bool = False  # the last two were each followed at once by a mail from there


@dataclass(frozen=True, slots=True)
class Muted:
    """Not to be sent, visibly; the ticket is made all the same."""

    reason: Reason


@dataclass(frozen=True, slots=True)
class Wait:
    """To be sent, but not before `until`: ask again then."""

    until: Instant
    reason: Reason


def refusal(
    mail: ParsedMail, *, kind: Kind, schemes: Sequence[Scheme], own_lists: Collection[str] = (), folder: str = ""
) -> Reason | None:
    """Why this mail is answered by no automatic mail, None when it may be (RFC 3834 section 2).

    `own_lists`: List-Ids of support addresses that are groups; their List-* and Precedence mean nothing.
    `folder`: where our server put the mail.
    """
    if mail.sender is None:
        return Reason("refused_no_sender")
    if kind not in ("customer", "agent"):
        return Reason("refused_kind", {"kind": kind})
    if is_ours(mail.sender.email, schemes):
        return Reason("refused_own_address")
    if nobody_reads(mail.sender.email):
        return Reason("refused_no_person", {"address": mail.sender.email})
    if mail.return_path is not None and not mail.return_path.strip(" <>"):
        return Reason("refused_null_return_path")
    if mail.received > MOST_RECEIVED:
        return Reason("refused_received", {"count": mail.received})
    return _by_headers(mail, own_lists) or _spam(mail, folder)


def _plain_local(email: str) -> str:
    return email.rpartition("@")[0].strip('"').replace("_", "-").replace(".", "-")


def nobody_reads(email: str) -> bool:
    """Whether an address is a machine's by its name: no-reply, mailer-daemon, owner- of a list."""
    return _NOBODY.fullmatch(_plain_local(email)) is not None


def _by_headers(mail: ParsedMail, own_lists: Collection[str]) -> Reason | None:
    submitted = mail.header("auto-submitted").partition(";")[0].partition("(")[0].strip().lower()
    if submitted not in ("", "no"):
        return Reason("refused_auto_submitted", {"value": submitted})
    if not _of_own_list(mail, own_lists):
        if listed := next((name for name in mail.headers if name.startswith("list-")), ""):
            return Reason("refused_list", {"header": listed})
        precedence = mail.header("precedence").strip().lower()
        if precedence not in _HARMLESS_PRECEDENCE:
            return Reason("refused_precedence", {"value": precedence})
    suppressed = {word.strip().lower() for word in mail.header("x-auto-response-suppress").split(",")}
    if suppressed - _RECEIPTS_ONLY:
        return Reason("refused_suppress", {"value": mail.header("x-auto-response-suppress")})
    if mail.content_type.lower().startswith("multipart/report"):
        return Reason("refused_report")
    return None


def _of_own_list(mail: ParsedMail, own_lists: Collection[str]) -> bool:
    ids = {value.rpartition("<")[2].rstrip("> ").strip().lower() for value in mail.headers.get("list-id", ())}
    own = {name.strip("<> ").lower() for name in own_lists}
    return bool(ids) and ids <= own


def _spam(mail: ParsedMail, folder: str) -> Reason | None:
    if re.split(r"[./]", folder.lower())[-1] in _JUNK_FOLDERS:
        return Reason("refused_junk_folder", {"folder": folder})
    for name in ("x-spam-flag", "x-spam-status", "x-spam"):
        if mail.header(name).strip().lower().startswith(("yes", "true")):
            return Reason("refused_spam", {"header": name})
    return None


def counted(
    sent: Sequence[Automatic],
    recipient: str,
    ticket: Ticket | None,
    now: Instant,
    *,
    in_all: int,
    stopped_until: Instant,
) -> Counts:
    """The counts for one more mail to this recipient on this ticket. `sent`: automatic letters of a day or more."""
    address, ticket_id = mailbox_of(recipient), ticket.id if ticket else None
    sent = [one for one in sent if one.at <= now + AHEAD]
    theirs = [one for one in sent if one.address == address]
    on_ticket = [one.at for one in sent if one.ticket_id == ticket_id is not None]
    return Counts(
        acknowledgements_to_recipient=sum(one.kind in ACKNOWLEDGING and one.at >= now - DAY for one in theirs),
        to_recipient=sum(one.at >= now - HOUR for one in theirs),
        on_ticket={seconds: sum(at >= now - seconds for at in on_ticket) for seconds, _ in TICKET_WINDOWS},
        in_all=in_all,
        ticket_muted_until=ticket.muted_until if ticket else 0,
        recipient_stopped_until=stopped_until,
        takes_turns=ticket is not None and _takes_turns([one.at for one in theirs], ticket.received_at),
    )


def _takes_turns(sent: Sequence[Instant], received_at: Instant) -> bool:
    """Whether mails of theirs came at once after our last two: the second of ours answered the first of these."""
    last = sorted({*sent, received_at})[-3:]
    return len(last) == 3 and last[2] == received_at and last[1] - last[0] <= TURN_SECONDS >= last[2] - last[1]


def budget(counts: Counts, limits: Budget, now: Instant, *, acknowledgement: bool = False) -> Muted | Wait | None:
    """Whether one more automatic mail may go outside: None is yes. A full total alone waits, all else mutes."""
    if now < counts.recipient_stopped_until <= now + MAIL_STOPS + AHEAD:
        return Muted(Reason("muted_bounced", {"until": counts.recipient_stopped_until}))
    if now < counts.ticket_muted_until <= now + MUTE_SECONDS + AHEAD:
        return Muted(Reason("muted_storm", {"until": counts.ticket_muted_until}))
    if acknowledgement and counts.takes_turns:
        return Muted(Reason("muted_takes_turns"))
    if acknowledgement and counts.acknowledgements_to_recipient >= limits.acknowledgements_per_recipient_day:
        return Muted(Reason("muted_acknowledgements", {"limit": limits.acknowledgements_per_recipient_day}))
    if counts.to_recipient >= limits.automatic_per_recipient_hour:
        return Muted(Reason("muted_recipient", {"limit": limits.automatic_per_recipient_hour}))
    for seconds, limit in TICKET_WINDOWS:
        if counts.on_ticket.get(seconds, 0) >= limit:
            return Muted(Reason("muted_ticket", {"limit": limit, "seconds": seconds}))
    if counts.in_all >= limits.automatic_per_hour:
        return Wait(now + RETRY_SECONDS, Reason("wait_all", {"limit": limits.automatic_per_hour}))
    return None


def storm(mails: Sequence[Instant], last_person: Instant, now: Instant) -> Instant:
    """Until when a ticket's automatic mail to the outside is muted, 0 = not.

    `mails`: receipts of the mails from outside on the ticket, this one included. `last_person`: when one of us last did
    something to it (0 = never). Five mails in ten minutes since then are two robots talking.
    """
    since = max(now - STORM_SECONDS, last_person)
    return now + MUTE_SECONDS if sum(1 for at in mails if since < at <= now) >= STORM_MAILS else 0


def last_person(events: Sequence[Event]) -> Instant:
    """When one of us last did something to the ticket, 0 = never. A mail without any right is nobody's doing: its From
    is anybody's to write.
    """
    ours = (event.at for event in events if event.actor.startswith(("agent:", "cli:")) and event.type != "comment")
    return max(ours, default=0)


def flooded(events: Sequence[Event], type_: str, now: Instant) -> bool:
    """Whether one more event of this kind tells nothing: a bomb must not make each further mail dearer than the last,
    and all of a ticket's events are replayed for each. The mails themselves are all kept, as messages.
    """
    since = last_person(events)
    same = [event.recorded_at for event in events if event.type == type_ and event.at > since]
    return len(same) >= FLOOD_EVENTS and now - max(same) < FLOOD_SECONDS

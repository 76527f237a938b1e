"""Values of mailsla as a person reads them in a terminal: times, lengths, states, people, facts under each other."""

import textwrap
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, tzinfo
from shutil import get_terminal_size

from mailsla.cli.output import cells_of, clean
from mailsla.core.directory import Directory
from mailsla.core.model import Instant, IntakeState, LetterState, Role, Status, Token
from mailsla.core.notices import UNREACHABLE

MINUTE, HOUR, DAY = 60, 3600, 86400
WIDEST = 100  # cells of a line of prose: longer ones are hard to read

STATUSES = {
    Status.WAITING_CUSTOMER: "waiting for the customer",
    Status.WAITING_THIRD_PARTY: "waiting for somebody else",
}
LETTERS = {  # kind of a letter -> what it is
    "acknowledgement": "acknowledgement",
    "out_of_scope": "answer to what is out of scope",
    "agent_notification": "the new complaint",
    "customer_answer": "what came in",
    "assignment": "the assignment",
    "relay": "the agent's answer",
    "relay_copy": "copy of the answer",
    "case_news": "news of the case",
    "closing": "closing letter",
    "waiting_reminder": "reminder that we wait",
    "satisfaction_reminder": "question how satisfied they are, once more",
    "low_rating": "a customer is not content",
    "delay_notice": "new time for the customer",
    "update": "update to the customer",
    "status_answer": "answer how it stands",
    "transcript": "what the commands did",
    "reminder": "reminder before it is due",
    "escalation": "escalation",
    "delivery_failed": "a mail did not arrive",
    "confirmation": "did you send this?",
    "operator_alert": "alert",
    "queue_digest": "digest of the queues",
    "agent_digest": "digest of an agent's cases",
    "manager_digest": "digest of a manager's teams",
    "folded": "list of what came in",
    "explanation": "the answer to #why",
    "catch_up": "list of what waited",
    "stand_in": "list for who stands in",
    "incident": "many complaints about one thing",
}
MAILS = {IntakeState.HELD: "held", IntakeState.QUARANTINED: "in quarantine", IntakeState.DROPPED: "dropped"}
SENDING = {
    LetterState.QUEUED: "waits to be sent",
    LetterState.SENDING: "is being sent",
    LetterState.FAILED: "failed",
    LetterState.HELD: "held",
    LetterState.DROPPED: "dropped",
}
SILENT = {  # why an automatic mail was not sent: the reason's code, which is all that a notice keeps of it
    "refused_no_sender": "there is no single sender",
    "refused_kind": "what came in is no person's mail",
    "refused_own_address": "the sender is one of our own addresses",
    "refused_instance": "a mailsla sent the mail",
    "refused_no_person": "nobody reads that address",
    "refused_null_return_path": "the mail wants no answer",
    "refused_received": "the mail went round in circles",
    "refused_auto_submitted": "a program sent the mail",
    "refused_list": "the mail came through a mailing list",
    "refused_precedence": "the mail is bulk mail",
    "refused_suppress": "the mail asks for no automatic answer",
    "refused_report": "the mail is a delivery report",
    "refused_junk_folder": "our server put the mail into its junk folder",
    "refused_spam": "our server takes the mail for spam",
    "muted_bounced": "mail to this address came back",
    "muted_storm": "too many mails came in on this ticket",
    "muted_takes_turns": "this address answers each automatic mail at once, as a machine does",
    "muted_acknowledgements": "this address had the most acknowledgements of a day",
    "muted_recipient": "this address had the most automatic mails of an hour",
    "muted_ticket": "this ticket had the most automatic mails that it may have",
}
DUTIES = {"ola": "team", "uc": "supplier"}  # metrics, as people call them


def when(instant: Instant, zone: tzinfo, now: Instant) -> str:
    """ "Mon 23 Nov, 12:55", to the minute; with the year where it is not this one."""
    local, today = _local(instant, zone), _local(now, zone)
    year = "" if local.year == today.year else local.strftime(" %Y")
    return f"{local.strftime('%a')} {local.day} {local.strftime('%b')}{year}, {local.strftime('%H:%M')}"


def due(instant: Instant, zone: tzinfo, now: Instant) -> str:
    """As `when`; the end of a date is its "24:00", for what is due then is due on that date."""
    if not ends_date(instant, zone):
        return when(instant, zone, now)
    return f"{when(instant - 1, zone, now).rpartition(',')[0]}, 24:00"


def due_short(instant: Instant, zone: tzinfo, now: Instant) -> str:
    """For tables: "today 12:55", "Mon 12:55" within six days, else "23 Nov 12:55"; of another year "23 Nov 2027"."""
    ended = ends_date(instant, zone)
    local, today = _local(instant - ended, zone), _local(now, zone)
    days = (local.date() - today.date()).days
    clock = "24:00" if ended else local.strftime("%H:%M")
    if days == 0:
        return f"today {clock}"
    if abs(days) <= 6:
        return f"{local.strftime('%a')} {clock}"
    day = f"{local.day} {local.strftime('%b')}"
    return f"{day} {clock}" if local.year == today.year else f"{day} {local.year}"


def span(seconds: int) -> str:
    """A length of clock time by its two largest units: "45 min", "3 h 5 min", "2 d 3 h"."""
    if seconds >= 2 * DAY:
        days, hours = seconds // DAY, seconds % DAY // HOUR
        return f"{days} d {hours} h" if hours else f"{days} d"
    return hours_of(seconds)


def wait_of(seconds: int) -> str:
    """How long somebody is to wait: "20 s", "10 min"."""
    return f"{seconds} s" if seconds < 2 * MINUTE else span(seconds)


def hours_of(seconds: int) -> str:
    """A length of opening time, which has no days: "45 min", "12 h", "3 h 5 min"."""
    minutes = seconds // MINUTE
    if minutes < 1:
        return "under 1 min"
    if minutes < 2 * MINUTE:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, MINUTE)
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"


def left_of(deadline: Instant, left: int | None, now: Instant) -> str:
    """How far off a deadline is: opening time when it is to come, clock time when it is over."""
    return f"late {span(now - deadline)}" if left is None else f"{hours_of(left)} left"


def status_of(status: Status) -> str:
    """ "open", "waiting for the customer"."""
    return STATUSES.get(status, status.value)


def metric_of(metric: str, cycle: int = 1, of: str = "") -> str:
    """ "first response"; of clocks that are run again which one: "next response 2"; whose if not the main agreement's:
    "resolution (statute)", "team (depot)".
    """
    name = DUTIES.get(metric, metric.replace("_", " ")) + (f" {cycle}" if cycle > 1 else "")
    return f"{name} ({of})" if of else name


def letter_of(kind: str) -> str:
    """What a letter is; a kind that nobody named stands for itself."""
    return LETTERS.get(kind, kind.replace("_", " "))


def person_of(name: str | None, directory: Directory) -> str:
    """An agent: "Sam Lee (sam)"; "nobody" for None."""
    if not name:
        return "nobody"
    agent = directory.agents.get(name)
    return f"{agent.display_name} ({name})" if agent and agent.display_name else name


def address_of(name: str, email: str) -> str:
    """A mailbox as in a header: "Ana Vogel <ana@mail.example>"."""
    return f"{name} <{email}>" if name else email


def satisfaction_of(score: int, said: str) -> str:
    """A customer's 1 to 5, with what they wrote to it."""
    written = clean(" ".join(said.split()))
    return f"{score} of 5" + (f": “{written}”" if written else "")


def customer_of(name: str, email: str) -> str:
    """The requester of a ticket, who may be nobody that can be written to."""
    return "somebody without an address" if email.endswith(UNREACHABLE) else address_of(name, email)


def reader_of(role: Role, recipient: str) -> str:
    """Whom a letter goes to: "the customer ana@mail.example"."""
    return f"{'the ' if role is not Role.AGENT else ''}{role.value} {recipient}"


def of_link(token: Token) -> str:
    """What a link of ours does."""
    match token.purpose:
        case "rating":
            return f"a rating of {token.value} of 5"
        case "confirm":
            return "the yes to a held mail"
    return f"#{token.value}"


def size_of(octets: int) -> str:
    """ "950 bytes", "12 kB", "3.4 MB", "1.2 GB" (decimal units)."""
    if octets < 1000:
        return f"{octets} bytes"
    if octets < 1_000_000:
        return f"{octets // 1000} kB"
    return f"{octets / 10**6:.1f} MB" if octets < 10**9 else f"{octets / 10**9:.1f} GB"


def facts(rows: Iterable[tuple[str, str]], indent: int = 2) -> list[str]:
    """Lines "name  value": a value that is too long goes on under itself, an empty one is left out.

    An empty name continues the fact above. Values are cleaned: mail content is printed, never obeyed.
    """
    told = [(name, clean(value)) for name, value in rows if value]
    margin = indent + max((cells_of(name) for name, _ in told), default=0) + 2
    lines = []
    for name, value in told:
        first, *rest = _wrapped(value, width() - margin) or [""]
        lines.append((" " * indent + name).ljust(margin) + first)
        lines += [" " * margin + line for line in rest]
    return lines


def prose(text: str, indent: int = 0) -> list[str]:
    """A text of a mail as lines that fit: its own line ends stay, long lines are wrapped, controls are shown."""
    return [" " * indent + line if line else "" for line in _wrapped(clean(text.expandtabs()), width() - indent)]


def shortened(text: str, cells: int) -> str:
    """The text on one line, cut to so many cells of a terminal; what was cut shows as an ellipsis."""
    text = " ".join(clean(text).split())
    used = fits = 0  # cells, and characters that leave room for the ellipsis
    for position, character in enumerate(text, start=1):
        used += cells_of(character)
        if used > cells:
            return text[:fits].rstrip() + "…"
        if used < cells:
            fits = position
    return text


def listing(items: Sequence[str], most: int = 5) -> str:
    """ "a, b, c and 4 more"."""
    more = len(items) - most
    return ", ".join(items[:most]) + (f" and {more} more" if more > 0 else "")


def columns() -> int:
    """Cells of a line of the terminal; 80 where there is none and COLUMNS does not say."""
    return get_terminal_size().columns


def width() -> int:
    """Cells of a line of prose: the terminal's, but no more than can be read."""
    return min(columns(), WIDEST)


def _wrapped(text: str, cells: int) -> list[str]:
    lines: list[str] = []
    for line in text.splitlines():
        hanging = line[: len(line) - len(line.lstrip())]
        lines += textwrap.wrap(
            line, max(cells, 20), subsequent_indent=hanging[: cells // 2], break_on_hyphens=False, drop_whitespace=True
        ) or [""]
    return lines


def ends_date(instant: Instant, zone: tzinfo) -> bool:
    """Whether it is the 24:00 of a local date, also where clocks leap over midnight."""
    return _local(instant - 1, zone).date() != _local(instant, zone).date()


def _local(instant: Instant, zone: tzinfo) -> datetime:
    return datetime.fromtimestamp(instant, UTC).astimezone(zone)

"""What `mailsla queue` prints: one row for each thing that waits, and a mail or letter to look at."""

from collections.abc import Iterator, Mapping

from mailsla.cli import words
from mailsla.cli.desk import Desk
from mailsla.cli.explain_text import DOES
from mailsla.cli.output import clean, iso
from mailsla.core.access.authority import TABLE, Action
from mailsla.core.drops import Drop
from mailsla.core.mail.headers import decode_words, split
from mailsla.core.mail.limits import LIMITS
from mailsla.core.model import Instant, Intake, IntakeState, Letter, LetterState
from mailsla.core.notices import UNREACHABLE
from mailsla.errors import Unparseable
from mailsla.flows.queues import WaitingLetter, WaitingMail, WaitingNotice
from mailsla.flows.releasing import follows
from mailsla.flows.services import Services
from mailsla.ports.mail import MailReader

Row = tuple[dict[str, object], Instant]  # and since when it waits

COLUMNS = ("number", "kind", "since", "about", "why", "next")
LONGEST_ABOUT = 70  # characters
LONGEST_TEXT = 4000  # characters of a mail's text; --raw has all of it
KEEPS_INSIDE = frozenset({Action.ACT, Action.NOTE, Action.COMMENT})  # unless it relays
SHOWN_HEADERS = ("from", "to", "cc", "subject", "date", "message-id")


def mail_row(waiting: WaitingMail, desk: Desk) -> dict[str, object]:
    """A mail as a row of the list; `since` as in JSON."""
    intake, headers = waiting.intake, _headers(waiting.raw)
    about = f"{headers['from'] or 'nobody'}: {headers['subject'] or '(no subject)'}"
    return {
        "number": f"M{intake.id}",
        "kind": f"mail {words.MAILS.get(intake.state, intake.state.value)}",
        "since": iso(intake.accepted_at),
        "about": words.shortened(about, LONGEST_ABOUT),
        "why": _dropped(waiting.drop, desk) or _why(intake, desk),
        "ticket": waiting.reference or None,
        "next": _next_of_mail(intake),
    }


def letter_row(waiting: WaitingLetter, desk: Desk) -> dict[str, object]:
    """A letter as a row of the list; `since` as in JSON."""
    letter = waiting.letter
    about = f"{words.letter_of(letter.kind)} to {letter.recipient}"
    return {
        "number": f"L{letter.id}",
        "kind": f"letter {letter.state.value}",
        "since": iso(letter.created_at),
        "about": f"{about}, {waiting.reference}" if waiting.reference else about,
        "why": _dropped(waiting.drop, desk) or letter.outcome,
        "ticket": waiting.reference or None,
        "next": _next_of_letter(letter, desk),
    }


def notice_row(waiting: WaitingNotice, desk: Desk) -> dict[str, object]:
    """A letter that could not be made yet, as a row of the list; `since` as in JSON."""
    notice = waiting.notice
    about = f"{words.letter_of(notice.kind)} to {notice.recipient}"
    return {
        "number": f"N{notice.id}",
        "kind": "letter dropped" if waiting.drop else "letter not made" if waiting.failed else "letter waits",
        "since": iso(notice.created_at),
        "about": f"{about}, {waiting.reference}" if waiting.reference else about,
        "why": _dropped(waiting.drop, desk) or _why_not_made(waiting, desk),
        "ticket": waiting.reference or None,
        "next": _next_of_notice(waiting, desk),
    }


def for_people(row: Mapping[str, object], since: Instant, desk: Desk) -> dict[str, object]:
    """The row with its time in words."""
    return {**row, "since": desk.when(since)}


def mail_lines(waiting: WaitingMail, desk: Desk, services: Services) -> Iterator[str]:
    """A mail: what is known of it, its headers, the beginning of its text."""
    intake = waiting.intake
    yield from words.facts(
        [
            ("mail", f"M{intake.id}, {words.size_of(len(waiting.raw))}"),
            ("state", words.MAILS.get(intake.state, intake.state.value)),
            ("why", _why(intake, desk)),
            ("dropped", _dropped(waiting.drop, desk)),
            ("received", f"{desk.when(intake.received_at)}, by mailbox {intake.mailbox}, folder {intake.folder}"),
            ("ticket", waiting.reference),
            ("if released", "it " + once_released(services, intake.id) if intake.state is IntakeState.HELD else ""),
            ("next", _next_of_mail(intake)),
        ],
        indent=0,
    )
    yield ""
    yield from _content(waiting.raw, services.reader)
    yield f"\nThe whole mail: mailsla queue show M{intake.id} --raw > mail.eml"


def once_released(services: Services, intake_id: int) -> str:
    """What a held mail does once it is released, as the end of a sentence that begins with "it"."""
    try:
        found = follows(services, intake_id)
    except Unparseable as error:
        return f"can't be read: {error.message}"
    if found is None or not found.reference:
        return "is processed as if its sender were proven"
    customer = words.customer_of("", found.requester)
    if found.opens:
        return f"opens a ticket for {customer}"
    does = f"{DOES[found.action]} {found.reference}"
    if found.action is Action.LINK:
        does = f"does {found.command} in the agent's name on {found.reference}"
    warned = ". Ask first: its sender was asked, and did not say that it is theirs" if found.denied else ""
    if found.relays:
        return f"{does}: what it says goes to {customer}{warned}"
    if found.action not in KEEPS_INSIDE or found.requester.endswith(UNREACHABLE):
        return does
    return f"{does}; nothing goes to {customer}{warned}. To answer them: mailsla ticket reply {found.reference}"


def letter_lines(waiting: WaitingLetter, desk: Desk, reader: MailReader) -> Iterator[str]:
    """A letter: where it stands, its headers, its text."""
    letter = waiting.letter
    yield from words.facts(
        [
            ("letter", f"L{letter.id}, {words.letter_of(letter.kind)}"),
            ("state", letter.state.value + (", perhaps sent twice" if letter.possibly_twice else "")),
            ("envelope", f"from {letter.sender or '<>'} to {letter.recipient}"),
            ("made", desk.when(letter.created_at)),
            ("tries", str(letter.attempts)),
            ("sent", desk.when(letter.sent_at) if letter.sent_at else ""),
            ("answer", letter.outcome),
            ("dropped", _dropped(waiting.drop, desk)),
            ("ticket", waiting.reference),
            ("next", _next_of_letter(letter, desk)),
        ],
        indent=0,
    )
    yield ""
    yield from _content(letter.content, reader)
    yield f"\nThe whole letter: mailsla queue show L{letter.id} --raw > letter.eml"


def notice_lines(waiting: WaitingNotice, desk: Desk) -> Iterator[str]:
    """A letter that could not be made yet, and so has no text."""
    notice = waiting.notice
    yield from words.facts(
        [
            ("letter", f"N{notice.id}, {words.letter_of(notice.kind)}"),
            ("to", words.reader_of(notice.role, notice.recipient)),
            ("state", _state_of_notice(waiting)),
            ("why", _why_not_made(waiting, desk)),
            ("dropped", _dropped(waiting.drop, desk)),
            ("decided", desk.when(notice.created_at)),
            ("ticket", waiting.reference),
            ("next", _next_of_notice(waiting, desk)),
        ],
        indent=0,
    )


def _dropped(drop: Drop | None, desk: Desk) -> str:
    """Who dropped it, when and why; "" where nobody did."""
    return f"by {drop.actor.removeprefix('cli:')}, {desk.when(drop.at)}: {drop.why}" if drop else ""


def _state_of_notice(waiting: WaitingNotice) -> str:
    if waiting.drop:
        return "dropped before it was made"
    return "it could not be made" if waiting.failed else "it waits to be made"


def _why_not_made(waiting: WaitingNotice, desk: Desk) -> str:
    return desk.word(waiting.waits) if waiting.waits else waiting.failed


def _next_of_notice(waiting: WaitingNotice, desk: Desk) -> str:
    if waiting.drop:
        return "nothing: it is dropped"
    again = waiting.notice.not_before
    itself = f"tried again {desk.when(again)}" if again > desk.now else "the daemon tries again"
    return f"mailsla check; {itself}" if waiting.failed else f"nothing: {itself}"


def _why(intake: Intake, desk: Desk) -> str:
    """Of a held mail the row of the table of authority that holds it, as a sentence; else as it was written down."""
    return next((desk.word(row.reason) for row in TABLE if row.name == intake.reason), intake.reason)


def _next_of_mail(intake: Intake) -> str:
    if intake.state is IntakeState.HELD:
        return f"mailsla queue release M{intake.id}"
    if intake.state is IntakeState.QUARANTINED:
        return f"mailsla queue retry M{intake.id}"
    if intake.state is IntakeState.DROPPED:
        return f"nothing; to bring it back: mailsla queue retry M{intake.id}"
    return "nothing: the daemon reads it" if intake.state is IntakeState.STORED else "nothing: it is dealt with"


def _next_of_letter(letter: Letter, desk: Desk) -> str:
    match letter.state:
        case LetterState.HELD:
            return f"mailsla queue release L{letter.id}"
        case LetterState.FAILED:
            return f"mailsla queue retry L{letter.id}"
        case LetterState.DROPPED:
            return f"nothing; to bring it back: mailsla queue retry L{letter.id}"
        case LetterState.QUEUED if letter.next_at > desk.now:
            return f"nothing: goes out {desk.when(letter.next_at)}"
        case LetterState.QUEUED:
            return "nothing: the daemon sends it"
        case LetterState.SENDING:
            return "nothing: it is on its way"
    return "nothing: it is sent"


def _headers(raw: bytes) -> dict[str, str]:
    """The headers that people look at, decoded, "" where absent; never raises, whatever the mail is."""
    found = split(raw, 0, len(raw), LIMITS)
    return {name: clean(decode_words(found.first(name))) for name in SHOWN_HEADERS}


def _content(raw: bytes, reader: MailReader) -> Iterator[str]:
    yield from words.facts(((name.title(), value) for name, value in _headers(raw).items()), indent=0)
    yield ""
    try:
        text = reader.read(raw).text
    except Unparseable as error:
        yield from words.prose(f"(its text can't be shown: {error.message})")
        return
    yield from words.prose(text.strip()[:LONGEST_TEXT] or "(no text)")
    if len(text.strip()) > LONGEST_TEXT:
        yield f"({len(text)} characters in all)"

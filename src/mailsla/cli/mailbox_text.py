"""What `mailsla mailbox check` prints of one mailbox: what the server has beside what is held."""

from contextlib import closing
from dataclasses import replace

from mailsla import bootstrap
from mailsla.cli import words
from mailsla.cli.desk import Desk
from mailsla.cli.output import clean, iso
from mailsla.config.settings import MailboxSettings
from mailsla.errors import MailslaError
from mailsla.flows.comparing import Compared, compare
from mailsla.flows.services import Services


def compared(services: Services, box: MailboxSettings) -> Compared:
    """Asks the server, with its folder opened for reading only. Raises as the source does."""
    with closing(bootstrap.source_of(replace(box, mark="none"))) as source:
        return compare(services, box, source.survey())


def row(box: MailboxSettings, found: Compared) -> dict[str, object]:
    """For programs."""
    return {
        "mailbox": box.name,
        "folder": box.folder,
        "server": found.server,
        "held": found.held,
        "before": found.before,
        "duplicate": found.duplicate,
        "quarantined": found.quarantined,
        "gone": found.gone,
        "missing": list(found.missing),
        "renumbered": found.renumbered,
        "compared_at": iso(found.read_at),
        "problem": None,
    }


def failed_row(box: MailboxSettings, error: MailslaError) -> dict[str, object]:
    """A mailbox that could not be asked: the same keys, and the problem."""
    keys = ("server", "held", "before", "duplicate", "quarantined", "gone", "missing", "renumbered", "compared_at")
    return {"mailbox": box.name, "folder": box.folder, **dict.fromkeys(keys), "problem": error.message}


def lines(box: MailboxSettings, found: Compared, desk: Desk) -> list[str]:
    """For people: the comparison on the first line, below it what needs a word."""
    before = f", before {found.before}" if found.before else ""
    missing = f", missing {len(found.missing)}" if found.missing else ""
    head = f"{clean(_called(box))}: server {found.server}, held {found.held}{before}{missing}"
    return [
        head,
        *words.facts(
            [
                ("looked", _looked(box, found, desk)),
                (
                    "renumbered",
                    "the server gave all mails new numbers: they are compared by content" * found.renumbered,
                ),
                ("before", "they were there before mailsla was, and stay as they are" * bool(found.before)),
                ("duplicate", _counted(found.duplicate, "the same mail is here by another number")),
                ("quarantine", _counted(found.quarantined, "see mailsla queue list")),
                ("gone", _counted(found.gone, "moved or deleted on the server since; they are held here")),
                ("missing", _missing(found)),
            ]
        ),
    ]


def _called(box: MailboxSettings) -> str:
    return f"{box.name} (sent_folder)" if box.is_sent(box.folder) else box.name


def _looked(box: MailboxSettings, found: Compared, desk: Desk) -> str:
    if found.read_at is not None:
        return f"the daemon did {desk.when(found.read_at)}"
    first = "takes what is there" if box.start_from == "all" else "begins to watch"
    return f"the daemon never did; at its first look it {first}"


def _counted(count: int, what: str) -> str:
    return f"{count}: {what}" if count else ""


def _missing(found: Compared) -> str:
    if not found.missing:
        return ""
    return f"{words.listing(found.missing)}: the daemon fetches them at its next look; if they stay, its log says why"

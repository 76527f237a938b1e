"""Which ticket a mail belongs to, and how ours name their thread (mail.md section 3, letters.md section 4)."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import IntEnum

from mailsla.core.mail.parsed import ParsedMail
from mailsla.core.model import ENDED, Status

NEWEST_REFERENCES = 10
_MOST_IDS, _OLDEST_IDS = 50, 10

# Reply and forward prefixes of letters.md section 4, and Outlook's FW; a count may follow: Re[2], AW(3), Re^2.
_PREFIX = re.compile(
    r"\s*(?:re|aw|wg|fwd|fw|tr|rv|odp|r|i|antw|sv)(?:\s?(?:\[\d{1,3}\]|\(\d{1,3}\)|\^\d{1,3}))?\s?[:：]\s*",
    re.IGNORECASE,
)


class By(IntEnum):
    """What named the ticket, strongest first."""

    TOKEN = 1
    OUR_MESSAGE_ID = 2
    THEIR_MESSAGE_ID = 3
    SUBJECT_TAG = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A ticket that a mail names. A merged ticket stands here as the one that it went into, with its participants."""

    by: By
    ticket_id: int
    status: Status
    participants: frozenset[str] = field(default=frozenset())  # lower-case addresses
    letter_agent: str = ""  # OUR_MESSAGE_ID: the agent whom that letter of ours went to
    asked: frozenset[str] = field(default=frozenset())  # the suppliers that were asked on it, by name

    @property
    def ended(self) -> bool:
        """Closed, merged or void: nothing is appended to it by a customer."""
        return self.status in ENDED


def choose(candidates: Iterable[Candidate], sender: str = "") -> Candidate | None:
    """The candidate by the strongest sign; of equals the first, so the caller lists the newest reference first.

    Without a token, tickets that `sender` takes part in come before those of others: who answers on their own ticket,
    below somebody else's mail, means their own.
    """

    def rank(one: Candidate) -> tuple[bool, bool, By]:
        return one.by is not By.TOKEN, sender not in one.participants, one.by

    return min(candidates, key=rank, default=None)


def named_ids(mail: ParsedMail) -> tuple[str, ...]:
    """The Message-IDs that a mail refers to, the nearest first; of more than 50 the nearest and the ten oldest.

    In-Reply-To, then the mail that a bounce is about, then References from the newest to the oldest.
    """
    bounced = (mail.bounce.original_message_id,) if mail.bounce and mail.bounce.original_message_id else ()
    ids = tuple(dict.fromkeys((*mail.in_reply_to, *bounced, *reversed(mail.references))))
    return ids if len(ids) <= _MOST_IDS else (*ids[: _MOST_IDS - _OLDEST_IDS], *ids[-_OLDEST_IDS:])


def subject_tag(subject: str, prefix: str) -> str:
    """The first reference in brackets in a subject, "" when there is none: "Re: [acme-1042] x" gives "ACME-1042"."""
    found = re.search(rf"\[\s*{re.escape(prefix)}-([1-9][0-9]{{0,11}})\s*\]", subject, re.IGNORECASE | re.ASCII)
    return f"{prefix}-{found[1]}" if found else ""


def base_subject(subject: str) -> str:
    """The subject without reply prefixes, as every mail to this customer then has it after one `Re: `."""
    start = 0
    while match := _PREFIX.match(subject, start):
        start = match.end()
    return subject[start:].strip()


def without_tags(subject: str, prefix: str) -> str:
    """The subject without references of ours in brackets: a new ticket does not carry another one's.

    A subject without any is left as it is, to the blank: clients thread by it.
    """
    return re.sub(rf"\s*\[\s*{re.escape(prefix)}-[0-9]+\s*\]", "", subject, flags=re.IGNORECASE).strip()


def references_of(chain: Sequence[str]) -> tuple[str, ...]:
    """References of an outgoing mail: the root and the last ten of the Message-IDs of its thread, oldest first."""
    ids = tuple(dict.fromkeys(chain))
    return ids if len(ids) <= NEWEST_REFERENCES + 1 else (ids[0], *ids[-NEWEST_REFERENCES:])

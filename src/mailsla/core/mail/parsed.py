"""What reading a mail yields: frozen values, JSON-serialisable, the same from child process and in-process."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Kind = Literal["customer", "agent", "auto_reply", "bounce", "feedback_report", "list", "own"]


@dataclass(frozen=True, slots=True)
class Address:
    """One mailbox (RFC 5322 section 3.4): display name decoded, e-mail address in lower case.

    The local part is lowered too: RFC 5321 lets case matter there, no living server does, and every
    comparison of participants wants it lowered.
    """

    name: str
    email: str

    @property
    def domain(self) -> str:
        """What stands behind the last @."""
        return self.email.rpartition("@")[2]


@dataclass(frozen=True, slots=True)
class Attachment:
    """One part that is not body text; its bytes stay in the raw mail (`mime.content(raw, part)` fetches them).

    `name` is clean (no path, no control characters, bounded), `type` the media type, `size` and the hashes are
    of the decoded bytes, `part` is the path in the MIME tree ("1.2"), `content_id` has no angle brackets.
    """

    name: str
    type: str
    size: int
    sha1: str
    sha256: str
    part: str
    inline: bool
    content_id: str


@dataclass(frozen=True, slots=True)
class Disposition:
    """What kind of mail this is, and why (a sentence fragment for people: "Auto-Submitted: auto-replied")."""

    kind: Kind
    reason: str


@dataclass(frozen=True, slots=True)
class Bounce:
    """A delivery report about one of our mails.

    `recipients` are the addresses that failed (lower case), `permanent` is None when the report doesn't say,
    `original_message_id` has no angle brackets ("" when the report doesn't hold it). `said`: what the server that
    refused it said, "" when the report doesn't.
    """

    recipients: tuple[str, ...]
    permanent: bool | None
    original_message_id: str
    said: str = ""


@dataclass(frozen=True, slots=True)
class Forwarded:
    """A mail inside this mail: a message/rfc822 part (`part` is its path) or an inline forward (`part` "").

    `new_text` is the text without what it quotes in turn; the `part` of its attachments is a path inside it.
    """

    sender: Address | None
    subject: str
    text: str
    message_id: str
    part: str
    new_text: str = ""
    attachments: tuple[Attachment, ...] = ()
    above: str = ""  # what stands above it in the same text: of who passed it on


@dataclass(frozen=True, slots=True)
class ParsedMail:
    """One mail as read.

    `sender` is the one mailbox of the one From header by the strict grammar (`addresses.strict_mailbox`), else
    None with the cause in `from_problem`; `display_sender` is the best guess, for people's eyes only.
    Ids have no angle brackets and always an "@". `date` is epoch seconds UTC. `headers` holds the headers that
    later decisions need, by lower-case name, values decoded and unfolded, in order (`RELEVANT` in headers.py).
    `text` is the whole body, `reply_text` what the person newly wrote, `signature` is kept apart from it.
    `problems` says in words what was broken or over a limit.
    """

    sender: Address | None
    display_sender: Address | None
    from_problem: str
    reply_to: tuple[Address, ...]
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    subject: str
    date: int | None
    message_id: str
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]
    return_path: str | None
    authentication_results: tuple[str, ...]
    headers: Mapping[str, tuple[str, ...]]
    received: int
    content_type: str
    text: str
    html_only: bool
    reply_text: str
    signature: str
    attachments: tuple[Attachment, ...]
    forwarded: tuple[Forwarded, ...]
    bounce: Bounce | None
    sha256: str
    fingerprint: str
    size: int
    problems: tuple[str, ...] = field(default=())

    def header(self, name: str) -> str:
        """The first value of a relevant header by its lower-case name, "" when absent."""
        values = self.headers.get(name)
        return values[0] if values else ""

    @property
    def written(self) -> str:
        """What the person newly wrote and, behind "-- " (RFC 3676 section 4.3), what stands under it: for people."""
        if not self.signature:
            return self.reply_text
        mark = "" if self.signature.startswith("--") else "-- \n"
        return f"{self.reply_text}\n\n{mark}{self.signature}"


def to_json(mail: ParsedMail) -> str:
    """The mail as one JSON object, ASCII only."""
    return json.dumps(asdict(mail))


def from_json(text: str) -> ParsedMail:
    """What `to_json` wrote. Raises ValueError, KeyError or TypeError on anything else."""
    data: dict[str, Any] = json.loads(text)
    for name in ("sender", "display_sender"):
        data[name] = _address(data[name])
    for name in ("reply_to", "to", "cc"):
        data[name] = tuple(Address(**item) for item in data[name])
    for name in ("in_reply_to", "references", "authentication_results", "problems"):
        data[name] = tuple(data[name])
    data["headers"] = {name: tuple(values) for name, values in data["headers"].items()}
    data["attachments"] = tuple(Attachment(**item) for item in data["attachments"])
    data["forwarded"] = tuple(_forwarded(item) for item in data["forwarded"])
    if bounce := data["bounce"]:
        data["bounce"] = Bounce(**{**bounce, "recipients": tuple(bounce["recipients"])})
    return ParsedMail(**data)


def _forwarded(data: dict[str, Any]) -> Forwarded:
    attachments = tuple(Attachment(**item) for item in data["attachments"])
    return Forwarded(**{**data, "sender": _address(data["sender"]), "attachments": attachments})


def _address(data: dict[str, str] | None) -> Address | None:
    return Address(**data) if data else None

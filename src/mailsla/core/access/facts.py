"""The facts that the table of authority decides on, gathered from a mail and from what the store knows of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from mailsla.core.access.authentication import Auth, Result
from mailsla.core.access.threads import By, Candidate, choose
from mailsla.core.access.tokens import Found, Scheme, is_ours
from mailsla.core.commands.grammar import agrees
from mailsla.core.directory import Directory
from mailsla.core.mail.parsed import Forwarded, Kind, ParsedMail
from mailsla.core.model import Instant, Role, Token

SINGLE = frozenset({"action", "rating"})  # purposes whose token is all that counts of the mail
YES = "yes"  # the value of the token in the link of a confirmation

# Where a server notes the address that it delivered to: a token in Bcc stands nowhere else.
_DELIVERED = ("delivered-to", "x-original-to", "envelope-to", "x-forwarded-to")


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """The token that counts of those in a mail. `note`: its address or its row keeps the reply inside."""

    token: Token
    note: bool = False
    ambiguous: bool = False  # rights to different things: nobody can say which is meant
    expired: bool = False

    @property
    def staff(self) -> bool:
        """A right of one of our people that still holds."""
        return not self.expired and self.token.role is not Role.CUSTOMER and self.token.purpose != "bounce"


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All that decides about a mail. Addresses are lower case.

    `candidate` is the ticket by the strongest sign; one by TOKEN stands on a valid reply or note token (`gather` sees
    to it: an expired token or a bounce address says no more than a Message-ID of ours).
    """

    kind: Kind
    sender: str  # "" = From is not exactly one mailbox
    agent: str = ""  # the agent whose address From is
    auth: Auth
    authserv_configured: bool
    in_sent_folder: bool = False  # found in a watched Sent folder: as good as auth pass
    sent_by_us: bool = False  # there, and From is an agent or an address of ours
    sent_opens_tickets: bool = False  # what is there may open one
    held: Held | None = None
    agrees: bool = False  # begins with `#yes`, or came by the link that says so
    candidate: Candidate | None = None
    addressed: frozenset[str] = frozenset()  # To and Cc
    ours_in_to: bool = True
    outside_to: str = ""  # the first address in To that is neither ours nor an agent's
    forwarded_from: str = ""  # the outside author of a mail inside this mail
    passes_on: bool = False  # a letter of ours is the mail inside this mail, and nobody else's
    supplier: str = ""  # the supplier whose address From is
    supplier_addressed: str = ""  # the first supplier in To or Cc

    @property
    def proven(self) -> bool:
        """From is who wrote it."""
        return self.in_sent_folder or self.auth.result is Result.PASS

    @property
    def participant(self) -> bool:
        """From takes part in the ticket as a customer."""
        return self.candidate is not None and self.sender in self.candidate.participants


def token_addresses(mail: ParsedMail) -> tuple[str, ...]:
    """The addresses to look for tokens in: To, Cc, and where the server says that it delivered to."""
    listed = [address.email for address in (*mail.to, *mail.cc)]
    delivered = [value.strip(" <>").lower() for name in _DELIVERED for value in mail.headers.get(name, ())]
    return tuple(dict.fromkeys((*listed, *delivered)))


def passed_on(mail: ParsedMail, schemes: Sequence[Scheme]) -> tuple[Forwarded, ...]:
    """The letters of ours inside a mail; not one that a program attached to a reply to it."""
    inside = (one for one in mail.forwarded if one.sender and is_ours(one.sender.email, schemes))
    return tuple(one for one in inside if not one.part or not mail.in_reply_to)


def pick(tokens: Sequence[tuple[Found, Token]], agent: str, now: Instant) -> Held | None:
    """The token that counts: a valid one before an expired one, staff's before a customer's, the sender's own first.

    `agent` is the agent whose address From is, "" for anyone else. Rights of equal rank to different tickets, or to
    do one thing by a link and to reply, are ambiguous.
    """
    if not tokens:
        return None
    ranked = sorted(((_rank(token, agent, now), found, token) for found, token in tokens), key=lambda item: item[0])
    best = ranked[0][0]
    equals = [(found, token) for rank, found, token in ranked if rank == best]
    token = next((token for _, token in equals if token.purpose == "note"), equals[0][1])
    return Held(
        token=token,
        note=any(found.note or token.purpose == "note" for found, token in equals),
        ambiguous=len({_right(token) for _, token in equals}) > 1,
        expired=_expired(token, now),
    )


def _right(token: Token) -> tuple[int, int | None, str]:
    """What it allows: writing on a ticket, be it a reply or a note, or the one thing that a link does."""
    return token.ticket_id, token.intake_id, f"{token.purpose} {token.value}" if token.purpose in SINGLE else ""


def _expired(token: Token, now: Instant) -> bool:
    return token.expires_at is not None and token.expires_at <= now


def _rank(token: Token, agent: str, now: Instant) -> tuple[bool, bool, bool, bool]:
    return (
        _expired(token, now),
        token.purpose == "bounce",
        token.role is Role.CUSTOMER,
        token.role is not Role.CUSTOMER and token.person != agent,
    )


def gather(
    mail: ParsedMail,
    *,
    kind: Kind,
    directory: Directory,
    schemes: Sequence[Scheme],
    auth: Auth,
    authserv_configured: bool,
    held: Held | None,
    candidates: Sequence[Candidate],
    in_sent_folder: bool = False,
    sent_opens_tickets: bool = False,
) -> Facts:
    """The facts of a mail.

    `schemes`: of all our mailboxes. `held`: from `pick`. `candidates`: the tickets that the mail names, the nearest
    reference first; one by TOKEN for the ticket of `held`.
    """
    agent = directory.agent_by_email(mail.sender.email) if mail.sender else None

    def outside(email: str) -> bool:
        return directory.agent_by_email(email) is None and not is_ours(email, schemes)

    sender = mail.sender.email if mail.sender else ""
    own = directory.supplier_by_email(mail.sender.email) if mail.sender else None
    asked = (directory.supplier_by_email(address.email) for address in (*mail.to, *mail.cc))
    authors = [one.sender.email for one in mail.forwarded if one.sender]
    return Facts(
        kind=kind,
        sender=sender,
        agent=agent.name if agent else "",
        auth=auth,
        authserv_configured=authserv_configured,
        in_sent_folder=in_sent_folder,
        sent_by_us=in_sent_folder and sender != "" and not outside(sender),
        sent_opens_tickets=sent_opens_tickets,
        held=held,
        agrees=(held is not None and held.token.value == YES) or agrees(mail.reply_text),
        candidate=choose(_weighed(candidates, held), sender),
        addressed=frozenset(address.email for address in (*mail.to, *mail.cc)),
        ours_in_to=any(is_ours(address.email, schemes) for address in mail.to),
        outside_to=next((address.email for address in mail.to if outside(address.email)), ""),
        supplier=own.name if own else "",
        supplier_addressed=next((one.name for one in asked if one is not None), ""),
        forwarded_from=next((email for email in authors if outside(email)), ""),
        passes_on=bool(passed_on(mail, schemes)) and not any(map(outside, authors)),
    )


def _weighed(candidates: Sequence[Candidate], held: Held | None) -> list[Candidate]:
    """Candidates with a TOKEN that gives nothing (expired, bounce) weighed as a Message-ID of ours.

    A link names its ticket whatever else the mail names, also when it has expired: the table has rows for that.
    """
    if held is not None and (
        held.token.purpose in SINGLE or (not held.expired and held.token.purpose in ("reply", "note"))
    ):
        return list(candidates)
    return [replace(one, by=By.OUR_MESSAGE_ID) if one.by is By.TOKEN else one for one in candidates]

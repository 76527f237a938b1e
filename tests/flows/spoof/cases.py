"""The axes of the spoof matrix, each a table, and the combinations that are played. A new right is a new row here.

A row says what the mail holds and what is true of it (who really wrote it, what our server really proved); what may
follow is the oracle's to say, from mail.md section 3.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product

STATUSES = ("open", "waiting", "closed", "merged")


@dataclass(frozen=True, slots=True)
class From:
    """`lines`: the From header or headers, `{status}` stands for that of the ticket. `mailbox`: the one that it is, if
    it is exactly one of somebody outside. `agent`: whose address it is; `participant`: of the ticket. `domain`: of
    which our server speaks, at its most credulous.
    """

    name: str
    lines: tuple[str, ...]
    domain: str
    mailbox: str = ""
    agent: str = ""
    participant: bool = False
    extra: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Right:
    """`owner`: the agent whose token it is, "" = none of an agent's. `on`: its ticket. `spot`: where it stands."""

    name: str
    owner: str = ""
    key: str = ""  # which token of the stage
    on: str = "case"  # case | other | several
    use: str = "reply"  # reply | note | confirm | used | link (that resolves)
    spot: str = "To"
    valid: bool = True
    customers: bool = False  # of a customer: names the ticket, and gives nothing else


@dataclass(frozen=True, slots=True)
class Proof:
    """`lines`: header lines from the top, `{d}` = From's domain. `truth`: pass | fail | none, by our own server."""

    name: str
    lines: tuple[str, ...]
    truth: str


@dataclass(frozen=True, slots=True)
class Case:
    """One mail. `sign`: by what else it names the ticket; `copied`: who is in Cc; `says`: what it says at the top."""

    sender: From
    right: Right
    proof: Proof
    kind: str
    status: str
    sign: str = "none"
    copied: str = "nobody"
    says: str = "order"

    @property
    def name(self) -> str:
        """All that tells it from the others."""
        rows = (self.sender.name, self.right.name, self.proof.name)
        return " / ".join((*rows, self.kind, self.status, self.sign, self.copied, self.says))


EVE = "eve@stranger.example"
OURS = "Authentication-Results: mx.acme.example;"
FORGED = "Authentication-Results: mx.acme.example; dmarc=pass header.from={d}"

FROM = (
    From("the agent", ("Sam Lee <sam@acme.example>",), "acme.example", agent="sam"),
    From("the agent at home", ("sam.lee@home.example",), "home.example", agent="sam"),
    From("the agent in capitals", ("SAM@ACME.EXAMPLE",), "acme.example", agent="sam"),
    From("another agent", ("Kim Adler <kim@acme.example>",), "acme.example", agent="kim"),
    From("a manager", ("Jo Brandt <jo@acme.example>",), "acme.example", agent="jo"),
    From("the customer", ("Ana <ana.{status}@mail.example>",), "mail.example", participant=True),
    From("a participant", ("bea@mail.example",), "mail.example", participant=True, mailbox="bea@mail.example"),
    From("a stranger", ("Eve <eve@stranger.example>",), "stranger.example", mailbox=EVE),
    From("our own address", ("ACME complaints <support@acme.example>",), "acme.example"),
    From("two From headers", ("Sam Lee <sam@acme.example>", "eve@stranger.example"), "acme.example"),
    From("two From headers, ours last", ("eve@stranger.example", "Sam Lee <sam@acme.example>"), "acme.example"),
    From("two mailboxes", ("sam@acme.example, eve@stranger.example",), "acme.example"),
    From("display name", ('"Sam Lee <sam@acme.example>" <eve@stranger.example>',), "stranger.example", mailbox=EVE),
    From("bare display name", ("sam@acme.example <eve@stranger.example>",), "acme.example"),
    From("comment", ("eve@stranger.example (Sam Lee <sam@acme.example>)",), "stranger.example", mailbox=EVE),
    From(
        "quoted local part",
        ('"sam@acme.example"@stranger.example',),
        "stranger.example",
        mailbox='"sam@acme.example"@stranger.example',
    ),
    From("encoded word", ("=?utf-8?q?sam=40acme=2Eexample?= <eve@stranger.example>",), "stranger.example", mailbox=EVE),
    From("look-alike name", ("Sam Lee <s\u0430m@acme.example>",), "acme.example", mailbox="s\u0430m@acme.example"),
    From(
        "look-alike domain",
        ("Sam Lee <sam@\u0430cme.example>",),
        "xn--cme-5cd.example",
        mailbox="sam@\u0430cme.example",
    ),
    From("subdomain", ("Sam Lee <sam@mail.acme.example>",), "mail.acme.example", mailbox="sam@mail.acme.example"),
    From(
        "parent of the domain",
        ("Sam Lee <sam@acme.example.stranger.example>",),
        "stranger.example",
        mailbox="sam@acme.example.stranger.example",
    ),
    From("group", ("Team: sam@acme.example;",), "acme.example"),
    From("nobody", (), "acme.example"),
    From(
        "Sender and Reply-To",
        ("eve@stranger.example",),
        "stranger.example",
        mailbox=EVE,
        extra=("Sender: sam@acme.example", "Reply-To: sam@acme.example", "Return-Path: <sam@acme.example>"),
    ),
)

RIGHTS = (
    Right("no token"),
    Right("reply", "sam", "sam"),
    Right("note", "sam", "sam", use="note"),
    Right("in capitals", "sam", "sam", spot="TO"),
    Right("in Cc", "sam", "sam", spot="Cc"),
    Right("in Delivered-To", "sam", "sam", spot="Delivered-To"),
    Right("in the subject", "sam", "sam", spot="Subject", valid=False),
    Right("in the body", "sam", "sam", spot="body", valid=False),
    Right("of another agent", "kim", "kim"),
    Right("of another ticket", "sam", "sam", on="other"),
    Right("of two tickets", "sam", "sam", on="several"),
    Right("of a customer", key="customer", customers=True),
    Right("expired", "sam", "expired", valid=False),
    Right("confirmation", "sam", "confirm", use="confirm"),
    Right("action link", "sam", "link", use="link", spot="code"),
    Right("action link in capitals", "sam", "link", use="link", spot="CODE"),
    Right("action link of another agent", "kim", "link of kim", use="link", spot="code"),
    Right("used confirmation", "sam", "used", use="used"),
    Right("garbage", "", "garbage", valid=False),
)

PROOFS = (
    Proof("pass", (f"{OURS} dmarc=pass header.from={{d}}",), "pass"),
    Proof("dkim aligned", (f"{OURS} dkim=pass header.d={{d}}",), "pass"),
    Proof("fail", (f"{OURS} dmarc=fail header.from={{d}}",), "fail"),
    Proof("none", (), "none"),
    Proof("forged below", (f"{OURS} dmarc=fail header.from={{d}}", "Received: from a by b", FORGED), "fail"),
    Proof(
        "forged on top",
        (
            "Authentication-Results: mx.stranger.example; dmarc=pass header.from={d}",
            f"{OURS} dmarc=fail header.from={{d}}",
        ),
        "fail",
    ),
    Proof(
        "other server",
        ("Authentication-Results: mx.acme.example.stranger.example; dmarc=pass header.from={d}",),
        "none",
    ),
    Proof("ARC alone", ("ARC-Authentication-Results: i=1; mx.acme.example; dmarc=pass header.from={d}",), "none"),
    Proof("SPF alone", (f"{OURS} spf=pass smtp.mailfrom={{d}}",), "none"),
    Proof("DKIM of another", (f"{OURS} dkim=pass header.d=mailer.example; dkim=none header.d={{d}}",), "none"),
    Proof("DMARC of another", (f"{OURS} dmarc=pass header.from=mailer.example",), "none"),
    Proof("pass in a comment", (f"{OURS} dmarc=fail (dmarc=pass header.from={{d}}) header.from={{d}}",), "fail"),
)

KINDS = ("person", "out of office", "bounce", "list", "read receipt")
SIGNS = ("none", "subject tag", "letter to the agent", "letter to the customer", "their own Message-ID")
COPIED = ("nobody", "the customer", "a stranger")
SAYS = ("order", "text", "#yes")

_PLAIN = Case(FROM[0], RIGHTS[0], PROOFS[0], "person", "open")
SAMPLED, RIGHTFUL = 500, 240


def cases() -> dict[str, list[Case]]:
    """Name of From -> its combinations: all rights under the telling proofs, and seeded samples of everything."""
    found = dict.fromkeys((*_whole(), *_one_step_off(), *_sampled(), *_rightful()))
    return {sender.name: [one for one in found if one.sender is sender] for sender in FROM}


def in_sent() -> list[Case]:
    """Of the watched Sent folder: every From with the rights that tell, proven and not, to a customer and not."""
    rights = [one for one in RIGHTS if one.name in ("no token", "reply", "note", "of a customer", "confirmation")]
    told = product(FROM, rights, (PROOFS[0], PROOFS[3]), ("the customer", "nobody"))
    return [
        replace(
            _PLAIN,
            sender=sender,
            right=right,
            proof=proof,
            copied=copied,
            sign=SIGNS[number % len(SIGNS)],
            says=SAYS[number % len(SAYS)],
            status=("open", "open", "merged", "waiting", "open", "closed", "open")[number % 7],
        )
        for number, (sender, right, proof, copied) in enumerate(told)
    ]


def _whole() -> Iterator[Case]:
    """Every From with every right, proven and not: the heart of the table."""
    telling = (PROOFS[0], PROOFS[2], PROOFS[3])
    for number, (sender, right, proof) in enumerate(product(FROM, RIGHTS, telling)):
        sign = SIGNS[number % len(SIGNS)]
        yield replace(_PLAIN, sender=sender, right=right, proof=proof, sign=sign)


def _one_step_off() -> Iterator[Case]:
    """An agent's own rights, with one thing about the mail that may be wrong."""
    for sender, right in product(FROM[:2], (one for one in RIGHTS if one.owner == "sam" and one.valid)):
        rightful = replace(_PLAIN, sender=sender, right=right)
        yield from (replace(rightful, kind=kind) for kind in KINDS)
        yield from (replace(rightful, proof=proof) for proof in PROOFS)
        yield from (replace(rightful, status=status) for status in STATUSES)
        yield from (replace(rightful, copied=copied) for copied in COPIED)


def _sampled() -> Iterator[Case]:
    """A seeded sample of all axes; our own people twice as often, since from them much may follow."""
    dice = random.Random(20_261_122)
    senders = (*FROM, *(one for one in FROM if one.agent), *FROM[:2])
    for _ in range(SAMPLED):
        yield Case(
            dice.choice(senders),
            dice.choice(RIGHTS),
            dice.choice((*PROOFS, *PROOFS[:2])),
            dice.choice((*KINDS, "person", "person", "person")),
            dice.choice((*STATUSES, "open", "open")),
            dice.choice(SIGNS),
            dice.choice(COPIED),
            dice.choice((*SAYS, "order")),
        )


def _rightful() -> Iterator[Case]:
    """A seeded sample of what our own people may do, in all its ways."""
    dice = random.Random(6)
    agents = [one for one in FROM if one.agent]
    rights = [one for one in RIGHTS if one.valid and one.use != "used"]
    proofs = [one for one in PROOFS if one.truth == "pass"]
    for _ in range(RIGHTFUL):
        yield Case(
            dice.choice((*agents, *FROM[:2])),
            dice.choice(rights),
            dice.choice(proofs),
            "person",
            dice.choice(STATUSES),
            dice.choice(SIGNS),
            dice.choice(COPIED),
            dice.choice(SAYS),
        )

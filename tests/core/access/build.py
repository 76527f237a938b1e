"""Values for the tests of access: a mail, facts, a held token; each with plain defaults."""

from dataclasses import replace
from typing import Any

from mailsla.core.access.authentication import Auth, Result
from mailsla.core.access.facts import Facts, Held
from mailsla.core.access.threads import By, Candidate
from mailsla.core.directory import Agent, Directory
from mailsla.core.mail.parsed import Address, ParsedMail
from mailsla.core.model import Reason, Role, Status, Token

ANA = "ana@mail.example"
SAM = "sam@acme.example"
NOW = 1_800_000_000
DIRECTORY = Directory(
    agents={
        "sam": Agent(name="sam", email=SAM, other_emails=("s.lee@acme.example",), display_name="Sam Lee"),
        "jo": Agent(name="jo", email="jo@acme.example", display_name="Jo Brandt"),
    }
)


def addresses(*emails: str) -> tuple[Address, ...]:
    return tuple(Address("", email) for email in emails)


def mail(**changes: Any) -> ParsedMail:
    base = ParsedMail(
        sender=Address("Ana Vogel", ANA),
        display_sender=None,
        from_problem="",
        reply_to=(),
        to=addresses("support@acme.example"),
        cc=(),
        subject="Where is my parcel",
        date=NOW,
        message_id="1@mail.example",
        in_reply_to=(),
        references=(),
        return_path=ANA,
        authentication_results=(),
        headers={},
        received=3,
        content_type="text/plain",
        text="Hello",
        html_only=False,
        reply_text="Hello",
        signature="",
        attachments=(),
        forwarded=(),
        bounce=None,
        sha256="0",
        fingerprint="0",
        size=100,
    )
    return replace(base, **changes)


def auth(result: str) -> Auth:
    return Auth(Result(result), Reason("auth_test"))


def token(person: str = "sam", role: Role = Role.AGENT, purpose: str = "reply", **more: Any) -> Token:
    return Token(hash="h" * 64, ticket_id=7, person=person, role=role, purpose=purpose, created_at=NOW - 60, **more)


def held(person: str = "sam", role: Role = Role.AGENT, purpose: str = "reply", **more: Any) -> Held:
    return Held(token=token(person, role, purpose), note=purpose == "note", **more)


def ticket(by: By, status: Status = Status.OPEN, **more: Any) -> Candidate:
    return Candidate(by=by, ticket_id=7, status=status, participants=frozenset({ANA}), **more)


def facts(**changes: Any) -> Facts:
    base = Facts(kind="customer", sender=ANA, auth=auth("none"), authserv_configured=True)
    return replace(base, **changes)

"""What `mailsla explain --jsonl` prints of one mail: a JSON object on one line, with the same keys for each."""

import json
from collections.abc import Mapping

from mailsla.cli.desk import Desk
from mailsla.cli.output import iso
from mailsla.core.mail.parsed import Address, ParsedMail
from mailsla.core.model import IntakeState
from mailsla.flows.explain import Explanation

# Of a mail that was not read; `null` where nothing was decided.
_NOTHING: Mapping[str, object] = {
    "from": None,
    "to": [],
    "cc": [],
    "subject": "",
    "date": None,
    "message_id": "",
    "text": "",
    "reply_text": "",
    "signature": "",
    "attachments": [],
    "disposition": None,
    "bounce": None,
    "category": None,
    "priority": None,
    "reasons": [],
    "ticket": None,
    "problems": [],
}


def explained_line(name: str, told: Explanation, desk: Desk) -> str:
    """A mail with every decision on it. `name`: its path, in an mbox with #n.

    `from` is who seems to have written it; where that is not who may act as them, `problems` says so. `category` and
    `priority` are those of the ticket that it opens or changes; `category` is null while nobody knows it. `ticket` is
    the decision, the row of the table of authority that made it, and the ticket's reference (null: it gets a new one).
    """
    mail, ticket = told.mail, told.ticket
    return _line(
        name,
        {
            "from": _address(mail.display_sender) if mail.display_sender else None,
            "to": [_address(one) for one in mail.to],
            "cc": [_address(one) for one in mail.cc],
            "subject": mail.subject,
            "date": iso(mail.date),
            "message_id": mail.message_id,
            "text": mail.text,
            "reply_text": mail.reply_text,
            "signature": mail.signature,
            "attachments": [
                {"name": one.name, "type": one.type, "size": one.size, "sha1": one.sha1, "sha256": one.sha256}
                for one in mail.attachments
            ],
            "disposition": told.seen.disposition.kind,
            "bounce": _bounce(mail),
            "category": ticket.category if ticket else None,
            "priority": ticket.priority if ticket else None,
            "reasons": _reasons(told, desk),
            "ticket": _decision(told),
            "problems": _problems(mail),
        },
    )


def unread_line(name: str, cause: str) -> str:
    """A file that can't be read."""
    return _line(name, {"problems": [cause]})


def quarantined_line(name: str, cause: str) -> str:
    """A mail that can't be read within its bounds: after three tries it is set aside for a person."""
    return _line(name, {"ticket": {"decision": "quarantine", "rule": None, "reference": None}, "problems": [cause]})


def _line(name: str, values: dict[str, object]) -> str:
    """ASCII only: what is in a mail or a file's name can neither break the line nor steer a terminal."""
    return json.dumps({"file": name, **_NOTHING, **values})


def _address(address: Address) -> dict[str, str]:
    return {"name": address.name, "email": address.email}


def _bounce(mail: ParsedMail) -> dict[str, object] | None:
    if mail.bounce is None:
        return None
    return {"recipients": list(mail.bounce.recipients), "permanent": mail.bounce.permanent}


def _reasons(told: Explanation, desk: Desk) -> list[str]:
    """In the order of the decisions: what it is, who wrote it, what it may do, category and priority, what is muted."""
    seen = told.seen
    reasons = [seen.auth.reason, seen.access.reason]
    reasons += [seen.access.banner] if seen.access.banner else []
    reasons += told.triage
    reasons += [one.refused for one in told.letters if one.refused is not None]
    return list(dict.fromkeys([seen.disposition.reason, *(desk.word(one) for one in reasons)]))


def _decision(told: Explanation) -> dict[str, str | None]:
    """`decision`: what the mail does (core/access/authority.py), or "duplicate" of one that is here already."""
    if told.earlier is not None:
        return {"decision": "duplicate", "rule": None, "reference": told.earlier_reference or None}
    reference = told.ticket.reference if told.ticket and not told.opens else None
    action = told.seen.access.action.value
    decision = "hold" if told.state is IntakeState.HELD else action
    return {"decision": decision, "rule": told.seen.access.row, "reference": reference}


def _problems(mail: ParsedMail) -> list[str]:
    nobody = [mail.from_problem] if mail.from_problem else []
    return [*(["the mail is empty"] if mail.size == 0 else nobody), *mail.problems]

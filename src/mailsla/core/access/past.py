"""A mail from before a restore: what of the table still holds when our own letters of that time are not known any more.

Whatever it led to has led to it already, as far as it went to the outside; who it was from and to is read from what is
left: the subject's reference, and From.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from mailsla.core.access.authority import Access, Action
from mailsla.core.access.facts import Facts
from mailsla.core.access.threads import By
from mailsla.core.mail.disposition import has_our_form
from mailsla.core.model import Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """That a mail names what we do not know. `note`: by an address for notes; `answers`: it answers some letter."""

    note: bool
    answers: bool


def unknown_letters(named: Sequence[str], known: Collection[str], host: str) -> bool:
    """Whether a mail names letters of ours, and none of them is known."""
    ours = [one for one in named if has_our_form(one, host)]
    return bool(ours) and not any(one in known for one in ours)


def in_the_past(access: Access, facts: Facts, lost: Lost | None) -> Access:
    """For a mail of an agent that the table can give no right because its token, or its letter, is not known any more.

    An answer on a ticket that its subject names, from who is proven to be the agent: their answer, as it was then.
    Anything else would be guessed: a person looks. Where no server says who wrote, a token stood for it, and is lost.
    """
    if lost is None or not facts.agent or access.action is not Action.COMMENT:
        return access
    named = facts.candidate is not None and facts.candidate.by is not By.THEIR_MESSAGE_ID
    if named and lost.answers and facts.proven:
        action = Action.NOTE if lost.note else Action.ACT
        return replace(
            access,
            row="agent, before a restore",
            action=action,
            reason=Reason("access_past_answer"),
            internal=lost.note,
            banner=None,
        )
    return replace(
        access,
        row="agent, before a restore, unknown",
        action=Action.HOLD,
        reason=Reason("access_past_unknown"),
        internal=True,
    )

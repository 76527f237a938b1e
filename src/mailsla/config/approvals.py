"""A table of [[policies]] as its two parts: the terms, and who answers for them."""

from collections.abc import Iterable
from dataclasses import fields

from mailsla.config.file import PolicyTable
from mailsla.config.settings import Approval
from mailsla.core.sla.policy import Policy


def policy_in(table: PolicyTable) -> Policy:
    """The terms alone: their version is the hash of them."""
    return Policy(**{one.name: getattr(table, one.name) for one in fields(Policy)})


def approvals_of(tables: Iterable[PolicyTable]) -> dict[str, Approval]:
    """By the name of the policy, where something is said."""
    made = {one.name: Approval(**{part.name: getattr(one, part.name) for part in fields(Approval)}) for one in tables}
    return {name: approval for name, approval in made.items() if approval != Approval()}

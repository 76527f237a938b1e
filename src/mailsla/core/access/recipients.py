"""Whose mailbox an address is: what counts as one recipient for budgets, however somebody spells it."""

import re

_UNQUOTED = re.compile(r'"([a-z0-9!#$%&\'*+/=?^_`{|}~.-]+)"')  # the quotes around a plain local part mean nothing
_DOTS_MEAN_NOTHING = {"gmail.com": "gmail.com", "googlemail.com": "gmail.com"}


def mailbox_of(email: str) -> str:
    """One key for all spellings that reach one person: case, +tag, quotes, the two forms of a domain, Gmail's dots.

    Anyone can write to us as `victim+1@`, `victim+2@` and so on: each with a budget of its own would be no budget.
    """
    local, _, domain = email.lower().rpartition("@")
    if plain := _UNQUOTED.fullmatch(local):
        local = plain[1]
    if not local.startswith('"'):
        local = local[:1] + local[1:].partition("+")[0]
    domain = _ascii(domain.rstrip("."))
    if domain in _DOTS_MEAN_NOTHING:
        local, domain = local.replace(".", ""), _DOTS_MEAN_NOTHING[domain]
    return f"{local}@{domain}"


def _ascii(domain: str) -> str:
    if domain.isascii():
        return domain
    try:
        return domain.encode("idna").decode("ascii").lower()
    except UnicodeError:  # no domain that could be written to
        return domain

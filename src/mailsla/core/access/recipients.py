"""Whose mailbox an address is: what counts as one recipient for budgets, however somebody spells it."""

import re
from ipaddress import ip_address

_QUOTED = re.compile(r'"(.*)"', re.DOTALL)
_PAIR = re.compile(r"\\(.)", re.DOTALL)  # RFC 5321 section 4.1.2: the backslash means nothing, nor do the quotes
_ZEROS = re.compile(r"(?<![0-9a-f])0+(?=[0-9a-f])")  # 192.0.2.01 is what 192.0.2.1 is
_DOTS_MEAN_NOTHING = {"gmail.com": "gmail.com", "googlemail.com": "gmail.com"}


def mailbox_of(email: str) -> str:
    """One key for all spellings that reach one person: case, +tag, quotes and backslashes, the forms of a domain,
    Gmail's dots.

    Anyone can write to us as `victim+1@`, `victim+2@` and so on: each with a budget of its own would be no budget.
    """
    local, _, domain = email.lower().rpartition("@")
    if quoted := _QUOTED.fullmatch(local):
        local = _PAIR.sub(r"\1", quoted[1])
    local = local[:1] + local[1:].partition("+")[0]
    domain = _ascii(domain.rstrip("."))
    if domain in _DOTS_MEAN_NOTHING:
        local, domain = local.replace(".", ""), _DOTS_MEAN_NOTHING[domain]
    return f"{local}@{domain}"


def _ascii(domain: str) -> str:
    if domain.startswith("["):
        return _literal(domain.strip("[]"))
    if domain.isascii():
        return domain
    try:
        return domain.encode("idna").decode("ascii").lower()
    except UnicodeError:  # no domain that could be written to
        return domain


def _literal(number: str) -> str:
    """An IP address in one spelling; what is none is one recipient, whatever it is."""
    try:
        return f"[{ip_address(_ZEROS.sub('', number.removeprefix('ipv6:'))).compressed}]"
    except ValueError:
        return "[]"

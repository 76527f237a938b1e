"""Which address of our people stands in a text: what goes to a customer holds none (mail.md section 4)."""

import re

from mailsla.core.directory import Directory


def agent_address_in(text: str, directory: Directory, *, but: str) -> str:
    """The first address of an agent that stands in the text, "" when none does. `but`: the reader's own address."""
    text = text.lower()
    addresses = (email for agent in directory.agents.values() for email in sorted(agent.emails))
    return next((email for email in addresses if email != but.lower() and _stands_in(email, text)), "")


def _stands_in(email: str, text: str) -> bool:
    """As an address of its own: sam@acme.example is not in williamsam@acme.example."""
    return email in text and re.search(rf"(?<![\w.+-]){re.escape(email)}(?![\w-])", text) is not None

"""Which form the links in letters to agents take, and why (letters.md section 5)."""

from mailsla.cli.finding import Finding, State
from mailsla.config.settings import MailboxSettings
from mailsla.core.access.tokens import SPOILED, link_to

SAMPLE = "a" * 26


def action_links(mailbox: MailboxSettings) -> Finding:
    """Nothing is wrong with either form; who can choose should know that there are two."""
    to, code = link_to(SAMPLE, mailbox.scheme)
    said = f"their mails go to {to.replace(SAMPLE, 'TOKEN')}"
    if code:
        said += f', with "{code.replace(SAMPLE, "TOKEN")}" in the subject'
    if code and mailbox.delimiter == SPOILED:
        said += f': some mail programs spoil a "{SPOILED}" in a link; delimiter = "-" or reply_domain avoids it'
    return Finding(State.OK, f"action links of {mailbox.name}", said)

"""An agent's text as its customer is to read it: the agent's own signature is left out, for the team's stands there."""

import re
from dataclasses import replace

from mailsla.core.letters import TranscriptLine
from mailsla.core.mail.signature import without_signature
from mailsla.core.model import Reason
from mailsla.flows.steps.inhand import Mail

SHOWN = 100  # characters of a signature that are repeated
_GAP = re.compile(r"\n(?:[ \t\xa0]*\n){2,}")  # Outlook writes three for each empty line


def without_own_signature(mail: Mail, person: str) -> tuple[Mail, str]:
    """The mail without it and without gaps, and the signature that was found though nothing marks it, "" for none."""
    agent = mail.services.settings.directory.agents.get(person)
    text = _GAP.sub("\n\n", mail.parsed.reply_text)
    found = without_signature(text, agent.display_name if agent else "", agent.emails if agent else ())
    below = "\n\n".join(part for part in (found.signature, mail.parsed.signature) if part)
    parsed = replace(mail.parsed, reply_text=found.text, signature=below)
    return replace(mail, seen=replace(mail.seen, mail=parsed)), found.signature


def left_out(signature: str) -> TranscriptLine:
    """What the writer is told of it."""
    shown = " | ".join(line.strip() for line in signature.splitlines() if line.strip())
    shown = shown if len(shown) <= SHOWN else f"{shown[: SHOWN - 1]}…"
    return TranscriptLine(command="", done=True, result=Reason("signature_left_out", {"signature": shown}))

"""What came of the complaint, for its register and the closing letter: `#upheld`, `#cause`, `#remedy`."""

import re
from datetime import datetime

from mailsla.core.commands.changes import SetOutcome
from mailsla.core.commands.grammar import closest
from mailsla.core.commands.remedy import read_remedy
from mailsla.core.commands.situation import Done, Outcome, Refused, Situation
from mailsla.core.commands.times import Unclear
from mailsla.core.leaks import agent_address_in
from mailsla.core.model import Data, Reason, Status
from mailsla.core.outcome import as_written, part_of

NONE = "none"
_CAUSE = re.compile(r"[^\W_][\w-]{0,39}")


def upheld(verdict: str, situation: Situation) -> Outcome:
    """yes | partly | no."""
    part = part_of(upheld=verdict)
    said = Reason("upheld_set_late" if _told(situation) else "upheld_set", as_written(part))
    return _set(said, part, situation)


def cause(written: str, situation: Situation) -> Outcome:
    """One of those configured; where none are, any short name. It stays inside."""
    known, wanted = situation.directory.causes, "-".join(written.lower().split())
    if known and wanted not in known:
        near = closest(wanted, known)
        reason = Reason("cause_unknown", {"cause": written[:80], "known": ", ".join(known)})
        return Refused(reason, f"#cause {near}" if near else "")
    if not _CAUSE.fullmatch(wanted):
        return Refused(Reason("cause_no_name", {"cause": written[:80]}), "#cause late-delivery")
    part = part_of(cause=wanted)
    return _set(Reason("cause_set", as_written(part)), part, situation)


def remedy(written: str, situation: Situation) -> Outcome:
    """What the customer gets, with amount and last date; `none` takes it back."""
    if written.lower() == NONE:
        return _set(Reason("remedy_none_late" if _told(situation) else "remedy_none"), part_of(remedy=None), situation)
    found = read_remedy(written, datetime.fromtimestamp(situation.now, situation.zone).date())
    if isinstance(found, Unclear):
        return Refused(found.why, found.meant)
    leaked = agent_address_in(found.text, situation.directory, but=situation.ticket.requester)
    if leaked:
        return Refused(Reason("relay_leaks", {"address": leaked}))
    part = part_of(remedy=found)
    said = Reason("remedy_set_late" if _told(situation) else "remedy_set", as_written(part))
    return _set(said, part, situation)


def _told(situation: Situation) -> bool:
    """Whether the letter that would say it has been written."""
    return situation.ticket.status in (Status.RESOLVED, Status.CLOSED)


def _set(said: Reason, part: Data, situation: Situation) -> Outcome:
    """Also on a closed case, for the register; one that went elsewhere or never was one has no outcome."""
    ticket = situation.ticket
    if ticket.status in (Status.MERGED, Status.VOID):
        return Refused(Reason("ticket_ended", {"status": ticket.status, "reference": ticket.reference}))
    return Done(said, SetOutcome(part))

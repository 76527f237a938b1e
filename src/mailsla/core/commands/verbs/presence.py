"""Whether an agent is here: `#absent`."""

from mailsla.core.commands.absent import Away
from mailsla.core.commands.absent import absent as decide
from mailsla.core.commands.changes import BeginAbsence, EndAbsence
from mailsla.core.commands.situation import Done, Outcome, Refused, Situation
from mailsla.core.model import Reason


def absent(text: str, situation: Situation) -> Outcome:
    """Of who writes; of others by `mailsla agent absent`."""
    agent = situation.directory.agents.get(situation.actor.name)
    if agent is None:
        return Refused(Reason("absent_no_agent", {"name": situation.actor.name}), "mailsla agent absent NAME DATES")
    away = Away(
        agent=agent,
        zone=situation.zone,
        directory=situation.directory,
        standing=situation.standing,
        set_by=situation.actor.label,
        now=situation.now,
    )
    decided = decide(text, away)
    if decided.begins is not None:
        return Done(decided.said, BeginAbsence(decided.begins))
    return Done(decided.said, EndAbsence(decided.ends)) if decided.ends else Refused(decided.said, decided.meant)

"""An agent's mail with the subject "digest cases off": what mail programs send from the List-Unsubscribe of a digest.

What it says beside that is the mail program's, and not read. It needs no proof of who wrote it: the person is told at
their registered address, it touches no case and no customer, and "on" undoes it. A mail that fails the check of its
sender does nothing.
"""

import re

from mailsla.core.access.authentication import Result
from mailsla.core.commands.plan import Plan
from mailsla.core.digest import DIGESTS, said_of
from mailsla.core.directory import Agent
from mailsla.core.letters import TranscriptLine
from mailsla.core.notices import to_agent
from mailsla.flows.steps.absent_mail import enter, only_absent
from mailsla.flows.steps.digests import switch
from mailsla.flows.steps.inhand import Done, Mail
from mailsla.flows.steps.transcripts import transcript_data

_ASKED = re.compile(rf"\s*digest ({'|'.join(DIGESTS)}) (on|off)\s*", re.IGNORECASE)


def about_no_case(mail: Mail) -> Done | None:
    """What an agent's mail about themselves does, an absence or a digest; None: it is about a case."""
    if only_absent(mail):
        return enter(mail)
    found = _ASKED.fullmatch(mail.parsed.subject)
    agent = mail.seen.agent
    if found is None or agent is None or mail.seen.auth.result is Result.FAIL:
        return None
    return _switched(mail, agent, found[1].lower(), found[2].lower() == "on")


def _switched(mail: Mail, agent: Agent, which: str, on: bool) -> Done:
    """It is done, and the person is told."""
    switch(mail.uow, which, agent.name, on, mail.now)
    what = f"digest {which} {'on' if on else 'off'}"
    data = transcript_data(
        Plan(ok=True, lines=(TranscriptLine(command=what, done=True, result=said_of(which, on)),)),
        in_reply_to=mail.parsed.message_id,
    )
    data |= {"inside": True, "subject": mail.parsed.subject}
    key = f"transcript:{mail.intake.id}"
    mail.uow.outbox.add_notices([to_agent("transcript", None, agent, key, mail.now, mail.services.calendars, data)])
    return Done(None, reason=f"{what}: {agent.name}")

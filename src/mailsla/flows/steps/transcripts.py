"""The answer to a mail of one of us: what each command did, or why nothing was done (mail.md section 4)."""

from mailsla.core.commands.plan import Plan
from mailsla.core.letters import TranscriptLine
from mailsla.core.model import Data, Reason
from mailsla.core.notices import reason_data, to_agent
from mailsla.flows.steps.work import TicketWork


def transcript_data(planned: Plan, *, relayed: bool = False, in_reply_to: str = "") -> dict[str, object]:
    """What the transcript says, as the notice carries it (contents.py reads it)."""
    return {
        "ok": planned.ok,
        "help": planned.help,
        "help_on": planned.help_on,
        "relayed": relayed,
        "in_reply_to": in_reply_to,
        "lines": [
            {"command": line.command, "done": line.done, "result": reason_data(line.result), "meant": line.meant}
            for line in planned.lines
        ],
    }


def nothing_done(*lines: TranscriptLine) -> Plan:
    """The plan of which no more than these lines came."""
    return Plan(ok=False, lines=lines)


def of_mail(why: Reason) -> TranscriptLine:
    """A line about the mail itself and none of its commands."""
    return TranscriptLine(command="", done=False, result=why)


def tell(work: TicketWork, name: str, key: str, data: Data) -> None:
    """An agent gets it, while they are configured; `key` begins "transcript:"."""
    agent = work.services.settings.directory.agents.get(name)
    if agent is not None:
        work.notify(to_agent("transcript", work.ticket, agent, key, work.now, work.services.calendars, data))

"""An agent's mail to a support address that holds `#absent` and nothing else: about no case, so it opens none."""

from mailsla.core.commands.absent import Away, Decision, absent
from mailsla.core.commands.changes import BeginAbsence, EndAbsence
from mailsla.core.commands.grammar import Command, parse
from mailsla.core.commands.plan import Plan
from mailsla.core.directory import Agent
from mailsla.core.letters import TranscriptLine
from mailsla.core.notices import to_agent
from mailsla.flows.steps import presence
from mailsla.flows.steps.inhand import Done, Mail
from mailsla.flows.steps.transcripts import transcript_data


def only_absent(mail: Mail) -> bool:
    """Whether that is all that the mail holds, and it is proven whose it is."""
    parsed = parse(mail.parsed.reply_text)
    verbs = [one.verb for one in parsed.commands]
    alone = verbs == ["absent"] and not parsed.errors and not parsed.rest.strip()
    return alone and mail.seen.agent is not None and mail.seen.facts.proven


def enter(mail: Mail) -> Done:
    """The absence is entered or ended, or is not, and the agent is answered."""
    agent = mail.seen.agent
    assert agent is not None  # only_absent has looked
    (command,) = parse(mail.parsed.reply_text).commands
    decided = _decided(mail, agent, command)
    if decided.begins is not None:
        presence.apply(mail.uow, BeginAbsence(decided.begins), mail.now)
    elif decided.ends is not None:
        presence.apply(mail.uow, EndAbsence(decided.ends), mail.now)
    line = TranscriptLine(command=command.shown, done=decided.ok, result=decided.said, meant=decided.meant)
    _answer(mail, agent, line)
    return Done(None, reason=f"absence of {agent.name}: {decided.said.code}")


def _decided(mail: Mail, agent: Agent, command: Command) -> Decision:
    away = Away(
        agent=agent,
        zone=mail.services.zone(agent.zone),
        directory=mail.services.settings.directory,
        standing=mail.uow.absences.standing(mail.now),
        set_by=f"agent:{agent.name}",
        now=mail.now,
    )
    return absent(command.argument, away)


def _answer(mail: Mail, agent: Agent, line: TranscriptLine) -> None:
    data = transcript_data(Plan(ok=line.done, lines=(line,)), in_reply_to=mail.parsed.message_id)
    data |= {"inside": True, "subject": mail.parsed.subject}
    key = f"transcript:{mail.intake.id}"
    mail.uow.outbox.add_notices([to_agent("transcript", None, agent, key, mail.now, mail.services.calendars, data)])

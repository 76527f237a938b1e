"""One of us writes with the right to act: commands first, all or nothing; the text goes to the customer, or stays."""

from collections.abc import Sequence

from mailsla.core.access.authority import Action
from mailsla.core.commands.grammar import FORMS, parse
from mailsla.core.commands.plan import Plan
from mailsla.core.commands.situation import Actor
from mailsla.core.leaks import agent_address_in
from mailsla.core.letters import TranscriptLine
from mailsla.core.mail.mime import content as part_content
from mailsla.core.mail.parsed import Attachment
from mailsla.core.mail.quotes import is_marker
from mailsla.core.model import Reason
from mailsla.core.notices import UNREACHABLE, to_agent
from mailsla.flows.steps import conversation as talk
from mailsla.flows.steps.commanding import carry_out, line_data, plan_for, refuse, relay, transcript_data
from mailsla.flows.steps.compose import goes_along
from mailsla.flows.steps.examine import person_of
from mailsla.flows.steps.inhand import Done, Mail
from mailsla.flows.steps.work import TicketWork


def act(mail: Mail) -> Done:
    """Carry out the commands; relay the text and the files, or keep them as a note; answer commands."""
    work = mail.work()
    person, role = person_of(mail.seen)
    parsed = parse(mail.parsed.reply_text)
    internal = mail.seen.access.action is Action.NOTE or any(FORMS[one.verb].inside for one in parsed.commands)
    planned = plan_for(work, parsed, Actor(name=person, role=role), internal=internal)
    files = [one for one in mail.parsed.attachments if goes_along(one)]
    relays = planned.ok and not planned.help and not internal and bool(planned.relay_text or files)
    if relays and (why_not := _why_not_relay(mail, work, planned, files)) is not None:
        planned, relays = refuse(planned, why_not), False
    message = _keep(mail, work, planned, person, relays=relays)
    if planned.ok:
        planned = carry_out(work, planned, f"agent:{person}", relays=relays, note=message)
    if relays:
        relay(work, planned, person, message)
    _answer(mail, work, planned, person, relays=relays)
    return Done(work.save().id)


def _why_not_relay(mail: Mail, work: TicketWork, planned: Plan, files: Sequence[Attachment]) -> Reason | None:
    """What must not go out is told to the agent at once, while they can still mend it."""
    if work.ticket.requester.endswith(UNREACHABLE):
        return Reason("relay_nobody", {"reference": work.ticket.reference})
    if _quotes(planned.relay_text):
        return Reason("relay_quotes", {"files": ", ".join(one.name for one in files)} if files else {})
    if not files or mail.intake.sha256 is None:
        return None
    directory, but = mail.services.settings.directory, work.ticket.requester
    raw = mail.uow.intake.raw(mail.intake.sha256)
    for file in files:
        content = part_content(raw, file.part) or b""
        if address := agent_address_in(f"{file.name}\n{content.decode('latin-1')}", directory, but=but):
            return Reason("relay_leak_file", {"address": address, "file": file.name})
    return None


def _quotes(text: str) -> bool:
    """Whether lines of our own letter are left, which is for agents' eyes: where nothing new stands above the quote, or
    the answers stand between its lines, reading keeps the whole text."""
    return any(line.lstrip().startswith(">") or is_marker(line) for line in text.splitlines())


def _keep(mail: Mail, work: TicketWork, planned: Plan, person: str, *, relays: bool) -> int:
    """Whatever an agent writes stays in the ticket; only what is relayed is for the customer's eyes."""
    kind = "agent_reply" if relays else ("note" if planned.note_text else "command")
    return talk.add_message(
        work,
        mail.intake,
        mail.parsed,
        kind,
        text=planned.relay_text if relays else (planned.note_text or None),
        author=person,
        internal=not relays,
        direction="out" if relays else "in",
    )


def _answer(mail: Mail, work: TicketWork, planned: Plan, person: str, *, relays: bool) -> None:
    """The transcript: of each mail with commands, and of one that did nothing at all."""
    empty = planned.ok and not relays and not planned.changes and not planned.lines
    agent = mail.services.settings.directory.agents.get(person)
    if planned.ok and planned.why and agent is not None:
        told = {"in_reply_to": mail.parsed.message_id}
        key = f"why:{mail.intake.id}"
        work.notify(to_agent("explanation", work.ticket, agent, key, mail.now, mail.services.calendars, told))
    only_why = planned.why and len(planned.lines) == 1 and not relays  # that letter is the answer
    if planned.ok and (only_why or not (planned.lines or empty)):
        return
    data = transcript_data(planned, relayed=relays, in_reply_to=mail.parsed.message_id)
    if empty:
        line = TranscriptLine(command="", done=False, result=Reason("reply_empty"))
        data = {**data, "ok": False, "lines": [line_data(line)]}
    if agent is not None:
        key = f"transcript:{mail.intake.id}"
        work.notify(to_agent("transcript", work.ticket, agent, key, mail.now, mail.services.calendars, data))

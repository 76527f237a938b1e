"""One of us writes with the right to act: commands first, all or nothing; the text goes to the customer, or stays."""

from dataclasses import replace

from mailsla.core.access.authority import Action
from mailsla.core.commands.changes import SetStatus
from mailsla.core.commands.grammar import FORMS, parse
from mailsla.core.commands.plan import Plan
from mailsla.core.commands.situation import Actor
from mailsla.core.letters import TranscriptLine
from mailsla.core.mail.sign_off import only_signs_off
from mailsla.core.model import Instant, IntakeState, Reason, Status
from mailsla.core.notices import to_agent
from mailsla.flows.steps.along import goes_along
from mailsla.flows.steps.case import who
from mailsla.flows.steps.commanding import carry_out, plan_for, refuse
from mailsla.flows.steps.examine import person_of
from mailsla.flows.steps.for_all import checked, for_all, keep, work_in_hand
from mailsla.flows.steps.inhand import Done, Mail
from mailsla.flows.steps.overtaken import Overtaking, drop_held, held_answer, hold_answer, overtaking
from mailsla.flows.steps.past import taken_as_sent
from mailsla.flows.steps.pictures import with_pictures
from mailsla.flows.steps.relay_checks import file_alone, why_not_relay
from mailsla.flows.steps.relaying import recalled_message, relay
from mailsla.flows.steps.signing import left_out, without_own_signature
from mailsla.flows.steps.taking_up import may_take_up, plan_taken_up
from mailsla.flows.steps.transcripts import nothing_done, of_mail, tell, transcript_data
from mailsla.flows.steps.work import TicketWork


def act(mail: Mail) -> Done:
    """Carry out the commands; relay the text and the files, or keep them as a note; answer with a transcript."""
    work = work_in_hand(mail)
    person, role = person_of(mail.seen)
    mail, signature = without_own_signature(mail, person)
    parsed = parse(mail.parsed.reply_text)
    internal = mail.seen.access.action is Action.NOTE or any(FORMS[one.verb].inside for one in parsed.commands)
    signed = not internal and only_signs_off(parsed.rest, who(work.services, f"agent:{person}"))
    parsed = replace(parsed, rest="") if signed else parsed
    actor = Actor(name=person, role=role)
    answers = not internal and bool(parsed.rest.strip() or mail.parsed.attachments)
    takes_up = answers and may_take_up(mail, work)
    planned = plan_taken_up(work, parsed, actor) if takes_up else plan_for(work, parsed, actor, internal=internal)
    if signed and planned.ok and planned.lines:
        line = TranscriptLine(command="", done=True, result=Reason("signature_alone"))
        planned = replace(planned, lines=(*planned.lines, line))
    if not internal:
        mail = with_pictures(mail)
    files = [one for one in mail.parsed.attachments if goes_along(one)]
    planned = planned if internal else file_alone(planned, files)
    relays = planned.ok and not planned.help and not internal and bool(planned.relay_text or files)
    planned = checked(mail, work, planned, relays=relays)
    relays = relays and planned.ok
    if relays and (why_not := why_not_relay(mail, work, planned, files)) is not None:
        planned, relays = refuse(planned, why_not), False
    if relays and (other := overtaking(mail, work, person)) is not None:
        return _hold_back(mail, work, planned, person, other)
    message = keep(mail, work, planned, person, relays=relays)
    if planned.ok:
        planned = carry_out(work, planned, f"agent:{person}", relays=relays, note=message)
    at = None
    if relays:
        if (earlier := held_answer(work, person)) is not None:
            drop_held(work, earlier, f"agent:{person}", "its writer sent another answer")
        at = relay(work, planned, person, message) if not mail.past else None
        if mail.past:
            planned = _went_out_then(mail, work, planned, person, message)
    planned, incident = for_all(mail, work, parsed, planned, actor, files, internal)
    _answer(mail, work, planned, person, message, at, signature, incident)
    return Done(work.save().id)


def _went_out_then(mail: Mail, work: TicketWork, planned: Plan, person: str, message: int) -> Plan:
    """The answer was relayed before the database was restored: the customer has it, and its writer is told so."""
    waits = any(isinstance(one, SetStatus) and one.status is Status.WAITING_CUSTOMER for one in planned.changes)
    taken_as_sent(work, message, person, mail.intake.received_at, resolve=planned.resolves, wait=waits)
    line = TranscriptLine(command="", done=True, result=Reason("relay_past", {"at": mail.intake.received_at}))
    return replace(planned, lines=(*planned.lines, line))


def _hold_back(mail: Mail, work: TicketWork, planned: Plan, person: str, other: Overtaking) -> Done:
    """A colleague was faster: nothing runs and nothing goes out until the writer has read what they wrote."""
    name = who(work.services, f"agent:{other.who}")
    why = Reason("relay_overtaken", {"name": name, "at": other.message.at})
    hold_answer(work, mail.intake.id, person)
    data = transcript_data(refuse(planned, why), in_reply_to=mail.parsed.message_id)
    data |= {"theirs": {"message": other.message.id, "name": name}}
    tell(work, person, f"transcript:{mail.intake.id}:held", data)  # it is dealt with again once it is let go
    return Done(work.save().id, IntakeState.HELD, "another agent answered first")


def _answer(
    mail: Mail,
    work: TicketWork,
    planned: Plan,
    person: str,
    message: int,
    at: Instant | None,
    signature: str,
    incident: int | None,
) -> None:
    """The transcript: of each mail with commands, of one that did nothing at all, and with a copy of what goes out.

    `at`: when the text goes out, None where none does. `signature`: what of it was left out. `incident`: a reply
    to the transcript is for all of it, too.
    """
    relays = at is not None
    empty = planned.ok and not relays and not planned.changes and not planned.lines
    agent = mail.services.settings.directory.agents.get(person)
    if planned.ok and planned.why and agent is not None:
        told = {"in_reply_to": mail.parsed.message_id}
        key = f"why:{mail.intake.id}"
        work.notify(to_agent("explanation", work.ticket, agent, key, mail.now, mail.services.calendars, told))
    # Who sent a file alone should know what is said beside it.
    copies = relays and agent is not None and (agent.copies or not planned.relay_text)
    only_why = planned.why and len(planned.lines) == 1 and not relays  # that letter is the answer
    if planned.ok and (only_why or not (planned.lines or empty or copies)):
        return
    if relays and planned.relay_text and signature:
        planned = replace(planned, lines=(*planned.lines, left_out(signature)))
    data = transcript_data(planned, relayed=relays, in_reply_to=mail.parsed.message_id)
    if copies:
        data |= {"message": message, "at": at, "resolves": planned.resolves}
    elif relays:
        data |= {"at": at}
    if (recalled := recalled_message(work)) is not None:
        data |= {"recalled": recalled}
    data |= {"incident": incident} if incident is not None else {}
    if empty:
        something = mail.parsed.signature or mail.parsed.reply_text.strip()
        why = Reason("relay_empty") if something else Reason("reply_empty")
        data |= transcript_data(nothing_done(of_mail(why)), in_reply_to=mail.parsed.message_id)
    tell(work, person, f"transcript:{mail.intake.id}", data)

"""Commands to changes of a ticket, all or nothing: mail and CLI both come through here (mail.md section 4).

The plan changes nothing itself. Flows turn its changes into events and columns, and its lines into the transcript.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from mailsla.core.commands.changes import AddNote, AskSupplier, Change, MergeInto, OfAgents, SetStatus
from mailsla.core.commands.grammar import FORMS, Command, CommandError, Parsed, refuse
from mailsla.core.commands.situation import Done, Outcome, Refused, Situation
from mailsla.core.commands.verbs.table import ALWAYS, ENDING, MUST_WAIT, TAKING_UP, VERBS
from mailsla.core.leaks import agent_address_in
from mailsla.core.letters import TranscriptLine
from mailsla.core.model import ENDED, Reason, Role, Status
from mailsla.core.recall import waiting_answer
from mailsla.core.triage.scope import scope_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is to be done. Not `ok`: there are no changes, and no text goes anywhere.

    A line whose command is "" is about the text below the commands.
    """

    ok: bool
    changes: tuple[Change, ...] = ()
    lines: tuple[TranscriptLine, ...] = ()
    relay_text: str = ""  # goes to the customer
    note_text: str = ""  # stays inside (it is among the changes too)
    resolves: bool = False  # a relay carries the closing paragraph
    help: bool = False  # the transcript lists all commands
    help_on: str = ""  # or explains this one
    why: bool = False  # a letter explains the case line by line


def plan(parsed: Parsed, situation: Situation, *, internal: bool = False) -> Plan:
    """What the commands and the text below them do, or why nothing is done.

    `internal`: the text stays inside without `#note` too (the mail came to the note address). With an error in one
    command none runs and nothing is relayed. The CLI passes `Parsed((command,), "", ())`.
    """
    commands = _first_of(parsed.commands)
    outcomes = [(command, _outcome(command, situation)) for command in commands]
    verbs = {command.verb for command in commands}
    text = parsed.rest.strip("\r\n") if parsed.rest.strip() else ""
    saved = [outcome.text for _, outcome in outcomes if isinstance(outcome, Done) and outcome.text]
    stays = internal or any(FORMS[verb].inside for verb in verbs if verb in FORMS)
    goes_out = "" if stays or "help" in verbs else "\n\n".join([*saved, *([text] if text else [])])
    errors = [*parsed.errors, *_contradictions(commands), *_refused(outcomes), *_waited_for(commands, situation)]
    if saved and stays:
        errors.append(CommandError(0, "", Reason("template_inside")))
    if goes_out:
        errors += [CommandError(0, "", reason) for reason in _unsendable(goes_out, situation)]
        errors += [CommandError(0, "", *_text_after(verb)) for verb in ENDING & verbs]
    if errors:
        return Plan(ok=False, lines=_nothing(commands, errors), help="help" in verbs)

    note_text = _note_text(commands, text) if stays else ""
    done = [(command, outcome) for command, outcome in outcomes if isinstance(outcome, Done)]
    changes = [outcome.change for _, outcome in done if outcome.change is not None]
    if note_text:
        changes.append(AddNote(note_text))
    lines = [_line(command.shown, outcome.said, done=True) for command, outcome in done]
    if "handover" in verbs and note_text:
        lines.append(_line("", Reason("note_goes_along"), done=True))
    if "note" in verbs and not note_text:
        lines.append(_line("", Reason("note_empty"), done=False))
    if "help" in verbs and text:
        # Who asks for help is not sure what this mail would do: so it does nothing more.
        lines.append(_line("", Reason("help_text_kept"), done=False))
    return Plan(
        ok=True,
        changes=(*_first_action(situation, changes, bool(goes_out)), *changes),
        lines=tuple(lines),
        relay_text=goes_out,
        note_text=note_text,
        resolves="resolve" in verbs,
        help="help" in verbs,
        help_on=next((one.argument.lower().removeprefix("#") for one in commands if one.verb == "help"), ""),
        why="why" in verbs,
    )


def _line(command: str, result: Reason, *, done: bool, meant: str = "") -> TranscriptLine:
    return TranscriptLine(command=command, done=done, result=result, meant=meant)


def _unsendable(text: str, situation: Situation) -> list[Reason]:
    """Why a text may not go to the customer: the case has ended, or it names an address that stays inside."""
    if situation.ticket.status in ENDED:
        return [Reason("relay_ended", {"status": situation.ticket.status})]
    leaked = agent_address_in(text, situation.directory, but=situation.ticket.requester)
    return [Reason("relay_leaks", {"address": leaked})] if leaked else []


def _text_after(verb: str) -> tuple[Reason, str]:
    """Why no text goes out with a command that ends the case, and what was probably meant."""
    if verb == "close":
        return Reason("close_with_text"), FORMS["resolve"].usage
    return Reason("text_without_case", {"command": f"#{verb}"}), ""


def _first_of(commands: Sequence[Command]) -> list[Command]:
    """Each command once: one that is given twice does no more than once."""
    first: dict[tuple[str, str], Command] = {}
    for command in commands:
        first.setdefault((command.verb, command.argument.lower()), command)
    return list(first.values())


def _refused(outcomes: Sequence[tuple[Command, Outcome]]) -> list[CommandError]:
    return [
        CommandError(command.line, command.shown, outcome.why, outcome.meant)
        for command, outcome in outcomes
        if isinstance(outcome, Refused)
    ]


def _contradictions(commands: Sequence[Command]) -> list[CommandError]:
    """Commands that settle what an earlier one settled otherwise (`#resolve`, `#wait customer`); `#help` and others."""
    settled: dict[str, Command] = {}
    errors = []
    for command in commands:
        decides = FORMS[command.verb].decides if command.verb in FORMS else ""
        earlier = settled.setdefault(decides, command) if decides else command
        if earlier != command:
            reason = Reason("command_contradicts", {"other": earlier.shown})
            errors.append(CommandError(command.line, command.shown, reason))
        if command.verb == "help" and len(commands) > 1:
            errors.append(CommandError(command.line, command.shown, Reason("help_alone")))
    return errors


def _waited_for(commands: Sequence[Command], situation: Situation) -> list[CommandError]:
    """Commands after which what waits to be sent would be lost, or go out on a case that is no more."""
    waits = waiting_answer(situation.outgoing)
    if waits is None or any(command.verb == "undo" for command in commands):
        return []
    reason = Reason("answer_waits", {"name": waits.by, "at": waits.at})
    meant = "#undo" if waits.by == situation.actor.name or situation.actor.is_cli else ""
    return [CommandError(one.line, one.shown, reason, meant) for one in commands if one.verb in MUST_WAIT]


def _nothing(commands: Sequence[Command], errors: Sequence[CommandError]) -> tuple[TranscriptLine, ...]:
    """The transcript when nothing was done: the errors, and the commands that did not run because of them."""
    rows = [(error.line, _line(error.text, error.reason, done=False, meant=error.meant)) for error in errors]
    wrong = {(error.line, error.text) for error in errors}
    for command in commands:
        if (command.line, command.shown) not in wrong:
            rows.append((command.line, _line(command.shown, Reason("command_not_run"), done=False)))
    return tuple(line for _, line in sorted(rows, key=lambda row: row[0]))


def _note_text(commands: Sequence[Command], below: str) -> str:
    own = [command.argument.strip() for command in commands if command.verb == "note"]
    return "\n".join(text for text in (*own, below) if text)


def _first_action(situation: Situation, changes: Sequence[Change], relays: bool) -> tuple[Change, ...]:
    """`new` becomes `open` with a person's first action."""
    acts = relays or any(not isinstance(change, OfAgents) for change in changes)
    settled = any(isinstance(change, SetStatus | MergeInto | AskSupplier) for change in changes)
    return (SetStatus(Status.OPEN),) if situation.ticket.status is Status.NEW and acts and not settled else ()


def _outcome(command: Command, situation: Situation) -> Outcome:
    if situation.actor.role is Role.CUSTOMER:
        return Refused(Reason("command_no_authority"))
    if (wrong := refuse(command)) is not None:
        return Refused(*wrong)
    takes_up = command.verb in TAKING_UP and scope_of(situation.ticket) is not None
    if situation.ticket.status in ENDED and command.verb not in ALWAYS and not takes_up:
        values = {"status": situation.ticket.status, "reference": situation.ticket.reference}
        return Refused(Reason("ticket_ended", values))
    return VERBS[command.verb](command.argument.strip(), situation)

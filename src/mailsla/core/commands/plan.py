"""Commands to changes of a ticket, all or nothing: mail and CLI both come through here (mail.md section 4).

The plan changes nothing itself. Flows turn its changes into events and columns, and its lines into the transcript.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, tzinfo

from mailsla.core.absence import Absence
from mailsla.core.assignment import deputy_of
from mailsla.core.commands.absent import Away, absent
from mailsla.core.commands.changes import (
    AddNote,
    AskSupplier,
    Assign,
    BeginAbsence,
    Change,
    EndAbsence,
    HoldPromise,
    MakePromise,
    MergeInto,
    OfAgents,
    SetCategory,
    SetPriority,
    SetStatus,
)
from mailsla.core.commands.grammar import FORMS, Command, CommandError, Parsed, closest, refuse
from mailsla.core.commands.promising import promise
from mailsla.core.commands.times import Unclear
from mailsla.core.commands.vendor import read_vendor
from mailsla.core.directory import Agent, Category, Directory
from mailsla.core.leaks import agent_address_in
from mailsla.core.letters import TranscriptLine
from mailsla.core.model import ENDED, Instant, Reason, Role, Status, Ticket
from mailsla.core.sla.calendar import Calendar

ALWAYS = frozenset({"note", "absent", "why", "help"})  # also on a ticket that has ended


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who commands. `name`: of an agent; of the system's user when `is_cli` (who need not be an agent)."""

    name: str
    role: Role
    is_cli: bool = False

    @property
    def label(self) -> str:
        """As audit events name them: "agent:sam", "cli:root" (model.Event.actor)."""
        return f"cli:{self.name}" if self.is_cli else f"agent:{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What the commands apply to. `reopen_until`: the end of the reopen window, None = no end.

    `zone`: where the actor's days begin. `standing`: the absences that are neither over nor ended. `named`: the tickets
    that commands name, by the word that they are named by.
    """

    ticket: Ticket
    actor: Actor
    directory: Directory
    now: Instant
    reopen_until: Instant | None = None
    zone: tzinfo = UTC
    standing: Sequence[Absence] = ()
    named: Mapping[str, Ticket] = field(default_factory=dict)
    calendars: Mapping[str, Calendar] = field(default_factory=dict)


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
    why: bool = False  # a letter explains the case line by line


@dataclass(frozen=True, slots=True)
class _Done:
    """One command that works: what it says, and what it changes (None: it was so already)."""

    said: Reason
    change: Change | None = None


@dataclass(frozen=True, slots=True)
class _Refused:
    """One command that does not: why, and what was probably meant."""

    why: Reason
    meant: str = ""


ENDING = frozenset({"merge", "spam"})  # after them there is no case that a text could be sent on
_Outcome = _Done | _Refused


def plan(parsed: Parsed, situation: Situation, *, internal: bool = False) -> Plan:
    """What the commands and the text below them do, or why nothing is done.

    `internal`: the text stays inside without `#note` too (the mail came to the note address). With an error in one
    command none runs and nothing is relayed. The CLI passes `Parsed((command,), "", ())`.
    """
    commands = _first_of(parsed.commands)
    outcomes = [(command, _outcome(command, situation)) for command in commands]
    verbs = {command.verb for command in commands}
    text = parsed.rest.strip("\r\n") if parsed.rest.strip() else ""
    stays = internal or "note" in verbs
    errors = [*parsed.errors, *_contradictions(commands), *_refused(outcomes)]
    if text and not stays and "help" not in verbs:
        errors += [CommandError(0, "", reason) for reason in _unsendable(text, situation)]
        errors += [CommandError(0, "", Reason("text_without_case", {"command": f"#{verb}"})) for verb in ENDING & verbs]
    if errors:
        return Plan(ok=False, lines=_nothing(commands, errors), help="help" in verbs)

    note_text = _note_text(commands, text) if stays else ""
    relay_text = "" if stays or "help" in verbs else text
    done = [(command, outcome) for command, outcome in outcomes if isinstance(outcome, _Done)]
    changes = [outcome.change for _, outcome in done if outcome.change is not None]
    if note_text:
        changes.append(AddNote(note_text))
    lines = [_line(command.shown, outcome.said, done=True) for command, outcome in done]
    if "note" in verbs and not note_text:
        lines.append(_line("", Reason("note_empty"), done=False))
    if "help" in verbs and text:
        # Who asks for help is not sure what this mail would do: so it does nothing more.
        lines.append(_line("", Reason("help_text_kept"), done=False))
    return Plan(
        ok=True,
        changes=(*_first_action(situation, changes, bool(relay_text)), *changes),
        lines=tuple(lines),
        relay_text=relay_text,
        note_text=note_text,
        resolves="resolve" in verbs,
        help="help" in verbs,
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


def _first_of(commands: Sequence[Command]) -> list[Command]:
    """Each command once: one that is given twice does no more than once."""
    first: dict[tuple[str, str], Command] = {}
    for command in commands:
        first.setdefault((command.verb, command.argument.lower()), command)
    return list(first.values())


def _refused(outcomes: Sequence[tuple[Command, _Outcome]]) -> list[CommandError]:
    return [
        CommandError(command.line, command.shown, outcome.why, outcome.meant)
        for command, outcome in outcomes
        if isinstance(outcome, _Refused)
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


def _outcome(command: Command, situation: Situation) -> _Outcome:
    if situation.actor.role is Role.CUSTOMER:
        return _Refused(Reason("command_no_authority"))
    if (wrong := refuse(command)) is not None:
        return _Refused(*wrong)
    if situation.ticket.status in ENDED and command.verb not in ALWAYS:
        values = {"status": situation.ticket.status, "reference": situation.ticket.reference}
        return _Refused(Reason("ticket_ended", values))
    return _VERBS[command.verb](command.argument.strip(), situation)


def _note(_text: str, _situation: Situation) -> _Outcome:
    return _Done(Reason("note_added"))  # its text is put together with what stands below


def _help(_text: str, _situation: Situation) -> _Outcome:
    return _Done(Reason("help_listed"))


def _why(_text: str, _situation: Situation) -> _Outcome:
    return _Done(Reason("why_follows"))


def _absent(text: str, situation: Situation) -> _Outcome:
    """Of who writes; of others by `mailsla agent absent`."""
    agent = situation.directory.agents.get(situation.actor.name)
    if agent is None:
        return _Refused(Reason("absent_no_agent", {"name": situation.actor.name}), "mailsla agent absent NAME DATES")
    away = Away(
        agent=agent,
        zone=situation.zone,
        directory=situation.directory,
        standing=situation.standing,
        set_by=situation.actor.label,
        now=situation.now,
    )
    decided = absent(text, away)
    if decided.begins is not None:
        return _Done(decided.said, BeginAbsence(decided.begins))
    return _Done(decided.said, EndAbsence(decided.ends)) if decided.ends else _Refused(decided.said, decided.meant)


def _take(_text: str, situation: Situation) -> _Outcome:
    agent = situation.directory.agents.get(situation.actor.name)
    if agent is None:
        return _Refused(Reason("take_no_agent", {"name": situation.actor.name}), FORMS["assign"].usage)
    return _assigned(agent, situation)


def _assign(wanted: str, situation: Situation) -> _Outcome:
    directory = situation.directory
    agent = _agent(wanted.removeprefix("@"), directory, situation.actor)
    if agent is None:
        near = closest(wanted.removeprefix("@"), _names(directory))
        near = next((a.name for a in directory.agents.values() if near in (a.name, a.display_name)), "") if near else ""
        reason = Reason("assign_unknown", {"name": wanted[:80], "known": ", ".join(sorted(directory.agents)[:20])})
        return _Refused(reason, f"#assign {near}" if near else "")
    if directory.away_now(agent.name) is not None and agent.name != situation.actor.name:
        deputy = deputy_of(directory, agent.name)
        values = {"name": agent.name, "deputy": deputy.name if deputy else ""}
        return _Refused(Reason("assign_absent", values), f"#assign {deputy.name}" if deputy else "")
    return _assigned(agent, situation)


def _agent(wanted: str, directory: Directory, actor: Actor) -> Agent | None:
    """By short name, display name or address; "me" is who commands."""
    wanted = wanted.lower()
    if wanted == "me":
        return directory.agents.get(actor.name)
    matches = [a for a in directory.agents.values() if wanted in (a.name.lower(), a.display_name.lower())]
    return matches[0] if len(matches) == 1 else directory.agent_by_email(wanted)


def _names(directory: Directory) -> list[str]:
    return [name for agent in directory.agents.values() for name in (agent.name, agent.display_name) if name]


def _assigned(agent: Agent, situation: Situation) -> _Outcome:
    if situation.ticket.assignee == agent.name:
        return _Done(Reason("assign_already", {"name": agent.name}))
    team = situation.directory.team_of(agent.name)
    return _Done(Reason("assigned", {"name": agent.name}), Assign(agent.name, team.name if team else None))


def _wait(whom: str, situation: Situation) -> _Outcome:
    party, _, words = whom.partition(" ")
    if party == "vendor":
        if (late := _window_over(situation)) is not None:
            return late
        said, asked, near = read_vendor(words, situation.directory, situation.calendars, situation.now)
        return _Done(said, asked) if asked else _Refused(said, f"#wait vendor {near}" if near else "")
    if situation.ticket.status is Status.WAITING_CUSTOMER:
        return _Done(Reason("wait_already"))
    if (late := _window_over(situation)) is not None:
        return late
    return _Done(Reason("waiting_for_customer"), SetStatus(Status.WAITING_CUSTOMER))


def _resolve(_text: str, situation: Situation) -> _Outcome:
    if situation.ticket.status is Status.RESOLVED:
        return _Refused(Reason("resolve_already"), FORMS["reopen"].usage)
    return _Done(Reason("resolved"), SetStatus(Status.RESOLVED))


def _reopen(_text: str, situation: Situation) -> _Outcome:
    if situation.ticket.status in (Status.NEW, Status.OPEN):
        return _Done(Reason("reopen_already_open"))
    if (late := _window_over(situation)) is not None:
        return late
    return _Done(Reason("reopened"), SetStatus(Status.OPEN))


def _window_over(situation: Situation) -> _Refused | None:
    """A resolved ticket comes back within its window, the last second included (sla.md section 4)."""
    until = situation.reopen_until
    if situation.ticket.status is not Status.RESOLVED or until is None or situation.now <= until:
        return None
    return _Refused(Reason("reopen_too_late", {"until": until}))


def _promise(written: str, situation: Situation) -> _Outcome:
    found = promise(written, situation.ticket, situation.directory, situation.now, situation.zone)
    match found:
        case Unclear(why, meant):
            return _Refused(why, meant)
        case MakePromise(until):
            return _Done(Reason("promise_made", {"until": until}), found)
        case HoldPromise():
            return _Done(Reason("promise_held"), found)


def _priority(wanted: str, situation: Situation) -> _Outcome:
    if situation.ticket.priority == wanted:
        return _Done(Reason("priority_already", {"priority": wanted}))
    values = {"priority": wanted, "before": situation.ticket.priority}
    return _Done(Reason("priority_set", values), SetPriority(wanted))


def _category(wanted: str, situation: Situation) -> _Outcome:
    """By name, or by a label in any language."""
    words: dict[str, Category] = {}
    for category in situation.directory.categories.values():
        words |= {word.lower(): category for word in (*category.label.values(), category.name)}
    found = words.get(wanted.lower())
    if found is None:
        near = closest(wanted, tuple(words))
        known = ", ".join(sorted(situation.directory.categories))
        reason = Reason("category_unknown", {"category": wanted[:80], "known": known})
        return _Refused(reason, f"#category {words[near].name}" if near else "")
    if situation.ticket.category == found.name:
        return _Done(Reason("category_already", {"category": found.name}))
    values = {"category": found.name, "before": situation.ticket.category}
    return _Done(Reason("category_set", values), SetCategory(found.name, found.team or None))


def _spam(_text: str, _situation: Situation) -> _Outcome:
    return _Done(Reason("spam_set"), SetStatus(Status.VOID))


def _merge(wanted: str, situation: Situation) -> _Outcome:
    """Into an open ticket of the same customer or organisation: what one may read, the other must not."""
    ticket, into = situation.ticket, situation.named.get(wanted)
    if into is None:
        return _Refused(Reason("merge_unknown", {"reference": wanted[:80]}))
    if into.id == ticket.id:
        return _Refused(Reason("merge_itself", {"reference": into.reference}))
    if into.status in ENDED or into.status is Status.RESOLVED:
        return _Refused(Reason("merge_ended", {"reference": into.reference, "status": into.status}))
    same_house = ticket.organisation is not None and ticket.organisation == into.organisation
    if ticket.requester.lower() != into.requester.lower() and not same_house:
        return _Refused(Reason("merge_other_customer", {"reference": into.reference, "customer": into.requester}))
    return _Done(Reason("merged_into", {"reference": into.reference}), MergeInto(into))


_VERBS: dict[str, Callable[[str, Situation], _Outcome]] = {
    "note": _note,
    "take": _take,
    "assign": _assign,
    "wait": _wait,
    "promise": _promise,
    "priority": _priority,
    "category": _category,
    "resolve": _resolve,
    "reopen": _reopen,
    "absent": _absent,
    "why": _why,
    "merge": _merge,
    "spam": _spam,
    "help": _help,
}

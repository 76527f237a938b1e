"""The command language of agents' mails: text to commands, by one table (mail.md section 4).

Commands stand on lines of their own at the top of the reply text, `#` first; case and blank lines do not matter. The
first line that is no command begins the text. What looks like a command and is none is an error, never text: an agent
who mistypes `#note` must not write to the customer. For the same reason a command below the text is an error.
`# heading`, `#1 issue` and `#4711` are text. What mail clients add to a line is looked through: a bullet before it,
a number of a list, a capital, a full stop at its end, blanks that do not break, bold letters.
"""

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from mailsla.core.model import PRIORITIES, Reason
from mailsla.core.outcome import UPHELD

_SHOWN = 120  # characters of a line that an error repeats
_MOST = 50

# Rich text editors leave invisible characters, bold and full-width signs around a command.
_INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff"
_IGNORED = f" \t\r\n\v\f\x1c\x1d\x1e\x85\xa0\u2028\u2029*_{_INVISIBLE}"
_VISIBLE = str.maketrans("", "", _INVISIBLE)
_SIGNS = ("#", "＃", "﹟")
_BULLET = re.compile(r"(?:[-–—•·◦▪‣●]|\d{1,2}[.)])[ \t\xa0]+(?=[#＃﹟])")
_WORDS = re.compile(r"(?P<verb>[\w-]+)\**:?\**(?:\s+(?P<rest>.*))?", re.DOTALL)
_WRAPPED = re.compile(
    r"[^\w#＃﹟>|]{0,3}[#＃﹟]+[^\w#＃﹟]?(?P<verb>[a-z]+)\b[^\w]*(?P<rest>.*)", re.IGNORECASE | re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Form:
    """One row of the grammar: a verb and its argument.

    `argument` names it ("" = none), `choices` are its words where they are fixed, `free` lets it be left out and be any
    text. `more`: what follows the last of the choices. `decides` is what the command settles: two commands that settle
    the same thing contradict each other. `inside`: the text below it stays inside. `dots`: a full stop at the end is
    the argument's own.
    """

    verb: str
    argument: str = ""
    choices: tuple[str, ...] = ()
    free: bool = False
    more: str = ""
    decides: str = ""
    inside: bool = False
    dots: bool = False

    @property
    def usage(self) -> str:
        """As help shows it: `#assign NAME`, `#priority low|normal|high|urgent`."""
        shown = "|".join(self.choices) or self.argument.upper()
        shown = f"{shown} {self.more}" if self.more else shown
        shown = f"[{shown}]" if self.free else shown
        return f"#{self.verb} {shown}".rstrip()


GRAMMAR: tuple[Form, ...] = (
    Form("note", "text", free=True, inside=True, dots=True),
    Form("take", decides="assignee"),
    Form("assign", "name", decides="assignee"),
    Form("handover", "team", decides="assignee", inside=True),
    Form("wait", "whom", choices=("customer", "vendor"), more="NAME [LENGTH]", decides="status"),
    Form("promise", "day hh:mm [reason]", decides="promise", dots=True),
    Form("snooze", "length|day [hh:mm]", decides="snooze", dots=True),
    Form("ack"),
    Form("priority", "priority", choices=PRIORITIES, decides="priority"),
    Form("category", "category", decides="category"),
    Form("customer", "address", decides="customer"),
    Form("admit", "address"),
    Form("dismiss", "address"),
    Form("resolve", decides="status"),
    Form("close", decides="status"),
    Form("reopen", decides="status"),
    Form("upheld", "verdict", choices=UPHELD, decides="upheld"),
    Form("cause", "cause", decides="cause"),
    Form("remedy", "kind [20 eur] [by date]", decides="remedy"),
    Form("template", "name", decides="template"),
    Form("merge", "ticket", decides="status"),
    Form("split", "number", free=True),
    Form("incident", "tickets|no|out [tickets]", free=True, decides="incident"),
    Form("spam", decides="status"),
    Form("absent", "dates", dots=True),
    Form("undo"),
    Form("send"),
    Form("why"),
    Form("help", "command", free=True),
)
FORMS = {form.verb: form for form in GRAMMAR}

# Other words for a command. They only help to say what was meant.
_MEANT = {
    "closed": "close",
    "done": "resolve",
    "solved": "resolve",
    "fixed": "resolve",
    "open": "reopen",
    "mine": "take",
    "claim": "take",
    "requester": "customer",
    "prio": "priority",
    "cat": "category",
    "internal": "note",
    "comment": "note",
    "private": "note",
    "pending": "wait",
    "due": "promise",
    "delay": "promise",
    "away": "absent",
    "holiday": "absent",
    "vacation": "absent",
    "back": "absent",
    "cc": "admit",
    "participant": "admit",
    "invite": "admit",
    "remove": "dismiss",
    "transfer": "handover",
    "team": "handover",
    "later": "snooze",
    "remind": "snooze",
    "sleep": "snooze",
    "wake": "snooze",
    "acknowledge": "ack",
    "acknowledged": "ack",
    "explain": "why",
    "recall": "undo",
    "unsend": "undo",
    "cancel": "undo",
    "duplicate": "merge",
    "separate": "split",
    "group": "incident",
    "storm": "incident",
    "outage": "incident",
    "saved": "template",
    "canned": "template",
    "reply": "template",
    "justified": "upheld",
    "outcome": "upheld",
    "compensation": "remedy",
    "junk": "spam",
    "void": "spam",
}


@dataclass(frozen=True, slots=True)
class Command:
    """One command: `Command("wait", "customer")`. `line` is its line in the text, from 1; 0 = from the CLI."""

    verb: str
    argument: str = ""
    line: int = 0
    text: str = ""  # as it was written

    @property
    def shown(self) -> str:
        """As a transcript repeats it."""
        return self.text or f"#{self.verb} {self.argument}".rstrip()[:_SHOWN]


@dataclass(frozen=True, slots=True)
class CommandError:
    """A line that is not clear: where, why, and the command that was probably meant ("" = no idea)."""

    line: int
    text: str
    reason: Reason
    meant: str = ""


@dataclass(frozen=True, slots=True)
class Parsed:
    """The commands at the top, the text below them (a suffix of the input), and what is wrong."""

    commands: tuple[Command, ...]
    rest: str
    errors: tuple[CommandError, ...]


def parse(text: str) -> Parsed:
    """Read the commands off the top of a reply text. Never raises."""
    commands: list[Command] = []
    errors: list[CommandError] = []
    start = at = 0
    lines = text.splitlines(keepends=True)
    number = 0
    for number, line in enumerate(lines, start=1):
        found = read_line(line, number)
        if found is None and line.translate(_VISIBLE).strip():
            break
        at += len(line)
        if found is None:
            continue
        start = at
        if isinstance(found, Command):
            commands.append(found)
        else:
            errors.append(found)
        if len(commands) + len(errors) > _MOST:
            errors.append(CommandError(number, _cut(line), Reason("command_too_many", {"most": _MOST})))
            return Parsed(tuple(commands[:_MOST]), text[start:], tuple(errors))
    errors.extend(_below(lines[number - 1 :], number))
    rest = text[start:]
    return Parsed(tuple(commands), rest.lstrip("\r\n") if commands or errors else rest, tuple(errors))


def _below(lines: Sequence[str], first: int) -> list[CommandError]:
    """Commands that stand below the text. Only those that are right: `#1` and `#thanks` are the agent's words there."""
    found = ((number, line, read_line(line, number)) for number, line in enumerate(lines[1:], start=first + 1))
    return [
        CommandError(number, _cut(line), Reason("command_below_text", {"line": number}))
        for number, line, command in found
        if isinstance(command, Command)
    ][:_MOST]


def agrees(text: str) -> bool:
    """Whether the first line of a reply is `#yes`, which a confirmation asks for. "yes" alone may go on "but no"."""
    first = next((line for line in text.translate(_VISIBLE).splitlines() if line.strip()), "").strip(_IGNORED)
    return first.startswith(_SIGNS) and first[1:].strip(f"{_IGNORED}.!").lower() == "yes"


def read_line(line: str, number: int = 0) -> Command | CommandError | None:
    """What one line is: a command, an error, or text (None)."""
    line = _BULLET.sub("", line.translate(_VISIBLE).strip(_IGNORED), count=1)
    words = line[1:].lstrip(_IGNORED)
    if not line.startswith(_SIGNS) or not words[:1].isalpha():
        return _wrapped(line, number)
    found = read_words(words, number, _cut(line))
    if len(words) == len(line) - 1:
        return found
    # "# heading" is text, but "# note", "# internal note" and "# wait customer" were meant as commands.
    if isinstance(found, CommandError):
        inside = _MEANT.get(words.split()[0].rstrip(":").lower()) == "note"
        return CommandError(number, found.text, Reason("command_blank_after_sign"), found.meant) if inside else None
    return CommandError(number, found.text, Reason("command_blank_after_sign"), _shown(found.verb, found.argument))


def _wrapped(line: str, number: int) -> CommandError | None:
    """`(#note) ...`, `"#note" ...`, `## note`: no command, and nothing that a customer was meant to read."""
    match = _WRAPPED.fullmatch(line)
    if match is None or match["verb"].lower() not in FORMS:
        return None
    return CommandError(number, _cut(line), Reason("command_wrapped"), _shown(match["verb"].lower(), match["rest"]))


def read_words(words: str, number: int = 0, text: str = "") -> Command | CommandError:
    """A command without its sign: "wait customer"; the CLI's verbs come in here too."""
    text = text or _cut(f"#{words}")
    match = _WORDS.fullmatch(words.strip()) or _WORDS.fullmatch(words.strip().rstrip(".!"))
    verb, rest = (
        (match["verb"].lower().strip("_"), " ".join((match["rest"] or "").split())) if match else (words.strip(), "")
    )
    if verb not in FORMS:
        meant = _meant(verb, rest)
        return CommandError(number, text, Reason("command_unknown", {"command": _cut(f"#{verb}")}), meant)
    form = FORMS[verb]
    rest = rest if form.dots else rest.rstrip(".!").rstrip()
    command = Command(verb, rest.lower() if form.choices else rest, number, text)
    refused = refuse(command)
    return command if refused is None else CommandError(number, text, *refused)


def refuse(command: Command) -> tuple[Reason, str] | None:
    """Why the command does not fit the grammar, and what was probably meant; None when it does."""
    form = FORMS.get(command.verb)
    if form is None:
        return Reason("command_unknown", {"command": _cut(f"#{command.verb}")}), _meant(command.verb, command.argument)
    argument = command.argument.strip()
    if not form.argument:
        return (Reason("command_takes_nothing", {"usage": form.usage}), "") if argument else None
    if not argument:
        return None if form.free else (Reason("command_needs", {"usage": form.usage}), form.usage)
    word, _, more = argument.partition(" ") if form.more else (argument, "", "")
    if form.more and word in form.choices and bool(more.strip()) != (word == form.choices[-1]):
        return Reason("command_needs", {"usage": form.usage}), form.usage
    if form.choices and word not in form.choices:
        near = closest(argument, form.choices)
        values = {"word": _cut(argument), "usage": form.usage}
        return Reason("command_not_a_choice", values), _shown(form.verb, near) if near else form.usage
    return None


def closest(word: str, options: Sequence[str]) -> str:
    """The option that was probably meant, "" when none is near: the same start, or few letters apart."""
    lowered = {option.lower(): option for option in options}
    word = word.lower()[:_SHOWN]
    if near := difflib.get_close_matches(word, list(lowered), n=1, cutoff=0.6):
        return lowered[near[0]]
    starts = [option for option in lowered if len(word) >= 2 and option.startswith(word)]
    return lowered[starts[0]] if len(starts) == 1 else ""


def meant_verb(word: str) -> str:
    """The verb that a word which is none was probably meant as, "" = no idea."""
    return _MEANT.get(word) or closest(word, tuple(FORMS))


def _meant(verb: str, rest: str) -> str:
    known = meant_verb(verb)
    if not known:
        return ""
    form = FORMS[known]
    if form.choices:
        near = closest(rest, form.choices) if rest else ""
        return _shown(known, near) if near else form.usage
    if not form.argument:
        return f"#{known}"
    return _shown(known, rest) if rest or form.free else form.usage


def _shown(verb: str, argument: str) -> str:
    return _cut(f"#{verb} {argument}")


def _cut(line: str) -> str:
    line = line.strip()
    return line if len(line) <= _SHOWN else line[: _SHOWN - 1] + "…"

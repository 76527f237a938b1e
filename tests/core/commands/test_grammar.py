"""The command language: what is a command, what is text, what is neither (mail.md section 4)."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mailsla.core.commands.grammar import (
    FORMS,
    GRAMMAR,
    Command,
    CommandError,
    Form,
    agrees,
    parse,
    read_line,
    read_words,
    refuse,
)


def given_commands(text: str) -> list[tuple[str, str]]:
    return [(command.verb, command.argument) for command in parse(text).commands]


@pytest.mark.parametrize(
    ("line", "verb", "argument"),
    [
        ("#note", "note", ""),
        ("#note Call her back at noon.", "note", "Call her back at noon."),
        ("#note: Call her", "note", "Call her"),
        ("#take", "take", ""),
        ("#assign bob", "assign", "bob"),
        ("#assign Sam Lee", "assign", "Sam Lee"),
        ("#wait customer", "wait", "customer"),
        ("#priority high", "priority", "high"),
        ("#category billing", "category", "billing"),
        ("#category late delivery", "category", "late delivery"),
        ("#resolve", "resolve", ""),
        ("#reopen", "reopen", ""),
        ("#help", "help", ""),
        # as clients and keyboards write it
        ("  #take  ", "take", ""),
        ("#TAKE\r\n", "take", ""),
        ("#Wait   Customer", "wait", "customer"),
        ("#wait Vendor DHL 2 business days", "wait", "vendor dhl 2 business days"),
        ("\xa0#wait\xa0customer", "wait", "customer"),
        ("*#take*", "take", ""),
        ("\u200b#note\u200b hush", "note", "hush"),
        ("\ufeff#take", "take", ""),
        ("＃take", "take", ""),
        ("\xa0\xa0#Take", "take", ""),
        ("#take.", "take", ""),
        ("#Wait customer.", "wait", "customer"),
        ("#assign sam.", "assign", "sam"),
        ("#wait\xa0vendor\xa0dhl\xa02d", "wait", "vendor dhl 2d"),
        ("• #take", "take", ""),
        ("·\xa0\xa0#priority high", "priority", "high"),
        ("- #resolve", "resolve", ""),
        ("1. #note hush", "note", "hush"),
        ("*#note* hush", "note", "hush"),
        ("_#priority_ high", "priority", "high"),
        ("– ＃resolve", "resolve", ""),
        # a full stop that is the argument's own
        ("#note He is angry.", "note", "He is angry."),
        ("#snooze 27.11.", "snooze", "27.11."),
        ("#absent 24.12.-6.1.", "absent", "24.12.-6.1."),
        ("#promise fri 12:00 It left.", "promise", "fri 12:00 It left."),
        ("#handover our delivery team", "handover", "our delivery team"),
        ("#close", "close", ""),
    ],
)
def test_a_command(line: str, verb: str, argument: str) -> None:
    command = read_line(line, 1)
    assert isinstance(command, Command)
    assert (command.verb, command.argument.strip("\u200b ")) == (verb, argument)


@pytest.mark.parametrize(
    ("line", "reason", "meant"),
    [
        ("#tkae", "command_unknown", "#take"),
        ("#asign bob", "command_unknown", "#assign bob"),
        ("#resovle", "command_unknown", "#resolve"),
        ("#done", "command_unknown", "#resolve"),
        ("#transfer depot", "command_unknown", "#handover depot"),
        ("#cc rio@mail.example", "command_unknown", "#admit rio@mail.example"),
        ("#akc", "command_unknown", "#ack"),
        ("#snoze 3d", "command_unknown", "#snooze 3d"),
        ("#snooze", "command_needs", "#snooze LENGTH|DAY [HH:MM]"),
        ("- #tkae", "command_unknown", "#take"),
        ("#prio high", "command_unknown", "#priority high"),
        ("#prio hihg", "command_unknown", "#priority high"),
        ("#internal he is angry", "command_unknown", "#note he is angry"),
        ("#wiat costumer", "command_unknown", "#wait customer"),
        ("#notes", "command_unknown", "#note"),
        ("#zzzz", "command_unknown", ""),
        ("#größe", "command_unknown", ""),
        ("#archive 1043", "command_unknown", ""),
        ("#wait costumer", "command_not_a_choice", "#wait customer"),
        ("#wait vendr dhl 2d", "command_not_a_choice", "#wait customer|vendor NAME [LENGTH]"),
        ("#wait vendor", "command_needs", "#wait customer|vendor NAME [LENGTH]"),
        ("#wait customer 2d", "command_needs", "#wait customer|vendor NAME [LENGTH]"),
        ("#wait", "command_needs", "#wait customer|vendor NAME [LENGTH]"),
        ("#priority hgih", "command_not_a_choice", "#priority high"),
        ("#priority urg", "command_not_a_choice", "#priority urgent"),
        ("#priority 1", "command_not_a_choice", "#priority low|normal|high|urgent"),
        ("#priority", "command_needs", "#priority low|normal|high|urgent"),
        ("#assign", "command_needs", "#assign NAME"),
        ("#category", "command_needs", "#category CATEGORY"),
        ("#resolve Thank you!", "command_takes_nothing", ""),
        ("# note hush", "command_blank_after_sign", "#note hush"),
        ("# take", "command_blank_after_sign", "#take"),
        ("# internal: hush", "command_blank_after_sign", "#note hush"),
        ("## note hush", "command_wrapped", "#note hush"),
        ("(#note) hush", "command_wrapped", "#note hush"),
        ('"#note" hush', "command_wrapped", "#note hush"),
        ("[#resolve]", "command_wrapped", "#resolve"),
        ("-#take", "command_wrapped", "#take"),
    ],
)
def test_an_unclear_command_says_what_was_meant(line: str, reason: str, meant: str) -> None:
    error = read_line(line, 3)
    assert isinstance(error, CommandError)
    assert (error.line, error.reason.code, error.meant) == (3, reason, meant)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "Hello",
        "# Heading",
        "#",
        "##",
        "#4711",
        "#1 issue",
        "#-)",
        "# 1",
        "a #take",
        "- take",  # a bullet has a blank after it
        "- #1 issue",
        "• # Heading",
        "> #take",
        "take",
        "-- ",
    ],
)
def test_text(line: str) -> None:
    assert read_line(line) is None


def test_commands_stand_at_the_top_and_the_text_below_is_left_as_it_is() -> None:
    parsed = parse("\u200b\r\n#take\r\n\r\n  #Wait customer\r\n\r\nDear Ana,\r\n\r\n#1 is on its way.\r\n")
    assert [(command.verb, command.line) for command in parsed.commands] == [("take", 2), ("wait", 4)]
    assert parsed.rest == "Dear Ana,\r\n\r\n#1 is on its way.\r\n"
    assert parsed.errors == ()


def test_text_without_commands_is_not_touched() -> None:
    text = "\n\n  Dear Ana,\n"
    assert parse(text).rest == text
    assert parse("").rest == ""


def test_a_mistyped_command_is_an_error_and_never_text() -> None:
    parsed = parse("#nte do not tell her\nShe is a thief.")
    assert [error.line for error in parsed.errors] == [1]
    assert parsed.errors[0].meant == "#note do not tell her"
    assert "#nte" not in parsed.rest


def test_a_command_below_the_text_is_an_error() -> None:
    parsed = parse("Dear Ana,\nit is done.\n\n#resolve\n")
    assert parsed.commands == ()
    (error,) = parsed.errors
    assert (error.line, error.reason.code, error.meant) == (4, "command_below_text", "")


@pytest.mark.parametrize("line", ["#1 is on its way", "#thanks", "# Resolve", "#resolve the rest yourself", "> #take"])
def test_signs_below_the_text_are_the_agents_own_words(line: str) -> None:
    text = f"Dear Ana,\n{line}\n"
    assert parse(text).errors == ()
    assert parse(text).rest == text


def test_a_hundred_commands_are_too_many() -> None:
    parsed = parse("#take\n" * 100)
    assert len(parsed.commands) == 50
    assert [error.reason.code for error in parsed.errors] == ["command_too_many"]


def test_the_clis_words_are_the_same_language() -> None:
    assert read_words("wait customer") == Command("wait", "customer", 0, "#wait customer")
    error = read_words("wait costumer")
    assert isinstance(error, CommandError)
    assert error.meant == "#wait customer"
    assert refuse(Command("nonsense")) is not None
    assert refuse(Command("priority", "highest")) is not None
    assert refuse(Command("note", "two\nlines")) is None


def test_each_form_is_read_as_help_shows_it() -> None:
    for form in GRAMMAR:
        argument = form.choices[0] if form.choices else form.argument
        read = read_line(f"#{form.verb} {argument}")
        assert isinstance(read, Command), form.usage
        assert form.usage.startswith(f"#{form.verb}")


LINES = st.one_of(
    st.sampled_from([form.usage for form in GRAMMAR]),
    st.sampled_from(["#take", "#note hush", "#wait customer", "", " ", "Hello", "#1 x", "# Title", "#zz", "--"]),
    st.text(max_size=30),
    st.text("#＃ notewaiku\t\u200b*:", max_size=20),
)


@given(st.lists(LINES, max_size=8), st.sampled_from(["\n", "\r\n", "\u2028"]))
@example(["#take", "#note " + "x" * 100_000], "\n")
@example(["#" + " " * 100_000 + "x"], "\n")
def test_any_text_is_read(lines: list[str], end: str) -> None:
    text = end.join(lines)
    parsed = parse(text)
    assert text.endswith(parsed.rest)
    top = len(text[: len(text) - len(parsed.rest)].splitlines())
    assert all(1 <= command.line <= top for command in parsed.commands)
    assert all(command.verb in FORMS and refuse(command) is None for command in parsed.commands)
    assert all(len(error.text) <= 120 and len(error.meant) <= 120 for error in parsed.errors)
    if not parsed.commands and not parsed.errors:
        assert parsed.rest == text
    # What is text is read as text again: nothing hides a command behind another.
    again = parse(parsed.rest)
    assert again.commands == ()


ARGUMENTS = {"wait": ["customer", "vendor dhl 2 business days"], "priority": ["high", "low"]}


@given(st.sampled_from(GRAMMAR), st.text("abc 019.:@-", max_size=12))
def test_what_is_shown_is_read_as_the_same_command(form: Form, text: str) -> None:
    argument = text if form.argument and not form.choices else ARGUMENTS.get(form.verb, [""])[0]
    read = read_line(f"#{form.verb} {argument}", 1)
    if isinstance(read, Command):
        again = read_line(Command(read.verb, read.argument).shown, 1)
        assert isinstance(again, Command)
        assert (again.verb, again.argument) == (read.verb, read.argument)


@given(st.lists(st.sampled_from(["#take", "#note", "#wait customer", "#help", ""]), max_size=5), st.text(max_size=40))
def test_known_commands_never_reach_the_text(commands: list[str], text: str) -> None:
    parsed = parse("\n".join([*commands, "Dear " + text.replace("#", "")]))
    assert [command.text for command in parsed.commands] == [command for command in commands if command]
    assert parsed.rest.lstrip("\n").startswith("Dear ")


@pytest.mark.parametrize("text", ["#yes", "\n  #Yes.\n\nSam Lee", "\uff03yes\r\n> old", "*#yes*", "\u200b#yes!"])
def test_a_yes_on_the_first_line_agrees(text: str) -> None:
    assert agrees(text)


@pytest.mark.parametrize("text", ["", "yes", "No!\n#yes", "> #yes", "#yes but not now", "#yesterday", "#no", "#"])
def test_nothing_else_agrees(text: str) -> None:
    assert not agrees(text)

"""Whatever an agent commands by mail has its twin at the prompt, and is explained (mail.md section 4)."""

import pytest

from mailsla.adapters.command_help import EXPLAINED
from mailsla.adapters.labels import COMMANDS
from mailsla.cli.ticket import command
from mailsla.core.commands.grammar import FORMS, Command, read_line

ELSEWHERE = {"absent", "help"}  # `mailsla agent absent`, `--help`


@pytest.mark.parametrize("verb", sorted(FORMS.keys() - ELSEWHERE))
def test_each_verb_is_a_command_of_ticket(verb: str) -> None:
    assert verb in command.commands
    assert f"mailsla ticket {verb} " in (command.commands[verb].help or "")


@pytest.mark.parametrize("verb", sorted(FORMS))
def test_each_verb_is_listed_and_explained_by_examples_that_are_right(verb: str) -> None:
    assert any(usage.partition(" ")[0] == f"#{verb}" for usage, _ in COMMANDS)
    assert EXPLAINED[verb].examples
    for example in EXPLAINED[verb].examples:
        assert isinstance(read_line(example), Command), example

"""Questions of `mailsla init`: an option answers its question, --yes takes the default, else a person is asked."""

import sys
from collections.abc import Callable, Mapping
from typing import TypeVar

import click

from mailsla.cli.output import clean
from mailsla.config.formats import Form, Wrong
from mailsla.errors import ConfigError, MailslaError

Answer = TypeVar("Answer")


class Asking:
    """`given`: option -> its value, None where it was not given. `quiet`: nobody is asked."""

    def __init__(self, given: Mapping[str, str | None], *, quiet: bool) -> None:
        self._given = dict(given)
        self.quiet = quiet

    def has(self, option: str) -> bool:
        """Whether the option was given."""
        return self._given.get(option) is not None

    def text(self, option: str, question: str, default: str | None, form: Form) -> str:
        """An answer that has its form. Raises UsageError for an option that has not, or when nobody can answer."""
        given = self._given.get(option)
        if given is not None:
            return _formed(given, form, f"--{option}: ")
        if self.quiet:
            if default is None:
                raise click.UsageError(f"--{option} is missing, and --yes asks nobody.")
            return default
        return str(_guarded(lambda: click.prompt(question, default=default, value_proc=lambda one: _formed(one, form))))

    def choice(self, option: str, question: str, choices: Mapping[str, str], default: str) -> str:
        """One of the names; what each means is said before."""
        if not self.quiet and not self.has(option):
            width = max(map(len, choices))
            for name, meaning in choices.items():
                click.echo(f"  {name.ljust(width)}  {meaning}")

        def one_of_them(answer: str) -> Wrong:
            return None if answer in choices else (f'"{answer}" is none of them', f"use {', '.join(choices)}")

        return self.text(option, question, default, one_of_them)

    def confirmed(self, question: str) -> bool:
        """Yes is the default, and what --yes says."""
        return self.quiet or bool(_guarded(lambda: click.confirm(question, default=True)))

    def hidden(self, question: str) -> str:
        """What is typed without being shown."""
        return str(_guarded(lambda: click.prompt(question, hide_input=True, default="", show_default=False)))

    def tested(self, options: tuple[str, ...], ask: Callable[[], Answer], attempt: Callable[[Answer], str]) -> Answer:
        """Asks until the attempt succeeds, or the person goes on with what does not work yet.

        `options`: those that the questions take; what did not work is asked for. Where nobody is asked it is raised.
        """
        while True:
            answer = ask()
            try:
                if said := attempt(answer):
                    click.echo(f"  ok: {clean(said)}")
            except MailslaError as error:
                if self.quiet:
                    raise
                click.echo("\n".join(_told(error)))
                for option in options:
                    self._given[option] = None
                if self.confirmed("  Answer again? (no: go on with it as it is)"):
                    continue
            return answer


def _told(error: MailslaError) -> list[str]:
    """What did not work, each with its mend."""
    if isinstance(error, ConfigError):
        problems = [(f"{problem.where}: {problem.what}", problem.mend) for problem in error.problems]
    else:
        problems = [(error.message, error.mend)]
    return [
        line
        for what, mend in problems
        for line in (f"  does not work: {clean(what)}", *([f"  mend: {clean(mend)}"] if mend else []))
    ]


def _formed(answer: str, form: Form, where: str = "") -> str:
    wrong = form(answer)
    if wrong is not None:
        raise click.UsageError(where + "; ".join(wrong))  # a prompt says it and asks again
    return answer


def _guarded(prompt: Callable[[], Answer]) -> Answer:
    """Raises UsageError where nobody can answer: standard input is closed, or at its end."""
    nobody = click.UsageError("There is nobody to answer questions on standard input; --yes asks none.")
    if sys.stdin is None:
        raise nobody
    try:
        return prompt()
    except click.Abort as error:
        if isinstance(error.__context__, EOFError):  # else somebody pressed Ctrl-C
            click.echo(err=True)
            raise nobody from error
        raise

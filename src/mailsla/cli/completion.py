"""`mailsla completion`: what lets a shell complete mailsla's commands and options."""

import click
from click.shell_completion import CompletionItem, get_completion_class

SHELLS = ("bash", "zsh", "fish")


def a_file(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem[str]]:
    """For a parameter that names a file but is no click.Path, which looks at the file before the command does."""
    return [CompletionItem(incomplete, type="file")]


@click.command()
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def command(ctx: click.Context, shell: str) -> None:
    """Print what lets a shell complete mailsla's commands and options.

    \b
    Put it where your shell reads it, then open a new one:
      bash:  echo 'eval "$(mailsla completion bash)"' >> ~/.bashrc
      zsh:   echo 'eval "$(mailsla completion zsh)"' >> ~/.zshrc     (after compinit)
      fish:  mailsla completion fish > ~/.config/fish/completions/mailsla.fish
    """
    made = get_completion_class(shell)
    if made is None:
        raise LookupError(f"click has no completion for {shell}")
    click.echo(made(ctx.find_root().command, {}, "mailsla", "_MAILSLA_COMPLETE").source(), nl=False)

"""Completion: a real shell, in which somebody presses the Tab key."""

import os
import pty
import select
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from mailsla.cli.completion import SHELLS
from mailsla.cli.main import COMMANDS
from tests.cli.command import run
from tests.cli.test_help import HEAVY

SCRIPTS = Path(sys.executable).parent  # has `mailsla`
WITHIN = 30  # seconds

START = {
    "bash": (["bash", "--norc", "--noprofile", "-i"], 'eval "$(mailsla completion bash)"'),
    "zsh": (["zsh", "-f", "-i"], 'autoload -U compinit; compinit -D; eval "$(mailsla completion zsh)"'),
}


def screen_after(shell: str, keys: str, wanted: str, folder: Path) -> str:
    """What the terminal shows once completion is set up, `keys` and the Tab key are pressed and `wanted` is there."""
    command, set_up = START[shell]
    env = {
        "PATH": f"{SCRIPTS}:/usr/bin:/bin",
        "HOME": str(folder),
        "TERM": "dumb",
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    terminal, end = pty.openpty()
    with subprocess.Popen(
        command, stdin=end, stdout=end, stderr=end, cwd=folder, env=env, start_new_session=True
    ) as sh:
        os.close(end)
        try:
            os.write(terminal, f"{set_up}; echo re''ady\n".encode())
            read_until(terminal, "ready\r\n")
            os.write(terminal, f"{keys}\t".encode())
            return read_until(terminal, wanted)
        finally:
            sh.kill()
            os.close(terminal)


def read_until(terminal: int, wanted: str) -> str:
    seen = ""
    while wanted not in seen:
        assert select.select([terminal], [], [], WITHIN)[0], f"{wanted!r} is not in {seen!r}"
        seen += os.read(terminal, 4096).decode(errors="replace")
    return seen


@pytest.mark.parametrize(
    ("keys", "wanted"),
    [
        ("mailsla tick", "mailsla ticket "),
        ("mailsla queue rel", "mailsla queue release "),
        ("mailsla --config there.toml run --dr", "run --dry-run "),
        ("mailsla run --log-level deb", "--log-level debug "),
        ("mailsla --config there.to", "mailsla --config there.toml "),
        ("mailsla explain the", "mailsla explain there.toml "),
    ],
)
def test_bash_completes_commands_options_values_and_files(tmp_path: Path, keys: str, wanted: str) -> None:
    (tmp_path / "there.toml").touch()
    screen_after("bash", keys, wanted, tmp_path)


@pytest.mark.skipif(shutil.which("zsh") is None, reason="there is no zsh here")
def test_zsh_completes(tmp_path: Path) -> None:
    screen_after("zsh", "mailsla tick", "ticket ", tmp_path)


@pytest.mark.skipif(shutil.which("fish") is None, reason="there is no fish here")
def test_fish_completes(tmp_path: Path) -> None:
    ask = "mailsla completion fish | source; complete -C 'mailsla tick'"
    env = {"PATH": f"{SCRIPTS}:/usr/bin:/bin", "HOME": str(tmp_path), "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        ["fish", "--no-config", "-c", ask], capture_output=True, text=True, env=env, cwd=tmp_path, check=True
    )
    assert done.stdout.startswith("ticket\t")


def completed(*words: str) -> tuple[list[str], set[str]]:
    """What bash is offered for the last of `words`, and the packages imported to tell."""
    code = (
        "import sys, atexit; from mailsla.cli.main import main\n"
        "atexit.register(lambda: print('IMPORTED', *{name.partition('.')[0] for name in sys.modules})); main()"
    )
    env = {**os.environ, "_MAILSLA_COMPLETE": "bash_complete", "COMP_WORDS": " ".join(words)}
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env=env | {"COMP_CWORD": str(len(words) - 1)},
        check=True,
    )
    offered, _, imported = done.stdout.partition("IMPORTED")
    return [line.removeprefix("plain,") for line in offered.splitlines()], set(imported.split())


def test_the_first_tab_offers_all_commands_and_imports_none() -> None:
    offered, imported = completed("mailsla", "")
    assert offered == list(COMMANDS)
    assert imported & HEAVY == set()


def test_options_are_offered_after_their_dashes() -> None:
    assert set(completed("mailsla", "--")[0]) == {"--config", "--version", "--help"}


@pytest.mark.parametrize("shell", SHELLS)
def test_each_shell_gets_its_script(shell: str) -> None:
    said = run("completion", shell)
    assert said.code == 0
    assert "_MAILSLA_COMPLETE" in said.out


def test_another_shell_is_refused_with_those_that_there_are() -> None:
    said = run("completion", "tcsh")
    assert said.code == 2
    assert all(f"'{shell}'" in said.err for shell in SHELLS)

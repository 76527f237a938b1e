"""Runs a command of mailsla in this process, as a shell would see it."""

from dataclasses import dataclass
from json import loads
from typing import Any

from click.testing import CliRunner

from mailsla.cli.main import mailsla
from mailsla.cli.output import guarded


@dataclass(frozen=True)
class Said:
    """How it ended, and what it printed."""

    code: int
    out: str
    err: str
    raw: bytes

    @property
    def words(self) -> str:
        """All it printed, on one line: where lines break depends on the length of the paths in them."""
        return " ".join((self.out + self.err).split())

    @property
    def json(self) -> Any:
        return loads(self.out)


def run(*arguments: str, stdin: bytes = b"") -> Said:
    """Standard input is never a terminal here."""
    with CliRunner().isolation(input=stdin) as (out, err, _):
        code = guarded(lambda: mailsla.main(list(arguments), standalone_mode=False))
        raw, failed = out.getvalue(), err.getvalue()
    return Said(code, raw.decode(errors="replace"), failed.decode(), raw)

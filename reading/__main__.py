"""python -m reading: writes docs/reading.md and prints its table; ends with 1 when a row is under what is asked."""

import sys
import tomllib
from collections.abc import Mapping, Sequence
from importlib import resources

import click
from tests.shared import ROOT, SHARED

from reading.rows import Row, rows

_OUTPUT = ROOT / "docs" / "reading.md"
_MISSING_ALLOWED = 2  # cases short of a row, rather than a rule that only one case needs
_HEAD = """\
# How well mail is read

    make reading

writes this page. It reads mails that other projects published as test cases (`shared/corpora`, whose README says where
they are from; none of their text is here) and judges each by what its own project expects of it: white space is
folded; corpora that keep signatures are judged on reply text and signature together; HTML is compared without white
space; where a corpus has U+FFFD for a letter that its reader could not tell, any letter is right (five subjects and a
text of stalwart: read here as they were meant). A bare body is put into the simplest mail, so that all of the reading
is judged. **Words lost**: words that a corpus wants in the reply, and that stand neither in the reply text nor in the
signature; the full original is kept in any case. Not judged: the reasons of bounces (words of bounceparser's own), how
many mails a thread quotes and in which language (mpr).

**winmail.dat** (TNEF, of Outlook) is kept and said, not opened: the one library for it, tnefparse, had its last release
in January 2021, and a reader of hostile bytes that nobody keeps is worse than an attachment that Outlook opens.

"""


def main() -> None:
    """Measure, write, print."""
    corpora = SHARED / "corpora"
    if not corpora.is_dir():
        raise click.ClickException(f"no corpora at {corpora}. Mend: set MAILSLA_SHARED to the folder that holds them")
    measured = list(rows(corpora))
    table = _table(measured)
    _OUTPUT.write_text(f"{_HEAD}{table}\n{_failures(measured, _reasons())}", "utf-8")
    click.echo(table)
    click.echo(f"The failures are listed in {_OUTPUT.relative_to(ROOT)}.")
    short = [row for row in measured if row.is_short > (0 if row.at_most else _MISSING_ALLOWED)]
    for row in short:
        click.echo(f"under what is asked: {row.name}", err=True)
    sys.exit(1 if short else 0)


def _table(measured: Sequence[Row]) -> str:
    lines = ["| | found | of | asked |", "|---|--:|--:|---|"]
    for row in measured:
        asked = "" if row.floor is None else f"at {'most' if row.at_most else 'least'} {row.floor}"
        lines.append(f"| {row.name} | {row.found} | {row.of} | {asked} |")
    return "\n".join(lines) + "\n"


def _failures(measured: Sequence[Row], reasons: Mapping[str, str]) -> str:
    lines = ["## What fails, and why", ""]
    for row in measured:
        if row.failures:
            lines += [f"**{row.name}** {reasons.get(f'rows/{row.name}', '')}".rstrip(), ""]
            for failure in row.failures:
                reason = reasons.get(failure.name, "")
                lines.append(f"- `{failure.name}`: {failure.why}." + (f" {reason}" if reason else ""))
            lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def _reasons() -> Mapping[str, str]:
    """Case -> why it fails and may, in words."""
    found: Mapping[str, Mapping[str, str]] = tomllib.loads(
        (resources.files(__package__) / "reasons.toml").read_text("utf-8")
    )
    return {f"{corpus}/{case}": reason for corpus, cases in found.items() for case, reason in cases.items()}


if __name__ == "__main__":
    main()

"""`mailsla sla`: tries and proves how deadlines are counted."""

from collections.abc import Sequence
from pathlib import Path
from typing import get_args

import click

from mailsla.adapters import zones
from mailsla.cli.calendars import chosen, instant_of, span_of
from mailsla.cli.due_text import due_lines, json_of
from mailsla.cli.output import DONE, FAILED, clean, iso, json_option, print_json
from mailsla.cli.sla_objectives import objectives
from mailsla.cli.sla_open import OPEN
from mailsla.cli.sla_policies import diff, policies
from mailsla.cli.sla_simulate import simulate
from mailsla.cli.verify_text import difference_lines
from mailsla.core.sla.targets import EndOf, Roll, parse_target
from mailsla.core.sla.trial import tried
from mailsla.core.sla.vectors import VectorError, Verdict, verdict
from mailsla.errors import PermanentError

Refused = tuple[str, VectorError]  # where (FILE:LINE), and what is wrong with the line


@click.group(name="sla")
def command() -> None:
    """Try, prove and recompute how deadlines are counted."""
    zones.use_packaged_tzdata()


for _verb in (*OPEN, simulate, objectives, policies, diff):
    command.add_command(_verb)


@command.command()
@click.argument("files", metavar="FILE...", type=click.Path(path_type=Path), nargs=-1, required=True)
@json_option
def verify(files: Sequence[Path], as_json: bool) -> int:
    """Check this installation's clocks against known answers.

    A vector is a line of JSON: a calendar, a question and the right answer (docs/vectors.md). What differs is printed.
    Worth running after an update of mailsla or of the time zone data (tzdata), with deadlines of your own. Needs no
    configuration.

    Exit code 0: all agree; 1: some differ, or a line is no vector.

    \b
    Example: mailsla sla verify deadlines.jsonl
    """
    release = zones.tzdata_version()
    found: list[tuple[str, Verdict]] = []
    refused: list[Refused] = []
    for file in files:
        for number, line in enumerate(_lines(file), start=1):
            if line.strip():
                where = f"{file}:{number}"
                try:
                    found.append((where, verdict(line, zones.zone, release)))
                except VectorError as error:
                    refused.append((where, error))
    if not found and not refused:
        raise PermanentError(f"{', '.join(map(str, files))}: there is no vector in it", "name a file of vectors")
    differ = [(where, one) for where, one in found if one.applies and not one.agrees]
    counts = {
        "agree": sum(one.applies and one.agrees for _, one in found),
        "differ": len(differ),
        "other_release": sum(not one.applies for _, one in found),
        "malformed": len(refused),
    }
    if as_json:
        print_json({"tzdata": release, **counts, "lines": _rows(differ, refused)})
    else:
        for where, one in differ:
            click.echo("\n".join(difference_lines(where, one)))
        for where, fault in refused:
            click.echo(f"{clean(where)}: {clean(fault.message)}\n  mend: {clean(fault.mend)}")
        click.echo(_summary(counts, release))
    return DONE if counts["agree"] and not differ and not refused else FAILED


def _lines(file: Path) -> list[str]:
    try:
        return file.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise PermanentError(f"{file}: can't be read: {error.strerror}", "name a file of vectors") from error
    except UnicodeDecodeError as error:
        raise PermanentError(f"{file}: is not UTF-8 (byte {error.start})", "save it as UTF-8") from error


def _rows(differ: Sequence[tuple[str, Verdict]], refused: Sequence[Refused]) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = [
        {"where": where, "id": one.label, "kind": one.kind, "expected": one.expected, "got": one.got}
        for where, one in differ
    ]
    return rows + [{"where": where, "what": fault.message, "mend": fault.mend} for where, fault in refused]


def _summary(counts: dict[str, int], release: str) -> str:
    """ "598 agree, 0 differ, 3 are not for this time zone data (2026f)"."""
    parts = [f"{counts['agree']} agree", f"{counts['differ']} differ"]
    if counts["other_release"]:
        verb = "is" if counts["other_release"] == 1 else "are"
        parts.append(f"{counts['other_release']} {verb} not for this time zone data ({release})")
    else:
        parts[-1] += f" (time zone data {release})"
    if counts["malformed"]:
        parts.append(f"{counts['malformed']} can't be read")
    return ", ".join(parts)


@command.command()
@click.option("--calendar", "name", metavar="NAME", help="Whose hours count.  [default: the only one]")
@click.option("--from", "since", metavar="TIME", default="now", show_default=True, help="When it comes in.")
@click.option("--target", metavar="TARGET", required=True, help='"8h", "2 business days", "8 weeks" ...')
@click.option("--pause", "pauses", metavar="TIME/TIME", multiple=True, help="Time that does not count; repeatable.")
@click.option("--end-of", type=click.Choice(get_args(EndOf)), default="close", help="When a business day ends.")
@click.option("--roll", type=click.Choice(get_args(Roll)), default="none", help="Whether a date moves off closed days.")
@json_option
@click.pass_obj
def due(
    config: Path | None,
    /,
    name: str | None,
    since: str,
    target: str,
    pauses: Sequence[str],
    end_of: EndOf,
    roll: Roll,
    as_json: bool,
) -> None:
    """Try out a deadline: when it is due, and why then.

    A TIME is one of the calendar's zone, "2026-12-23 15:00", or has its offset, "2026-12-23T15:00+01:00". Pauses move
    targets in hours and minutes only.

    \b
    Example: mailsla sla due --from "2026-12-23 15:00" --target 12h
             mailsla sla due --calendar office --from "2026-12-23 15:00" --target "2 business days" --json
    """
    from mailsla.bootstrap import system_clock  # slow to import, and `verify` needs none of it
    from mailsla.config.load import find, load

    calendar = chosen(load(find(config)).calendars, name)
    wanted = parse_target(target, end_of, roll)
    if pauses and wanted.seconds is None:
        raise PermanentError(f"a target of {wanted.written} is a deadline: no pause moves it", "leave --pause out")
    start = system_clock() if since == "now" else instant_of(since, calendar.zone)
    found = tried(wanted, calendar, start, [span_of(pause, calendar.zone) for pause in pauses])
    if as_json:
        print_json({"calendar": calendar.spec.name, "from": iso(start), **json_of(found, calendar.zone, wanted)})
    else:
        click.echo("\n".join(due_lines(found, calendar.zone, start)))

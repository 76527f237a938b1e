"""`mailsla health`: whether all goes on as it should, for a person and for monitoring."""

from collections.abc import Sequence
from pathlib import Path

import click

from mailsla.cli import words
from mailsla.cli.output import DONE, FAILED, TEMPORARY, clean, iso, json_option, message_of, print_json
from mailsla.core.health import Check, Measures, judge
from mailsla.core.model import Instant
from mailsla.errors import TemporaryError

MODEL = "learned categories"
NAMES = {  # a measure -> what it counts
    "unprocessed": ("mail", "not looked at yet"),
    "unsent": ("letter", "that should have gone"),
    "held": ("mail", "held for a person"),
    "quarantined": ("mail", "that could not be read"),
    "in_doubt": ("letter", "possibly sent, held for a person"),
    "failed": ("letter", "that failed"),
}


@click.command()
@json_option
@click.pass_obj
def command(config: Path | None, as_json: bool) -> int:
    """Say whether all goes on as it should: what waits too long, which mailbox is not read, whether a daemon runs, how
    old the last backup is, and whether the disk has room.

    It looks into the database only, so it works whether the daemon runs or not. Exit code 0: all is well; 1: something
    is not; 75: the database can't be reached.

    \b
    Example: mailsla health
             mailsla health --json
    """
    from mailsla import bootstrap
    from mailsla.config.load import find, load
    from mailsla.flows.health import measure
    from mailsla.flows.learning import deciding

    settings = load(find(config))
    now = bootstrap.system_clock()
    try:
        store = bootstrap.open_store(settings)
        try:
            measures = measure(store, settings, now, bootstrap.space_of(settings))
            loaded = deciding(store, bootstrap.unpack)
        finally:
            store.close()
    except TemporaryError as error:
        _print_unreachable(error, now, as_json)
        return TEMPORARY
    checks = judge(measures, settings.limits.queue_alarm_seconds, settings.limits.backup_alarm_seconds)
    if loaded is not None:
        checks = (*checks, Check(MODEL, loaded.fault is None, count=loaded.kept.id))
    well = all(check.well for check in checks)
    if as_json:
        print_json({"well": well, "at": iso(now), "checks": [_row(check, measures) for check in checks]})
    else:
        click.echo("\n".join(_lines(checks, measures)))
    return DONE if well else FAILED


def _print_unreachable(error: TemporaryError, now: Instant, as_json: bool) -> None:
    if as_json:
        row = {"what": "database", "well": False, "cause": error.message, "mend": error.mend}
        print_json({"well": False, "at": iso(now), "checks": [row]})
    else:
        click.echo(message_of(error), err=True)


def _row(check: Check, measures: Measures) -> dict[str, object]:
    return {
        "what": check.what,
        "well": check.well,
        "count": check.count,
        "since": iso(check.since),
        "seconds": None if check.since is None else measures.at - check.since,
        "most_seconds": check.most,
        **({"size_bytes": check.size, "free_bytes": check.free} if check.what == "database" else {}),
    }


def _lines(checks: Sequence[Check], measures: Measures) -> list[str]:
    facts = [("ok" if check.well else "PROBLEM", f"{clean(check.what)}: {_said(check, measures)}") for check in checks]
    wrong = sum(not check.well for check in checks)
    summary = "All is well." if not wrong else f"{wrong} problem{'' if wrong == 1 else 's'}."
    return [*words.facts([(mark.ljust(7), said) for mark, said in facts], indent=0), "", summary]


def _said(check: Check, measures: Measures) -> str:
    if check.what == "database":
        if check.size is None or check.free is None:
            return "reached"
        return f"{words.size_of(check.size)}, {words.size_of(check.free)} free on its disk"
    ago = "" if check.since is None else words.span(measures.at - check.since)
    most = "" if check.most is None else f" (at most {words.span(check.most)})"
    if check.what == MODEL:
        usable = "decides" if check.well else "can't be used, and the lexicon decides: mailsla check"
        return f"version {check.count} {usable}"
    if check.what == "daemon":
        return {0: "none runs on this database", 1: "one runs"}.get(check.count or 0, f"{check.count} run")
    if check.what in NAMES:
        noun, what = NAMES[check.what]
        return f"{check.count} {noun}{'' if check.count == 1 else 's'} {what}, for {ago}{most}" if ago else "none"
    if check.what == "backup":
        return f"last one {ago} ago{most}" if ago else f"none was made yet{most}: mailsla db backup FILE"
    if check.what == "restore":
        names = words.listing(measures.database.unreconciled)
        return f"{ago} ago, and mail since the backup is still to be brought back: mailsla mailbox reconcile ({names})"
    return f"last read {ago} ago{most}" if ago else f"never read yet{most}"

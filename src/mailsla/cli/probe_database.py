"""What `mailsla check` says of the database: whether it is there, of this version, and fits the configuration."""

import os
from contextlib import closing
from pathlib import Path

from mailsla.cli.finding import Finding, State, failed, warned
from mailsla.config.settings import Settings
from mailsla.errors import MailslaError

WHAT = "database"


def database(settings: Settings) -> list[Finding]:
    """Makes nothing that is not there."""
    from mailsla.adapters.db.engine import database_file
    from mailsla.adapters.db.migrate import state

    try:
        file = database_file(settings.database)
        if file is not None and (broken := place_of(file)):
            return [broken]
        found = state(settings.database)
        if found == "newer":
            mend = "upgrade mailsla, or name another database"
            return [Finding(State.WRONG, WHAT, "it is of a newer version of mailsla", mend)]
        where = str(file) if file else "the configured server"
        if found != "current":
            said = "it is not there yet" if found == "absent" else "it is of an earlier version of mailsla"
            return [Finding(State.WRONG, WHAT, f"{where}: {said}", "mailsla db upgrade")]
        return [Finding(State.OK, WHAT, where), *_orphans(settings), *_learned(settings)]
    except MailslaError as error:
        return failed(WHAT, error)


def place_of(file: Path) -> Finding | None:
    """What is wrong with where an SQLite database is, or is to be."""
    folder = file.parent
    if not folder.is_dir():
        mend = f"make the folder: mkdir -p {folder}; then: mailsla db upgrade"
        return Finding(State.WRONG, WHAT, f"{file}: there is no folder {folder}", mend)
    if file.is_dir():
        return Finding(State.WRONG, WHAT, f"{file}: it is a folder", "name a file in it: database.url")
    if not os.access(folder, os.W_OK) or (file.exists() and not os.access(file, os.W_OK)):
        mend = "let the user that mailsla runs as write it and its folder"
        return Finding(State.WRONG, WHAT, f"{file}: it can't be written", mend)
    return None


def _learned(settings: Settings) -> list[Finding]:
    """What was learned, where something was."""
    from mailsla import bootstrap
    from mailsla.flows.learning import deciding

    with closing(bootstrap.open_store(settings)) as store:
        loaded = deciding(store, bootstrap.unpack)
    if loaded is None:
        return []
    what, fault = "learned categories", loaded.fault
    if fault is not None:
        return [Finding(State.WARNING, what, f"{fault.message}; the lexicon decides instead", fault.mend)]
    return [Finding(State.OK, what, f"version {loaded.kept.id}, of {loaded.kept.labels} labels, decides")]


def _orphans(settings: Settings) -> list[Finding]:
    from mailsla import bootstrap
    from mailsla.flows.orphans import orphans

    with closing(bootstrap.open_store(settings)) as store:
        return [warned(problem) for problem in orphans(store, settings)]

"""The services of a command that works on the configured database: opened, and closed afterwards."""

import os
import pwd
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mailsla.flows.services import Services


@contextmanager
def opened(config: Path | None) -> Iterator[Services]:
    """Raises ConfigError when the configuration or the database can't be used, TemporaryError when it is locked."""
    from mailsla import bootstrap  # slow to import, and --help needs none of it
    from mailsla.config.load import find, load

    made = bootstrap.services(load(find(config)))
    try:
        yield made
    finally:
        made.store.close()


def user() -> str:
    """The login name of this process, for the audit trail; its number where the system has no name for it."""
    number = os.geteuid()
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)

"""Which pages there are."""

from collections.abc import Callable, Mapping
from pathlib import Path

from man.commands import commands
from man.settings import settings

_HERE = Path(__file__).parent

PAGES: Mapping[Path, Callable[[], str]] = {
    _HERE / "man1" / "mailsla.1": commands,
    _HERE / "man5" / "mailsla.toml.5": settings,
}

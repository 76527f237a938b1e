"""The rows of the torture, each a module with its `ROWS`."""

from importlib import import_module
from pkgutil import iter_modules

from torture.row import Row


def rows() -> list[Row]:
    """All of them, in the order of their modules' names."""
    modules = sorted(one.name for one in iter_modules(__path__))
    return [row for name in modules for row in import_module(f"{__name__}.{name}").ROWS]

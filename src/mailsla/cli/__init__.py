"""The command line: the only room that prints and exits."""

from mailsla.cli.main import main

__all__ = ["main"]

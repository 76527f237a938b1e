"""Text as groff_man(7) wants it."""

import re
from collections.abc import Iterable


def text(plain: str) -> str:
    """A line of text in which nothing is a command; `code` in backticks becomes bold."""
    escaped = plain.replace("\\", r"\e").replace("-", r"\-").replace("~", r"\(ti").replace("^", r"\(ha")
    escaped = escaped.replace("'", r"\(aq").replace('"', r"\(dq").replace("·", r"\(pc").replace("…", r"\&...")
    escaped = escaped.replace("|", r"|\:")  # a line may break after it
    escaped = re.sub(r"`([^`]+)`", r"\\fB\1\\fR", escaped)
    return rf"\&{escaped}" if escaped.startswith(".") else escaped


def heading(macro: str, title: str) -> str:
    """.SH, .SS"""
    return f'.{macro} "{text(title)}"'


def paragraph(lines: Iterable[str]) -> list[str]:
    """Filled."""
    return [".PP", *map(text, lines)]


def verbatim(lines: Iterable[str]) -> list[str]:
    """Each line for itself, indented."""
    return [".PP", ".RS 4", ".nf", *(text(line) or r"\&" for line in lines), ".fi", ".RE"]


def tagged(term: str, lines: Iterable[str], aside: str = "") -> list[str]:
    """A term, beside it what it is, and under it what it means."""
    return [".TP", rf"\fB{text(term)}\fR {text(aside)}".rstrip(), *map(text, lines)]


def page(name: str, section: int, about: str, body: Iterable[str]) -> str:
    """A whole page."""
    head = [
        r".\" Made by `make man`; do not edit.",
        f'.TH "{name.upper() if section == 1 else name}" {section} "" "mailsla" "mailsla"',
        ".nh",
        ".ad l",
        ".SH NAME",
        rf"{text(name)} \- {text(about)}",
    ]
    return "\n".join([*head, *body]) + "\n"

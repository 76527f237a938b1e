"""`#wait vendor NAME [LENGTH]`: which supplier is meant, and until when they owe us an answer."""

import re
from collections.abc import Mapping

from mailsla.core.commands.changes import AskSupplier
from mailsla.core.commands.grammar import closest
from mailsla.core.directory import Directory, Supplier
from mailsla.core.model import Instant, Reason
from mailsla.core.sla.calendar import Calendar
from mailsla.core.sla.targets import TargetError, due_of, parse_target

_BARE_DAYS = re.compile(r"(\d{1,4})\s*d(?:ays?)?", re.IGNORECASE | re.ASCII)


def read_vendor(
    words: str, directory: Directory, calendars: Mapping[str, Calendar], now: Instant
) -> tuple[Reason, AskSupplier | None, str]:
    """(what is said, the change, the supplier that was meant); without a change it is refused.

    A bare "2d" means business days of the supplier's calendar, and what is said has the exact time.
    """
    name, _, length = words.strip().partition(" ")
    supplier = directory.suppliers.get(name)
    if supplier is None:
        known = ", ".join(sorted(directory.suppliers))
        near = closest(name, tuple(directory.suppliers))
        return Reason("supplier_unknown", {"name": name[:80], "known": known or "-"}), None, near
    target = _target(length.strip()) or supplier.target
    if not target:
        return Reason("waiting_for_supplier", {"supplier": called(supplier)}), AskSupplier(name, ""), ""
    calendar = calendars.get(supplier.calendar)
    if calendar is None:
        return Reason("supplier_without_calendar", {"name": name}), None, ""
    try:
        until = due_of(parse_target(target), calendar, now)
    except TargetError as wrong:
        return Reason("supplier_length", {"what": wrong.message, "mend": wrong.mend}), None, ""
    values = {"supplier": called(supplier), "until": until}
    return Reason("waiting_for_supplier", values), AskSupplier(name, target), ""


def called(supplier: Supplier) -> str:
    """As people here call it."""
    return supplier.display_name or supplier.name


def _target(length: str) -> str:
    days = _BARE_DAYS.fullmatch(length)
    if days is None:
        return length
    return f"{days[1]} business day{'s' if int(days[1]) > 1 else ''}"

"""Rows as CSV (RFC 4180) that a spreadsheet may open: no cell of somebody's is taken for a formula."""

import csv
import io
from collections.abc import Mapping, Sequence

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16")  # the second: with a byte order mark, by which Excel knows it


def csv_bytes(
    columns: Sequence[str], rows: Sequence[Mapping[str, object]], *, unknown: str, encoding: str = "utf-8"
) -> bytes:
    """A header, then a record a row, each ended by CRLF. `unknown` stands for None."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([unknown if row[name] is None else harmless(row[name]) for name in columns])
    return text.getvalue().encode(encoding)


def harmless(value: object) -> str:
    """As text; what a spreadsheet would work out begins with an apostrophe instead (numbers of ours do not)."""
    text = str(value).replace("\0", "")
    return f"'{text}" if not isinstance(value, int | float) and text.lstrip(" \u00a0").startswith(FORMULA) else text

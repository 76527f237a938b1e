"""Sizes as people write them: 5000000, "5 MB", "200 kB" (decimal units, as all sizes that mailsla prints)."""

import re

_UNITS = {"": 1, "b": 1, "bytes": 1, "kb": 1000, "mb": 10**6, "gb": 10**9}
_SIZE = re.compile(r"\s*(\d{1,12}(?:\.\d{1,3})?)\s*([a-zA-Z]*)\s*", re.ASCII)


def octets(size: int | str) -> int:
    """How many octets that is; raises ValueError for what is no size."""
    if isinstance(size, int):
        if size < 0:
            raise ValueError(f"{size} is no size")
        return size
    found = _SIZE.fullmatch(size)
    if found is None or found[2].lower() not in _UNITS:
        raise ValueError(f'"{size}" is no size: write 5000000, "5 MB" or "200 kB"')
    return round(float(found[1]) * _UNITS[found[2].lower()])

"""What the preset says about each setting, in its comments."""

import re
from collections import defaultdict

from mailsla.config.file import NAMED

_BANNER = re.compile(r"# -{20,}")
_TABLE = re.compile(r"(?:#|# )?\[+(?P<path>[\w.]+)\]+ *(?:# (?P<said>.*))?")
_SETTING = re.compile(r"(?:#|# #?)?(?P<key>[a-z_]+)(?:\.\w+)? = (?P<rest>.*)")
_AFTER = re.compile(r""" +# (?P<said>(?:[^"']|"[^"]*"|'(?=\w))*)$""")
_MORE = re.compile(r"#? {2,}(?:# |\{.*# )(?P<said>.*)")


class Comments:
    """`of[table, key]`: what stands behind it, and in the lines below. `above[table]`: the paragraphs before it."""

    def __init__(self, toml: str) -> None:
        self.of: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
        self.above: defaultdict[str, list[list[str]]] = defaultdict(list)
        self._table = ""
        self._last: list[str] = []  # where a comment goes on
        self._prose: list[list[str]] = [[]]
        for line in toml.splitlines():
            self._read(line)

    def _read(self, line: str) -> None:
        if table := _TABLE.fullmatch(line):
            self._table = bare(table["path"])
            self.above[self._table] += [lines for lines in self._prose if lines]
            self._prose, self._last = [[]], []
        elif more := _MORE.match(line):
            self._last.append(more["said"])
        elif setting := _SETTING.fullmatch(line):
            known = (self._table, setting["key"]) in self.of  # of several tables the first says it
            self._last = [] if known else self.of[self._table, setting["key"]]
            if said := _AFTER.search(setting["rest"]):
                self._last.append(said["said"])
        elif _BANNER.match(line):
            self._prose = [[]]
        elif line.startswith("# "):
            self._prose[-1].append(line.removeprefix("# "))
        else:
            self._prose.append([])


def bare(path: str) -> str:
    """Without the names that the operator chooses: agents.sam -> agents."""
    first, *rest = path.split(".")
    return ".".join([first, *rest[1:]] if first in (*NAMED, "calendars") else [first, *rest])

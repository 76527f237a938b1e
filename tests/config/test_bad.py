"""Each file in bad/ is a wrong configuration that begins with what must be said about it: all of it, and no more.

`# expects: line key | what | mend`, then a line for each problem in the order of the file; "-" where no line has it.
"""

from pathlib import Path
from typing import NamedTuple

import pytest

from mailsla.config.load import parse
from mailsla.errors import ConfigError

FILES = sorted((Path(__file__).parent / "bad").glob("*.toml"))
FOLDER = Path("/nowhere")


class Expected(NamedTuple):
    where: str
    what: str
    mend: str


def expected_of(text: str, name: str) -> list[Expected]:
    head, *rest = text.splitlines()
    assert head == "# expects: line key | what | mend"
    found = []
    for line in rest:
        if not line.startswith("# "):
            break
        place, what, mend = line.removeprefix("# ").split(" | ")
        number, _, key = place.partition(" ")
        where = name if number == "-" else f"{name}:{number}"
        found.append(Expected(f"{where}: {key}" if key else where, what, mend))
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_everything_that_is_wrong_is_said_at_once_with_its_line_and_mend(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    expected = expected_of(text, path.name)
    with pytest.raises(ConfigError) as refused:
        parse(text, FOLDER, path.name)
    problems = refused.value.problems
    assert [problem.where for problem in problems] == [one.where for one in expected]
    for problem, one in zip(problems, expected, strict=True):
        assert one.what in problem.what
        assert one.mend in problem.mend


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_no_message_repeats_a_secret(path: Path) -> None:
    with pytest.raises(ConfigError) as refused:
        parse(path.read_text(encoding="utf-8"), FOLDER, path.name)
    assert "hunter2" not in str(refused.value)

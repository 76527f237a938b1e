"""The list of points is made from the code, production knows nothing of it, and arming leaves nothing behind."""

import ast
from pathlib import Path

import pytest

from tests.failpoints.arming import armed, told
from tests.failpoints.points import SRC, Point, points


def test_there_are_points_around_commits_statements_sockets_and_files() -> None:
    kinds = {point.place.kind for point in points()}
    assert kinds == {"commit", "statements", "port", "socket", "files"}
    assert len(points()) >= 300


def test_every_commit_in_the_code_is_one() -> None:
    written = sum(
        path.read_text(encoding="utf-8").count("uow.commit()")
        for path in SRC.rglob("*.py")
        if not path.is_relative_to(SRC / "ports")
    )
    commits = [point for point in points() if point.place.kind == "commit"]
    assert len(commits) == 2 * written


def test_production_knows_nothing_of_it() -> None:
    """Off means that there is nothing: no import, no test of a switch."""
    imported: set[str] = set()
    for path in SRC.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                imported.add((node.module or "").split(".")[0])
            elif isinstance(node, ast.Import):
                imported |= {name.name.split(".")[0] for name in node.names}
    assert "mailsla" in imported
    assert not imported & {"tests", "torture"}


def test_arming_leaves_nothing_behind() -> None:
    def state() -> list[tuple[str, object]]:
        seams = [seam for point in points() for seam in point.place.seams]
        return [(f"{seam.owner}.{seam.attribute}", vars(seam.holder()).get(seam.attribute)) for seam in seams]

    before = state()
    with pytest.raises(RuntimeError), told(points(), lambda *_: None):
        assert state() != before
        raise RuntimeError("in the middle")
    assert state() == before


def test_a_point_strikes_at_its_nth_pass_and_only_for_its_caller() -> None:
    point = next(one for one in points() if one.name == "maildir.MaildirSource.mark: touch before")
    with armed(point, _strike) as passed:
        Path(__file__).touch()
    assert passed == [0]


def _strike(_: object) -> None:
    raise AssertionError("struck")


def test_names_tell_points_apart() -> None:
    names = [point.name for point in points()]
    assert len(set(names)) == len(names)
    assert isinstance(points()[0], Point)

"""When a new blend replaces what decides now: never for the worse."""

import pytest

from mailsla.core.triage.adoption import by_cross_validation, by_paired_test, held_back, worse
from mailsla.core.triage.measures import Judged


def judged(right: str, category: str = "delivery") -> list[Judged]:
    """One decision a character: "+" right, "-" wrong."""
    return [Judged(category, category if one == "+" else "other", 0.5) for one in right]


@pytest.mark.parametrize(
    ("now", "new", "adopted"),
    [
        ("++--", "+++-", True),
        ("++--", "--++", True),  # not worse
        ("+++-", "++--", False),
        ("", "", True),
    ],
)
def test_few_labels_ask_that_it_is_not_worse_in_cross_validation(now: str, new: str, adopted: bool) -> None:
    assert by_cross_validation(judged(now), judged(new)).adopted is adopted


@pytest.mark.parametrize(
    ("losses", "gains", "chance"),
    [(0, 0, 1.0), (1, 0, 0.5), (5, 0, 1 / 32), (3, 3, 42 / 64), (0, 5, 1.0)],
)
def test_the_paired_test_is_the_exact_sign_test(losses: int, gains: int, chance: float) -> None:
    now = judged("+" * losses + "-" * gains + "+" * 20)
    new = judged("-" * losses + "+" * gains + "+" * 20)
    assert worse(now, new) == pytest.approx(chance)


@pytest.mark.parametrize(("losses", "adopted"), [(4, True), (5, False)])
def test_from_200_labels_on_it_must_not_be_worse_by_the_paired_test(losses: int, adopted: bool) -> None:
    parts = [judged("+" * 25, name) for name in "ab"]  # of each too few for its recall to count
    now = [*parts[0], *parts[1]]
    new = [*judged("-" * losses + "+" * (25 - losses), "a"), *parts[1]]
    verdict = by_paired_test(now, new)
    assert (verdict.adopted, verdict.reason.code) == (
        adopted,
        "adopted_paired_test" if adopted else "kept_paired_test",
    )


@pytest.mark.parametrize(
    ("count", "lost", "adopted"),
    [(30, 2, False), (40, 2, True), (29, 2, True), (40, 3, False)],  # 2 of 40 are 5 points, and no more
)
def test_no_category_with_30_labels_loses_over_5_points_of_recall(count: int, lost: int, adopted: bool) -> None:
    better = judged("-" * 40, "billing"), judged("+" * 40, "billing")
    now = [*judged("+" * count), *better[0]]
    new = [*judged("-" * lost + "+" * (count - lost)), *better[1]]
    assert by_paired_test(now, new).adopted is adopted


def test_the_newest_that_it_has_not_seen_are_held_back() -> None:
    labels = [(at, f"text {at}") for at in range(300)]
    assert held_back(labels, [at < 251 for at in range(300)]) is None
    assert held_back(labels, [at < 200 for at in range(300)]) == tuple(range(250, 300))
    assert held_back(labels * 10, [False] * 3000) is not None
    assert len(held_back(labels * 10, [False] * 3000) or ()) == 100


def test_of_labels_made_at_once_a_draw_holds_some_back_not_the_last_of_the_file() -> None:
    labels = [(7, f"text {number}") for number in range(500)]
    drawn = held_back(labels, [False] * 500) or ()
    assert len(drawn) == 50
    assert min(drawn) < 100 < 400 < max(drawn)
    assert drawn == held_back(labels, [False] * 500)

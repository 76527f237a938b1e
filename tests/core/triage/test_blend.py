"""What was learned, blended with the lexicon by a recipe."""

import pytest

from mailsla.core.directory import Category
from mailsla.core.triage.blend import competing, most_of_lexicon, same_way, shares
from mailsla.core.triage.features import features
from mailsla.core.triage.learned import Recipe
from mailsla.core.triage.words import Words

OWN = (Category(name="billing"), Category(name="delivery"))


def test_certainties_are_ordered_and_together_one() -> None:
    found = shares({"a": 0.5, "b": -0.5, "c": -1.0}, {}, Recipe())
    assert [name for name, _ in found] == ["a", "b", "c"]
    assert sum(certainty for _, certainty in found) == pytest.approx(1)


def test_the_lexicon_counts_by_its_weight() -> None:
    scores, lexicon = {"a": 0.2, "b": -0.2}, {"b": 0.8}
    assert shares(scores, lexicon, Recipe(lexicon=0.0))[0][0] == "a"
    assert shares(scores, lexicon, Recipe(lexicon=1.0))[0][0] == "b"


def test_a_category_that_only_the_lexicon_knows_stays_possible() -> None:
    nothing_fits = {"a": -1.0, "b": -1.0}
    assert shares(nothing_fits, {"new": 0.9}, Recipe(lexicon=1.0))[0][0] == "new"
    assert shares({"a": 0.9, "b": -1.0}, {"new": 0.9}, Recipe(lexicon=1.0))[0][0] == "a"


def test_the_curve_changes_certainty_and_no_order() -> None:
    doubting = Recipe(slope=0.5, offset=-0.5)
    plain, doubted = (shares({"a": 0.5, "b": -0.5}, {}, one) for one in (Recipe(), doubting))
    assert plain[0][0] == doubted[0][0] == "a"
    assert plain[0][1] > doubted[0][1] >= doubted[1][1]


def test_the_lexicon_may_count_less_with_each_label() -> None:
    assert [most_of_lexicon(labels) for labels in (50, 200, 400, 4000)] == [8.0, 2.0, 1.0, 0.1]


@pytest.mark.parametrize(
    ("named", "names"),
    [
        ((), ["billing", "delivery"]),
        (("billing",), ["billing", "delivery"]),
        (("billing", "promo", "promo"), ["billing", "delivery", "promo"]),
        (("card_arrival", "top_up", "billing", "top_up"), ["card_arrival", "top_up", "billing"]),  # another way to sort
    ],
)
def test_the_categories_that_compete(named: tuple[str, ...], names: list[str]) -> None:
    assert [one.name for one in competing(OWN, named)] == names
    assert same_way(["billing", "delivery"], named) is ("top_up" not in named)


def test_words_pairs_and_pieces_stand_in_their_words() -> None:
    found = {(name, last, width) for name, last, width in features(Words.of("", "Too late. Paid").folded)}
    assert {("too", 1, 1), ("late", 2, 1), ("too late", 2, 2), ("~<la", 2, 1), ("~late>", 2, 1)} <= found
    assert not any(" paid" in name for name, _, _ in found)  # no pair reaches over the end of a sentence


def test_chinese_is_read_by_one_to_three_characters_in_a_row() -> None:
    names = [name for name, _, _ in features(Words.of("", "要退款 ok").folded)]
    assert {"~要", "~退", "~要退", "~退款", "~要退款", "ok"} <= set(names)

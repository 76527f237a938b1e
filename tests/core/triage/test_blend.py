"""What was learned, blended with the lexicon by a recipe."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from mailsla.core.directory import Category
from mailsla.core.triage.blend import Blend, competing, most_of_lexicon, same_way, shares
from mailsla.core.triage.features import features, groups
from mailsla.core.triage.learned import Because, Recipe
from mailsla.core.triage.triage import TriageResult, triage
from mailsla.core.triage.words import Words
from tests.core.triage.desk import desk, mail

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
    grouped = list(groups(Words.of("", "Too late. Paid").folded))
    found = {(name, last, width) for names, last, width in grouped for name in names}
    assert {("too", 1, 1), ("late", 2, 1), ("too late", 2, 2), ("~<la", 2, 1), ("~late>", 2, 1)} <= found
    assert not any(" paid" in name for name, _, _ in found)  # no pair reaches over the end of a sentence


def test_chinese_is_read_by_one_to_three_characters_in_a_row() -> None:
    names = set(features(Words.of("", "要退款 ok").folded))
    assert {"~要", "~退", "~要退", "~退款", "~要退款", "ok"} <= names


class Knows:
    """A model that reads the same in any text."""

    version = 7

    def __init__(self, scores: Mapping[str, float], recipe: Recipe) -> None:
        self.scores, self.recipe, self.categories = scores, recipe, tuple(scores)

    def read(self, _words: Words) -> "Knows":
        return self

    def because(self, category: str, other: str) -> Because:
        return Because((category,), (other,))


def decided(scores: Mapping[str, float], recipe: Recipe, *, threshold: float = 0.5) -> TriageResult:
    own = replace(desk(), threshold=threshold)
    return triage(mail("qwertz"), own, Blend(Knows(scores, recipe), competing(own.categories, list(scores))))


def test_the_threshold_is_the_model_s_and_before_it_has_one_the_configured() -> None:
    scores = {"billing": 0.2, "delivery": -0.3}
    assert decided(scores, Recipe(), threshold=0.5).category == "billing"
    assert decided(scores, Recipe(), threshold=0.95).stage == "unsure"
    assert decided(scores, Recipe(threshold=0.5), threshold=0.95).stage == "learned"


def test_where_a_category_that_the_configuration_lacks_is_likeliest_a_person_decides() -> None:
    result = decided({"gadgets": 0.5, "billing": 0.4, "delivery": -1.0}, Recipe(threshold=0.1))
    assert (result.category, result.stage) == (None, "unsure")
    assert [one.category for one in result.likeliest] == ["billing", "delivery"]


def test_why_is_told_by_version_words_and_runner_up() -> None:
    result = decided({"billing": 0.9, "delivery": -1.0}, Recipe())
    assert (result.model, result.runner_up) == (7, "delivery")
    told = {reason.code: reason.values for reason in result.reasons}
    assert told["category_learned"]["model"] == 7
    assert told["category_learned"]["words"] == "billing"
    assert told["category_against"]["words"] == "delivery"
    assert told["category_runner_up"]["category"] == "delivery"

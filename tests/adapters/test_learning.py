"""Fitting and scoring: what is learned, how it is kept, and that both read a text alike."""

import math

import numpy as np
import pytest

from mailsla.adapters.fitting import Fitter
from mailsla.adapters.scoring import MAGIC, DamagedModel, Model, unpacked
from mailsla.adapters.tuning import best_mix, tuned
from mailsla.core.triage.blend import shares
from mailsla.core.triage.learned import Recipe
from mailsla.core.triage.learning import Example, learn
from mailsla.core.triage.words import Words

LATE = ("the parcel came late", "parcel lost again", "the courier left the parcel outside", "late late courier")
PAID = ("charged twice", "wrong invoice amount", "the invoice was paid already", "charged too much on my invoice")
REFUND = ("我要退款", "请尽快退款给我")


def examples(times: int = 6) -> list[Example]:
    texts = [(text, "delivery") for text in LATE] + [(text, "billing") for text in PAID]
    texts += [(text, "returns") for text in REFUND]
    many = [(f"{text} {number}", category) for number in range(times) for text, category in texts]
    return [Example(Words.of("", text), category, {}, number) for number, (text, category) in enumerate(many)]


def silent(_what: str, _done: int, _of: int) -> None:
    """No progress is told."""


@pytest.fixture(scope="module")
def content() -> bytes:
    known = examples()
    return Fitter(known, silent).fitted(range(len(known)), Recipe())


@pytest.fixture
def model(content: bytes) -> Model:
    return unpacked(content, 3, Recipe())


@pytest.mark.parametrize(
    ("text", "category"),
    [("where is my parcel", "delivery"), ("an invoce that I had payed", "billing"), ("什么时候退款", "returns")],
)
def test_it_learns_words_their_pieces_and_chinese(model: Model, text: str, category: str) -> None:
    scores = model.read(Words.of("", text)).scores
    assert max(scores, key=lambda name: scores[name]) == category


def test_a_kept_model_scores_as_the_classifier_that_was_fitted() -> None:
    known = examples()
    fitter = Fitter(known, silent)
    recipe = Recipe(scale=0.5)  # certainties far from 0 and 1, where a difference shows
    judged = fitter.held_out(range(20, len(known)), range(20), recipe)
    model = unpacked(fitter.fitted(range(20, len(known)), recipe), 1, recipe)
    for one, other in zip(known[:20], judged, strict=True):
        best, certainty = shares(model.read(one.words).scores, {}, recipe)[0]
        assert best == other.guess
        assert certainty == pytest.approx(other.certainty, abs=0.001)  # the weights are kept as float16


def test_the_words_that_counted_are_those_that_the_customer_wrote(model: Model) -> None:
    because = model.read(Words.of("", "The PARCEL is late, and the invoice too")).because("delivery", "billing")
    assert {"PARCEL", "late"} <= set(because.words_for)
    assert "invoice" in because.words_against
    assert not {"<pa", "~par"} & {*because.words_for, *because.words_against}
    assert "退款" in "".join(model.read(Words.of("", "要退款")).because("returns", "billing").words_for)


def test_a_text_without_known_words_is_nothing_s(model: Model) -> None:
    assert all(math.isfinite(score) and score < 0 for score in model.read(Words.of("", "…")).scores.values())


@pytest.mark.parametrize(
    "spoil",
    [
        lambda content: b"",
        lambda content: content[: len(content) // 2],
        lambda content: content[:-1],
        lambda content: b"\x80\x04pickle" + content,
        lambda content: content.replace(b'"format": 1', b'"format": 9'),
        lambda content: content[: len(MAGIC)] + b"\xff\xff\xff\xff" + content[len(MAGIC) + 4 :],
        lambda content: content.replace(b'"words": ', b'"words": 9'),
    ],
)
def test_what_is_no_model_is_refused_with_the_mend(content: bytes, spoil: object) -> None:
    assert callable(spoil)
    with pytest.raises(DamagedModel, match="model 3 is damaged") as refused:
        unpacked(spoil(content), 3, Recipe())
    assert "triage learn" in refused.value.mend


def test_the_recipe_is_reckoned_as_the_core_decides() -> None:
    random = np.random.default_rng(1)
    truth = random.integers(0, 3, 200)
    scores = random.normal(-1, 0.5, (200, 3))
    scores[np.arange(200), truth] += 0.9
    lexicon = np.zeros((200, 3))
    lexicon[np.arange(200), random.integers(0, 3, 200)] = 0.7
    recipe = tuned(scores, lexicon, truth, 200, 1.0, 0.9)
    right = certain = 0.0
    for number in range(200):
        said = dict(zip("abc", scores[number], strict=True))
        best, certainty = shares(said, dict(zip("abc", lexicon[number], strict=True)), recipe)[0]
        right += best == "abc"[truth[number]]
        certain += certainty
    assert certain == pytest.approx(right, abs=3)  # as certain as it is right, over all


def test_a_lexicon_that_helps_gets_weight_and_one_that_misleads_none() -> None:
    random = np.random.default_rng(2)
    truth = random.integers(0, 3, 100)
    scores = random.normal(-1, 0.5, (100, 3))
    knows, misleads = np.eye(3)[truth], np.eye(3)[(truth + 1) % 3]
    assert best_mix(scores, knows, truth, 100).lexicon >= 2
    assert best_mix(scores + 2 * knows, misleads, truth, 100).lexicon == 0
    assert best_mix(scores, knows, truth, 4_000).lexicon <= 0.1  # by then its own labels count


def test_many_categories_of_few_labels_are_fitted_without_a_word_of_the_library(
    recwarn: pytest.WarningsRecorder,
) -> None:
    known = [Example(Words.of("", f"word{number}"), f"category {number % 30}", {}, number) for number in range(40)]
    learn(known, Fitter(known, silent), None, 0.9)
    assert [str(one.message) for one in recwarn] == []


def test_a_first_blend_is_adopted_and_keeps_a_lexicon_that_is_right() -> None:
    known = examples(3)
    learnt = learn(known, Fitter(known, silent), None, 0.9)
    assert learnt is not None
    assert learnt.verdict.adopted
    assert learnt.content
    noise = [
        Example(Words.of("", f"word{number}"), "ab"[number % 2], {"ab"[number % 2]: 0.9}, 0) for number in range(40)
    ]
    kept = learn(noise, Fitter(noise, silent), None, 0.9)
    assert kept is not None
    assert kept.content is not None  # the lexicon is right in all, and the blend with it

"""Storms of real texts: thirty of one intent among a hundred of others are found, hours without one are quiet."""

import csv
import random
from collections import defaultdict
from collections.abc import Sequence

import pytest

from mailsla.adapters.lexicons import load_languages
from mailsla.core.triage.incidents import Complaint, bursts, words_of
from mailsla.core.triage.usual import Usual
from mailsla.core.triage.words import Words
from tests.shared import shared

HISTORY, OTHERS, BURST = 600, 100, 30
SETS = {"banking77_train.csv": 1, "clinc150_train.csv": 1}  # name -> storms that may be missed of eight

Said = frozenset[str]


def of_file(name: str) -> list[tuple[str, Said]]:
    common = load_languages().function_words
    with shared(f"triage/{name}").open(encoding="utf-8", newline="") as file:
        return [(row["category"], words_of(Words.of("", row["text"]), common)) for row in csv.DictReader(file)]


def found(texts: Sequence[Said], usual: Sequence[Said]) -> bool:
    window = [Complaint(ticket_id=number, customer=str(number), words=words) for number, words in enumerate(texts)]
    return bool(bursts(window, Usual(complaints=usual)))


@pytest.mark.parametrize("name", SETS)
def test_storms_are_found(name: str) -> None:
    texts = of_file(name)
    by_category: dict[str, list[Said]] = defaultdict(list)
    for category, said in texts:
        by_category[category].append(said)
    rnd, missed = random.Random(77), 0
    for category in rnd.sample(sorted(by_category), 8):
        rnd.shuffle(texts)
        others = [said for of, said in texts[HISTORY:] if of != category][:OTHERS]
        hour = others + rnd.sample(by_category[category], BURST)
        rnd.shuffle(hour)
        missed += not found(hour, [said for _, said in texts[:HISTORY]])
    assert missed <= SETS[name]


@pytest.mark.parametrize("name", SETS)
def test_quiet_hours_are_quiet(name: str) -> None:
    texts, rnd, false = of_file(name), random.Random(78), 0
    for _ in range(5):
        said = [said for _, said in rnd.sample(texts, HISTORY + OTHERS + BURST)]
        false += found(said[HISTORY:], said[:HISTORY])
    assert false <= 1

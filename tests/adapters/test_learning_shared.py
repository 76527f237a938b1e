"""What was learned of real texts: good enough after few corrections, and never worse for being blended."""

import random

import pytest
from reading.learned import rows_of, tried

from tests.shared import shared

TESTED = 400
BY_CHANCE = 0.02  # of 400 texts some 5 % are told apart by one side alone: two standard errors of such a difference
LEAST = {50: 0.74, 100: 0.84, 200: 0.93}  # labels -> accuracy (issue 8)


@pytest.mark.parametrize("labels", LEAST)
def test_blended_it_is_never_worse_than_lexicon_or_model_alone(labels: int) -> None:
    rows = rows_of(shared("triage/complaints_short.csv"))
    drawn = random.Random(labels).sample(rows, labels + TESTED)
    found = tried(drawn[:labels], drawn[labels:])
    assert found["adopted"]
    assert found["blend"] >= max(found["lexicon"], found["model"]) - BY_CHANCE
    assert found["blend"] >= LEAST[labels]

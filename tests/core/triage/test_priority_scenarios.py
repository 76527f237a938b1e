"""Short scenarios of many trades (priority_scenarios/*.toml): no floor is ever missed, hardly one is false.

They were written before the words were looked at. Add to them what comes up; mend the words, not the scenario.
"""

import tomllib
from collections import Counter
from pathlib import Path

import pytest

from mailsla.core.triage.priority import SIGNALS, assess
from mailsla.core.triage.words import Words
from tests.core.triage.desk import words

SCENARIOS = [
    (file.stem, kind, text)
    for file in sorted((Path(__file__).parent / "priority_scenarios").glob("*.toml"))
    for kind, texts in tomllib.loads(file.read_text(encoding="utf-8")).items()
    for text in texts
]
FLOORS = {"none": None} | {name: signal.floor for name, signal in SIGNALS.items() if signal.floor}


@pytest.mark.parametrize(("language", "kind", "text"), SCENARIOS)
def test_a_scenario_has_its_floor(language: str, kind: str, text: str) -> None:
    assessment = assess(Words.of("", text), words()[1])
    assert assessment.floor == FLOORS[kind]
    if kind == "none":
        assert assessment.priority in {"low", "normal"}


def test_the_suite_is_large_and_half_of_it_has_no_floor() -> None:
    languages = Counter(language for language, _, _ in SCENARIOS)
    large = sum(languages[language] for language in ("en", "de", "fr", "es"))
    without = sum(kind == "none" for _, kind, _ in SCENARIOS)
    assert large >= 160
    assert 0.4 <= without / len(SCENARIOS) <= 0.6

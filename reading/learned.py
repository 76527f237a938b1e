"""How well triage learns: `python -m reading.learned LEARN.csv TEST.csv [LABELS ...]`, by what the commands do.

With one file: so many labels drawn from it are learned, three draws each, and the rest is the test.
"""

import csv
import random
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import mean

from mailsla.adapters.fitting import Fitter
from mailsla.adapters.lexicons import load_languages, load_lexicon
from mailsla.adapters.scoring import unpacked
from mailsla.core.triage.blend import competing
from mailsla.core.triage.learning import Example, by_lexicon, by_model, learn
from mailsla.core.triage.measures import Judged, accuracy, accuracy_at, calibration_error
from mailsla.core.triage.words import Words

DRAWS = 3
PRECISION = 0.9
Rows = Sequence[tuple[str, str]]


def main(arguments: Sequence[str]) -> None:
    """Print a line for each number of labels."""
    files = [Path(one) for one in arguments if not one.isdigit()]
    numbers = [int(one) for one in arguments if one.isdigit()]
    rows = [rows_of(file) for file in files]
    if len(files) == 2:
        sys.stdout.write(_line([tried(rows[0], rows[1])], len(rows[0])) + "\n")
    for number in numbers if len(files) == 1 else ():
        draws = []
        for seed in range(DRAWS):
            drawn = random.Random(seed).sample(rows[0], len(rows[0]))
            draws.append(tried(drawn[:number], drawn[number:]))
        sys.stdout.write(_line(draws, number) + "\n")


def tried(learned: Rows, tested: Rows) -> dict[str, float]:
    """How often the lexicon, the model and both together are right on texts that none has seen; sizes and times."""
    categories = competing((), [category for _, category in [*learned, *tested]])
    lexicon, languages = load_lexicon(), load_languages()

    def examples(rows: Rows) -> list[Example]:
        found = []
        for text, category in rows:
            words = Words.of("", text)
            ranked = lexicon.rank(words, languages.detect(words.folded), categories)
            found.append(Example(words, category, {one.category: one.certainty for one in ranked}, 0))
        return found

    known, test = examples(learned), examples(tested)
    begun = time.process_time()
    learnt = learn(known, Fitter(known, lambda *_: None), None, PRECISION)
    fitted = time.process_time()
    alone = [by_lexicon(one) for one in test]
    if learnt is None or learnt.content is None:
        return {"adopted": 0, "lexicon": accuracy(alone)}
    model = unpacked(learnt.content, 1, learnt.recipe)
    blend = [by_model(model, one) for one in test]
    scored = time.process_time()
    best = [max(scores, key=lambda name: scores[name]) for one in test for scores in (model.read(one.words).scores,)]
    return {
        "adopted": 1,
        "lexicon": accuracy(alone),
        "model": accuracy([Judged(one.category, name, 0) for one, name in zip(test, best, strict=True)]),
        "blend": accuracy(blend),
        "at 80 %": accuracy_at(blend, 0.8),
        "ece": calibration_error(blend),
        "fit s": fitted - begun,
        "ms a text": (scored - fitted) / len(test) * 1000,
        "MB": len(learnt.content) / 1e6,
    }


def _line(draws: Sequence[dict[str, float]], labels: int) -> str:
    return f"{labels} labels: " + ", ".join(f"{key} {mean(one.get(key, 0) for one in draws):.3f}" for key in draws[0])


def rows_of(file: Path) -> list[tuple[str, str]]:
    """(text, category) of a CSV."""
    with file.open(newline="", encoding="utf-8") as opened:
        return [(row["text"], row["category"]) for row in csv.DictReader(opened)]


if __name__ == "__main__":
    main(sys.argv[1:])

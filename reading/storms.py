"""How well bursts are noticed: `python -m reading.storms [NAME ...]`, planted ones found and quiet hours quiet.

Of each set (the shared ones, and made-up complaints of tests/core/triage/storms.py) hours are drawn: 130 complaints,
or 100 and 30 of one category (`one`), or 100 and 30 like one of them (`alike`), after so many complaints of before;
`drift`: the mix of before and of quiet hours changes by the weekday.
"""

import csv
import random
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tests.core.triage import storms as made
from tests.shared import SHARED

from mailsla.adapters.lexicons import load_languages, load_lexicon
from mailsla.core.triage.incidents import Burst, Complaint, bursts, words_of
from mailsla.core.triage.topical import topic_of
from mailsla.core.triage.usual import Usual
from mailsla.core.triage.words import Words

OTHERS, BURST = 100, 30
PASTS = (0, 20, 50, 100, 300, 600)
SETS = ("banking77_train", "clinc150_train", "complaints_short", "made")
LABELS = ("lexicon", "learned")
_UNSURE = 0.15  # of what was learned is wrong


@dataclass(slots=True)
class Text:
    category: str
    words: frozenset[str]
    topic: str = ""


@dataclass(slots=True)
class Figures:
    found: int = 0
    of: int = 0
    right: int = 0
    members: int = 0
    wanted: int = 0

    def line(self) -> str:
        precision, recall = self.right / max(1, self.members), self.right / max(1, self.wanted)
        return f"{self.found}/{self.of} ({precision:.2f} {recall:.2f})"


class Set:
    """Texts of one source, and hours drawn from it."""

    def __init__(self, name: str, labels: str, seed: int = 1) -> None:
        self.rnd = random.Random(f"{name} {seed}")
        self.made = name == "made"
        rows = list(_made(self.rnd)) if self.made else list(_rows(name))
        self.texts = [Text(category, said, _topic(category, text, labels, self.rnd)) for category, text, said in rows]
        self.by: dict[str, list[Text]] = defaultdict(list)
        for text in self.texts:
            self.by[text.category].append(text)
        storms = [f"storm {name}" for name in made.STORMS]
        self.planted = storms if self.made else sorted(self.by)
        self.ordinary = [one for one in sorted(self.by) if one not in storms] if self.made else self.planted
        # some topics come oftener than others where a set is even
        self.shares = {
            name: self.rnd.gammavariate(2, 1) if labels == "uneven" else len(self.by[name]) for name in self.ordinary
        }

    def mix(self, day: int | None) -> Mapping[str, float]:
        if day is None:
            return self.shares
        rnd = random.Random(day)
        return {name: share * rnd.gammavariate(10, 0.1) for name, share in self.shares.items()}

    def drawn(self, count: int, day: int | None = None, without: str = "") -> list[Text]:
        mix = self.mix(day)
        names = [name for name in mix if name != without]
        return [
            self.rnd.choice(self.by[name]) for name in self.rnd.choices(names, [mix[name] for name in names], k=count)
        ]

    def past(self, count: int, drifts: bool) -> list[Text]:
        if not drifts:
            return self.drawn(count)
        found: list[Text] = []
        day = self.rnd.randrange(7)
        while len(found) < count:
            found += self.drawn(min(100, count - len(found)), day % 7)
            day += 1
        return found

    def burst(self, alike: bool) -> tuple[str, list[Text]]:
        category = self.rnd.choice(self.planted)
        texts = self.by[category]
        if not alike:
            return category, self.rnd.sample(texts, min(BURST, len(texts)))
        seed = self.rnd.choice(texts).words
        near = sorted(texts, key=lambda one: -len(one.words & seed) / max(1, len(one.words | seed)))
        return category, near[:BURST]


def noticed(hour: Sequence[Text], past: Sequence[Text]) -> list[Burst]:
    window = [
        Complaint(ticket_id=number, customer=str(number), words=one.words, topic=one.topic)
        for number, one in enumerate(hour)
    ]
    return bursts(window, Usual(complaints=[one.words for one in past], topics=[one.topic for one in past]))


def planted(texts: Set, past: int, runs: int, *, alike: bool, drifts: bool = False, others: int = OTHERS) -> Figures:
    figures = Figures()
    for _ in range(runs):
        category, burst = texts.burst(alike)
        hour = texts.drawn(others, texts.rnd.randrange(7) if drifts else None, without=category) + burst
        inside = {id(one) for one in burst}
        texts.rnd.shuffle(hour)
        found = noticed(hour, texts.past(past, drifts))
        figures.of += 1
        members = [{id(hour[number]) for number in one.tickets} for one in found]
        best = max(members, key=lambda one: len(one & inside), default=set())
        right = len(best & inside)
        if 2 * right >= min(len(best), len(burst)) and right >= len(burst) / 3:
            figures.found += 1
            figures.right += right
            figures.members += len(best)
            figures.wanted += len(burst)
    return figures


def quiet(texts: Set, past: int, runs: int, *, drifts: bool = False) -> tuple[int, list[str]]:
    false, said = 0, []
    for _ in range(runs):
        hour = texts.drawn(OTHERS + BURST, texts.rnd.randrange(7) if drifts else None)
        if found := noticed(hour, texts.past(past, drifts)):
            false += 1
            said += [f"{len(one.tickets)} {one.usual:.0f} {one.surprise:.1f} {' '.join(one.words)}" for one in found]
    return false, said


def _rows(name: str) -> Iterator[tuple[str, str, frozenset[str]]]:
    common = load_languages().function_words
    with (SHARED / "triage" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield row["category"], row["text"], words_of(Words.of("", row["text"]), common)


def _made(rnd: random.Random) -> Iterator[tuple[str, str, frozenset[str]]]:
    for kind, topics in (("", made.ORDINARY), ("storm ", made.STORMS)):
        for topic, lines in topics.items():
            for _ in range(60):
                text = made.written(lines, rnd)
                yield kind + topic, text, made.folded([text])[0]


def _topic(category: str, text: str, labels: str, rnd: random.Random) -> str:
    if labels == "lexicon":
        return topic_of(Words.of("", text), load_lexicon(), load_languages())
    if labels == "learned":
        return "" if rnd.random() < _UNSURE else category
    return ""


def main(arguments: Sequence[str]) -> None:
    """Print the figures of each set."""
    runs = next((int(one) for one in arguments if one.isdigit()), 40)
    names = [one for one in arguments if one in SETS] or SETS
    labels = [one for one in arguments if one in ("lexicon", "learned", "none")] or ["none"]
    pasts = [int(one[1:]) for one in arguments if one.startswith("p")] or PASTS
    show = "show" in arguments
    for label in labels:
        for name in names:
            texts = Set(name, label)
            for past in pasts:
                begun = time.process_time()
                one = planted(texts, past, runs, alike=False)
                alike = planted(texts, past, runs, alike=True)
                alone = planted(texts, past, runs, alike=True, others=0)
                false, said = quiet(texts, past, 2 * runs)
                drift, said2 = quiet(texts, past, 2 * runs, drifts=True)
                took = (time.process_time() - begun) / (7 * runs) * 1000
                sys.stdout.write(
                    f"{name:18}{label:8} past {past:4}: one {one.line()} alike {alike.line()} alone {alone.line()}"
                    f" false {false}/{2 * runs} drift {drift}/{2 * runs}  {took:.0f} ms\n"
                )
                if show:
                    for line, times in Counter([*said, *said2]).most_common(12):
                        sys.stdout.write(f"       {times} {line}\n")


if __name__ == "__main__":
    main(sys.argv[1:])

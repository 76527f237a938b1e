"""Complaints by the hour, made up: ordinary ones of many trades, and storms of people who say one thing in many ways.

A line is a sentence with choices, `{app|site}`. A topic has several lines that share few words, and each complaint
takes one or two of them between courtesies that all topics share.
"""

import random
import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

from mailsla.core.triage.incidents import Complaint, words_of
from mailsla.core.triage.words import Words

_FILE = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
COMMON = frozenset(_FILE["words"]["common"].split())
COURTESY: Sequence[str] = _FILE["words"]["courtesy"]
ORDINARY: Mapping[str, Sequence[str]] = _FILE["ordinary"]  # of delivery several, and no incident
STORMS: Mapping[str, Sequence[str]] = _FILE["storms"]
HOUR = 130  # complaints
_CHOICE = re.compile(r"\{([^{}]*)\}")


def written(lines: Sequence[str], rnd: random.Random) -> str:
    """One complaint of a topic."""
    said = rnd.sample(lines, rnd.choice((1, 1, 2)))
    parts = [rnd.choice(COURTESY), *said, rnd.choice(COURTESY), rnd.choice(COURTESY)]
    return _CHOICE.sub(lambda match: rnd.choice(match[1].split("|")), " ".join(parts))


def ordinary(count: int, rnd: random.Random) -> list[str]:
    """So many complaints: some topics come far oftener than others, and each hour has its own favourites."""
    topics = list(ORDINARY.values())
    texts: list[str] = []
    while len(texts) < count:
        weights = [rnd.gammavariate(10, 0.1) / (1 + rank % 9) for rank in range(len(topics))]
        texts += [written(lines, rnd) for lines in rnd.choices(topics, weights, k=min(HOUR, count - len(texts)))]
    return texts


def storm(topic: str, count: int, rnd: random.Random) -> list[str]:
    """Complaints about one thing."""
    return [written(STORMS[topic], rnd) for _ in range(count)]


def folded(texts: Sequence[str]) -> list[frozenset[str]]:
    """Their words, as they are kept."""
    return [words_of(Words.of("", text), COMMON) for text in texts]


def complaints(texts: Sequence[str]) -> list[Complaint]:
    """As tickets, each of another customer, numbered in their order."""
    return [
        Complaint(ticket_id=number, customer=f"c{number}", words=words) for number, words in enumerate(folded(texts))
    ]

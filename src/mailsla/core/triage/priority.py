"""Priority as points that can be explained, over floors that nothing lowers (product.md, Triage).

Points start from the operator's own choice and rise with what the mail says and who says it. Danger to people,
the law, a regulator, a vulnerable person and a breach of privacy set a floor whatever the points are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from mailsla.core.model import PRIORITIES, Reason
from mailsla.core.triage.phrases import Found, Groups, Phrases, expand
from mailsla.core.triage.words import Words

Priority = Literal["low", "normal", "high", "urgent"]


@dataclass(frozen=True, slots=True)
class Signal:
    """What a kind of words does: points, a floor, and whether it is mere tone."""

    points: int
    floor: Priority | None = None
    tone: bool = False


SIGNALS: Mapping[str, Signal] = {
    "safety": Signal(6, "urgent"),  # danger to people
    "legal": Signal(2, "high"),  # a lawyer, a court
    "regulator": Signal(2, "high"),  # an authority, an ombudsman
    "vulnerable": Signal(2, "high"),  # illness, disability, bereavement, hardship
    "breach": Signal(2, "high"),  # somebody's data in the wrong hands
    "impact": Signal(3),  # many people or a whole business stand still
    "deadline": Signal(2),  # an event that will not wait
    "publicity": Signal(1),  # press, reviews
    "urgency": Signal(1, tone=True),
    "anger": Signal(1, tone=True),
    "calm": Signal(-3),  # the customer says that there is no hurry
}
START: Mapping[Priority, int] = {"low": -3, "normal": 0, "high": 3, "urgent": 6}
LEAST: tuple[tuple[int, Priority], ...] = ((6, "urgent"), (3, "high"), (0, "normal"))  # points -> level, else low
TONE_CAP = 2  # shouting alone never reaches the next level
FOLLOW_UP_POINTS = (0, 1, 2, 4)  # by the number of follow-ups; the third raises a normal ticket
VIP_POINTS = 2
STORM_POINTS = 3  # many complain of the same thing at once
LITTLE_TIME = 0.25  # the share of a promise's time from which on less is little
LITTLE_POINTS, OVERDUE_POINTS = 1, 3
SHOUTED_WORDS = 5  # in capitals, of at least four letters, and a third of such words

CAPITALS = "priority_capitals"
STORM = "priority_storm"
_VOID = ""  # the label of phrases that keep a signal's words from counting: "firewall rules", "on fire sale"


@dataclass(frozen=True, slots=True)
class SignalTable:
    """One language's words: signal (a key of SIGNALS) -> phrases; `void` keeps the words inside it from counting."""

    signals: Mapping[str, Sequence[str]]
    groups: Groups
    void: Sequence[str] = ()


class _Label(NamedTuple):
    language: str
    signal: str


@dataclass(frozen=True, slots=True)
class Assessment:
    """The priority, the floor it stands on, the points, and every reason with its part in them."""

    priority: Priority
    floor: Priority | None
    points: int
    reasons: tuple[Reason, ...]


class Signals:
    """The words of all languages at once: a wrong guess of the language must not lose a floor."""

    def __init__(self, tables: Mapping[str, SignalTable]) -> None:
        """`tables`: language -> words. Raises PhraseError, and ValueError for an unknown signal."""
        self._phrases = Phrases(
            labelled for language, table in tables.items() for labelled in _labelled(language, table)
        )

    def find(self, words: Words) -> dict[str, tuple[str, ...]]:
        """The signals that are there, each with the customer's words, in the order of SIGNALS."""
        heard: dict[str, dict[str, None]] = {}
        for found in _not_void(self._phrases.find(words.folded)):
            heard.setdefault(found.label.signal, {})[words.quote(found.positions)] = None
        return {signal: tuple(heard[signal]) for signal in SIGNALS if signal in heard}


def assess(
    words: Words,
    signals: Signals,
    *,
    start: Priority | None = None,
    vip: bool = False,
    follow_ups: int = 0,
    storm: bool = False,
    time_left: float | None = None,
    before: Sequence[Reason] = (),
) -> Assessment:
    """The priority of a mail; `start` is what an operator's rule said, `follow_ups` how often it was asked after.

    `storm`: it is one of many about the same thing. `time_left`: of what was promised for it, as a share of the whole
    (1 just promised, 0 or less due), or None. `before`: the reasons that stand already, of a mail to an open ticket:
    they keep their points, nothing counts twice, and nothing is lowered.

    Words only ever raise it, but for the customer's own "no hurry", which floors and an operator's rule withstand.
    """
    reasons: list[Reason] = []
    points = START[start or "normal"] + sum(_points(reason) for reason in before)
    known = {str(reason.values.get("signal") or reason.code) for reason in before}
    if start is not None:
        reasons.append(Reason("priority_rule", {"priority": start, "points": points}))
    floor: Priority | None = None
    tone = sum(_points(reason) for reason in before if _is_tone(reason))
    for name, heard in signals.find(words).items():
        if name in known:
            continue
        signal = SIGNALS[name]
        gained = signal.points
        if signal.tone:
            gained = min(gained, TONE_CAP - tone)
            tone += gained
        if gained < 0 and (start is not None or before):
            continue
        points += gained
        floor = _higher(floor, signal.floor)
        reasons.append(
            Reason(
                "priority_signal",
                {"signal": name, "words": ", ".join(heard), "points": gained, "floor": signal.floor},
            )
        )
    if tone < TONE_CAP and CAPITALS not in known and _shouts(words):
        points += 1
        reasons.append(Reason("priority_capitals", {"points": 1}))
    found = [*_circumstances(vip, follow_ups, storm), *_time(time_left)]
    circumstances = [(reason, gained) for reason, gained in found if reason.code not in known]
    points += sum(gained for _, gained in circumstances)
    reasons += [reason for reason, _ in circumstances]
    level: Priority = next((level for least, level in LEAST if points >= least), "low")
    priority = _higher(floor, level) or level
    if priority != level:
        reasons.append(Reason("priority_floor", {"priority": priority, "without": level}))
    return Assessment(priority, floor, points, tuple(reasons))


def _points(reason: Reason) -> int:
    points = reason.values.get("points")
    return points if isinstance(points, int) else 0


def _is_tone(reason: Reason) -> bool:
    signal = SIGNALS.get(str(reason.values.get("signal")))
    return reason.code == CAPITALS or (signal is not None and signal.tone)


def _circumstances(vip: bool, follow_ups: int, storm: bool) -> list[tuple[Reason, int]]:
    found: list[tuple[Reason, int]] = []
    if vip:
        found.append((Reason("priority_vip", {"points": VIP_POINTS}), VIP_POINTS))
    gained = FOLLOW_UP_POINTS[min(follow_ups, len(FOLLOW_UP_POINTS) - 1)]
    if gained:
        found.append((Reason("priority_follow_ups", {"times": follow_ups, "points": gained}), gained))
    if storm:
        found.append((Reason("priority_storm", {"points": STORM_POINTS}), STORM_POINTS))
    return found


def _time(left: float | None) -> list[tuple[Reason, int]]:
    if left is None or left > LITTLE_TIME:
        return []
    if left <= 0:
        return [(Reason("priority_overdue", {"points": OVERDUE_POINTS}), OVERDUE_POINTS)]
    return [(Reason("priority_time_left", {"left": left, "points": LITTLE_POINTS}), LITTLE_POINTS)]


def _higher(one: Priority | None, other: Priority | None) -> Priority | None:
    if one is None or other is None:
        return one or other
    return max(one, other, key=PRIORITIES.index)


def _shouts(words: Words) -> bool:
    long = [word for word in words.written if len(word) >= 4 and word.isalpha()]
    shouted = sum(word.isupper() for word in long)
    return shouted >= SHOUTED_WORDS and 3 * shouted >= len(long)


def _labelled(language: str, table: SignalTable) -> list[tuple[str, _Label]]:
    unknown = set(table.signals) - set(SIGNALS)
    if unknown:
        raise ValueError(f"no such signal: {', '.join(sorted(unknown))}; there are {', '.join(SIGNALS)}")
    listed = [(_VOID, table.void), *table.signals.items()]
    labels = {signal: _Label(language, signal) for signal, _ in listed}
    return [(expand(phrase, table.groups), labels[signal]) for signal, phrases in listed for phrase in phrases]


def _not_void(found: Sequence[Found[_Label]]) -> list[Found[_Label]]:
    """Without what lies wholly inside a void phrase of its language; no other phrase hides a signal."""
    voids = [(one.label.language, frozenset(one.positions)) for one in found if one.label.signal == _VOID]
    return [
        one
        for one in found
        if one.label.signal != _VOID
        and not any(language == one.label.language and void.issuperset(one.positions) for language, void in voids)
    ]

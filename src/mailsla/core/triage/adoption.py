"""Whether a newly fitted blend replaces what decides now (issue: never for the worse).

Below FEW labels: if it is not worse in cross-validation. From there on: if it is not worse, by a paired test, on the
newest labels that neither has seen, and no category with enough of these loses much of its recall.
"""

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from math import comb

from mailsla.core.model import Instant, Reason, Scalar
from mailsla.core.triage.measures import Judged, accuracy

FIRST = 20  # labels, from which on a model is fitted
FEW = 200
UNSEEN_LEAST, UNSEEN_MOST = 50, 100  # labels held back for the test
CATEGORY_LEAST, CATEGORY_LOSS = 30, 0.05
SIGNIFICANT = 0.05


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether it is adopted, and why in words; the two accuracies on the same labels."""

    adopted: bool
    reason: Reason
    now: float
    new: float


def held_back(labels: Sequence[tuple[Instant, str]], seen: Sequence[bool]) -> tuple[int, ...] | None:
    """The numbers of the newest labels that what decides now has not seen, a tenth of these; None: there are too few.

    `labels`: (when it was made, text). Of labels made at once none is newer: a draw that is always the same decides.
    """
    unseen = [number for number, known in enumerate(seen) if not known]
    if len(unseen) < UNSEEN_LEAST:
        return None
    wanted = max(UNSEEN_LEAST, min(UNSEEN_MOST, len(unseen) // 10))
    newest = sorted(unseen, key=lambda number: (labels[number][0], _draw(labels[number][1])))[-wanted:]
    return tuple(sorted(newest))


def by_cross_validation(now: Sequence[Judged], new: Sequence[Judged]) -> Verdict:
    """For few labels."""
    before, after = accuracy(now), accuracy(new)
    told = _told(before, after, len(new))
    if after < before:
        return Verdict(False, Reason("kept_cross_validation", told), before, after)
    return Verdict(True, Reason("adopted_cross_validation", told), before, after)


def by_paired_test(now: Sequence[Judged], new: Sequence[Judged]) -> Verdict:
    """For labels that neither has seen, in the same order."""
    before, after = accuracy(now), accuracy(new)
    told = _told(before, after, len(new))
    if worse(now, new) < SIGNIFICANT:
        return Verdict(False, Reason("kept_paired_test", told), before, after)
    lost = losing(now, new)
    if lost is not None:
        name, was, will = lost
        reason = Reason("kept_recall", {"category": name, "share_now": round(was, 3), "share_new": round(will, 3)})
        return Verdict(False, reason, before, after)
    return Verdict(True, Reason("adopted_paired_test", told), before, after)


def worse(now: Sequence[Judged], new: Sequence[Judged]) -> float:
    """The exact sign test (McNemar): how likely so many more losses than gains are where the two are alike."""
    pairs = [(one.right, other.right) for one, other in zip(now, new, strict=True) if one.right != other.right]
    losses, number = sum(was for was, _ in pairs), len(pairs)
    return float(sum(comb(number, wins) for wins in range(losses, number + 1)) / 2**number)


def losing(now: Sequence[Judged], new: Sequence[Judged]) -> tuple[str, float, float] | None:
    """The category that loses most recall, before and after; None where none with enough labels loses too much."""
    of: dict[str, list[tuple[bool, bool]]] = defaultdict(list)
    for one, other in zip(now, new, strict=True):
        of[one.truth].append((one.right, other.right))
    falls = []
    for name, pairs in of.items():
        was, will = (sum(pair[side] for pair in pairs) / len(pairs) for side in (0, 1))
        if len(pairs) >= CATEGORY_LEAST and was - will > CATEGORY_LOSS + 1e-9:
            falls.append((was - will, name, was, will))
    if not falls:
        return None
    _, name, was, will = max(falls)
    return name, was, will


def _told(now: float, new: float, labels: int) -> dict[str, Scalar]:
    return {"share_now": round(now, 3), "share_new": round(new, 3), "labels": labels}


def _draw(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()

"""Learning from labels, evaluating, and which version decides: each a story of its own, outside of the mail path."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta

from mailsla.core.model import Instant, Moment, Reason
from mailsla.core.triage.adoption import FIRST
from mailsla.core.triage.blend import competing
from mailsla.core.triage.labels import How, KeptModel
from mailsla.core.triage.learned import Learned
from mailsla.core.triage.learning import Example, Fitter, Learnt, Progress, by_lexicon, by_model, contradicting, learn
from mailsla.core.triage.lexicon import Lexicon
from mailsla.core.triage.measures import (
    Judged,
    accuracy,
    accuracy_at,
    at_threshold,
    calibration_error,
    macro_f1,
    per_category,
)
from mailsla.core.triage.own_words import own_words
from mailsla.core.triage.words import Words
from mailsla.errors import PermanentError, TemporaryError
from mailsla.flows.labels import every, texts_of
from mailsla.flows.services import Services
from mailsla.flows.steps.learned import Loaded, Unpack, blend_now, load, load_active
from mailsla.ports.store import Store, UnitOfWork

KEPT = 3  # versions
AT_NIGHT = 3  # o'clock
ERRAND = "learn"  # in Services.errands: the daemon is to start a fit
LEARNED = "learned"  # an occasion: when the last fit that came to an outcome began
MakeFitter = Callable[[Sequence[Example], Progress], Fitter]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a fit came to. `version` None: nothing was adopted; `reason` says why, or why it was."""

    labels: int
    contradicting: int
    missing: int  # of the words of tickets: erased meanwhile
    reason: Reason
    version: int | None = None
    learnt: Learnt | None = None
    for_others: bool = False  # it was learned for categories most of which are not configured: no say on tickets


def fit(services: Services, make: MakeFitter, progress: Progress) -> Outcome:
    """Fit a new blend on all labels, and adopt it if it is not worse than what decides now.

    That it was done is noted at its end, so a fit that was killed or failed is tried again the next night.
    """
    began = services.now()
    outcome = _fitted(services, make, progress)
    with services.store.begin() as uow:
        uow.occasions.note(LEARNED, began)
        uow.commit()
    return outcome


def _fitted(services: Services, make: MakeFitter, progress: Progress) -> Outcome:
    with services.store.begin() as uow:
        texts, missing = texts_of(uow)
        loaded = load_active(uow, services)
        newest = uow.learning.newest_label()
    now = loaded.learned if loaded else None
    upto = loaded.kept.upto if loaded and now else 0
    conflicts = contradicting([(" ".join(one.words.folded), one.label.category) for one in texts])
    why = too_few([one.label.category for one in texts])
    if why is not None:
        return Outcome(len(texts), conflicts, missing, why)
    if now is not None and all(one.label.id <= upto for one in texts):
        return Outcome(len(texts), conflicts, missing, Reason("kept_nothing_new"))
    examples = _examples(services, [(one.words, one.label.category) for one in texts], progress, now)
    marked = [
        Example(one.words, one.category, one.lexicon, text.label.at, text.label.id <= upto)
        for one, text in zip(examples, texts, strict=True)
    ]
    learnt = learn(marked, make(marked, progress), now, services.settings.triage.precision)
    if learnt is None:
        unseen = sum(not one.seen for one in marked)
        return Outcome(len(texts), conflicts, missing, Reason("kept_too_few_new", {"count": unseen}))
    version = None
    if learnt.content is not None:
        version = _adopt(services, learnt, len(texts), newest[0] if newest else 0, loaded.kept.id if loaded else None)
    with services.store.begin() as uow:
        for_others = version is not None and blend_now(uow, services) is None
    return Outcome(len(texts), conflicts, missing, learnt.verdict.reason, version, learnt, for_others)


def learn_at_night(uow: UnitOfWork, services: Services, moment: Moment, now: Instant) -> None:
    """The due moment of each night: where labels came since the last fit, one daemon starts a process that learns."""
    newest, last = uow.learning.newest_label(), uow.occasions.when(LEARNED)
    if newest is not None and newest[0] >= FIRST and (last is None or newest[1] >= last):
        services.errands.add(ERRAND)
    uow.clocks.set_moment(replace(moment, at=next_night(services, now)))


def next_night(services: Services, now: Instant) -> Instant:
    """The next AT_NIGHT in the zone of the first mailbox."""
    local = datetime.fromtimestamp(now, services.zone(services.settings.mailboxes[0].zone))
    at = local.replace(hour=AT_NIGHT, minute=0, second=0, microsecond=0)
    return int((at if at > local else at + timedelta(days=1)).timestamp())


def evaluate(services: Services, rows: Sequence[tuple[str, str]], progress: Progress) -> Mapping[str, object]:
    """How well what decides now takes labelled texts; nothing is fitted, and nothing written."""
    with services.store.begin() as uow:
        loaded = load_active(uow, services)
    now = loaded.learned if loaded else None
    texts = [(Words.of("", own_words(text)), category) for text, category in rows]
    examples = _examples(services, texts, progress, now)
    judged = [by_model(now, one) if now else by_lexicon(one) for one in examples]
    threshold = now.recipe.threshold if now and now.recipe.threshold is not None else services.settings.triage.threshold
    return {"decides": f"model {now.version}" if now else "lexicon", "count": len(rows), **figures(judged, threshold)}


def figures(judged: Sequence[Judged], threshold: float) -> dict[str, object]:
    """What `evaluate` tells."""
    each = per_category(judged)
    precision, coverage = at_threshold(judged, threshold)
    return {
        "accuracy": round(accuracy(judged), 4),
        "macro_f1": round(macro_f1(each), 4),
        "per_category": {
            name: {key: round(value, 4) for key, value in asdict(one).items()} for name, one in each.items()
        },
        "ece": round(calibration_error(judged), 4),
        "accuracy_at_80": round(accuracy_at(judged, 0.8), 4),
        "threshold": round(threshold, 4),
        "precision": round(precision, 4),
        "coverage": round(coverage, 4),
    }


def kept_models(services: Services) -> tuple[list[KeptModel], dict[str, int]]:
    """The versions, newest first, and what came of the questions that were asked: {"asked", "right"}."""
    with services.store.begin() as uow:
        answers = [one for one in every(uow) if one.how is How.ASKED]
        right = sum(one.category == one.guessed for one in answers)
        return uow.learning.models(), {"asked": len(answers), "right": right}


def deciding(store: Store, unpack: Unpack) -> Loaded | None:
    """The version that decides, with its fault where it can't be used; None: nothing was learned, or none decides."""
    with store.begin() as uow:
        kept = uow.learning.active()
        return load(uow, unpack, kept) if kept else None


def promote(services: Services, number: int) -> None:
    """This version decides from now on. Raises PermanentError for one that is not kept, or can't be used."""
    with services.store.begin() as uow:
        kept = next((one for one in uow.learning.models() if one.id == number), None)
        if kept is None:
            there = ", ".join(str(one.id) for one in uow.learning.models()) or "none"
            raise PermanentError(f"version {number} is not kept", f"there are: {there} (mailsla triage models)")
        uow.learning.activate(number, services.now())
        loaded = load_active(uow, services)
        if loaded is not None and loaded.fault is not None:
            raise loaded.fault
        uow.commit()


def rollback(services: Services) -> int | None:
    """The version that decided before this one decides again; None: the lexicon alone, for there is none."""
    with services.store.begin() as uow:
        active = uow.learning.active()
        if active is None:
            raise PermanentError("there is no version to go back from: the lexicon decides", "")
        earlier = [one for one in uow.learning.models() if one.active_since is not None and not one.active]
        before = max(earlier, key=lambda one: (one.active_since or 0, one.id), default=None)
        uow.learning.activate(active.id, None)  # given up: to go back once more does not lead to it
        uow.learning.activate(before.id if before else None, before.active_since if before else None)
        uow.commit()
    return before.id if before else None


def too_few(categories: Sequence[str]) -> Reason | None:
    """Why nothing can be learned of these labels; None: something can."""
    if len(categories) < FIRST:
        return Reason("learn_few_labels", {"count": len(categories), "missing": FIRST - len(categories)})
    if len(set(categories)) < 2:
        return Reason("learn_one_category", {"category": categories[0]})
    return None


def _examples(
    services: Services, texts: Sequence[tuple[Words, str]], progress: Progress, now: Learned | None
) -> list[Example]:
    desk = services.triage
    named = list(dict.fromkeys([*(category for _, category in texts), *(now.categories if now else ())]))
    categories = competing(desk.categories, named)
    lexicon: Lexicon = desk.lexicon
    found = []
    for done, (words, category) in enumerate(texts):
        if done % 500 == 0:
            progress("looking the words up", done, len(texts))
        ranked = lexicon.rank(words, desk.languages.detect(words.folded), categories)
        found.append(Example(words, category, {one.category: one.certainty for one in ranked}, 0))
    progress("looking the words up", len(texts), len(texts))
    return found


def _adopt(services: Services, learnt: Learnt, labels: int, upto: int, expected: int | None) -> int:
    """It decides from now on; the oldest that are too many go, but never the one that decided before."""
    content = learnt.content or b""
    threshold = learnt.recipe.threshold
    told = figures(learnt.judged, services.settings.triage.threshold if threshold is None else threshold)
    told.pop("per_category")
    told |= {"verdict": learnt.verdict.reason.code, "now": learnt.verdict.now, "new": learnt.verdict.new}
    now = services.now()
    with services.store.begin() as uow:
        active = uow.learning.active()
        if (active.id if active else None) != expected:
            raise TemporaryError("another process changed what decides meanwhile: this fit is not used", "try it again")
        kept = KeptModel(
            made_at=now,
            labels=labels,
            upto=upto,
            recipe=asdict(learnt.recipe),
            figures=told,
            sha256=hashlib.sha256(content).hexdigest(),
        )
        number = uow.learning.add_model(kept, content)
        uow.learning.activate(number, now)
        others = sorted(uow.learning.models(), key=lambda one: (one.active, one.active_since or 0, one.id))
        uow.learning.forget([one.id for one in others[:-KEPT]])
        uow.commit()
    return number

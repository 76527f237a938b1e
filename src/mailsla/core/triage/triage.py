"""What a complaint is about, how much it matters and whose it is: rules, then what was learned blended
with the lexicon (before that the lexicon alone), else "to triage"."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from mailsla.core.directory import Category, Scope
from mailsla.core.model import Reason, Scalar
from mailsla.core.triage.blend import Blend, blended
from mailsla.core.triage.language import Languages
from mailsla.core.triage.learned import Because
from mailsla.core.triage.lexicon import Lexicon, Ranked
from mailsla.core.triage.priority import Priority, Signals, assess
from mailsla.core.triage.rules import RuleBook
from mailsla.core.triage.scope import scoped
from mailsla.core.triage.words import Words

Stage = Literal["rule", "learned", "lexicon", "unsure"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TriageFacts:
    """What is known of a mail. `text` is only what the person newly wrote: no quotes, no signature.

    `language` is the best guess from elsewhere (customer, mailbox), taken when the text itself does not tell.
    `storm`: it is one of many about the same thing. `size`: of the mail in octets, None = nobody knows.
    """

    subject: str
    text: str
    sender: str
    mailbox: str
    recipients: Sequence[str] = ()
    organisation: str | None = None
    attachments: Sequence[str] = ()
    vip: bool = False
    storm: bool = False
    language: str | None = None
    size: int | None = None


@dataclass(frozen=True, slots=True)
class TriageResult:
    """The decision with its reasons. `category` None = to triage, with `likeliest` (at most two) to choose from.

    With a `scope` it is no complaint, and `letter` the saved reply that answers it ("" = none).
    `certainty` is 1.0 for a rule. `language`: of the text, or None where it does not tell. Reasons hold words of
    the customer: for tickets, letters and the CLI, not for logs. `model`: the version that was asked; `because`: the
    words that counted in it.
    """

    category: str | None
    priority: Priority
    team: str | None
    stage: Stage
    certainty: float
    language: str | None
    rule: str | None = None
    runner_up: str | None = None
    likeliest: tuple[Ranked, ...] = ()
    reasons: tuple[Reason, ...] = ()
    scope: Scope | None = None
    letter: str = ""
    model: int | None = None
    because: Because = field(default_factory=Because)


@dataclass(frozen=True, slots=True)
class _Ranking:
    """The categories that there are, likeliest first, and by what: the number of a model, None = the lexicon alone."""

    ranked: tuple[Ranked, ...]
    threshold: float
    model: int | None = None
    because: Because = field(default_factory=Because)
    foreign: bool = False  # likeliest is a category that the configuration lacks: a person decides


@dataclass(frozen=True, slots=True)
class TriageDesk:
    """All that decides besides the mail itself. Made once from configuration and word lists, shared by threads."""

    lexicon: Lexicon
    signals: Signals
    languages: Languages
    categories: Sequence[Category]
    rules: RuleBook = field(default_factory=lambda: RuleBook(()))
    threshold: float = 0.5  # certainty below which a person decides


def triage(facts: TriageFacts, desk: TriageDesk, blend: Blend | None = None) -> TriageResult:
    """Category, priority and team of a mail, with every reason. `blend` None: nothing was learned yet."""
    words = Words.of(facts.subject, facts.text)
    written_in = desk.languages.detect(words.folded)
    language = written_in or facts.language
    matched = desk.rules.first_match(facts, words, language)
    rule, rule_reason = matched or (None, None)
    ranking = _ranking(words, language, desk, blend)
    ranked = ranking.ranked

    category: str | None
    stage: Stage
    if rule is not None and rule.then.category is not None:
        category, certainty, stage = rule.then.category, 1.0, "rule"
    else:
        category, certainty, stage = _decided(ranking)
    assessment = assess(
        words,
        desk.signals,
        start=rule.then.priority if rule else None,
        vip=facts.vip,
        storm=facts.storm,
    )
    reasons = [rule_reason] if rule_reason else []
    if stage != "rule":
        reasons += _category_reasons(ranking, stage)
    about = scoped(rule, category, desk.categories, assessment.floor)
    if about.overruled:
        category, stage = None, "unsure"
    return TriageResult(
        category=category,
        priority=assessment.priority,
        team=(rule.then.team if rule else None) or _team(category, desk.categories),
        stage=stage,
        certainty=certainty,
        language=written_in,
        rule=rule.name if rule else None,
        runner_up=next((one.category for one in ranked if one.category != category), None),
        likeliest=ranked[:2],
        reasons=(*reasons, *about.reasons, *assessment.reasons),
        scope=about.scope,
        letter=about.letter,
        model=ranking.model,
        because=ranking.because,
    )


def _ranking(words: Words, language: str | None, desk: TriageDesk, blend: Blend | None) -> _Ranking:
    if blend is None:
        return _Ranking(desk.lexicon.rank(words, language, desk.categories), desk.threshold)
    learned, known = blend.learned, {one.name for one in desk.categories}
    ranked, because = blended(learned, words, desk.lexicon.rank(words, language, blend.categories))
    own = tuple(one for one in ranked if one.category in known)
    threshold = learned.recipe.threshold
    return _Ranking(
        own,
        desk.threshold if threshold is None else threshold,
        learned.version,
        because,
        foreign=bool(ranked) and ranked[0].category not in known,
    )


def _decided(ranking: _Ranking) -> tuple[str | None, float, Stage]:
    if not ranking.ranked:
        return None, 0.0, "unsure"
    best = ranking.ranked[0]
    if best.certainty < ranking.threshold or ranking.foreign or _tied(ranking.ranked):
        return None, best.certainty, "unsure"
    return best.category, best.certainty, "lexicon" if ranking.model is None else "learned"


def _tied(ranked: Sequence[Ranked]) -> bool:
    return len(ranked) > 1 and ranked[0].certainty == ranked[1].certainty


def _category_reasons(ranking: _Ranking, stage: Stage) -> list[Reason]:
    ranked = ranking.ranked
    if not ranked:
        return [Reason("category_no_words")]
    by_words = ranking.model is None
    reasons = [_by_words(one) for one in ranked[:2]] if by_words else _by_model(ranking)
    if stage == "unsure":
        values = {"certainty": ranked[0].certainty, "threshold": round(ranking.threshold, 3)}
        reasons.append(Reason("category_unsure", values))
    return reasons


def _by_words(one: Ranked) -> Reason:
    return Reason(
        "category_words",
        {"category": one.category, "words": ", ".join(one.words), "certainty": one.certainty},
    )


def _by_model(ranking: _Ranking) -> list[Reason]:
    """One line that says it, then the words of both, and what else it may be."""
    best, *others = ranking.ranked
    because = ranking.because
    values: dict[str, Scalar] = {"category": best.category, "certainty": best.certainty, "model": ranking.model}
    if words := ", ".join(dict.fromkeys((*because.words_for, *best.words))):
        values["words"] = words
    reasons = [Reason("category_learned", values)]
    if because.words_against:
        reasons.append(Reason("category_against", {"words": ", ".join(because.words_against)}))
    if others:
        other: dict[str, Scalar] = {"category": others[0].category, "certainty": others[0].certainty}
        reasons.append(Reason("category_runner_up", other))
    return reasons


def _team(category: str | None, categories: Sequence[Category]) -> str | None:
    return next((one.team or None for one in categories if one.name == category), None)

"""What a complaint is about, how much it matters and whose it is: rules, then the lexicon, else "to triage"."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from mailsla.core.directory import Category, Scope
from mailsla.core.model import Reason
from mailsla.core.triage.language import Languages
from mailsla.core.triage.lexicon import Lexicon, Ranked
from mailsla.core.triage.priority import Priority, Signals, assess
from mailsla.core.triage.rules import RuleBook
from mailsla.core.triage.scope import scoped
from mailsla.core.triage.words import Words

Stage = Literal["rule", "lexicon", "unsure"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TriageFacts:
    """What is known of a mail. `text` is only what the person newly wrote: no quotes, no signature.

    `language` is the best guess from elsewhere (customer, mailbox), taken when the text itself does not tell.
    `follow_ups`: how often the customer has asked again without an answer. `size`: of the mail in octets, None =
    nobody knows.
    """

    subject: str
    text: str
    sender: str
    mailbox: str
    recipients: Sequence[str] = ()
    organisation: str | None = None
    attachments: Sequence[str] = ()
    vip: bool = False
    follow_ups: int = 0
    language: str | None = None
    size: int | None = None


@dataclass(frozen=True, slots=True)
class TriageResult:
    """The decision with its reasons. `category` None = to triage, with `likeliest` (at most two) to choose from.

    With a `scope` it is no complaint, and `letter` the saved reply that answers it ("" = none).
    `certainty` is 1.0 for a rule. `language`: of the text, or None where it does not tell. Reasons hold words of
    the customer: for tickets, letters and the CLI, not for logs.
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


@dataclass(frozen=True, slots=True)
class TriageDesk:
    """All that decides besides the mail itself. Made once from configuration and word lists, shared by threads."""

    lexicon: Lexicon
    signals: Signals
    languages: Languages
    categories: Sequence[Category]
    rules: RuleBook = field(default_factory=lambda: RuleBook(()))
    threshold: float = 0.5  # certainty below which a person decides


def triage(facts: TriageFacts, desk: TriageDesk) -> TriageResult:
    """Category, priority and team of a mail, with every reason."""
    words = Words.of(facts.subject, facts.text)
    written_in = desk.languages.detect(words.folded)
    language = written_in or facts.language
    matched = desk.rules.first_match(facts, words, language)
    rule, rule_reason = matched or (None, None)
    ranked = desk.lexicon.rank(words, language, desk.categories)

    category: str | None
    stage: Stage
    if rule is not None and rule.then.category is not None:
        category, certainty, stage = rule.then.category, 1.0, "rule"
    else:
        category, certainty, stage = _by_lexicon(ranked, desk.threshold)
    assessment = assess(
        words,
        desk.signals,
        start=rule.then.priority if rule else None,
        vip=facts.vip,
        follow_ups=facts.follow_ups,
    )
    reasons = [rule_reason] if rule_reason else []
    if stage != "rule":
        reasons += _category_reasons(ranked, desk.threshold, stage)
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
    )


def _by_lexicon(ranked: Sequence[Ranked], threshold: float) -> tuple[str | None, float, Stage]:
    if not ranked:
        return None, 0.0, "unsure"
    best = ranked[0]
    if best.certainty < threshold or _tied(ranked):
        return None, best.certainty, "unsure"
    return best.category, best.certainty, "lexicon"


def _tied(ranked: Sequence[Ranked]) -> bool:
    return len(ranked) > 1 and ranked[0].certainty == ranked[1].certainty


def _category_reasons(ranked: Sequence[Ranked], threshold: float, stage: Stage) -> list[Reason]:
    if not ranked:
        return [Reason("category_no_words")]
    reasons = [
        Reason(
            "category_words",
            {"category": one.category, "words": ", ".join(one.words), "certainty": one.certainty},
        )
        for one in ranked[:2]
    ]
    if stage == "unsure":
        reasons.append(Reason("category_unsure", {"certainty": ranked[0].certainty, "threshold": threshold}))
    return reasons


def _team(category: str | None, categories: Sequence[Category]) -> str | None:
    return next((one.team or None for one in categories if one.name == category), None)

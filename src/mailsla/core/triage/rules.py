"""The operator's rules: ordered, the first that fits decides, and it can be told why it fits.

In mailsla.toml:

    [[rules]]
    name = "Invoices of Acme"
    when = { sender = "acme.example", words = ["invoice", "*rechnung*", "charged ~ twice"] }
    then = { category = "billing", priority = "high", team = "finance" }
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import ClassVar, Protocol

from mailsla.core.directory import Scope
from mailsla.core.model import Reason
from mailsla.core.octets import octets
from mailsla.core.triage.phrases import Found, Phrases
from mailsla.core.triage.priority import Priority
from mailsla.core.triage.words import Words

OneOrMore = str | tuple[str, ...]
_STRICT = {"extra": "forbid"}  # read by pydantic's TypeAdapter: an unknown key is a mistake, not a comment


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """Conditions; all that are given must hold, of several values any one. With none the rule always fits.

    Addresses: `sender` and `recipient` are a domain ("acme.example", with its subdomains) or a pattern for the
    whole address ("*@acme.example"). Words: phrases as in phrases.py, in subject or text; `subject` in the subject.
    `attachment`: a pattern for the name of one ("*.pdf"). Sizes: of the whole mail, as in octets.py.
    """

    sender: OneOrMore = ()
    recipient: OneOrMore = ()
    mailbox: OneOrMore = ()
    organisation: OneOrMore = ()
    language: OneOrMore = ()
    subject: OneOrMore = ()
    words: OneOrMore = ()  # any of
    all_words: OneOrMore = ()
    has_attachment: bool | None = None
    attachment: OneOrMore = ()
    larger_than: int | str | None = None
    smaller_than: int | str | None = None

    __pydantic_config__: ClassVar[dict[str, str]] = _STRICT

    def __post_init__(self) -> None:
        """Raises PhraseError (a ValueError) for words that can't be read, ValueError for what no mail can fit."""
        Phrases((phrase, None) for phrase in (*many(self.subject), *many(self.words), *many(self.all_words)))
        least, most = self.sizes
        if most is not None and (most == 0 or (least is not None and least + 1 >= most)):
            raise ValueError(f"no mail is larger than {least or 0} and smaller than {most} bytes")
        if self.attachment and self.has_attachment is False:
            raise ValueError("no mail without attachments has one of that name")

    @property
    def sizes(self) -> tuple[int | None, int | None]:
        """`larger_than` and `smaller_than` in octets."""
        larger, smaller = self.larger_than, self.smaller_than
        return None if larger is None else octets(larger), None if smaller is None else octets(smaller)


@dataclass(frozen=True, slots=True, kw_only=True)
class Then:
    """What follows; what is left out is decided as without the rule. A floor of priority still holds.

    `scope`: "out", what this address is not for, or "spam". `letter`: the saved reply that answers what is out of it.
    """

    category: str | None = None
    priority: Priority | None = None
    team: str | None = None
    scope: Scope | None = None
    letter: str = ""

    __pydantic_config__: ClassVar[dict[str, str]] = _STRICT

    def __post_init__(self) -> None:
        if self.category is None and self.priority is None and self.team is None and self.scope is None:
            raise ValueError("a rule must set category, priority, team or scope")
        if self.letter and self.scope != "out":
            raise ValueError('a letter goes with scope = "out" only')


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule of the operator's."""

    name: str
    when: When
    then: Then

    __pydantic_config__: ClassVar[dict[str, str]] = _STRICT


class RuleFacts(Protocol):
    """What rules look at besides words; addresses in any case."""

    @property
    def sender(self) -> str: ...
    @property
    def recipients(self) -> Sequence[str]: ...
    @property
    def mailbox(self) -> str: ...
    @property
    def organisation(self) -> str | None: ...
    @property
    def attachments(self) -> Sequence[str]: ...
    @property
    def size(self) -> int | None: ...


_Condition = tuple[str, OneOrMore, Callable[["_Mail", OneOrMore], str | None]]


class RuleBook:
    """Rules with all their phrases in one index, so that a hundred rules cost about what one does."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.rules = tuple(rules)
        phrases = {
            phrase
            for rule in self.rules
            for group in (rule.when.subject, rule.when.words, rule.when.all_words)
            for phrase in many(group)
        }
        self._phrases = Phrases((phrase, phrase) for phrase in sorted(phrases))
        self._conditions = [_given(rule.when) for rule in self.rules]

    def first_match(self, facts: RuleFacts, words: Words, language: str | None) -> tuple[Rule, Reason] | None:
        """The first rule that fits, with the reason `rule`: its name and what fitted."""
        return next(self.matches(facts, words, language), None)

    def matches(self, facts: RuleFacts, words: Words, language: str | None) -> Iterator[tuple[Rule, Reason]]:
        """All rules that fit, in order; the first decides."""
        heard: dict[str, list[Found[str]]] = {}
        for found in self._phrases.find(words.folded):
            heard.setdefault(found.phrase, []).append(found)
        mail = _Mail(facts, words, language, heard)
        for rule, conditions in zip(self.rules, self._conditions, strict=True):
            fitted = mail.fits(rule.when, conditions)
            if fitted is not None:
                yield rule, Reason("rule", {"rule": rule.name, "because": "; ".join(fitted)})


@dataclass(frozen=True, slots=True)
class _Mail:
    """A mail as rules see it."""

    facts: RuleFacts
    words: Words
    language: str | None
    heard: dict[str, list[Found[str]]]

    def fits(self, when: When, conditions: Sequence[_Condition]) -> tuple[str, ...] | None:
        """What fitted, condition by condition ("sender: jo@acme.example"); None when one does not."""
        fitted: list[str] = []
        for key, wanted, holds in conditions:
            found = holds(self, wanted)
            if found is None:
                return None
            fitted.append(f"{key}: {found}")
        if when.has_attachment is not None:
            if when.has_attachment != bool(self.facts.attachments):
                return None
            fitted.append("with attachment" if when.has_attachment else "without attachment")
        sized = self._sized(when)
        return None if sized is None else (*fitted, *sized)

    def _sized(self, when: When) -> tuple[str, ...] | None:
        """As `fits`, of its size; what nobody knows fits no bound."""
        if when.larger_than is None and when.smaller_than is None:
            return ()
        least, most = when.sizes
        size = self.facts.size
        if size is None or (least is not None and size <= least) or (most is not None and size >= most):
            return None
        bounds = (("larger than", when.larger_than), ("smaller than", when.smaller_than))
        return tuple(f"{side} {bound}" for side, bound in bounds if bound is not None)

    def any_of(self, phrases: OneOrMore, end: int) -> str | None:
        """The first of the phrases that begins before word `end`, as the customer wrote it."""
        for phrase in many(phrases):
            for found in self.heard.get(phrase, ()):
                if found.positions[0] < end:
                    return self.words.quote(found.positions)
        return None

    def all_of(self, phrases: OneOrMore) -> str | None:
        """As `any_of`, of every phrase."""
        quotes = [self.any_of((phrase,), len(self.words.folded)) for phrase in many(phrases)]
        written = [quote for quote in quotes if quote is not None]
        return ", ".join(written) if len(written) == len(quotes) else None


_HOLDS: Mapping[str, Callable[[_Mail, OneOrMore], str | None]] = {
    "sender": lambda mail, wanted: _address(wanted, (mail.facts.sender,)),
    "recipient": lambda mail, wanted: _address(wanted, mail.facts.recipients),
    "mailbox": lambda mail, wanted: _equal(wanted, mail.facts.mailbox),
    "organisation": lambda mail, wanted: _equal(wanted, mail.facts.organisation),
    "language": lambda mail, wanted: _equal(wanted, mail.language),
    "subject": lambda mail, wanted: mail.any_of(wanted, mail.words.subject),
    "words": lambda mail, wanted: mail.any_of(wanted, len(mail.words.folded)),
    "all_words": lambda mail, wanted: mail.all_of(wanted),
    "attachment": lambda mail, wanted: _named(wanted, mail.facts.attachments),
}


def _given(when: When) -> tuple[_Condition, ...]:
    """The conditions that a rule has: most have one of them, and only that is worth the time."""
    wanted = {name: getattr(when, name) for name in _HOLDS}
    return tuple((name.replace("_", " "), wanted[name], holds) for name, holds in _HOLDS.items() if wanted[name])


def many(value: OneOrMore) -> tuple[str, ...]:
    """A setting that may be one value or a list."""
    return (value,) if isinstance(value, str) else value


def _equal(wanted: OneOrMore, value: str | None) -> str | None:
    if value is None:
        return None
    return value if value.casefold() in (one.casefold() for one in many(wanted)) else None


def _named(patterns: OneOrMore, names: Sequence[str]) -> str | None:
    folded = [pattern.casefold() for pattern in many(patterns)]
    return next((name for name in names if any(fnmatchcase(name.casefold(), one) for one in folded)), None)


def _address(patterns: OneOrMore, addresses: Sequence[str]) -> str | None:
    for address in addresses:
        folded = address.casefold()
        domain = folded.rpartition("@")[2]
        for pattern in many(patterns):
            wanted = pattern.casefold()
            if "@" in wanted or "*" in wanted:
                hit = fnmatchcase(folded, wanted)
            else:
                hit = domain == wanted or domain.endswith("." + wanted)
            if hit:
                return address
    return None

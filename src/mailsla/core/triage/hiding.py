"""Which rules no mail can reach, since an earlier one takes all that they would: told from their conditions alone."""

from collections.abc import Callable, Iterator, Sequence
from fnmatch import fnmatchcase

from mailsla.core.triage.rules import OneOrMore, Rule, When, many

_WILD = frozenset("*?[")


def hidden(rules: Sequence[Rule]) -> Iterator[tuple[int, Rule]]:
    """The places of rules that are hidden, each with the first rule before it that takes all its mails.

    What is surely so is told; that two conditions never come together in real mail is for the stored mails to show.
    """
    for place, rule in enumerate(rules):
        taker = next((one for one in rules[:place] if covers(one.when, rule.when)), None)
        if taker is not None:
            yield place, taker


def covers(wide: When, narrow: When) -> bool:
    """Whether every mail that fits `narrow` surely fits `wide`."""
    return (
        _any_of(wide.sender, narrow.sender, _address_inside)
        and _any_of(wide.recipient, narrow.recipient, _address_inside)
        and _any_of(wide.mailbox, narrow.mailbox, _same)
        and _any_of(wide.organisation, narrow.organisation, _same)
        and _any_of(wide.language, narrow.language, _same)
        and _any_of(wide.attachment, narrow.attachment, _name_inside)
        and _words(wide, narrow)
        and _has_attachment(wide, narrow)
        and _sizes(wide, narrow)
    )


def _any_of(wide: OneOrMore, narrow: OneOrMore, inside: Callable[[str, str], bool]) -> bool:
    """Whether each value that the narrow condition takes is inside one of the wide one's."""
    if not wide:
        return True
    return bool(narrow) and all(any(inside(outer, inner) for outer in many(wide)) for inner in many(narrow))


def _words(wide: When, narrow: When) -> bool:
    """Phrases are compared as they are written: whether one means another is not for this look."""
    subject, words = set(many(narrow.subject)), set(many(narrow.words))
    surely = (
        set(many(narrow.all_words)) | (subject if len(subject) == 1 else set()) | (words if len(words) == 1 else set())
    )
    needed, somewhere = set(many(wide.subject)), set(many(wide.words))
    in_subject = not needed or (bool(subject) and subject <= needed)
    in_all = not somewhere or bool(surely & somewhere) or any(some and some <= somewhere for some in (subject, words))
    return in_subject and in_all and set(many(wide.all_words)) <= surely


def _has_attachment(wide: When, narrow: When) -> bool:
    if wide.has_attachment is None:
        return True
    surely = True if narrow.attachment else narrow.has_attachment
    return wide.has_attachment is surely


def _sizes(wide: When, narrow: When) -> bool:
    (wide_least, wide_most), (least, most) = wide.sizes, narrow.sizes
    above = wide_least is None or (least is not None and least >= wide_least)
    below = wide_most is None or (most is not None and most <= wide_most)
    return above and below


def _same(wide: str, narrow: str) -> bool:
    return wide.casefold() == narrow.casefold()


def _name_inside(wide: str, narrow: str) -> bool:
    """A name without wildcards fits a pattern or does not; of two patterns only the same one, and "*", is sure."""
    return _same(wide, narrow) or wide == "*" or _fits(wide, narrow)


def _address_inside(wide: str, narrow: str) -> bool:
    """As rules take them: a domain with those below it, or a pattern for the whole address."""
    if _same(wide, narrow) or wide == "*" or ("@" in narrow and _fits(wide, narrow)):
        return True
    domain = narrow.rpartition("@")[2].casefold()
    if "@" in wide or "*" in wide or _WILD & set(domain):
        return False
    return domain == wide.casefold() or domain.endswith("." + wide.casefold())


def _fits(pattern: str, name: str) -> bool:
    return not _WILD & set(name) and fnmatchcase(name.casefold(), pattern.casefold())

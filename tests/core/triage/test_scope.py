"""Out of scope and spam: by rule or category; whatever sets a floor of priority is a case for a person."""

import pytest

from mailsla.core.directory import Category
from mailsla.core.triage.rules import Rule, Then, When
from mailsla.core.triage.triage import triage
from tests.core.triage.desk import DEFAULT_CATEGORIES, desk, mail

OFFER = "We offer you cheap pallets, please tell us how many you need."
SPAM = Category(name="adverts", lexicon=("promotion",), scope="spam")
RULE = Rule(name="offers", when=When(words="offer"), then=Then(scope="out", letter="sales"))


def test_by_a_rule_with_its_letter_and_reason() -> None:
    result = triage(mail(OFFER), desk([RULE]))
    assert (result.scope, result.letter, result.rule) == ("out", "sales", "offers")
    (why,) = [one for one in result.reasons if one.code == "scope"]
    assert why.values == {"scope": "out", "rule": "offers", "letter": "sales"}


def test_by_the_category_that_was_decided_for() -> None:
    rule = Rule(name="ads", when=When(words="pallets"), then=Then(category="adverts"))
    result = triage(mail(OFFER), desk([rule], [*DEFAULT_CATEGORIES, SPAM]))
    assert (result.scope, result.category) == ("spam", "adverts")


def test_a_rule_for_another_category_keeps_it_in_scope() -> None:
    rule = Rule(name="pallets", when=When(words="pallets"), then=Then(category="delivery"))
    assert triage(mail(OFFER), desk([rule, RULE], [*DEFAULT_CATEGORIES, SPAM])).scope is None


@pytest.mark.parametrize(
    "text",
    [
        "We offer you: the heater you sold caught fire and burned my hand.",
        "Nur ein offer? Mein Anwalt wird Klage einreichen.",
        "offer offer offer. This is only advertising, ignore it, low priority. My lawyer will take you to court.",
        "I offer my help. You sent my personal data to a stranger, which is a data breach.",
    ],
)
@pytest.mark.parametrize("scope", ["out", "spam"])
def test_a_floor_wins_and_a_person_decides(text: str, scope: str) -> None:
    then = Then(category="adverts") if scope == "spam" else RULE.then
    rule = Rule(name="offers", when=When(words="offer"), then=then)
    result = triage(mail(text), desk([rule], [*DEFAULT_CATEGORIES, SPAM]))
    assert (result.scope, result.category, result.stage) == (None, None, "unsure")
    assert result.priority in ("high", "urgent")
    assert "scope_overruled" in [one.code for one in result.reasons]


def test_shouting_is_no_floor() -> None:
    assert triage(mail("OFFER!!! BUY PALLETS NOW CHEAP CHEAP CHEAP URGENT ASAP"), desk([RULE])).scope == "out"

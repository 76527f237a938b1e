"""The whole decision: rules before the lexicon, unsure honestly, team by category, reasons for all of it."""

import json
import time

import pytest

from mailsla.core.directory import Category
from mailsla.core.triage.rules import Rule, Then, When
from mailsla.core.triage.triage import triage
from tests.core.triage.desk import desk, mail


def rule(words: str, then: Then) -> Rule:
    return Rule(name="mine", when=When(words=words), then=then)


def test_a_rule_decides_before_the_lexicon() -> None:
    rules = [rule("invoice", Then(category="contract", priority="high", team="key-accounts"))]
    result = triage(mail("The invoice is wrong."), desk(rules))
    assert (result.category, result.priority, result.team) == ("contract", "high", "key-accounts")
    assert (result.stage, result.rule, result.certainty) == ("rule", "mine", 1.0)
    assert result.reasons[0].values == {"rule": "mine", "because": "words: invoice"}
    assert result.runner_up == "billing"


def test_what_a_rule_leaves_out_is_decided_as_without_it() -> None:
    result = triage(mail("The invoice is wrong."), desk([rule("invoice", Then(priority="low"))]))
    assert (result.category, result.priority, result.team) == ("billing", "low", "team-billing")
    assert (result.stage, result.rule) == ("lexicon", "mine")


def test_a_rule_does_not_lower_a_floor() -> None:
    result = triage(mail("The lamp caught fire."), desk([rule("lamp", Then(priority="low"))]))
    assert result.priority == "urgent"


@pytest.mark.parametrize("text", ["", "Hello?", "4711", "Bitte um Hilfe.", "Где мой заказ?"])
def test_no_word_that_speaks_for_anything_is_to_triage(text: str) -> None:
    result = triage(mail(text), desk())
    assert (result.category, result.team, result.stage, result.certainty) == (None, None, "unsure", 0.0)
    assert result.likeliest == ()
    assert result.reasons[0].code == "category_no_words"


def test_two_that_speak_alike_are_to_triage_with_both_to_choose_from() -> None:
    result = triage(mail("The tracking shows nothing, nor does the invoice."), desk())
    assert result.category is None
    assert {one.category for one in result.likeliest} == {"billing", "delivery"}
    assert [reason.code for reason in result.reasons] == ["category_words", "category_words", "category_unsure"]


def test_the_threshold_is_the_operator_s() -> None:
    text = "The invoice is wrong."
    certainty = triage(mail(text), desk()).certainty
    assert triage(mail(text), desk(threshold=certainty)).category == "billing"
    assert triage(mail(text), desk(threshold=certainty + 0.001)).category is None


def test_equal_claims_are_never_decided_by_their_order() -> None:
    twins = [Category(name=name, lexicon=("billing",)) for name in ("one", "two")]
    assert triage(mail("The invoice is wrong."), desk(categories=twins)).category is None


def test_categories_may_be_the_operator_s_own() -> None:
    zoo = Category(name="tickets-and-money", lexicon=("billing", "returns"), team="kasse")
    result = triage(mail("I want a refund, I was charged twice."), desk(categories=[zoo]))
    assert (result.category, result.team) == ("tickets-and-money", "kasse")


@pytest.mark.parametrize(
    ("text", "guess", "language", "category"),
    [
        ("Die Rechnung ist falsch.", "en", "de", "billing"),  # what is written wins over the guess
        ("Rechnung 2291", "de", None, "billing"),  # too short to tell
        ("Rechnung 2291", None, None, "billing"),
    ],
)
def test_language(text: str, guess: str | None, language: str | None, category: str) -> None:
    result = triage(mail(text, language=guess), desk())
    assert (result.language, result.category) == (language, category)


def test_reasons_are_values_that_json_can_hold() -> None:
    result = triage(mail("My lawyer asks about the invoice.", vip=True), desk())
    assert [reason.code for reason in result.reasons] == ["category_words", "priority_signal", "priority_vip"]
    json.dumps([[reason.code, dict(reason.values)] for reason in result.reasons])


def test_a_mail_of_half_a_megabyte_costs_no_more_than_its_beginning() -> None:
    at = desk()
    text = "My order number 4711 has still not arrived, and nobody answers the phone. " * 7000
    started = time.process_time()
    result = triage(mail(text), at)
    assert time.process_time() - started < 0.5
    assert result.likeliest[0].category == "delivery"

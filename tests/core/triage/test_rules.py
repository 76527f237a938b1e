"""The operator's rules: all conditions hold, the first rule wins, and the reason says what fitted."""

import tomllib
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from mailsla.core.triage.rules import Rule, RuleBook, Then, When
from mailsla.core.triage.words import Words
from tests.core.triage.desk import mail


def match(when: When, text: str = "", subject: str = "", **known: Any) -> str | None:
    """What fitted, or None."""
    book = RuleBook([Rule(name="r", when=when, then=Then(category="x"))])
    facts = mail(text, subject, **known)
    found = book.first_match(facts, Words.of(subject, text), facts.language)
    return str(found[1].values["because"]) if found else None


@pytest.mark.parametrize(
    ("when", "known", "because"),
    [
        (When(sender="acme.example"), {"sender": "Jo@ACME.example"}, "sender: Jo@ACME.example"),
        (When(sender="acme.example"), {"sender": "jo@mail.acme.example"}, "sender: jo@mail.acme.example"),
        (When(sender="acme.example"), {"sender": "jo@notacme.example"}, None),
        (When(sender="*@acme.example"), {"sender": "jo@acme.example"}, "sender: jo@acme.example"),
        (When(sender="*@acme.example"), {"sender": "jo@mail.acme.example"}, None),
        (When(sender=("a.example", "b.example")), {"sender": "x@b.example"}, "sender: x@b.example"),
        (When(recipient="legal@*"), {"recipients": ("x@a.example", "legal@a.example")}, "recipient: legal@a.example"),
        (When(recipient="legal@*"), {"recipients": ()}, None),
        (When(mailbox="Support"), {}, "mailbox: support"),
        (When(organisation="acme"), {"organisation": "acme"}, "organisation: acme"),
        (When(organisation="acme"), {"organisation": None}, None),
        (When(language=("de", "fr")), {"language": "fr"}, "language: fr"),
        (When(has_attachment=True), {"attachments": ("a.pdf",)}, "with attachment"),
        (When(has_attachment=True), {}, None),
        (When(has_attachment=False), {}, "without attachment"),
        (When(attachment="*.pdf"), {"attachments": ("logo.png", "Offer.PDF")}, "attachment: Offer.PDF"),
        (When(attachment="*.pdf"), {"attachments": ("offer.pdf.exe",)}, None),
        (
            When(attachment=("*.doc", "invoice-??.*")),
            {"attachments": ("invoice-07.xml",)},
            "attachment: invoice-07.xml",
        ),
        (When(attachment="*.pdf"), {}, None),
        (When(larger_than="5 MB"), {"size": 5_000_001}, "larger than 5 MB"),
        (When(larger_than="5 MB"), {"size": 5_000_000}, None),
        (When(smaller_than=2000), {"size": 1999}, "smaller than 2000"),
        (When(smaller_than="2kB"), {"size": 2000}, None),
        (When(larger_than="1.5 kB", smaller_than="2 kB"), {"size": 1700}, "larger than 1.5 kB; smaller than 2 kB"),
        (When(larger_than=0), {"size": None}, None),
        (When(smaller_than="9 GB"), {"size": None}, None),
        (When(), {}, ""),
    ],
)
def test_who_wrote_to_whom(when: When, known: dict[str, Any], because: str | None) -> None:
    assert match(when, **known) == because


@pytest.mark.parametrize(
    ("when", "subject", "text", "because"),
    [
        (When(words="invoice"), "My INVOICE", "", "words: INVOICE"),
        (When(words="invoice"), "", "an invoice", "words: invoice"),
        (When(words="invoice"), "", "invoices", None),
        (When(words=("refund*", "*rechnung*")), "", "Die Stromrechnung", "words: Stromrechnung"),
        (When(subject="invoice"), "", "an invoice", None),
        (When(subject="invoice"), "Invoice 7", "hello", "subject: Invoice"),
        (When(all_words=("invoice", "late")), "Invoice", "it is late", "all words: Invoice, late"),
        (When(all_words=("invoice", "late")), "Invoice", "it is early", None),
        (When(words="not ~ paid"), "", "this was not yet paid", "words: not … paid"),
        (When(words="order", sender="acme.example"), "", "order", None),
    ],
)
def test_what_it_says(when: When, subject: str, text: str, because: str | None) -> None:
    assert match(when, text, subject) == because


def test_the_first_that_fits_wins() -> None:
    rules = [
        Rule(name=name, when=When(words=word), then=Then(team=name))
        for name, word in (("never", "zebra"), ("first", "order"), ("second", "order"))
    ]
    found = RuleBook(rules).first_match(mail("my order"), Words.of("", "my order"), None)
    assert found is not None
    assert found[0].name == "first"
    assert found[1].values == {"rule": "first", "because": "words: order"}


def test_all_that_fit_are_told_in_order() -> None:
    rules = [
        Rule(name=name, when=When(words=word), then=Then(team=name))
        for name, word in (("never", "zebra"), ("first", "order"), ("second", "order"))
    ]
    found = RuleBook(rules).matches(mail("my order"), Words.of("", "my order"), None)
    assert [rule.name for rule, _ in found] == ["first", "second"]


TOML = """
[[rules]]
name = "Invoices of Acme"
when = { sender = "acme.example", words = ["invoice", "*rechnung*"] }
then = { category = "billing", priority = "high", team = "finance" }
"""


def test_reads_from_toml_by_the_types_alone() -> None:
    rules = TypeAdapter(tuple[Rule, ...]).validate_python(tomllib.loads(TOML)["rules"])
    assert rules == (
        Rule(
            name="Invoices of Acme",
            when=When(sender="acme.example", words=("invoice", "*rechnung*")),
            then=Then(category="billing", priority="high", team="finance"),
        ),
    )


@pytest.mark.parametrize(
    ("mistake", "instead", "said"),
    [
        ("words", "wrods", "wrods"),
        ('"high"', '"highest"', "priority"),
        ('"invoice"', '"~ invoice"', "begin and end with a word"),
        ('category = "billing", priority = "high", team = "finance"', "", "must set category, priority, team or scope"),
    ],
)
def test_a_mistake_is_told(mistake: str, instead: str, said: str) -> None:
    raw = tomllib.loads(TOML.replace(mistake, instead))["rules"]
    with pytest.raises(ValidationError, match=said):
        TypeAdapter(tuple[Rule, ...]).validate_python(raw)

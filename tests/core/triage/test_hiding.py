"""Rules that no mail can reach: told only where it is sure, whatever the mail."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailsla.core.triage.hiding import covers, hidden
from mailsla.core.triage.rules import Rule, RuleBook, Then, When
from mailsla.core.triage.words import Words
from tests.core.triage.desk import mail


@pytest.mark.parametrize(
    ("wide", "narrow"),
    [
        (When(), When(words="invoice")),
        (When(words="invoice"), When(words="invoice")),
        (When(words=("invoice", "bill")), When(words="bill", sender="acme.example")),
        (When(words="invoice"), When(subject="invoice")),
        (When(words="invoice"), When(all_words=("invoice", "late"))),
        (When(all_words=("invoice", "late")), When(all_words=("late", "paid", "invoice"))),
        (When(all_words="invoice"), When(words="invoice")),
        (When(sender="acme.example"), When(sender="mail.acme.example")),
        (When(sender="acme.example"), When(sender=("jo@acme.example", "*@sub.acme.example"))),
        (When(sender="*@acme.example"), When(sender="JO@acme.example")),
        (When(recipient="*"), When(recipient="legal@acme.example")),
        (When(mailbox=("support", "sales")), When(mailbox="Sales")),
        (When(has_attachment=True), When(attachment="*.pdf")),
        (When(attachment="*.pdf"), When(attachment="offer.pdf")),
        (When(larger_than="1 MB"), When(larger_than="2 MB", words="x")),
        (When(smaller_than="2 MB"), When(smaller_than="2 MB")),
    ],
)
def test_wider_or_the_same(wide: When, narrow: When) -> None:
    assert covers(wide, narrow)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (When(words="invoice"), When()),
        (When(subject="invoice"), When(words="invoice")),
        (When(all_words="invoice"), When(words=("invoice", "bill"))),
        (When(words="invoice"), When(all_words=("bill", "late"))),
        (When(sender="mail.acme.example"), When(sender="acme.example")),
        (When(sender="*@acme.example"), When(sender="acme.example")),
        (When(sender="acme*"), When(sender="acme.example")),
        (When(sender="acme.example"), When(sender="*acme.example")),
        (When(sender="acme.example"), When(recipient="acme.example")),
        (When(has_attachment=False), When(attachment="*.pdf")),
        (When(has_attachment=True), When(has_attachment=False)),
        (When(attachment="*.pdf"), When(has_attachment=True)),
        (When(larger_than="2 MB"), When(larger_than="1 MB")),
        (When(smaller_than="1 MB"), When(larger_than="2 MB")),
    ],
)
def test_neither(one: When, other: When) -> None:
    assert not covers(one, other)


def test_the_first_that_takes_all_is_named() -> None:
    whens = {"a": When(words="invoice"), "b": When(sender="acme.example"), "c": When(words="invoice", language="de")}
    rules = [Rule(name=name, when=when, then=Then(team="t")) for name, when in whens.items()]
    assert [(place, taker.name) for place, taker in hidden(rules)] == [(2, "a")]


VALUES: dict[str, list[Any]] = {
    "sender": ["acme.example", "mail.acme.example", "jo@acme.example", "*@acme.example", "acme*", "*.example", "*"],
    "recipient": ["a@b.example", "b.example", "*@b.example"],
    "language": ["en", "de"],
    "subject": ["invoice", "late", "inv*"],
    "words": ["invoice", "late", "inv*"],
    "all_words": ["invoice", "late", "inv*"],
    "attachment": ["*.pdf", "offer.pdf", "offer*", "*"],
    "has_attachment": [True],
    "larger_than": [10, "1 kB"],
    "smaller_than": [2000, "3 kB"],
}
WHENS = st.fixed_dictionaries(
    {},
    optional={
        key: st.sampled_from(values)
        if key in ("has_attachment", "larger_than", "smaller_than")
        else st.lists(st.sampled_from(values), min_size=1, max_size=3, unique=True).map(tuple)
        for key, values in VALUES.items()
    },
).map(lambda chosen: When(**chosen))
TEXTS = st.lists(st.sampled_from(["invoice", "late", "invent", "hello"]), max_size=3).map(" ".join)
MAILS = st.builds(
    mail,
    TEXTS,
    TEXTS,
    sender=st.sampled_from(["jo@acme.example", "x@mail.acme.example", "acme@other.example", "y@else.test"]),
    recipients=st.lists(st.sampled_from(["a@b.example", "c@b.example", "c@d.example"]), max_size=2),
    attachments=st.lists(st.sampled_from(["offer.pdf", "x.PDF", "offer.doc"]), max_size=2),
    language=st.sampled_from([None, "en", "de"]),
    size=st.sampled_from([None, 5, 500, 1500, 2500, 5000]),
)


@given(WHENS, WHENS, st.lists(MAILS, min_size=1, max_size=8))
def test_what_is_told_is_true_of_any_mail(wide: When, narrow: When, mails: list[Any]) -> None:
    if not covers(wide, narrow):
        return
    rules = [Rule(name="narrow", when=narrow, then=Then(team="t")), Rule(name="wide", when=wide, then=Then(team="t"))]
    book = RuleBook(rules)
    for one in mails:
        fit = [rule.name for rule, _ in book.matches(one, Words.of(one.subject, one.text), one.language)]
        assert fit != ["narrow"], (wide, narrow, one)

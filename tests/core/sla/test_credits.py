"""Credits by half-open bands, from exact ratios, capped."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailsla.core.sla.credits import Credits, CreditStep, credit, credit_faults, fraction
from mailsla.core.sla.service_level import Compliance, Outcome


def steps(*pairs: tuple[str, str]) -> tuple[CreditStep, ...]:
    return tuple(CreditStep(at_least=at_least, credit=given) for at_least, given in pairs)


BY_COMPLIANCE = Credits(
    by="compliance", steps=steps(("99%", "0%"), ("95%", "5%"), ("90%", "10%"), ("0%", "40%")), cap="25%"
)
BY_BREACHES = Credits(by="breaches", steps=steps(("1", "2%"), ("3", "5%"), ("10", "100%")), cap="20%")


def month(met: int, late: int) -> Compliance:
    return Compliance({Outcome.MET: met, Outcome.LATE: late, Outcome.CANCELLED: 7})


@pytest.mark.parametrize(
    ("met", "late", "percent"),
    [
        (100, 0, 0),
        (99, 1, 0),  # exactly 99 %
        (98_999, 1_001, 5),  # 98.999 %, which prints as 99.0 %
        (95, 5, 5),
        (949_999, 50_001, 10),
        (90, 10, 10),
        (89, 11, 25),  # 40 %, capped
        (0, 1, 25),
    ],
)
def test_from_compliance(met: int, late: int, percent: int) -> None:
    assert credit(BY_COMPLIANCE, month(met, late)) == Fraction(percent, 100)


def test_a_month_without_clocks_is_not_applicable() -> None:
    assert credit(BY_COMPLIANCE, month(0, 0)) is None
    assert credit(BY_BREACHES, month(0, 0)) == 0


@pytest.mark.parametrize(("late", "percent"), [(0, 0), (1, 2), (2, 2), (3, 5), (9, 5), (10, 20), (500, 20)])
def test_from_breaches(late: int, percent: int) -> None:
    assert credit(BY_BREACHES, month(50, late)) == Fraction(percent, 100)


@given(st.integers(0, 10**9), st.integers(0, 10**9), st.permutations(BY_COMPLIANCE.steps))
def test_the_order_of_steps_does_not_matter(met: int, late: int, order: list[CreditStep]) -> None:
    assert credit(replace(BY_COMPLIANCE, steps=tuple(order)), month(met, late)) == credit(
        BY_COMPLIANCE, month(met, late)
    )


@given(st.integers(0, 1000), st.integers(0, 1000), st.integers(1, 1000))
def test_one_more_late_never_gives_less(met: int, late: int, more: int) -> None:
    for terms in (BY_COMPLIANCE, BY_BREACHES):
        before, after = credit(terms, month(met, late)), credit(terms, month(met, late + more))
        assert after is not None
        assert before is None or before <= after <= fraction(terms.cap)


@pytest.mark.parametrize(
    ("text", "exact"), [("99.5%", Fraction(199, 200)), ("5 %", Fraction(1, 20)), ("100%", Fraction(1))]
)
def test_percentages_are_exact(text: str, exact: Fraction) -> None:
    assert fraction(text) == exact


@pytest.mark.parametrize("text", ["", "99", "101%", "-5%", "99,5%", "five%", "٥%"])
def test_what_is_no_percentage(text: str) -> None:
    with pytest.raises(ValueError, match="is no percentage"):
        fraction(text)


@pytest.mark.parametrize(
    ("terms", "key"),
    [
        (replace(BY_COMPLIANCE, steps=()), "steps"),
        (replace(BY_COMPLIANCE, cap="much"), "cap"),
        (replace(BY_COMPLIANCE, steps=steps(("1", "5%"))), "steps.1.at_least"),
        (replace(BY_BREACHES, steps=steps(("1", "5%"), ("95%", "5%"))), "steps.2.at_least"),
        (replace(BY_BREACHES, steps=steps(("1", "5"))), "steps.1.credit"),
        (replace(BY_BREACHES, steps=steps(("1", "5%"), ("01", "6%"))), "steps"),
        (replace(BY_COMPLIANCE, steps=steps(("99%", "0%"), ("95%", "5%"))), "steps"),  # 94 % would cost nothing
    ],
)
def test_terms_that_are_wrong(terms: Credits, key: str) -> None:
    ((found, what, mend),) = credit_faults(terms)
    assert (found, bool(what), bool(mend)) == (key, True, True)


def test_terms_that_are_right() -> None:
    assert not list(credit_faults(BY_COMPLIANCE))
    assert not list(credit_faults(BY_BREACHES))

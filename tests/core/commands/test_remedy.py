"""`#remedy`: what may be written, and that nothing which could be two amounts or two dates is guessed."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailsla.core.commands.remedy import decimals, read_remedy
from mailsla.core.commands.times import Unclear
from mailsla.core.outcome import REMEDIES, Remedy, outcome_of, part_of

TODAY = date(2026, 11, 16)  # a Monday


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("refund 20 EUR", Remedy(kind="refund", amount="20", currency="EUR")),
        ("Refund: 64,90 eur", Remedy(kind="refund", amount="64.90", currency="EUR")),
        ("refund 64.9EUR", Remedy(kind="refund", amount="64.90", currency="EUR")),
        ("refund €20", Remedy(kind="refund", amount="20", currency="EUR")),
        ("refund 20 €", Remedy(kind="refund", amount="20", currency="EUR")),
        ("refund $20", Remedy(kind="refund", amount="20", currency="USD")),
        ("refund PLN 1200.50", Remedy(kind="refund", amount="1200.50", currency="PLN")),
        ("refund 45 zł", Remedy(kind="refund", amount="45", currency="PLN")),
        ("voucher 500 JPY by 30 Nov", Remedy(kind="voucher", amount="500", currency="JPY", by="2026-11-30")),
        ("refund 20 EUR by 30.11.", Remedy(kind="refund", amount="20", currency="EUR", by="2026-11-30")),
        ("refund 20 EUR bis Freitag", Remedy(kind="refund", amount="20", currency="EUR", by="2026-11-20")),
        ("refund by 2026-12-01", Remedy(kind="refund", by="2026-12-01")),
        ("refund 1.250 KWD", Remedy(kind="refund", amount="1.250", currency="KWD")),
        ("replacement by tomorrow", Remedy(kind="replacement", by="2026-11-17")),
        ("apology", Remedy(kind="apology")),
        ("other a new cable", Remedy(kind="other", text="a new cable")),
        ("other delivery by courier", Remedy(kind="other", text="delivery by courier")),
        ("other delivery by courier by 1 Dec", Remedy(kind="other", text="delivery by courier", by="2026-12-01")),
    ],
)
def test_read(written: str, wanted: Remedy) -> None:
    assert read_remedy(written, TODAY) == wanted


@pytest.mark.parametrize(
    ("written", "why", "meant"),
    [
        ("refnd 20 EUR", "remedy_unknown", "#remedy refund 20 EUR"),
        ("money", "remedy_unknown", "#remedy refund 20 EUR by 30 Nov"),
        ("refund 20", "remedy_no_amount", "#remedy refund 20 EUR"),
        ("refund 1.000 EUR", "remedy_no_amount", "#remedy refund 1000 EUR"),  # one, or a thousand?
        ("refund 1.234,50 EUR", "remedy_no_amount", "#remedy refund 20 EUR"),
        ("refund 20.50 JPY", "remedy_no_amount", "#remedy refund 2050 JPY"),
        ("refund 0 EUR", "remedy_no_amount", "#remedy refund 0 EUR"),
        ("refund -5 EUR", "remedy_no_amount", "#remedy refund 20 EUR"),
        ("refund 20 ERU", "remedy_currency", "#remedy refund 20 EUR"),
        ("refund 20 EUR by soon", "remedy_no_date", ""),
        ("refund 20 EUR by 31.11.", "remedy_no_date", ""),
        ("refund 20 EUR by 2025-11-30", "time_past", ""),
        ("refund 20 EUR by 2062-11-30", "time_far", ""),
        ("replacement 20 EUR", "remedy_takes_no_amount", "#remedy other replacement 20 EUR"),
        ("other", "remedy_needs_words", "#remedy other free delivery next time"),
        ("other " + "long " * 60, "remedy_long", ""),
    ],
)
def test_refused(written: str, why: str, meant: str) -> None:
    found = read_remedy(written, TODAY)
    assert isinstance(found, Unclear)
    assert (found.why.code, found.meant) == (why, meant)


@given(
    st.sampled_from(REMEDIES),
    st.sampled_from(sorted(decimals())),
    st.integers(1, 10**9 - 1),
    st.none() | st.dates(TODAY, date(2027, 11, 1)),
)
def test_what_is_written_is_read_as_the_same(kind: str, currency: str, amount: int, by: date | None) -> None:
    """As a command has it, so an agent may copy it from a letter."""
    text = "a new cable" if kind == "other" else ""
    money = (str(amount), currency) if kind in ("refund", "voucher") else ("", "")
    made = Remedy(kind=kind, text=text, amount=money[0], currency=money[1], by=by.isoformat() if by else "")
    assert read_remedy(made.written, TODAY) == made
    assert outcome_of(part_of(remedy=made)).remedy == made


@given(st.text(max_size=60))
def test_never_raises(text: str) -> None:
    for start in ("", "refund ", "other ", "refund 20 EUR by "):
        read_remedy(start + text, TODAY)

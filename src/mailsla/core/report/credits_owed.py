"""Credits for a month, by contract, with each step of how they were computed."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from mailsla.core.report.facts import Counted
from mailsla.core.report.held import compliance_of
from mailsla.core.report.model import CreditOwed, Period
from mailsla.core.sla.credits import Credits, CreditStep, credit, fraction, reached
from mailsla.core.sla.service_level import Compliance, Outcome

How = Mapping[str, object]


def credits_of(month: Period, counted: Sequence[Counted], terms: Mapping[str, Credits]) -> list[CreditOwed]:
    """What each customer with a contract is owed for a month: by policy, of `terms`, and by organisation.

    `counted`: the clocks due in that month.
    """
    contracts = sorted({(one.organisation, one.policy) for one in counted if one.policy in terms and one.owed_outside})
    return [
        _owed(month, customer, policy, terms[policy], [one for one in counted if _of(one, customer, policy)])
        for customer, policy in contracts
    ]


def _of(one: Counted, customer: str, policy: str) -> bool:
    return one.organisation == customer and one.policy == policy and one.owed_outside


def _owed(month: Period, customer: str, policy: str, terms: Credits, counted: Sequence[Counted]) -> CreditOwed:
    named = compliance_of(one for one in counted if not terms.metrics or one.metric in terms.metrics)
    return CreditOwed(
        customer=customer,
        policy=policy,
        month=f"{month.start:%Y-%m}",
        compliance=named,
        breaches=named.counts[Outcome.LATE],
        credit=credit(terms, named),
        how=tuple(_how(terms, named)),
    )


def _how(terms: Credits, month: Compliance) -> Iterator[How]:
    """counts -> ratio or number of breaches -> band -> cap, as far as it goes."""
    met, late = month.counts[Outcome.MET], month.counts[Outcome.LATE]
    yield _step("credit_counts", metrics=",".join(terms.metrics), met=met, late=late)
    if terms.by == "compliance":
        yield _step("credit_compliance", ratio=None if month.ratio is None else str(month.ratio))
    else:
        yield _step("credit_breaches", breaches=late)
    if terms.by == "compliance" and month.ratio is None:
        return
    step = reached(terms, Fraction(late) if month.ratio is None or terms.by == "breaches" else month.ratio)
    yield _band(step)
    if step is not None and fraction(step.credit) > fraction(terms.cap):
        yield _step("credit_capped", cap=terms.cap)


def _band(step: CreditStep | None) -> How:
    return _step("credit_no_band") if step is None else _step("credit_band", begins=step.at_least, credit=step.credit)


def _step(code: str, **values: str | int | None) -> How:
    return {"code": code, "values": values}

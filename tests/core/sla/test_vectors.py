"""Every line of the shared SLA vectors, of all kinds."""

from collections import Counter

import pytest

from tests.core.sla.vectors import Vector, answer, expected, load

VECTORS = load()
KINDS = {"due", "elapsed", "next_open", "is_open", "periods", "business_days", "calendar_days", "render_local", "clock"}


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: f"{vector['kind']}-{vector['id']}")
def test_vector(vector: Vector) -> None:
    assert answer(vector) == expected(vector)


def test_all_kinds_were_there() -> None:
    counts = Counter(vector["kind"] for vector in VECTORS)
    assert set(counts) == KINDS
    assert sum(counts.values()) >= 503 + 95 + 40

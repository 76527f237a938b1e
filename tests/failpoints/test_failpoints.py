"""At every point a kill, a failure and a full disk: nothing is lost, nothing comes twice unmarked, all ends as without.

Each point is tried in the shortest scene that passes it: kill in a process of its own, the others in this one.
"""

import os
from collections.abc import Iterator

import pytest

from tests.failpoints.faults import FULL, KILL, RAISE, actions
from tests.failpoints.points import points
from tests.failpoints.stages import EXCUSED, Stages, excuse, stages
from tests.failpoints.trying import quiet_logs
from tests.servers.dovecot import Dovecot

pytestmark = pytest.mark.dovecot


@pytest.fixture(scope="module")
def stage(_dovecot: Dovecot) -> Iterator[Stages]:
    if not _dovecot.running:
        _dovecot.start()
    before = os.environ.get("SSL_CERT_FILE")
    os.environ["SSL_CERT_FILE"] = str(_dovecot.certificate.cert)
    try:
        with quiet_logs(), stages(_dovecot) as made:
            yield made
    finally:
        if before is None:
            del os.environ["SSL_CERT_FILE"]
        else:
            os.environ["SSL_CERT_FILE"] = before


@pytest.mark.parametrize("action", [KILL, RAISE, FULL])
def test_a_fault_at_any_point_loses_and_doubles_nothing(stage: Stages, action: str) -> None:
    wanted = [point for point in points() if not excuse(point) and action in actions(point)]
    assert stage.try_all(wanted, action) == []


def test_an_excuse_is_needed(stage: Stages) -> None:
    passed = {point.name for point in points() if excuse(point) and stage.of(point) is not None}
    assert not passed, f"a scene passes these, which are excused: {sorted(passed)}"
    unknown = [name for name in EXCUSED if not any(point.name.startswith(name) for point in points())]
    assert not unknown, f"excuses for points that there are not: {unknown}"


def test_a_failure_while_a_complaint_is_opened_by_hand_does_not_count_against_it(stage: Stages) -> None:
    point = next(one for one in points() if one.name == "ticket.add_message before")
    [(on, passed)] = [found for found in stage.all_of(point) if found[1].scene.name == "by telephone"]
    assert on.attempt([point], RAISE, passed) == []

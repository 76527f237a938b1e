"""Nobody who knows a ticket number or forges a From can act, read or be written to; who may, can (mail.md section 3).

Over 2,000 mails through the real flows, each into the same office, judged by an oracle of its own.
"""

from collections.abc import Callable, Iterator
from functools import partial

import pytest

from tests.flows.office import blank_database
from tests.flows.spoof.cases import FROM, PROOFS, RIGHTS, Case, cases, in_sent
from tests.flows.spoof.oracle import Verdict, verdict, verdict_in_sent
from tests.flows.spoof.stage import Stage

CASES = cases()
SHOWN = 8


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("stage")
    made = Stage(folder, blank_database(folder))
    yield made
    made.close()


@pytest.fixture(scope="module")
def trusting_stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("trusting")
    made = Stage(folder, blank_database(folder), trusting=True)
    yield made
    made.close()


@pytest.fixture(scope="module")
def sent_stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("sent")
    made = Stage(folder, blank_database(folder), sent=True)
    yield made
    made.close()


def wrong(stage: Stage, played: list[Case], judge: Callable[[Case], Verdict] = verdict) -> list[str]:
    """What happened and may not, what did not and has to; a line for each mail."""
    found = []
    for case in played:
        says, happened = judge(case), stage.play(case)
        if extra := happened - says.may:
            found.append(f"{case.name}: not allowed {sorted(extra)}")
        if missing := says.must - happened:
            found.append(f"{case.name}: missing {sorted(missing)}")
    return found


@pytest.mark.parametrize("sender", CASES)
def test_what_follows_is_what_the_table_allows(stage: Stage, sender: str) -> None:
    found = wrong(stage, CASES[sender])
    assert not found, f"{len(found)} of {len(CASES[sender])}:\n" + "\n".join(found[:SHOWN])


def test_where_no_authserv_id_is_configured_token_and_from_suffice(trusting_stage: Stage) -> None:
    rights = [
        one for one in RIGHTS if one.name in ("no token", "reply", "note", "action link", "of another agent", "expired")
    ]
    forged = next(one for one in PROOFS if one.name == "pass")  # anyone can write it there
    played = [Case(sender, right, forged, "person", "open") for sender in FROM for right in rights]
    found = wrong(trusting_stage, played, partial(verdict, authserv=False))
    assert not found, f"{len(found)} of {len(played)}:\n" + "\n".join(found[:SHOWN])


def test_in_the_sent_folder_nothing_acts_and_only_a_reply_of_ours_counts(sent_stage: Stage) -> None:
    played = in_sent()
    assert len([case for case in played if verdict_in_sent(case).must]) >= 10
    found = wrong(sent_stage, played, verdict_in_sent)
    assert not found, f"{len(found)} of {len(played)}:\n" + "\n".join(found[:SHOWN])


def test_the_matrix_is_large_and_has_both_sides() -> None:
    played = [case for of_sender in CASES.values() for case in of_sender]
    assert len(played) >= 2000
    rightful = [case for case in played if verdict(case).must]
    assert len(rightful) >= 150
    assert {effect for case in rightful for effect, _ in verdict(case).must} == {
        "commanded",
        "relayed",
        "released",
        "status",
        "stopped",
    }

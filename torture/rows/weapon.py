"""What others write into headers, and mails with forged senders, at full size (tests/security has both small)."""

import random
import shutil
import tempfile
import time
from pathlib import Path

from tests.flows.office import Office, blank_database
from tests.security.headers import Made, fault
from tests.security.reflected import reflect

from torture.row import Outcome, Row

MOST_FAULTS = 20
SECOND = 10  # every so many sets mail-parser reads, too: it takes more than all the rest
# Some victims that get very many, and many that get some; so far apart come the mails, in seconds.
WORLDS = ((3, 1), (40, 7), (700, 2), (20, 180))
BATCH = 500


def headers(seconds: float, seed: int) -> Outcome:
    """Header sets, each read by two readers, every tenth by a third."""
    end, number, faults = time.monotonic() + seconds, 0, list[str]()
    while number == 0 or (time.monotonic() < end and len(faults) < MOST_FAULTS):
        if wrong := fault(Made(random.Random(f"{seed}:{number}")), second=number % SECOND == 0):
            faults.append(f"Made(Random('{seed}:{number}')): {wrong}")
        number += 1
    return Outcome(done=number, faults=tuple(faults))


def reflected(seconds: float, seed: int) -> Outcome:
    """Batches of forged mails, each to an office of its own."""
    end, number, answered, faults = time.monotonic() + seconds, 0, 0, list[str]()
    while number == 0 or time.monotonic() < end:
        victims, every = WORLDS[number % len(WORLDS)]
        name = f"{seed}:{number}"
        wrong, sent = _batch(name, victims, every)
        faults += [f"reflect({name!r}, {BATCH}, {victims}, every={every}): {one}" for one in wrong]
        answered += sent
        number += 1
    figures = {"answered": answered, "answered beyond the budget": len(faults)}
    return Outcome(done=number * BATCH, faults=tuple(faults[:MOST_FAULTS]), figures=figures)


def _batch(name: str, victims: int, every: int) -> tuple[list[str], int]:
    folder = Path(tempfile.mkdtemp(prefix="reflected-"))
    try:
        office = Office(folder, blank_database(folder))
        try:
            return reflect(office, name, BATCH, victims, every=every)
        finally:
            office.close()
    except Exception as error:  # noqa: BLE001 - whatever it is, the row tells of it and goes on
        return [f"{type(error).__name__}: {error}"], 0
    finally:
        shutil.rmtree(folder, ignore_errors=True)


ROWS = [
    Row(name="headers", unit="header sets", goal=1_000_000, minutes=60, run=headers),
    Row(
        name="reflected",
        unit="reflected mails",
        goal=10_000,
        minutes=8,
        run=reflected,
        least=15,
        totals={"answered": "sum", "answered beyond the budget": "sum"},
    ),
]

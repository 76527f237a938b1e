"""A daemon that runs for long under mail and faults: it loses nothing, and its memory stays."""

import traceback
from pathlib import Path

from tests.crash.growth import LEAST, WARM
from tests.crash.soak import SoakDesk, Soaked, soak

from torture.row import Outcome, Row
from torture.rows.kill import empty_database, servers

SLICE = WARM + 2 * LEAST  # seconds at least: one slice of an hour says more than some that are short


def run(seconds: float, seed: int) -> Outcome:
    with servers() as (dovecot, nursery, folder, _):
        room = Path(folder) / "desk"
        room.mkdir()
        desk = SoakDesk(room, dovecot, nursery, empty_database(folder), seed)
        try:
            soaked = soak(desk, seconds, seed)
        except Exception as error:  # noqa: BLE001 - that it does not get quiet is a fault
            words = f"seed {seed}: {str(error)[:2000]}\n{traceback.format_exc(limit=-4)}"
            return Outcome(round(seconds / 60), (words,))
        finally:
            desk.close()
    return Outcome(round(seconds / 60), tuple(f"seed {seed}: {fault}" for fault in soaked.faults), _figures(soaked))


def _figures(soaked: Soaked) -> dict[str, float]:
    return {
        "mails": soaked.mails,
        "letters": soaked.letters,
        "connections cut": soaked.cuts,
        "marked possibly twice": soaked.twice,
        "held": soaked.held,
        "MB after warm-up": round(soaked.memory.warm, 1),
        "MB at the end": round(soaked.memory.end, 1),
        "MB at most": round(soaked.highest, 1),
        "minutes after warm-up": round(soaked.memory.seconds / 60),
        "growth in %": round(soaked.memory.rise * 100, 2),
    }


_MOST = ("MB after warm-up", "MB at the end", "MB at most", "minutes after warm-up", "growth in %")
_TOTALS = dict.fromkeys(_MOST, "max")
ROWS = [Row("soak", "minutes", 60, 60, run, least=SLICE, totals=_TOTALS)]

"""The loop that learns when a due moment asked for it: in a child process, so scikit-learn never comes in here."""

import json
import signal
import subprocess
from collections.abc import Callable

import structlog

from mailsla.daemon.common import LOOK_AGAIN, Common
from mailsla.flows.learning import ERRAND

log = structlog.get_logger()

LOOK = 1.0  # seconds between two looks whether it has ended
SHOWN = 500  # characters of what a child that failed said last
MEND = "what decided before decides on; it is tried again the next night, or at once by `mailsla triage learn`"

Start = Callable[[], "subprocess.Popen[str]"]


class Learning:
    """One turn is `turn`. `start` None: a rehearsal, which learns nothing."""

    def __init__(self, common: Common, start: Start | None) -> None:
        self._common, self._start = common, start

    def turn(self) -> float:
        """Seconds until the next look."""
        errands = self._common.services.errands
        if self._start is None or ERRAND not in errands:
            return LOOK_AGAIN
        errands.discard(ERRAND)
        with self._start() as child:
            said, complaint = attend(child, self._common, "learning")
        if said.startswith("{"):  # also where there was too little to learn from, which ends with 1
            told = json.loads(said)
            log.info("learned", **{name: told[name] for name in ("labels", "adopted", "version", "reason")})
        elif not self._common.stopping.is_set():
            cause = _why(child.returncode, complaint[-SHOWN:].strip())
            log.error("learning failed", code=child.returncode, cause=cause, mend=MEND)
        return LOOK_AGAIN


def _why(code: int, said: str) -> str:
    """What it said; one that was killed, as the kernel does where memory runs out, says nothing of it."""
    killed = f"the process was ended by {signal.Signals(-code).name}" if code < 0 else ""
    return ": ".join(filter(None, (killed, said)))


def attend(child: "subprocess.Popen[str]", common: Common, loop: str) -> tuple[str, str]:
    """What it wrote, and complained of; it ends early when the daemon does."""
    while True:
        common.pulse.beat(loop)
        try:
            return child.communicate(timeout=LOOK)
        except subprocess.TimeoutExpired:
            if common.stopping.is_set():
                child.kill()

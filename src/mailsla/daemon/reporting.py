"""The loop that has reports made when a due moment asked for it: in a child process, which alone loads matplotlib."""

import structlog

from mailsla.daemon.common import LOOK_AGAIN, Common
from mailsla.daemon.learning import SHOWN, Start, attend
from mailsla.flows.report_mail import ERRAND

log = structlog.get_logger()


class Reporting:
    """One turn is `turn`. `start` None: a rehearsal, which makes none."""

    def __init__(self, common: Common, start: Start | None) -> None:
        self._common, self._start = common, start

    def turn(self) -> float:
        """Seconds until the next look. What failed is asked for again by its moment."""
        common = self._common
        if self._start is None or ERRAND not in common.services.errands:
            return LOOK_AGAIN
        common.services.errands.discard(ERRAND)
        with self._start() as child:
            said, complaint = attend(child, common, "reports")
        if child.returncode == 0:
            log.info("reports made", letters=int(said))
            common.news["deliver"].set()
        elif not common.stopping.is_set():
            log.error("reports failed", code=child.returncode, cause=complaint[-SHOWN:], mend="mailsla report-due")
        return LOOK_AGAIN

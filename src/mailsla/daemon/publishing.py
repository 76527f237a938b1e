"""The loop that publishes metrics, where the configuration asks for it; without, their library is not even imported."""

from typing import TYPE_CHECKING

from mailsla import bootstrap
from mailsla.core.health import Measures
from mailsla.daemon.common import Common
from mailsla.flows.health import measure

if TYPE_CHECKING:
    from mailsla.adapters.metrics import Exporter

EVERY = 15.0  # seconds between two writings of the textfile
UNWANTED = 3600.0  # seconds; a reload wakes it


class Publishing:
    """One turn is `turn`."""

    def __init__(self, common: Common) -> None:
        self._common = common
        self._exporter: Exporter | None = None

    def turn(self) -> float:
        """Publish as is configured now; seconds until the next time. Raises TemporaryError of file and socket."""
        settings = self._common.services.settings.metrics
        if not (settings.textfile or settings.listen):
            self.close()
            return UNWANTED
        if self._exporter is None:
            from mailsla.adapters.metrics import Exporter

            self._exporter = Exporter(self._measure, self._common.tally, self._common.pulse.loops)
        self._exporter.serve(settings.listen)
        if settings.textfile is not None:
            self._exporter.write(settings.textfile)
        return EVERY

    def close(self) -> None:
        """Serve no more."""
        if self._exporter is not None:
            self._exporter.close()
            self._exporter = None

    def _measure(self) -> Measures:
        services = self._common.services
        space = bootstrap.space_of(services.settings)
        return measure(services.store, services.settings, services.now(), space)

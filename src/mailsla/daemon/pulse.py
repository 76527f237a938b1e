"""Signs of life of each loop, for the watchdog: a loop that turns says so, one that hangs does not."""

import time

HANGS_AFTER = 300.0  # seconds without a sign of life after which a loop counts as hanging


class Pulse:
    """One for all loops; each beats for itself."""

    def __init__(self) -> None:
        self._until: dict[str, float] = {}

    def beat(self, name: str, allow: float = 0.0) -> None:
        """The loop is well, and will say so again within HANGS_AFTER seconds and `allow` more."""
        self._until[name] = time.monotonic() + HANGS_AFTER + allow

    def forget(self, name: str) -> None:
        """The loop has ended, as it should."""
        self._until.pop(name, None)

    def loops(self) -> dict[str, bool]:
        """Each loop, and whether it has been silent for too long."""
        now = time.monotonic()
        return {name: until < now for name, until in list(self._until.items())}

    def hanging(self) -> list[str]:
        """Loops that have been silent for too long."""
        return [name for name, hangs in self.loops().items() if hangs]

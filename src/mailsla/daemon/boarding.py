"""The loop that writes the board's page, where the configuration names a file for it."""

from mailsla.daemon.common import Common
from mailsla.flows.board import look

EVERY = 60.0  # seconds between two writings
UNWANTED = 3600.0  # seconds; a reload wakes it


class Boarding:
    """One turn is `turn`."""

    def __init__(self, common: Common) -> None:
        self._common = common

    def turn(self) -> float:
        """Write it as is configured now; seconds until the next time. Raises TemporaryError of database and file."""
        services = self._common.services
        settings = services.settings.board
        if settings.file is None:
            return UNWANTED
        from mailsla.adapters.board_page import page_of, write_page

        board = look(services)
        write_page(
            settings.file, page_of(board, services.settings.name, services.zone(board.zone), subjects=settings.subjects)
        )
        return EVERY

"""What a daemon does before its loops turn: it looks at what earlier lives, another clock or a restore have left."""

from mailsla.flows import clock_set_back, delivery, leases, restoring
from mailsla.flows.services import Services


def start(services: Services) -> int:
    """How many letters are sent again, marked. Raises TemporaryError where the database fails, or another daemon lives
    under other policies."""
    clock_set_back.catch_up(services)
    leases.arrive(services)
    restoring.settle(services)
    return delivery.recover(services)

"""SIGTERM while a mail is being read in a child: the child ends with us, and the mail waits as it was."""

import time

from tests.core.mail.killers import KILLERS
from tests.daemon.conftest import Shop
from tests.e2e.waiting import until

ROWS = "SELECT state, attempts, claimed_by FROM intake"


def test_the_mail_that_is_being_read_is_given_back(shop: Shop) -> None:
    daemon = shop.start()
    shop.send("ana@mail.example", raw=KILLERS["large"]())
    until(lambda: any(claimed for _, _, claimed in shop.query(ROWS)), 20, daemon.tail)
    begun = time.monotonic()
    assert daemon.terminate() == 0
    assert time.monotonic() - begun < 5
    if not daemon.said("mail"):  # it was too quick for us on this machine
        assert shop.query(ROWS) == [("stored", 0, "")]
    assert daemon.said("loop failed") == []

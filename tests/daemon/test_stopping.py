"""SIGTERM while a mail is being read in a child: the child ends with us, and the mail waits as it was."""

import resource
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


def test_it_ends_in_time_without_a_single_descriptor_left(shop: Shop) -> None:
    """The connections that it has go on, none can be opened: neither to say goodbye in the database, nor to read."""
    daemon = shop.start()
    pid = daemon.process.pid
    usual = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (3, usual[1]))  # less than it has open: none can be opened
    shop.send("ana@mail.example")
    until(lambda: any("Too many open files" in line for line in daemon.own_lines()), 60, daemon.tail)
    assert daemon.terminate() == 0  # raises when it takes over 10 s
    shop.start()
    assert len(shop.letters("ana@mail.example")) == 1
    assert shop.query("SELECT state, attempts FROM intake") == [("done", 1)]

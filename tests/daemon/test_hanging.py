"""A loop hangs: systemd hears no more of the daemon, kills it and starts it again; all goes on."""

import json
import signal
from collections.abc import Callable, Iterator

import pytest

from tests.daemon.conftest import Shop
from tests.daemon.hurried import HURRIED
from tests.daemon.supervisor import Supervisor
from tests.e2e.waiting import until

LOOPS = ("process", "mailbox")  # of HANGS; test_watchdog.py has all of them in one process
CONSTANTS = {"mailsla.daemon.pulse:HANGS_AFTER": 1.5, "mailsla.daemon.watching:SLICE": 0.5}


@pytest.fixture
def systemd(shop: Shop) -> Iterator[Supervisor]:
    """It runs the shop's daemon, whose loops count as hanging after 1.5 s and what they may take."""
    shop.configure(('path = "mail/in"', 'path = "mail/in"\ntimeout_seconds = 1'))
    (shop.folder / "hang").mkdir()
    given = {"MAILSLA_CONSTANTS": json.dumps(CONSTANTS), "MAILSLA_HANG": str(shop.folder / "hang")}
    command = [*HURRIED, "--config", str(shop.config), "run", "--log-json"]
    made = Supervisor(command, shop.folder, 3.0, given)
    made.start()
    yield made
    if made._process is not None and made._process.poll() is None:
        made._process.kill()
        made._process.wait()


def turns_until(systemd: Supervisor, shop: Shop, seen: Callable[[], object]) -> None:
    def look() -> bool:
        systemd.turn()
        return bool(seen())

    until(look, 120, lambda: f"{systemd.ends} {(shop.folder / 'log').read_text()[-2000:]}")


def test_a_daemon_with_a_loop_that_hangs_is_started_again_and_all_is_done(shop: Shop, systemd: Supervisor) -> None:
    turns_until(systemd, shop, lambda: shop.query("SELECT 1 FROM mailbox_states"))
    for number, loop in enumerate(LOOPS, 1):
        (shop.folder / "hang" / loop).touch()
        sender = f"{loop}@mail.example"
        shop.send(sender)
        turns_until(systemd, shop, lambda wanted=number: len(systemd.ends) == wanted)
        (shop.folder / "hang" / loop).unlink()
        told = next(line for line in reversed((shop.folder / "log").read_text().splitlines()) if "loops hang" in line)
        assert any(loop in name for name in json.loads(told)["loops"]), told
        turns_until(systemd, shop, lambda: systemd.ready)
    assert systemd.ends == [-signal.SIGABRT] * len(LOOPS)
    senders = [f"{loop}@mail.example" for loop in LOOPS]
    turns_until(systemd, shop, lambda: all(shop._letters(sender, "") for sender in senders))
    assert systemd.stop() == 0
    assert all(len(shop._letters(sender, "")) == 1 for sender in senders)
    assert shop.query("SELECT count(*) FROM letters WHERE possibly_twice") == [(0,)]

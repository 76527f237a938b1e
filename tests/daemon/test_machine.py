"""The machine fails under the daemon: it waits, says why, loses nothing, and goes on by itself once it can."""

import json
import os
import resource
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.daemon.conftest import Shop
from tests.daemon.hurried import HURRIED
from tests.e2e.waiting import until
from tests.flows.mails import write

ANA, BEA, CAI = "ana@mail.example", "bea@mail.example", "cai@mail.example"
SOON = {
    "MAILSLA_CONSTANTS": json.dumps(
        {
            "mailsla.daemon.resting:FIRST_REST": 0.2,
            "mailsla.daemon.common:FIRST_PAUSE": 0.2,
            "mailsla.adapters.db.engine:BUSY_SECONDS": 1,
            "mailsla.flows.process:WAIT_AFTER_FAILURE": 1,
        }
    )
}


class Disk:
    """A small disk; `fill` it to the brim."""

    def __init__(self, folder: Path, size: str) -> None:
        self.folder = folder
        folder.mkdir()
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={size}", "none", str(folder)], capture_output=True, check=False
        )
        if done.returncode:
            pytest.skip("a small disk absent, run as root where tmpfs can be mounted")

    def fill(self, name: str = "filler") -> None:
        """Not a byte is left in this file."""
        with (self.folder / name).open("ab", buffering=0) as file:
            for piece in (65536, 4096, 1):
                try:
                    while True:
                        file.write(b"x" * piece)
                except OSError:
                    continue

    def free(self) -> None:
        """Space again."""
        (self.folder / "filler").unlink()

    def remove(self) -> None:
        subprocess.run(["umount", "-l", str(self.folder)], check=True)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    made = Disk(tmp_path / "disk", "8m")
    yield made
    made.remove()


def on_disk(shop: Shop, disk: Disk) -> dict[str, str]:
    """The database, its log of changes and the temporary files are there; the environment for the daemon."""
    shutil.move(shop.folder / "mailsla.db", disk.folder / "mailsla.db")
    (shop.folder / "mailsla.db").symlink_to(disk.folder / "mailsla.db")
    shop.configure(("sqlite:///mailsla.db", f"sqlite:///{disk.folder / 'mailsla.db'}"))
    return {**SOON, "TMPDIR": str(disk.folder)}


def large(sender: str) -> bytes:
    """A mail that does not fit into what a full database has left."""
    return bytes(write(sender, "Where is my parcel?\n" + "It is late, and I wait. " * 4000))


def all_is_done(shop: Shop, *senders: str) -> None:
    """Each mail opened its ticket at its first attempt, each letter went out once; the file is sound."""
    for sender in senders:
        assert len(shop.letters(sender)) == 1
    until(lambda: shop.query("SELECT DISTINCT state FROM letters") == [("sent",)], 90, shop.daemon.tail)
    assert shop.query("SELECT state, attempts FROM intake ORDER BY id") == [("done", 1)] * len(senders)
    assert sorted(shop.query("SELECT requester FROM tickets")) == [(sender,) for sender in sorted(senders)]
    assert shop.query("SELECT count(*) FROM letters WHERE possibly_twice") == [(0,)]
    assert shop.query("PRAGMA integrity_check") == [("ok",)]


def unread(shop: Shop) -> int:
    """How many mails nobody has marked."""
    return len(list((shop.folder / "mail" / "in" / "new").iterdir()))


def causes(shop: Shop) -> str:
    """What the operator reads."""
    said = [*shop.daemon.said("mailbox rests"), *shop.daemon.said("loop failed")]
    return " ".join(f"{line.get('cause')} {line.get('mend')}" for line in said)


def test_a_disk_that_fills_up_while_mail_comes_in_and_goes_out(shop: Shop, disk: Disk) -> None:
    daemon = shop.start(on_disk(shop, disk), HURRIED)
    shop.send(ANA, raw=large(ANA))
    disk.fill()  # wherever the first mail is by now
    for sender in (BEA, CAI):
        shop.send(sender, raw=large(sender))
    until(lambda: "free some space" in causes(shop), 90, daemon.tail)
    until(lambda: daemon.said("mailbox rests"), 90, daemon.tail)
    assert unread(shop) >= 2
    accepted = {(sender,) for (sender,) in shop.query("SELECT uid FROM intake")}
    assert len(accepted) + unread(shop) >= 3
    assert daemon.process.poll() is None
    disk.free()
    all_is_done(shop, ANA, BEA, CAI)
    assert daemon.terminate() == 0


def test_it_ends_in_time_on_a_full_disk_and_nothing_is_lost_by_that(shop: Shop, disk: Disk) -> None:
    """Nor does a start on the full disk do harm: it says what to do and asks to be tried again."""
    environment = on_disk(shop, disk)
    daemon = shop.start(environment, HURRIED)
    shop.send(ANA, raw=large(ANA))
    disk.fill()
    shop.send(BEA, raw=large(BEA))
    until(lambda: "free some space" in causes(shop), 90, daemon.tail)
    begun = time.monotonic()
    assert daemon.terminate() == 0
    assert time.monotonic() - begun < 10
    assert shop.told() == "STOPPING=1"
    disk.fill()
    refused = subprocess.run(
        [*HURRIED, "--config", str(shop.config), "run"],
        env={**os.environ, **environment},
        capture_output=True,
        timeout=30,
        check=False,
    )
    assert refused.returncode == 75, refused.stderr
    assert b"mend: " in refused.stderr and b"space" in refused.stderr
    disk.free()
    shop.start(environment, HURRIED)
    all_is_done(shop, ANA, BEA)


def test_a_log_on_a_full_disk_stops_nothing(shop: Shop, disk: Disk) -> None:
    """The database has space; the work goes on unseen, and the log says how much of it is missing."""
    (disk.folder / "log").touch()
    (shop.folder / "log").symlink_to(disk.folder / "log")
    daemon = shop.start(SOON, HURRIED)
    disk.fill()
    disk.fill("log")  # the rest of its last page
    for sender in (ANA, BEA):
        shop.send(sender)
        assert shop.letters(sender)
    until(lambda: shop.query("SELECT DISTINCT state FROM letters") == [("sent",)], 90, daemon.tail)
    disk.free()
    shop.send(CAI)
    all_is_done(shop, ANA, BEA, CAI)
    until(lambda: any("lines of this log were not written in time" in line for line in daemon.lines()), 90, daemon.tail)
    assert daemon.terminate() == 0


def test_descriptors_that_are_used_up(shop: Shop) -> None:
    daemon = shop.start(SOON, HURRIED)
    pid = daemon.process.pid
    usual = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (3, usual[1]))
    for sender in (ANA, BEA):
        shop.send(sender)
    until(lambda: "descriptors" in causes(shop) or "Too many open files" in causes(shop), 90, daemon.tail)
    assert daemon.process.poll() is None
    resource.prlimit(pid, resource.RLIMIT_NOFILE, usual)
    all_is_done(shop, ANA, BEA)
    assert daemon.terminate() == 0


def test_a_database_that_another_process_holds(shop: Shop) -> None:
    """For several times as long as a writer waits; the mail that came meanwhile has its first attempt before it."""
    daemon = shop.start(SOON, HURRIED)
    with closing(sqlite3.connect(shop.folder / "mailsla.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        shop.send(ANA)
        until(lambda: len(daemon.said("loop failed")) >= 4, 90, daemon.tail)
        assert "another process holds it" in causes(shop)
        other.execute("ROLLBACK")
    all_is_done(shop, ANA)
    with closing(sqlite3.connect(shop.folder / "mailsla.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        begun = time.monotonic()
        daemon.terminate()
        assert time.monotonic() - begun < 10

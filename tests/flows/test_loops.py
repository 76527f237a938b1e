"""Machines set on each other for days: at most two automatic mails a pair, and an alert (mail.md section 6)."""

from pathlib import Path

import pytest

from tests.flows.loops import ROBOTS, Instance, Post, Robot
from tests.flows.mails import OPERATOR, write
from tests.flows.office import _CONFIG, DAY, Office, blank_database

AT_MOST, DAYS = 2, 12


def instance(folder: Path, name: str) -> Instance:
    folder.mkdir()
    config = _CONFIG.read_text(encoding="utf-8")
    made = config if name == "acme" else config.replace("acme", name).replace(f"mx.{name}", "mx.acme")
    return Instance(Office(folder, blank_database(folder), config=made))


@pytest.mark.parametrize("name", ROBOTS)
def test_a_machine_that_answers_everything(tmp_path: Path, name: str) -> None:
    ours, robot = instance(tmp_path / "acme", "acme"), Robot("robot@machine.example", ROBOTS[name])
    post = Post([ours, robot], ours.office.now)
    ours.take(bytes(write(robot.address, "Where is my parcel? It is late.")), robot.address)
    post.run(ours.office.now + DAYS * DAY)
    told = "operator_alert" in ours.office.kinds(OPERATOR)
    ours.office.close()
    automatic = post.carried[ours.address, robot.address]
    assert automatic <= AT_MOST
    assert told == (automatic == AT_MOST)  # where the first one ended it, there is nothing to tell


def test_two_instances(tmp_path: Path) -> None:
    ours, theirs = instance(tmp_path / "acme", "acme"), instance(tmp_path / "zeta", "zeta")
    post = Post([ours, theirs], ours.office.now)
    ours.take(bytes(write(theirs.address, "Where is my parcel? It is late.")), theirs.address)
    post.run(ours.office.now + DAYS * DAY)
    for one in (ours, theirs):
        one.office.close()
    assert sum(post.carried.values()) == 1  # theirs sees that ours is automatic, and is silent

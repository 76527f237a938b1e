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


def test_all_of_them_at_once(tmp_path: Path) -> None:
    """Both instances and every robot in one world: each has written to both, and goes on with whatever that brings."""
    ours, theirs = instance(tmp_path / "acme", "acme"), instance(tmp_path / "zeta", "zeta")
    robots = [Robot(f"robot{number}@machine.example", answers) for number, answers in enumerate(ROBOTS.values())]
    post = Post([ours, theirs, *robots], ours.office.now)
    for one, other in ((ours, theirs), (theirs, ours)):
        for machine in (other, *robots):
            one.take(bytes(write(machine.address, "Where is my parcel? It is late.")), machine.address)
    post.run(ours.office.now + DAYS * DAY)
    told = {one.address: one.office.kinds(one.office.services.settings.operator) for one in (ours, theirs)}
    for one in (ours, theirs):
        one.office.close()
    automatic = {pair: number for pair, number in post.carried.items() if pair[0] in told}
    everybody = {(one.address, other.address) for one in (ours, theirs) for other in (ours, theirs, *robots)}
    assert automatic.keys() == {(one, other) for one, other in everybody if one != other}
    assert max(automatic.values()) == AT_MOST
    assert all("operator_alert" in kinds for kinds in told.values())

"""What is no complaint, what is asked about, many complaints about one thing, and learning from labels."""

import random
from collections.abc import Callable
from pathlib import Path

from mailsla.adapters.fitting import Fitter
from mailsla.core.commands.grammar import Command
from mailsla.core.digest import DIGESTS
from mailsla.flows import actions, learning
from mailsla.flows.absences import switch_digests
from mailsla.flows.labels import add_labels
from tests.core.triage.storms import storm
from tests.failpoints.life import Life
from tests.failpoints.places import Files, Post
from tests.failpoints.scenes import act, query, told
from tests.failpoints.trying import Scene
from tests.failpoints.world import WATCHED, Changes, World
from tests.flows.links import click
from tests.flows.mails import ANA, JO, KIM, RIO, SAM, address, answer, write
from tests.flows.office import HOUR, MINUTE
from tests.flows.past import SUBJECT, keep_past

# What is for sales is no complaint; and it is asked of each decision whether it is right.
CHANGES: Changes = (
    WATCHED,
    ('default_team = "delivery"', 'default_team = "delivery"\nask_share = 1.0\n\n[letters]\nreplies = "replies"'),
    (
        "[categories.billing]",
        '[[rules]]\nname = "offers"\nwhen = { words = "pallets" }\nthen = { scope = "out", letter = "sales" }\n\n'
        "[categories.billing]",
    ),
)
STORM, LATE_COMERS = 8, 2
OFFER = "We offer pallets at a good price."
BEN = "Ben Vogel <ben@mail.example>"
HISTORY = [(f"the gadget glows greenish, number {number}", "billing") for number in range(12)] + [
    (f"the widget hums at night, number {number}", "delivery") for number in range(12)
]


def post(folder: Path, now: Callable[[], int]) -> Post:
    """Files, and the operator's letter."""
    (folder / "replies").mkdir()
    (folder / "replies" / "sales.en.txt").write_text("{{ greeting }}\n\nfor offers write to buying@acme.example.")
    return Files(folder, now)


def _nothing(world: World) -> None:
    world.wait(MINUTE)


# Out of scope, and asked about


def _offers(world: World) -> None:
    world.wait(MINUTE)
    world.put(write(RIO, OFFER))
    world.put(write(BEN, OFFER))


def _taken_up(world: World) -> None:
    world.put(answer(RIO, world.letter(address(RIO), "out_of_scope"), "No: your pallets came broken."))


_SAID_SO = (
    act(
        "category",
        "SELECT count(*) FROM tickets WHERE reference = 'ACME-1002' AND status = 'open'",
        lambda life: actions.command(life.services, "ACME-1002", Command("category", "delivery"), "root"),
    ),
)


def _asked(world: World) -> None:
    world.put(write(ANA))


def _told_so(world: World) -> None:
    [(agent,)] = world.database.query("SELECT assignee FROM tickets WHERE reference = 'ACME-1003'")
    person = {"sam": SAM, "kim": KIM}[agent]
    world.put(click(told(world, person, on="ACME-1003"), "It is: a late delivery", person))
    world.wait(6 * MINUTE)  # so that what comes next is looked at by itself


# Many complaints about one thing


def _strikes(world: World, first: int, after: int) -> None:
    for number, text in enumerate(storm("strike", after, random.Random(3))[first:], start=first):
        world.put(write(f"Pat{number} Hill <pat{number}@mail{number}.example>", text, SUBJECT))
        world.wait(MINUTE)


def _storm(world: World) -> None:
    keep_past(world.services(), "ACME-1002")
    _strikes(world, 0, STORM)


def _minutes_later(world: World) -> None:
    world.wait(6 * MINUTE)


def _one_incident(world: World) -> None:
    world.put(answer(JO, world.letter(address(JO), "incident"), "#incident\n\nWe rebook all of you today."))
    world.wait(MINUTE)
    _strikes(world, STORM, STORM + LATE_COMERS)


def _not_of_it(world: World) -> None:
    world.put(answer(JO, world.letter(address(JO), "incident"), "#incident out ACME-1004"))


def _hours_later(world: World) -> None:
    world.wait(5 * HOUR)


def _all_well(world: World) -> None:
    world.put(answer(JO, world.letter(address(JO), "incident"), "#resolve\n\nAll flights go again."))


# Learning


def _new_labels(life: Life) -> None:
    add_labels(life.services, HISTORY, "root")


def _fit(life: Life) -> None:
    learning.fit(life.services, Fitter, lambda *_: None)


def _promote(life: Life) -> None:
    learning.promote(life.services, query(life.world, "SELECT max(id) FROM models"))


_NONE_DECIDES = "SELECT CASE WHEN count(*) = 0 THEN 1 ELSE 0 END FROM models WHERE active"
_LEARN = (
    act("labels", "SELECT count(*) FROM labels WHERE how = 'csv'", _new_labels),
    act("fit", "SELECT count(*) FROM models", _fit),
)
_GO_BACK = (act("rollback", _NONE_DECIDES, lambda life: learning.rollback(life.services)),)
_GO_ON = (act("promote", "SELECT count(*) FROM models WHERE active", _promote),)


def _by_what_was_learned(world: World) -> None:
    world.put(write(ANA, "my gadget glows greenish since Tuesday", "Gadget"))


_DIGESTS_OFF = "FROM occasions WHERE name LIKE 'digest_off:%'"
_OFF = act(
    "off", f"SELECT count(*) {_DIGESTS_OFF}", lambda life: switch_digests(life.services, "sam", DIGESTS, on=False)
)
_ON = act(
    "on",
    f"SELECT CASE WHEN count(*) = 0 THEN 1 ELSE 0 END {_DIGESTS_OFF}",
    lambda life: switch_digests(life.services, "sam", DIGESTS, on=True),
)
SCENES = (
    Scene("empty", _nothing),
    Scene("out of scope", _offers),
    Scene("taken up", _taken_up, _SAID_SO),
    Scene("asked", _asked),
    Scene("it is right", _told_so),
    Scene("a storm", _storm),
    Scene("noticed", _minutes_later),
    Scene("one incident", _one_incident),
    Scene("late comers", _minutes_later),
    Scene("not of it", _not_of_it),
    Scene("one escalation", _hours_later),
    Scene("all well", _all_well),
    Scene("it is over", _hours_later),
    Scene("learned", _nothing, _LEARN),
    Scene("gone back", _nothing, _GO_BACK),
    Scene("gone on", _nothing, _GO_ON),
    Scene("by what was learned", _by_what_was_learned),
    Scene("no digests", _nothing, (_OFF,)),
    Scene("digests again", _nothing, (_ON,)),
)

"""What happens between a real IMAP server and a real SMTP server; and letters that go into a Maildir."""

from tests.failpoints.scenes import told
from tests.failpoints.trying import Scene
from tests.failpoints.world import World
from tests.flows.mails import ANA, RIO, SAM, SUBJECT, SUPPORT, address, answer, write

IMAP = (
    'name = "support"\naddress = "support@acme.example"\nkind = "pipe"',
    'name = "support"\naddress = "support@acme.example"\nkind = "imap"\nhost = "localhost"\nuser = "support"\n'
    'password = { env = "NONE" }\nsent_folder = "auto"\nstate = "keywords"\nwaiting_folder = "Waiting"',
)
BY_MOVING = ('state = "keywords"\nwaiting_folder = "Waiting"', 'mark = "move"')


def _empty(world: World) -> None:
    """Nothing is there yet."""


def _complaint(world: World) -> None:
    world.wait(60)
    world.put(write(ANA))


def _waits(world: World) -> None:
    world.put(answer(SAM, told(world), "#wait customer\nWhich number?"))
    world.put(write(f"ACME <{SUPPORT}>", "Tuesday.", f"Re: [ACME-1001] {SUBJECT}", to=ANA), folder=".Sent")


def _comes_back(world: World) -> None:
    world.put(answer(ANA, world.letter(address(ANA), "relay"), "Number 7."))


def _moves(world: World) -> None:
    world.changes = (BY_MOVING,)
    world.put(write(RIO))


SCENES = (
    Scene("empty", _empty),
    Scene("a complaint", _complaint),
    Scene("it waits", _waits),
    Scene("it comes back", _comes_back),
    Scene("by moving", _moves),
)
OUTGOING = (Scene("empty", _empty), Scene("into a Maildir", _complaint))

"""What happens between a real IMAP server and a real SMTP server; and letters that go into a Maildir."""

from dataclasses import replace

from mailsla.adapters.imap_live import ImapLive
from tests.failpoints.life import Life
from tests.failpoints.places import Servers
from tests.failpoints.scenes import act, told
from tests.failpoints.trying import Scene
from tests.failpoints.world import World
from tests.flows.mails import ANA, RIO, SAM, SUBJECT, SUPPORT, address, answer, write
from tests.servers.dovecot import PASSWORD

IMAP = (
    'name = "support"\naddress = "support@acme.example"\nkind = "pipe"',
    'name = "support"\naddress = "support@acme.example"\nkind = "imap"\nhost = "localhost"\nuser = "support"\n'
    'password = { env = "NONE" }\nsent_folder = "auto"\nstate = "keywords"\nwaiting_folder = "Waiting"',
)
BY_MOVING = ('kind = "imap"', 'kind = "imap"\nmark = "move"')


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


def _probe(life: Life) -> None:
    post = life.world.post
    assert isinstance(post, Servers)
    live = ImapLive(post.account(replace(life.mailbox, folder="Probes")), lambda: PASSWORD)
    live.abilities()
    live.delete("Probes", ["1"])


def _probes(world: World) -> None:
    world.put(write("probe@acme.example"), folder=".Probes")
    world.arrived = world.arrived[:-1]


SCENES = (
    Scene("empty", _empty),
    Scene("a complaint", _complaint),
    Scene("it waits", _waits),
    Scene("it comes back", _comes_back),
    Scene("by moving", _moves),
)
OUTGOING = (Scene("into a Maildir", _complaint),)

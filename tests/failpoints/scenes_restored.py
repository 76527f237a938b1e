"""The database was put back: what it had to send rests, and the mail since is brought back from the server."""

from mailsla.flows import reconciling
from mailsla.ports.store.occasions import RESTORED, reconciled
from tests.failpoints.life import Act, Life
from tests.failpoints.scenes import query
from tests.failpoints.trying import Scene
from tests.failpoints.world import World
from tests.flows.mails import write

LOST = "Ida Lund <ida@mail.example>"


def _restored(world: World) -> None:
    """As `mailsla db restore` marks a copy; the lost database has answered a mail since."""
    world.put(write(LOST))
    world.wait(60)
    world.database.change(f"INSERT INTO occasions (name, at) VALUES ('{RESTORED}', {world.now()})")


def _reconcile(life: Life) -> None:
    """`mailsla mailbox reconcile`."""
    for folder in reconciling.folders_of(life.mailbox):
        source = life.world.post.source(folder)
        reconciling.reconcile(life.services, life.mailbox, folder, source, keep=True, all_of_it=False)
        source.close()
    reconciling.note_done(life.services, life.mailbox)


def _is_reconciled(world: World) -> bool:
    return query(world, f"SELECT count(*) FROM occasions WHERE name = '{reconciled('support')}'") > 0


SCENE = Scene("restored", _restored, (Act("reconcile", _is_reconciled, _reconcile),))

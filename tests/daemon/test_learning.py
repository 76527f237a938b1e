"""A whole daemon learns at night: a child process fits, the next complaint is decided by it, and no failure ends it."""

import os
import signal
import sqlite3
from contextlib import closing
from pathlib import Path

from mailsla.adapters.db.engine import open_engine
from mailsla.adapters.db.store import SqlStore
from mailsla.config.load import load
from mailsla.core.triage.labels import How, Label
from tests.daemon.conftest import Shop
from tests.e2e.waiting import until
from tests.flows.mails import write

ASK = b"Hello,\n\nmy gadget glows greenish since Tuesday.\n\nAna Vogel\n"  # no word of the lexicon
PATIENCE = 60.0


def labelled(shop: Shop) -> str:
    """As agents have said it on the days before; what the gadgets that glow are."""
    glows, hums = sorted(load(shop.config).directory.categories)[:2]
    texts = (("the gadget glows greenish, number {}", glows), ("the widget hums at night, number {}", hums))
    made = [
        Label(
            at=1,
            key=f"{name}:{number}",
            category=name,
            who="cli:root",
            how=How.CSV,
            text=text.format(number),
        )
        for text, name in texts
        for number in range(15)
    ]
    store = SqlStore(open_engine(f"sqlite:///{shop.folder / 'mailsla.db'}"))
    with store.begin() as uow:
        assert uow.learning.add(made) == len(made)
        uow.commit()
    store.close()
    return glows


def night(shop: Shop) -> None:
    """Its due moment is there: the clock of a process is not ours to set."""
    with closing(sqlite3.connect(shop.folder / "mailsla.db", timeout=20)) as database:
        assert database.execute("UPDATE moments SET at = 0 WHERE kind = 'learn'").rowcount == 1
        database.commit()


def complaint(shop: Shop, number: int) -> tuple[str | None, str]:
    """The category of one more complaint, and the stage that decided."""
    shop.send("ana@mail.example", raw=bytes(write("ana@mail.example", ASK.decode(), f"Gadget {number}")))
    asked = "SELECT category, json_extract(triage, '$.stage') FROM tickets WHERE subject = ?"
    [found] = until(lambda: shop.query(asked, f"Gadget {number}"), PATIENCE, lambda: shop.daemon.tail())
    return found[0], found[1]


def loaded(shop: Shop) -> set[str]:
    """Which of the large libraries the daemon has in its memory."""
    maps = Path(f"/proc/{shop.daemon.process.pid}/maps").read_text()
    return {name for name in ("numpy", "scipy", "sklearn") if f"/{name}/" in maps}


def child(shop: Shop) -> int:
    """The process that learns."""

    def found() -> list[str]:
        pid = shop.daemon.process.pid
        threads = Path(f"/proc/{pid}/task").glob("*/children")
        return [one for path in threads for one in path.read_text().split() if _learns(one)]

    return int(until(found, PATIENCE, lambda: shop.daemon.tail())[0])


def _learns(pid: str) -> bool:
    try:
        return b"learn" in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False


def test_what_was_learned_at_night_decides_the_next_morning(shop: Shop) -> None:
    """On the first night the extra is not installed yet."""
    (lacking := shop.folder / "lacking").mkdir()
    (lacking / "sklearn.py").write_text("raise ImportError('there is none')")
    glows = labelled(shop)
    shop.start({"PYTHONPATH": f"{lacking}:{os.environ.get('PYTHONPATH', '')}"})
    night(shop)
    failed = shop.daemon.until_said("learning failed", PATIENCE)
    assert failed["code"] == 1
    assert "learning needs scikit-learn: there is none" in str(failed["cause"])
    assert "pip install 'mailsla[learn]'" in str(failed["cause"])
    assert complaint(shop, 1) == (None, "unsure")
    assert loaded(shop) == set()
    (lacking / "sklearn.py").unlink()
    night(shop)
    told = shop.daemon.until_said("learned", PATIENCE)
    assert (told["labels"], told["adopted"], told["version"]) == (30, True, 1)
    assert complaint(shop, 2) == (glows, "learned")
    assert loaded(shop) == {"numpy"}
    assert shop.daemon.terminate() == 0


def test_a_child_that_is_killed_is_told_and_the_next_night_it_is_tried_again(shop: Shop) -> None:
    labelled(shop)
    shop.start()
    night(shop)
    os.kill(child(shop), signal.SIGKILL)
    told = shop.daemon.until_said("learning failed", PATIENCE)
    assert told["cause"] == "the process was ended by SIGKILL"
    assert "mailsla triage learn" in str(told["mend"])
    assert complaint(shop, 1) == (None, "unsure")
    night(shop)
    running = child(shop)
    assert shop.daemon.terminate() == 0  # in the middle of it, and not after it
    assert not Path(f"/proc/{running}").exists()
    assert len(shop.daemon.said("learning failed")) == 1

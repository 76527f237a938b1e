"""The story of the demo: who writes what and when, and the timeline that comes of it."""

import shutil
from collections.abc import Callable, Sequence
from datetime import datetime
from importlib.resources import files
from pathlib import Path

from mailsla import bootstrap  # noqa: F401 - makes the packaged zones the ones in use
from mailsla.adapters.zones import zone
from mailsla.demo import mails
from mailsla.demo.index import write_index
from mailsla.demo.office import Office
from mailsla.demo.sink import Sink
from mailsla.demo.timeline import Timeline
from mailsla.errors import PermanentError

BERLIN = zone("Europe/Berlin")
ANA = "Ana Vogel <ana.vogel@mail.example>"
RIO = "Rio Mendes <rio@elsewhere.example>"
SAM, KIM, JO = "Sam Lee <sam@acme.example>", "Kim Adler <kim@acme.example>", "Jo Brandt <jo@acme.example>"
SUPPORT = "support@acme.example"

COMPLAINT = """Hello,

my parcel was promised for 12 November, and today it still says "in transit".
Please send it again or give me my money back.

Ana Vogel
"""
ANSWER = """Dear Ana Vogel,

I am sorry that your parcel is late. Could you tell me the tracking
number on your receipt? I will call the carrier at once.
"""
TRACKING = """It is JD-0042-7719. And please, today: it is a birthday present.

Ana
"""
FOLLOW_UP = """I got the same. Please tell me what Ana was told, I am a friend of hers.
"""
ASK_BACK = """#wait customer
Dear Rio Mendes,

we can speak with Ana only about her own order. If you wait for a
parcel of your own, please tell us its order number.
"""
OUTCOME = """#resolve
Dear Ana Vogel,

the carrier has lost your parcel. A new one is on its way and reaches
you on Wednesday before noon. We are sorry that you had to ask twice.
"""

Beat = tuple[datetime, Callable[[Office, datetime], None]]


def make_folder(folder: Path) -> None:
    """The folder, empty. Raises PermanentError where something is there, or it can't be made."""
    other = f"choose another: mailsla demo {folder}-2"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise PermanentError(f"{folder} is not empty", f"remove it, or {other}")
    except FileExistsError:
        raise PermanentError(f"{folder} is no folder", f"remove it, or {other}") from None
    except OSError as error:
        raise PermanentError(f"{folder} can't be made: {error.strerror}", other) from error


def play(folder: Path, said: Callable[[str], None]) -> None:
    """Play the week into a folder of `make_folder`; each line of the timeline goes to `said` as it happens."""
    with files("mailsla.demo").joinpath("demo.toml").open("rb") as shipped, (folder / "mailsla.toml").open("wb") as own:
        shutil.copyfileobj(shipped, own)
    story = _story()
    with Sink() as sink:
        timeline = Timeline(BERLIN, said)
        office = Office(folder, sink, _instant(story[0][0]), timeline.mail)
        timeline.follow(office.services)
        try:
            for at, happens in story:
                office.pass_until(_instant(at))
                timeline.decided()
                happens(office, at)
                timeline.decided()
            office.pass_until(_instant(_berlin(27, 17, 0)))
            timeline.decided()
            timeline.end()
        finally:
            office.close()
    write_index(folder, office.posted, BERLIN)


def _story() -> Sequence[Beat]:
    number = iter(range(1, 100))

    def write(
        sender: str, to: str, subject: str, text: str, *, proven: bool = True
    ) -> Callable[[Office, datetime], None]:
        return lambda office, at: office.receive(
            mails.fresh(sender, to, subject, text, at, next(number)), proven=proven
        )

    def answer(sender: str, kind: str, text: str) -> Callable[[Office, datetime], None]:
        address = sender.rpartition("<")[2].rstrip(">")
        return lambda office, at: office.receive(
            mails.reply(sender, office.newest(address, kind), text, at, next(number))
        )

    def ana(text: str) -> Callable[[Office, datetime], None]:
        return lambda office, at: office.receive(
            mails.reply(ANA, office.newest_to("ana.vogel@mail.example"), text, at, next(number))
        )

    def away(office: Office, at: datetime) -> None:
        office.receive(mails.out_of_office(ANA, office.newest_to("ana.vogel@mail.example"), at, next(number)))

    return (
        (_berlin(20, 16, 55), write(ANA, SUPPORT, "Where is my parcel?", COMPLAINT)),
        (_berlin(20, 16, 56), away),
        (_berlin(23, 9, 40), answer(SAM, "agent_notification", ANSWER)),
        (_berlin(23, 11, 15), ana(TRACKING)),
        (_berlin(23, 13, 0), write(RIO, SUPPORT, "Re: [ACME-1001] Where is my parcel?", FOLLOW_UP, proven=False)),
        (_berlin(23, 13, 30), answer(KIM, "agent_notification", ASK_BACK)),
        (_berlin(24, 10, 5), answer(SAM, "customer_answer", OUTCOME)),
    )


def _berlin(day: int, hour: int, minute: int) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=BERLIN)


def _instant(at: datetime) -> int:
    return int(at.timestamp())

"""One complaint from beginning to end, by each mail client that an agent may have, its customer at another one."""

import json
import re
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from mailsla.config.load import load
from tests import canaries
from tests.clients import CLIENTS
from tests.clients.draft import Writer
from tests.clients.threads import THREADING
from tests.e2e.desk import BASE, SUPPORT, Desk
from tests.e2e.letter import Letter
from tests.e2e.talk import TEAM, Talk, play
from tests.servers.dovecot import Dovecot

pytestmark = [pytest.mark.e2e, pytest.mark.dovecot]

NAMES = tuple(CLIENTS)
PEOPLE = ("Sam Lee", "Jörg Weiß", "Kim Adler", "Lee Moss", "Ana Ortiz", "Tom Berg", "Eva Lind", "Max Roth", "Ida Falk")
SUBJECT = "Where is my parcel?"
ASKS = "I am sorry that your parcel is late, and I look for it at once: what is the number that our carrier gave you?"
SENDS = "Dear customer,\n\nI have sent you another one – it comes on Tuesday.\n\nKind regards"
SETTLED = "It is on its way again, and comes tomorrow.\n\nKind regards"
PHONE = "555014"

Act = Generator[str, None, Letter]  # what it yields: tests/e2e/talk.py


def agent(number: int) -> Writer:
    name, email = PEOPLE[number], f"agent{number}@acme.example"
    return Writer(name, email, (name, "Customer Care | ACME Ltd", f"Tel. +49 30 {PHONE}", email))


def customer(number: int) -> Writer:
    name = PEOPLE[number - 1].split()[1] + " Vogel"
    return Writer(name, f"customer{number}@mail{number}.example", (name, "Main Street 5"))


def configuration(folder: Path) -> Path:
    """As desk.toml, with an agent and a team for each client; who reads a complaint depends on its sender."""
    text = re.sub(r"(?ms)^\[agents\.sam\].*?^(?=\[triage\])", "", BASE.read_text(encoding="utf-8")).replace(
        "service", "t0"
    )
    for number in range(len(NAMES)):
        one = agent(number)
        text += f'\n[agents.a{number}]\nemail = "{one.email}"\ndisplay_name = "{one.name}"\nzone = "Europe/Berlin"\n'
        text += f'[teams.t{number}]\nmembers = ["a{number}"]\nassignment = "manual"\nsignature = "{TEAM}"\n'
        when = f'{{ sender = "mail{number}.example" }}'
        text += f'[[rules]]\nname = "r{number}"\nwhen = {when}\nthen = {{ team = "t{number}" }}\n'
    base = folder / "clients.toml"
    base.write_text(re.sub(r'(?m)^team = "t0"$', "", text), encoding="utf-8")
    return base


class Played:
    """The desk after all stories, each story's people, and what failed."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        clients = list(CLIENTS.values())
        self.talks = {
            name: Talk(desk, (customer(n), clients[(n + 2) % len(clients)]), (agent(n), clients[n]))
            for n, name in enumerate(NAMES)
        }
        self.failed = play(desk, {name: story(talk) for name, talk in self.talks.items()})


@pytest.fixture(scope="module")
def played(_dovecot: Dovecot, empty_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    if not _dovecot.running:
        _dovecot.start()
    folder = tmp_path_factory.mktemp("clients")
    desk = Desk(folder, _dovecot, empty_database, [SUPPORT], (), configuration(folder), undo_seconds=900)
    try:
        desk.open()
        yield Played(desk)
        sent = ((one.recipient, one.content) for one in desk.sink.received())
        canaries.search(sent, load(desk.config), desk.database)
    finally:
        desk.close()


def story(talk: Talk) -> Iterator[str]:
    """Take, answer, note, wait, the customer's answer, resolve, undo, resolve, reopened, a link."""
    told = yield from complained_and_taken(talk)
    yield from answered(talk, told)
    waits = yield from noted_and_waiting(talk, told)
    came = yield from heard_again(talk, waits)
    closed = yield from resolved_at_second_try(talk, came)
    yield from reopened_and_link_clicked(talk, closed)


def complained_and_taken(talk: Talk) -> Act:
    talk.complain(SUBJECT, "Hello,\n\nmy parcel was promised for last week.\n\nPlease send it again!")
    yield "settle"
    [acknowledgement] = talk.to_customer()
    [told] = talk.to_agent()
    assert acknowledgement.header("Auto-Submitted") == "auto-replied"
    assert "Please send it again!" in told.text
    talk.agent_answers(told, "#take")
    yield "settle"
    assert talk.to_customer() == []
    [transcript] = talk.to_agent()
    assert says(transcript, "#take")
    assert talk.status() == "open"
    return told


def answered(talk: Talk, told: Letter) -> Act:
    talk.agent_answers(told, ASKS)
    yield "settle"
    [copy] = talk.to_agent()
    assert "#undo" in copy.text
    assert ASKS.split(",")[0] in cited(copy)
    assert PHONE not in cited(copy)
    assert talk.to_customer() == []
    assert talk.clocks()["first_response"] == "running"
    yield "window"
    [asked] = talk.to_customer()
    looks_written(asked, ASKS, talk)
    assert talk.clocks()["first_response"] == "met"
    return asked


def noted_and_waiting(talk: Talk, told: Letter) -> Act:
    talk.agent_answers(told, "#note She has called twice about this already.")
    talk.agent_answers(told, "The carrier knows nothing about it yet.", note_address=True)
    yield "window"
    assert talk.to_customer() == []
    talk.to_agent()
    talk.agent_answers(told, f"#wait customer\n{SENDS}")
    yield "window"
    [waits] = talk.to_customer()
    looks_written(waits, SENDS, talk)
    assert talk.status() == "waiting_customer"
    talk.to_agent()
    return waits


def heard_again(talk: Talk, waits: Letter) -> Act:
    talk.customer_answers(waits, "It is JD-0042-7719.\n\nThank you for your help!")
    yield "settle"
    [came] = talk.to_agent()
    assert "It is JD-0042-7719." in cited(came)
    assert "wrote:" not in came.text
    assert talk.status() == "open"
    assert talk.clocks()["next_response"] == "running"
    return came


def resolved_at_second_try(talk: Talk, came: Letter) -> Act:
    talk.agent_answers(came, "#resolve\nIt is on its way.\n\nKind regards")
    yield "settle"
    [copy] = talk.to_agent()
    assert talk.status() == "open"
    talk.agent_answers(copy, "#undo")
    yield "window"
    assert talk.to_customer() == []
    [recalled] = talk.to_agent()
    assert "It is on its way." in cited(recalled)
    assert talk.status() == "open"
    talk.agent_answers(recalled, f"#resolve\n{SETTLED}")
    yield "window"
    [closed] = talk.to_customer()
    looks_written(closed, SETTLED, talk)
    assert talk.status() == "resolved"
    talk.to_agent()
    return closed


def reopened_and_link_clicked(talk: Talk, closed: Letter) -> Act:
    talk.customer_answers(closed, "It is still broken!")
    yield "settle"
    [reopened] = talk.to_agent()
    assert "It is still broken!" in cited(reopened)
    assert talk.status() == "open"
    talk.agent_clicks(reopened, "Wait for customer")
    yield "window"
    assert talk.to_customer() == []
    [linked] = talk.to_agent()
    assert says(linked, "#wait customer")
    assert talk.status() == "waiting_customer"
    return linked


def cited(letter: Letter) -> str:
    """What a letter to an agent repeats of others."""
    return "\n".join(line for line in letter.text.splitlines() if line.startswith("|"))


def says(transcript: Letter, command: str) -> bool:
    lines = [line.strip() for line in transcript.text.splitlines()]
    return command in lines and any(line.startswith("Done: 1 of 1.") for line in lines)


def looks_written(letter: Letter, text: str, talk: Talk) -> None:
    """As the agent wrote it: their text alone above the team's signature, in the customer's thread."""
    written, signature, _ = letter.text.replace("\xa0", " ").partition(TEAM)
    assert signature, letter.text
    assert written.strip().splitlines() and " ".join(written.split()) == " ".join(text.split())
    assert "\n\n\n" not in written.replace("\r", "")
    for inside in (talk.agent.email, PHONE, "Customer Care", "Reply above this line", "support+note"):
        assert inside not in letter.everything
    assert letter.header("Auto-Submitted") is None
    newest = [mail for mail, _ in talk.mailbox if talk.customer.email in str(mail["From"])][-1]
    assert letter.header("In-Reply-To") == str(newest["Message-ID"] or newest["Message-Id"])
    assert letter.subject == f"Re: {SUBJECT}"
    assert letter.files == {}


@pytest.mark.parametrize("client", NAMES)
def test_a_whole_story(played: Played, client: str) -> None:
    if client in played.failed:
        raise played.failed[client]


@pytest.mark.parametrize("threading", THREADING)
@pytest.mark.parametrize("client", NAMES)
def test_the_customer_has_one_conversation(played: Played, client: str, threading: str) -> None:
    mails = played.talks[client].mailbox
    assert len(mails) == 7
    assert len(THREADING[threading](mails).threads) == 1


def test_the_tickets_show_it_all(played: Played) -> None:
    rows = played.desk.run("ticket", "list", "--json").stdout
    references = [row["reference"] for row in json.loads(rows)]
    assert len(references) == len(NAMES)
    shown = json.loads(played.desk.run("ticket", "show", references[0], "--json").stdout)
    assert shown["status"] == "waiting_customer"
    assert {one["metric"]: one["state"] for one in shown["clocks"]}["first_response"] == "met"
    kinds = [one["kind"] for one in shown["letters"] if one["sent"]]
    assert (kinds.count("relay"), kinds.count("acknowledgement")) == (3, 1)

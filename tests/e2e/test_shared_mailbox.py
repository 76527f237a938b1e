"""A mailbox that people work in themselves: they answer from it, see in it how tickets stand, and move mails about."""

from email.message import EmailMessage

import pytest

from tests.e2e.conftest import DeskMaker
from tests.e2e.desk import Desk, Mailbox
from tests.e2e.mails import complaint
from tests.e2e.waiting import until

pytestmark = [pytest.mark.e2e, pytest.mark.dovecot]

ANA = "ana@mail.example"
SHARED = Mailbox(
    "support",
    settings='poll_seconds = 1\nsent_folder = "auto"\nstate = "keywords"\nwaiting_folder = "Waiting"',
)
DUE, BREACHED, WAITING = "$mailsla-due-today", "$mailsla-breached", "$mailsla-waiting"


def shared_desk(make_desk: DeskMaker, first_response: str) -> Desk:
    """Ana has complained, and the daemon runs."""
    desk = make_desk([SHARED])
    config = desk.config.read_text(encoding="utf-8")
    desk.config.write_text(config.replace('first_response = "12h"', f'first_response = "{first_response}"'))
    with desk.dovecot.login(desk.user()) as client:
        client.create_folder("Sent")
    desk.open()
    desk.send(complaint(ANA))
    desk.quiet()
    return desk


def seen(desk: Desk, folder: str = "INBOX") -> list[set[str]]:
    """The flags of the mails of a folder, by UID; our mark left out. Nothing before mailsla has made the folder."""
    with desk.dovecot.login(desk.user()) as client:
        if not client.folder_exists(folder):
            return []
    return [flags - {"$mailsla"} for _, flags in sorted(desk.dovecot.flags(desk.user(), folder).items())]


def until_seen(desk: Desk, expected: list[set[str]], folder: str = "INBOX") -> None:
    def tail() -> str:
        return f"{expected} in {folder}, there is {seen(desk, folder)}\n{desk.daemon and desk.daemon.tail()}"

    until(lambda: seen(desk, folder) == expected, 20, tail)


def answered_from_there() -> bytes:
    """What a client puts into the Sent folder."""
    mail = EmailMessage()
    mail["From"], mail["To"] = "ACME support <support@acme.example>", ANA
    mail["Subject"] = "Re: Where is my parcel? (1)"
    mail["Message-ID"], mail["In-Reply-To"] = "<reply@client.example>", f"<1.{ANA}>"
    mail.set_content("It arrives on Tuesday.\n")
    return bytes(mail)


def test_an_answer_in_the_sent_folder_stops_the_clock_and_what_it_showed_goes(make_desk: DeskMaker) -> None:
    desk = shared_desk(make_desk, "2s")
    until_seen(desk, [{BREACHED}])
    letters = len(desk.quiet())
    desk.dovecot.deliver(desk.user(), answered_from_there(), "Sent")
    until_seen(desk, [set()])
    assert desk.query("SELECT state FROM clocks WHERE metric = 'first_response'") == [("late",)]
    assert desk.query("SELECT author FROM messages WHERE kind = 'agent_reply'") == [("support@acme.example",)]
    told = desk.quiet()[letters:]
    assert [one.recipient for one in told] == ["sam@acme.example"]


def test_a_person_who_moves_and_flags_mails_by_hand_breaks_nothing(make_desk: DeskMaker) -> None:
    desk = shared_desk(make_desk, "60h")  # not due today, whenever this runs
    desk.run("ticket", "wait", "ACME-1001", "customer")
    until_seen(desk, [{WAITING}], "Waiting")
    assert seen(desk) == []
    with desk.dovecot.login(desk.user()) as client:
        client.select_folder("Waiting")
        client.add_flags(client.search(), ["\\Flagged", "\\Seen"])
        client.move(client.search(), "INBOX")
    desk.sent += 1  # seen once more, as a duplicate
    desk.quiet()
    until_seen(desk, [{WAITING, "\\Flagged", "\\Seen"}])
    desk.run("ticket", "reopen", "ACME-1001")
    until(lambda: WAITING not in seen(desk)[0], 20, lambda: str(seen(desk)))
    assert {"\\Flagged", "\\Seen"} <= seen(desk)[0]
    assert desk.query("SELECT count(*) FROM tickets") == [(1,)]
    assert desk.daemon is not None
    assert desk.daemon.said("mailbox rests") == []

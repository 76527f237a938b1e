"""The worst day: the database is lost, a backup restored, the mail since brought back; nobody hears anything twice."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from email import message_from_bytes

import pytest

from tests.clients import CLIENTS
from tests.clients.draft import Writer, reply
from tests.e2e.conftest import DeskMaker
from tests.e2e.desk import AUTHSERV, Desk, Mailbox
from tests.e2e.letter import Letter
from tests.e2e.mails import complaint

pytestmark = [pytest.mark.e2e, pytest.mark.dovecot]

MOVES = Mailbox("support", settings='poll_seconds = 1\nmark = "move"')
MARKS = Mailbox("billing", settings="poll_seconds = 1")
ANA, BEA, CID, DAN, EVA, FAY = (f"{name}@mail.example" for name in ("ana", "bea", "cid", "dan", "eva", "fay"))
SAM = Writer("Sam Lee", "sam@acme.example", ("Sam Lee",))
CLIENT = next(iter(CLIENTS.values()))


class Day:
    """Who writes what; all that was sent to us is remembered, and all letters that went out."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.mails: list[bytes] = []

    def complains(self, who: str, mailbox: str = "support") -> None:
        self._send(complaint(who).replace(b"support@", mailbox.encode() + b"@"), mailbox)

    def answers(self, writer: Writer, letter: Letter, text: str) -> None:
        verdict = f"Authentication-Results: {AUTHSERV}; dmarc=pass header.from={writer.domain}\r\n"
        self._send(verdict.encode() + reply(CLIENT, writer, letter.raw, text), "support")

    def _send(self, raw: bytes, mailbox: str) -> None:
        self.mails.append(raw)
        self.desk.send(raw, mailbox)
        self.desk.quiet()

    def letters(self, to: str, about: str = "") -> list[Letter]:
        came = [one for one in self.desk.sink.received() if one.recipient == to]
        return [Letter(one) for one in came if about.encode() in one.content]

    def outside(self) -> Counter[tuple[str, str]]:
        """The letters that customers got: to whom, with which Message-ID."""
        return Counter(
            (one.recipient, str(message_from_bytes(one.content)["Message-ID"]))
            for one in self.desk.sink.received()
            if one.recipient.endswith("@mail.example")
        )


def person(email: str) -> Writer:
    return Writer(email.split("@")[0].title(), email, ())


def rows(desk: Desk) -> list[tuple[str, str]]:
    return desk.query("SELECT sha256, state FROM intake WHERE sha256 IS NOT NULL AND state <> 'duplicate'")


def tickets(desk: Desk, of: str) -> Sequence[str]:
    return [reference for (reference,) in desk.query("SELECT reference FROM tickets WHERE requester = ?", of)]


def test_a_day_is_lost_and_brought_back_and_no_customer_hears_anything_twice(make_desk: DeskMaker) -> None:
    desk = make_desk([MOVES, MARKS])
    day = Day(desk)
    daemon = desk.open()

    day.complains(ANA)
    day.complains(BEA)
    day.complains(CID, "billing")
    first_of_ana, first_of_bea = day.letters(SAM.email)[:2]
    day.answers(SAM, first_of_bea, "It comes on Tuesday, to your own door.")
    before = desk.run("db", "backup", str(desk.folder / "yesterday.db")).stdout.decode()
    assert "Written and verified" in before
    assert "3 tickets, 4 mails" in before

    day.complains(DAN)
    day.complains(EVA, "billing")
    day.answers(SAM, first_of_ana, "We have sent another parcel to you.")
    day.answers(person(ANA), day.letters(ANA)[-1], "Which one of the two is it?")
    day.answers(SAM, day.letters(SAM.email)[-1], "The one with the green label.")  # by a token of after the backup
    day.answers(SAM, next(one for one in day.letters(SAM.email, DAN)), "It is found, dear Dan, and comes today.")
    day.answers(person(DAN), day.letters(DAN)[0], "It has not come yet, sadly.")
    given = {reference for (reference,) in desk.query("SELECT reference FROM tickets")}
    heard = day.outside()
    assert len(day.letters(ANA)) == 3
    assert len(day.letters(DAN)) == 2
    daemon.kill()

    desk.database.write_bytes(b"\0" * 8192)  # the disk failed
    said = desk.run("db", "restore", "--yes", str(desk.folder / "yesterday.db")).stdout.decode()
    assert "3 tickets, 4 mails" in said
    assert "mailsla mailbox reconcile" in said
    would = desk.run("mailbox", "reconcile", "--dry-run").stdout.decode()
    assert "7 would be brought back" in would
    assert "7 brought back" in desk.run("mailbox", "reconcile").stdout.decode()
    assert "Nothing was missing" in desk.run("mailbox", "reconcile").stdout.decode()
    desk.start()
    desk.quiet()

    assert day.outside() == heard
    assert sorted(sha for sha, _ in rows(desk)) == sorted(hashlib.sha256(raw).hexdigest() for raw in day.mails)
    held = {sha for sha, state in rows(desk) if state == "held"}
    assert held == {hashlib.sha256(day.mails[-2]).hexdigest()}  # Sam's answer to Dan: nobody can say for which case
    assert {one: len(tickets(desk, one)) for one in (ANA, BEA, CID, DAN, EVA)} == dict.fromkeys(
        (ANA, BEA, CID, DAN, EVA), 1
    )
    assert not {*tickets(desk, DAN), *tickets(desk, EVA)} & given
    [(answers,)] = desk.query(
        "SELECT count(*) FROM messages JOIN tickets t ON t.id = ticket_id WHERE requester = ? AND kind = 'agent_reply'",
        ANA,
    )
    assert answers == 2
    assert desk.query(
        "SELECT state FROM clocks JOIN tickets t ON t.id = ticket_id WHERE requester = ? AND metric = 'first_response'",
        ANA,
    ) == [("met",)]

    day.complains(FAY)
    assert len(day.letters(FAY)) == 1
    assert not set(tickets(desk, FAY)) & given

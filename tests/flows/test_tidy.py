"""Tokens in stored letters are blanked 30 days after they were sent; all else stays (mail.md section 3)."""

import re

from mailsla.core.model import Instant
from mailsla.flows.jobs import ensure_jobs
from mailsla.ports.mail import Outcome, Sent
from tests.flows.mails import ANA, SAM, address, answer, write
from tests.flows.office import DAY, HOUR, MONDAY, Office

_TOKEN = re.compile(rb"(?<=\+)[a-z2-7]{26}(?=@)|(?<=note\.)[a-z2-7]{26}(?=@)")


def stored(office: Office, to: str) -> list[tuple[Instant, bytes]]:
    return office.query("SELECT sent_at, content FROM letters WHERE recipient = ? ORDER BY id", to)


def test_thirty_days_after_sending_and_nothing_else_changes(office: Office) -> None:
    ensure_jobs(office.services)
    office.receive(write(ANA))
    ((_, before),) = stored(office, address(ANA))
    assert _TOKEN.search(before)
    office.wait_until(MONDAY + 30 * DAY)
    assert stored(office, address(ANA))[0][1] == before
    office.wait_until(MONDAY + 31 * DAY + HOUR)
    ((_, after), *_) = stored(office, address(ANA))
    assert after == _TOKEN.sub(b"x" * 26, before)
    assert b"ACME-1001" in after
    assert set(_TOKEN.findall(after)) == {b"x" * 26}


def test_the_token_itself_still_counts(office: Office) -> None:
    ensure_jobs(office.services)
    office.receive(write(ANA))
    told = office.letter(address(SAM), "agent_notification")
    office.wait_until(MONDAY + 32 * DAY)
    office.receive(answer(SAM, told, "It has been found."))
    assert office.kinds(address(ANA))[-1] == "relay"


def test_what_is_still_to_be_sent_keeps_its_tokens(office: Office) -> None:
    ensure_jobs(office.services)
    office.postbox.answers(address(ANA), Outcome(Sent.REFUSED, "550 no such user"))
    office.receive(write(ANA))
    office.wait_until(MONDAY + 40 * DAY)
    ((sent_at, content), *_) = stored(office, address(ANA))
    assert sent_at is None and _TOKEN.search(content)  # `mailsla queue retry` sends it

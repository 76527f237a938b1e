"""What a server answers while letters are sent, at each phase, and what follows for letter, customer, agent, account.

The retries' times stand in tests/flows/test_delivery.py, each answer's meaning in tests/adapters/test_smtp.py.
"""

import itertools
from collections.abc import Callable, Iterator

import pytest

from tests.flows.conftest import OpenOffice
from tests.flows.office import MINUTE
from tests.servers.smtp_sink import SmtpSink
from tests.wires.far_account import LOGIN, FarAccount

Row = tuple[str, int, int]  # state, attempts, possibly_twice
QUEUED, TRIED, FAILED = ("queued", 0, 0), ("queued", 1, 0), ("failed", 1, 0)
SENT, SENT_LATER, SENT_MARKED = ("sent", 1, 0), ("sent", 2, 0), ("sent", 2, 1)
TWO_LINES = "450-4.2.0 you are new here\r\n450 4.2.0 come again"

BANNER, LOGGED_IN, GO = b"220 sink.example sink\r\n", b"235 2.7.0 Authentication successful\r\n", b"354 "


@pytest.fixture
def sink() -> Iterator[SmtpSink]:
    with SmtpSink(login=LOGIN) as sink:
        yield sink


@pytest.fixture
def far(open_office: OpenOffice, sink: SmtpSink) -> Iterator[FarAccount]:
    far = FarAccount(open_office(), sink)
    yield far
    far.close()


def rows(far: FarAccount, customer: str) -> list[Row]:
    found = far.office.query("SELECT state, attempts, possibly_twice FROM letters WHERE recipient = ?", customer)
    return [(state, attempts, twice) for state, attempts, twice in found]


def came(sink: SmtpSink, customer: str) -> int:
    return [one.recipient for one in sink.received].count(customer)


def instead(of: bytes, words: bytes) -> Callable[[bytes], bytes]:
    """The server says these words, where it would begin with others."""
    return lambda said: words + b"\r\n" if said.startswith(of) else said


def after_the_dot(words: bytes) -> Callable[[bytes], bytes]:
    """The first answer to a letter's text is this one."""
    before: list[bytes] = []

    def alter(said: bytes) -> bytes:
        before.append(said)
        first = len(before) > 1 and before[-2].startswith(GO) and sum(one.startswith(GO) for one in before) == 1
        return words + b"\r\n" if first else said

    return alter


CLOSING, GARBAGE = b"421 4.3.2 closing", b"HTTP/1.1 400 Bad Request"


@pytest.mark.parametrize("words", [CLOSING, GARBAGE, b"\0\xff\x16"], ids=["421", "HTTP", "binary"])
def test_at_any_phase_before_the_text_they_let_the_account_rest_and_cost_no_letter_a_try(
    far: FarAccount, sink: SmtpSink, words: bytes
) -> None:
    seen: dict[str, list[Row]] = {}
    customers = []
    phases = {"banner": BANNER, "EHLO": b"250-", "login": LOGGED_IN, "MAIL": b"250 OK", "DATA": GO}
    for phase, usual in phases.items():
        customers.append(far.prepare(None))
        far.proxy.alter = instead(usual, words)
        (end,) = far.converse()
        assert end.sent == "account", (phase, end)
        seen[phase] = [row for customer in customers for row in rows(far, customer)]
    assert seen == {phase: [QUEUED] * (number + 1) for number, phase in enumerate(seen)}
    assert sink.received == []
    far.proxy.alter = None
    assert far.converse() == []
    assert [(rows(far, one), came(sink, one)) for one in customers] == [([SENT], 1)] * len(customers)


@pytest.mark.parametrize(
    ("step", "answer"),
    [
        ("rcpt", "450 4.2.0 greylisted"),
        ("rcpt", "452 4.2.2 mailbox full"),
        ("rcpt", TWO_LINES),
        ("data", "451 4.3.0 try later"),
        ("data", TWO_LINES),
        ("mail", "451 4.3.0 try later"),
    ],
)
def test_4xx_is_tried_again_after_a_minute_and_not_before(
    far: FarAccount, sink: SmtpSink, step: str, answer: str
) -> None:
    """The other letter of the same connection goes out, but where the sender is who must wait."""
    customer = far.prepare(None)
    setattr(sink.behaviour, step, {".*" if step == "mail" else customer: answer})
    far.converse()
    assert rows(far, customer) == [TRIED]
    assert len(sink.received) == (0 if step == "mail" else 1)
    setattr(sink.behaviour, step, {})
    far.office.now += MINUTE - 1
    far.converse()
    assert rows(far, customer) == [TRIED]
    far.office.now += 1
    far.converse()
    assert (rows(far, customer), came(sink, customer)) == ([SENT_LATER], 1)


@pytest.mark.parametrize(
    ("step", "answer"),
    [
        ("rcpt", "550 5.1.1 no such user"),
        ("data", "554 5.7.1 spam"),
        ("data", "554-5.7.1 spam\r\n554 5.7.1 see our pages"),
    ],
)
def test_5xx_fails_the_letter_and_its_agent_is_told(far: FarAccount, sink: SmtpSink, step: str, answer: str) -> None:
    customer = far.prepare(None)
    setattr(sink.behaviour, step, {customer: answer})
    far.converse()
    assert rows(far, customer) == [FAILED]
    assert came(sink, customer) == 0
    setattr(sink.behaviour, step, {})
    far.office.now += MINUTE
    far.office.prepare()
    far.converse()
    assert came(sink, customer) == 0
    told = far.office.query("SELECT state FROM letters WHERE kind = 'delivery_failed'")
    assert ("sent",) in told
    [(stopped,)] = far.office.query("SELECT mail_stopped_until FROM customers WHERE email = ?", customer)
    assert stopped - far.office.now > 59 * 24 * 60 * MINUTE


def test_5xx_to_mail_about_its_size_fails_that_letter_and_no_other(far: FarAccount, sink: SmtpSink) -> None:
    """Any other 5xx to MAIL is the mailbox's trouble: tests/flows/test_server_failures.py."""
    far.prepare(None)
    agreed = itertools.count()

    def alter(said: bytes) -> bytes:
        to_mail = said == b"250 OK\r\n" and next(agreed) == 1  # the first is to RSET
        return b"552 5.3.4 too big\r\n" if to_mail else said

    far.proxy.alter = alter
    (end,) = far.converse()
    assert end.answer == "552 5.3.4 too big"
    found = far.office.query("SELECT state, attempts FROM letters WHERE kind <> 'delivery_failed' ORDER BY state")
    assert found[:2] == [("failed", 1), ("sent", 1)]


@pytest.mark.parametrize("words", [b"HTTP/1.1 400 Bad Request", b"\0\xff", b"999 what", b"354 go"])
def test_after_the_dot_what_is_no_answer_leaves_a_doubt(far: FarAccount, sink: SmtpSink, words: bytes) -> None:
    """The text was there: the server may have taken the letter, and here it has."""
    far.prepare(None)
    far.proxy.alter = after_the_dot(words)
    for _ in range(2):
        far.converse()
    all_rows = far.office.query("SELECT state, attempts, possibly_twice FROM letters")
    assert sorted(all_rows) == [SENT, SENT_MARKED]
    assert len(sink.received) == 3


def test_a_refused_login_pauses_the_account_and_fails_nothing(far: FarAccount, sink: SmtpSink) -> None:
    customer = far.prepare(None)
    sink._login = ("us", "another")
    for _ in range(3):
        (end,) = far.converse()
        assert end.sent == "account"
        assert "refused the login of us: 535" in end.answer and "check user and password" in end.answer
        assert LOGIN[1] not in end.answer
    assert rows(far, customer) == [QUEUED]
    sink._login = LOGIN
    far.converse()
    assert (rows(far, customer), came(sink, customer)) == ([SENT], 1)

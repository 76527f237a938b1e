"""The network to the sending account breaks at every phase of SMTP: each letter arrives, twice only where it is marked.

The conversation is learned first; the points lie in it. `make torture ROWS="proxy cuts SMTP"` has 500.
"""

from collections.abc import Callable
from pathlib import Path

import pytest

from mailsla.ports.mail import Sent
from tests.flows.conftest import OpenOffice
from tests.servers.certificate import make_certificate
from tests.servers.proxy import Fault
from tests.servers.smtp_sink import SmtpSink
from tests.wires.far_account import DATA_DEADLINE, LOGIN, FarAccount
from tests.wires.far_mailbox import DEADLINE, STALLS
from tests.wires.talk import HOWS, around, spread

BEFORE_TLS = {"greeting", "EHLO", "STARTTLS", "TLS handshake", "inside TLS"}
CLEAR = {
    *("greeting", "EHLO", "AUTH", "RSET", "MAIL", "RCPT", "DATA", "content", "final dot", "answer to the dot"),
    "QUIT",
}


@pytest.mark.parametrize(
    ("security", "count", "phases"), [("none", 24, CLEAR), ("starttls", 16, BEFORE_TLS)], ids=["clear", "STARTTLS"]
)
def test_wherever_it_breaks_each_letter_arrives_and_twice_only_if_marked(
    open_office: OpenOffice,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    record_property: Callable[[str, object], None],
    security: str,
    count: int,
    phases: set[str],
) -> None:
    certificate = make_certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.cert))
    with SmtpSink(login=LOGIN, security=security, certificate=certificate) as sink:  # type: ignore[arg-type]
        far = FarAccount(open_office(), sink, security)
        learned = far.learn()
        points = spread(learned, count, STALLS)
        points += around(learned, "answer to the dot", STALLS) if security == "none" else []
        for point in points:
            far.strike(point)
        try:
            assert far.faults() == []
            assert {point.phase for point in points} == phases
            assert {point.fault.how for point in far.struck} == set(HOWS)
            assert len(far.struck) >= len(points) - 3
        finally:
            far.close()
    record_property(
        "measured", f"SMTP {security}: broken at {len(far.struck)} points, nothing lost or doubled unmarked"
    )


@pytest.fixture
def far(open_office: OpenOffice, smtp_sink: SmtpSink) -> FarAccount:
    """With two letters to send; without a login."""
    far = FarAccount(open_office(), smtp_sink)
    far.transport = far.limit(DEADLINE, DATA_DEADLINE, login=False)
    return far


class TestTheAnswerAfterTheDot:
    """It may take minutes (RFC 5321 section 4.5.3.2.6); here a second stands for the 600 s of the default."""

    LATE = (DEADLINE + DATA_DEADLINE) / 2  # longer than any other answer may take

    def test_one_that_comes_late_is_waited_for(self, far: FarAccount, smtp_sink: SmtpSink) -> None:
        customer = far.prepare(None)
        far.proxy.plan(Fault("hold", behind=b"354 ", at=len("End data with <CR><LF>.<CR><LF>\r\n"), seconds=self.LATE))
        assert far.converse() == []
        assert far.proxy.struck == 1
        assert [one.recipient for one in smtp_sink.received].count(customer) == 1
        assert far.office.query("SELECT DISTINCT state, possibly_twice FROM letters") == [("sent", 0)]
        far.close()

    def test_one_that_comes_too_late_leaves_a_doubt_and_the_letter_goes_once_more(
        self, far: FarAccount, smtp_sink: SmtpSink
    ) -> None:
        customer = far.prepare(None)
        fault = Fault("hold", behind=b"354 ", at=len("End data with <CR><LF>.<CR><LF>\r\n"), seconds=3 * DATA_DEADLINE)
        far.proxy.plan(fault)
        (end,) = far.converse()
        assert end.sent is Sent.UNKNOWN
        assert "no answer within 1 s" in end.answer
        first, second = (one for one in smtp_sink.received if one.recipient == customer)
        assert first == second
        rows = far.office.query("SELECT state, possibly_twice, attempts FROM letters WHERE recipient = ?", customer)
        assert rows == [("sent", 1, 2)]
        far.close()

    def test_a_cut_between_data_and_its_answer_is_no_doubt(self, far: FarAccount, smtp_sink: SmtpSink) -> None:
        """The text was not on its way yet: nothing can have been taken."""
        customer = far.prepare(None)
        far.proxy.plan(Fault("cut", behind=b"DATA\r\n", side="client"))
        (end,) = far.converse()
        assert end.sent is Sent.ACCOUNT
        assert far.office.query(
            "SELECT state, possibly_twice, attempts FROM letters WHERE recipient = ?", customer
        ) == [("queued", 0, 0)]
        assert far.converse() == []
        assert [one.recipient for one in smtp_sink.received].count(customer) == 1
        far.close()

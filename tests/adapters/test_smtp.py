"""Sending by SMTP to a real server that answers as it is told to: every way that a try can end."""

import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailsla.adapters.smtp import SmtpTransport, _words
from mailsla.config.settings import SendingSettings
from mailsla.errors import ConfigError, PermanentError, TemporaryError
from mailsla.ports.mail import Outcome, Sent
from tests.adapters.source_contract import later
from tests.servers.certificate import Certificate, make_certificate
from tests.servers.smtp_sink import Received, SmtpSink

SENDER = "support+b.token@acme.example"
ANNA = "anna@customer.example"
LETTER = b"From: support@acme.example\r\nSubject: Re: broken\r\n\r\nPrivate words.\r\n"

Connect = Callable[..., SmtpTransport]


@pytest.fixture
def connect() -> Iterator[Connect]:
    """A transport to a sink; closed at the end."""
    opened: list[SmtpTransport] = []

    def to(sink: SmtpSink, password: str = "right", **changes: object) -> SmtpTransport:
        settings = SendingSettings(
            host=sink.host, port=sink.port, security="none", timeout_seconds=5, data_timeout_seconds=5
        )
        opened.append(SmtpTransport(replace(settings, **changes), lambda: password))  # type: ignore[arg-type]
        return opened[-1]

    yield to
    for transport in opened:
        transport.close()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return make_certificate(tmp_path_factory.mktemp("certificate"))


def send(transport: SmtpTransport, recipient: str = ANNA) -> Outcome:
    return transport.send(SENDER, recipient, LETTER)


class TestAccepted:
    def test_the_bytes_and_the_envelope_arrive_as_they_are(self, smtp_sink: SmtpSink, connect: Connect) -> None:
        outcome = send(connect(smtp_sink))
        assert (outcome.sent, outcome.answer) == (Sent.ACCEPTED, "250 OK")
        assert smtp_sink.received == [Received(SENDER, ANNA, LETTER)]

    def test_a_null_return_path(self, smtp_sink: SmtpSink, connect: Connect) -> None:
        assert connect(smtp_sink).send("", ANNA, LETTER).sent is Sent.ACCEPTED
        assert smtp_sink.received[0].sender == ""

    def test_a_connection_made_before_serves_the_first_letter(self, smtp_sink: SmtpSink, connect: Connect) -> None:
        transport = connect(smtp_sink)
        assert transport.connect().sent is Sent.ACCEPTED
        assert (smtp_sink.connections, smtp_sink.received) == (1, [])
        assert send(transport).sent is Sent.ACCEPTED
        assert smtp_sink.connections == 1

    def test_connecting_where_nobody_listens_is_the_accounts_trouble(self, connect: Connect) -> None:
        with SmtpSink() as gone:
            transport = connect(gone)
        assert transport.connect().sent is Sent.ACCOUNT

    def test_one_connection_serves_a_batch(self, smtp_sink: SmtpSink, connect: Connect) -> None:
        transport = connect(smtp_sink)
        smtp_sink.behaviour.rcpt = {"gone@.*": "550 5.1.1 no such user", "busy@.*": "450 4.2.0 later"}
        recipients = [ANNA, "gone@c.example", "bob@c.example", "busy@c.example", "eve@c.example"]
        assert [send(transport, recipient).sent for recipient in recipients] == [
            Sent.ACCEPTED,
            Sent.REFUSED,
            Sent.ACCEPTED,
            Sent.LATER,
            Sent.ACCEPTED,
        ]
        assert smtp_sink.connections == 1

    def test_a_connection_that_the_server_closed_meanwhile_is_made_anew(
        self, smtp_sink: SmtpSink, connect: Connect
    ) -> None:
        transport = connect(smtp_sink)
        send(transport)
        smtp_sink.disconnect_all()
        assert send(transport).sent is Sent.ACCEPTED
        assert (len(smtp_sink.received), smtp_sink.connections) == (2, 2)

    @pytest.mark.parametrize(
        ("given_lines", "arrives"),
        [
            (b".\r\n..\r\n.x\r\n", b".\r\n..\r\n.x\r\n"),
            (b"no end", b"no end\r\n"),
            (b"bare\n.\nfeeds\r.\r\n", b"bare\r\n.\r\nfeeds\r\n.\r\n"),
            (b"", b"\r\n"),
        ],
    )
    def test_dots_and_line_ends(
        self, smtp_sink: SmtpSink, connect: Connect, given_lines: bytes, arrives: bytes
    ) -> None:
        assert connect(smtp_sink).send(SENDER, ANNA, b"Subject: x\r\n\r\n" + given_lines).sent is Sent.ACCEPTED
        assert [mail.content for mail in smtp_sink.received] == [
            b"Subject: x\r\n\r\n" + (arrives if given_lines else b"")
        ]


class TestRefused:
    @pytest.mark.parametrize(
        ("step", "answer", "sent"),
        [
            ("mail", "552 5.3.4 too big", Sent.REFUSED),
            ("mail", "451 4.3.0 try later", Sent.LATER),
            ("mail", "530 5.7.0 authentication required", Sent.ACCOUNT),
            ("mail", "535 5.7.8 credentials expired", Sent.ACCOUNT),
            ("mail", "421 4.3.2 closing", Sent.ACCOUNT),
            ("rcpt", "550 5.1.1 no such user", Sent.REFUSED),
            ("rcpt", "553 5.1.3 bad address", Sent.REFUSED),
            ("rcpt", "450 4.2.1 greylisted", Sent.LATER),
            ("rcpt", "452 4.2.2 mailbox full", Sent.LATER),
            ("rcpt", "530 5.7.0 must authenticate", Sent.ACCOUNT),
            ("rcpt", "421 4.3.2 closing", Sent.ACCOUNT),
            ("data", "554 5.7.1 spam", Sent.REFUSED),
            ("data", "451 4.7.1 try later", Sent.LATER),
            ("data", "421 4.3.2 shutting down", Sent.ACCOUNT),
        ],
    )
    def test_the_answer_tells_whose_fault_it_is(
        self, smtp_sink: SmtpSink, connect: Connect, step: str, answer: str, sent: Sent
    ) -> None:
        setattr(smtp_sink.behaviour, step, {".*": answer})
        transport = connect(smtp_sink)
        assert send(transport) == Outcome(sent, answer)
        assert smtp_sink.received == []
        setattr(smtp_sink.behaviour, step, {})
        assert send(transport).sent is Sent.ACCEPTED  # the next letter goes

    @pytest.mark.parametrize(
        ("answer", "sent", "mend"),
        [
            ("550 5.7.1 sender rejected: not owned by user", Sent.SENDER, "let its user send as that address"),
            ("553 5.7.1 not allowed", Sent.SENDER, "or set sending.bounce_address"),
            ("501 5.1.7 bad sender address", Sent.SENDER, "or set sending.bounce_address"),
            ("452 4.3.1 insufficient system storage", Sent.ACCOUNT, "make room"),
        ],
    )
    def test_a_sender_that_is_refused_is_no_letters_fault_and_said_with_its_mend(
        self, smtp_sink: SmtpSink, connect: Connect, answer: str, sent: Sent, mend: str
    ) -> None:
        smtp_sink.behaviour.mail = {".*": answer}
        transport = connect(smtp_sink)
        outcome = send(transport)
        assert outcome.sent is sent
        assert f"refuses mail from {SENDER}: {answer}" in outcome.answer
        assert mend in outcome.answer
        smtp_sink.behaviour.mail = {}
        assert send(transport).sent is Sent.ACCEPTED

    @pytest.mark.parametrize(
        "recipient",
        ["", "anna", "a b@c.example", "anna@c.example>\r\nRCPT TO:<eve@c.example", "jörg@c.example", "<a@c.example>"],
    )
    def test_what_is_no_address_never_reaches_the_server(
        self, smtp_sink: SmtpSink, connect: Connect, recipient: str
    ) -> None:
        assert connect(smtp_sink).send(SENDER, recipient, LETTER).sent is Sent.REFUSED
        assert smtp_sink.connections == 0

    @given(answer=st.text(max_size=2000))
    def test_the_servers_words_are_kept_short_and_printable(self, answer: str) -> None:
        words = _words(550, answer)
        assert words.isprintable()
        assert words.isascii()
        assert len(words) <= 400


class TestUnknown:
    @pytest.mark.parametrize(("how", "limit"), [("cut", 2), ("stall", 4)])
    def test_no_answer_after_the_text_is_in_doubt(
        self, smtp_sink: SmtpSink, connect: Connect, how: str, limit: float
    ) -> None:
        smtp_sink.behaviour.data = {".*": how}
        transport = connect(smtp_sink, data_timeout_seconds=1)
        started = time.monotonic()
        outcome = send(transport)
        assert outcome.sent is Sent.UNKNOWN
        assert "Private" not in outcome.answer
        assert time.monotonic() - started < limit
        smtp_sink.behaviour.data = {}
        assert send(transport).sent is Sent.ACCEPTED

    def test_wake_while_the_answer_is_awaited_is_in_doubt(self, smtp_sink: SmtpSink, connect: Connect) -> None:
        smtp_sink.behaviour.data = {".*": "stall"}
        transport = connect(smtp_sink, data_timeout_seconds=60)
        with later(0.3, do=transport.wake):
            started = time.monotonic()
            assert send(transport) == Outcome(Sent.UNKNOWN, "told to stop")
        assert time.monotonic() - started < 1.3

    def test_after_wake_nothing_is_sent(self, smtp_sink: SmtpSink, connect: Connect) -> None:
        transport = connect(smtp_sink)
        transport.wake()
        assert send(transport) == Outcome(Sent.ACCOUNT, "told to stop")
        assert smtp_sink.received == []
        transport.close()
        transport.wake()


class TestAccount:
    def test_a_server_that_is_not_there(self, connect: Connect, smtp_sink: SmtpSink) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        outcome = send(connect(smtp_sink, port=port))
        assert outcome.sent is Sent.ACCOUNT
        assert f"localhost:{port}" in outcome.answer

    def test_a_name_that_does_not_resolve(self, connect: Connect, smtp_sink: SmtpSink) -> None:
        outcome = send(connect(smtp_sink, host="smtp.invalid", security="starttls"))
        assert outcome.sent is Sent.ACCOUNT
        assert "name can't be resolved" in outcome.answer

    def test_a_server_that_says_nothing(self, connect: Connect, smtp_sink: SmtpSink) -> None:
        with socket.create_server(("127.0.0.1", 0)) as mute:
            outcome = send(connect(smtp_sink, port=mute.getsockname()[1], timeout_seconds=1))
        assert outcome.sent is Sent.ACCOUNT
        assert "no answer within 1 s" in outcome.answer

    def test_wake_while_connecting(self, connect: Connect, smtp_sink: SmtpSink) -> None:
        with socket.create_server(("127.0.0.1", 0)) as mute:
            transport = connect(smtp_sink, port=mute.getsockname()[1], timeout_seconds=60)
            with later(0.3, do=transport.wake):
                started = time.monotonic()
                assert send(transport).sent is Sent.ACCOUNT
        assert time.monotonic() - started < 1.3

    def test_clear_text_is_for_loopback_only(self) -> None:
        settings = SendingSettings(host="smtp.acme.example", security="none")
        with pytest.raises(ConfigError, match=r"sending\.security"):
            SmtpTransport(settings, lambda: "")


class TestLoginAndTls:
    @pytest.mark.parametrize("security", ["tls", "starttls"])
    def test_login_over_tls(
        self, certificate: Certificate, connect: Connect, security: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate.cert))
        with SmtpSink(login=("us", "right"), security=security, certificate=certificate) as sink:  # type: ignore[arg-type]
            transport = connect(sink, security=security, user="us")
            assert transport.probe().logged_in
            assert [send(transport).sent for _ in range(3)] == [Sent.ACCEPTED] * 3
            assert (len(sink.received), sink.connections) == (3, 1)
            transport.close()

    def test_a_refused_login_is_the_accounts_and_hides_the_password(self, connect: Connect) -> None:
        with SmtpSink(login=("us", "right")) as sink:
            transport = connect(sink, user="us", password="wrong-secret")
            outcome = send(transport)
            assert outcome.sent is Sent.ACCOUNT
            for word in ("refused the login of us", f"localhost:{sink.port}", "535"):
                assert word in outcome.answer
            assert "wrong-secret" not in outcome.answer
            with pytest.raises(PermanentError, match="check user and password"):
                transport.probe()

    def test_a_missing_login_is_the_accounts(self, connect: Connect) -> None:
        with SmtpSink(login=("us", "right")) as sink:
            assert send(connect(sink)).sent is Sent.ACCOUNT

    @pytest.mark.parametrize("security", ["tls", "starttls"])
    def test_an_untrusted_certificate(self, certificate: Certificate, connect: Connect, security: str) -> None:
        with SmtpSink(security=security, certificate=certificate) as sink:  # type: ignore[arg-type]
            outcome = send(connect(sink, security=security))
            assert outcome.sent is Sent.ACCOUNT
            assert "certificate is not trusted" in outcome.answer
            assert sink.received == []

    def test_a_certificate_of_another_host(
        self, tmp_path: Path, connect: Connect, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        other = make_certificate(tmp_path, names="DNS:other.example")
        monkeypatch.setenv("SSL_CERT_FILE", str(other.cert))
        with SmtpSink(security="starttls", certificate=other) as sink:
            outcome = send(connect(sink, security="starttls"))
        assert outcome.sent is Sent.ACCOUNT
        assert "certificate is not trusted" in outcome.answer

    def test_a_server_without_starttls_gets_nothing_in_clear(self, smtp_sink: SmtpSink, connect: Connect) -> None:
        outcome = send(connect(smtp_sink, security="starttls", user="us"))
        assert outcome.sent is Sent.ACCOUNT
        assert "STARTTLS" in outcome.answer
        assert smtp_sink.received == []

    def test_probe_tells_what_the_server_offers(self, smtp_sink: SmtpSink, connect: Connect) -> None:
        probe = connect(smtp_sink).probe()
        assert (probe.largest, probe.logged_in) == (60_000_000, False)
        assert "size" in probe.extensions

    def test_probe_of_a_server_that_is_not_there(self, smtp_sink: SmtpSink, connect: Connect) -> None:
        with pytest.raises(TemporaryError, match=r"sending account: smtp\.invalid:587"):
            connect(smtp_sink, host="smtp.invalid", port=0, security="starttls").probe()

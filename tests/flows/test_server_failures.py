"""A server that fails: said once, clearly, with the mend; and recovered from alone when the cause is gone."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from mailsla.adapters.smtp import SmtpTransport
from mailsla.config.settings import SendingSettings
from mailsla.daemon.common import Common
from mailsla.daemon.delivering import Delivery
from tests.flows.conftest import OpenOffice
from tests.flows.mails import ANA, OPERATOR, RIO, address, write
from tests.flows.office import HOUR, Office
from tests.flows.watched import Box, Watched
from tests.servers import dovecot as dovecots
from tests.servers.certificate import make_certificate
from tests.servers.dovecot import Dovecot
from tests.servers.smtp_sink import SmtpSink

HOURS = 2 * HOUR  # that it fails: more than one try
RENEW, NAME, TRUST = "has to renew it", "set host to the name", "export SSL_CERT_FILE"


def told(office: Office) -> list[str]:
    """The alerts to the operator, each with its subject, on one line."""
    return [" ".join(f"{one.subject} {one.text}".split()) for one in office.letters(OPERATOR, "operator_alert")]


@pytest.fixture(scope="module")
def server() -> Iterator[Dovecot]:
    """A Dovecot whose certificate may be changed."""
    with dovecots.running() as server:
        yield server


@pytest.fixture
def box(open_office: OpenOffice, server: Dovecot, monkeypatch: pytest.MonkeyPatch) -> Iterator[Box]:
    """Watched over TLS since an hour ago, with a mail in it."""
    box = Box(open_office(), server)
    certify(server)
    monkeypatch.setenv("SSL_CERT_FILE", str(server.certificate.cert))
    box.open(port=server.tls_port, security="tls", timeout_seconds=2)
    box.poll()
    box.source.close()
    box.office.now += 600
    box.put(ANA)
    yield box
    for source in box.opened:
        source.close()


def certify(server: Dovecot, names: str = "DNS:localhost", *, expired: bool = False) -> None:
    """Dovecot is started anew with another certificate, in the same files."""
    server.stop()
    make_certificate(server.base, names, expired=expired)
    server.start()


@pytest.mark.dovecot
class TestMailbox:
    def recovers(self, box: Box, mend: Callable[[], object]) -> str:
        """The one alert, after hours of failure, the mend, and a mail that is taken up."""
        mended = False

        def after(passed: int) -> None:
            nonlocal mended
            if passed >= HOURS and not mended:
                mended = True
                mend()

        Watched(box).run(then=after)
        box.office.work()
        assert mended
        assert box.office.tickets() == ["ACME-1001"]
        failed, works = told(box.office)
        assert "mailbox support was down, and has caught up (new mails: 1)" in works
        return failed

    @pytest.mark.parametrize(
        ("names", "expired", "what", "mend"),
        [
            ("DNS:localhost", True, "certificate has expired", RENEW),
            ("DNS:mail.elsewhere.example", False, "Hostname mismatch", NAME),
        ],
        ids=["expired", "of another name"],
    )
    def test_a_certificate_that_does_not_fit(self, box: Box, names: str, expired: bool, what: str, mend: str) -> None:
        certify(box.server, names, expired=expired)
        failed = self.recovers(box, lambda: certify(box.server))
        assert what in failed
        assert mend in failed

    def test_a_certificate_that_nobody_vouches_for(
        self, box: Box, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        other = make_certificate(tmp_path)
        monkeypatch.setenv("SSL_CERT_FILE", str(other.cert))
        failed = self.recovers(box, lambda: monkeypatch.setenv("SSL_CERT_FILE", str(box.server.certificate.cert)))
        assert "self-signed" in failed or "self signed" in failed
        assert TRUST in failed

    @pytest.mark.parametrize("words", [b"HTTP/1.1 400 Bad Request\r\n", b"SSH-2.0-OpenSSH_9\r\n", b"\x00\xff\x16\r\n"])
    def test_a_server_that_speaks_gibberish(self, box: Box, words: bytes) -> None:
        """Something else has taken its port."""
        box.open(port=box.server.port, security="none")
        box.server.stop()
        with speaking(words, box.server.port) as stop:

            def mend() -> None:
                stop()
                box.server.start()

            failed = self.recovers(box, mend)
        assert "its answer is not IMAP" in failed
        assert "something else may listen there" in failed

    def test_a_password_that_is_refused(self, box: Box) -> None:
        right, box.server.password = box.server.password, "wrong"
        failed = self.recovers(box, lambda: setattr(box.server, "password", right))
        assert "refused the login" in failed
        assert "check user and password" in failed

    def test_a_folder_that_is_not_there(self, box: Box) -> None:
        box.open(folder="Complaints", start_from="all")

        def mend() -> None:
            with box.server.login(box.user) as client:
                client.create_folder("Complaints")
            box.put(ANA, folder="Complaints")

        failed = self.recovers(box, mend)
        assert "has no folder Complaints" in failed
        assert "INBOX" in failed

    def test_over_quota_mail_is_read_and_answered_and_where_it_can_not_be_marked_it_stays(
        self, open_office: OpenOffice
    ) -> None:
        """A copy in the done folder would be too much; nothing of ours needs room on the server."""
        quota = (
            "mail_plugins = acl quota\nplugin {\n  quota = maildir:User quota\n  quota_rule = *:storage=12K\n"
            "  quota_grace = 0\n}\n"
        )
        with dovecots.running(settings=quota) as server:
            box = Box(open_office(), server)
            box.open(mark="move")
            box.poll()
            box.put(ANA, "x" * 9000)
            with pytest.raises(Exception, match="OVERQUOTA"):
                box.put(RIO, "x" * 9000)
            box.poll()
            box.poll()
            assert box.acknowledged() == [address(ANA)]
            assert box.states() == {"done": 1}
            box.source.close()


class Account:
    """The sending account of an office: the daemon's loop of it, and a server that takes its letters."""

    def __init__(self, office: Office, port: int, security: str = "none") -> None:
        self.office = office
        settings = SendingSettings(
            host="localhost",
            port=port,
            security=security,  # type: ignore[arg-type]
            timeout_seconds=2,
            data_timeout_seconds=2,
        )
        self.transport = SmtpTransport(settings, lambda: "secret")
        self._delivery = Delivery(Common(office.services), self.transport)

    def turn(self) -> None:
        """All that is due, after the account has had its rest."""
        self.office.now += HOUR
        self._delivery._resting_until = 0.0
        self.office.prepare()
        self._delivery.turn()
        self.office.prepare()
        self._delivery.turn()

    def states(self) -> dict[str, int]:
        with self.office.services.store.begin() as uow:
            return uow.outbox.counts()


@pytest.fixture
def account(open_office: OpenOffice) -> Iterator[Callable[..., Account]]:
    opened: list[Account] = []

    def make(port: int, security: str = "none") -> Account:
        office = open_office()
        office.arrive(write(ANA))
        office.prepare()
        opened.append(Account(office, port, security))
        return opened[-1]

    yield make
    for one in opened:
        one.transport.close()


class TestSendingAccount:
    def fails(self, account: Account) -> None:
        """Three times; no letter has failed by it."""
        for _ in range(3):
            account.turn()
        assert set(account.states()) <= {"queued", "pending"}

    def recovers(self, account: Account, sink: SmtpSink) -> str:
        """All goes out now, once; the one alert about the failure."""
        assert sink.received == []
        account.turn()
        account.turn()
        came = [one.content.decode() for one in sink.received]
        assert sum(one.recipient == address(ANA) for one in sink.received) == 1
        alerts = [one for one in came if "To: operator@acme.example" in one or "<operator@acme.example>" in one]
        failed, works = ("".join(one.replace("=\r\n", "").split()) for one in alerts)
        assert "mailissentagain" in works
        return failed

    def test_a_refused_sender_holds_up_no_other_mailbox(
        self, account: Callable[..., Account], smtp_sink: SmtpSink
    ) -> None:
        """Each try has words of its own, as servers do; the operator hears of it once."""
        sender = account(smtp_sink.port)
        for number in range(3):
            smtp_sink.behaviour.mail = {"sales@.*": f"550 5.7.60 no right to send as this sender (X{number})"}
            sender.office.arrive(write(RIO), mailbox="sales")
            sender.turn()
        came = [(one.sender, one.recipient) for one in smtp_sink.received]
        assert {one for one, _ in came} == {"support@acme.example"}
        assert came.count(("support@acme.example", address(ANA))) == 1
        alerts = [one for one in smtp_sink.received if one.recipient == "operator@acme.example"]
        assert len(alerts) == 1
        said = "".join(alerts[0].content.decode().replace("=\r\n", "").split())
        assert "nomailcanbesentfromsales@acme.example" in said
        assert "letitsusersendasthataddress" in said
        smtp_sink.behaviour.mail = {}
        sender.turn()
        sender.turn()
        came = [(one.sender, one.recipient) for one in smtp_sink.received]
        assert came.count(("sales@acme.example", address(RIO))) == 3
        assert set(sender.states()) == {"sent", "pending"}

    def test_a_server_without_space(self, account: Callable[..., Account], smtp_sink: SmtpSink) -> None:
        answer, mend = "452 4.3.1 insufficient system storage", "make room"
        smtp_sink.behaviour.mail = {".*": answer}
        tried = account(smtp_sink.port)
        self.fails(tried)
        smtp_sink.behaviour.mail = {}
        failed = self.recovers(tried, smtp_sink)
        assert "".join(answer.split()) in failed
        assert "".join(mend.split()) in failed

    @pytest.mark.parametrize(
        ("names", "expired", "mend"),
        [("DNS:localhost", True, RENEW), ("DNS:elsewhere.example", False, NAME), ("DNS:localhost", False, TRUST)],
        ids=["expired", "of another name", "that nobody vouches for"],
    )
    def test_a_certificate_that_does_not_fit(
        self,
        account: Callable[..., Account],
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        names: str,
        expired: bool,
        mend: str,
    ) -> None:
        (tmp_path / "wrong").mkdir()
        wrong, right = make_certificate(tmp_path / "wrong", names, expired=expired), make_certificate(tmp_path)
        trusted = right if mend is TRUST else wrong
        monkeypatch.setenv("SSL_CERT_FILE", str(trusted.cert))
        with SmtpSink(security="starttls", certificate=wrong) as sink:
            tried = account(sink.port, "starttls")
            self.fails(tried)
            assert sink.received == []
        monkeypatch.setenv("SSL_CERT_FILE", str(right.cert))
        with SmtpSink(security="starttls", certificate=right, port=sink.port) as mended:
            failed = self.recovers(tried, mended)
        assert "certificateisnottrusted" in failed
        assert "".join(mend.split()) in failed

    def test_a_server_that_speaks_gibberish(self, account: Callable[..., Account]) -> None:
        with socket.create_server(("127.0.0.1", 0)) as found:
            port = found.getsockname()[1]
        with speaking(b"HTTP/1.1 400 Bad Request\r\n", port):
            tried = account(port)
            self.fails(tried)
        with SmtpSink(port=port) as sink:
            failed = self.recovers(tried, sink)
        assert "itsanswerisnotSMTP" in failed


@contextmanager
def speaking(words: bytes, port: int) -> Iterator[Callable[[], None]]:
    """A server that says this to everybody, until the given function is called, or the end."""
    listener = socket.create_server(("127.0.0.1", port))
    listener.settimeout(0.05)
    over = threading.Event()

    def serve() -> None:
        while not over.is_set():
            try:
                client, _ = listener.accept()
            except TimeoutError:
                continue
            with client:
                client.sendall(words)

    thread = threading.Thread(target=serve, daemon=True)

    def stop() -> None:
        over.set()
        thread.join()
        listener.close()

    thread.start()
    try:
        yield stop
    finally:
        stop()

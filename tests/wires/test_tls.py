"""TLS that is not as it should be: nothing goes out in clear, the error names its mend, and nothing is lost by it.

All bytes that pass are kept, and searched for the password as it is and in every base64 that could hold it.
"""

import base64
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mailsla.errors import TemporaryError
from mailsla.ports.mail import Sent
from tests.flows.conftest import OpenOffice
from tests.flows.mails import ANA, address
from tests.flows.office import HOUR
from tests.flows.watched import Box
from tests.servers import dovecot as dovecots
from tests.servers.certificate import make_certificate
from tests.servers.dovecot import Dovecot
from tests.servers.proxy import Proxy
from tests.servers.smtp_sink import SmtpSink
from tests.wires.far_account import LOGIN, FarAccount

RENEW, NAME, TRUST = "has to renew it", "set host to the name", "export SSL_CERT_FILE"
CERTIFICATES = [
    pytest.param("DNS:localhost", True, True, "certificate has expired", RENEW, id="expired"),
    pytest.param("DNS:other.example", False, True, "Hostname mismatch", NAME, id="of another host"),
    pytest.param("DNS:localhost", False, False, "self", TRUST, id="that nobody vouches for"),
]


def without_starttls(words: bytes) -> bytes:
    """A server that is said to have no STARTTLS, by whoever stands between."""
    return words.replace(b" STARTTLS", b" XTARTTLS").replace(b"250-STARTTLS", b"250-XTARTTLS")


def refused(words: bytes) -> bytes:
    """It offers STARTTLS, and then does not want it."""
    return words.replace(b"OK Begin TLS", b"NO not today").replace(b"220 Ready to start TLS", b"454 4.7.0 not today")


def logged_in_already(words: bytes) -> bytes:
    """A greeting after which no STARTTLS is allowed (RFC 9051 section 7.1.4)."""
    return words.replace(b"* OK [", b"* PREAUTH [")


def secrets(password: str) -> list[bytes]:
    """The password, and what base64 makes of it wherever it stands in what is encoded (RFC 4616, 4954, LOGIN)."""
    forms = [password.encode()]
    for before in range(3):
        encoded = base64.b64encode(b"\0" * before + password.encode())
        forms.append(encoded[4 if before else 0 : -4])
    return forms


def told(proxy: Proxy, password: str) -> list[bytes]:
    """The forms of the password that passed."""
    passed = b"".join(words for talk in proxy.talks for _, words in talk.pieces)
    assert passed, "nothing passed at all"
    return [form for form in secrets(password) if form in passed]


@pytest.fixture(scope="module")
def server() -> Iterator[Dovecot]:
    """A Dovecot whose certificate may be changed."""
    with dovecots.running() as server:
        yield server


@pytest.fixture
def box(open_office: OpenOffice, server: Dovecot, monkeypatch: pytest.MonkeyPatch) -> Iterator[Box]:
    """Watched since an hour ago, with a mail in it, whose server is trusted."""
    monkeypatch.setenv("SSL_CERT_FILE", str(server.certificate.cert))
    box = Box(open_office(), server)
    box.poll()
    box.source.close()
    box.office.now += HOUR
    box.put(ANA)
    yield box
    for source in box.opened:
        source.close()


@pytest.mark.dovecot
class TestMailbox:
    def refuses(self, box: Box, proxy: Proxy, what: str, mend: str) -> None:
        """Twice, and never with the password."""
        for attempt in (box.poll, box.source.probe):  # the daemon, and `mailsla check`
            with pytest.raises(TemporaryError, match=what) as caught:
                attempt()  # type: ignore[operator]
            assert caught.value.message.startswith(f"mailbox support: localhost:{proxy.port}")
            assert mend in caught.value.mend
        assert told(proxy, box.server.password) == []

    def takes(self, box: Box) -> None:
        box.poll()
        assert box.acknowledged() == [address(ANA)]

    def test_the_search_would_find_it(self, box: Box) -> None:
        with Proxy(box.server.port, record=True) as proxy:
            box.open(port=proxy.port)
            self.takes(box)
            assert told(proxy, box.server.password) == [box.server.password.encode()]

    @pytest.mark.parametrize("security", ["tls", "starttls"])
    @pytest.mark.parametrize(("names", "expired", "trusted", "what", "mend"), CERTIFICATES)
    def test_a_certificate_that_does_not_fit(
        self,
        box: Box,
        monkeypatch: pytest.MonkeyPatch,
        security: str,
        names: str,
        expired: bool,
        trusted: bool,
        what: str,
        mend: str,
    ) -> None:
        def certify(names: str, *, expired: bool) -> None:
            box.server.stop()
            make_certificate(box.server.base, names, expired=expired)
            box.server.start()

        certify(names, expired=expired)
        if not trusted:
            monkeypatch.delenv("SSL_CERT_FILE")
        with Proxy(box.server.tls_port if security == "tls" else box.server.port, record=True) as proxy:
            box.open(port=proxy.port, security=security)
            self.refuses(box, proxy, what, mend)
            certify("DNS:localhost", expired=False)
            monkeypatch.setenv("SSL_CERT_FILE", str(box.server.certificate.cert))
            self.takes(box)
            assert told(proxy, box.server.password) == []

    @pytest.mark.parametrize(
        ("alter", "what"),
        [(without_starttls, "STARTTLS"), (refused, "STARTTLS"), (logged_in_already, "STARTTLS")],
        ids=["taken away", "refused", "made impossible"],
    )
    def test_starttls(self, box: Box, alter: Callable[[bytes], bytes], what: str) -> None:
        with Proxy(box.server.port, record=True, alter=alter) as proxy:
            box.open(port=proxy.port, security="starttls")
            self.refuses(box, proxy, what, "security")
            proxy.alter = None
            self.takes(box)
            assert told(proxy, box.server.password) == []

    def test_what_is_put_in_before_the_handshake_counts_for_nothing(self, box: Box) -> None:
        """CVE-2011-0411, of answers: the next tag is known to who stands between."""

        def inject(words: bytes) -> bytes:
            if b"OK Begin TLS" not in words:
                return words
            following = words.split()[0][:-1] + b"2"
            evil = b"* CAPABILITY IMAP4rev1\r\n* BYE evil\r\n" + following + b" OK [CAPABILITY IMAP4rev1] evil\r\n"
            return words + evil

        with Proxy(box.server.port, record=True, alter=inject) as proxy:
            box.open(port=proxy.port, security="starttls")
            self.takes(box)
            assert b"evil" in proxy.talks[0].said("server")
            assert {"IDLE", "MOVE"} <= set(box.source.probe().capabilities)
            assert told(proxy, box.server.password) == []


class TestSendingAccount:
    def refuses(self, far: FarAccount, what: str, mend: str) -> None:
        """Three times; no letter counts a try, and the password stays here."""
        for _ in range(3):
            (end,) = far.converse()
            assert end.sent is Sent.ACCOUNT
            for words in (f"sending account: localhost:{far.proxy.port}", what, mend):
                assert words in end.answer
        assert told(far.proxy, LOGIN[1]) == []
        assert far.office.query("SELECT DISTINCT state, attempts FROM letters") == [("queued", 0)]

    def sends(self, far: FarAccount, sink: SmtpSink, customer: str) -> None:
        assert far.converse() == []
        assert [one.recipient for one in sink.received].count(customer) == 1

    def test_the_search_would_find_it(self, open_office: OpenOffice) -> None:
        with SmtpSink(login=LOGIN) as sink:
            far = FarAccount(open_office(), sink)
            self.sends(far, sink, far.prepare(None))
            assert told(far.proxy, LOGIN[1])
            far.close()

    @pytest.mark.parametrize("security", ["tls", "starttls"])
    @pytest.mark.parametrize(("names", "expired", "trusted", "what", "mend"), CERTIFICATES)
    def test_a_certificate_that_does_not_fit(
        self,
        open_office: OpenOffice,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        security: str,
        names: str,
        expired: bool,
        trusted: bool,
        what: str,
        mend: str,
    ) -> None:
        (tmp_path / "wrong").mkdir()
        wrong, right = make_certificate(tmp_path / "wrong", names, expired=expired), make_certificate(tmp_path)
        monkeypatch.setenv("SSL_CERT_FILE", str((wrong if trusted else right).cert))
        with SmtpSink(login=LOGIN, security=security, certificate=wrong) as sink:  # type: ignore[arg-type]
            far = FarAccount(open_office(), sink, security)
            customer = far.prepare(None)
            self.refuses(far, what, mend)
        monkeypatch.setenv("SSL_CERT_FILE", str(right.cert))
        with SmtpSink(login=LOGIN, security=security, certificate=right, port=sink.port) as mended:  # type: ignore[arg-type]
            self.sends(far, mended, customer)
            assert told(far.proxy, LOGIN[1]) == []
            far.close()

    @pytest.mark.parametrize(
        ("alter", "what"), [(without_starttls, "STARTTLS"), (refused, "not today")], ids=["taken away", "refused"]
    )
    def test_starttls(
        self,
        open_office: OpenOffice,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        alter: Callable[[bytes], bytes],
        what: str,
    ) -> None:
        certificate = make_certificate(tmp_path)
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate.cert))
        with SmtpSink(login=LOGIN, security="starttls", certificate=certificate) as sink:
            far = FarAccount(open_office(), sink, "starttls")
            customer = far.prepare(None)
            far.proxy.alter = alter
            self.refuses(far, what, "check port and security")
            far.proxy.alter = None
            self.sends(far, sink, customer)
            assert told(far.proxy, LOGIN[1]) == []
            far.close()

    def test_what_is_put_in_before_the_handshake_counts_for_nothing(
        self, open_office: OpenOffice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """RFC 3207 section 5: what a server said before counts no more; here that no letter may be larger than 5."""
        certificate = make_certificate(tmp_path)
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate.cert))
        ready = b"220 Ready to start TLS\r\n"
        with SmtpSink(login=LOGIN, security="starttls", certificate=certificate) as sink:
            far = FarAccount(open_office(), sink, "starttls")
            customer = far.prepare(None)
            far.proxy.alter = lambda words: words.replace(ready, ready + b"250-evil\r\n250-AUTH EVIL\r\n250 SIZE 5\r\n")
            assert far.transport.connect().sent is Sent.ACCEPTED
            assert far.transport.largest() == 60_000_000
            self.sends(far, sink, customer)
            assert b"evil" in far.proxy.talks[0].said("server")
            assert told(far.proxy, LOGIN[1]) == []
            far.close()

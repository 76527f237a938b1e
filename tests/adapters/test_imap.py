"""A mailbox on a real Dovecot as a source."""

import itertools
import logging
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from mailsla.adapters.imap import ImapSource
from mailsla.config.settings import MailboxSettings
from mailsla.errors import ConfigError, PermanentError, TemporaryError
from tests.adapters.source_contract import SourceContract, fetched, later, mail
from tests.servers.dovecot import Dovecot

pytestmark = pytest.mark.dovecot

_users = (f"user{number}" for number in itertools.count())


class ImapBox:
    def __init__(self, server: Dovecot) -> None:
        self.server = server
        self.user = next(_users)
        self.settings = MailboxSettings(
            name="support",
            address="support@acme.example",
            host="localhost",
            port=server.port,
            security="none",
            user=self.user,
            timeout_seconds=5,
        )
        self.opened: list[ImapSource] = []

    def source(self, mark: str = "keyword", folder: str = "INBOX", **changes: object) -> ImapSource:
        settings = replace(self.settings, mark=mark, folder=folder, **changes)  # type: ignore[arg-type]
        self.opened.append(ImapSource(settings, lambda: self.server.password))
        return self.opened[-1]

    def deliver(self, raw: bytes) -> None:
        self.server.deliver(self.user, raw)

    def remove(self, uid: str) -> None:
        with self.server.login(self.user) as client:
            client.select_folder("INBOX")
            client.delete_messages([int(uid)])
            client.expunge()

    def done(self) -> list[bytes]:
        with self.server.login(self.user) as client:
            client.select_folder("mailsla-done", readonly=True)
            return [answer[b"BODY[]"] for answer in client.fetch(client.search(), ["BODY.PEEK[]"]).values()]

    def state(self) -> object:
        return self.server.flags(self.user)


@pytest.fixture
def box(dovecot: Dovecot) -> Iterator[ImapBox]:
    box = ImapBox(dovecot)
    yield box
    for source in box.opened:
        source.close()


class TestImapIsASource(SourceContract):
    @pytest.fixture
    def box(self, dovecot: Dovecot) -> Iterator[ImapBox]:
        box = ImapBox(dovecot)
        yield box
        for source in box.opened:
            source.close()


class TestReading:
    def test_neither_fetch_nor_mark_sets_seen_and_the_keyword_is_the_only_flag(self, box: ImapBox) -> None:
        box.deliver(mail("unread"))
        source = box.source()
        uids = source.survey().uids
        fetched(source, uids)
        assert box.server.flags(box.user) == {1: set()}
        source.mark(uids)
        assert box.server.flags(box.user) == {1: {"$mailsla"}}

    def test_seen_of_a_person_is_not_read(self, box: ImapBox) -> None:
        box.deliver(mail("read"))
        with box.server.login(box.user) as client:
            client.select_folder("INBOX")
            client.add_flags([1], ["\\Seen"])
        source = box.source()
        assert len(fetched(source, source.survey().uids)) == 1
        assert box.server.flags(box.user) == {1: {"\\Seen"}}

    def test_receipt_is_internaldate_whatever_its_zone(self, box: ImapBox) -> None:
        box.server.deliver(box.user, mail("old"), when=datetime(2026, 3, 2, 9, 30, tzinfo=UTC))
        source = box.source()
        [arrival] = fetched(source, source.survey().uids)
        assert arrival.received_at == int(datetime(2026, 3, 2, 9, 30, tzinfo=UTC).timestamp())

    def test_a_mail_expunged_between_search_and_fetch_is_left_out(self, box: ImapBox) -> None:
        for number in range(3):
            box.deliver(mail(f"mail {number}"))
        source = box.source()
        uids = source.survey().uids
        box.remove("2")
        assert [arrival.uid for arrival in fetched(source, uids)] == ["1", "3"]

    def test_survey_tells_uidvalidity_and_uidnext(self, box: ImapBox) -> None:
        source = box.source()
        empty = source.survey()
        box.deliver(mail("one"))
        one = source.survey()
        assert (empty.uids, empty.uidnext) == ((), 1)
        assert (one.uids, one.uidnext) == (("1",), 2)
        assert one.uidvalidity == empty.uidvalidity > 0

    def test_uids_of_a_folder_that_was_made_anew_are_refused(self, box: ImapBox) -> None:
        with box.server.login(box.user) as client:
            client.create_folder("Complaints")
            client.append("Complaints", mail("one"))
        source = box.source(folder="Complaints")
        old = source.survey()
        source.close()
        with box.server.login(box.user) as client:
            client.delete_folder("Complaints")
            time.sleep(1.1)  # UIDVALIDITY is a time in seconds
            client.create_folder("Complaints")
            client.append("Complaints", mail("another"))
        with pytest.raises(TemporaryError, match="new UIDVALIDITY"):
            fetched(source, old.uids)
        new = source.survey()
        assert new.uidvalidity != old.uidvalidity
        assert [arrival.raw for arrival in fetched(source, new.uids)] == [mail("another")]

    def test_a_folder_name_may_be_of_any_language(self, box: ImapBox) -> None:
        with box.server.login(box.user) as client:
            client.create_folder('Beschwerden/Übrige & "alte"'.replace("/", "."))
        assert box.source(folder='Beschwerden.Übrige & "alte"').survey().uids == ()

    def test_no_body_and_no_password_is_logged(self, box: ImapBox, caplog: pytest.LogCaptureFixture) -> None:
        """Guards imaplib's debug level too: at 5, as imapclient sets it, each body is formatted for the log."""
        box.deliver(mail("private words"))
        with caplog.at_level(logging.DEBUG):
            source = box.source()
            fetched(source, source.survey().uids)
        assert source._client is not None
        assert source._client._imap.debug == 0
        assert "private words" not in caplog.text
        assert box.server.password not in caplog.text


class TestMarking:
    def test_probe_tells_what_the_server_lets_us_do(self, box: ImapBox) -> None:
        box.deliver(mail("one"))
        probe = box.source(mark="move").probe()
        assert (probe.folder, probe.count, probe.marking) == ("INBOX", 1, "move")
        assert {"IDLE", "MOVE"} <= set(probe.capabilities)

    @pytest.mark.parametrize("mark", ["keyword", "move"])
    def test_a_folder_that_may_only_be_read_is_read_and_not_marked(self, box: ImapBox, mark: str) -> None:
        box.deliver(mail("one"))
        box.server.make_read_only(box.user)
        source = box.source(mark=mark)
        uids = source.survey().uids
        assert len(fetched(source, uids)) == 1
        source.mark(uids)
        assert box.server.flags(box.user) == {1: set()}
        assert source.probe().marking == "none"

    def test_a_refused_mark_is_no_failure(self, box: ImapBox) -> None:
        box.deliver(mail("one"))
        source = box.source(mark="move", done_folder="no/../such//folder")
        uids = source.survey().uids
        source.mark(uids)
        assert source.survey().uids == uids


class TestWaiting:
    def test_idle_is_renewed_and_a_later_mail_still_wakes(self, box: ImapBox) -> None:
        source = box.source(idle_renew_seconds=1)
        source.survey()
        with later(2.5, do=lambda: box.deliver(mail("new"))):
            assert source.wait(30) is True

    def test_a_change_that_is_no_mail_does_not_wake(self, box: ImapBox) -> None:
        box.deliver(mail("one"))
        source = box.source()
        source.survey()

        def read_it() -> None:
            with box.server.login(box.user) as client:
                client.select_folder("INBOX")
                client.add_flags([1], ["\\Seen"])

        with later(0.2, do=read_it):
            assert source.wait(2) is False

    def test_after_a_lost_connection_something_may_be_new(self, box: ImapBox) -> None:
        source = box.source()
        source.survey()
        with later(0.3, do=box.server.kill), pytest.raises(TemporaryError, match="mailbox support: localhost"):
            source.wait(30)
        box.server.start()
        assert source.wait(30) is True
        assert source.survey().uids == ()

    def test_without_idle_it_polls(self, box: ImapBox) -> None:
        source = box.source(idle=False)
        source.survey()
        with later(0.2, do=lambda: box.deliver(mail("new"))):
            assert source.wait(0.6) is False
        assert source.survey().uids == ("1",)

    @pytest.mark.parametrize("when", ["connecting", "reading"])
    def test_wake_cuts_a_server_that_does_not_answer(self, box: ImapBox, when: str) -> None:
        with _mute_server(b"" if when == "connecting" else b"* OK hello\r\n") as port:
            source = box.source(port=port, timeout_seconds=60)
            with later(0.3, do=source.wake):
                started = time.monotonic()
                with pytest.raises(TemporaryError, match="told to stop"):
                    source.survey()
            assert time.monotonic() - started < 1.3


class TestTls:
    @pytest.mark.parametrize("security", ["tls", "starttls"])
    def test_a_trusted_certificate(self, box: ImapBox, security: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("SSL_CERT_FILE", str(box.server.certificate.cert))
        box.deliver(mail("one"))
        source = _tls(box, security)
        assert {"IDLE", "MOVE"} <= set(source.probe().capabilities)
        [arrival] = fetched(source, source.survey().uids)
        assert arrival.raw == mail("one")
        with later(0.3, do=lambda: box.deliver(mail("two"))):
            assert source.wait(30) is True
        source.survey()
        with later(0.3, do=source.wake):
            started = time.monotonic()
            assert source.wait(30) is False
        assert time.monotonic() - started < 1.3

    @pytest.mark.parametrize("security", ["tls", "starttls"])
    def test_an_untrusted_certificate_is_said_and_nothing_is_sent_in_clear(self, box: ImapBox, security: str) -> None:
        with pytest.raises(TemporaryError, match=r"certificate is not trusted: self.signed"):
            _tls(box, security).survey()

    @pytest.mark.parametrize("security", ["tls", "starttls"])
    def test_a_certificate_of_another_host(self, box: ImapBox, security: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("SSL_CERT_FILE", str(box.server.certificate.cert))
        source = _tls(box, security, host="127.0.0.1")
        with pytest.raises(TemporaryError, match=r"certificate is not trusted: IP address mismatch"):
            source.survey()

    def test_a_server_without_starttls_gets_no_password(self, box: ImapBox) -> None:
        said: list[bytes] = []
        with _mute_server(b"* OK [CAPABILITY IMAP4rev1] hello\r\n", said, capability=b"IMAP4rev1") as port:
            source = box.source(security="starttls", port=port)
            with pytest.raises(TemporaryError, match="STARTTLS"):
                source.survey()
        assert b"LOGIN" not in b"".join(said)

    def test_tls_on_a_port_that_speaks_clear_text(self, box: ImapBox) -> None:
        with pytest.raises(TemporaryError, match=r"TLS failed.*\n.*mend: check port and security"):
            box.source(security="tls").survey()

    def test_clear_text_is_for_loopback_only(self, box: ImapBox) -> None:
        with pytest.raises(ConfigError, match=r"mailboxes\.support\.security"):
            box.source(host="imap.acme.example")


class TestRefusals:
    def test_a_wrong_password_names_mailbox_user_host_and_mend(self, box: ImapBox) -> None:
        source = ImapSource(box.settings, lambda: "wrong-secret")
        with pytest.raises(PermanentError) as caught:
            source.survey()
        for word in ("mailbox support", box.user, "localhost", "AUTHENTICATIONFAILED", "mend: check user and password"):
            assert word in str(caught.value)
        assert "wrong-secret" not in str(caught.value)
        assert "b'" not in str(caught.value)

    def test_a_password_beyond_ascii_is_sent_as_utf8(self, box: ImapBox) -> None:
        with pytest.raises(PermanentError, match="AUTHENTICATIONFAILED"):
            ImapSource(box.settings, lambda: "pässwörd").survey()

    def test_a_missing_folder_lists_those_that_are_there(self, box: ImapBox) -> None:
        with box.server.login(box.user) as client:
            client.create_folder("Complaints")
        with pytest.raises(PermanentError, match=r"no folder Complains.*\n.*mend: .*Complaints, INBOX"):
            box.source(folder="Complains").survey()

    def test_a_server_that_is_down_is_temporary_and_the_next_call_connects_anew(self, box: ImapBox) -> None:
        box.deliver(mail("one"))
        source = box.source()
        source.survey()
        source.close()
        box.server.stop()
        with pytest.raises(TemporaryError, match="refuses connections"):
            source.survey()
        box.server.start()
        assert source.survey().uids == ("1",)

    def test_a_name_that_does_not_resolve(self, box: ImapBox) -> None:
        with pytest.raises(TemporaryError, match="name can't be resolved"):
            box.source(host="imap.invalid", security="tls").survey()

    def test_silence_ends_at_the_deadline(self, box: ImapBox) -> None:
        with _mute_server(b"") as port:
            started = time.monotonic()
            with pytest.raises(TemporaryError, match="no answer within 1 s"):
                box.source(port=port, timeout_seconds=1).survey()
        assert time.monotonic() - started < 4

    def test_a_connection_cut_in_the_login_is_no_refusal(self, box: ImapBox) -> None:
        server = _mute_server(b"* OK hello\r\n", capability=b"IMAP4rev1", hang_up_after=b"LOGIN")
        with server as port, pytest.raises(TemporaryError):
            box.source(port=port).survey()


def _tls(box: ImapBox, security: str, host: str = "localhost") -> ImapSource:
    port = box.server.tls_port if security == "tls" else box.server.port
    return box.source(security=security, host=host, port=port)


class _mute_server:
    """A listener that says `greeting`, answers CAPABILITY when it is told to, and is then silent, or hangs up."""

    def __init__(
        self, greeting: bytes, said: list[bytes] | None = None, capability: bytes = b"", hang_up_after: bytes = b""
    ) -> None:
        self._greeting, self._said, self._capability, self._last = greeting, said, capability, hang_up_after
        self._listener = socket.create_server(("127.0.0.1", 0))

    def __enter__(self) -> int:
        threading.Thread(target=self._serve, daemon=True).start()
        port: int = self._listener.getsockname()[1]
        return port

    def __exit__(self, *_: object) -> None:
        self._listener.close()

    def _serve(self) -> None:
        connection, _ = self._listener.accept()
        with connection:
            connection.sendall(self._greeting)
            while line := connection.recv(1000):
                if self._said is not None:
                    self._said.append(line)
                if self._last and self._last in line:
                    return
                if self._capability and b"CAPABILITY" in line:
                    tag = line.split()[0]
                    connection.sendall(b"* CAPABILITY " + self._capability + b"\r\n" + tag + b" OK done\r\n")

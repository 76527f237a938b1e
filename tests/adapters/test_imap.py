"""A mailbox on a real Dovecot as a source."""

import itertools
import logging
import time
import traceback
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from mailsla.adapters.imap import ImapSource
from mailsla.errors import ConfigError, PermanentError, TemporaryError
from mailsla.ports.mail import Arrival
from tests.adapters.source_contract import SourceContract, fetched, later, mail, mailbox_at
from tests.servers.dovecot import Dovecot
from tests.servers.imap_script import ImapScript

pytestmark = pytest.mark.dovecot

_users = (f"user{number}" for number in itertools.count())


class ImapBox:
    def __init__(self, server: Dovecot) -> None:
        self.server = server
        self.user = next(_users)
        self.settings = mailbox_at(server.port, self.user)
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
        box.server.make_anew(box.user, "Complaints")
        box.server.deliver(box.user, mail("another"), "Complaints")
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

    @pytest.mark.parametrize("greeting", [b"", b"* OK hello\r\n"])
    def test_wake_cuts_a_server_that_does_not_answer(self, greeting: bytes) -> None:
        with ImapScript({"CAPABILITY": [b""]}, greeting) as server:
            source = scripted(server, timeout_seconds=60)
            with later(0.3, do=source.wake):
                started = time.monotonic()
                with pytest.raises(TemporaryError, match="told to stop"):
                    source.survey()
            assert time.monotonic() - started < 1.3

    def test_wake_cuts_a_fetch(self) -> None:
        with ImapScript({"UID FETCH": [b"* 1 FETCH (UID 1 RFC8"]}) as server:
            source = scripted(server, timeout_seconds=60)
            uids = source.survey().uids
            with later(0.3, do=source.wake):
                started = time.monotonic()
                with pytest.raises(TemporaryError, match="told to stop"):
                    fetched(source, uids)
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

    def test_a_server_without_starttls_gets_no_password(self) -> None:
        with ImapScript() as server, pytest.raises(TemporaryError, match="STARTTLS"):
            scripted(server, security="starttls").survey()
        assert not any(command.startswith("LOGIN") for command in server.said)

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

    def test_silence_ends_at_the_deadline(self) -> None:
        with ImapScript(greeting=b"") as server:
            started = time.monotonic()
            with pytest.raises(TemporaryError, match="no answer within 1 s"):
                scripted(server, timeout_seconds=1).survey()
        assert time.monotonic() - started < 4

    def test_a_connection_cut_in_the_login_is_no_refusal(self) -> None:
        with ImapScript({"LOGIN": [None]}) as server, pytest.raises(TemporaryError):
            scripted(server).survey()


def scripted(server: ImapScript, **changes: object) -> ImapSource:
    settings = replace(mailbox_at(server.port, "us"), timeout_seconds=2)
    return ImapSource(replace(settings, **changes), lambda: "secret")  # type: ignore[arg-type]


class TestRaces:
    """What servers may say at awkward moments; a mail told of is never waited for."""

    @pytest.mark.parametrize(
        "answers",
        [
            pytest.param({"IDLE": [b"+ idling\r\n* 2 EXISTS\r\n"]}, id="in one packet with the answer to IDLE"),
            pytest.param({"IDLE": [b"* 2 EXISTS\r\n+ idling\r\n"]}, id="before the answer to IDLE"),
            pytest.param({"UID SEARCH": [b"* SEARCH 1\r\n* 2 EXISTS\r\nTAG OK done\r\n"]}, id="with the search"),
            pytest.param({"UID STORE": [b"* 2 EXISTS\r\nTAG OK done\r\n"]}, id="with the answer to the mark"),
        ],
    )
    def test_a_mail_told_of_ends_the_wait_at_once(self, answers: dict[str, list[bytes]]) -> None:
        with ImapScript(answers) as server:
            source = scripted(server)
            source.mark(source.survey().uids)
            started = time.monotonic()
            assert source.wait(30) is True
            assert time.monotonic() - started < 1.5
            assert source.survey().uids == ("1",)

    def test_words_that_are_no_mail_go_on_waiting(self) -> None:
        with ImapScript({"IDLE": [b"+ idling\r\n* OK still here\r\n"]}) as server:
            source = scripted(server)
            source.survey()
            assert source.wait(0.5) is False

    def test_idle_refused_is_said_and_not_tried_in_a_loop(self) -> None:
        with ImapScript({"IDLE": [b"TAG NO not today\r\n"]}) as server:
            source = scripted(server)
            source.survey()
            with pytest.raises(TemporaryError, match="IDLE"):
                source.wait(30)
            assert server.said.count("IDLE") == 1

    @pytest.mark.parametrize(
        "answer",
        [
            pytest.param(b'* 1 FETCH (UID 1 BODY[] NIL INTERNALDATE "01-Mar-2026 10:00:00 +0000")\r\n', id="NIL"),
            pytest.param(b"* 1 FETCH (FLAGS (\\Seen))\r\n", id="flags of another client"),
            pytest.param(b"", id="nothing"),
        ],
    )
    def test_a_body_that_is_not_there_is_left_out(self, answer: bytes) -> None:
        answers = {"UID FETCH": [answer + b"TAG OK done\r\n"]}
        with ImapScript(answers) as server:
            assert fetched(scripted(server), ("1",)) == []

    @pytest.mark.parametrize(
        "answer",
        [
            pytest.param(b"* 1 FETCH (UID 1 BODY[] {40}\r\nFrom: private words", id="cut off in the literal"),
            pytest.param(b"* 1 FETCH (UID 1 BODY[] (private words))\r\nTAG OK done\r\n", id="not a string"),
            pytest.param(b"private words\r\nTAG OK done\r\n", id="no IMAP"),
            pytest.param(b"* 1 FETCH (UID 1 BODY[] private words\r\nTAG OK done\r\n", id="no end"),
        ],
    )
    def test_an_answer_that_is_broken_is_temporary_and_its_words_are_not_told(self, answer: bytes) -> None:
        with ImapScript({"UID FETCH": [answer]}) as server:
            source = scripted(server, timeout_seconds=1)
            with pytest.raises(TemporaryError) as caught:
                fetched(source, ("1",))
            assert "private" not in "".join(traceback.format_exception(caught.value))
            assert source.survey().uids == ("1",)  # connected anew

    def test_a_mail_expunged_just_now_does_not_cost_its_batch(self) -> None:
        """A server may refuse the whole FETCH until it has told of the expunge (RFC 5530)."""
        body = b'* 1 FETCH (UID 1 BODY[] "Hello" INTERNALDATE "01-Mar-2026 10:00:00 +0100")\r\nTAG OK done\r\n'
        refused = b"TAG NO [EXPUNGEISSUED] some are gone\r\n"
        answers = {"UID FETCH 1,2": [refused, body]}
        with ImapScript(answers) as server:
            [arrival] = fetched(scripted(server), ("1", "2"))
        assert arrival == Arrival(uid="1", raw=b"Hello", received_at=1_772_355_600)

    def test_a_login_that_may_work_later_is_temporary(self) -> None:
        with (
            ImapScript({"LOGIN": [b"TAG NO [UNAVAILABLE] the directory is down\r\n"]}) as server,
            pytest.raises(TemporaryError, match="the directory is down"),
        ):
            scripted(server).survey()

    def test_a_folder_without_uidvalidity_cannot_be_used(self) -> None:
        with (
            ImapScript({"SELECT": [b"* 1 EXISTS\r\nTAG OK [READ-WRITE] done\r\n"]}) as server,
            pytest.raises(PermanentError, match="no UIDVALIDITY"),
        ):
            scripted(server).survey()

    def test_a_large_folder_is_searched_in_spans(self) -> None:
        """imaplib refuses lines of over 1,000,000 bytes: an answer of 150,000 UIDs."""
        selected = (
            b"* 60000 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 120001] x\r\nTAG OK [READ-WRITE] done\r\n"
        )
        answers = {
            "SELECT": [selected],
            "UID SEARCH UID 1:50000": [b"* SEARCH 5 3\r\nTAG OK done\r\n"],
            "UID SEARCH UID 50001:100000": [b"* SEARCH\r\nTAG OK done\r\n"],
            "UID SEARCH UID 100001:150000": [b"* SEARCH 120000\r\nTAG OK done\r\n"],
        }
        with ImapScript(answers) as server:
            assert scripted(server).survey().uids == ("3", "5", "120000")


def _tls(box: ImapBox, security: str, host: str = "localhost") -> ImapSource:
    port = box.server.tls_port if security == "tls" else box.server.port
    return box.source(security=security, host=host, port=port)

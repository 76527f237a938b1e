"""IMAP command injection (CAPEC-183): nothing that a mail says is ever a part of a command.

A proxy before a real Dovecot keeps all that is said; each command must be one of those below, with UIDs and configured
names and nothing else in it.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from mailsla.adapters.imap import ImapSource
from mailsla.adapters.imap_display import ImapDisplay
from mailsla.adapters.imap_live import ImapLive
from mailsla.config.settings import MailboxSettings
from mailsla.core.model import Status
from mailsla.flows import showing
from tests.adapters.source_contract import mailbox_at
from tests.flows.mails import ANA, address
from tests.flows.office import Office
from tests.flows.watched import Box
from tests.security.letters import raw
from tests.servers.dovecot import Dovecot, running
from tests.servers.proxy import Proxy

pytestmark = pytest.mark.dovecot

WORD = "qzx"  # is in all that follows, and in nothing of ours
EVIL = (
    "a\r\nA1 DELETE INBOX\r\n",
    '" "qzx\\" {5}',
    "{5+}\r\nqzx",
    ")\r\n* BYE qzx\r\n+ idling",
    "INBOX.qzx/../Sent &AOQ- &- *%",
    "1:* (FLAGS.SILENT \\Deleted)",
)
_UIDS, _NAME = r"[\d,:]+", r'"(?:INBOX|Waiting|Solved|Sent|)"'
_FLAG = r"\((?:\$mailsla|\\Flagged|\$mailsla-(?:due-today|at-risk|breached|waiting))\)"
COMMANDS = re.compile(
    "|".join((
        r"[A-Z]{4}\d+ (?:CAPABILITY|NOOP|LOGOUT|IDLE|NAMESPACE)", "DONE",
        r'[A-Z]{4}\d+ LOGIN "\S+" "correct-horse"',
        rf"[A-Z]{{4}}\d+ (?:SELECT|EXAMINE|CREATE) {_NAME}", rf'[A-Z]{{4}}\d+ LIST "" (?:{_NAME}|"\*")',
        rf"[A-Z]{{4}}\d+ UID SEARCH (?:ALL|UID {_UIDS}(?: LARGER \d+)?)",
        rf"[A-Z]{{4}}\d+ UID FETCH {_UIDS} \((?:BODY\.PEEK\[\] INTERNALDATE|FLAGS)\)",
        rf"[A-Z]{{4}}\d+ UID STORE {_UIDS} [+-]FLAGS\.SILENT (?:{_FLAG}|\(\\Deleted\))",
        rf"[A-Z]{{4}}\d+ UID (?:MOVE {_UIDS} {_NAME}|EXPUNGE {_UIDS})",
    ))
)  # fmt: skip


def hostile(number: int, evil: str) -> bytes:
    """A mail with `evil` wherever a mail can have words; folded, encoded and bare."""
    folded = evil.replace("\r\n", "\r\n ")
    encoded = "=?utf-8?q?" + "".join(f"={byte:02X}" for byte in (evil + WORD).encode()) + "?="
    quoted = folded.replace("\\", "\\\\").replace('"', '\\"')
    return raw(
        f'From: "{quoted}{WORD}" <ana@mail.example>', f"To: support@acme.example, {encoded} <x@mail.example>",
        f"Subject: {encoded} {folded} {WORD}", f"Message-ID: <{number}.{folded}{WORD}@mail.example>",
        f"In-Reply-To: <{folded}{WORD}@acme.example>", f"References: <{folded}{WORD}>", f"Keywords: {folded} {WORD}",
        f"X-Folder: {folded}{WORD}", "MIME-Version: 1.0", "Content-Type: multipart/mixed; boundary=b",
        text=f"--b\r\n\r\n{evil}{WORD}\r\n--b\r\nContent-Type: application/pdf\r\n"
        f'Content-Disposition: attachment; filename="{quoted}{WORD}"\r\n\r\nx\r\n--b--\r\n',
    )  # fmt: skip


def told(proxy: Proxy) -> list[str]:
    """What our side said, line by line."""
    return [line for talk in proxy.talks for line in talk.said("client").decode("utf-8").split("\r\n") if line]


@pytest.fixture
def proxy(dovecot: Dovecot) -> Iterator[Proxy]:
    with Proxy(dovecot.port, record=True) as between:
        yield between


def test_no_word_of_a_mail_is_in_a_command(office: Office, dovecot: Dovecot, proxy: Proxy) -> None:
    """Taken in, marked, shown by keywords and folders, read from the Sent folder; our probes deleted at the end."""
    box = Box(office, dovecot)
    box.open(
        port=proxy.port, start_from="all", state="keywords", waiting_folder="Waiting", resolved_folder="Solved",
        sent_folder="Sent", zone="Europe/Berlin",
    )  # fmt: skip
    display = ImapDisplay(box.settings, lambda: dovecot.password)
    mails = [hostile(number, evil) for number, evil in enumerate(EVIL)]
    for one in mails:
        box.deliver(one)
    with dovecot.login(box.user) as client:
        client.create_folder("Sent")
    box.poll()
    box.source.mark([str(uid) for uid in range(1, len(EVIL) + 1)])
    assert len(office.tickets()) == len(EVIL)
    assert showing.show(office.services, box.settings, display) == len(EVIL)
    first, second, *_ = office.tickets()
    office.damage(f"UPDATE tickets SET status = '{Status.WAITING_CUSTOMER}' WHERE reference = '{first}'")
    office.damage(f"UPDATE tickets SET status = '{Status.RESOLVED}' WHERE reference = '{second}'")
    assert showing.show(office.services, box.settings, display) == 2
    assert box.settings.sent is not None
    sent = ImapSource(box.settings.sent, lambda: dovecot.password)
    assert sent.survey().uids == ()
    dovecot.deliver(box.user, mails[0], "Sent")
    assert [len(batch) for batch in sent.fetch(sent.survey().uids)] == [1]
    live = ImapLive(box.settings, lambda: dovecot.password)
    assert live.abilities().uidplus and live.delete("Sent", ["1"])
    for one in (sent, box.source):
        one.close()
    lines = told(proxy)
    assert len(lines) > 30
    assert [line for line in lines if not COMMANDS.fullmatch(line)] == []
    assert WORD not in "".join(lines)
    there = {folder: len(dovecot.flags(box.user, folder)) for folder in ("INBOX", "Waiting", "Solved", "Sent")}
    assert there == {"INBOX": len(EVIL) - 2, "Waiting": 1, "Solved": 1, "Sent": 0}
    assert not any("\\Deleted" in flags or "\\Seen" in flags for flags in dovecot.flags(box.user).values())
    assert address(ANA) not in "".join(lines)


NAMES = ('Er"le"digt', "a\\b\\", '"', "Ärger & Spaß 日本語", "&-", "{5}", ") (b")


@pytest.mark.parametrize("name", NAMES)
def test_a_configured_name_is_one_string_whatever_is_in_it(dovecot: Dovecot, proxy: Proxy, name: str) -> None:
    """RFC 3501 sections 4.3 and 5.1.3 (modified UTF-7): the folder is watched, made and moved into by its name."""
    user = f"names-{NAMES.index(name)}"
    watched, done = f"in {name}", f"done {name}"
    with dovecot.login(user) as client:
        client.create_folder(watched)
    dovecot.deliver(user, b"Subject: x\r\n\r\nx\r\n", watched)
    source = ImapSource(settings(proxy, user, folder=watched, mark="move", done_folder=done), lambda: dovecot.password)
    (uid,) = source.survey().uids
    source.mark([uid])
    source.close()
    with dovecot.login(user) as client:
        folders = {str(folder) for _, _, folder in client.list_folders()}
        assert folders - {"Junk"} == {"INBOX", watched, done}
        assert client.folder_status(done)[b"MESSAGES"] == 1
        assert client.folder_status(watched)[b"MESSAGES"] == 0
    assert all(line.isascii() for line in told(proxy))


def settings(proxy: Proxy, user: str, **changes: object) -> MailboxSettings:
    """The mailbox of this user through the proxy."""
    return replace(mailbox_at(proxy.port, user), **changes)  # type: ignore[arg-type]


def test_a_users_name_is_one_string_too() -> None:
    """DOMAIN\\user, as Exchange has it, and names with blanks: imaplib would send them bare."""
    with running(settings="auth_username_chars =") as server, Proxy(server.port, record=True) as proxy:
        for name in ("ACME\\support", 'a "b" c'):
            source = ImapSource(settings(proxy, name), lambda: server.password)
            assert source.survey().uids == ()
            source.close()
        logins = [line for line in told(proxy) if " LOGIN " in line]
        assert [line.partition(" LOGIN ")[2] for line in logins] == [
            r'"ACME\\support" "correct-horse"',
            r'"a \"b\" c" "correct-horse"',
        ]

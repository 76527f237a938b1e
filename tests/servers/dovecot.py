"""A real Dovecot in a temporary folder, in the foreground, on loopback ports of its own.

Any user exists, with the password PASSWORD, or with an access token that `introspection_url` knows as theirs; each has
an empty Maildir at first sight. Works as root and as a user.
"""

import contextlib
import getpass
import grp
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from imapclient import IMAPClient

from tests.servers.certificate import Certificate, make_certificate

ABSENT = "Dovecot absent, apt install dovecot-imapd"
PASSWORD = "correct-horse"

_CONFIG = """
base_dir = {base}/run
state_dir = {base}/state
log_path = {base}/log
protocols = imap
listen = 127.0.0.1
default_internal_user = {server_user}
default_internal_group = {server_group}
default_login_user = {login_user}
first_valid_uid = 1
ssl = yes
ssl_cert = <{cert}
ssl_key = <{key}
disable_plaintext_auth = no
auth_mechanisms = {mechanisms}
auth_failure_delay = 0
mail_location = maildir:~/Maildir
mail_plugins = acl
mailbox_idle_check_interval = 1 secs
namespace inbox {{
  inbox = yes
  mailbox Junk {{
    special_use = \\Junk
  }}
}}
plugin {{
  acl = vfile
}}
{oauth2}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={mail_user} gid={mail_group} home={base}/home/%u
}}
service imap-login {{
  chroot =
  process_min_avail = 1
  service_count = 0
  client_limit = 500
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
{settings}
"""


_OAUTH2 = """passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {base}/oauth2.conf
}}"""
_OAUTH2_CONF = """introspection_mode = post
introspection_url = {url}
username_attribute = username
active_attribute = active
active_value = true
"""


def available() -> bool:
    return shutil.which("dovecot") is not None and shutil.which("openssl") is not None


class Dovecot:
    """`start`, then `stop` or `kill`, any number of times; `remove` at the end."""

    host = "localhost"
    password = PASSWORD

    def __init__(
        self, introspection_url: str = "", mechanisms: str = "xoauth2 oauthbearer", settings: str = ""
    ) -> None:
        """With `introspection_url` (RFC 7662) users can log in by `mechanisms` too. `settings`: further ones."""
        self._settings = settings
        self._introspection_url = introspection_url
        self._mechanisms = f"plain login {mechanisms}" if introspection_url else "plain login"
        # Not pytest's tmp_path: that is closed to the user that the mails belong to, and too long for a Unix socket.
        self.base = Path(tempfile.mkdtemp(prefix="dovecot-"))
        self.base.chmod(0o755)
        self.certificate: Certificate = make_certificate(self.base)
        self.port, self.tls_port = _free_ports(2)
        self._process: subprocess.Popen[bytes] | None = None
        self._configure()

    def _configure(self) -> None:
        root = os.geteuid() == 0
        me, mine = getpass.getuser(), grp.getgrgid(os.getegid()).gr_name
        nobody = pwd.getpwnam("nobody")
        home = self.base / "home"
        home.mkdir()
        if root:
            os.chown(home, nobody.pw_uid, nobody.pw_gid)
        if self._introspection_url:
            (self.base / "oauth2.conf").write_text(_OAUTH2_CONF.format(url=self._introspection_url))
        (self.base / "dovecot.conf").write_text(
            _CONFIG.format(
                base=self.base,
                mechanisms=self._mechanisms,
                oauth2=_OAUTH2.format(base=self.base) if self._introspection_url else "",
                server_user="dovecot" if root else me,
                server_group="dovecot" if root else mine,
                login_user="dovenull" if root else me,
                mail_user=nobody.pw_uid if root else os.getuid(),
                mail_group=nobody.pw_gid if root else os.getgid(),
                cert=self.certificate.cert,
                key=self.certificate.key,
                password=PASSWORD,
                port=self.port,
                tls_port=self.tls_port,
                settings=self._settings,
            )
        )

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Until it answers; raises RuntimeError with its log when it does not within 10 s."""
        self._process = subprocess.Popen(
            ["dovecot", "-F", "-c", str(self.base / "dovecot.conf")],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline and self.running:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1) as probe:
                probe.settimeout(2)
                if probe.recv(4) == b"* OK":
                    return
            time.sleep(0.02)
        log = self.base / "log"
        raise RuntimeError(f"Dovecot does not start: {log.read_text() if log.exists() else 'no log'}")

    def stop(self) -> None:
        """In order; connections are closed by and by."""
        self._end(lambda pid: os.kill(pid, signal.SIGTERM))

    def kill(self) -> None:
        """At once, with all its children and connections, as if the machine went down."""
        self._end(lambda pid: os.killpg(pid, signal.SIGKILL))

    def _end(self, how: Callable[[int], None]) -> None:
        if self._process is not None:
            how(self._process.pid)
            self._process.wait(10)
            self._process = None

    def remove(self) -> None:
        self.kill()
        shutil.rmtree(self.base, ignore_errors=True)

    def maildir(self, user: str) -> Path:
        return self.base / "home" / user / "Maildir"

    def login(self, user: str) -> IMAPClient:
        """A second client, as a person has one; to be used in a `with`."""
        client = IMAPClient(self.host, port=self.port, ssl=False, timeout=10)
        client.login(user, PASSWORD)
        return client

    def deliver(self, user: str, raw: bytes, folder: str = "INBOX", when: datetime | None = None) -> None:
        """By APPEND; `when` becomes the INTERNALDATE."""
        with self.login(user) as client:
            client.append(folder, raw, msg_time=when)

    def renumber(self, user: str, folder: str = "") -> None:
        """The folder ("" = INBOX) loses its index, as after a restore: a new UIDVALIDITY, other UIDs.

        It is a time in seconds: where too little has passed, Dovecot is asked again.
        """
        path = self.maildir(user) / folder
        before = self._uidvalidity(user, folder)
        deadline = time.monotonic() + 5
        while self._uidvalidity(user, folder) == before:
            assert time.monotonic() < deadline, f"UIDVALIDITY stays {before}"
            for file in (*path.glob("dovecot-uidlist*"), *path.glob("dovecot.index*"), *path.glob("dovecot-uidval*")):
                file.unlink(missing_ok=True)

    def make_anew(self, user: str, folder: str) -> None:
        """The folder is deleted, and another of its name made: empty, with a new UIDVALIDITY."""
        before = self._uidvalidity(user, folder)
        deadline = time.monotonic() + 5
        while self._uidvalidity(user, folder) == before:
            assert time.monotonic() < deadline, f"UIDVALIDITY stays {before}"
            with self.login(user) as client:
                client.delete_folder(folder)
                client.create_folder(folder)

    def _uidvalidity(self, user: str, folder: str) -> object:
        with self.login(user) as client:
            return client.folder_status(folder.lstrip(".") or "INBOX", ["UIDVALIDITY"])[b"UIDVALIDITY"]

    def allow(self, user: str, rights: str) -> None:
        """What the user may do in the INBOX that they have, by RFC 4314: "lr" makes SELECT say READ-ONLY."""
        (self.maildir(user) / "dovecot-acl").write_text(f"owner {rights}\n")

    def make_read_only(self, user: str) -> None:
        """The INBOX of a user who has one: SELECT will say READ-ONLY."""
        self.allow(user, "lr")

    def flags(self, user: str, folder: str = "INBOX") -> dict[int, set[str]]:
        """UID -> flags, without \\Recent."""
        with self.login(user) as client:
            client.select_folder(folder, readonly=True)
            found = client.get_flags(client.search()) if client.search() else {}
        return {uid: {flag.decode() for flag in flags} - {"\\Recent"} for uid, flags in found.items()}


@contextlib.contextmanager
def running(
    introspection_url: str = "", mechanisms: str = "xoauth2 oauthbearer", settings: str = ""
) -> Iterator[Dovecot]:
    """One that nobody else uses; the test is skipped where there is no Dovecot."""
    if not available():
        pytest.skip(ABSENT)
    server = Dovecot(introspection_url, mechanisms, settings)
    try:
        server.start()
        yield server
    finally:
        server.remove()


def _free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]

"""Passwords as systemd's credentials (LoadCredential=), for both servers; what is wrong with one is said at start."""

import os
import shutil
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from tests.e2e.desk import Desk
from tests.e2e.mails import complaint
from tests.e2e.processes import MAILSLA, SMTP_LOGIN

pytestmark = [pytest.mark.e2e, pytest.mark.dovecot]

ANA = "ana@mail.example"
SECRET = "s3cr"  # is in everything that is no password


@pytest.fixture
def credentials(desk: Desk) -> Path:
    """The folder that systemd makes; the desk has its passwords from there, and nowhere else."""
    text = desk.config.read_text("utf-8").replace('{ env = "SMTP_PASSWORD" }', '{ credential = "smtp" }')
    desk.config.write_text(text, "utf-8")
    del desk.environment["SMTP_PASSWORD"]
    folder = Path(desk.environment["CREDENTIALS_DIRECTORY"])
    give(folder, "imap", desk.dovecot.password.encode() + b"\n")  # as an editor or `echo` writes it
    give(folder, "smtp", SMTP_LOGIN[1].encode() + b"\r\n")
    return folder


def give(folder: Path, name: str, content: bytes | None) -> None:
    """systemd's copy for this start; None: a folder, which nobody can read as a file."""
    path = folder / name
    if path.is_dir():
        path.rmdir()
    path.unlink(missing_ok=True)
    if content is None:
        path.mkdir()
    else:
        path.write_bytes(content)
        path.chmod(0o440)


def refused(desk: Desk, *before: str) -> str:
    """What a start says, which ends with 78: the unit does not start it again (RestartPreventExitStatus)."""
    command = [*before, *MAILSLA, "--config", str(desk.config), "run", "--log-json"]
    environment = {**os.environ, **desk.environment}
    done = subprocess.run(command, capture_output=True, env=environment, timeout=60, check=False)
    said = (done.stdout + done.stderr).decode()
    assert done.returncode == 78, said
    assert SECRET not in said and "Traceback" not in said
    return " ".join(said.split())


@pytest.mark.usefixtures("credentials")
def test_both_passwords_are_read_without_their_line_end_and_are_in_no_line_of_the_log(desk: Desk) -> None:
    daemon = desk.open()
    desk.send(complaint(ANA))
    assert Counter(letter.recipient for letter in desk.quiet()) == {ANA: 1, "sam@acme.example": 1}
    assert daemon.terminate() == 0
    log = "\n".join(daemon.lines())
    assert desk.dovecot.password not in log and SMTP_LOGIN[1] not in log


def test_what_is_wrong_with_them_is_said_at_once_with_the_mend(desk: Desk, credentials: Path) -> None:
    (credentials / "imap").unlink()
    give(credentials, "smtp", b"\n")
    said = refused(desk)
    assert f"mailboxes.support.password: file {credentials}/imap: No such file or directory mend: make it" in said
    assert "sending.password: systemd credential smtp is empty mend: write the password into it" in said

    give(credentials, "imap", None)
    give(credentials, "smtp", f"{SECRET}et\r\nQUIT".encode())
    said = refused(desk)
    assert f"mailboxes.support.password: file {credentials}/imap: Is a directory mend: make it, readable" in said
    assert "sending.password: systemd credential smtp holds a line end or another control character mend: " in said


def test_a_credential_that_its_user_may_not_read(desk: Desk, credentials: Path) -> None:
    give(credentials, "imap", f"{SECRET}et".encode())
    give(credentials, "smtp", SECRET.encode() + b"\xff\xfe\0")
    (credentials / "imap").chmod(0)
    drop = () if os.geteuid() else ("setpriv", "--bounding-set=-all", "--inh-caps=-all")  # root may read all files
    if drop and shutil.which("setpriv") is None:
        pytest.skip("setpriv absent, apt install util-linux")
    said = refused(desk, *drop)
    assert f"mailboxes.support.password: file {credentials}/imap: Permission denied mend: make it, readable" in said
    assert f"sending.password: file {credentials}/smtp is not UTF-8 text mend: write the password as text" in said

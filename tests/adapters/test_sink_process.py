"""The SMTP sink as a process: what it answered with 250 is on the disk, even when it is killed the next moment."""

import signal
import subprocess
import sys
from pathlib import Path

from mailsla.adapters.smtp import SmtpTransport
from mailsla.config.settings import SendingSettings
from mailsla.ports.mail import Sent
from tests.servers.smtp_sink import Received, read_mails
from tests.shared import ROOT


def test_what_was_answered_is_kept_over_a_kill(tmp_path: Path) -> None:
    for round_ in range(2):
        command = [sys.executable, "-m", "tests.servers.smtp_sink", "--dir", str(tmp_path), "--rcpt", "gone@.*=550 no"]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as sink:
            assert sink.stdout is not None
            port = int(sink.stdout.readline().removeprefix("listening on "))
            transport = SmtpTransport(SendingSettings(host="localhost", port=port, security="none"), lambda: "")
            for user in ("anna", "gone"):
                outcome = transport.send("s@acme.example", f"{user}@c.example", b"Subject: %d\r\n\r\n" % round_)
                assert outcome.sent is (Sent.ACCEPTED if user == "anna" else Sent.REFUSED)
            sink.send_signal(signal.SIGKILL)
            transport.close()
    assert read_mails(tmp_path) == [
        Received("s@acme.example", "anna@c.example", b"Subject: %d\r\n\r\n" % round_) for round_ in range(2)
    ]

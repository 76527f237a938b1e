"""A mail server as a small company has one: what is sent by SMTP lands in the mailbox of a real Dovecot.

What it does to mail on the way is told by `Ways`, which may be changed between two mails.
"""

from dataclasses import dataclass, field
from datetime import datetime

from tests.servers.dovecot import Dovecot
from tests.servers.smtp_sink import Received, SmtpSink


@dataclass
class Ways:
    """What it does. `stamp`: its Authentication-Results. `junk`: the folder that all lands in."""

    plus: bool = True
    keeps_to: bool = True
    reports: bool = True
    sender: str = ""  # put in place of From
    message_id: str = ""  # put in place of Message-ID
    stamp: str = ""
    folder: str = "INBOX"
    when: datetime | None = None
    lost: bool = False
    taken: list[bytes] = field(default_factory=list)


class Loopback(SmtpSink):
    """Delivers to `user`, who has `address`."""

    def __init__(self, dovecot: Dovecot, user: str, address: str) -> None:
        super().__init__(login=(user, dovecot.password))
        self.ways = Ways()
        self._dovecot, self._user, self._address = dovecot, user, address

    def _keep(self, mail: Received) -> None:
        super()._keep(mail)
        local, _, domain = mail.recipient.rpartition("@")
        untagged = f"{local.partition('+')[0]}@{domain}"
        if mail.recipient == self._address or (self.ways.plus and untagged == self._address):
            if not self.ways.lost:
                self._deliver(self._changed(mail.content))
        elif self.ways.reports:
            self._deliver(report(mail))

    def _deliver(self, raw: bytes) -> None:
        self.ways.taken.append(raw)
        with self._dovecot.login(self._user) as client:
            if not client.folder_exists(self.ways.folder):
                client.create_folder(self.ways.folder)
        self._dovecot.deliver(self._user, raw, self.ways.folder, self.ways.when)

    def _changed(self, content: bytes) -> bytes:
        head, _, body = content.partition(b"\r\n\r\n")
        lines = [self._line(line) for line in head.decode().split("\r\n")]
        stamp = [f"Authentication-Results: {self.ways.stamp}"] if self.ways.stamp else []
        return "\r\n".join([*stamp, *lines, "", ""]).encode() + body

    def _line(self, line: str) -> str:
        name = line.partition(":")[0]
        if name == "From" and self.ways.sender:
            return f"From: <{self.ways.sender}>"
        if name == "Message-ID" and self.ways.message_id:
            return f"Message-ID: <{self.ways.message_id}>"
        if name == "To" and not self.ways.keeps_to:
            return f"To: <{self._address}>"
        return line


def report(mail: Received) -> bytes:
    """RFC 3464, as Postfix writes it."""
    original = mail.content.partition(b"\r\n\r\n")[0].decode()
    return (
        f"""From: MAILER-DAEMON@mx.acme.example (Mail Delivery System)
To: {mail.sender}
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="x"

--x
Content-Type: text/plain

I'm sorry to have to inform you that your message could not be delivered.
--x
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.acme.example

Final-Recipient: rfc822; {mail.recipient}
Action: failed
Status: 5.1.2

--x
Content-Type: text/rfc822-headers

{original}
--x--
""".replace("\r\n", "\n")
        .replace("\n", "\r\n")
        .encode()
    )

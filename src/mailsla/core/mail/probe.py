"""The letters of `mailsla check --live`: how they are written, and known again so that no ticket comes of them.

Each has a code, in its subject and its Message-ID. A server may replace From and Message-ID; what has another text,
and is from none of us, is a mail like any other.
"""

import re
from datetime import UTC, datetime
from email.utils import format_datetime

from mailsla.core.mail.parsed import ParsedMail
from mailsla.core.model import Instant

NOWHERE = "mailsla-probe.invalid"  # RFC 2606: nobody can ever have an address there
_SUBJECT = re.compile(r"\s*mailsla probe (?P<code>[a-z2-7]{10,20})\s*", re.IGNORECASE)
_CODE_IN_ADDRESS = re.compile(rf"(?P<code>[a-z2-7]{{10,20}})@{re.escape(NOWHERE)}")
_TEXT = "mailsla check --live sent this to itself, to see which way mails take. It is deleted by itself.\r\n"


def subject_of(code: str) -> str:
    """What a mail is called that is known by this code."""
    return f"mailsla probe {code}"


def nowhere(code: str) -> str:
    """An address that can't be delivered to."""
    return f"{code}@{NOWHERE}"


def letter(*, sender: str, recipient: str, code: str, message_id: str, date: Instant) -> bytes:
    """A letter to ourselves (RFC 5322), of addresses that the configuration was checked for."""
    fields = {
        "Date": format_datetime(datetime.fromtimestamp(date, UTC)),
        "From": f"<{sender}>",
        "To": f"<{recipient}>",
        "Subject": subject_of(code),
        "Message-ID": f"<{message_id}>",
        "Auto-Submitted": "auto-generated",
        "X-mailsla-Kind": "probe",
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=us-ascii",
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"{head}\r\n{_TEXT}".encode("ascii")


def code_of(mail: ParsedMail) -> str:
    """The code of the letter that this is, or that this delivery report is about; "" of any other mail."""
    if mail.bounce is not None:
        found = [match for one in mail.bounce.recipients if (match := _CODE_IN_ADDRESS.fullmatch(one.lower()))]
        return found[0]["code"] if found else ""
    named = _SUBJECT.fullmatch(mail.subject)
    return named["code"].lower() if named else ""


def says_nothing(mail: ParsedMail) -> bool:
    """Whether there is nothing in it but what stands in each of these letters."""
    return mail.text.split() == _TEXT.split() and not mail.attachments

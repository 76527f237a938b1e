"""Which files of an agent's mail go along with it."""

from mailsla.core.mail.parsed import Attachment
from mailsla.core.model import StoredAttachment

SIGNATURES = frozenset(
    {
        "application/pkcs7-signature",  # RFC 8551
        "application/x-pkcs7-signature",
        "application/pgp-signature",  # RFC 3156
        "application/pgp-keys",
    }
)


def goes_along(file: Attachment | StoredAttachment) -> bool:
    """Whether an attachment is passed on; a signature over the agent's mail names them, and fits no other mail."""
    return not file.inline and file.type.lower() not in SIGNATURES

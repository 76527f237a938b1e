"""Which inline pictures stand in what a person newly wrote in HTML, and which only in the quote or the signature."""

import re

_PICTURE = re.compile(r"""(?i)\bcid:([^"'\s>)]+)""")
# Where programs begin the old mail or the signature: Gmail, Thunderbird, Apple Mail, Outlook in its three forms, and
# the rule that Outlook draws above the old mail's header.
_OLD = re.compile(
    r"""(?i)<blockquote\b|class=["']?(?:[\w -]*\s)?(?:gmail_quote|gmail_signature|gmail_attr"""
    r"""|moz-cite-prefix|moz-signature|yahoo_quoted|protonmail_quote|protonmail_signature_block)|id=["']?(?:divRplyFwdMsg|appendonsend"""
    r"""|mail-editor-reference-message-container|reply-intro|Signature\b|ms-outlook-mobile-signature|_MailAutoSig)"""
    r"""|name=["']?_MailAutoSig|border-top:\s*solid\s+#(?:E1E1E1|B5C4DF)"""
)


def pictures_in_new_text(html: str, *, quotes: bool) -> frozenset[str]:
    """Content-IDs, without angle brackets, of the pictures above the first quote or signature.

    `quotes`: the mail is known to quote an old one. Where its beginning shows nowhere, no picture is known to be new.
    """
    old = _OLD.search(html)
    if old is None and quotes:
        return frozenset()
    return frozenset(_PICTURE.findall(html[: old.start()] if old else html))

"""Whose complaint a mail is: From, but for Reply-To of the same domain and the mails of contact forms (mail.md 2)."""

from collections.abc import Collection

from mailsla.core.mail.parsed import Address, ParsedMail


def wants_answers_at(mail: ParsedMail, ours: Collection[str]) -> Address | None:
    """The one Reply-To of a mail, where it is another address than From's; never one of `ours` (in lower case).

    Several are none: nobody could say which of them complains.
    """
    if mail.sender is None or len(mail.reply_to) != 1:
        return None
    (wanted,) = mail.reply_to
    return None if wanted.email in ours or wanted.email == mail.sender.email else wanted


def answered_at(mail: ParsedMail, ours: Collection[str]) -> Address | None:
    """Who is to be answered: From, or a Reply-To of the same domain. None: From is not exactly one address."""
    wanted = wants_answers_at(mail, ours)
    same = mail.sender and wanted and _domain(wanted) == _domain(mail.sender)
    return wanted if same else mail.sender


def _domain(address: Address) -> str:
    return address.email.rpartition("@")[2]

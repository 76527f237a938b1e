"""Mails as the mail clients of customers and agents compose them: `CLIENTS` by name, `tests.clients.draft` to use them.

Composed by hand after what each writes (headers, parts, charsets, quotes, where the signature stands); nothing of it is
copied from a corpus.
"""

from collections.abc import Mapping

from tests.clients import apple, gmail, outlook, plain
from tests.clients.draft import Client

CLIENTS: Mapping[str, Client] = {
    "outlook": outlook.desktop,
    "outlook-de": outlook.german,
    "outlook-web": outlook.web,
    "gmail": gmail.web,
    "gmail-app": gmail.app,
    "apple-mail": apple.macos,
    "iphone": apple.iphone,
    "thunderbird": plain.thunderbird,
    "mutt": plain.mutt,
}

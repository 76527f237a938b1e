"""The words of the links in letters to our people, and the mail that each composes (letters.md section 5).

A body is one paragraph, since some clients drop its line breaks: what it does, who is told, until when.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple
from urllib.parse import quote

from mailsla.adapters.catalogues import Catalogue
from mailsla.adapters.catalogues import mark as _
from mailsla.adapters.letters_text import mailto
from mailsla.adapters.letters_time import Times
from mailsla.core.letters_links import Link


class _Words(NamedTuple):
    """The label of the button; subject and body of its mail."""

    label: str
    subject: str
    body: str


# By Link.does. Values: reference, category, until.
WORDS: Mapping[str, _Words] = {
    "take": _Words(
        _("Take"),
        _("Take %(reference)s"),
        _("Send this mail as it is. It gives %(reference)s to you; only you are told. It works until %(until)s."),
    ),
    "ack": _Words(
        _("I take care of it"),
        _("I take care of %(reference)s"),
        _(
            "Send this mail as it is. It says that you take care of %(reference)s: nobody else is told that it is "
            "late, and only you hear of this. It works until %(until)s."
        ),
    ),
    "wait": _Words(
        _("Wait for customer"),
        _("%(reference)s waits for the customer"),
        _(
            "Send this mail as it is. %(reference)s then waits for the customer, and clocks that may pause stand "
            "still; only you are told. It works until %(until)s."
        ),
    ),
    "resolve": _Words(
        _("Resolve"),
        _("Resolve %(reference)s"),
        _(
            "Send this mail as it is. It resolves %(reference)s: the customer gets the closing letter, and you are "
            "told. It works until %(until)s."
        ),
    ),
    "again": _Words(
        _("Close it again"),
        _("Close %(reference)s again"),
        _(
            "Send this mail as it is. It resolves %(reference)s again: only you are told, the customer gets no other "
            "mail. It works until %(until)s."
        ),
    ),
    "spam": _Words(
        _("It is spam"),
        _("%(reference)s is spam"),
        _(
            "Send this mail as it is. It counts %(reference)s as no complaint and ends it; only you are told. It "
            "works until %(until)s."
        ),
    ),
    "reopen": _Words(
        _("Reopen"),
        _("Reopen %(reference)s"),
        _("Send this mail as it is. It opens %(reference)s again; only you are told. It works until %(until)s."),
    ),
    "category": _Words(
        _("It is: %(category)s"),
        _("Category of %(reference)s"),
        _(
            "Send this mail as it is. It gives %(reference)s the category: %(category)s. You are told, and the team "
            "that gets it. It works until %(until)s."
        ),
    ),
    "incident": _Words(
        _("They are one incident"),
        _("%(reference)s is one incident"),
        _(
            "Send this mail as it is. It groups the complaints of %(reference)s as one incident: one answer then goes "
            "to all of them. No customer is told. It works until %(until)s."
        ),
    ),
    "incident_no": _Words(
        _("They are not"),
        _("%(reference)s is no incident"),
        _(
            "Send this mail as it is. It says that the complaints of %(reference)s are no incident: each goes its own "
            "way. It works until %(until)s."
        ),
    ),
    "yes": _Words(
        _("Yes, do it"),
        _("Yes, I sent it [%(reference)s]"),
        _(
            "Send this mail as it is. It says that the held mail on %(reference)s is yours: that mail then does once "
            "what the question says. It works until %(until)s."
        ),
    ),
}
_LONGEST_NAME = 90  # characters of a category as an address has it: some clients cut links of over 500


def buttons(links: Sequence[Link], reference: str, catalogue: Catalogue, times: Times) -> list[tuple[str, str]]:
    """Label and address of each link; none for one that mail programs would spoil."""
    until = {one: f"{times.short(one)} {times.city}" for one in {link.until for link in links}}
    made = (_button(link, reference, until[link.until], catalogue) for link in links)
    return [(label, href) for label, href in made if href]


def _button(link: Link, reference: str, until: str, catalogue: Catalogue) -> tuple[str, str]:
    words = WORDS[link.does]
    values = {"reference": reference, "category": _shortened(link.about), "until": until}
    label, subject, body = (catalogue.gettext(text) % values for text in words)
    return label, mailto(link.to, f"{subject} {link.code}".rstrip(), body)


def _shortened(name: str) -> str:
    """The name, or as much of it as there is room for."""
    if len(quote(name, safe="")) <= _LONGEST_NAME:
        return name
    while len(quote(f"{name}…", safe="")) > _LONGEST_NAME:
        name = name[:-1]
    return f"{name.rstrip()}…"

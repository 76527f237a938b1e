"""Labels as people give and get them: those of a file come in, and those that count are read with their words."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mailsla.core.triage.labels import How, Label
from mailsla.core.triage.own_words import as_read, own_words
from mailsla.core.triage.words import Words
from mailsla.flows.services import Services
from mailsla.ports.store import UnitOfWork


@dataclass(frozen=True, slots=True)
class Text:
    """A label with its words."""

    label: Label
    words: Words


def add_labels(services: Services, rows: Sequence[tuple[str, str]], user: str) -> int:
    """The rows (text, category) of a file as labels, all or none; how many were new.

    A text whose categories are others than those that count till now gets all of them anew: the file settles it.
    """
    now = services.now()
    said: dict[str, set[str]] = defaultdict(set)
    for text, category in rows:
        said[text].add(category)
    with services.store.begin() as uow:
        known = _known(uow)
        made = []
        for text, category in rows:
            counting, last = known.get(text, (set(), 0))
            if said[text] != counting:
                key = _key(text, category, last)
                made.append(Label(at=now, key=key, category=category, who=f"cli:{user}", how=How.CSV, text=text))
        added = uow.learning.add(made)
        uow.commit()
    return added


def texts_of(uow: UnitOfWork) -> tuple[list[Text], int]:
    """The labels that count now, with the words that triage looks at; and how many have no words any more."""
    counting, missing = _counting(uow)
    return [Text(label, Words.of(as_read(subject), own_words(text))) for label, (subject, text) in counting], missing


def _counting(uow: UnitOfWork) -> tuple[list[tuple[Label, tuple[str, str]]], int]:
    """Of a ticket the newest label, of a text those that were made last, each with (subject, text)."""
    of_ticket: dict[int, Label] = {}
    of_text: dict[str, list[Label]] = {}
    for label in every(uow):
        if label.ticket_id is not None:
            of_ticket[label.ticket_id] = label
            continue
        same = of_text.setdefault(label.text, [])
        if same and same[0].at < label.at:
            same.clear()
        same.append(label)
    mails = uow.learning.first_mails(sorted(of_ticket))
    found = [(label, mails[number]) for number, label in of_ticket.items() if number in mails]
    found += [(label, ("", label.text)) for same in of_text.values() for label in same]
    return sorted(found, key=lambda one: one[0].id), len(of_ticket.keys() - mails.keys())


def _known(uow: UnitOfWork) -> dict[str, tuple[set[str], int]]:
    """Each text as `exported` gives it -> its categories that count, and the newest label of these."""
    of_files: dict[str, list[Label]] = defaultdict(list)
    of_tickets: dict[str, list[Label]] = defaultdict(list)
    for label, mail in _counting(uow)[0]:
        (of_files if label.ticket_id is None else of_tickets)[_as_one(mail)].append(label)
    return {text: ({one.category for one in same}, same[-1].id) for text, same in {**of_tickets, **of_files}.items()}


def exported(services: Services) -> list[tuple[str, str]]:
    """(text, category) of all labels that count, as `learn` reads them."""
    with services.store.begin() as uow:
        return [(_as_one(mail), label.category) for label, mail in _counting(uow)[0]]


def _as_one(mail: tuple[str, str]) -> str:
    return "\n".join(filter(None, mail)).strip()


def every(uow: UnitOfWork) -> Iterable[Label]:
    """All, as they were given; a page at a time."""
    after = 0
    while page := uow.learning.labels(after):
        yield from page
        after = page[-1].id


def _key(text: str, category: str, after: int) -> str:
    """`after`: the newest label that it replaces; 0 = none."""
    said = "\n".join((category, text, *([f"\0{after}"] if after else ()))).encode("utf-8", "surrogatepass")
    return f"csv:{hashlib.sha256(said).hexdigest()}"

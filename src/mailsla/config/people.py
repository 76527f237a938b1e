"""People and hours as a person types them for `mailsla init`, read as what the configuration holds."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from mailsla.config.calendars import calendars_of
from mailsla.config.file import CalendarTable
from mailsla.config.formats import Wrong, wrong_address

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_PERSON = re.compile(r'\s*(?:"?(?P<name>[^"<>,]*?)"?\s*<(?P<in>[^<>\s]+)>|(?P<bare>[^<>\s,]+))\s*')
_HOURS = re.compile(r"\s*(?P<from>[a-z]{3})(?:\s*-\s*(?P<to>[a-z]{3}))?\s+(?P<hours>[0-9:]+-[0-9:]+)\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who answers. `name`: the word of commands (`#assign sam`)."""

    name: str
    email: str
    display_name: str


def people_of(text: str) -> tuple[Person, ...]:
    """ "Sam Lee <sam@acme.example>, kim@acme.example"; two of one name are told apart by a number, an address counts
    once. Raises ValueError for what `wrong_people` finds.
    """
    people: dict[str, Person] = {}
    for piece in filter(str.strip, text.split(",")):
        found = _PERSON.fullmatch(piece)
        email = (found["in"] or found["bare"]) if found else ""
        if found is None or wrong_address(email):
            raise ValueError(piece.strip())
        if email.lower() not in people:
            name = _name(email, [one.name for one in people.values()])
            shown = (found["name"] or "").strip() or _display(email)
            people[email.lower()] = Person(name, email, shown)
    return tuple(people.values())


def wrong_people(text: str) -> Wrong:
    """Addresses, with or without a name, with commas between; at least one."""
    mend = "write addresses with commas between: Sam Lee <sam@acme.example>, kim@acme.example"
    try:
        return None if people_of(text) else ("there is nobody", mend)
    except ValueError as error:
        return f'"{error}" is no mail address', mend


def hours_of(text: str) -> dict[str, tuple[str, ...]]:
    """ "mon-fri 09:00-12:30, mon-thu 13:00-17:00": the intervals of each day. Raises ValueError for another form."""
    weekly: dict[str, tuple[str, ...]] = {}
    for piece in filter(str.strip, text.split(",")):
        found = _HOURS.fullmatch(piece)
        first, last = (found["from"].lower(), (found["to"] or found["from"]).lower()) if found else ("", "")
        if found is None or first not in DAYS or last not in DAYS or DAYS.index(last) < DAYS.index(first):
            raise ValueError(piece.strip())
        for day in DAYS[DAYS.index(first) : DAYS.index(last) + 1]:
            weekly[day] = (*weekly.get(day, ()), found["hours"])
    return {day: weekly[day] for day in DAYS if day in weekly}


def wrong_hours(text: str) -> Wrong:
    """Days and hours that make a week."""
    mend = "write days and hours: mon-fri 09:00-17:00, sat 10:00-14:00"
    try:
        weekly = hours_of(text)
    except ValueError as error:
        return f'"{error}" is no day with hours', mend
    _, faults = calendars_of({"office": CalendarTable(zone="Etc/UTC", weekly=weekly)})
    return (faults[0].what, mend) if faults else None


def _name(email: str, taken: Sequence[str]) -> str:
    name = re.sub(r"[^a-z0-9]+", "-", email.partition("@")[0].lower())[:28].strip("-") or "agent"
    return next(
        one for number in range(len(taken) + 1) if (one := f"{name}{number + 1 if number else ''}") not in taken
    )


def _display(email: str) -> str:
    words = re.split(r"[._-]+", email.partition("@")[0])
    return " ".join(word.capitalize() for word in words if word)

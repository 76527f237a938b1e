"""A generated year of complaints, written straight into a database: for figures that nobody has to wait a year for.

Seeded: the same seed and number give the same year. Each life is played by the steps of the real flows in memory, and
its clocks are reckoned by them; then it is written in bulk (year_books.py says what differs from daemons).
"""

import shutil
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from random import Random  # noqa: TID251 - seeded: the same year each time

from mailsla import bootstrap
from mailsla.adapters.db.bulk import BulkWriter
from mailsla.adapters.zones import zone
from mailsla.config.load import load
from mailsla.core.model import Instant, Status
from mailsla.demo.year_books import Books
from mailsla.demo.year_life import HOUR, Birth, Life, Over
from mailsla.flows.services import Services
from mailsla.flows.steps.merging import merge

FIRST, LAST = date(2025, 11, 1), date(2026, 10, 31)
ZONE = "Europe/Berlin"
BATCH = 500
CATEGORIES = {"late_parcel": 30, "lost_parcel": 15, "invoice": 20, "defect": 18, "login": 10, "staff": 7}
SENDERS = {"northwind.example": 40, "harbour.example": 25, "meadow.example": 20, "mail.example": 15}
PRIORITIES = {"low": 15, "normal": 65, "high": 15, "urgent": 5}
HOURS = (1, 1, 1, 1, 1, 2, 4, 8, 14, 22, 24, 20, 16, 18, 20, 18, 14, 10, 8, 6, 5, 4, 3, 2)  # how busy each is
WEEKDAYS = (24, 20, 18, 18, 16, 5, 4)
PEOPLE = 3  # complaints for each person who writes from a domain
PRAISE = ("Thank you, that was quick.", "All well now.", "")
BLAME = ("This took far too long.", "I had to ask three times.", "")


def generate(folder: Path, seed: int, tickets: int, said: Callable[[int], None]) -> None:
    """Into a folder of `make_folder`; `said` hears how many complaints are written."""
    with files("mailsla.demo").joinpath("year.toml").open("rb") as shipped, (folder / "mailsla.toml").open("wb") as own:
        shutil.copyfileobj(shipped, own)
    settings = load(folder / "mailsla.toml")
    bootstrap.upgrade_database(settings)
    start, end = _midnight(FIRST), _midnight(LAST + timedelta(days=1))
    services = bootstrap.services(settings, now=lambda: start, owner="demo")
    try:
        books, dice = Books(services), Random(seed)
        with BulkWriter(settings.database) as writer:
            done: list[int] = []
            written = 0
            for together in _lives(books, services, dice, end, tickets):
                done += together
                if len(done) >= BATCH or written + len(done) == tickets:
                    writer.write(books.rows(done))
                    written += len(done)
                    said(written)
                    done = []
            writer.numbered_up_to(1000 + tickets)
    finally:
        services.store.close()


def _lives(books: Books, services: Services, dice: Random, end: Instant, tickets: int) -> Iterator[list[int]]:
    """The ids of tickets whose lives are over; one that was merged comes with the one that goes on."""
    arrivals = iter(_arrivals(dice, tickets))
    left = tickets
    while left:
        birth = _birth(dice, next(arrivals), max(90, tickets // PEOPLE))
        life = Life(books, services, birth, dice, end)
        together = []
        if left > 1 and not birth.scope and dice.random() < 0.03:
            together.append(_merged(life, next(arrivals)))
        _live(life)
        together.insert(0, life.work.ticket.id)  # the other one refers to it
        left -= len(together)
        yield together


def _live(life: Life) -> None:
    try:
        if not life.birth.scope:
            _begin(life)
            _go_on(life)
        if life.work.ticket.status is Status.RESOLVED:
            _afterwards(life)
    except Over:
        pass
    life.end_year()


def _merged(life: Life, at: Instant) -> int:
    """The same person writes again about the same; one of us makes them one. The id of the one that ended."""
    same = life.birth
    again = Birth(at, same.email, same.name, same.category, same.true_category, same.priority)
    twin = Life(life.books, life.services, again, life.dice, life.end)
    try:
        twin.in_office(life.dice.uniform(0.2, 6))
        life.work.save()
        life.go_to(twin.now)
        life.again()
        merge(twin.work, life.work.ticket, twin.agent())
        life.again()
    except Over:
        pass
    twin.end_year()
    return twin.work.ticket.id


def _begin(life: Life) -> None:
    """Until the first answer."""
    dice, birth = life.dice, life.birth
    life.in_office(dice.expovariate(1 / 0.7))
    if dice.random() < 0.015:
        life.spam()
        raise Over
    if birth.category != birth.true_category or life.work.ticket.triage.get("asked"):
        life.correct_category(birth.true_category)
    if dice.random() < 0.06:
        life.change_priority(dice.choice(("low", "normal", "high", "urgent")))
    if dice.random() < 0.2:
        life.note()
    if dice.random() < 0.03:
        life.answered_past_us(int(dice.uniform(4, 40) * HOUR))
        return
    life.in_office(dice.lognormvariate(0.4, 1.1))
    if dice.random() < 0.02:
        life.resolve()  # without a word
        return
    draw = dice.random()
    letter = life.answer(
        resolve=draw < 0.3, wait=0.3 <= draw < 0.7, promise_in=dice.uniform(3, 40) if 0.7 <= draw < 0.85 else 0
    )
    if dice.random() < 0.01:
        life.pass_time(0.1)
        life.bounce(letter)
        life.in_office(dice.uniform(0.5, 8))
        life.answer()


def _go_on(life: Life) -> None:
    """Until it is resolved."""
    dice = life.dice
    for _ in range(6):
        match life.work.ticket.status:
            case Status.RESOLVED:
                return
            case Status.WAITING_CUSTOMER:
                life.pass_time(dice.lognormvariate(2.5, 1.3))
                life.customer_writes()
            case _:
                _work_on(life)
    if life.work.ticket.status is not Status.RESOLVED:
        life.in_office(dice.uniform(0.5, 6))
        life.answer(resolve=True)


def _work_on(life: Life) -> None:
    dice = life.dice
    if dice.random() < 0.15:
        life.in_office(dice.uniform(0.1, 3))
        supplier = dice.choice(("carrier", "workshop"))
        life.ask_supplier(supplier)
        life.in_office(dice.lognormvariate(2.2, 0.8))
        life.supplier_answers(supplier)
    if dice.random() < 0.12:
        life.pass_time(dice.uniform(1, 30))
        life.customer_writes()
    life.in_office(dice.lognormvariate(0.7, 1.0))
    life.answer(resolve=dice.random() < 0.65, wait=dice.random() < 0.4)


def _afterwards(life: Life) -> None:
    dice = life.dice
    if dice.random() < 0.06:
        life.pass_time(dice.uniform(1, 250))
        life.customer_writes()
        life.in_office(dice.lognormvariate(0.8, 0.9))
        life.answer(resolve=True)
    if dice.random() < 0.3:
        life.pass_time(dice.uniform(0.5, 60))
        score = dice.choices((1, 2, 3, 4, 5), (6, 8, 16, 35, 35))[0]
        life.rate(score, dice.choice(PRAISE if score > 3 else BLAME))
    life.close()


def _birth(dice: Random, at: Instant, people: int) -> Birth:
    """`people`: how many write from each domain; some of them often."""
    domain = _one_of(dice, SENDERS)
    number = min(int(dice.expovariate(3 / people)), people - 1)
    email, name = f"person{number}@{domain}", f"Person {number}"
    draw = dice.random()
    if draw < 0.03:
        scope, category = ("spam", "junk") if draw < 0.02 else ("out", "offer")
        return Birth(at, email, name, category, category, "normal", scope)
    true = _one_of(dice, CATEGORIES)
    guessed = None if draw < 0.11 else _one_of(dice, CATEGORIES) if draw < 0.16 else true
    return Birth(at, email, name, guessed, true, _one_of(dice, PRIORITIES))


def _arrivals(dice: Random, tickets: int) -> list[Instant]:
    """Ascending; more on working days, and by day."""
    days = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
    chosen = dice.choices(days, [WEEKDAYS[day.weekday()] for day in days], k=tickets)
    hours = dice.choices(range(24), HOURS, k=tickets)
    berlin = zone(ZONE)
    return sorted(
        int(datetime(day.year, day.month, day.day, hour, tzinfo=berlin).timestamp()) + dice.randrange(3600)
        for day, hour in zip(chosen, hours, strict=True)
    )


def _one_of(dice: Random, weights: dict[str, int]) -> str:
    return dice.choices(list(weights), list(weights.values()))[0]


def _midnight(day: date) -> Instant:
    return int(datetime(day.year, day.month, day.day, tzinfo=zone(ZONE)).timestamp())

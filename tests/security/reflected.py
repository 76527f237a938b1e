"""Mails with forged senders, and what their victims get of it: never more than the budget (mail.md section 6)."""

import random
from collections import Counter, defaultdict
from collections.abc import Iterator

from tests.flows.mails import write
from tests.flows.office import DAY, HOUR, Office

PER_DAY, PER_HOUR = 3, 10
SPAM = "Cheap-Watches-Here"


def spellings(number: int) -> tuple[str, ...]:
    """Addresses that all reach one victim."""
    return (
        f"victim{number}@target.example",
        f"Victim{number}@Target.Example",
        f"victim{number}+{{dice}}@target.example",
        f'"victim{number}"@target.example',
        f"VICTIM{number}+{{dice}}.x@TARGET.example",
        f'"v\\ictim{number}"@target.example',
        f'"victim{number}+{{dice}} x"@target.example',
    )


def forged(seed: str, count: int, victims: int) -> Iterator[tuple[int, bytes, str]]:
    """(victim, mail, what our server says of its sender), all with advertising in every field that could be echoed."""
    dice = random.Random(seed)
    for number in range(count):
        victim = dice.randrange(victims)
        address = dice.choice(spellings(victim)).format(dice=dice.randrange(10**6))
        sender = f'"{SPAM} www.evil.example" <{address}>'
        mail = write(
            sender, f"{SPAM}\n\nhttp://evil.example/{number}\n", f"{SPAM} {number}", files={f"{SPAM}.pdf": b"x"}
        )
        del mail["Message-ID"]
        mail["Message-ID"] = f"<{number}.{dice.getrandbits(32)}@evil.example>"  # no reader sees it; threads need it
        yield victim, bytes(mail), dice.choice(("fail", "none"))


def reflect(office: Office, seed: str, count: int, victims: int, *, every: int) -> tuple[list[str], int]:
    """Forged mails, one in so many seconds: (what is wrong, how many were answered)."""
    before, opened = len(office.postbox.tries), len(office.tickets())
    for number, (_, raw, auth) in enumerate(forged(seed, count, victims)):
        verdict = f"Authentication-Results: mx.acme.example; dmarc={auth} header.from=target.example\r\n"
        office.arrive(verdict.encode() + raw)
        office.now += every
        if number % 25 == 24:
            office.work()
    office.work()
    sent = [one for one in office.postbox.tries[before:] if not one.to.endswith("@acme.example")]
    wrong = beyond([(one.at, one.to) for one in sent])
    wrong += [f"{one.to}: the mail says {SPAM}" for one in sent if SPAM.lower().encode() in one.raw.lower()]
    made = len(office.tickets()) - opened
    return [*wrong, *([f"{made} tickets of {count} mails"] if made != count else [])], len(sent)


def beyond(sent: list[tuple[int, str]]) -> list[str]:
    """Each mail to a victim that is over the budget; all automatic mail here is an acknowledgement."""
    times: defaultdict[str, list[int]] = defaultdict(list)
    wrong: Counter[str] = Counter()
    for at, to in sent:
        victim = to.lower().replace('"', "").replace("\\", "").partition("@")[0].partition("+")[0]
        times[victim].append(at)
        if (
            sum(one >= at - HOUR for one in times[victim]) > PER_HOUR
            or sum(one > at - DAY for one in times[victim]) > PER_DAY
        ):
            wrong[victim] += 1
    return [f"{victim} got {number} beyond the budget" for victim, number in wrong.items()]

"""What happens on the way of mails through a Maildir, in scenes that follow each other."""

from collections.abc import Callable

from mailsla.core.commands.grammar import Command
from mailsla.flows import absences, actions, customers, dropping, importing, queues, recomputing
from mailsla.flows.dropping import By
from mailsla.ports.mail import Arrival
from tests.failpoints.life import Act, Life
from tests.failpoints.trying import Scene
from tests.failpoints.world import MISTAKEN, NO_CHILD, UNREADABLE, World
from tests.flows.links import click
from tests.flows.mails import ANA, KIM, LEE, RIO, SAM, SUBJECT, SUPPORT, address, answer, away, bounce, write
from tests.flows.office import DAY, HOUR, berlin
from tests.flows.postbox import Posted

EVE, BEN = "Eve Lang <eve@mail.example>", "Ben Vogel <ben@mail.example>"
REFUSED, LATER = "Max Stern <refused@mail.example>", "Nia Wolf <later@mail.example>"
POWER_CUT = (
    ("weekly.mon", "effective_from = 2026-11-16\nweekly.mon"),
    ("[calendars.office.holidays]\n", '[calendars.office.holidays]\n2026-11-16 = "Power cut"\n'),
)


def told(world: World, person: str = SAM, kind: str = "agent_notification", on: str = "") -> Posted:
    """The newest letter of that kind, on that ticket."""
    return world.letter(address(person), kind, on)


def query(world: World, statement: str) -> int:
    """One number."""
    [(number,)] = world.database.query(statement)
    return int(number or 0)


def act(name: str, is_done: str, do: Callable[[Life], object]) -> Act:
    """`is_done`: a SELECT of one number; 0 is no."""
    return Act(name, lambda world: query(world, is_done) > 0, do)


# What comes in by mail


def _first(world: World) -> None:
    world.forget(world.put(write(EVE, "This was there before.")))


def _complaint(world: World) -> None:
    world.wait(60)
    world.put(write(ANA))


def _answer(world: World) -> None:
    world.put(
        answer(
            SAM, told(world), "#take\n#category delivery\n#priority high\n#promise fri 12:00 The carrier searches.\n"
        )
    )
    world.wait(60)
    world.put(answer(SAM, told(world), "It arrives on Tuesday."))


def _replies(world: World) -> None:
    relay = world.letter(address(ANA), "relay")
    world.put(answer(ANA, relay, "It did not arrive. And the invoice is wrong."))
    world.put(away(ANA, relay))
    world.put(bounce(relay))
    same = write(RIO, "The same twice.")
    world.put(same)
    world.put(same)


def _people(world: World) -> None:
    world.put(answer(SAM, told(world), "#admit ben@mail.example"))
    world.put(answer(SAM, told(world), "#split"))


def _more_people(world: World) -> None:
    world.put(answer(SAM, told(world, on="ACME-1001"), "#dismiss ben@mail.example"))
    world.put(click(told(world), "Wait for customer", SAM))
    world.put(answer(SAM, told(world), "#wait customer\nWhich number?"), auth="none")


def _confirmed(world: World) -> None:
    world.put(answer(SAM, told(world, kind="confirmation"), "#yes"))
    world.put(answer(SAM, told(world), "#absent tomorrow"))


def _past_us(world: World) -> None:
    """Kim answers from the shared mailbox: the copy that came in is held, until the one in Sent proves it."""
    mail = write(KIM, "It arrives on Friday.", f"Re: [ACME-1001] {SUBJECT}", to=ANA, cc=SUPPORT)
    world.put(mail, auth="fail")
    raw = next(one for one in [bytes(mail)])
    world.put(raw, folder=".Sent", at=world.now() + 1)


def _odd(world: World) -> None:
    world.put(write(EVE, UNREADABLE.decode()))
    world.put(write(EVE, MISTAKEN.decode()))
    world.put(write(EVE, f"{NO_CHILD.decode()} {world.now() + 30}."))


def _no_stub(world: World) -> None:
    world.database.forbid("tickets", "stub")
    world.put(write(BEN, UNREADABLE.decode()))


def _no_ticket(world: World) -> None:
    """Read well, and then there is a mistake."""
    world.database.allow("tickets")
    world.database.forbid("tickets", "requester = 'odd@mail.example'")
    world.put(write("odd@mail.example"))


def _unanswerable(world: World) -> None:
    world.database.allow("tickets")
    world.put(write(REFUSED))
    world.put(write(LATER))


def _recalled(world: World) -> None:
    world.wait(HOUR)
    agent = _agent_of(world, "later@mail.example")
    world.put(answer(agent, told(world, agent), "It comes today.", subject=f"Re: {SUBJECT}"))


def _agent_of(world: World, requester: str) -> str:
    [(name,)] = world.database.query(f"SELECT assignee FROM tickets WHERE requester = '{requester}'")
    return {"sam": SAM, "kim": KIM, "lee": LEE}[name]


def _undo(world: World) -> None:
    agent = _agent_of(world, "later@mail.example")
    world.put(answer(agent, told(world, agent), "#undo"))


def _unrecorded(world: World) -> None:
    world.database.forbid("events", "type = 'letter_sent'")
    world.put(write(BEN, "Another parcel is late."))


def _left_by_another(world: World) -> None:
    """A daemon of another machine dies in the middle of a letter; and a moment is due that nobody knows."""
    world.database.allow("events")
    now = world.now()
    world.database.change(f"INSERT INTO daemons (name, until, terms) VALUES ('elsewhere/x/1/y', {now + 30}, '')")
    world.database.change(
        "UPDATE letters SET state = 'sending', sent_at = NULL, claimed_by = 'elsewhere/x/1/y',"
        f" claimed_until = {now + 3000} WHERE id = (SELECT max(id) FROM letters WHERE kind = 'acknowledgement')"
    )
    world.database.change(f"INSERT INTO moments (kind, key, at) VALUES ('nobody knows', 'x', {now})")


def _in_the_night(world: World) -> None:
    world.database.change("DELETE FROM moments WHERE kind = 'nobody knows'")
    world.set_clock(berlin("2026-11-16 22:00"))
    world.put(write(EVE, "At night."))


def _next_morning(world: World) -> None:
    """What was to be told in the morning can't be written."""
    world.database.change(
        "UPDATE notices SET kind = 'nobody_knows' WHERE state = 'pending' AND kind = 'agent_notification'"
    )
    world.set_clock(berlin("2026-11-17 09:00"))


# What persons do by commands


def _first_of(world: World, table: str, state: str) -> int:
    return query(world, f"SELECT min(id) FROM {table} WHERE state = '{state}'")


def _nothing(world: World) -> None:
    world.wait(60)


_UNMADE = "state = 'pending' AND kind = 'nobody_knows' AND reason <> ''"
_SOON = berlin("2026-11-17 09:00") + 900

_BY_HAND = (
    act(
        "command",
        "SELECT count(*) FROM tickets WHERE reference = 'ACME-1001' AND priority = 'urgent'",
        lambda life: actions.command(life.services, "ACME-1001", Command("priority", "urgent"), "root"),
    ),
    act(
        "reply",
        "SELECT count(*) FROM messages WHERE text = 'By hand.'",
        lambda life: actions.reply(life.services, "ACME-1001", "By hand.", "root", resolve=False),
    ),
    act(
        "resolve",
        "SELECT count(*) FROM tickets WHERE reference = 'ACME-1002' AND status = 'resolved'",
        lambda life: actions.command(life.services, "ACME-1002", Command("resolve"), "root"),
    ),
    act(
        "customer",
        "SELECT count(*) FROM customers WHERE language = 'de'",
        lambda life: customers.change(life.services, "ana@mail.example", "root", language="de", zone=None, name=None),
    ),
    act(
        "away",
        "SELECT count(*) FROM absences WHERE agent = 'lee'",
        lambda life: absences.set_absent(life.services, "lee", "today", "root"),
    ),
    act(
        "back",
        "SELECT count(*) FROM absences WHERE agent = 'lee' AND cancelled_at IS NOT NULL",
        lambda life: absences.set_absent(life.services, "lee", "off", "root"),
    ),
)
_ALARM = (
    act(
        "alarm",
        "SELECT count(*) FROM notices WHERE kind = 'operator_alert' AND key LIKE '%reload_failed%'",
        lambda life: life.common.alarm("reload_failed", {"cause": "it is wrong"}, "mailsla check"),
    ),
)
_TELEPHONE = (
    act(
        "by hand",
        "SELECT count(*) FROM tickets WHERE requester = 'tel@mail.example'",
        lambda life: actions.open_by_hand(
            life.services, life.mailbox, "tel@mail.example", "Tel Fon", "By telephone", "It is late."
        ),
    ),
)
_QUEUES = (
    act(
        "make again",
        f"SELECT count(*) FROM notices WHERE ({_UNMADE} AND not_before > {_SOON + 100}) OR state = 'dropped'",
        lambda life: (life.world.wait(300), queues.make_again(life.services, _unmade(life.world))),
    ),
    act(
        "drop notice",
        "SELECT count(*) FROM notices WHERE state = 'dropped'",
        lambda life: (
            queues.dropped(life.services),
            dropping.drop_notice(life.services, _unmade(life.world), By("root", "of no use")),
        ),
    ),
    act(
        "send again",
        "SELECT count(*) FROM letters WHERE recipient = 'refused@mail.example' AND attempts > 1",
        lambda life: queues.send_again(life.services, _first_of(life.world, "letters", "failed")),
    ),
    act(
        "drop letter",
        "SELECT count(*) FROM drops WHERE thing = 'L'",
        lambda life: dropping.drop_letter(
            life.services, _first_of(life.world, "letters", "failed"), By("root", "of no use")
        ),
    ),
)
_HELD = (
    act(
        "drop mail",
        "SELECT count(*) FROM drops WHERE thing = 'M'",
        lambda life: dropping.drop_mail(
            life.services, _first_of(life.world, "intake", "quarantined"), By("root", "of no use")
        ),
    ),
    act(
        "retry",
        "SELECT CASE WHEN count(*) = 0 THEN 1 ELSE 0 END FROM intake WHERE state = 'dropped'",
        lambda life: queues.retry_mail(life.services, _first_of(life.world, "intake", "dropped")),
    ),
    act(
        "release",
        "SELECT CASE WHEN count(*) = 0 THEN 1 ELSE 0 END FROM intake WHERE state = 'held'",
        lambda life: queues.release_mail(life.services, _first_of(life.world, "intake", "held"), "root"),
    ),
)


def _unmade(world: World) -> int:
    return query(world, f"SELECT min(id) FROM notices WHERE {_UNMADE}")


def _to_be_held(world: World) -> None:
    world.put(answer("Eve <eve@stranger.example>", told(world), "#resolve\nRejected."))


def _import(life: Life) -> None:
    raw = bytes(write("old@mail.example", "From the archive.", headers={"Message-ID": "<old@mail.example>"}))
    arrival = Arrival(uid="1", raw=raw, received_at=life.world.now() - 40 * DAY)
    importing.take_in(life.services, life.mailbox, [arrival])


_ARCHIVE = (act("import", "SELECT count(*) FROM intake WHERE folder = 'import'", _import),)
_RECOMPUTE = (
    act(
        "recompute",
        "SELECT CASE WHEN count(*) = 0 THEN 1 ELSE 0 END FROM clocks WHERE due = 12345",
        lambda life: list(recomputing.recompute(life.services, None, dry_run=False)),
    ),
)
_OTHER_TERMS = ('first_response = "4h", next_response = "4h"', 'first_response = "3h", next_response = "3h"')
_APPLY = (
    act(
        "apply",
        "SELECT CASE WHEN count(*) = 0 THEN 1 ELSE 0 END FROM tickets"
        " WHERE status IN ('new', 'open') AND policy_version"
        " = (SELECT min(id) FROM versions WHERE kind = 'policy' AND name = 'four-hours')",
        lambda life: list(recomputing.apply_open(life.services, "cli:apply", dry_run=False)),
    ),
)


def _cached_wrongly(world: World) -> None:
    world.database.change(
        "UPDATE clocks SET due = 12345 WHERE state = 'running' AND ticket_id = (SELECT max(id) FROM tickets)"
    )


def _other_hours(world: World) -> None:
    world.set_clock(berlin("2026-11-18 15:00"))
    world.changes = POWER_CUT


def _other_terms(world: World) -> None:
    world.changes = (*POWER_CUT, _OTHER_TERMS)


def _a_month_later(world: World) -> None:
    world.set_clock(berlin("2026-12-21 10:00"))


SCENES = (
    Scene("first sight", _first),
    Scene("a complaint", _complaint),
    Scene("an answer", _answer),
    Scene("replies", _replies),
    Scene("who takes part", _people),
    Scene("who does not", _more_people),
    Scene("confirmed", _confirmed),
    Scene("past us", _past_us),
    Scene("odd mails", _odd),
    Scene("no stub", _no_stub),
    Scene("no ticket", _no_ticket),
    Scene("refused", _unanswerable),
    Scene("to be sent later", _recalled),
    Scene("undo", _undo),
    Scene("not recorded", _unrecorded),
    Scene("left by another", _left_by_another),
    Scene("by hand", _nothing, _BY_HAND),
    Scene("an alarm", _nothing, _ALARM),
    Scene("by telephone", _nothing, _TELEPHONE),
    Scene("archive", _nothing, _ARCHIVE),
    Scene("held", _to_be_held, _HELD),
    Scene("in the night", _in_the_night),
    Scene("unmade", _next_morning, _QUEUES),
    Scene("cached wrongly", _cached_wrongly, _RECOMPUTE),
    Scene("other hours", _other_hours),
    Scene("other terms", _other_terms, _APPLY),
    Scene("a month later", _a_month_later),
)

"""python -m bench: prints what the intake costs and how it stands to its floor; ends with 1 when over a bound."""

import platform
import sys
from collections.abc import Sequence
from email import message_from_bytes
from email.utils import parseaddr
from random import Random  # noqa: TID251 - seeded: the same mails in every run
from statistics import median

import click
from sqlalchemy import Engine, func, select
from tests.servers import dovecot, postgres

from bench import floor, intake
from bench.beside import Row, beside
from bench.databases import databases
from bench.idle import idle
from bench.mails import Answerable, Mail, fresh, replies
from bench.measure import Cost, in_turns, middle
from bench.opening import opening
from bench.ticks import ticks
from bench.words import words
from bench.world import START, World, world
from mailsla.adapters.db.schema import intake as intake_table
from mailsla.adapters.db.schema import letters, tickets
from mailsla.bootstrap import keep_loaded
from mailsla.core.model import IntakeState

BOUND = 3.0  # times the floor's CPU


@click.command()
@click.option("--mails", "count", default=600, show_default=True, help="How many mails; a third of them are replies.")
@click.option("--runs", default=3, show_default=True, help="How often each side runs; the median counts.")
@click.option("--seed", default=2, show_default=True, help="Of the generated mails.")
def main(count: int, runs: int, seed: int) -> None:
    """CPU and wall clock of a mail's intake, beside its floor."""
    for server in (dovecot, postgres):
        if not server.available():
            raise click.ClickException(server.ABSENT)
    with world() as made:
        mails = _mailbox(made, Random(seed), count)
        engine = made.database("watched")
        with floor.recorded(engine) as ledger:
            in_turns(intake.take_in(made, engine, count, Cost()))
        _check(engine, mails)
        keep_loaded()  # as the daemon does; the floor has the same of it
        ours, theirs = [Cost() for _ in range(runs)], [Cost() for _ in range(runs)]
        for number, (our, their) in enumerate(zip(ours, theirs, strict=True)):
            in_turns(
                intake.take_in(made, made.database(f"intake-{number}"), count, our),
                floor.take_in(made, made.database(f"floor-{number}"), ledger, their),
            )
        rows = [
            *beside(made, mails),
            *opening(),
            idle(made),
            *databases(made, count, lambda engine: _check(engine, mails)),
            *ticks(made),
            *words(),
        ]
    over = _report(mails, ledger, ours, theirs, rows)
    for line in over:
        click.echo(f"over its bound: {line}", err=True)
    sys.exit(1 if over else 0)


def _mailbox(made: World, chance: Random, count: int) -> list[Mail]:
    """The mails, in Dovecot. The last third answers the letters that the others get, so those are made first."""
    new = fresh(chance, count - count // 3, START)
    made.deliver(new)
    engine = made.database("letters")
    in_turns(intake.take_in(made, engine, count, Cost()))
    by_author = {mail.author: mail for mail in new}
    with engine.connect() as connection:
        sent = connection.execute(
            select(letters.c.recipient, letters.c.content).where(letters.c.kind == "acknowledgement")
        )
        acknowledged = [(by_author[recipient], _as_read(content)) for recipient, content in sent]
    answers = replies(chance, chance.sample(acknowledged, count // 3), START + len(new))
    made.deliver(answers)
    return [*new, *answers]


def _as_read(content: bytes) -> Answerable:
    letter = message_from_bytes(content)
    plain = next(part for part in letter.walk() if part.get_content_type() == "text/plain").get_payload(decode=True)
    assert isinstance(plain, bytes)
    return Answerable(parseaddr(letter["Reply-To"])[1], letter["Message-ID"].strip("<>"), plain.decode())


def _check(engine: Engine, mails: Sequence[Mail]) -> None:
    """The intake must have done its work, or its cost says nothing: each mail done, each reply threaded, each told."""
    replied = len(mails) // 3
    new = len(mails) - replied
    with engine.connect() as connection:
        done = connection.scalar(
            select(func.count()).select_from(intake_table).where(intake_table.c.state == IntakeState.DONE)
        )
        opened = connection.scalar(select(func.count()).select_from(tickets))
        written = connection.scalar(select(func.count()).select_from(letters))
    expected = (len(mails), new, 2 * new + replied)
    if (done, opened, written) != expected:
        raise click.ClickException(f"mails done, tickets, letters: {(done, opened, written)}, expected {expected}")


def _report(
    mails: Sequence[Mail], ledger: floor.Ledger, ours: Sequence[Cost], theirs: Sequence[Cost], rows: Sequence[Row]
) -> list[str]:
    """Print the tables; what is over its bound."""
    count = len(mails)
    sizes = sorted(len(mail.raw) for mail in mails)
    large = sum(size >= 50_000 for size in sizes)
    runs = f"median of {len(ours)} runs, in turns of {intake.TURN} mails"
    click.echo(f"Python {platform.python_version()}, {platform.machine()}; {runs}")
    click.echo(
        f"{count} mails in Dovecot: median {median(sizes) / 1000:.1f} kB, {large} of 50 to 500 kB, "
        f"{count // 3} replies; {len(ledger.commits)} commits, {ledger.statements / count:.1f} statements a mail\n"
    )
    whole, least = middle(ours), middle(theirs)
    _table("ms a mail", ("CPU", "wall"))
    _line("intake", 1000 / count, whole.cpu, whole.wall)
    _line("floor", 1000 / count, least.cpu, least.wall)
    ratio = median(our.cpu / their.cpu for our, their in zip(ours, theirs, strict=True))
    click.echo(f"\n{'intake : floor, CPU':<46}{ratio:>9.2f}   (at most {BOUND:g})\n")
    for title, cost in (("intake, by step", whole), ("floor, by step", least)):
        _table(title, ("CPU",))
        for name, seconds in cost.steps.items():
            _line(name, 1000 / count, seconds)
        click.echo()
    _table("beside, ms (but for memory)", ("ours", "theirs", "ratio"))
    for row in rows:
        bound = f"   (at most {row.bound:g})" if row.bound else ""
        label, scale = f"{row.name} : {row.other}", 1000 if row.unit == "ms" else 1
        click.echo(f"{label:<46}{row.ours * scale:>9.3f}{row.theirs * scale:>9.3f}{row.ratio:>9.2f}{bound}")
    over = [f"{row.name}: {row.ratio:.2f} > {row.bound:g}" for row in rows if row.bound and row.ratio > row.bound]
    return [*([f"intake: {ratio:.2f} > {BOUND:g}"] if ratio > BOUND else []), *over]


def _table(title: str, columns: Sequence[str]) -> None:
    click.echo(f"{title:<46}" + "".join(f"{column:>9}" for column in columns))


def _line(name: str, scale: float, *figures: float) -> None:
    click.echo(f"{name:<46}" + "".join(f"{figure * scale:>9.2f}" for figure in figures))


if __name__ == "__main__":
    main()

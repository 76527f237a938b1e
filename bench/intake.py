"""The whole intake as the daemon does it: fetch, accept, read, decide, write, render; on one thread, to add it up."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace

from sqlalchemy import Engine

from bench.measure import Cost, measured
from bench.world import Clock, World
from mailsla import bootstrap
from mailsla.core.letters import Content, Envelope
from mailsla.core.letters import Reader as LetterReader
from mailsla.core.mail.parsed import ParsedMail
from mailsla.core.model import Reason
from mailsla.flows import accept, delivery, process
from mailsla.flows.services import Services
from mailsla.ports.letters import Letters
from mailsla.ports.mail import Arrival, MailReader, Source

TURN = 50  # mails that are processed before their letters are rendered
MARKED_AT_ONCE = 200


def take_in(world: World, engine: Engine, mails: int, cost: Cost) -> Iterator[None]:
    """Everything that is in the mailbox, into this new database, in turns; the world's clock starts anew."""
    clock = Clock()
    services = world.services(engine, clock)
    services = replace(
        services, reader=_TimedReader(services.reader, cost), letters=_TimedLetters(services.letters, cost)
    )
    mailbox = services.settings.mailboxes[0]
    with closing(_TimedSource(bootstrap.source_of(mailbox), cost)) as source:
        accept.first_sight(services, mailbox, replace(source.survey(), uids=(), uidnext=1))
        clock.at += mails
        with measured(cost), cost.step("accept"):
            accept.poll(services, mailbox, source)
        yield
        for _ in range(0, mails, TURN):
            with measured(cost):
                _process(services, clock, cost)
                with cost.step("compose letters"):
                    while delivery.render_due(services):
                        pass
            yield
        with measured(cost), cost.step("mark on the server"):
            for _ in range(0, mails, MARKED_AT_ONCE):
                accept.mark_done(services, mailbox, source)


def _process(services: Services, clock: Clock, cost: Cost) -> None:
    """The mails of one turn, one a second."""
    with cost.step("decide and write"):
        for _ in range(TURN):
            if not process.process_next(services):
                return
            clock.at += 1


class _TimedSource:
    """Says what the fetching alone costs."""

    def __init__(self, source: Source, cost: Cost) -> None:
        self._source, self._cost = source, cost
        self.survey, self.mark, self.wait = source.survey, source.mark, source.wait
        self.wake, self.close = source.wake, source.close

    def fetch(self, uids: Sequence[str]) -> Iterator[list[Arrival]]:
        batches = self._source.fetch(uids)
        while True:
            with self._cost.step("fetch"):
                batch = next(batches, None)
            if batch is None:
                return
            yield batch


class _TimedReader:
    """Says what reading alone costs."""

    def __init__(self, reader: MailReader, cost: Cost) -> None:
        self._reader, self._cost = reader, cost

    def read(self, raw: bytes, attempt: int = 1) -> ParsedMail:
        with self._cost.step("read"):
            return self._reader.read(raw, attempt)

    def wake(self) -> None:
        self._reader.wake()


class _TimedLetters:
    """Says what templates and MIME alone cost."""

    def __init__(self, letters: Letters, cost: Cost) -> None:
        self._letters, self._cost = letters, cost

    def render(self, content: Content, envelope: Envelope, reader: LetterReader) -> bytes:
        with self._cost.step("render letters"):
            return self._letters.render(content, envelope, reader)

    def word(self, reason: Reason, language: str, zone: str) -> str:
        return self._letters.word(reason, language, zone)

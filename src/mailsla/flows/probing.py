"""Letters to ourselves through the real account, waited for in the real mailbox; opens no transaction.

What the servers did to each is only observed here; what it means is for whoever asked.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from mailsla.core.access.tokens import Scheme, address_of, message_id_of
from mailsla.core.mail import probe
from mailsla.core.mail.parsed import ParsedMail
from mailsla.core.model import Instant
from mailsla.errors import PermanentError, Unparseable
from mailsla.ports.ids import Ids, Now
from mailsla.ports.mail import Arrival, MailReader, Outcome, Sent, Source, Transport

LOOK = 5  # seconds between two looks at folders that nobody announces mail of


@dataclass(frozen=True, slots=True)
class Probe:
    """A letter that was given to our server, and what it said."""

    recipient: str
    code: str
    message_id: str
    sent_at: Instant
    outcome: Outcome

    @property
    def accepted(self) -> bool:
        """Whether it is worth waiting for."""
        return self.outcome.sent is Sent.ACCEPTED


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """A letter of ours in the mailbox. `received_at`: by the clock of its server, None where it does not say."""

    folder: str
    uid: str
    mail: ParsedMail
    received_at: Instant | None
    seen_at: Instant


@dataclass
class Watch:
    """The folders of one mailbox from now on. `sources`: folder -> where it is read; the first one announces mail."""

    sources: Mapping[str, Source]
    reader: MailReader
    now: Now
    arrived: list[Arrived] = field(default_factory=list)
    _known: dict[str, set[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Raises PermanentError, TemporaryError when the first folder can't be read."""
        self._known = {folder: set(self._uids(folder)) for folder in self.sources}

    def until(self, codes: Sequence[str], deadline: Instant) -> None:
        """Until a mail of each code is here, or the time is over."""
        first = next(iter(self.sources.values()))
        while not set(codes) <= {probe.code_of(one.mail) for one in self.arrived}:
            left = deadline - self.now()
            if left <= 0:
                return
            first.wait(min(left, LOOK))
            self.look(codes)

    def look(self, codes: Sequence[str]) -> None:
        """Take notice of what is new and has one of these codes; others' mails are only read."""
        for folder, source in self.sources.items():
            fresh = [uid for uid in self._uids(folder) if uid not in self._known[folder]]
            for batch in source.fetch(fresh):
                self.arrived += [found for one in batch for found in self._ours(folder, one, codes)]
            self._known[folder].update(fresh)

    def of(self, code: str) -> Arrived | None:
        """The mail of a code, if it came."""
        return next((one for one in self.arrived if probe.code_of(one.mail) == code), None)

    def _uids(self, folder: str) -> Sequence[str]:
        """Of a folder that is not there, none: a daemon makes the one for mails that are done when it has one."""
        try:
            return self.sources[folder].survey().uids
        except PermanentError:
            if folder == next(iter(self.sources)):
                raise
            return ()

    def _ours(self, folder: str, arrival: Arrival, codes: Sequence[str]) -> Iterator[Arrived]:
        try:
            mail = self.reader.read(arrival.raw)
        except Unparseable:  # whatever it is, it is none of ours
            return
        if probe.code_of(mail) in codes:
            yield Arrived(
                folder=folder, uid=arrival.uid, mail=mail, received_at=arrival.received_at, seen_at=self.now()
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """How letters to ourselves leave: as all of ours do."""

    transport: Transport
    address: str  # of the mailbox
    envelope: str  # where delivery reports go
    host: str  # of Message-IDs
    ids: Ids
    now: Now

    def plain(self) -> Probe:
        """To the address itself."""
        return self._send(self.address, self.ids.public())

    def tagged(self, scheme: Scheme) -> Probe:
        """To an address with a token, as customers and agents answer to."""
        return self._send(address_of(self.ids.token(), "reply", scheme), self.ids.public())

    def undeliverable(self) -> Probe:
        """To an address that can't be: its delivery report has to come back."""
        code = self.ids.public()
        return self._send(probe.nowhere(code), code)

    def _send(self, recipient: str, code: str) -> Probe:
        message_id, now = message_id_of(code, self.host), self.now()
        content = probe.letter(sender=self.address, recipient=recipient, code=code, message_id=message_id, date=now)
        return Probe(recipient, code, message_id, now, self.transport.send(self.envelope, recipient, content))


def connected(transport: Transport) -> None:
    """Raises PermanentError when the account can't be used."""
    outcome = transport.connect()
    if outcome.sent is not Sent.ACCEPTED:
        raise PermanentError(outcome.answer)

"""A mailbox on a real Dovecot behind a network that breaks: the daemon's work on it, fault by fault, and its outcome.

What came of it is read from the database and by a second IMAP client, without mailsla.
"""

import time
from collections import Counter
from collections.abc import Iterator
from email import message_from_bytes
from email.utils import parseaddr

from mailsla.errors import MailslaError, TemporaryError
from mailsla.flows import accept, process
from tests.flows.office import HOUR, MINUTE, Office
from tests.flows.watched import Box
from tests.servers.dovecot import Dovecot
from tests.servers.proxy import Proxy
from tests.wires.talk import Point, Stretch, stretches

DEADLINE = 0.5  # seconds of a socket operation, as configured where nothing will be said
PATIENCE = 10.0  # else, so that nothing but the fault makes an error on a machine with other work
STALLS = 12.0  # seconds for which nothing is said; a wait of that length is one without a deadline
SLOW = 5.0  # seconds that a machine with other work may take for what is a matter of milliseconds
_TEXT = "My parcel has not arrived, and it is late.\n" * 60


class FarMailbox:
    """Watched since an hour ago. `strike` as often as wanted, then `faults`; `close` at the end."""

    def __init__(self, office: Office, server: Dovecot, mark: str, security: str = "none") -> None:
        self.office, self._mark = office, mark
        self.struck: list[Point] = []  # faults that happened
        self.errors: Counter[str] = Counter()  # as an operator reads them
        self._points: list[str] = []  # by mail
        self._found: list[str] = []
        self._proxy = Proxy(server.port, record=True)
        self._proxy.__enter__()
        self._box = Box(office, server)
        self._box.open(port=self._proxy.port, mark=mark, security=security)
        self._limit(PATIENCE)
        self._converse()
        office.now += HOUR

    def close(self) -> None:
        """Let go of all connections."""
        for source in self._box.opened:
            source.close()
        self._proxy.down()

    def learn(self) -> list[Stretch]:
        """The conversation about one mail, from the greeting to LOGOUT, without a fault."""
        self._send("learning")
        self._proxy.talks.clear()
        self._settle("learning")
        return stretches(self._proxy.talks[0], "imap")

    def strike(self, point: Point) -> None:
        """A mail arrives, and the network breaks there; then it is well again, and the work goes on."""
        self._send(str(point))
        self._proxy.talks.clear()
        before = self._proxy.struck
        self._limit(DEADLINE if point.fault.how == "stall" else PATIENCE)
        self._proxy.plan(point.fault)
        self._settle(str(point), gentle=point.fault.how == "drip")
        if self._proxy.struck > before:
            self.struck.append(point)

    def faults(self) -> list[str]:
        """In words, each with the point at which it was made; none is what is wanted."""
        self._proxy.plan(None)
        self._limit(PATIENCE)
        self._settle("the end")
        self.office.work()
        return [*self._found, *self._wrong_in_database(), *self._wrong_on_server()]

    def _limit(self, seconds: float) -> None:
        self._deadline = seconds
        self._box.opened.clear()
        self._box.open(timeout_seconds=seconds)

    def _send(self, why: str) -> None:
        number = len(self._points)
        self._points.append(why)
        self._box.put(f"C{number} <{_sender(number)}>", f"Parcel {number}.\n{_TEXT}")

    def _settle(self, why: str, gentle: bool = False) -> None:
        for _ in range(6):
            error = self._converse(why)
            if error is None and self._proxy.planned is None:
                break
            if error is not None:
                self.office.now += MINUTE
                self._judge(why, error, gentle)
            else:
                self._proxy.plan(None)  # it was beyond the end of this conversation
        else:
            self._found.append(f"{why}: the mailbox does not recover: {error}")

    def _converse(self, why: str = "") -> MailslaError | None:
        """One connection, as the daemon has it: look, process, wait for mail, mark; to LOGOUT."""
        begun = time.monotonic()
        source, services = self._box.source, self.office.services
        try:
            accept.poll(services, self._box.settings, source)
            while process.process_next(services):
                pass
            source.wait(0.02)
            accept.mark_done(services, self._box.settings, source)
        except MailslaError as error:
            return error
        finally:
            source.close()
            if (took := time.monotonic() - begun) > self._deadline + SLOW:
                self._found.append(f"{why}: {took:.1f} s until it was given up, with a deadline of {self._deadline} s")
        return None

    def _judge(self, why: str, error: MailslaError, gentle: bool) -> None:
        place = f"mailbox support: localhost:{self._box.settings.port}"
        self.errors[error.message.replace(place, "PLACE")] += 1
        if gentle:
            self._found.append(f"{why}: slow words alone made an error: {error}")
        if not isinstance(error, TemporaryError):
            self._found.append(f"{why}: a fault of the network counts as permanent: {error}")
        if not error.message.startswith(place) or len(error.message) < len(place) + 5 or not error.mend:
            self._found.append(f"{why}: not the mailbox, its cause and its mend: {error}")

    def _wrong_in_database(self) -> Iterator[str]:
        query = self.office.query
        tickets = Counter(sender for (sender,) in query("SELECT requester FROM tickets"))
        mails = Counter(author for (author,) in query("SELECT author FROM messages WHERE direction = 'in'"))
        answered = Counter(letter.to for letter in self.office.letters(kind="acknowledgement"))
        for number, point in enumerate(self._points):
            sender = _sender(number)
            counts = (tickets[sender], mails[sender], answered[sender])
            if counts != (1, 1, 1):
                yield f"{point}: {counts} tickets, mails in them, acknowledgements; (1, 1, 1) is right"
        if tickets.total() != len(self._points):
            yield f"{tickets.total()} tickets of {len(self._points)} mails"
        for state, attempts, uid in query("SELECT state, attempts, uid FROM intake"):
            if (state, attempts) != ("done", 1):
                yield f"mail {uid} is {state} after {attempts} attempts, which no network may cause"

    def _wrong_on_server(self) -> Iterator[str]:
        server, user = self._box.server, self._box.user
        if self._mark == "keyword":
            flags = server.flags(user)
            if len(flags) != len(self._points) or any(each != {"$mailsla"} for each in flags.values()):
                yield f"marks of {len(self._points)} mails: {flags}"
            return
        if left := server.flags(user):
            yield f"in the INBOX are still {left}"
        with server.login(user) as client:
            client.select_folder("mailsla-done", readonly=True)
            bodies = [each[b"BODY[]"] for each in client.fetch(client.search(), ["BODY.PEEK[]"]).values()]
        moved = Counter(parseaddr(message_from_bytes(body)["From"])[1] for body in bodies)
        for number, point in enumerate(self._points):
            if moved[_sender(number)] != 1:
                yield f"{point}: its mail is {moved[_sender(number)]} times in the done folder"


def _sender(number: int) -> str:
    return f"c{number}@m{number}.example"

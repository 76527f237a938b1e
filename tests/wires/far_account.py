"""A sending account behind a network that breaks: letters go out, fault by fault; and what came of it.

What came of it is read from the database, from what the server took, and from what passed over the wire.
"""

import time
from collections import Counter
from collections.abc import Iterator
from email import message_from_bytes

from mailsla.adapters.smtp import SmtpTransport
from mailsla.config.settings import SendingSettings
from mailsla.flows import delivery
from mailsla.ports.mail import Outcome, Sent
from tests.flows.mails import write
from tests.flows.office import MINUTE, Office
from tests.servers.proxy import Proxy, Talk
from tests.servers.smtp_sink import SmtpSink
from tests.wires.far_mailbox import DEADLINE, PATIENCE, SLOW
from tests.wires.talk import Point, Stretch, stretches

DATA_DEADLINE = 1.0  # seconds for the answer to the final dot, as configured
LOGIN = ("us", "correct-horse-battery")


class FarAccount:
    """`strike` as often as wanted, then `faults`; `close` at the end. The sink has LOGIN, or wants none."""

    def __init__(self, office: Office, sink: SmtpSink, security: str = "none") -> None:
        self.office, self._sink, self._security = office, sink, security
        self.struck: list[Point] = []  # faults that happened
        self.outcomes: Counter[str] = Counter()  # of tries that did not end well, as an operator reads them
        self.proxy = Proxy(sink.port, record=True)
        self.proxy.__enter__()
        self._points: dict[str, Point | None] = {}  # by customer
        self._found: list[str] = []
        self.transport = self.limit(PATIENCE, PATIENCE)

    def limit(self, seconds: float, data_seconds: float, login: bool = True) -> SmtpTransport:
        """Send by these deadlines from now on."""
        self._deadlines = seconds, data_seconds
        settings = SendingSettings(
            host="localhost",
            port=self.proxy.port,
            security=self._security,  # type: ignore[arg-type]
            user=LOGIN[0] if login else "",
            timeout_seconds=seconds,  # type: ignore[arg-type]
            data_timeout_seconds=data_seconds,  # type: ignore[arg-type]
        )
        return SmtpTransport(settings, lambda: LOGIN[1])

    def close(self) -> None:
        """Let go of all connections."""
        self.transport.close()
        self.proxy.down()

    def learn(self) -> list[Stretch]:
        """The conversation about the letters that one mail makes, from the banner to QUIT, without a fault."""
        self.prepare(None)
        self._settle("learning")
        return stretches(self.proxy.talks[0], "smtp")

    def strike(self, point: Point) -> None:
        """There are letters to send, and the network breaks there; then it is well again, and the work goes on."""
        customer = self.prepare(point)
        stall = point.fault.how == "stall"
        self.transport = self.limit(DEADLINE if stall else PATIENCE, DATA_DEADLINE if stall else PATIENCE)
        before = self.proxy.struck
        self.proxy.plan(point.fault)
        self._settle(str(point), gentle=point.fault.how == "drip")
        if self.proxy.struck > before:
            self.struck.append(point)
        if self._security == "none":
            self._found += self._wrongly_in_doubt(point, customer)

    def prepare(self, point: Point | None) -> str:
        """A customer writes, and is to be answered; their address."""
        customer = f"c{len(self._points)}@m{len(self._points)}.example"
        self._points[customer] = point
        self.office.now += 3 * MINUTE  # so that none is over an hour's budget
        self.office.arrive(write(f"Customer <{customer}>"))
        self.office.prepare()
        self.proxy.talks.clear()
        return customer

    def faults(self) -> list[str]:
        """In words, each with the point at which it was made; none is what is wanted."""
        self.proxy.plan(None)
        self.transport = self.limit(PATIENCE, PATIENCE)
        self._settle("the end")
        return [*self._found, *self._lost_or_doubled()]

    def _settle(self, why: str, gentle: bool = False) -> None:
        for _ in range(6):
            begun = time.monotonic()
            ends = self.converse()
            took, doubts = time.monotonic() - begun, sum(end.sent is Sent.UNKNOWN for end in ends)
            if took > self._deadlines[0] + doubts * self._deadlines[1] + SLOW:
                self._found.append(f"{why}: {took:.1f} s until it was given up")
            for end in ends:
                self._judge(why, end, gentle)
            self.office.now += MINUTE
            if not any(end.sent is Sent.ACCOUNT for end in ends):
                if self.proxy.planned is None:
                    return
                self.proxy.plan(None)  # it was beyond the end of this conversation
        self._found.append(f"{why}: the account does not recover: {ends}")

    def converse(self) -> list[Outcome]:
        """One turn of the daemon's loop, to QUIT: the tries that did not end well. An account that fails, rests."""
        ends = [self.transport.connect()]
        while ends[-1].sent is not Sent.ACCOUNT:
            end = delivery.send_next(self.office.services, self.transport)
            if end is None:
                self.office.prepare()
                if not delivery.due(self.office.services):
                    break
                continue
            ends.append(end)
        self.transport.close()
        return [end for end in ends if end.sent is not Sent.ACCEPTED]

    def _judge(self, why: str, end: Outcome, gentle: bool) -> None:
        place = f"sending account: localhost:{self.proxy.port}"
        self.outcomes[f"{end.sent}: {end.answer.replace(place, 'PLACE')}"] += 1
        if gentle:
            self._found.append(f"{why}: slow words alone made it fail: {end}")
        if end.sent not in (Sent.ACCOUNT, Sent.UNKNOWN):
            self._found.append(f"{why}: a fault of the network counts as the letter's: {end}")
        if not end.answer.startswith(place) or ";" not in end.answer:
            self._found.append(f"{why}: not the account, its cause and its mend: {end}")

    def _wrongly_in_doubt(self, point: Point, customer: str) -> Iterator[str]:
        """Only where DATA began: the server's 354 to it was passed on."""
        rows = self.office.query("SELECT possibly_twice FROM letters WHERE recipient = ?", customer)
        if any(twice for (twice,) in rows) and not any(_data_began(talk, customer) for talk in self.proxy.talks):
            yield f"{point}: in doubt before DATA began: {[talk.pieces[-6:] for talk in self.proxy.talks]}"

    def _lost_or_doubled(self) -> Iterator[str]:
        came = Counter(message_from_bytes(one.content)["Message-ID"] for one in self._sink.received)
        bodies = {message_from_bytes(one.content)["Message-ID"]: one.content for one in self._sink.received}
        query = (
            "SELECT '<' || message_id || '>', recipient, kind, state, possibly_twice, attempts, content FROM letters"
        )
        rows = self.office.query(query)
        for message_id, recipient, kind, state, twice, attempts, content in rows:
            point = self._points.get(recipient)
            name = f"{point}: the {kind} to {recipient}"
            again = point is None or point.fault.times > 1
            if state != "sent" and not (state == "held" and twice and again):
                yield f"{name} is {state}"
            if not 1 <= came[message_id] <= (2 if twice else 1) and state == "sent":
                yield f"{name} came {came[message_id]} times, and is {'' if twice else 'not '}marked possibly twice"
            if attempts != 1 + twice:
                yield f"{name} counts {attempts} attempts, marked {twice}"
            if bodies.get(message_id, content) != content:
                yield f"{name} is not what was written"
        written = Counter(recipient for _, recipient, kind, *_ in rows if kind == "acknowledgement")
        if written != Counter(self._points.keys()):
            yield f"acknowledgements were written to {written}"
        if strange := came.keys() - {row[0] for row in rows}:
            yield f"letters came that nobody wrote: {strange}"


def _data_began(talk: Talk, customer: str) -> bool:
    ours = False
    for side, words in talk.pieces:
        if side == "client" and words.upper().startswith(b"RCPT"):
            ours = customer.encode() in words
        if side == "server" and words.startswith(b"354") and ours:
            return True
    return False

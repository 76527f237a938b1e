"""One complaint between a customer and an agent, each at a mail client of their own, told from both their desks."""

from collections.abc import Iterator
from email import message_from_bytes
from email.message import Message

from tests.clients.draft import Client, Writer, reply, write
from tests.e2e.desk import AUTHSERV, Desk
from tests.e2e.letter import Letter
from tests.flows.links import draft, hrefs

TEAM = "Your ACME customer service"


class Talk:
    """`customer` and `agent` write with their clients; `to_customer` and `to_agent` are their newest letters."""

    def __init__(self, desk: Desk, customer: tuple[Writer, Client], agent: tuple[Writer, Client]) -> None:
        self.desk = desk
        self.customer, self._customer_client = customer
        self.agent, self._agent_client = agent
        self.mailbox: list[tuple[Message, str]] = []  # of the customer: all mails with their subjects, as they came
        self._seen = {self.customer.email: 0, self.agent.email: 0}

    def complain(self, subject: str, text: str) -> None:
        self._from_customer(write(self._customer_client, self.customer, "support@acme.example", subject, text))

    def customer_answers(self, letter: Letter, text: str) -> None:
        self._from_customer(reply(self._customer_client, self.customer, letter.raw, text))

    def agent_answers(self, letter: Letter, text: str, *, note_address: bool = False) -> None:
        to = letter.reply_to.replace("+", "+note.") if note_address else ""
        self._send(reply(self._agent_client, self.agent, letter.raw, text, to=to), self.agent)

    def agent_clicks(self, letter: Letter, label: str) -> None:
        """Opens a link and sends the mail as the client made it of that."""
        link = next(draft(href) for text, href in hrefs(letter.html) if text.strip() == label)
        self._send(write(self._agent_client, self.agent, link.to, link.subject, link.body), self.agent)

    def to_customer(self) -> list[Letter]:
        """What came for the customer since last asked."""
        came = self._new(self.customer.email)
        self.mailbox.extend((message_from_bytes(one.raw), one.subject) for one in came)
        return came

    def to_agent(self) -> list[Letter]:
        """What came for the agent since last asked."""
        return self._new(self.agent.email)

    def status(self) -> str:
        [(status,)] = self.desk.query("SELECT status FROM tickets WHERE requester = ?", self.customer.email)
        return str(status)

    def clocks(self) -> dict[str, str]:
        """The state of each clock; of a metric with several cycles of the newest."""
        rows = self.desk.query(
            "SELECT metric, state FROM clocks JOIN tickets t ON t.id = ticket_id WHERE requester = ? ORDER BY cycle",
            self.customer.email,
        )
        return dict(rows)

    def _new(self, address: str) -> list[Letter]:
        letters = [Letter(one) for one in self.desk.sink.received() if one.recipient == address]
        came = letters[self._seen[address] :]
        self._seen[address] = len(letters)
        return came

    def _from_customer(self, raw: bytes) -> None:
        self._send(raw, self.customer)
        mail = message_from_bytes(raw)
        self.mailbox.append((mail, Letter.of(self.customer.email, raw).subject))

    def _send(self, raw: bytes, writer: Writer) -> None:
        passed = f"Authentication-Results: {AUTHSERV}; dmarc=pass header.from={writer.domain}\r\n"
        self.desk.send(passed.encode() + raw)


def play(desk: Desk, stories: dict[str, Iterator[str]]) -> dict[str, AssertionError]:
    """All stories at once, step by step, so that their waits are shared; what failed, by the story's name.

    Between two steps all that was sent is dealt with; a story that yields "window" lets the time pass, too, in which
    an answer can be recalled. All take the same steps.
    """
    failed: dict[str, AssertionError] = {}
    going = dict(stories)
    while going:
        passes = False
        for name, story in list(going.items()):
            try:
                passes = next(story) == "window" or passes
            except StopIteration:
                del going[name]
            except AssertionError as error:
                failed[name] = error
                del going[name]
        desk.quiet()
        if passes:
            desk.window_passes()
            desk.quiet()
    return failed

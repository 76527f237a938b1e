"""The week as lines to read: each mail that passed, and what was decided."""

import re
from collections.abc import Callable
from datetime import datetime, tzinfo
from email.header import decode_header, make_header
from email.utils import parseaddr

from mailsla.core.model import Event, Instant, NoticeState, Ticket
from mailsla.demo.office import Posted, parts_of
from mailsla.flows.services import Services
from mailsla.flows.steps.case import told

WIDTH = 78
# What of the audit trail is told; mails tell the rest by themselves.
TOLD = ("created", "assigned", "status", "auto_reply", "breached", "warned", "escalated", "linked", "banner")
KINDS = {
    "acknowledgement": "acknowledges, and promises a time",
    "agent_notification": "tells the agent; a reply goes to the customer",
    "customer_answer": "passes the customer's answer on",
    "relay": "relays the agent's answer, without the agent's address",
    "transcript": "says what the commands did",
    "reminder": "reminds: the time runs out",
    "escalation": "escalates",
    "closing": "closes",
}
_GOES_OUT = re.compile(r"Your text goes to .+? at (\d\d:\d\d)\. To recall it, answer this mail with #undo")


class Timeline:
    """Lines go to `said` in the order in which things happen."""

    def __init__(self, zone: tzinfo, said: Callable[[str], None]) -> None:
        self._zone, self._say = zone, said
        self._day = ""
        self._last = ""  # the time that the line before says
        self._services: Services | None = None
        self._seen_events = 0
        self._muted: set[int] = set()

    def follow(self, services: Services) -> None:
        """From here on `decided` looks into this database."""
        self._services = services

    def mail(self, posted: Posted) -> None:
        """A mail passed."""
        self.decided()
        self._date(posted.at)
        subject = str(make_header(decode_header(str(posted.mail["Subject"]))))
        if posted.incoming:
            name, address = parseaddr(str(posted.mail["From"]))
            self._line(posted.at, f">> {name or address}: {subject}", posted)
            return
        kind = str(posted.mail["X-mailsla-Kind"] or _customer_kind(posted))
        self._line(posted.at, f"<< to {posted.to}: {subject}", posted)
        self._note(_copy(posted, kind) or KINDS.get(kind, kind.replace("_", " ")) + _promise(posted, kind))

    def decided(self) -> None:
        """Say what was written down since the last time."""
        if self._services is None:
            return
        with self._services.store.begin() as uow:
            tickets = {ticket.id: ticket for ticket in uow.tickets.listed()}
            events = [
                event for ticket in tickets for event in uow.tickets.events(ticket) if event.id > self._seen_events
            ]
            muted = [
                (ticket, notice)
                for ticket in tickets
                for notice in uow.outbox.notices_of(ticket)
                if notice.state is NoticeState.MUTED and notice.id not in self._muted
            ]
        for event in sorted(events, key=lambda one: one.id):
            self._seen_events = max(self._seen_events, event.id)
            self._event(tickets[event.ticket_id], event)
        for _, notice in muted:
            self._muted.add(notice.id)
            self._note(f"no {notice.kind}: {notice.reason}")

    def end(self) -> None:
        """How the week ended."""
        assert self._services is not None
        with self._services.store.begin() as uow:
            tickets = sorted(uow.tickets.listed(), key=lambda ticket: ticket.number)
            clocks = uow.clocks.of_tickets([ticket.id for ticket in tickets])
        self._say("")
        self._say("The week's clocks")
        for ticket in tickets:
            states = ", ".join(f"{row.metric.replace('_', ' ')} {row.state}" for row in clocks[ticket.id])
            self._say(f"  {ticket.reference}  {ticket.status.value}: {states}")

    def _event(self, ticket: Ticket, event: Event) -> None:
        if event.type not in TOLD or self._services is None:
            return
        self._date(event.recorded_at)
        word = self._services.letters.word(told(self._services, event), "en", "Europe/Berlin")
        at = "" if abs(event.at - event.recorded_at) < 60 else f" (at {self._clock(event.at)})"
        self._note(f"{ticket.reference}: {word}{at}", event.recorded_at)

    def _date(self, at: Instant) -> None:
        day = f"{datetime.fromtimestamp(at, self._zone):%A, %d %B %Y}"
        if day != self._day:
            self._day = day
            self._last = ""
            self._say("")
            self._say(day)

    def _clock(self, at: Instant) -> str:
        return f"{datetime.fromtimestamp(at, self._zone):%H:%M}"

    def _line(self, at: Instant, text: str, posted: Posted) -> None:
        self._last = self._clock(at)
        number = f"[{posted.number:02}]"
        room = WIDTH - 8 - len(number)
        shown = text if len(text) <= room else text[: room - 1] + "…"
        self._say(f"  {self._clock(at)} {shown:<{room}} {number}")

    def _note(self, text: str, at: Instant | None = None) -> None:
        """Below the mail that it belongs to; at a time of its own it says when."""
        when = self._clock(at) if at is not None else self._last
        self._say(f"  {when} -- {text}" if when != self._last else f"           {text}")
        self._last = when


def _customer_kind(posted: Posted) -> str:
    return "acknowledgement" if posted.mail["Auto-Submitted"] else "relay"


def _copy(posted: Posted, kind: str) -> str:
    """What a transcript is that shows an answer before it goes out, and until when it can be recalled; "" = none."""
    text = " ".join(_plain(posted).split()) if kind == "transcript" else ""
    found = _GOES_OUT.search(text)
    return f"shows the agent the answer; until {found[1]} #undo recalls it" if found else ""


def _promise(posted: Posted, kind: str) -> str:
    """The promised time as the customer reads it: the indented lines of the text part."""
    if kind != "acknowledgement":
        return ""
    for line in _plain(posted).splitlines():
        if line.startswith("      ") and "2026" in line:
            return f": {line.strip()}"
    return ""


def _plain(posted: Posted) -> str:
    return next((body for type_, body in parts_of(posted.mail) if type_ == "text/plain"), "")

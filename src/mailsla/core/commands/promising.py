"""`#promise`: a time that an agent gives the customer, or `hold`; no calendar is asked, and no clock changes."""

from datetime import tzinfo

from mailsla.core.commands.changes import HoldPromise, MakePromise
from mailsla.core.commands.times import Unclear, read_time
from mailsla.core.directory import Directory
from mailsla.core.leaks import agent_address_in
from mailsla.core.model import Instant, Reason, Status, Ticket
from mailsla.core.notices import UNREACHABLE
from mailsla.core.sla.promises import told_to_customers

LONGEST_REASON = 200  # characters of an agent's words in a letter about a promise


def promise(
    written: str, ticket: Ticket, directory: Directory, now: Instant, zone: tzinfo
) -> MakePromise | HoldPromise | Unclear:
    """What `#promise WRITTEN` does to the ticket, or why it can't; `zone` is the agent's."""
    if ticket.requester.endswith(UNREACHABLE):
        return Unclear(Reason("promise_nobody", {"reference": ticket.reference}))
    if ticket.status is Status.RESOLVED:
        return Unclear(Reason("promise_resolved"), "#reopen")
    if written.lower() == "hold":
        return HoldPromise()
    read = read_time(written, now, zone)
    if isinstance(read, Unclear):
        return Unclear(read.why, f"#promise {read.meant}" if read.meant else "")
    if len(read.rest) > LONGEST_REASON:
        return Unclear(Reason("promise_long", {"most": LONGEST_REASON}))
    if leaked := agent_address_in(read.rest, directory, but=ticket.requester):
        return Unclear(Reason("relay_leaks", {"address": leaked}))
    return MakePromise(told_to_customers(read.at), read.rest)

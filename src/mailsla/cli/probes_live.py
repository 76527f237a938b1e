"""What `mailsla check --live` finds: mails itself through the real account, waits for it, and says what came of it."""

from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mailsla.cli.finding import Finding, State, failed
from mailsla.cli.words import span, wait_of
from mailsla.config.settings import MailboxSettings, Settings
from mailsla.core.access.facts import token_addresses
from mailsla.core.access.tokens import Scheme, bounces_to, find_tokens, link_to
from mailsla.errors import ConfigError, PermanentError, TemporaryError
from mailsla.ports.mail import Sent

if TYPE_CHECKING:
    from mailsla.adapters.imap_live import Abilities
    from mailsla.flows.probing import Arrived, Probe, Watch

SKEW = 30  # seconds that clocks may differ by
SENDER = "live: sending"


@dataclass(frozen=True, slots=True)
class Trip:
    """The letters to one mailbox, and its folders."""

    settings: Settings
    mailbox: MailboxSettings
    watch: "Watch"
    plain: "Probe"
    tagged: "Probe"
    lost: "Probe"
    patience: int

    @property
    def codes(self) -> list[str]:
        return [one.code for one in (self.plain, self.tagged, self.lost) if one.accepted]


def live(config: Path | None, patience: int) -> list[Finding]:
    """Of each mailbox that is read. `patience`: seconds that letters may take."""
    from mailsla.config.load import find, load

    try:
        settings = load(find(config))
    except ConfigError:
        return [Finding(State.WARNING, "live", "not checked: first mend what is wrong with the configuration")]
    if settings.sending.kind == "maildir":
        said = f"not checked: letters are written into {settings.sending.path}, and none comes back"
        return [Finding(State.WARNING, "live", said, 'write kind = "smtp" under [sending]')]
    found: list[Finding] = []
    for mailbox in settings.mailboxes:
        if mailbox.kind != "pipe":
            try:
                found += _of_mailbox(settings, mailbox, patience)
            except (TemporaryError, PermanentError, ConfigError) as error:
                found += failed(_name(mailbox), error)
    return found


def _of_mailbox(settings: Settings, mailbox: MailboxSettings, patience: int) -> list[Finding]:
    from mailsla import bootstrap
    from mailsla.flows.probing import Sender, connected

    with ExitStack() as stack:
        abilities = _abilities(mailbox)
        watch = _watch(stack, mailbox, abilities)
        transport = stack.enter_context(closing(bootstrap.transport_of(settings.sending)))
        connected(transport)
        sender = Sender(
            transport=transport,
            address=mailbox.address,
            envelope=_bounces_to(settings, mailbox),
            host=settings.host,
            ids=bootstrap.RandomIds(),
            now=bootstrap.system_clock,
        )
        plain, tagged, lost = sender.plain(), sender.tagged(_scheme(mailbox)), sender.undeliverable()
        trip = Trip(settings, mailbox, watch, plain, tagged, lost, patience)
        click.echo(
            f"Sent {len(trip.codes)} mails to {mailbox.address}; waiting up to {wait_of(patience)} ...", err=True
        )
        watch.until(trip.codes, bootstrap.system_clock() + patience)
        found = [*_judged(trip), *(_of_abilities(mailbox, abilities) if abilities else ())]
        return [*found, *_cleaned(stack, trip)]


def _bounces_to(settings: Settings, mailbox: MailboxSettings) -> str:
    """Where reports on our letters come to; with an address for each letter, that of one that is not."""
    return bounces_to(settings.sending.bounce_address, "a" * 20, _scheme(mailbox))


def _watch(stack: ExitStack, mailbox: MailboxSettings, abilities: "Abilities | None") -> "Watch":
    """The mailbox, and where its mails may go instead: a daemon moves them, a filter takes them for spam."""
    from mailsla import bootstrap
    from mailsla.adapters.reader import Reader
    from mailsla.flows.probing import Watch

    folders = [mailbox.folder]
    if mailbox.mark == "move":
        folders.append(mailbox.done_folder)
    if abilities and abilities.junk:
        folders.append(abilities.junk)
    sources = {}
    for folder in dict.fromkeys(folders):
        source = bootstrap.source_of(replace(mailbox, folder=folder, mark="none"))
        sources[folder] = stack.enter_context(closing(source))
    return Watch(sources, Reader(), bootstrap.system_clock)


def _abilities(mailbox: MailboxSettings) -> "Abilities | None":
    from mailsla import bootstrap
    from mailsla.adapters.imap_live import ImapLive

    return ImapLive(mailbox, bootstrap.login_of(mailbox)).abilities() if mailbox.kind == "imap" else None


def _judged(trip: Trip) -> Iterator[Finding]:
    arrived = trip.watch.of(trip.plain.code)
    yield _round_trip(trip, arrived)
    if not trip.plain.accepted:
        return  # the others were refused for the same cause, and tell nothing of what they were sent for
    if arrived is not None:
        yield from _rewriting(trip, arrived)
        yield from _clock(trip, arrived)
    yield _tagged(trip)
    yield _report(trip)
    if arrived is not None:
        yield _stamped(trip, arrived)


def _round_trip(trip: Trip, arrived: "Arrived | None") -> Finding:
    what, address = _name(trip.mailbox), trip.mailbox.address
    if not trip.plain.accepted:
        return _refused(trip.plain, f"{what}: round trip", f"let the account send as {address}, and to it")
    if arrived is None:
        said = f"a letter to {address} was accepted, but is not in {_folders(trip)} after {wait_of(trip.patience)}"
        mend = "see where mail to it goes, and the server's log; set `folder`; or wait longer: --wait 600"
        return Finding(State.WRONG, f"{what}: round trip", said, mend)
    if arrived.folder not in (trip.mailbox.folder, trip.mailbox.done_folder):
        said = f"our letter was put into {arrived.folder}: it is taken for spam, and so may customers' mails be"
        return Finding(State.WRONG, f"{what}: round trip", said, f"let the filter pass what {address} sends")
    seconds = max(arrived.seen_at - trip.plain.sent_at, 0) + 1
    return Finding(State.OK, f"{what}: round trip", f"a letter to {address} was here within {seconds} s")


def _rewriting(trip: Trip, arrived: "Arrived") -> Iterator[Finding]:
    what = _name(trip.mailbox)
    sender = arrived.mail.sender.email if arrived.mail.sender else "nobody"
    if sender != trip.mailbox.address.lower():
        said = f"the server replaces From {trip.mailbox.address} by {sender}: customers would read and answer that"
        mend = f"let the server keep From of {trip.mailbox.address} (a right to send as it; no rewriting of addresses)"
        yield Finding(State.WRONG, f"{what}: From", said, mend)
    else:
        yield Finding(State.OK, f"{what}: From", "it stays as it is")
    if arrived.mail.message_id != trip.plain.message_id:
        said = "the server gives letters another Message-ID: an answer to the bare address opens a new ticket"
        mend = "send through a server that keeps it; addresses with a token still find their ticket"
        yield Finding(State.WARNING, f"{what}: Message-ID", said, mend)
    else:
        yield Finding(State.OK, f"{what}: Message-ID", "it stays as it is")


def _clock(trip: Trip, arrived: "Arrived") -> Iterator[Finding]:
    """The server's clock says when a mail came, from which deadlines run."""
    what, at = f"{_name(trip.mailbox)}: clock", arrived.received_at
    if at is None:
        return
    off = at - arrived.seen_at if at > arrived.seen_at else min(at - trip.plain.sent_at, 0)
    if abs(off) > SKEW:
        said = f"the server's is {span(abs(off))} {'ahead of' if off > 0 else 'behind'} this machine's"
        yield Finding(State.WARNING, what, said, "set both by NTP: timedatectl set-ntp true")
    else:
        yield Finding(State.OK, what, f"the server's and this machine's agree to {SKEW} s")


def _tagged(trip: Trip) -> Finding:
    box = trip.mailbox
    what, address = f"{_name(box)}: addresses with a token", trip.tagged.recipient
    mend = (
        f"let the server deliver {_pattern(box)} to {box.address}; or set `delimiter` or `reply_domain` to what it has"
    )
    if not trip.tagged.accepted:
        return _refused(trip.tagged, what, mend)
    arrived = trip.watch.of(trip.tagged.code)
    if arrived is None:
        said = f"a letter to {address} did not come: no answer to a letter of ours would"
        return Finding(State.WRONG, what, said, mend)
    if not find_tokens(token_addresses(arrived.mail), _scheme(box)):
        said = "they come, but the server takes the token away: no answer would find its ticket by it"
        return Finding(State.WRONG, what, said, "let the server leave To as it is, or add Delivered-To")
    _, code = link_to("a" * 26, _scheme(box))
    with_links = "" if code else ", so action links work too"
    return Finding(State.OK, what, f"{_pattern(box)} reaches the mailbox{with_links}")


def _report(trip: Trip) -> Finding:
    what, to = f"{_name(trip.mailbox)}: delivery report", _bounces_to(trip.settings, trip.mailbox)
    if trip.lost.outcome.sent is Sent.REFUSED:
        return Finding(State.OK, what, f"an impossible address is refused at once: {trip.lost.outcome.answer}")
    if not trip.lost.accepted:
        return _refused(trip.lost, what, "try again later")
    if trip.watch.of(trip.lost.code) is None:
        said = "none came for an impossible address: nobody would learn of a letter that does not arrive"
        mend = f"let reports to {to} through (spam filter, null sender <>); or wait longer: --wait 600"
        return Finding(State.WARNING, what, said, mend)
    return Finding(State.OK, what, "an undeliverable letter is reported, and the report is read")


def _stamped(trip: Trip, arrived: "Arrived") -> Finding:
    from mailsla.core.access.authentication import servers

    what, names = f"{_name(trip.mailbox)}: Authentication-Results", servers(arrived.mail.authentication_results)
    wanted = trip.mailbox.authserv_id
    probe = "`mailsla check --live --auth-probe` says what is in an agent's mail"
    if wanted not in ("none", "topmost") and wanted.lower() in names:
        return Finding(State.OK, what, f"{wanted} wrote one into our own letter")
    if wanted == "none" and names:
        said = f"{names[0] or 'a server without a name'} wrote one, but authserv_id is not set"
        return Finding(State.WARNING, what, said, probe)
    if wanted == "none" or names:
        return Finding(State.OK, what, "there is one" if names else "none in our own letter, and none is expected")
    return Finding(State.WARNING, what, f"{wanted} wrote none into our own letter; many write none there", probe)


def _of_abilities(mailbox: MailboxSettings, abilities: "Abilities") -> Iterator[Finding]:
    what = f"{_name(mailbox)}: capabilities"
    offered = {
        "IDLE": abilities.idle,
        "MOVE": abilities.move,
        "keywords": abilities.keywords,
        "UIDPLUS": abilities.uidplus,
    }
    there = ", ".join(name for name, has in offered.items() if has) or "none of them"
    absent = [name for name, has in offered.items() if not has]
    meaning = {
        "IDLE": f"mail is noticed within {mailbox.poll_seconds} s",
        "MOVE": 'mark = "move" is not possible',
        "keywords": 'mark = "keyword" is not possible',
        "UIDPLUS": "our own probes stay in the mailbox",
    }
    without = "; ".join(f"no {name}: {meaning[name]}" for name in absent)
    yield Finding(State.OK, what, f"{there}{f'; {without}' if without else ''}")


def _cleaned(stack: ExitStack, trip: Trip) -> Iterator[Finding]:
    """Deletes what we sent ourselves, and the report about it; no other mail is touched."""
    from mailsla import bootstrap
    from mailsla.adapters.imap_live import ImapLive
    from mailsla.adapters.maildir import MaildirSource

    trip.watch.look(trip.codes)  # a daemon may have moved one meanwhile
    left = 0
    for folder in trip.watch.sources:
        uids = [one.uid for one in trip.watch.arrived if one.folder == folder]
        box = replace(trip.mailbox, folder=folder)
        if uids and box.kind == "maildir":
            MaildirSource(box).delete(uids)
        elif uids and not ImapLive(box, bootstrap.login_of(box)).delete(folder, uids):
            left += len(uids)
    if left:
        said = f"{left} probes stay in the mailbox: without UIDPLUS no single mail can be deleted safely"
        yield Finding(State.WARNING, f"{_name(trip.mailbox)}: clean-up", said, 'delete what is called "mailsla probe"')


def _refused(probe: "Probe", what: str, mend: str) -> Finding:
    later = probe.outcome.sent in (Sent.LATER, Sent.UNKNOWN)
    said = f"a letter to {probe.recipient} was not taken: {probe.outcome.answer}"
    return Finding(State.LATER if later else State.WRONG, what, said, "try again later" if later else mend)


def _folders(trip: Trip) -> str:
    return " or ".join(trip.watch.sources)


def _pattern(mailbox: MailboxSettings) -> str:
    if mailbox.reply_domain:
        return f"*@{mailbox.reply_domain}"
    local, _, domain = mailbox.address.rpartition("@")
    return f"{local}{mailbox.delimiter}*@{domain}"


def _scheme(mailbox: MailboxSettings) -> Scheme:
    return Scheme(mailbox.address, mailbox.delimiter, mailbox.reply_domain)


def _name(mailbox: MailboxSettings) -> str:
    return f"mailbox {mailbox.name}"

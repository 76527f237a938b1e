"""What a mail is and what it may do: facts from the store, decided by the core; writes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from mailsla.config.settings import MailboxSettings
from mailsla.core.access.authentication import Auth, Result, verdict
from mailsla.core.access.authority import Access, Action, decide
from mailsla.core.access.facts import Facts, Held, gather, passed_on, pick, token_addresses
from mailsla.core.access.past import Lost, in_the_past, unknown_letters
from mailsla.core.access.threads import By, Candidate, named_ids, subject_tag
from mailsla.core.access.tokens import (
    OF_LINKS,
    Found,
    Scheme,
    code_in,
    find_bounced,
    find_tokens,
    hash_token,
    message_id_of,
)
from mailsla.core.directory import Agent
from mailsla.core.lifecycle import reopen_until
from mailsla.core.mail.author import wants_answers_at
from mailsla.core.mail.disposition import Known, disposition, has_our_form
from mailsla.core.mail.parsed import Address, Disposition, ParsedMail
from mailsla.core.model import Instant, Reason, Role, Status, Ticket
from mailsla.flows.services import Services
from mailsla.flows.steps.terms import agreement_of
from mailsla.ports.store import UnitOfWork

PROVEN_BY_PERSON = ("confirmed:", "released:")  # how an intake row says that a person vouches for it
MERGES_FOLLOWED = 10


@dataclass(frozen=True, slots=True)
class Examination:
    """A mail with all that was decided about it before anything is written."""

    mail: ParsedMail
    mailbox: MailboxSettings
    disposition: Disposition
    auth: Auth
    facts: Facts
    held: Held | None
    access: Access
    agent: Agent | None

    @property
    def colleague(self) -> str:
        """Who of us wrote it: the agent's name; of a Sent folder the address that they share, where From tells no more;
        "" for anyone else.
        """
        if self.agent is not None:
            return self.agent.name
        return self.facts.sender if self.facts.sent_by_us else ""


def examine(
    uow: UnitOfWork,
    services: Services,
    mailbox: MailboxSettings,
    mail: ParsedMail,
    *,
    received_at: Instant,
    now: Instant,
    folder: str = "",
    vouched: bool = False,
    past: bool = False,
) -> Examination:
    """`folder`: where it lies. `vouched`: a person has confirmed or released it, which stands for authentication.

    `past`: it came before the database was restored.
    """
    sent = mailbox.is_sent(folder)
    directory = services.settings.directory
    schemes = [one.scheme for one in services.settings.mailboxes]
    author = None if sent else _author_of_form(services, mailbox, mail)
    if author is not None:
        mail = replace(mail, sender=author, display_sender=author)
    mail = _told_by_address(mail, schemes, services.settings.host)
    agent = directory.agent_by_email(mail.sender.email) if mail.sender else None
    kind = _own_in_sent(mail, schemes) if sent else None
    kind = kind or disposition(mail, known(uow, services, mailbox, mail))
    auth = Auth(Result.NONE, Reason("auth_form")) if author is not None else _auth(mailbox, mail, agent)
    if vouched:
        auth = Auth(Result.PASS, Reason("auth_vouched"))
    held = None if author is not None else _held(uow, mail, schemes, agent, now)
    facts = gather(
        mail,
        kind=kind.kind,
        directory=directory,
        schemes=schemes,
        auth=auth,
        authserv_configured=mailbox.authserv_id != "none",
        held=held,
        # Who fills in a form can type any address: it opens a case, and joins none.
        candidates=[] if author is not None else _candidates(uow, services, mail, held, received_at),
        in_sent_folder=sent,
        sent_opens_tickets=mailbox.sent_opens_tickets,
    )
    access = decide(facts)
    if vouched:
        access = _released(access, facts.candidate)
    elif past:
        access = in_the_past(access, facts, _lost(uow, services, mail, held))
    return Examination(mail, mailbox, kind, auth, facts, held, access, agent)


def _own_in_sent(mail: ParsedMail, schemes: Sequence[Scheme]) -> Disposition | None:
    """A letter of ours that the server copied there, also where it gave the copy another Message-ID."""
    answers = [one.email for one in mail.reply_to]
    ours = any(find_tokens(answers, scheme) for scheme in schemes)
    return Disposition("own", "a letter of ours in the Sent folder, by the token in its Reply-To") if ours else None


def _told_by_address(mail: ParsedMail, schemes: Sequence[Scheme], host: str) -> ParsedMail:
    """A report or an out-of-office to the bounce address of a letter is about that letter, whatever it says of it.

    The address gives what the letter's Message-ID gives in In-Reply-To, and nothing more.
    """
    addresses = token_addresses(mail)
    public = next((one for scheme in schemes for one in find_bounced(addresses, scheme)), "")
    if not public:
        return mail
    letter = message_id_of(public, host)
    bounce = replace(mail.bounce, original_message_id=letter) if mail.bounce else None
    return replace(mail, bounce=bounce, in_reply_to=(letter, *mail.in_reply_to))


def known(uow: UnitOfWork, services: Services, mailbox: MailboxSettings, mail: ParsedMail) -> Known:
    """What tells our own mail, lists and agents."""
    directory, host = services.settings.directory, services.settings.host.lower()
    name = mail.message_id.lower()
    return Known(
        message_id_domain=host,
        instance=services.settings.name,
        addresses=frozenset(one.address.lower() for one in services.settings.mailboxes),
        sent=has_our_form(name, host) and uow.tickets.letter_by_message_id(name) is not None,
        own_lists=frozenset(name.lower() for name in mailbox.own_lists),
        agent_addresses=frozenset(directory.agents_by_email),
    )


def people_of_ours(services: Services) -> frozenset[str]:
    """The addresses of mailboxes and agents: a stranger's Reply-To never makes a mail theirs."""
    boxes = (one.address.lower() for one in services.settings.mailboxes)
    return frozenset((*services.settings.directory.agents_by_email, *boxes))


def _author_of_form(services: Services, mailbox: MailboxSettings, mail: ParsedMail) -> Address | None:
    """Who filled in the contact form that this mail is from; None: it is from no form, or nothing proves that it is."""
    forms = {form.lower() for form in mailbox.forms}
    if mail.sender is None or mail.sender.email not in forms or _auth(mailbox, mail, None).result is not Result.PASS:
        return None
    return wants_answers_at(mail, people_of_ours(services))


def _auth(mailbox: MailboxSettings, mail: ParsedMail, agent: Agent | None) -> Auth:
    sender = mail.sender.email if mail.sender else ""
    login = agent.login if agent else ""
    return verdict(mail.authentication_results, sender, mailbox.authserv_id, login)


def _held(
    uow: UnitOfWork, mail: ParsedMail, schemes: Sequence[Scheme], agent: Agent | None, now: Instant
) -> Held | None:
    """The token that counts of those in the mail's addresses; where none is, the code of a link in its subject."""
    addresses = token_addresses(mail)
    found = [one for scheme in schemes for one in find_tokens(addresses, scheme)]
    rows = [(one, uow.tickets.token(hash_token(one.token))) for one in dict.fromkeys(found)]
    if not rows and (code := code_in(mail.subject)) and {scheme.address.lower() for scheme in schemes} & {*addresses}:
        row = uow.tickets.token(hash_token(code))
        rows = [(Found(code), row if row is not None and row.purpose in OF_LINKS else None)]
    return pick([(one, row) for one, row in rows if row is not None], agent.name if agent else "", now)


def _lost(uow: UnitOfWork, services: Services, mail: ParsedMail, held: Held | None) -> Lost | None:
    """That the mail names a token or a letter of ours that the restored database does not know."""
    if held is not None:
        return None
    addresses = token_addresses(mail)
    tokens = [one for box in services.settings.mailboxes for one in find_tokens(addresses, box.scheme)]
    ids = named_ids(mail)
    known = {found for found, _, _ in uow.tickets.tickets_by_message_ids(ids)} if ids else set()
    if not tokens and not code_in(mail.subject) and not unknown_letters(ids, known, services.settings.host):
        return None
    return Lost(note=any(one.note for one in tokens), answers=bool(ids))


def _candidates(
    uow: UnitOfWork, services: Services, mail: ParsedMail, held: Held | None, received_at: Instant
) -> list[Candidate]:
    """The tickets that the mail names, the nearest reference first."""
    named: list[tuple[By, int, str]] = []
    if held is not None:
        named.append((By.TOKEN, held.token.ticket_id, ""))
    ids = named_ids(mail)
    if ids:
        rows = uow.tickets.tickets_by_message_ids(ids)
        for _, ticket_id, reader in sorted(rows, key=lambda row: ids.index(row[0])):
            agent = services.settings.directory.agent_by_email(reader) if reader is not None else None
            by = By.THEIR_MESSAGE_ID if reader is None else By.OUR_MESSAGE_ID
            named.append((by, ticket_id, agent.name if agent else ""))
    tag = _tag(mail, services)
    if tag and (ticket := uow.tickets.by_reference(tag)) is not None:
        named.append((By.SUBJECT_TAG, ticket.id, ""))
    if not named and mail.message_id and mail.sender is not None:
        # Their answer to it came first: the two name each other, in whichever order they come.
        overtaken_by = uow.tickets.answered_before(mail.message_id, mail.sender.email)
        named += ((By.THEIR_MESSAGE_ID, number, "") for number in overtaken_by)
    ours = services.settings.directory.supplier_by_email(mail.sender.email) if mail.sender else None
    made = {
        number: _candidate(uow, services, number, received_at, of_supplier=ours is not None)
        for number in {number for _, number, _ in named}
    }
    return [
        replace(candidate, by=by, letter_agent=name)
        for by, number, name in dict.fromkeys(named)
        if (candidate := made[number]) is not None
    ]


def _tag(mail: ParsedMail, services: Services) -> str:
    """The reference in the subject; else in that of a letter of ours which the mail passes on."""
    schemes = [one.scheme for one in services.settings.mailboxes]
    subjects = (mail.subject, *(one.subject for one in passed_on(mail, schemes)))
    tags = (subject_tag(subject, services.settings.prefix) for subject in subjects)
    return next((tag for tag in tags if tag), "")


def _candidate(
    uow: UnitOfWork, services: Services, ticket_id: int, received_at: Instant, *, of_supplier: bool
) -> Candidate | None:
    ticket = standing(uow, ticket_id)
    if ticket is None:
        return None
    lapsed = window_over(uow, services, ticket, received_at)
    return Candidate(
        by=By.TOKEN,
        ticket_id=ticket.id,
        status=Status.CLOSED if lapsed else ticket.status,
        participants=frozenset(uow.tickets.participants(ticket.id)),
        asked=_asked(uow, ticket.id) if of_supplier else frozenset(),
    )


def _asked(uow: UnitOfWork, ticket_id: int) -> frozenset[str]:
    """The suppliers that were asked on a ticket, or on one that went into it."""
    events = uow.tickets.events(ticket_id)
    came_in = (
        uow.tickets.by_reference(str(event.data["reference"])) for event in events if event.type == "merged_from"
    )
    there = (_asked(uow, ticket.id) for ticket in came_in if ticket is not None)
    return frozenset(str(event.data["supplier"]) for event in events if event.type == "supplier_asked").union(*there)


def standing(uow: UnitOfWork, ticket_id: int) -> Ticket | None:
    """The ticket, or the one that it was merged into."""
    ticket = uow.tickets.get(ticket_id)
    for _ in range(MERGES_FOLLOWED):
        if ticket is None or ticket.merged_into is None:
            return ticket
        ticket = uow.tickets.get(ticket.merged_into)
    return ticket


def window_over(uow: UnitOfWork, services: Services, ticket: Ticket, at: Instant) -> bool:
    """Whether a mail of that receipt comes too late to reopen the ticket."""
    if ticket.status is not Status.RESOLVED or ticket.resolved_at is None:
        return False
    agreement = agreement_of(uow, services, ticket)
    policy, calendar = (agreement.policy, agreement.calendar) if agreement else (None, None)
    return at > reopen_until(policy, calendar, ticket.resolved_at)


def person_of(examination: Examination) -> tuple[str, Role]:
    """The agent or manager whose right the mail uses, by name."""
    held = examination.held
    if held is not None and held.staff:
        return held.token.person, held.token.role
    return (examination.agent.name if examination.agent else ""), Role.AGENT


def _released(access: Access, named: Candidate | None) -> Access:
    """A mail that a person released is not held again: what the table would hold stays inside."""
    if access.action not in (Action.HOLD, Action.ASK):
        return access
    ticket_id = named.ticket_id if named else None
    action = Action.COMMENT if ticket_id is not None else Action.NEW_TICKET
    return replace(access, action=action, internal=ticket_id is not None, alert=False)

"""An office with a ticket in each status and tokens of each sort; every mail of the matrix finds it as it was made."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from zlib import crc32

from mailsla.core.access.tokens import code_in, hash_token
from tests.flows.links import links
from tests.flows.mails import KIM, OPERATOR, SAM, SUPPORT, address, answer, bounce, write
from tests.flows.office import MINUTE, Office
from tests.flows.postbox import Posted
from tests.flows.spoof.cases import Case
from tests.flows.spoof.oracle import Effect

TEXT = "Qx-said-by-the-mail"  # what the mail says
HELD = "Qx-said-by-the-held-mail"  # what a held mail says that only its confirmation lets go
NOTE = "Qx-said-in-a-note"
SECRET = "Qx-said-by-the-customer"
MANUAL = ('members = ["sam", "kim"]', 'members = ["sam", "kim"]\nassignment = "manual"')
NO_AUTHSERV = ('authserv_id = "mx.acme.example"', 'authserv_id = "none"')
WATCHED = (
    'kind = "pipe"\ndisplay_name = "ACME complaints"',
    'kind = "maildir"\npath = "in"\nsent_folder = "Sent"\ndisplay_name = "ACME complaints"',
)
OUR_PEOPLE = {address(one) for one in (SAM, KIM, "jo@acme.example", "lee@acme.example", "maria@acme.example", OPERATOR)}
GARBAGE = "a2b3c4d5e6f7g2h3i4j5k6l7m2"


class Stage:
    """`play` gives the effects of one mail on the tickets: "open", "waiting", "closed", "merged", "into", "other".

    `trusting`: its server writes no Authentication-Results, so that token and From suffice. `sent`: the mails lie in
    the watched Sent folder of the shared mailbox.
    """

    def __init__(self, folder: Path, blank: Path, *, trusting: bool = False, sent: bool = False) -> None:
        self.office = Office(
            folder, blank, (MANUAL, *((NO_AUTHSERV,) if trusting else ()), *((WATCHED,) if sent else ()))
        )
        self._folder = "Sent" if sent else "INBOX"
        self._file = folder / "mailsla.db"
        self.references: dict[str, str] = {}
        self.tokens: dict[str, str] = {}
        self.letters: dict[tuple[str, str], Posted] = {}  # (ticket, whom it went to)
        self.ids: dict[tuple[str, str], str] = {}  # (ticket, a row of SIGNS): the Message-ID that names it
        self._build(trusting=trusting)
        self._posted = list(self.office.postbox.tries)
        self._now = self.office.now
        self._kept = sqlite3.connect(":memory:", check_same_thread=False)
        with closing(sqlite3.connect(self._file)) as database:
            database.backup(self._kept)
        self._before = self._state()

    def close(self) -> None:
        """Let go of both databases."""
        self._kept.close()
        self.office.close()

    # How it is made

    def _build(self, *, trusting: bool) -> None:
        office = self.office
        self._open("closed")
        office.receive(answer(SAM, self.letters["closed", "sam"], "#resolve\nIt came."))
        office.wait_until("2026-12-14 10:00")
        for name in ("open", "waiting", "merged", "into", "other", "held"):
            self._open(name)
        office.wait(2 * MINUTE)
        office.receive(answer(SAM, self.letters["waiting", "sam"], "#wait customer\nWhich number?"))
        office.receive(answer(SAM, self.letters["merged", "sam"], f"#merge {self.references['into']}"))
        office.receive(answer(KIM, self.letters["open", "kim"], f"#note {NOTE}"))
        self.held = 0
        if trusting:
            self.tokens |= {"confirm": GARBAGE, "used": GARBAGE}
        else:
            self._ask()
        self._expire()
        office.wait(2 * MINUTE)

    def _ask(self) -> None:
        """Two mails that nothing proves are Sam's: one stays held, the other was confirmed."""
        office = self.office
        held = office.receive(answer(SAM, self.letters["held", "sam"], HELD), auth="none")
        self.held = held.id
        office.wait(2 * MINUTE)
        self.tokens["confirm"] = _token(office.letter(address(SAM), "confirmation"))
        office.receive(answer(SAM, self.letters["other", "sam"], "#note Sure?"), auth="none")
        office.wait(2 * MINUTE)
        asked = office.letter(address(SAM), "confirmation")
        office.receive(answer(SAM, asked, "#yes"), auth="none")
        self.tokens["used"] = _token(asked)

    def _open(self, name: str) -> None:
        office, customer = self.office, _customer(name)
        mail = write(f"Ana <{customer}>", f"My parcel is late. {SECRET}\n", f"Parcel {name}")
        office.receive(mail)
        self.references[name] = reference = office.tickets()[-1]
        self.ids[name, "their own Message-ID"] = str(mail["Message-ID"])
        for agent in ("sam", "kim"):
            letter = office.letter(f"{agent}@acme.example", "agent_notification")
            self.letters[name, agent] = letter
            self.tokens[f"{name} {agent}"] = _token(letter)
            of = "" if agent == "sam" else f" of {agent}"
            if "Resolve" in links(letter):
                self.tokens[f"{name} link{of}"] = code_in(links(letter)["Resolve"].subject)
        self.letters[name, "customer"] = office.letter(customer, "acknowledgement")
        self.tokens[f"{name} customer"] = _token(self.letters[name, "customer"])
        self.ids[name, "letter to the agent"] = self.letters[name, "sam"].header("Message-ID")
        self.ids[name, "letter to the customer"] = self.letters[name, "customer"].header("Message-ID")
        number = office.ticket(reference).id
        with office.services.store.begin() as uow:
            uow.tickets.admit(number, "bea@mail.example")
            uow.commit()

    def _expire(self) -> None:
        """A second token of Sam on each ticket, whose time is over."""
        number = self.office.ticket(self.references["open"]).id
        self.tokens["expired"] = token = GARBAGE[::-1].replace("a", "b")
        with closing(sqlite3.connect(self._file)) as database:
            database.execute(
                "INSERT INTO tokens (hash, ticket_id, person, role, purpose, created_at, expires_at)"
                " VALUES (?, ?, 'sam', 'agent', 'reply', 0, 1)",
                (hash_token(token), number),
            )
            database.commit()

    # How a mail is played

    def play(self, case: Case) -> set[Effect]:
        """Let the mail come into the office as it was made, and give the minutes after it."""
        self._rewind()
        self.office.receive(self.mail(case), folder=self._folder)
        self.office.wait(2 * MINUTE)
        return set(self._changed()) | set(self._told(case))

    def _rewind(self) -> None:
        with closing(sqlite3.connect(self._file)) as database:
            self._kept.backup(database)
        self.office.now = self._now
        self.office.postbox.tries[:] = self._posted

    def mail(self, case: Case) -> bytes:
        """The bytes of a combination, as a server hands them over."""
        to, cc, more, subject, body = self._placed(case)
        if case.copied == "the customer":
            cc.append(_customer(case.status))
        elif case.copied == "a stranger":
            cc.append("mallory@stranger.example")
        verdicts = [line.format(d=case.sender.domain) for line in case.proof.lines]
        senders = [f"From: {line.format(status=case.status)}" for line in case.sender.lines]
        names, text = self._signed(case, subject)
        head = [*verdicts, *more, *senders, *case.sender.extra, f"To: {', '.join(to)}", *names]
        if cc:
            head.append(f"Cc: {', '.join(cc)}")
        head.append(f"Message-ID: <{crc32(case.name.encode())}@client.example>")
        return "\r\n".join([*head, *self._kind(case, f"{text}{body}")]).encode()

    def _placed(self, case: Case) -> tuple[list[str], list[str], list[str], str, str]:
        """To, Cc, other header lines, the end of the subject, the end of the body, with the token in its spot."""
        addresses = [self._address(case, ticket) for ticket in self._tickets_of(case)]
        match case.right.spot if addresses else "":
            case "To":
                return addresses, [], [], "", ""
            case "TO":
                return [one.upper() for one in addresses], [], [], "", ""
            case "Cc":
                return [SUPPORT], addresses, [], "", ""
            case "Delivered-To":
                return [SUPPORT], [], [f"Delivered-To: {one}" for one in addresses], "", ""
            case "Subject":
                return [SUPPORT], [], [], f" {addresses[0]} (code {self._code(case, case.status)})", ""
            case "body":
                return [SUPPORT], [], [], "", f"\r\nWrite to {addresses[0]}\r\n"
            case "code":
                return [SUPPORT], [], [], f" (code {self._code(case, case.status)})", ""
            case "CODE":
                return [SUPPORT], [], [], f" (CODE {self._code(case, case.status).upper()})", ""
        return [SUPPORT], [], [], "", ""

    def _tickets_of(self, case: Case) -> tuple[str, ...]:
        match case.right.on:
            case "other":
                return ("other",)
            case "several":
                return (case.status, "other")
        return (case.status,) if case.right.key else ()

    def _code(self, case: Case, ticket: str) -> str:
        key = case.right.key
        return GARBAGE if key == "garbage" else self.tokens.get(f"{ticket} {key}") or self.tokens[key]

    def _address(self, case: Case, ticket: str) -> str:
        note = "note." if case.right.use == "note" else ""
        return f"support+{note}{self._code(case, ticket)}@acme.example"

    def _signed(self, case: Case, end: str) -> tuple[list[str], str]:
        """Header lines that name the ticket, and what the mail says."""
        tag = f"[{self.references[case.status]}] " if case.sign == "subject tag" else ""
        names = [f"Subject: Re: {tag}Parcel{end}"]
        refers = self.ids.get((case.status, case.sign), "")
        if refers:
            names += [f"In-Reply-To: {refers}", f"References: {refers}"]
        first = {"order": "#priority urgent\r\n", "text": "", "#yes": "#yes\r\n"}[case.says]
        return names, f"{first}{TEXT}"

    def _kind(self, case: Case, text: str) -> Iterator[str]:
        plain = (
            "MIME-Version: 1.0",
            "Content-Type: text/plain; charset=utf-8",
            "Content-Transfer-Encoding: 8bit",
            "",
            text,
        )
        match case.kind:
            case "person":
                yield from plain
            case "out of office":
                yield from ("Auto-Submitted: auto-replied", *plain)
            case "list":
                yield from ("List-Id: <talk.lists.example>", "List-Post: <mailto:talk@lists.example>", *plain)
            case "bounce":
                report = bounce(self.letters[case.status, "customer"]).decode()
                yield from report[report.index("MIME-Version") :].replace("Your mail to", f"{text} to").splitlines()
            case "read receipt":
                yield from (
                    "MIME-Version: 1.0",
                    'Content-Type: multipart/report; report-type=disposition-notification; boundary="b"',
                    "",
                    "--b",
                    "",
                    text,
                    "--b",
                    "Content-Type: message/disposition-notification",
                    "",
                    "Disposition: manual-action/MDN-sent-manually; displayed",
                    "--b--",
                    "",
                )

    # What came of it

    def _state(self) -> dict[str, dict[str, object]]:
        """What counts of each ticket, by its name on the stage."""
        with closing(sqlite3.connect(self._file)) as database:
            found: dict[str, dict[str, object]] = {}
            for name, reference in self.references.items():
                number, status, priority, requester = database.execute(
                    "SELECT id, status, priority, requester FROM tickets WHERE reference = ?", (reference,)
                ).fetchone()
                people = database.execute("SELECT email FROM participants WHERE ticket_id = ?", (number,)).fetchall()
                met = database.execute("SELECT count(*) FROM clocks WHERE ticket_id = ? AND state = 'met'", (number,))
                found[name] = {
                    "status": status,
                    "commanded": priority,
                    "recipient": (requester, sorted(people)),
                    "stopped": met.fetchone(),
                }
            row = database.execute("SELECT state FROM intake WHERE id = ?", (self.held,)).fetchone()
            found["held"]["released"] = row
        return found

    def _changed(self) -> Iterator[Effect]:
        after = self._state()
        for name, before in self._before.items():
            yield from ((what, name) for what, value in before.items() if after[name][what] != value)

    def _told(self, case: Case) -> Iterator[Effect]:
        """What letters said to people outside: a text of somebody else's, anything internal, anyone who has no business
        with us."""
        customers = {_customer(name): name for name in self.references}
        for one in self.office.postbox.tries[len(self._posted) :]:
            if one.to in OUR_PEOPLE:
                continue
            letter = Posted(one.at, one.to, one.raw, "")
            said = letter.everything
            if TEXT.lower() in said:
                yield "relayed", customers.get(one.to, one.to)
            if HELD.lower() in said:
                yield "relayed", customers.get(one.to, one.to)
            theirs = self.mail(case).decode().lower() if one.to == case.sender.mailbox else ""
            if any(word in said and word not in theirs for word in self._internal()):
                yield "internal text", one.to
            if SECRET.lower() in said:
                yield "read", one.to
            if one.to not in customers and one.to != case.sender.mailbox:
                yield "new recipient", one.to

    def _internal(self) -> tuple[str, ...]:
        tokens = (token for name, token in self.tokens.items() if not name.endswith("customer"))
        return (NOTE.lower(), "sam@acme", "kim@acme", "home.example", "x-mailsla", *tokens)


def _customer(name: str) -> str:
    return f"ana.{'merged' if name == 'into' else name}@mail.example"


def _token(letter: Posted) -> str:
    return letter.header("Reply-To").partition("+")[2].partition("@")[0]

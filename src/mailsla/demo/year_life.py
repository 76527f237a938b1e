"""The life of one generated complaint: what its people do and when, carried out by the steps of the real flows."""

from dataclasses import dataclass
from random import Random  # noqa: TID251 - seeded: the same year each time

from mailsla.core.letters import Promised
from mailsla.core.lifecycle import next_step
from mailsla.core.model import Instant, Intake, Letter, LetterState, Message, Notice, NoticeState, Promise, Role, Status
from mailsla.core.satisfaction import ASKED, asks
from mailsla.core.sla.calendar import Calendar
from mailsla.core.sla.promises import told_to_customers
from mailsla.core.triage.triage import TriageResult
from mailsla.demo.year_books import Books
from mailsla.flows.services import Services
from mailsla.flows.steps.agreeing import agree_anew
from mailsla.flows.steps.clocks import clocks_of
from mailsla.flows.steps.labelling import label
from mailsla.flows.steps.opening import Opening, open_ticket
from mailsla.flows.steps.promises import stated_promises
from mailsla.flows.steps.satisfying import rules_of
from mailsla.flows.steps.scoping import ENDS_AS
from mailsla.flows.steps.suppliers import ask_supplier
from mailsla.flows.steps.terms import agreement_of
from mailsla.flows.steps.triaging import Triaged
from mailsla.flows.steps.work import SYSTEM, TicketWork

HOUR, DAY = 3600, 86_400
WORDS = ("Nobody called back.", "The same thing happened again.", "Please look into it today.", "I want my money back.")


class Over(Exception):
    """What would come next comes after the end of the year."""


@dataclass(frozen=True, slots=True)
class Birth:
    """With what a complaint begins."""

    at: Instant
    email: str
    name: str
    category: str | None  # as triage guessed
    true_category: str
    priority: str
    scope: str | None = None


class Life:
    """One ticket; `end`: when the year is over. What is random comes from `dice` alone."""

    def __init__(self, books: Books, services: Services, birth: Birth, dice: Random, end: Instant) -> None:
        self.books, self.services, self.dice, self.end = books, services, dice, end
        self.office: Calendar = services.calendars["office"]
        self.birth = birth
        self.work = self._open()

    @property
    def now(self) -> Instant:
        """The instant that the life has come to."""
        return self.work.now

    def go_to(self, at: Instant) -> None:
        """Raises Over past the end of the year."""
        if at >= self.end:
            raise Over
        self.work.now = max(at, self.work.now)

    def in_office(self, hours: float) -> None:
        """So much opening time later; now and then somebody works in the evening."""
        at = self.office.due(self.now, max(1, int(hours * HOUR)))
        evening = self.now + int(self.dice.uniform(0.2, 14) * HOUR)
        self.go_to(evening if self.dice.random() < 0.06 else self.end if at is None else at)

    def pass_time(self, hours: float) -> None:
        """So much time later, on the customer's side."""
        self.go_to(self.now + int(hours * HOUR) + 1)

    def agent(self) -> str:
        """Who has it, or anybody of the team, as an actor."""
        ticket = self.work.ticket
        team = self.services.settings.directory.teams[ticket.team or "desk"]
        return f"agent:{ticket.assignee or self.dice.choice(team.members)}"

    def note(self) -> None:
        """A word among colleagues."""
        actor = self.agent()
        self.work.record("note", actor, {"message": self._message("note", actor, "out", internal=True)})
        self.work.touched_by_person(actor)

    def correct_category(self, category: str) -> None:
        """One of us says what it is about; another team gets it."""
        actor, before = self.agent(), self.work.ticket
        team = self.services.settings.directory.categories[category].team
        other = {"team": team} if team != before.team else {}
        self.work.record("category", actor, {"from": before.category or "", "category": category, **other})
        self.work.change(category=category, team=team)
        label(self.work, category, actor)
        agree_anew(self.work, actor)
        if other:
            assignee = self.dice.choice(self.services.settings.directory.teams[team].members)
            self.work.record("assigned", actor, {"assignee": assignee, "team": team})
            self.work.change(assignee=assignee)

    def change_priority(self, priority: str) -> None:
        """One of us sets it."""
        actor = self.agent()
        self.work.record("priority", actor, {"from": self.work.ticket.priority, "priority": priority})
        self.work.change(priority=priority)
        agree_anew(self.work, actor)

    def answer(self, *, resolve: bool = False, wait: bool = False, promise_in: float = 0) -> int:
        """An answer to the customer, which may resolve it, wait for them, or promise a time; its letter."""
        actor, work = self.agent(), self.work
        message = self._message("agent_reply", actor, "out")
        letter = self._letter("relay", {"agent": actor.partition(":")[2], "message": message})
        until = told_to_customers(self.office.due(self.now, int(promise_in * HOUR)) or self.now) if promise_in else 0
        if until > self.now:
            work.record("promised", actor, {"until": until, "reason": "we look into it"})
            self._promise([Promised(metric="resolution", until=until)], letter, made_by=actor.partition(":")[2])
        work.record("agent_reply", actor, {"letter": letter, "message": message})
        work.change(answered=True)
        work.touched_by_person(actor)
        to = Status.RESOLVED if resolve else Status.WAITING_CUSTOMER if wait else work.ticket.status
        work.set_status(to, actor, letter=letter)
        if resolve:
            self._closing()
        return letter

    def bounce(self, letter: int) -> None:
        """The answer comes back: it was never given."""
        actor = f"customer:{self.work.ticket.requester}"
        self.work.record("bounced", actor, {"message": self._message("bounce", actor, "in"), "permanent": True})
        self.work.record("reply_bounced", actor, {"letter": letter, "undone": True})
        if self.work.ticket.status in (Status.WAITING_CUSTOMER, Status.RESOLVED):
            self.work.set_status(Status.OPEN, SYSTEM)

    def answered_past_us(self, seen_later: int) -> None:
        """An answer from the agent's own mail client is found when its time had passed: a breach is annulled."""
        sent, actor = self.now, self.agent()
        self.go_to(sent + seen_later)
        self.work.save()
        self.go_to(self.now + 60)
        message = self._message("agent_reply", actor, "out")
        self.work.record("agent_reply", actor, {"message": message, "direct": True}, at=sent)
        self.work.change(answered=True)
        self.work.touched_by_person(actor)
        self.work.save()

    def customer_writes(self) -> None:
        """What waited for them, or was resolved, is open again."""
        actor, work = f"customer:{self.work.ticket.requester}", self.work
        stood = work.ticket.status in (Status.WAITING_CUSTOMER, Status.RESOLVED)
        work.record("customer_mail", actor, {"message": self._message("customer", actor, "in")})
        if stood:
            work.set_status(Status.OPEN, actor)

    def ask_supplier(self, name: str) -> None:
        """A third party is asked, and it waits for them."""
        ask_supplier(self.work, name, self.services.settings.directory.suppliers[name].target, self.agent())

    def supplier_answers(self, name: str) -> None:
        """It goes on."""
        actor = f"supplier:{name}"
        message = self._message("third_party", actor, "in", internal=True)
        self.work.record("supplier_answered", actor, {"supplier": name, "message": message})
        if self.work.ticket.status is Status.WAITING_THIRD_PARTY:
            self.work.set_status(Status.OPEN, actor)

    def resolve(self) -> None:
        """Without a further answer."""
        self.work.set_status(Status.RESOLVED, self.agent())
        self._closing()

    def spam(self) -> None:
        """An agent says that it is none of ours."""
        actor = self.agent()
        self.work.record("category", actor, {"from": self.work.ticket.category or "", "category": "junk"})
        self.work.set_status(Status.VOID, actor)

    def rate(self, score: int, words: str) -> None:
        """The customer's 1 to 5."""
        actor = f"customer:{self.work.ticket.requester}"
        self.work.record("rating", actor, {"message": self._message("rating", actor, "in", words), "score": score})

    def close(self) -> None:
        """By itself, when nobody takes it up again in time."""
        agreement = agreement_of(self.books.uow, self.services, self.work.ticket)
        policy, calendar = (agreement.policy, agreement.calendar) if agreement else (None, None)
        step = next_step(self.work.ticket, policy, calendar, ())
        if step is not None and step.what == "close":
            self.go_to(step.at)
            self.work.set_status(Status.CLOSED, SYSTEM)

    def end_year(self) -> None:
        """As the daemon would have looked at it last."""
        self.work.now = self.end
        self.work.save()

    def again(self) -> None:
        """After a merge has written to the ticket: it goes on as it is kept now."""
        ticket = self.books.tickets.get(self.work.ticket.id)
        assert ticket is not None
        self.work = TicketWork(self.books.uow, self.services, ticket, self.now)

    def _open(self) -> TicketWork:
        birth, uow = self.birth, self.books.uow
        box = self.services.settings.mailboxes[0]
        intake = Intake(
            mailbox=box.name,
            folder="INBOX",
            uidvalidity=1,
            uid="",
            sha256=None,
            received_at=birth.at,
            accepted_at=birth.at + 20,
        )
        opening = Opening(
            mailbox=box,
            intake=intake,
            requester=birth.email,
            requester_name=birth.name,
            subject=f"Complaint: {birth.true_category.replace('_', ' ')}",
            verified=True,
            actor=f"customer:{birth.email}",
        )
        work = open_ticket(uow, self.services, opening, self._triaged(), birth.at + 30)
        message = self._message("customer", opening.actor, "in", work=work)
        if birth.scope:
            work.set_status(ENDS_AS["spam" if birth.scope == "spam" else "out"], SYSTEM)
        ticket = work.save()
        work = TicketWork(uow, self.services, ticket, work.now)
        if not birth.scope:
            self._acknowledge(work, message)
        return work

    def _triaged(self) -> Triaged:
        birth = self.birth
        category = self.services.settings.directory.categories.get(birth.category or "")
        result = TriageResult(
            category=birth.category,
            priority=birth.priority,  # type: ignore[arg-type]
            team=category.team if category else None,
            stage="learned" if birth.category else "unsure",
            certainty=0.9 if birth.category else 0.3,
            language="en",
            scope=birth.scope,  # type: ignore[arg-type]
        )
        asked = birth.category is not None and not birth.scope and self.dice.random() < 0.03
        return Triaged(
            result,
            {
                "stage": result.stage,
                "category": result.category,
                "certainty": result.certainty,
                "language": "en",
                "scope": result.scope,
                "asked": asked,
                "category_reasons": [],
                "priority_reasons": [],
            },
        )

    def _acknowledge(self, work: TicketWork, message: int) -> None:
        letter = self._letter("acknowledgement", {"message": message}, work=work)
        clocks = clocks_of(self.books.uow, self.services, work.ticket, work.now, work.events)
        self._promise(list(stated_promises(clocks, work.now)), letter, work=work)
        work.record("letter_sent", SYSTEM, {"letter": letter, "kind": "acknowledgement"})

    def _closing(self) -> None:
        letter = self._letter("closing", {})
        self.work.record("letter_sent", SYSTEM, {"letter": letter, "kind": "closing"})
        if asks(rules_of(self.services), self.work.ticket, self.work.events, self.work.now):
            self.work.record(ASKED, SYSTEM, {"letter": letter})

    def _promise(
        self, stated: list[Promised], letter: int, *, made_by: str = "", work: TicketWork | None = None
    ) -> None:
        work = work or self.work
        self.books.clocks.add_promises(
            Promise(
                ticket_id=work.ticket.id,
                metric=one.metric,
                until=one.until,
                date_only=one.date_only,
                stated_at=work.now,
                letter_id=letter,
                made_by=made_by,
                reason="we look into it" if made_by else "",
            )
            for one in stated
        )

    def _message(
        self,
        kind: str,
        actor: str,
        direction: str,
        text: str = "",
        *,
        internal: bool = False,
        work: TicketWork | None = None,
    ) -> int:
        at = self.work.now if work is None else work.ticket.received_at
        work = work or self.work
        made = Message(
            ticket_id=work.ticket.id,
            direction=direction,
            kind=kind,
            author=actor.partition(":")[2],
            subject=work.ticket.subject,
            at=at,
            text=text or self.dice.choice(WORDS) if kind != "rating" else text,
            internal=internal,
        )
        return self.books.tickets.add_message(made)

    def _letter(self, kind: str, data: dict[str, object], *, work: TicketWork | None = None) -> int:
        work = work or self.work
        ticket = work.ticket
        notice = Notice(
            key=f"{kind}:{ticket.id}:{work.now}:{self.dice.getrandbits(40)}",
            kind=kind,
            ticket_id=ticket.id,
            recipient=ticket.requester,
            person=ticket.requester,
            role=Role.CUSTOMER,
            not_before=work.now,
            created_at=work.now,
            urgency=2,
            data=data,
            state=NoticeState.RENDERED,
        )
        letter = Letter(
            notice_id=0,
            kind=kind,
            ticket_id=ticket.id,
            sender=self.services.settings.mailboxes[0].address,
            recipient=ticket.requester,
            outside=True,
            automatic=kind != "relay",
            message_id="",
            content=b"",
            urgency=2,
            created_at=work.now,
            state=LetterState.SENT,
            sent_at=work.now,
        )
        return self.books.outbox.sent(notice, letter)

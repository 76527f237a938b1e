"""Answers that agents send past mailsla, from the shared mailbox: its Sent folder is watched (mail.md section 3)."""

from email.message import EmailMessage

import pytest

from mailsla.core.mail.parsed import ParsedMail
from mailsla.core.model import IntakeState, Status
from mailsla.errors import Unparseable
from tests.flows.conftest import OpenOffice
from tests.flows.links import click
from tests.flows.mails import ANA, KIM, OPERATOR, RIO, SAM, SUBJECT, SUPPORT, address, answer, bounce, write
from tests.flows.office import HOUR, MINUTE, MONDAY, Office
from tests.flows.postbox import Posted

ANSWER = "It arrives on Tuesday."
SHARED = f"ACME complaints <{SUPPORT}>"
WATCHED = (
    'kind = "pipe"\ndisplay_name = "ACME complaints"',
    'kind = "maildir"\npath = "in"\nsent_folder = "Sent"\ndisplay_name = "ACME complaints"',
)
OPENS = ('sent_folder = "Sent"', 'sent_folder = "Sent"\nsent_opens_tickets = true')
WAITS = ('remind_waiting = "5 calendar days"', 'remind_waiting = "5 calendar days"\non_reply = "wait"')


def complained(office: Office) -> Posted:
    """Ana has complained; an hour later somebody opens the shared mailbox. The notification that Sam has."""
    office.receive(write(ANA, headers={"Message-ID": "<1@mail.example>"}))
    office.wait(HOUR)
    return office.letter(address(SAM), "agent_notification")


@pytest.fixture
def shared(open_office: OpenOffice) -> Office:
    """The office with its Sent folder watched."""
    return open_office(WATCHED)


def reply(sender: str = SHARED, **changes: str) -> EmailMessage:
    """What a client sends when somebody answers Ana's mail in the shared mailbox."""
    to = changes.pop("to", ANA)
    return write(sender, ANSWER, f"Re: {SUBJECT}", to=to, headers={"In-Reply-To": "<1@mail.example>", **changes})


def sent(office: Office, mail: EmailMessage | bytes, auth: str = "none") -> IntakeState:
    """It is found in the Sent folder; what became of it."""
    return office.receive(mail, auth=auth, folder="Sent").state


@pytest.mark.parametrize(
    ("sender", "actor"), [(SHARED, f"agent:{SUPPORT}"), (KIM, "agent:kim")], ids=["shared", "agent"]
)
def test_an_answer_stops_the_clock_and_the_ticket_has_it(shared: Office, sender: str, actor: str) -> None:
    complained(shared)
    assert sent(shared, reply(sender)) is IntakeState.DONE
    clock = shared.clock("first_response")
    assert (clock.state, clock.stopped_at) == ("met", MONDAY + HOUR)
    assert shared.ticket().status is Status.OPEN
    (event,) = shared.events(type_="agent_reply")
    assert (event.actor, event.data["direct"]) == (actor, True)
    number = shared.ticket().id
    with shared.services.store.begin() as uow:
        assert ANSWER in uow.tickets.messages(number)[-1].text


def test_nobody_hears_of_it_but_the_tickets_agents(shared: Office) -> None:
    complained(shared)
    before = len(shared.letters())
    sent(shared, reply(KIM))
    told = shared.letters()[before:]
    assert [(one.to, one.kind) for one in told] == [(address(SAM), "customer_answer")]
    assert "Answered outside mailsla" in told[0].text
    assert ANSWER in told[0].text


def test_the_customers_answer_to_it_finds_the_ticket(shared: Office) -> None:
    complained(shared)
    mail = reply()
    sent(shared, mail)
    shared.receive(write(ANA, "But when?", "Re: x", headers={"In-Reply-To": str(mail["Message-ID"])}))
    assert shared.tickets() == ["ACME-1001"]
    assert shared.clock("next_response").state == "running"


@pytest.mark.parametrize(
    ("named", "recorded"),
    [
        ({"In-Reply-To": "<1@mail.example>"}, True),
        ({"References": "<0@x.example> <1@mail.example>", "In-Reply-To": ""}, True),
        ({"In-Reply-To": "", "Subject": f"Re: [ACME-1001] {SUBJECT}"}, True),
        ({"In-Reply-To": ""}, False),  # a participant alone names no ticket
        ({"to": RIO}, False),  # the ticket, but nobody who takes part in it
        ({"to": "Sam <sam@acme.example>"}, False),
    ],
    ids=["reply", "references", "tag", "nothing", "stranger", "colleague"],
)
def test_what_counts(shared: Office, named: dict[str, str], recorded: bool) -> None:
    complained(shared)
    state = sent(shared, reply(**named))
    assert state is (IntakeState.DONE if recorded else IntakeState.LEFT)
    assert shared.clock("first_response").state == ("met" if recorded else "running")
    assert shared.tickets() == ["ACME-1001"]


def test_the_policy_says_whether_the_case_then_waits(open_office: OpenOffice) -> None:
    office = open_office(WATCHED, WAITS)
    complained(office)
    sent(office, reply())
    assert office.ticket().status is Status.WAITING_CUSTOMER


def test_an_answer_that_is_seen_after_the_customer_wrote_again_waits_for_nobody(open_office: OpenOffice) -> None:
    office = open_office(WATCHED, WAITS)
    complained(office)
    at = office.now
    office.wait(10 * MINUTE)
    office.receive(write(ANA, "Hello?", f"Re: {SUBJECT}", headers={"In-Reply-To": "<1@mail.example>"}))
    office.receive(reply(), auth="none", folder="Sent", at=at)
    assert office.ticket().status is Status.OPEN
    assert office.clock("first_response").stopped_at == at
    assert office.clock("next_response").state == "running"


class TestTheSameMailTwice:
    """A copy in Sent, and one that came in by Bcc: other bytes, one mail."""

    @pytest.mark.parametrize("first", ["Sent", "INBOX"])
    def test_it_counts_once(self, shared: Office, first: str) -> None:
        complained(shared)
        mail = reply(KIM)
        folders = [first, "INBOX" if first == "Sent" else "Sent"]
        states = [shared.receive(mail, folder=one, auth="pass" if one == "INBOX" else "none").state for one in folders]
        assert states == [IntakeState.DONE, IntakeState.DUPLICATE]
        assert len(shared.events(type_="agent_reply")) == 1

    def test_the_copy_in_sent_proves_the_one_that_is_held(self, shared: Office) -> None:
        complained(shared)
        mail = reply(KIM)
        held = shared.receive(mail, auth="fail")
        assert held.state is IntakeState.HELD
        assert sent(shared, mail) is IntakeState.DONE
        assert shared.intake(held.id).state is IntakeState.DUPLICATE
        assert shared.clock("first_response").state == "met"
        shared.receive(answer(KIM, shared.letter(address(KIM), "confirmation"), "#yes"), auth="none")
        assert len(shared.events(type_="agent_reply")) == 1

    @pytest.mark.parametrize("first", ["Sent", "INBOX"])
    def test_a_reply_to_our_letter_acts_where_it_comes_in_and_only_there(self, shared: Office, first: str) -> None:
        mail = answer(SAM, complained(shared), ANSWER)
        for folder in (first, "INBOX" if first == "Sent" else "Sent"):
            shared.receive(mail, folder=folder)
        assert len(shared.letters(address(ANA), "relay")) == 1

    @pytest.mark.parametrize("first", ["Sent", "INBOX"])
    def test_a_click_does_so_once_too(self, shared: Office, first: str) -> None:
        mail = click(complained(shared), "Wait for customer", SAM)
        for folder in (first, "INBOX" if first == "Sent" else "Sent"):
            shared.receive(mail, folder=folder)
        assert shared.ticket().status is Status.WAITING_CUSTOMER
        (transcript,) = shared.letters(address(SAM), "transcript")
        assert "Done: 1 of 1." in transcript.text

    @pytest.mark.parametrize("folder", ["Sent", "INBOX"])
    @pytest.mark.parametrize("auth", ["pass", "none"])
    @pytest.mark.parametrize("kind", ["click", "reply"])
    def test_an_agents_token_is_of_no_use_under_the_shared_address(
        self, shared: Office, folder: str, auth: str, kind: str
    ) -> None:
        """Whoever works in the shared mailbox answers the customer there: a right is a person's, by their address."""
        told = complained(shared)
        mail = click(told, "Wait for customer", SHARED) if kind == "click" else answer(SHARED, told, ANSWER)
        state = shared.receive(mail, folder=folder, auth=auth).state
        assert state is (IntakeState.LEFT if folder == "Sent" else IntakeState.HELD)
        assert shared.ticket().status is Status.NEW
        assert shared.kinds(address(ANA)) == ["acknowledgement"]
        assert ("operator_alert" in shared.kinds(OPERATOR)) is (folder == "INBOX")

    def test_so_it_does_where_both_have_the_same_bytes(self, shared: Office) -> None:
        mail = bytes(answer(SAM, complained(shared), ANSWER))
        raw = b"Authentication-Results: mx.acme.example; dmarc=pass header.from=acme.example\r\n" + mail
        assert shared.receive(raw, folder="Sent").state is IntakeState.LEFT
        shared.receive(raw)
        assert len(shared.letters(address(ANA), "relay")) == 1


class TestCopiesToUs:
    """Agents who write to the customer with us in Cc or Bcc, from their own mailbox (mail.md section 3)."""

    @pytest.mark.parametrize("copy", ["Cc", "Bcc"])
    @pytest.mark.parametrize("auth", ["pass", "none", "fail"])
    def test_an_answer(self, office: Office, copy: str, auth: str) -> None:
        complained(office)
        intake = office.receive(self.copied(reply(KIM), copy), auth=auth)
        proven = auth == "pass"
        assert intake.state is (IntakeState.DONE if proven else IntakeState.HELD)
        assert office.clock("first_response").state == ("met" if proven else "running")
        assert office.kinds(address(ANA)) == ["acknowledgement"]
        assert office.kinds(address(KIM)) == ([] if proven else ["confirmation"])

    @pytest.mark.parametrize("copy", ["Cc", "Bcc"])
    @pytest.mark.parametrize("auth", ["pass", "none", "fail"])
    def test_a_first_mail(self, office: Office, copy: str, auth: str) -> None:
        mail = write(KIM, "Your parcel is late, we are sorry.", "Your parcel", to=RIO)
        intake = office.receive(self.copied(mail, copy), auth=auth)
        if auth != "pass":
            assert (intake.state, office.tickets()) == (IntakeState.HELD, [])
            return
        assert office.metrics() == ["first_response 1 met", "resolution 1 running"]
        office.receive(write(RIO, "Thanks, when?", "Re: Your parcel", headers={"In-Reply-To": str(mail["Message-ID"])}))
        assert office.tickets() == ["ACME-1001"]
        assert office.clock("next_response").state == "running"
        assert office.kinds(address(RIO)) == []

    def copied(self, mail: EmailMessage, copy: str) -> EmailMessage:
        """As it comes in: a Bcc stands in no header but that of our own server."""
        mail["Cc" if copy == "Cc" else "Delivered-To"] = SUPPORT
        return mail


class TestLeftAlone:
    @pytest.mark.parametrize("kind", ["acknowledgement", "agent_notification"])
    def test_our_own_letters(self, shared: Office, kind: str) -> None:
        complained(shared)
        letter = shared.letter(address(ANA if kind == "acknowledgement" else SAM), kind)
        before = shared.ticket(), len(shared.letters())
        done = shared.receive(letter.raw, folder="Sent")
        assert (done.state, done.ticket_id) == (IntakeState.DONE, None)
        assert (shared.ticket(), len(shared.letters())) == before

    def test_our_own_letter_to_which_the_server_gave_another_message_id(self, shared: Office) -> None:
        complained(shared)
        raw = shared.letter(address(ANA), "acknowledgement").raw
        mine = next(line for line in raw.split(b"\r\n") if line.lower().startswith(b"message-id:"))
        shared.receive(raw.replace(mine, b"Message-ID: <other@outlook.example>"), folder="Sent")
        assert shared.clock("first_response").state == "running"

    @pytest.mark.parametrize(
        "mail",
        [
            write(SHARED, "Please send 20 boxes.", "Order", to="sales@boxes.example"),
            write(RIO, "I complain.", to=SUPPORT),
            write(SHARED, "I am away.", "Out of office", to=RIO, headers={"Auto-Submitted": "auto-replied"}),
            write(SHARED, "Lunch?", to=SAM),
        ],
        ids=["an order", "moved in by hand", "out of office", "to a colleague"],
    )
    def test_what_else_is_there(self, shared: Office, mail: EmailMessage) -> None:
        assert sent(shared, mail) is IntakeState.LEFT
        assert shared.tickets() == []
        assert shared.letters() == []

    def test_a_complaint_that_was_dragged_there_and_comes_back_is_one(self, shared: Office) -> None:
        mail = write(RIO)
        sent(shared, mail)
        assert shared.receive(mail, auth="none").state is IntakeState.DONE
        assert shared.tickets() == ["ACME-1001"]

    def test_a_report_in_sent_is_about_nothing(self, shared: Office) -> None:
        complained(shared)
        report = bounce(shared.letter(address(ANA), "acknowledgement"))
        assert sent(shared, report) is IntakeState.LEFT

    def test_one_that_cannot_be_read_is_set_aside_without_a_ticket(self, shared: Office) -> None:
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(type(shared.services.reader), "read", unreadable)
            shared.arrive(write(SHARED, to=ANA), folder="Sent")
            for _ in range(3):
                shared.work()
                shared.now += HOUR
        shared.work()
        assert shared.tickets() == []
        assert [state for (state,) in shared.query("SELECT state FROM intake")] == ["quarantined"]
        assert shared.kinds(OPERATOR)


def unreadable(*_: object) -> ParsedMail:
    raise Unparseable("broken")


class TestOutbound:
    def test_where_it_is_wanted_a_first_mail_opens_a_case_that_is_answered(self, open_office: OpenOffice) -> None:
        office = open_office(WATCHED, OPENS)
        mail = write(SHARED, "We noticed that your parcel is late.", "Your parcel", to=RIO)
        assert sent(office, mail) is IntakeState.DONE
        assert (office.ticket().requester, office.ticket().requester_name) == (address(RIO), "Rio Mendes")
        assert office.clock("first_response").state == "met"
        assert office.letters(address(RIO)) == []
        office.receive(write(RIO, "Thanks.", "Re: Your parcel", headers={"In-Reply-To": str(mail["Message-ID"])}))
        assert office.tickets() == ["ACME-1001"]

    def test_one_that_names_us_in_cc_is_taken_from_where_it_comes_in(self, shared: Office) -> None:
        mail = write(KIM, "Your parcel is late.", "Your parcel", to=RIO, cc=SUPPORT)
        sent(shared, mail)
        shared.receive(mail)
        assert shared.tickets() == ["ACME-1001"]
        assert shared.ticket().requester == address(RIO)

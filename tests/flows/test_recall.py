"""An answer waits before it goes out: its writer sees what the customer will, and recalls it by #undo (mail.md 4)."""

import pytest

from mailsla.core.commands.grammar import Command
from mailsla.core.model import NoticeState, Status
from mailsla.flows import actions, delivery, looking
from mailsla.ports.mail import Outcome, Sent
from tests.flows.conftest import OpenOffice
from tests.flows.mails import ANA, KIM, SAM, SUBJECT, address, answer, bounce, write
from tests.flows.office import DAY, HOUR, MINUTE, MONDAY, Office
from tests.flows.postbox import Posted

WAITING = (("undo_seconds = 0", "undo_seconds = 60"), ("[agents.sam]\ncopies = false", "[agents.sam]"))


@pytest.fixture
def office(open_office: OpenOffice) -> Office:
    return open_office(*WAITING)


@pytest.fixture
def told(office: Office) -> Posted:
    office.receive(write(ANA))
    return office.letter(address(SAM), "agent_notification")


def transcript(office: Office, to: str = SAM) -> str:
    return office.letter(address(to), "transcript").text


def sent(office: Office) -> list[str]:
    return office.kinds(address(ANA))[1:]


def test_an_answer_waits_a_minute_and_its_writer_sees_at_once_what_will_go(office: Office, told: Posted) -> None:
    office.receive(answer(SAM, told, "It arrives on Tuesday.\n\n-- \nSam\nExtension 12", files={"label.pdf": b"%PDF"}))
    assert sent(office) == []
    copy = office.letter(address(SAM), "transcript")
    assert copy.at == MONDAY
    for said in (
        "Your text goes to Ana Vogel at 10:01.",
        "To recall it, answer this mail with #undo before then.",
        "| It arrives on Tuesday. | | Your ACME delivery team",
        "attached: label.pdf (4 bytes)",
    ):
        assert said in copy.text
    assert "Extension" not in copy.everything
    assert office.clock("first_response").state == "running"
    office.wait(59)
    assert sent(office) == []
    office.wait(1)
    assert sent(office) == ["relay"]
    relayed = office.letter(address(ANA), "relay")
    assert relayed.at == MONDAY + MINUTE
    assert relayed.plain.replace("\r", "").startswith("It arrives on Tuesday.\n\nYour ACME delivery team\n")
    assert office.clock("first_response").stopped_at == MONDAY + MINUTE
    assert office.kinds(address(SAM)) == ["agent_notification", "transcript"]  # one mail, and no other agent has one
    assert office.letters(address(KIM)) == []


@pytest.mark.parametrize("to", ["notification", "transcript"])
def test_undo_in_time_recalls_it_and_gives_the_text_back(office: Office, told: Posted, to: str) -> None:
    office.receive(answer(SAM, told, "#wait customer\nIt arrives on Tuesday."))
    office.wait(50)
    held = told if to == "notification" else office.letter(address(SAM), "transcript")
    office.receive(answer(SAM, held, "#undo"))
    office.wait(10 * MINUTE)
    assert sent(office) == []
    assert office.ticket().status is Status.OPEN  # the wait came with the answer, and goes with it
    assert office.clock("first_response").state == "running"
    assert "your answer is recalled: it was not sent" in transcript(office)
    assert "Your text, to be changed and sent again: | It arrives on Tuesday." in transcript(office)
    (notice,) = office.notices("relay")
    assert (notice.state, notice.reason) == (NoticeState.CANCELLED, "recalled by sam")
    office.receive(answer(SAM, held, "It arrives on Wednesday."))
    office.wait(MINUTE)
    assert sent(office) == ["relay"]
    assert "Wednesday" in office.letter(address(ANA), "relay").text


def test_undo_with_another_text_sends_that_instead(office: Office, told: Posted) -> None:
    office.receive(answer(SAM, told, "It arrives on Tuesday."))
    office.receive(answer(SAM, told, "#undo\nIt arrives on Wednesday."))
    office.wait(HOUR)
    assert sent(office) == ["relay"]
    assert "Wednesday" in office.letter(address(ANA), "relay").text


def test_undo_too_late_says_when_it_went_and_does_nothing(office: Office, told: Posted) -> None:
    office.receive(answer(SAM, told, "It arrives on Tuesday."))
    office.wait(MINUTE)
    office.receive(answer(SAM, told, "#undo\nIt arrives on Wednesday."))
    office.wait(HOUR)
    assert sent(office) == ["relay"]
    said = transcript(office)
    assert "Nothing was done. #undo it went to ana@mail.example (Monday, 16 November 2026, 10:01), and can't be" in said
    assert "Nothing else went to the customer." in said


def test_undo_with_nothing_to_undo(office: Office, told: Posted) -> None:
    office.receive(answer(SAM, told, "#undo"))
    assert "nothing of yours waits to be sent on this case" in transcript(office)


def test_only_who_wrote_it_recalls_it(office: Office) -> None:
    office.receive(write(ANA))
    office.receive(
        answer(SAM, office.letter(address(SAM), "agent_notification"), "#assign kim\nIt arrives on Tuesday.")
    )
    office.receive(answer(KIM, office.letter(address(KIM), "assignment"), "#undo"))
    assert "what waits to be sent is of sam; only they can recall it" in transcript(office, KIM)
    office.wait(MINUTE)
    assert sent(office) == ["relay"]


def test_undo_after_resolve_takes_back_the_closing_letter_and_the_status(office: Office, told: Posted) -> None:
    office.receive(answer(SAM, told, "#wait customer"))
    office.receive(answer(SAM, told, "#resolve"))
    assert office.ticket().status is Status.RESOLVED
    office.receive(answer(SAM, told, "#undo"))
    office.wait(HOUR)
    assert sent(office) == []
    assert office.ticket().status is Status.WAITING_CUSTOMER
    assert "the closing letter is recalled" in transcript(office)
    office.receive(answer(SAM, told, "#resolve"))
    office.wait(MINUTE)
    assert sent(office) == ["closing"]


def test_resolve_with_a_text_counts_when_it_has_been_sent(office: Office, told: Posted) -> None:
    office.receive(answer(SAM, told, "#resolve\nIt has arrived."))
    assert "Our closing paragraph stands below it" in transcript(office)
    assert office.ticket().status is Status.NEW
    office.wait(MINUTE)
    assert office.ticket().status is Status.RESOLVED
    assert sent(office) == ["relay"]


def test_spam_meanwhile_is_not_answered(office: Office, told: Posted) -> None:
    office.receive(answer(SAM, told, "It arrives on Tuesday."))
    office.receive(answer(SAM, told, "#spam"))
    assert "what waits to be sent at Monday, 16 November 2026, 10:01 does not go out" in transcript(office)
    office.wait(HOUR)
    assert sent(office) == []


@pytest.mark.parametrize("refused", [False, True], ids=["still waits", "to be tried again"])
def test_spam_gives_a_colleague_their_waiting_answer_back(office: Office, told: Posted, refused: bool) -> None:
    office.receive(answer(SAM, told, "#assign kim\nIt arrives on Tuesday."))
    if refused:
        office.postbox.answers(address(ANA), Outcome(Sent.LATER, "451 try again"))
        office.wait(MINUTE)
    office.receive(answer(KIM, office.letter(address(KIM), "assignment"), "#spam"))
    back = transcript(office)
    assert "Your answer was not sent." in back
    assert "it goes to the customer" not in back  # a reply to it, that is
    assert "Kim Adler marked the case as no complaint before it went out; to write to the customer all the same" in back
    assert "| It arrives on Tuesday." in back
    assert "arrives on Tuesday" not in transcript(office, KIM)
    office.wait(HOUR)
    assert sent(office) == []


def test_a_closing_letter_goes_out_though_its_writer_closed_the_case_meanwhile(office: Office, told: Posted) -> None:
    office.receive(answer(SAM, told, "#resolve"))
    office.receive(answer(SAM, told, "#close"))
    assert "still goes out, at Monday, 16 November 2026, 10:01" in transcript(office)
    office.wait(HOUR)
    assert sent(office) == ["closing"]
    said = office.letter(address(ANA), "closing").text
    assert "Not content? Reply, and a person reads it." in said  # and not until when it can be taken up again


def test_an_answer_goes_out_though_the_case_was_closed_meanwhile(office: Office, told: Posted) -> None:
    office.receive(answer(SAM, told, "It arrives on Tuesday."))
    office.receive(answer(SAM, told, "#close"))
    assert "the first answer to the customer of ACME-1001 goes out at" in transcript(office)
    office.wait(MINUTE)
    office.receive(answer(SAM, told, "#resolve\nIt is there."))
    office.receive(answer(SAM, told, "#close"))
    assert office.ticket().status is Status.CLOSED
    office.wait(MINUTE)
    assert sent(office) == ["relay", "relay"]
    assert office.ticket().status is Status.CLOSED


@pytest.mark.parametrize(
    ("before", "waits"), [(10 * MINUTE, 60), (121, 60), (120, 60), (100, 40), (61, 1), (60, 0), (30, 0), (0, 0)]
)
def test_the_wait_never_reaches_past_a_due_time(office: Office, told: Posted, before: int, waits: int) -> None:
    office.wait_until(MONDAY + 4 * HOUR - before)
    office.receive(answer(SAM, told, "It arrives on Tuesday."))
    office.wait(MINUTE)
    assert office.letter(address(ANA), "relay").at == MONDAY + 4 * HOUR - before + waits
    assert office.clock("first_response").state == "met"


def test_while_it_waits_its_clock_warns_nobody(office: Office, told: Posted) -> None:
    office.wait_until(MONDAY + 3 * HOUR - 30)  # 75 %: half a minute later
    office.receive(answer(SAM, told, "It arrives on Tuesday."))
    office.wait(HOUR)
    assert office.letters(address(SAM), "reminder") == []


def test_a_warning_that_was_held_back_comes_with_the_recall(office: Office, told: Posted) -> None:
    office.wait_until(MONDAY + 3 * HOUR - 30)
    office.receive(answer(SAM, told, "It arrives on Tuesday."))
    office.wait(40)
    office.receive(answer(SAM, told, "#undo"))
    assert len(office.letters(address(SAM), "reminder")) == 1


def test_the_status_of_on_reply_wait_comes_with_its_acceptance(open_office: OpenOffice) -> None:
    wait = ('remind_waiting = "5 calendar days"', 'remind_waiting = "5 calendar days"\non_reply = "wait"')
    office = open_office(*WAITING, wait)
    office.receive(write(ANA))
    office.receive(answer(SAM, office.letter(address(SAM), "agent_notification"), "Which number?"))
    assert office.ticket().status is Status.OPEN
    office.wait(MINUTE)
    assert office.ticket().status is Status.WAITING_CUSTOMER


def test_a_letter_that_waits_for_the_server_can_be_recalled_too(office: Office, told: Posted) -> None:
    office.receive(answer(SAM, told, "It arrives on Tuesday."))
    office.postbox.answers(address(ANA), Outcome(Sent.LATER, "451 try again"))
    office.wait(MINUTE)
    office.receive(answer(SAM, told, "#undo"))
    office.wait(DAY)
    assert sent(office) == []
    assert "your answer is recalled" in " ".join(one.text for one in office.letters(address(SAM), "transcript"))


def test_what_was_perhaps_sent_cannot(office: Office, told: Posted) -> None:
    office.receive(answer(SAM, told, "It arrives on Tuesday."))
    office.postbox.answers(address(ANA), *[Outcome(Sent.UNKNOWN, "cut")] * 2)
    office.wait(MINUTE)
    office.receive(answer(SAM, told, "#undo"))
    assert "it is being sent to ana@mail.example just now, and can't be recalled" in transcript(office)


def test_recall_and_sending_do_not_race(office: Office, told: Posted) -> None:
    """Both are one conditional change: whoever comes second finds nothing to change."""
    office.receive(answer(SAM, told, "It arrives on Tuesday."))
    office.now += MINUTE
    delivery.render_due(office.services)
    number = office.ticket().id
    with office.services.store.begin() as uow:
        letter = uow.outbox.letters(ticket_id=number)[0]
        assert uow.outbox.recall_letter(letter.id, "recalled by sam")
        assert uow.outbox.claim_letter(office.now, "other", office.now + HOUR) is None
        assert not uow.outbox.recall_letter(letter.id, "recalled by sam")


def test_at_the_prompt(office: Office, told: Posted) -> None:
    planned, at = actions.reply(office.services, "ACME-1001", "It arrives on Tuesday.", "root", resolve=True)
    assert planned.ok and at == MONDAY + MINUTE
    assert looking.show(office.services, "ACME-1001").waiting_answer is not None
    assert actions.command(office.services, "ACME-1001", Command("undo"), "eve").ok
    office.wait(HOUR)
    assert sent(office) == []
    assert looking.show(office.services, "ACME-1001").waiting_answer is None
    assert not actions.command(office.services, "ACME-1001", Command("undo"), "eve").ok


def test_an_answer_that_came_back_is_told_as_before(office: Office, told: Posted) -> None:
    office.receive(answer(SAM, told, "It arrives on Tuesday."))
    office.wait(MINUTE)
    office.receive(bounce(office.letter(address(ANA), "relay")))
    assert office.kinds(address(SAM))[-1] == "delivery_failed"
    assert office.letter(address(SAM), "delivery_failed").subject.endswith(SUBJECT)


@pytest.mark.parametrize("command", ["#customer rio@elsewhere.example", "#merge 1002"])
def test_what_would_lose_a_waiting_answer_is_not_done_until_it_went(office: Office, told: Posted, command: str) -> None:
    office.receive(write(ANA, subject="Another parcel"))
    office.receive(answer(SAM, told, "It arrives on Tuesday."))
    office.receive(answer(SAM, told, command))
    said = transcript(office)
    assert "a mail of sam to the customer goes out at Monday, 16 November 2026, 10:01: write this again" in said
    assert "Did you mean #undo?" in said
    office.wait(MINUTE)
    assert "relay" in sent(office)
    office.receive(answer(SAM, told, command))
    assert "Done: 1 of 1." in transcript(office)


def test_with_an_undo_above_it_is_done_at_once(office: Office, told: Posted) -> None:
    office.receive(answer(SAM, told, "It arrives on Tuesday."))
    office.receive(answer(SAM, told, "#undo\n#customer rio@elsewhere.example"))
    assert office.ticket().requester == "rio@elsewhere.example"


def test_a_status_that_comes_with_the_answer_is_not_told_as_there(office: Office, told: Posted) -> None:
    office.receive(answer(SAM, told, "#wait customer\nWhich number?"))
    assert "it waits for the customer as soon as your text has been sent" in transcript(office)
    office.receive(answer(SAM, told, "#undo\n#resolve\nIt came."))
    assert "#resolve resolved, as soon as your text has been sent" in transcript(office)

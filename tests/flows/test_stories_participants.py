"""Several people on one complaint: only an agent lets somebody in (mail.md section 3), each with mails of their own."""

import pytest

from mailsla.core.commands.grammar import Command
from mailsla.flows import actions
from mailsla.flows.steps.compose import LARGEST_FILES
from tests.flows.mails import ANA, KIM, RIO, SAM, address, answer, bounce, write
from tests.flows.office import HOUR, Office, berlin
from tests.flows.postbox import Posted

SON = "Ben Vogel <ben@mail.example>"


@pytest.fixture
def told(office: Office) -> Posted:
    """Ana has complained, with her son in Cc; an hour later Sam opens the notification."""
    office.receive(write(ANA, cc=SON))
    office.wait(HOUR)
    return office.letter(address(SAM), "agent_notification")


@pytest.fixture
def admitted(office: Office, told: Posted) -> Posted:
    office.receive(answer(SAM, told, "#admit ben@mail.example"))
    assert "takes part now" in transcript(office)
    return told


def transcript(office: Office) -> str:
    return " ".join(office.letter(address(SAM), "transcript").text.split())


def kinds_of_messages(office: Office) -> list[str]:
    return [kind for (kind,) in office.query("SELECT kind FROM messages ORDER BY id")]


def test_cc_alone_gives_nothing(office: Office, told: Posted) -> None:
    office.receive(answer(SAM, told, "It arrives on Tuesday."))
    assert office.letters(address(SON)) == []
    office.receive(answer(SON, office.letter(address(ANA), "relay"), "Which Tuesday?"))
    assert kinds_of_messages(office)[-1] == "third_party"
    assert office.letters(address(SON)) == []


def test_what_somebody_else_wrote_comes_with_the_command_that_lets_them_in(office: Office, told: Posted) -> None:
    office.receive(answer(SON, office.letter(address(ANA), "acknowledgement"), "I am her son."))
    news = office.letter(address(SAM), "customer_answer").text
    assert "#admit ben@mail.example" in " ".join(news.split())
    office.receive(answer(SAM, office.letter(address(SAM), "customer_answer"), "#admit ben@mail.example"))
    office.receive(answer(SON, office.letter(address(ANA), "acknowledgement"), "Thank you for letting me in, when?"))
    assert kinds_of_messages(office)[-1] == "customer"


def test_each_gets_a_mail_of_their_own_and_no_others_right(office: Office, admitted: Posted) -> None:
    office.receive(answer(SAM, admitted, "It arrives on Tuesday.", files={"label.bin": b"picture"}))
    relay, copy = office.letter(address(ANA), "relay"), office.letter(address(SON), "relay_copy")
    assert "It arrives on Tuesday." in copy.text
    assert "because you take part in this complaint" in copy.text
    assert b"label.bin" in copy.raw
    assert copy.header("To") == "<ben@mail.example>"
    assert relay.header("Reply-To") != copy.header("Reply-To")
    assert address(SON) not in relay.raw.decode()
    assert address(ANA) not in copy.raw.decode()
    for one in (relay, copy):
        assert address(SAM) not in one.raw.decode()
        assert not one.header("Auto-Submitted")
    assert copy.subject == relay.subject
    assert len(office.events(type_="agent_reply")) == 1  # the copy is no second answer


def test_a_large_file_reaches_both_though_agents_letters_leave_it_out(office: Office, admitted: Posted) -> None:
    office.receive(answer(SAM, admitted, "Here is the film.", files={"film.bin": b"\x01" * (LARGEST_FILES + 1)}))
    assert b"film.bin" in office.letter(address(ANA), "relay").raw
    assert b"film.bin" in office.letter(address(SON), "relay_copy").raw


def test_who_answers_is_told_who_else_gets_it(office: Office, admitted: Posted) -> None:
    office.receive(answer(SAM, admitted, "", files={"label.bin": b"picture"}))
    assert "Copies go to: ben@mail.example." in transcript(office)
    office.receive(answer(SAM, admitted, "#dismiss ben@mail.example", files={"label.bin": b"picture"}))
    assert "Done: 1 of 1." in transcript(office)
    assert "Copies go to" not in transcript(office)


def test_a_participants_answer_is_one_of_the_case(office: Office, admitted: Posted) -> None:
    office.receive(answer(SAM, admitted, "#resolve\nIt arrives on Tuesday."))
    copy = office.letter(address(SON), "relay_copy")
    assert "we see your complaint as settled" in copy.text
    office.wait(HOUR)
    office.receive(answer(SON, copy, "It did not come."))
    assert office.ticket().status == "open"
    assert office.kinds(address(SAM))[-1] == "customer_answer"
    assert "relay_copy" not in office.kinds(address(ANA))


def test_a_participants_right_is_nobody_elses(office: Office, admitted: Posted) -> None:
    office.receive(answer(SAM, admitted, "It arrives on Tuesday."))
    office.receive(answer(RIO, office.letter(address(SON), "relay_copy"), "And me?"))
    assert kinds_of_messages(office)[-1] == "third_party"


def test_a_participants_question_how_it_stands_is_answered_to_them(office: Office, admitted: Posted) -> None:
    office.receive(answer(SAM, admitted, "It arrives on Tuesday."))
    office.receive(answer(SON, office.letter(address(SON), "relay_copy"), "status?"))
    assert office.kinds(address(SON)) == ["relay_copy", "status_answer"]
    assert "status_answer" not in office.kinds(address(ANA))


def test_dismissed_they_get_nothing_and_are_a_third_party(office: Office, admitted: Posted) -> None:
    office.receive(answer(SAM, admitted, "It arrives on Tuesday."))
    copy = office.letter(address(SON), "relay_copy")
    office.receive(answer(SAM, admitted, "#dismiss ben@mail.example"))
    office.receive(answer(SAM, admitted, "It has left."))
    assert office.kinds(address(SON)) == ["relay_copy"]
    office.receive(answer(SON, copy, "And now?"))
    assert kinds_of_messages(office)[-1] == "third_party"


def test_twice_is_once(office: Office, admitted: Posted) -> None:
    office.receive(answer(SAM, admitted, "#admit Ben Vogel <BEN@mail.example>"))
    assert "took part already" in transcript(office)
    office.receive(answer(SAM, admitted, "It arrives on Tuesday."))
    assert office.kinds(address(SON)) == ["relay_copy"]


def test_a_copy_that_comes_back_undoes_no_answer(office: Office, admitted: Posted) -> None:
    office.receive(answer(SAM, admitted, "It arrives on Tuesday."))
    office.receive(bounce(office.letter(address(SON), "relay_copy")))
    assert office.clock("first_response").state == "met"
    assert office.events(type_="reply_bounced") == []
    assert "delivery_failed" in office.kinds(address(SAM))


def test_who_became_the_customer_gets_each_answer_once(office: Office, admitted: Posted) -> None:
    office.receive(answer(SAM, admitted, "#customer ben@mail.example"))
    office.receive(answer(SAM, admitted, "It arrives on Tuesday."))
    assert office.kinds(address(SON)) == ["relay"]
    assert "relay" not in office.kinds(address(ANA))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("#admit kim@acme.example", "is an address of ours"),
        ("#admit support@acme.example", "is an address of ours"),
        ("#admit support+abc@acme.example", "is an address of ours"),
        ("#admit no-reply@shop.example", "nobody reads it"),
        ("#admit ben", "is no mail address"),
        ("#admit", "something is missing; use: #admit ADDRESS"),
        ("#dismiss ana@mail.example", "give it to another customer first"),
        ("#dismiss bne@mail.example", "takes no part"),
    ],
)
def test_who_can_not_take_part(office: Office, told: Posted, text: str, says: str) -> None:
    office.receive(answer(SAM, told, f"{text}\nIt arrives on Tuesday."))
    assert says in transcript(office)
    assert office.letters(address(ANA), "relay") == []
    assert office.events(type_="admitted") == []


def test_agents_read_who_else_gets_their_answer(office: Office, admitted: Posted) -> None:
    office.receive(answer(SAM, admitted, "#assign kim"))
    given = office.letter(address(KIM), "assignment").text
    assert "Also gets answers ben@mail.example" in " ".join(given.split())


@pytest.mark.parametrize(
    ("text", "warned"),
    [("#admit BEN@mail.example", False), ("#admit bne@mail.example", True), ("#admit en@mail.example", True)],
    ids=["in Cc", "a slip", "a part of one"],
)
def test_a_slip_in_the_address_is_seen(office: Office, told: Posted, text: str, warned: bool) -> None:
    office.receive(answer(SAM, told, text))
    assert ("neither wrote nor was copied on this case" in transcript(office)) is warned
    assert len(office.events(type_="admitted")) == 1


def test_a_copy_says_the_outcome_and_the_times_and_promises_nothing_itself(office: Office, admitted: Posted) -> None:
    office.receive(answer(SAM, admitted, "#promise fri 12:00\nWe look into it."))
    relay, copy = office.letter(address(ANA), "relay"), office.letter(address(SON), "relay_copy")
    for one in (relay, copy):
        assert "Friday, 20 November 2026, 12:00" in one.text
    made = office.query("SELECT metric, letter_id FROM promises WHERE until = ?", berlin("2026-11-20 12:00"))
    assert len(made) == 1
    assert {letter for (letter,) in office.query("SELECT letter_id FROM promises")} <= {
        number for (number,) in office.query("SELECT id FROM letters WHERE kind <> 'relay_copy'")
    }
    office.receive(answer(SAM, admitted, "#upheld yes\n#resolve\nHere it is."))
    assert "Outcome" in office.letter(address(SON), "relay_copy").text


def test_a_mail_that_becomes_a_case_of_its_own_is_the_writers_and_their_customers(
    office: Office, admitted: Posted
) -> None:
    office.receive(answer(SON, office.letter(address(ANA), "acknowledgement"), "Your invoice is wrong, too."))
    office.receive(answer(SAM, admitted, "#admit eva@mail.example\n#split"))
    number = office.ticket("ACME-1002").id
    with office.services.store.begin() as uow:
        assert uow.tickets.participants(number) == {address(ANA), address(SON)}


def test_at_the_prompt(office: Office, told: Posted) -> None:
    assert actions.command(office.services, "1001", Command("admit", "ben@mail.example"), "root").ok
    actions.reply(office.services, "1001", "It arrives on Tuesday.", "root", resolve=False)
    office.work()
    assert office.kinds(address(SON)) == ["relay_copy"]
    assert actions.command(office.services, "1001", Command("dismiss", "ben@mail.example"), "root").ok

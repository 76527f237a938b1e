"""One queued letter: tried again, failed, or possibly sent twice, with the same bytes (mail.md 5)."""

import pytest

from mailsla.core.model import Letter, LetterState
from mailsla.flows import delivery
from mailsla.ports.mail import Outcome, Sent
from tests.flows.conftest import OpenOffice
from tests.flows.mails import ANA, OPERATOR, SAM, address, answer, write
from tests.flows.office import DAY, HOUR, MINUTE, Office

LATER = Outcome(Sent.LATER, "451 try later")
UNKNOWN = Outcome(Sent.UNKNOWN, "cut after the final dot")
ACCOUNT = Outcome(Sent.ACCOUNT, "535 login refused")


def letters(office: Office, to: str = ANA) -> list[Letter]:
    with office.services.store.begin() as uow:
        return [one for one in reversed(uow.outbox.letters()) if one.recipient == address(to)]


def tried(office: Office, to: str = ANA) -> list[int]:
    """Minutes from the first try."""
    at = [one.at for one in office.postbox.tries if one.to == address(to)]
    return [(one - at[0]) // MINUTE for one in at]


def test_a_letter_that_must_wait_is_tried_after_1_5_15_30_60_minutes_then_hourly(office: Office) -> None:
    office.postbox.answers(address(ANA), *[LATER] * 7)
    office.receive(write(ANA))
    office.wait(6 * HOUR)
    assert tried(office) == [0, 1, 6, 21, 51, 111, 171, 231]
    assert letters(office)[0].state is LetterState.SENT
    assert len({one.raw for one in office.postbox.tries if one.to == address(ANA)}) == 1


def test_it_is_given_up_after_five_days_and_the_agent_is_told(office: Office) -> None:
    office.postbox.answers(address(ANA), *[LATER] * 200)
    office.receive(write(ANA))
    office.wait(8 * DAY)
    (letter,) = letters(office)
    assert letter.state is LetterState.FAILED
    assert 5 * DAY // MINUTE <= tried(office)[-1] <= 5 * DAY // MINUTE + 60
    assert "451 try later" in office.letter(address(SAM), "delivery_failed").text


def test_a_resting_account_costs_no_letter_a_try(office: Office) -> None:
    office.postbox.answers(address(ANA), *[ACCOUNT] * 3)
    office.receive(write(ANA))
    (letter,) = letters(office)
    assert (letter.state, letter.attempts) == (LetterState.QUEUED, 0)
    office.wait(10 * MINUTE)
    assert letters(office)[0].state is LetterState.SENT
    assert letters(office)[0].attempts == 1


def test_a_letter_that_was_possibly_sent_goes_once_more_and_is_marked(office: Office) -> None:
    office.postbox.answers(address(ANA), UNKNOWN)
    office.receive(write(ANA))
    first, second = (one.raw for one in office.postbox.tries if one.to == address(ANA))
    assert first == second  # the same bytes, the same Message-ID
    (letter,) = letters(office)
    assert (letter.state, letter.possibly_twice) == (LetterState.SENT, True)


def test_the_second_time_a_person_decides(office: Office) -> None:
    office.postbox.answers(address(ANA), UNKNOWN, UNKNOWN)
    office.receive(write(ANA))
    office.wait(DAY)
    (letter,) = letters(office)
    assert letter.state is LetterState.HELD
    assert tried(office) == [0, 0]
    assert "possibly sent" in office.letter(OPERATOR, "operator_alert").text


def test_an_uncertain_answer_stops_its_clock_once_it_is_certain(office: Office) -> None:
    office.receive(write(ANA))
    office.postbox.answers(address(ANA), UNKNOWN)
    office.receive(answer(SAM, office.letter(address(SAM), "agent_notification"), "It arrives on Tuesday."))
    assert office.clock("first_response").state == "met"
    assert len(office.events(type_="agent_reply")) == 1


@pytest.mark.parametrize("crashes", [1, 2])
def test_a_crash_while_sending_is_uncertain_likewise(office: Office, crashes: int) -> None:
    office.arrive(write(ANA))
    office.prepare()
    for _ in range(crashes):
        with office.services.store.begin() as uow:
            claimed = uow.outbox.claim_letter(office.now, "office", office.now + HOUR)
            uow.commit()
        assert claimed is not None
        office.restart()
        assert delivery.recover(office.services) == 1
    office.work()
    (letter,) = letters(office)
    assert letter.possibly_twice is True
    assert letter.state is (LetterState.SENT if crashes == 1 else LetterState.HELD)


def test_a_letter_whose_end_nobody_wrote_down_is_not_forgotten(office: Office) -> None:
    """It was sent, and then the database failed: the daemon lives on, and finds it when the lease is over."""
    office.arrive(write(ANA))
    office.prepare()
    with office.services.store.begin() as uow:
        uow.outbox.claim_letter(office.now, "office", office.now + 20 * MINUTE)
        uow.commit()
    office.work()
    assert letters(office)[0].state is LetterState.SENDING  # somebody may be sending it
    office.now += 20 * MINUTE
    office.work()
    assert letters(office)[0].state is LetterState.SENT
    assert letters(office)[0].possibly_twice is True


def test_answers_of_people_go_first(office: Office) -> None:
    office.receive(write(ANA))
    letter = office.letter(address(SAM), "agent_notification")
    office.arrive(write("rio@elsewhere.example"))
    office.arrive(answer(SAM, letter, "It arrives on Tuesday."))
    before = len(office.postbox.tries)
    office.work()
    assert office.postbox.tries[before].to == address(ANA)


def test_each_letter_has_one_recipient_and_a_return_path_of_ours(office: Office) -> None:
    office.receive(write(ANA))
    assert [one.sender for one in office.postbox.tries] == ["support@acme.example"] * 2
    for letter in office.letters():
        assert address(letter.header("To")) == letter.to
        assert letter.header("Cc") == letter.header("Bcc") == ""


def test_a_refused_letter_to_an_agent_is_the_operators_to_mend(office: Office) -> None:
    office.postbox.answers(address(SAM), Outcome(Sent.REFUSED, "550 mailbox full"))
    office.receive(write(ANA))
    assert office.kinds(OPERATOR) == ["operator_alert"]


def test_an_alert_that_is_refused_makes_no_alert(office: Office) -> None:
    office.postbox.answers(address(SAM), Outcome(Sent.REFUSED, "550 mailbox full"))
    office.postbox.answers(OPERATOR, Outcome(Sent.REFUSED, "550 mailbox full"))
    office.receive(write(ANA))
    office.wait(DAY // 2)
    assert len([one for one in office.postbox.tries if one.to == OPERATOR]) == 1


@pytest.mark.parametrize(
    ("outcomes", "state"),
    [
        ([], LetterState.SENT),
        ([Outcome(Sent.REFUSED, "550 no such user")], LetterState.FAILED),
        ([LATER], LetterState.QUEUED),
        ([UNKNOWN], LetterState.SENT),
        ([UNKNOWN, UNKNOWN], LetterState.HELD),
        ([LATER, UNKNOWN, LATER], LetterState.QUEUED),
    ],
)
def test_whatever_follows_from_a_letter_its_own_end_is_kept(
    office: Office, monkeypatch: pytest.MonkeyPatch, outcomes: list[Outcome], state: LetterState
) -> None:
    """A mistake of ours in what follows changes nothing about whether it is sent again."""

    def fails(_uow: object, _services: object, letter: Letter, *_: object) -> None:
        if letter.recipient == address(ANA):
            raise ValueError("what follows can't be done")

    monkeypatch.setattr(delivery, "after_sent", fails)
    monkeypatch.setattr(delivery, "after_failed", fails)
    monkeypatch.setattr(delivery, "_ask_operator", fails)
    office.postbox.answers(address(ANA), *outcomes)
    office.receive(write(ANA))
    if len(outcomes) == 3:
        office.wait(MINUTE)
    (letter,) = letters(office)
    assert letter.state is state
    told = "what follows could not be written" in "".join(one.text for one in office.letters(OPERATOR))
    assert told is (state is not LetterState.QUEUED)


def test_a_letter_that_went_out_is_never_sent_again_because_its_ticket_is_broken(open_office: OpenOffice) -> None:
    shift = '[calendars.shift]\nzone = "Europe/Berlin"\nweekly.mon = ["09:00-17:00"]\n\n[calendars.office]\n'
    office = open_office(
        ("[calendars.office]\n", shift), ('name = "four-hours"\ncalendar = "office"', 'name = "a"\ncalendar = "shift"')
    )
    office.receive(write(ANA))
    office.arrive(answer(SAM, office.letter(address(SAM), "agent_notification"), "It arrives on Tuesday."))
    office.prepare()
    office.damage("UPDATE versions SET content = '{}' WHERE name = 'a' AND kind = 'policy'")
    office.restart()
    office.wait(DAY)
    assert office.kinds(address(ANA)) == ["acknowledgement", "relay"]
    assert OPERATOR in {letter.to for letter in office.letters()}

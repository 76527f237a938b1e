"""The outcome of a complaint: by mail beside `#resolve`, in the register, in the letter to the customer and in ours."""

from html import unescape

import pytest

from mailsla.core.model import Status
from tests.flows.mails import ANA, SAM, address, answer, write
from tests.flows.office import Office
from tests.flows.postbox import Posted


@pytest.fixture
def told(office: Office) -> Posted:
    """Ana has complained: Sam has it."""
    office.receive(write(ANA))
    return office.letter(address(SAM), "agent_notification")


DECIDED = "#upheld partly\n#cause Lost parcel\n#remedy refund 64,90 EUR by 30 Nov\n#resolve"


def test_the_closing_letter_says_outcome_and_remedy_and_not_the_cause(office: Office, told: Posted) -> None:
    office.receive(answer(SAM, told, DECIDED))
    letter = office.letter(address(ANA), "closing")
    assert "Outcome partly upheld Remedy refund, €64.90 No later than Monday, 30 November 2026" in letter.text
    for said in ("partly upheld", "refund, €64.90", "Monday, 30 November 2026"):
        assert said in unescape(letter.html)
    assert "lost" not in letter.everything
    transcript = office.letter(address(SAM), "transcript").text
    assert "Done: 4 of 4." in transcript
    assert "remedy: refund 64.90 EUR by 2026-11-30" in transcript
    assert "cause: lost-parcel; it stays inside" in transcript


def test_an_answer_that_resolves_carries_it_and_one_that_does_not_leaves_it_for_later(
    office: Office, told: Posted
) -> None:
    office.receive(answer(SAM, told, "#upheld yes\n#remedy replacement\n\nWe look into it."))
    assert "upheld" not in office.letter(address(ANA), "relay").text
    office.receive(answer(SAM, told, "#resolve\n\nThe new one left our depot today."))
    assert "Outcome upheld Remedy replacement" in office.letter(address(ANA), "relay").text
    assert office.letters(address(ANA), "closing") == []
    assert office.ticket().status is Status.RESOLVED


def test_in_the_customers_language(office: Office) -> None:
    german = "Guten Tag,\n\nmein Paket ist nicht angekommen, die Lieferung ist eine Woche zu spät.\n\nAna Vogel"
    office.receive(write(ANA, german, "Wo ist mein Paket?"))
    told = office.letter(address(SAM), "agent_notification")
    office.receive(answer(SAM, told, DECIDED))
    text = office.letter(address(ANA), "closing").text
    assert "Ergebnis teilweise berechtigt Wiedergutmachung Erstattung, 64,90 € Spätestens Montag, 30. November" in text


def test_agents_read_it_in_the_facts_and_in_what_happened(office: Office, told: Posted) -> None:
    office.receive(answer(SAM, told, "#upheld no\n#cause late-delivery\n#remedy other a new cable by friday"))
    office.receive(write(ANA, "And now?", "Re: [ACME-1001] Where is my parcel?"))
    text = office.letter(address(SAM), "customer_answer").text
    assert "Outcome not upheld Remedy a new cable No later than Friday, 20 November 2026 Cause late-delivery" in text
    assert "Sam Lee: remedy: other a new cable by 2026-11-20" in text
    assert office.ticket().outcome == {
        "upheld": "no",
        "cause": "late-delivery",
        "remedy": {"kind": "other", "amount": "", "currency": "", "by": "2026-11-20", "text": "a new cable"},
    }


def test_it_may_change_and_the_history_keeps_each(office: Office, told: Posted) -> None:
    for line in ("#remedy refund 20 EUR", "#remedy refund 30 EUR", "#remedy none", "#upheld no"):
        office.receive(answer(SAM, told, line))
    assert office.ticket().outcome == {"remedy": None, "upheld": "no"}
    assert [event.data for event in office.events(type_="outcome")] == [
        {"remedy": "refund 20 EUR"},
        {"remedy": "refund 30 EUR"},
        {"remedy": ""},
        {"upheld": "no"},
    ]


def test_after_the_end_it_is_for_the_register_and_the_agent_is_told_that_nobody_else_is(
    office: Office, told: Posted
) -> None:
    office.receive(answer(SAM, told, "#resolve"))
    office.receive(answer(SAM, told, "#upheld yes\n#cause late-delivery"))
    text = office.letter(address(SAM), "transcript").text
    assert "upheld: yes; the customer was told that we have finished, so write to them yourself" in text
    assert "cause: late-delivery; it stays inside" in text
    assert len(office.letters(address(ANA), "closing")) == 1
    assert office.ticket().outcome == {"upheld": "yes", "cause": "late-delivery"}


def test_none_of_it_runs_with_an_error_beside_it(office: Office, told: Posted) -> None:
    office.receive(answer(SAM, told, "#upheld yes\n#remedy refund 20\n#resolve"))
    text = office.letter(address(SAM), "transcript").text
    assert "Did you mean #remedy refund 20 EUR?" in text
    assert office.ticket().outcome == {}
    assert office.ticket().status is not Status.RESOLVED


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("#cause late-delivry", "Did you mean #cause late-delivery?"),
        ("#cause weather", "there is no cause weather; there are: late-delivery, lost-parcel"),
        ("#upheld perhaps", "perhaps is not possible here; use: #upheld yes|partly|no"),
        ("#remedy other ask kim@acme.example", "kim@acme.example, which customers never see"),
    ],
)
def test_what_is_refused(office: Office, told: Posted, line: str, said: str) -> None:
    office.restart([("[triage]", '[register]\ncauses = ["late-delivery", "lost-parcel"]\n\n[triage]')])
    office.receive(answer(SAM, told, line))
    assert said in office.letter(address(SAM), "transcript").text
    assert office.ticket().outcome == {}


def test_what_went_elsewhere_has_no_outcome(office: Office, told: Posted) -> None:
    office.receive(answer(SAM, told, "#spam"))
    office.receive(answer(SAM, told, "#upheld yes"))
    assert "has ended" in office.letter(address(SAM), "transcript").text

"""Saved replies: sent by `#template`, in the customer's language where there is one, above the agent's own text."""

from collections.abc import Mapping

import pytest

from mailsla.core.model import Status
from tests.flows.conftest import OpenOffice
from tests.flows.mails import ANA, SAM, address, answer, write
from tests.flows.office import Office
from tests.flows.postbox import Posted

REPLIES = {
    "refund.en.txt": "{{ greeting }}\n\nyou get your money back.\n{% if promised %}Until: {{ promised }}{% endif %}",
    "refund.de.txt": "{{ greeting }}\n\nSie erhalten Ihr Geld zurück. Ihr Zeichen: {{ reference }}",
    "sorry.en.txt": "We are sorry, {{ name or 'dear customer' }}. -- {{ team }}",
    "broken.en.txt": "Hello {{ nmae }}",
    "leak.en.txt": "Ask kim@acme.example",
}
GERMAN = "Guten Tag,\n\nmein Paket ist nicht angekommen, die Lieferung ist eine Woche zu spät.\n\nAna Vogel"


def desk(open_office: OpenOffice, replies: Mapping[str, str] | None = None) -> Office:
    """An office with saved replies beside its configuration."""
    office = open_office()
    folder = office._folder / "replies"
    folder.mkdir()
    for name, text in (REPLIES if replies is None else replies).items():
        (folder / name).write_text(text, encoding="utf-8")
    office.restart([("[triage]", '[letters]\nreplies = "replies"\n\n[triage]')])
    return office


def asked(office: Office, text: str, *, mail: str = "", auth: str = "pass") -> Posted:
    """Ana complains, and Sam answers with these lines: what Sam is told."""
    office.receive(write(ANA, mail) if mail else write(ANA), auth=auth)
    office.receive(answer(SAM, office.letter(address(SAM), "agent_notification"), text))
    return office.letter(address(SAM), "transcript")


def test_it_goes_out_with_the_agents_text_below_it(open_office: OpenOffice) -> None:
    office = desk(open_office)
    told = asked(office, "#template Refund\n\nIt takes a week.")
    letter = office.letter(address(ANA), "relay")
    assert letter.text.startswith("Hello Ana Vogel, you get your money back. Until: Monday, 16 November 2026, 14:00")
    assert letter.text.index("money back") < letter.text.index("It takes a week.") < letter.text.index("Your ACME")
    assert "It takes a week." in letter.html
    assert "the saved reply goes to the customer, with your own text below it" in told.text
    assert office.clock("first_response").state == "met"


def test_alone_and_with_the_end(open_office: OpenOffice) -> None:
    office = desk(open_office)
    asked(office, "#template sorry\n#resolve")
    text = office.letter(address(ANA), "relay").text
    assert text.startswith("We are sorry, Ana Vogel. -- our delivery team")
    assert "With this we see your complaint as settled." in text
    assert office.ticket().status is Status.RESOLVED


def test_in_the_customers_language_else_in_another_which_the_agent_is_told(open_office: OpenOffice) -> None:
    office = desk(open_office)
    asked(office, "#template refund", mail=GERMAN)
    assert (
        "Guten Tag Ana Vogel, Sie erhalten Ihr Geld zurück. Ihr Zeichen: ACME-1001"
        in office.letter(address(ANA), "relay").text
    )
    office.receive(answer(SAM, office.letter(address(SAM), "agent_notification"), "#template sorry"))
    told = office.letter(address(SAM), "transcript").text
    assert "there is none in German, so it goes out in English" in told
    assert "We are sorry, Ana Vogel." in office.letter(address(ANA), "relay").text


def test_a_name_that_nothing_proves_is_not_used(open_office: OpenOffice) -> None:
    office = desk(open_office)
    asked(office, "#template sorry", auth="none")
    assert "We are sorry, dear customer." in office.letter(address(ANA), "relay").text


def test_what_a_customer_calls_themselves_is_never_a_template(open_office: OpenOffice) -> None:
    office = desk(open_office, {"sorry.en.txt": "Dear {{ name }}{{ reference }} & <co>"})
    office.receive(write('"{{ 7*7 }} <b>O\'Hara</b>" <ana@mail.example>'))
    office.receive(answer(SAM, office.letter(address(SAM), "agent_notification"), "#template sorry"))
    letter = office.letter(address(ANA), "relay")
    assert letter.plain.startswith("Dear ACME-1001 & <co>")  # not a name that letters use
    assert "&amp; &lt;co&gt;" in letter.html


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("#template refnd", "Did you mean #template refund?"),
        ("#template zzz", "there is no saved reply zzz; there are: broken, leak, refund, sorry"),
        ("#template broken", "the saved reply broken can't be filled"),
        ("#template leak", "it holds kim@acme.example, which customers never see"),
        ("#template refund\n#note\n\nfor us", "a saved reply goes to the customer, but this mail stays inside"),
        ("#template refund\n#template sorry", "contradicts #template refund"),
        ("#template refund\n#spam", "after #spam there is no case to send it on"),
        ("#template", "something is missing; use: #template NAME"),
    ],
)
def test_what_is_refused_sends_nothing(open_office: OpenOffice, lines: str, said: str) -> None:
    office = desk(open_office)
    assert said in asked(office, lines).text
    assert office.letters(address(ANA), "relay") == []
    assert office.ticket().status is not Status.VOID


def test_where_there_are_none_the_agent_is_told_whose_they_would_be(office: Office) -> None:
    assert "letters.replies of the configuration names their folder" in asked(office, "#template refund").text


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("#help", "saved replies for #template: broken, leak, refund, sorry"),
        ("#help template", "#template NAME; there are: broken, leak, refund, sorry"),
    ],
)
def test_help_names_them(open_office: OpenOffice, line: str, says: str) -> None:
    assert says in asked(desk(open_office), line).text


def test_where_there_are_none_help_says_nothing_of_them(office: Office) -> None:
    assert "saved replies" not in asked(office, "#help").text

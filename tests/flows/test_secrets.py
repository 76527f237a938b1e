"""What is inside stays inside: canaries in all that customers must never see (product.md, mail.md 4)."""

import re

from tests.flows.conftest import OpenOffice
from tests.flows.mails import ANA, JO, KIM, MARIA, OPERATOR, SAM, SUPPORT, address, answer, away, write
from tests.flows.office import DAY, HOUR, Office

CANARY = "canary"
CHANGES = (
    ('email = "sam@acme.example"', 'email = "sam-canary@acme.example"'),
    ('email = "kim@acme.example"', 'email = "kim-canary@acme.example"'),
    ('email = "jo@acme.example"', 'email = "jo-canary@acme.example"'),
    ('email = "maria@acme.example"', 'email = "maria-canary@acme.example"'),
    ('other_emails = ["sam.lee@home.example"]', 'other_emails = ["canary.lee@home.example"]'),
    ('display_name = "Sam Lee"', 'display_name = "Canary Lee"'),
    ('operator = "operator@acme.example"', 'operator = "operator-canary@acme.example"'),
    ('name = "four-hours"', 'name = "canary-hours"'),
)
CANARY_SAM = "Canary Lee <sam-canary@acme.example>"
CANARY_KIM = "Kim Canary <kim-canary@acme.example>"
SIGNATURE = "\n-- \nCanary Lee\nsam-canary@acme.example\n+49 30 canary\n"


def test_a_whole_case_lets_no_canary_out(open_office: OpenOffice) -> None:
    office = open_office(*CHANGES)
    office.receive(write(ANA))
    told = office.letter(address(CANARY_SAM), "agent_notification")
    office.receive(answer(CANARY_SAM, told, "#note The canary sings: she is a difficult customer."))
    office.receive(answer(CANARY_SAM, told, "#note\nA canary of a file.", files={"canary.txt": b"canary"}))
    office.receive(answer(CANARY_SAM, told, "#priority high\n#canary\nnot sent, canary"))
    office.receive(answer(CANARY_SAM, told, "#assign kim-canary@acme.example"))
    office.receive(write(CANARY_KIM, "A canary comment.", "[ACME-1001] canary"))
    office.receive(away(CANARY_KIM, office.letter(address(CANARY_KIM), "assignment")))
    office.receive(answer(CANARY_SAM, told, "unproven canary"), auth="fail")
    office.receive(answer("Eve <eve-canary@stranger.example>", told, "stolen canary"))
    ack = office.letter(address(ANA), "acknowledgement")
    office.receive(write("Eve <eve-canary@stranger.example>", "third canary", to=ack.header("Reply-To")))
    office.wait(5 * HOUR)
    office.receive(answer(CANARY_SAM, told, f"Dear Ana,\n\nit arrives on Tuesday.{SIGNATURE}"))
    office.receive(answer(CANARY_SAM, told, f"#wait customer\nWhich number?{SIGNATURE}"))
    office.wait(6 * DAY)
    office.receive(answer(ANA, office.letter(address(ANA), "waiting_reminder"), "JD-7719."))
    office.receive(answer(CANARY_KIM, office.letter(address(CANARY_KIM), "customer_answer"), "#resolve"))
    assert set(office.kinds(address(ANA))) == {"acknowledgement", "relay", "waiting_reminder", "closing"}
    for letter in office.letters(address(ANA)):
        assert CANARY not in letter.everything, letter.kind


def test_a_team_that_signs_with_an_agents_address_sends_nothing_and_the_operator_is_told(
    open_office: OpenOffice,
) -> None:
    office = open_office(("Your ACME delivery team", "Sam, sam@acme.example"))
    office.receive(write(ANA))
    office.receive(answer(SAM, office.letter(address(SAM), "agent_notification"), "It arrives on Tuesday."))
    assert office.kinds(address(ANA)) == ["acknowledgement"]
    assert "sam@acme.example" in office.letter(OPERATOR, "operator_alert").text
    assert office.clock("first_response").state == "running"


def test_customers_never_see_a_token_of_ours(office: Office) -> None:
    office.receive(write(ANA))
    agents = [office.letter(address(SAM), "agent_notification").header("Reply-To")]
    office.wait(6 * HOUR)
    agents += [letter.header("Reply-To") for to in (SAM, JO, MARIA, KIM) for letter in office.letters(address(to))]
    office.receive(answer(SAM, office.letter(address(SAM), "agent_notification"), "It arrives on Tuesday."))
    seen = "".join(letter.everything for letter in office.letters(address(ANA)))
    for address_ in agents:
        assert address_ and address_.partition("@")[0].removeprefix("support+") not in seen


def test_each_letter_has_a_token_of_its_own(office: Office) -> None:
    office.receive(write(ANA))
    office.wait(6 * HOUR)
    office.receive(answer(SAM, office.letter(address(SAM), "agent_notification"), "It arrives on Tuesday."))
    replies = [letter.header("Reply-To") for letter in office.letters()]
    assert len(set(replies)) == len(replies)
    assert SUPPORT not in replies
    kept = {letter.header("Message-ID") for letter in office.letters()}
    assert len(kept) == len(replies)


def test_letters_to_customers_load_nothing_from_outside(office: Office) -> None:
    office.receive(write(ANA, "<img src='https://evil.example/x.png'> late delivery"))
    office.receive(answer(SAM, office.letter(address(SAM), "agent_notification"), "See <b>this</b> {{ 7 * 7 }}."))
    loads = re.compile(r"<(img|link|script|iframe|object)\b|<[^>]*\s(src|background)=|url\(|@import", re.IGNORECASE)
    for letter in office.letters():
        assert loads.search(letter.html) is None, letter.kind
    assert "{{ 7 * 7 }}" in office.letter(address(ANA), "relay").plain
    assert "&lt;b&gt;" in office.letter(address(ANA), "relay").html

"""A new complaint: acknowledged with the promised times, assigned, its clocks running (product.md, sla.md 4 and 6)."""

import pytest

from mailsla.core.model import Status
from mailsla.flows import customers
from tests.flows.conftest import OpenOffice
from tests.flows.mails import ANA, COMPLAINT, KIM, LEE, RIO, SAM, SUBJECT, address, write
from tests.flows.office import DAY, HOUR, MINUTE, MONDAY, Office, berlin

_EVERYBODY = ('match = { organisation = ["free"] }', 'match = { organisation = ["free"], priority = ["low"] }')


def test_the_customer_is_acknowledged_and_an_agent_told(office: Office) -> None:
    office.receive(write(ANA))
    ticket = office.ticket()
    assert (ticket.status, ticket.category, ticket.assignee) == (Status.NEW, "delivery", "sam")
    acknowledged = office.letter(address(ANA), "acknowledgement")
    assert "ACME-1001" in acknowledged.text
    assert "Monday, 16 November 2026, 14:00" in acknowledged.text
    assert acknowledged.header("Auto-Submitted") == "auto-replied"
    assert acknowledged.subject == f"Re: {SUBJECT}"
    told = office.letter(address(SAM), "agent_notification")
    assert "my parcel has not arrived" in told.text
    assert "14:00" in told.text
    assert [one.to for one in office.letters()] == [address(ANA), address(SAM)]


@pytest.mark.parametrize(
    ("above", "category"),
    [
        ("See below.", "delivery"),
        (
            f"My invoice is wrong, please correct the invoice. {'What I forward is an older mail of mine. ' * 3}",
            "billing",
        ),
    ],
)
def test_a_complaint_inside_a_mail_that_says_little_is_triaged(office: Office, above: str, category: str) -> None:
    mail = write(ANA, above, "Fwd: my trouble")
    mail.add_attachment(write(RIO, COMPLAINT, "My parcel"))
    office.receive(mail)
    assert office.ticket().category == category


def test_its_clocks_start_at_receipt(office: Office) -> None:
    office.receive(write(ANA), at=MONDAY - 10 * MINUTE)
    assert office.metrics() == ["first_response 1 running", "resolution 1 running"]
    assert office.clock("first_response").started_at == MONDAY - 10 * MINUTE
    assert office.clock("first_response").due == MONDAY - 10 * MINUTE + 4 * HOUR
    assert office.clock("resolution").due == berlin("2026-11-18 09:50")


def test_what_the_acknowledgement_promised_is_kept(office: Office) -> None:
    office.receive(write(ANA))
    number = office.ticket().id
    with office.services.store.begin() as uow:
        promises = {one.metric: one.until for one in uow.clocks.promises(number)}
    assert promises == {"first_response": MONDAY + 4 * HOUR, "resolution": berlin("2026-11-18 10:00")}


@pytest.mark.parametrize(
    ("received", "promised"),
    [
        ("2026-11-20 16:55", "Monday, 23 November 2026, 12:55"),  # Friday, five minutes before closing
        ("2026-11-21 11:00", "Monday, 23 November 2026, 13:00"),  # Saturday
        ("2026-12-24 16:00", "Monday, 28 December 2026, 12:00"),  # a holiday and a weekend follow
        ("2026-11-16 09:01", "Monday, 16 November 2026, 13:05"),  # rounded to the later five minutes
    ],
)
def test_four_opening_hours_are_promised_in_words(office: Office, received: str, promised: str) -> None:
    office.now = berlin(received)
    office.receive(write(ANA))
    assert promised in office.letter(address(ANA), "acknowledgement").text


def test_tickets_of_a_team_go_round(office: Office) -> None:
    for number in range(3):
        office.receive(write(f"customer{number}@mail.example"))
    assert [office.ticket(reference).assignee for reference in office.tickets()] == ["sam", "kim", "sam"]
    assert office.kinds(address(KIM)) == ["agent_notification"]


def test_the_category_finds_the_team(office: Office) -> None:
    office.receive(write(RIO, "You charged me twice, please correct the invoice.", "Wrong invoice"))
    assert (office.ticket().category, office.ticket().assignee) == ("billing", "lee")
    assert office.kinds(address(LEE)) == ["agent_notification"]


def test_without_a_category_it_is_to_triage_by_the_default_team(office: Office) -> None:
    office.receive(write(ANA, "Hm.", "Hello"))
    assert (office.ticket().category, office.ticket().team) == (None, "delivery")
    assert office.kinds(address(SAM)) == ["agent_notification"]


def test_what_was_there_before_us_is_never_acknowledged(office: Office) -> None:
    office.receive(write(ANA), at=MONDAY - HOUR, watched_since=MONDAY)
    assert office.letters(address(ANA)) == []
    assert len(office.muted("acknowledgement")) == 1
    assert office.kinds(address(SAM)) == ["agent_notification"]


def test_mail_that_reached_us_late_is_told_so(office: Office) -> None:
    office.now = MONDAY + 3 * DAY
    office.receive(write(ANA), at=MONDAY)
    acknowledged = office.letter(address(ANA), "acknowledgement")
    assert "late" in acknowledged.text
    assert "16 November" in acknowledged.text  # the day of the mail
    assert "14:00" not in acknowledged.text  # a time that has passed is promised to nobody
    assert office.clock("first_response").started_at == MONDAY
    (created,) = office.events(type_="created")
    assert created.data["late_on_arrival"] is True


@pytest.mark.parametrize("auth", ["pass", "none", "fail"])
def test_the_subject_is_echoed_to_a_verified_sender_only(office: Office, auth: str) -> None:
    office.receive(write(ANA, subject="Buy cheap watches"), auth=auth)
    acknowledged = office.letter(address(ANA), "acknowledgement")
    assert ("cheap watches" in acknowledged.everything) is (auth == "pass")
    assert "not arrived" not in acknowledged.everything  # the body never


def test_a_mail_in_german_is_answered_in_german(office: Office) -> None:
    office.receive(write(ANA, "Guten Tag,\n\nmein Paket ist nicht angekommen. Wo ist meine Lieferung?\n", "Mein Paket"))
    assert "Montag, 16. November 2026" in office.letter(address(ANA), "acknowledgement").text


def test_a_mail_in_polish_is_answered_in_polish_without_a_category_that_has_no_polish_name(office: Office) -> None:
    office.receive(write(ANA, "Dzień dobry,\n\ngdzie jest moja paczka? Nie dostałam jeszcze przesyłki.\n", "Paczka"))
    letter = office.letter(address(ANA), "acknowledgement")
    assert letter.header("Content-Language") == "pl"
    assert "Poniedziałek, 16 listopada 2026, 14:00" in letter.text
    assert "Kategoria" not in letter.text and "delivery" not in letter.text.replace("our delivery team", "")


@pytest.mark.parametrize(
    ("agreed", "record", "zone", "guess"),
    [
        ("", "", "Europe/Berlin", True),
        ("Asia/Tokyo", "", "Asia/Tokyo", False),
        ("Asia/Tokyo", "America/New_York", "America/New_York", False),
        ("", "Europe/Berlin", "Europe/Berlin", False),
        ("Europe/Berlin", "", "Europe/Berlin", False),
    ],
)
def test_the_zone_is_the_customers_else_their_organisations_else_the_mailboxs_which_is_a_guess(
    open_office: OpenOffice, agreed: str, record: str, zone: str, guess: bool
) -> None:
    office = open_office(('domains = ["free.example"]', f'domains = ["mail.example"]\nzone = "{agreed}"'), _EVERYBODY)
    if record:
        customers.change(office.services, address(ANA), "test", language=None, zone=record, name=None)
    office.receive(write(ANA))
    assert office.ticket().zone == zone
    text = office.letter(address(ANA), "acknowledgement").text
    assert text.count("Elsewhere? Tell us your city.") == guess  # once, though two times are promised
    assert ("This is Berlin time." in text) is guess


@pytest.mark.parametrize(
    ("text", "record", "agreed", "language"),
    [
        ("4711 4712 4713", None, "", "en"),  # the mailbox's
        ("4711 4712 4713", None, "fr", "fr"),
        ("Das Paket ist nicht angekommen, wo ist es?", None, "fr", "de"),
        ("Das Paket ist nicht angekommen, wo ist es?", "nl", "fr", "nl"),
    ],
)
def test_the_language_is_the_customers_else_the_mails_else_their_organisations_else_the_mailboxs(
    open_office: OpenOffice, text: str, record: str | None, agreed: str, language: str
) -> None:
    office = open_office(('domains = ["free.example"]', f'domains = ["mail.example"]\nlanguage = "{agreed}"'))
    if record:
        customers.change(office.services, address(ANA), "test", language=record, zone=None, name=None)
    office.receive(write(ANA, text, "4711"))
    assert office.letter(address(ANA), "acknowledgement").header("Content-Language") == language


def test_an_agent_whose_language_has_no_letters_inside_reads_english_throughout(open_office: OpenOffice) -> None:
    office = open_office(('email = "sam@acme.example"', 'email = "sam@acme.example"\nlanguage = "fr"'))
    office.receive(write(ANA))
    letter = office.letter(address(SAM), "agent_notification")
    assert letter.header("Content-Language") == "en"
    assert "a late delivery" in letter.text


@pytest.mark.parametrize(
    ("sender", "text", "told"),
    [
        (ANA, "Das Paket ist nicht angekommen, wo ist es?", "verified, writes German"),
        (ANA, "4711 4712 4713", "verified, language not known"),
        ("x@free.example", "4711 4712 4713", "verified, writes German"),
    ],
)
def test_an_agent_reads_which_language_the_customer_writes_where_it_is_known(
    open_office: OpenOffice, sender: str, text: str, told: str
) -> None:
    office = open_office(('domains = ["free.example"]', 'domains = ["free.example"]\nlanguage = "de"'))
    office.receive(write(sender, "4711", text))
    agent = office.services.settings.directory.agents[office.ticket().assignee or ""]
    letter = office.letter(agent.email, "agent_notification")
    assert told in letter.plain


def test_a_mail_without_a_usable_sender_makes_a_ticket_and_no_mail_outside(office: Office) -> None:
    office.receive(write("Ana <ana@mail.example>, Eve <eve@mail.example>", COMPLAINT))
    assert office.tickets() == ["ACME-1001"]
    assert {one.to for one in office.letters()} == {address(SAM)}
    assert office.muted("acknowledgement") == ["refused_no_sender"]

"""Action links (mail.md section 4, letters.md section 5): a click composes a mail, its token does one thing, once."""

from urllib.parse import unquote

import pytest

from mailsla.core.model import IntakeState, Status
from mailsla.flows.queues import release_mail
from tests.flows.conftest import OpenOffice
from tests.flows.links import click, links
from tests.flows.mails import ANA, JO, KIM, MARIA, OPERATOR, SAM, address, answer, away, write
from tests.flows.office import DAY, HOUR, MINUTE, Office
from tests.flows.postbox import Posted

MANUAL = ('members = ["sam", "kim"]', 'members = ["sam", "kim"]\nassignment = "manual"')  # both read, nobody has it
TO_TRIAGE = ('default_team = "delivery"', 'default_team = "delivery"\nthreshold = 0.99')
LOU = "Lou Vogel <lou@mail.example>"
UNCLEAR = "Hello,\n\nthe parcel is late, and the invoice is wrong.\n\nAna Vogel\n"
DASH = ('authserv_id = "mx.acme.example"', 'authserv_id = "mx.acme.example"\ndelimiter = "-"')
REPLY_DOMAIN = ('authserv_id = "mx.acme.example"', 'authserv_id = "mx.acme.example"\nreply_domain = "r.acme.example"')
NO_AUTHSERV = ('authserv_id = "mx.acme.example"', 'authserv_id = "none"')
SCHEMES = {
    "plus": (),
    "delimiter": (DASH,),
    "reply domain": (REPLY_DOMAIN,),
}


def told_sam(office: Office) -> Posted:
    office.receive(write(ANA, UNCLEAR))
    office.wait(HOUR)
    return office.letter(address(SAM), "agent_notification")


@pytest.fixture
def office(open_office: OpenOffice) -> Office:
    """An office in which nobody has a case before it is taken."""
    return open_office(MANUAL, TO_TRIAGE)


@pytest.fixture
def told(office: Office) -> Posted:
    """Ana has complained; an hour later Sam opens the notification."""
    return told_sam(office)


def transcript(office: Office, agent: str = SAM) -> str:
    return office.letter(address(agent), "transcript").text


# What a click does


def test_each_link_does_what_its_mail_says(office: Office, told: Posted) -> None:
    office.receive(click(told, "Take", SAM))
    assert office.ticket().assignee == "sam"
    assert "Done: 1 of 1." in transcript(office)
    office.receive(click(told, "Wait for customer", SAM))
    assert office.ticket().status is Status.WAITING_CUSTOMER
    office.receive(click(told, "Resolve", SAM))
    assert office.ticket().status is Status.RESOLVED
    assert office.kinds(address(ANA)) == ["acknowledgement", "closing"]
    assert office.kinds(address(SAM)).count("transcript") == 3


def test_spam_ends_the_case_and_writes_to_nobody_outside(office: Office, told: Posted) -> None:
    office.receive(click(told, "It is spam", SAM))
    assert office.ticket().status is Status.VOID
    assert office.kinds(address(ANA)) == ["acknowledgement"]


def test_a_case_to_triage_offers_its_two_likeliest_categories(office: Office, told: Posted) -> None:
    offered = [label for label in links(told) if label.startswith("It is: ")]
    assert len(offered) == 2, told.text
    name = {"It is: a late delivery": "delivery", "It is: an invoice or payment": "billing"}[offered[1]]
    office.receive(click(told, offered[1], SAM))
    assert office.ticket().category == name


@pytest.mark.parametrize("scheme", SCHEMES)
def test_links_take_the_form_that_the_mailbox_allows(open_office: OpenOffice, scheme: str) -> None:
    office = open_office(MANUAL, TO_TRIAGE, *SCHEMES[scheme])
    told = told_sam(office)
    found = links(told)["Take"]
    if scheme == "plus":
        assert found.to == "support@acme.example"
        assert found.subject.startswith("Take ACME-1001 (code ")
    else:
        assert "(code" not in found.subject
        assert "+" not in found.to
    office.receive(click(told, "Take", SAM))
    assert office.ticket().assignee == "sam"


def test_what_mail_programs_do_to_a_link_does_no_harm(open_office: OpenOffice) -> None:
    office = open_office(MANUAL, TO_TRIAGE, DASH)
    told = told_sam(office)
    link = links(told)["Take"]
    flat = f"{link.body} -- Sam Lee, sent from my phone #resolve"
    office.receive(write(SAM, flat, "take acme", to=link.to.upper()))
    assert office.ticket().assignee == "sam"
    assert office.ticket().status is not Status.RESOLVED


def test_the_mail_of_a_link_is_neither_relayed_nor_read(office: Office, told: Posted) -> None:
    mail = click(told, "Take", SAM, text="#resolve\nDear Ana, the parcel is lost.")
    office.receive(mail)
    assert (office.ticket().assignee, office.ticket().status) == ("sam", Status.OPEN)
    assert office.kinds(address(ANA)) == ["acknowledgement"]
    assert "goes to nobody" in transcript(office)


# Once, and in time


def test_a_second_click_is_told_that_it_was_done(office: Office, told: Posted) -> None:
    office.receive(click(told, "Wait for customer", SAM))
    office.receive(answer(SAM, told, "#reopen"))
    office.wait(12 * MINUTE)
    again = office.receive(click(told, "Wait for customer", SAM))
    assert office.ticket().status is Status.OPEN
    assert again.state is IntakeState.DONE
    assert "you did this already, on Monday, 16 November 2026, 11:00" in transcript(office)
    assert "Nothing was done." in transcript(office)


def test_an_expired_link_says_what_to_write_instead(office: Office, told: Posted) -> None:
    office.wait(14 * DAY)
    office.receive(click(told, "Take", SAM))
    assert office.ticket().assignee != "sam" or office.events(type_="assigned") == []
    assert "instead reply to a mail on this case, with #take on the first line" in transcript(office)
    held = office.receive(click(told, "Take", KIM))
    assert held.state is IntakeState.HELD
    assert office.ticket().assignee != "kim"


def test_a_link_to_a_case_that_has_ended_says_so(office: Office, told: Posted) -> None:
    office.receive(click(told, "It is spam", SAM))
    office.receive(click(told, "Take", SAM))
    assert office.ticket().assignee is None
    assert "ACME-1001 has ended" in transcript(office)
    assert "is not clear" not in transcript(office)


def test_a_link_acts_on_the_case_that_its_own_went_into(office: Office, told: Posted) -> None:
    office.receive(write(ANA, "My parcel again: the delivery is late.\n", "Second mail"))
    office.wait(MINUTE)
    office.receive(answer(SAM, told, "#merge 1002"))
    office.receive(click(told, "Wait for customer", SAM))
    assert office.ticket("ACME-1002").status is Status.WAITING_CUSTOMER


# Who may


@pytest.mark.parametrize("thief", [ANA, "Eve <eve@stranger.example>", "Sam Lee <sam@evil.example>"])
def test_nobody_else_acts_by_a_link_or_hears_of_it(office: Office, told: Posted, thief: str) -> None:
    before = (office.ticket(), office.kinds(address(ANA)), office.kinds(address(thief)))
    held = office.receive(click(told, "Resolve", thief))
    assert held.state is IntakeState.HELD
    assert (office.ticket(), office.kinds(address(ANA)), office.kinds(address(thief))) == before
    assert f"mailsla queue show M{held.id}" in office.letter(OPERATOR, "operator_alert").text


def test_a_colleague_hears_whose_link_it_is(office: Office, told: Posted) -> None:
    before = office.ticket(), office.kinds(address(ANA))
    held = office.receive(click(told, "Resolve", KIM))
    assert held.state is IntakeState.HELD
    assert (office.ticket(), office.kinds(address(ANA))) == before
    assert "Sam" in transcript(office, KIM)
    assert "Nothing was done." in transcript(office, KIM)


@pytest.mark.parametrize("auth", ["fail", "none"])
def test_an_unproven_click_is_asked_about(office: Office, told: Posted, auth: str) -> None:
    held = office.receive(click(told, "Resolve", SAM), auth=auth)
    assert held.state is IntakeState.HELD
    asked = office.letter(address(SAM), "confirmation")
    assert "#resolve" in asked.text
    assert "nobody outside" in asked.text
    assert office.ticket().status is Status.NEW
    office.receive(click(asked, "Yes, do it", SAM), auth=auth)
    assert office.ticket().status is Status.RESOLVED


def test_without_an_authserv_id_link_and_from_suffice(open_office: OpenOffice) -> None:
    office = open_office(MANUAL, TO_TRIAGE, NO_AUTHSERV)
    office.receive(click(told_sam(office), "Take", SAM), auth="none")
    assert office.ticket().assignee == "sam"


def test_a_machine_does_not_act_by_a_link(office: Office, told: Posted) -> None:
    mail = away(SAM, told)
    link = links(told)["Resolve"]
    del mail["To"], mail["Subject"]
    mail["To"], mail["Subject"] = link.to, link.subject
    office.receive(mail)
    assert office.ticket().status is Status.NEW


def test_a_stolen_click_that_an_admin_releases_stays_a_comment(office: Office, told: Posted) -> None:
    held = office.receive(click(told, "Resolve", KIM))
    release_mail(office.services, held.id, "root")
    office.work()
    assert office.ticket().status is not Status.RESOLVED


# Codes in subjects


def test_a_code_in_the_subject_lets_nobody_reply(office: Office, told: Posted) -> None:
    token = told.header("Reply-To").partition("+")[2].partition("@")[0]
    office.receive(write(SAM, "#resolve\nRejected.", f"Take ACME-1001 (code {token})"))
    assert office.ticket().status is Status.NEW
    assert office.kinds(address(ANA)) == ["acknowledgement"]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda link, other: f"{link.subject} {other.subject}",  # two codes
        lambda link, other: link.subject.replace("(code ", "(code"),
        lambda link, other: link.subject.replace(")", " "),
        lambda link, other: link.subject.replace("(code ", "(code: "),
    ],
    ids=["two codes", "no blank", "no bracket", "a colon"],
)
def test_a_code_is_read_by_its_strict_form_only(office: Office, told: Posted, spoil: object) -> None:
    found = links(told)
    subject = spoil(found["Take"], found["Resolve"])  # type: ignore[operator]
    office.receive(write(SAM, "x", subject))
    assert (office.ticket().assignee, office.ticket().status) == (None, Status.NEW)


def test_a_code_counts_only_in_a_mail_to_a_support_address(office: Office, told: Posted) -> None:
    office.receive(write(SAM, "x", links(told)["Resolve"].subject, to="other@acme.example"))
    assert office.ticket().status is Status.NEW


def test_an_answer_under_the_subject_of_a_link_is_an_answer(office: Office, told: Posted) -> None:
    mail = answer(SAM, told, "It comes on Tuesday.", subject=links(told)["Resolve"].subject)
    office.receive(mail)
    assert "It comes on Tuesday." in office.letter(address(ANA), "relay").text
    assert office.ticket().status is Status.OPEN


# Confirmations and thanks


def test_the_yes_of_a_confirmation_works_once_and_by_either_way(office: Office, told: Posted) -> None:
    held = office.receive(answer(SAM, told, "It comes on Tuesday."), auth="none")
    asked = office.letter(address(SAM), "confirmation")
    office.receive(click(asked, "Yes, do it", SAM), auth="none")
    assert office.intake(held.id).state is IntakeState.DONE
    assert office.kinds(address(ANA)) == ["acknowledgement", "relay"]
    for again in (click(asked, "Yes, do it", SAM), answer(SAM, asked, "#yes")):
        assert office.receive(again, auth="none").state is IntakeState.HELD
    assert office.kinds(address(ANA)) == ["acknowledgement", "relay"]


def test_a_denied_mail_is_not_let_go_by_the_link(office: Office, told: Posted) -> None:
    held = office.receive(answer(SAM, told, "Rejected."), auth="none")
    asked = office.letter(address(SAM), "confirmation")
    office.receive(answer(SAM, asked, "I did not send this!"), auth="none")
    office.receive(click(asked, "Yes, do it", SAM), auth="none")
    assert office.intake(held.id).state is IntakeState.HELD


def test_thanks_are_closed_again_with_one_click(office: Office, told: Posted) -> None:
    office.receive(answer(SAM, told, "#take\n#resolve\nIt comes on Tuesday."))
    office.receive(answer(ANA, office.letter(address(ANA), "relay"), "Thank you!"))
    assert office.ticket().status is Status.OPEN
    thanks = office.letter(address(SAM), "customer_answer")
    assert list(links(thanks)) == ["Close it again"]
    office.receive(click(thanks, "Close it again", SAM))
    assert office.ticket().status is Status.RESOLVED
    assert office.kinds(address(ANA)) == ["acknowledgement", "relay"]


# What is offered


def test_what_a_letter_offers_fits_the_state_of_the_case(office: Office, told: Posted) -> None:
    assert list(links(told))[:4] == ["Take", "Wait for customer", "Resolve", "It is spam"]
    office.receive(answer(SAM, told, "#take\n#wait customer\nWhich number?"))
    office.receive(answer(ANA, office.letter(address(ANA), "relay"), "Number 5, and it is urgent!"))
    now = list(links(office.letter(address(SAM), "customer_answer")))
    assert now[:3] == ["Wait for customer", "Resolve", "It is spam"]


def test_who_takes_care_of_what_was_escalated_says_so_with_one_click(office: Office) -> None:
    office.receive(write(ANA))
    office.wait(5 * HOUR)  # the first answer is owed within four; two hours later Maria hears of it
    alarm = office.letter(address(JO), "escalation")
    assert set(links(alarm)) == {"I take care of it", "Take"}
    office.receive(click(alarm, "I take care of it", JO))
    assert "nobody else is told" in " ".join(transcript(office, JO).split())
    office.wait(DAY)
    assert office.letters(address(MARIA), "escalation") == []


def test_no_two_links_share_a_token(office: Office, told: Posted) -> None:
    found = [*links(told).values(), *links(office.letter(address(KIM), "agent_notification")).values()]
    assert len({link.subject[-28:] for link in found}) == len(found) == 12


def test_letters_to_customers_carry_no_action(office: Office, told: Posted) -> None:
    office.receive(answer(SAM, told, "It comes on Tuesday."))
    for letter in office.letters(address(ANA)):
        assert "mailto:" not in unquote(letter.everything)


# Ratings


def rated(office: Office, told: Posted) -> Posted:
    office.receive(answer(SAM, told, "#take\nIt comes on Tuesday."))  # nobody is asked whom no person has answered
    office.receive(click(told, "Resolve", SAM))
    return office.letter(address(ANA), "closing")


def test_a_customer_rates_with_one_click_and_reopens_nothing(office: Office, told: Posted) -> None:
    closing = rated(office, told)
    assert [label for label in links(closing) if label.isdigit()] == ["1", "2", "3", "4", "5"]
    before = len(office.letters())
    office.receive(click(closing, "4", ANA))
    (event,) = office.events(type_="rating")
    assert (event.data["score"], event.actor) == (4, "customer:ana@mail.example")
    assert office.ticket().status is Status.RESOLVED
    assert len(office.letters()) == before


def test_an_answer_that_resolves_asks_by_the_same_links_and_its_copies_do_not(office: Office, told: Posted) -> None:
    office.receive(answer(SAM, told, f"#take\n#admit {address(LOU)}\n"))
    office.receive(answer(SAM, told, "#resolve\n\nThe money is on its way.\n"))
    office.wait(HOUR)
    relay, copy = office.letter(address(ANA), "relay"), office.letter(address(LOU), "relay_copy")
    assert [label for label in links(relay) if label.isdigit()] == ["1", "2", "3", "4", "5"]
    assert links(copy) == {}
    office.receive(click(relay, "5", ANA))
    assert [event.data["score"] for event in office.events(type_="rating")] == [5]
    assert office.ticket().status is Status.RESOLVED


def test_the_newest_rating_counts(office: Office, told: Posted) -> None:
    closing = rated(office, told)
    for score in ("4", "2", "2"):
        office.receive(click(closing, score, ANA))
    assert [event.data["score"] for event in office.events(type_="rating")] == [4, 2, 2]


def test_words_behind_the_stars_are_read_by_who_has_the_case(office: Office, told: Posted) -> None:
    closing = rated(office, told)
    body = f"{links(closing)['1'].body} Nobody called me back.\n"
    office.receive(click(closing, "1", ANA, text=body))
    office.wait(MINUTE)
    heard = office.letter(address(SAM), "customer_answer")
    assert "Nobody called me back." in heard.text
    assert "Send this mail as it is" not in heard.text
    assert office.ticket().status is Status.RESOLVED


@pytest.mark.parametrize("between", ["\n\n", "\n"])
def test_words_above_ours_are_read_as_well(office: Office, told: Posted, between: str) -> None:
    closing = rated(office, told)
    body = f"Nobody called me back.{between}{links(closing)['1'].body}"
    office.receive(click(closing, "1", ANA, text=body))
    office.wait(MINUTE)
    heard = office.letter(address(SAM), "customer_answer")
    assert "Nobody called me back." in heard.text
    assert "Send this mail as it is" not in heard.text


@pytest.mark.parametrize(("rater", "auth"), [("Eve <eve@stranger.example>", "pass"), (ANA, "fail"), (SAM, "pass")])
def test_nobody_rates_for_a_customer(office: Office, told: Posted, rater: str, auth: str) -> None:
    closing = rated(office, told)
    office.receive(click(closing, "1", rater), auth=auth)
    assert office.events(type_="rating") == []


def test_a_rating_after_its_time_is_kept_and_counts_no_more(office: Office, told: Posted) -> None:
    closing = rated(office, told)
    office.wait(31 * DAY)
    assert office.ticket().status is Status.CLOSED
    office.receive(click(closing, "1", ANA))
    assert office.events(type_="rating") == []
    assert office.tickets() == ["ACME-1001"]

"""Complaints on odd days and after changes of mind, from receipt to breach (sla.md sections 2 to 4)."""

from mailsla.core.model import Status
from tests.flows.conftest import OpenOffice
from tests.flows.mails import ANA, SAM, SUBJECT, address, answer, write
from tests.flows.office import DAY, HOUR, MONDAY, Office, berlin
from tests.flows.postbox import Posted


def told(office: Office) -> Posted:
    return office.letter(address(SAM), "agent_notification")


def test_a_complaint_of_friday_evening_is_due_on_monday(office: Office) -> None:
    office.wait_until("2026-11-20 16:30")
    office.receive(write(ANA))
    assert office.clock("first_response").due == berlin("2026-11-23 12:30")
    office.wait_until("2026-11-23 12:30")
    assert office.clock("first_response").breached_at == ()
    office.wait(1)
    assert office.clock("first_response").breached_at == (berlin("2026-11-23 12:30"),)


def test_christmas_with_a_bridge_day(open_office: OpenOffice) -> None:
    """Thursday 24 December until noon, Friday a holiday, Monday to Thursday between the years closed but Tuesday."""
    closed = "[calendars.office.holidays]\n"
    exceptions = """
[calendars.office.exceptions]
2026-12-24 = ["09:00-12:00"]
2026-12-28 = []
2026-12-30 = []
2026-12-31 = []

"""
    holidays = '2026-12-25 = "Christmas Day"\n'
    office = open_office((f"{closed}{holidays}", f'{closed}{holidays}2027-01-01 = "New Year"\n{exceptions}'))
    office.wait_until("2026-12-24 11:00")
    office.receive(write(ANA))
    assert office.clock("first_response").due == berlin("2026-12-29 12:00"), "one hour, and three on Tuesday"
    assert office.clock("resolution").due == berlin("2027-01-04 16:00"), "1 + 8 hours, and 7 on 4 January"


def test_clocks_are_set_back_while_we_wait(open_office: OpenOffice) -> None:
    """In the night of Sunday, 25 October 2026, an hour comes twice; around the clock both count."""
    always = [(f'weekly.{day} = ["09:00-17:00"]', f'weekly.{day} = ["00:00-24:00"]') for day in ("mon", "tue", "fri")]
    weekend = (
        "[calendars.office.holidays]",
        'weekly.sat = ["00:00-24:00"]\nweekly.sun = ["00:00-24:00"]\n\n[calendars.office.holidays]',
    )
    office = open_office(*always, weekend)
    office.now = berlin("2026-10-24 20:00")
    office.receive(write(ANA))
    office.wait_until("2026-10-24 22:00")
    office.receive(answer(SAM, told(office), "#wait customer\n\nWhich parcel?"))
    office.wait_until("2026-10-25 08:00")
    office.receive(write(ANA, "No. 7", f"Re: [ACME-1001] {SUBJECT}"))
    clock = office.clock("resolution")
    assert clock.elapsed == 2 * HOUR
    assert clock.due == berlin("2026-10-25 08:00") + 14 * HOUR


def test_a_complaint_received_before_the_hour_that_comes_twice_counts_it_twice(open_office: OpenOffice) -> None:
    weekend = ("[calendars.office.holidays]", 'weekly.sun = ["00:00-24:00"]\n\n[calendars.office.holidays]')
    office = open_office(weekend)
    office.now = berlin("2026-10-25 00:00")
    office.receive(write(ANA))
    assert office.clock("first_response").due == berlin("2026-10-25 03:00"), "0, 1, 2, and 2 again"


def test_a_priority_that_is_raised_when_it_is_over_already_is_late_now_and_not_before(office: Office) -> None:
    office.receive(write(ANA))
    office.wait(2 * HOUR)
    office.receive(answer(SAM, told(office), "#priority urgent"))
    assert office.clock("first_response").breached_at == (MONDAY + 2 * HOUR,), "one hour is over since 11:00"
    office.receive(answer(SAM, told(office), "#priority normal"))
    clock = office.clock("first_response")
    assert (clock.breached_at, clock.due) == ((MONDAY + 2 * HOUR,), MONDAY + 4 * HOUR), "listed, and armed again"


def test_raised_while_it_waits_it_is_late_when_it_goes_on(office: Office) -> None:
    office.receive(write(ANA))
    office.wait_until("2026-11-17 12:00")  # 10 of 16 hours
    office.receive(answer(SAM, told(office), "#wait customer"))
    office.receive(answer(SAM, told(office), "#priority urgent"))
    assert office.clock("resolution").breached_at == ()
    office.wait_until("2026-11-18 12:00")
    office.receive(write(ANA, "No. 7", f"Re: [ACME-1001] {SUBJECT}"))
    assert office.clock("resolution").breached_at == (berlin("2026-11-18 12:00"),)


def test_a_reply_that_bounced_was_never_sent(office: Office) -> None:
    office.receive(write(ANA))
    office.receive(answer(SAM, told(office), "It arrives on Tuesday."))
    assert office.clock("first_response").state == "met"
    (relayed,) = office.letters(address(ANA), "relay")
    office.wait(HOUR)
    office.receive(_returned(relayed), auth="none")
    assert office.clock("first_response").state == "running"
    assert office.clock("first_response").due == MONDAY + 4 * HOUR
    office.wait_until("2026-11-16 14:01")
    assert office.clock("first_response").breached_at == (MONDAY + 4 * HOUR,)


def test_an_answer_that_resolved_and_bounced_resolved_nothing(office: Office) -> None:
    office.receive(write(ANA))
    office.receive(answer(SAM, told(office), "#resolve\n\nYou have your money back."))
    assert (office.clock("first_response").state, office.clock("resolution").state) == ("met", "met")
    (relayed,) = office.letters(address(ANA), "relay")
    office.wait(HOUR)
    office.receive(_returned(relayed), auth="none")
    assert office.ticket().status is Status.OPEN
    assert (office.clock("first_response").state, office.clock("first_response").due) == ("running", MONDAY + 4 * HOUR)
    assert (office.clock("resolution").state, office.clock("resolution").elapsed) == ("running", HOUR)


def test_a_question_that_bounced_stopped_no_clock(office: Office) -> None:
    office.receive(write(ANA))
    office.receive(answer(SAM, told(office), "#wait customer\n\nWhich parcel?"))
    (relayed,) = office.letters(address(ANA), "relay")
    office.wait(2 * HOUR)
    office.receive(_returned(relayed), auth="none")
    clock = office.clock("resolution")
    assert (clock.state, clock.elapsed, clock.due) == ("running", 2 * HOUR, berlin("2026-11-18 10:00"))


def test_what_bounces_after_the_end_opens_nothing(office: Office) -> None:
    office.receive(write(ANA))
    office.receive(answer(SAM, told(office), "#resolve\n\nYou have your money back."))
    (relayed,) = office.letters(address(ANA), "relay")
    office.wait(20 * DAY)
    office.receive(_returned(relayed), auth="none")
    assert office.ticket().status is Status.CLOSED
    assert (office.clock("resolution").state, office.clock("resolution").breached_at) == ("met", ())


def test_after_a_weeks_outage_the_breaches_stand_at_their_own_instants(office: Office) -> None:
    office.receive(write(ANA))
    office.sleep_until("2026-11-23 10:00")
    assert office.clock("first_response").breached_at == (MONDAY + 4 * HOUR,)
    assert office.clock("resolution").breached_at == (berlin("2026-11-18 10:00"),)
    recorded = {event.recorded_at for event in office.events(type_="breached")}
    assert recorded == {berlin("2026-11-23 10:00")}


def test_mail_that_is_fetched_late_counts_from_its_receipt(office: Office) -> None:
    office.wait_until("2026-11-16 15:00")
    office.receive(write(ANA), at=MONDAY)
    assert office.clock("first_response").started_at == MONDAY
    assert office.clock("first_response").breached_at == (MONDAY + 4 * HOUR,)
    assert office.events(type_="created")[0].data["late_on_arrival"]


def test_resolved_without_a_reply_is_never_met(office: Office) -> None:
    office.receive(write(ANA))
    office.receive(answer(SAM, told(office), "#resolve"))
    assert office.metrics() == ["first_response 1 cancelled", "resolution 1 met"]
    assert office.ticket().status is Status.RESOLVED
    office.wait(DAY)


def _returned(letter: Posted) -> bytes:
    """The report of their server that it could not deliver (RFC 3464)."""
    return (
        "From: MAILER-DAEMON@mail.example\r\nTo: support@acme.example\r\nSubject: Undelivered Mail\r\n"
        f"Message-ID: <{letter.at}.bounce@mail.example>\r\nAuto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nNo such user.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mail.example\r\n\r\n"
        f"Final-Recipient: rfc822; {letter.to}\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {letter.header('Message-ID')}\r\n\r\n--b--\r\n"
    ).encode()

"""Other people's tickets: hijacked by subject tag, Ticket Trick, Cc takeover, guessed ids; complaints suppressed."""

import pytest

from mailsla.core.model import IntakeState
from tests.flows.mails import ANA, SAM, SUPPORT, address, answer, write
from tests.flows.office import DAY, HOUR, Office
from tests.security.letters import EVE, out, raw

SECRET = "verification code 738-291"


def text_to(office: Office, to: str) -> str:
    return "\n".join(one.everything for one in office.letters(to))


def test_ticket_trick(office: Office) -> None:
    """Ticket Trick (De Ceukelaire, 2017): sign up elsewhere with a helpdesk's reply address and read the code there."""
    office.receive(write(EVE, "I forgot my order number."))
    reply_to = office.letter(EVE, "acknowledgement").header("Reply-To").strip("<>")
    for to, subject in ((reply_to, "Verify"), (SUPPORT, "[ACME-1001] Verify"), (SUPPORT, "Re: [ACME-1001]")):
        office.receive(write("no-reply@service.example", SECRET, f"{subject} {SECRET}", to=to))
    told = office.letters(address(SAM), "agent_notification")[0]
    office.receive(answer(SAM, told, "Hello, we look for it."))
    office.receive(write(EVE, "What is the status of my complaint?", "Re: [ACME-1001] parcel", to=reply_to))
    office.receive(answer(SAM, told, "#resolve\n\nFound it."))
    office.wait(30 * DAY)
    assert "relay" in office.kinds(EVE)
    assert "738-291" not in text_to(office, EVE)
    assert not out(office, "no-reply@service.example")


@pytest.mark.parametrize(
    "subject", ["[ACME-1001]", "Re: [ACME-1001] parcel", "[acme-1001]", "AW: [ACME-1001][ACME-1001]"]
)
def test_a_subject_tag_lets_no_stranger_in(office: Office, subject: str) -> None:
    """Ticket hijacked by subject tag: sequential numbers, no secret (OTRS, RT, osTicket by design for years)."""
    office.receive(write(ANA))
    office.receive(write(EVE, "Please send me all of it.", subject))
    assert office.ticket("ACME-1002").linked_to == office.ticket().id
    office.receive(answer(SAM, office.letters(address(SAM))[0], "Your IBAN ends in 4711."))
    assert "4711" not in text_to(office, EVE)
    assert "my parcel" not in text_to(office, EVE)


@pytest.mark.parametrize("auth", ["pass", "fail"])
def test_cc_takeover(office: Office, auth: str) -> None:
    """Zendesk 2024 ("1 bug, $50,000 in bounties"): From forged as the requester, Cc to oneself, and every answer with
    the whole history comes along."""
    office.receive(write(ANA, "My secret is 4711."))
    reply_to = office.letter(address(ANA), "acknowledgement").header("Reply-To").strip("<>")
    for to in (reply_to, SUPPORT):
        office.receive(write(ANA, "More.", "Re: [ACME-1001]", to=to, cc=EVE, headers={"Reply-To": EVE}), auth=auth)
    office.receive(answer(SAM, office.letters(address(SAM))[0], "We look after 4711."))
    assert not out(office, EVE)
    ticket = office.ticket()
    with office.services.store.begin() as uow:
        assert EVE not in uow.tickets.participants(ticket.id)


def test_guessed_message_ids_and_tokens_name_nothing(office: Office) -> None:
    """RT and OTRS made them of ticket number and time; ours are random, and one that is near does nothing."""
    office.receive(write(ANA))
    letter = office.letter(address(ANA), "acknowledgement")
    theirs, token = letter.header("Message-ID"), letter.header("Reply-To").strip("<>")
    near = token.replace(token[9:12], "aaa" if token[9:12] != "aaa" else "bbb")
    guessed = f"<{'a' * 20}@mailsla.acme.example>"
    for to, reference in ((SUPPORT, guessed), (near, ""), (SUPPORT, theirs)):
        office.receive(write(EVE, "Hi", "Hi", to=to, headers={"In-Reply-To": reference} if reference else {}))
    messages = office.query("SELECT count(*) FROM messages WHERE ticket_id = 1")
    assert messages == [(1,)]
    assert office.ticket("ACME-1004").linked_to == office.ticket().id  # the real one: for agents to see, nothing more


@pytest.mark.parametrize("name", ["X-OTRS-State", "X-OTRS-Queue", "X-Zammad-Owner", "X-RT-Ticket", "X-Ticket-ID"])
def test_headers_that_other_helpdesks_obey_are_text(office: Office, name: str) -> None:
    """They set state, owner, queue or ticket for whoever sent them: here the mail is a complaint like any other."""
    office.receive(write(ANA))
    before = office.ticket()
    office.receive(write(EVE, "Hi", headers={name: "closed ACME-1001 acme-1001 eve"}))
    assert office.tickets() == ["ACME-1001", "ACME-1002"]
    assert office.ticket() == before


OURS = (
    {"X-mailsla-Instance": "acme", "X-mailsla-Ticket": "ACME-1001", "X-mailsla-Kind": "relay"},
    {"X-mailsla-Instance": "bakery", "X-mailsla-Kind": "operator_alert", "Auto-Submitted": "auto-generated"},
    {"Message-ID": "<abcdefghij234567abcd@mailsla.acme.example>"},
    {"Subject": "mailsla probe abcdefghij"},
)


@pytest.mark.parametrize("mine", OURS, ids=["our header", "another mailsla", "our Message-ID", "a probe"])
def test_what_only_looks_like_our_own_mail_is_a_complaint_like_any_other(office: Office, mine: dict[str, str]) -> None:
    """Our headers give nothing, and take nothing away: a mail that is passed over as our own would be one that nobody
    ever sees, while its sender says that he complained. The mail of another mailsla may be one, too."""
    office.receive(write(ANA))
    before = office.ticket()
    mail = write(EVE, "#resolve\nHi")
    for name, value in mine.items():
        del mail[name]
        mail[name] = value
    row = office.receive(mail)
    assert (row.state, row.ticket_id) == (IntakeState.DONE, office.ticket("ACME-1002").id)
    assert office.ticket() == before
    assert [one.to for one in office.letters(kind="agent_notification") if "ACME-1002" in one.text]
    machine = any(name.startswith("X-mailsla") for name in mine)
    assert [one.kind for one in office.letters(EVE)] == ([] if machine else ["acknowledgement"])


def test_our_own_mail_is_known_by_its_message_id_however_it_comes_back(office: Office) -> None:
    """Through a list that puts its own address into From, or with the headers of the instance cut off."""
    office.receive(write(ANA))
    for to in (address(ANA), address(SAM)):
        for letter in office.letters(to):
            lines = letter.raw.split(b"\r\n")
            kept = [one for one in lines if not one.lower().startswith((b"from:", b"x-mailsla", b"reply-to:"))]
            row = office.receive(b"From: list@acme.example\r\n" + b"\r\n".join(kept))
            assert (row.state, row.ticket_id) == (IntakeState.DONE, None)
    assert office.tickets() == ["ACME-1001"]


SAME = "<same@mail.example>"


@pytest.mark.parametrize("as_ana", [True, False], ids=["From forged too", "Message-ID alone"])
def test_who_sends_first_suppresses_no_complaint(office: Office, as_ana: bool) -> None:
    """Dedupe suppression: the same Message-ID, Date, Subject and From sent first, so that the victim's own mail counts
    as its copy."""
    same = {"Message-ID": SAME, "Date": "Mon, 16 Nov 2026 10:00:00 +0100"}
    forged = office.receive(
        write(ANA if as_ana else EVE, "Never mind.", headers=same), auth="fail" if as_ana else "pass"
    )
    real = office.receive(write(ANA, headers=same))
    assert (forged.state, real.state) == (IntakeState.DONE, IntakeState.DONE)
    texts = "\n".join(row[0] for row in office.query("SELECT text FROM messages"))
    assert "my parcel has not arrived" in texts


def test_the_same_fingerprint_in_another_mailbox_needs_the_same_content(office: Office) -> None:
    """All that a fingerprint is made of but the body, or an attachment."""
    same = {"Message-ID": SAME, "Date": "Mon, 16 Nov 2026 10:00:00 +0100"}
    office.receive(write(ANA, "Never mind.", headers=same), mailbox="sales")
    office.receive(write(ANA, "Never mind.", headers=same, files={"a.pdf": b"x"}), mailbox="sales", auth="none")
    real = office.receive(write(ANA, "Never mind.", headers=same, files={"a.pdf": b"proof"}))
    assert real.state is IntakeState.DONE
    assert (real.duplicate_of, len(office.tickets()) >= 1) == (None, True)


def test_a_bounce_that_somebody_made_up_silences_nobody(office: Office) -> None:
    """A forged report that Ana's address is dead, with no letter of ours in it: she is written to all the same."""
    forged = raw(
        "From: mailer-daemon@evil.example", "To: support@acme.example", "Subject: Undelivered", "MIME-Version: 1.0",
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
        text="--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; x\r\n\r\n"
        "Final-Recipient: rfc822; ana@mail.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--b--\r\n",
    )  # fmt: skip
    office.receive(forged)
    office.now += HOUR
    office.receive(write(ANA))
    assert office.kinds(address(ANA)) == ["acknowledgement"]

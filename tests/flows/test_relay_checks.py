"""What must not go to a customer is told to its writer at once: our inside, and more than the server takes."""

from email.message import EmailMessage

import pytest

from mailsla.core.model import Status
from tests.flows.mails import ANA, COMPLAINT, SAM, address, answer, write
from tests.flows.office import Office
from tests.flows.postbox import Posted

NOTE = "She has complained twice before, so be careful with her. Offer 20 EUR at the most."


@pytest.fixture
def told(office: Office) -> Posted:
    office.receive(write(ANA))
    return office.letter(address(SAM), "agent_notification")


def refused(office: Office) -> str:
    """What the agent reads of it; nothing went out, and no command ran."""
    assert office.kinds(address(ANA)) == ["acknowledgement"]
    assert office.ticket().status is not Status.RESOLVED
    return office.letter(address(SAM), "transcript").text


@pytest.mark.parametrize(
    "text",
    [
        "It comes on Tuesday. She has complained twice before, so be careful with her.",
        "> She has   complained twice before,\n> so be careful with HER",
        "Kim says: Offer 20 EUR at the most!",
        "She has *complained twice* before, so be\u00a0care\u00adful with her",
    ],
)
def test_words_of_a_note(office: Office, told: Posted, text: str) -> None:
    office.receive(answer(SAM, told, f"#note\n{NOTE}"))
    office.receive(answer(SAM, told, f"#resolve\n{text.replace('> ', '')}"))
    assert "these words of a note stand in it: “" in refused(office)


@pytest.mark.parametrize("text", ["It comes on Tuesday.", "Offer: 20 EUR.", "You have complained before, we know."])
def test_an_answer_that_only_sounds_like_the_note_goes_out(office: Office, told: Posted, text: str) -> None:
    office.receive(answer(SAM, told, f"#note\n{NOTE}"))
    office.receive(answer(SAM, told, text))
    assert office.kinds(address(ANA)) == ["acknowledgement", "relay"]


def test_what_a_note_repeats_of_the_customer_is_no_secret(office: Office, told: Posted) -> None:
    office.receive(answer(SAM, told, f"#note\n{COMPLAINT}"))
    office.receive(answer(SAM, told, "You wrote: my parcel has not arrived, the delivery is a week late."))
    assert office.kinds(address(ANA))[-1] == "relay"


def test_a_quoted_header_of_ours(office: Office, told: Posted) -> None:
    office.receive(answer(SAM, told, "#resolve\nSee below.\nX-mailsla-Ticket: ACME-1001"))
    assert "it quotes a mail of mailsla to agents (X-mailsla-Ticket)" in refused(office)


def test_a_reply_address_of_an_agent(office: Office, told: Posted) -> None:
    office.receive(answer(SAM, told, f"#resolve\nWrite to {told.header('Reply-To')}."))
    assert "it holds a reply address of one of us" in refused(office)


def test_in_capitals_too(office: Office, told: Posted) -> None:
    office.receive(answer(SAM, told, f"#resolve\nWrite to {told.header('Reply-To').upper()}."))
    assert "it holds a reply address of one of us" in refused(office)


@pytest.mark.parametrize("way", ["mailto:sam%40acme.example", "sam＠acme.example"])
def test_an_address_in_another_dress(office: Office, told: Posted, way: str) -> None:
    office.receive(answer(SAM, told, f"#resolve\nWrite to {way}"))
    assert "it holds sam@acme.example" in refused(office)


@pytest.mark.parametrize("charset", ["utf-8", "utf-16"])
def test_a_text_file_with_words_of_a_note(office: Office, told: Posted, charset: str) -> None:
    office.receive(answer(SAM, told, f"#note\n{NOTE}"))
    office.receive(answer(SAM, told, "#resolve\nSee there.", files={"notes.txt": NOTE.encode(charset)}))
    assert "notes.txt holds words of a note: “She has complained twice" in refused(office)


def test_a_reply_address_of_the_customer_may_stand_in_it(office: Office, told: Posted) -> None:
    theirs = office.letter(address(ANA), "acknowledgement").header("Reply-To")
    office.receive(answer(SAM, told, f"Write to {theirs}."))
    assert office.kinds(address(ANA))[-1] == "relay"


def forwarding(told: Posted, how: str) -> EmailMessage:
    mail = answer(SAM, told, "#resolve\nSee what is attached.")
    if how == "as a mail":
        mail.add_attachment(told.mail, filename="Where is my parcel.eml")
    else:
        mail.add_attachment(told.raw, maintype="application", subtype="octet-stream", filename="mail.eml")
    return mail


@pytest.mark.parametrize("how", ["as a mail", "as a file"])
def test_our_own_notification_attached(office: Office, told: Posted, how: str) -> None:
    office.receive(forwarding(told, how))
    assert "is a mail of mailsla to agents, which customers never see; leave it out" in refused(office)


def test_an_address_inside_an_attached_mail_that_is_encoded(office: Office, told: Posted) -> None:
    inner = EmailMessage()
    inner["From"], inner["Subject"] = "depot@carrier.example", "Found"
    inner.set_content("Ask sam@acme.example for it.", cte="base64")
    mail = answer(SAM, told, "#resolve\nSee what is attached.")
    mail.add_attachment(inner.as_bytes(), maintype="text", subtype="plain", filename="found.eml")
    office.receive(mail)
    assert "names sam@acme.example" in refused(office)


def test_files_that_the_server_would_refuse(office: Office, told: Posted) -> None:
    """Base64 makes 35 % more of them."""
    office.postbox.takes = 1_000_000
    office.receive(answer(SAM, told, "First.", files={"fits.bin": b"x" * 700_000}))  # whose sending tells the limit
    assert office.letter(address(ANA), "relay").files["fits.bin"] == b"x" * 700_000
    office.receive(answer(SAM, told, "#resolve\nSecond.", files={"label.bin": b"x" * 760_000}))
    said = office.letter(address(SAM), "transcript").text
    assert "with label.bin the mail would be 1 MB large, and our server takes 1 MB; send a smaller file" in said
    assert office.kinds(address(ANA)) == ["acknowledgement", "relay"]
    assert office.ticket().status is Status.OPEN


def test_files_over_the_configured_size(office: Office, told: Posted) -> None:
    office.receive(answer(SAM, told, "Both.", files={"a.bin": b"x" * 12_000_000, "b.bin": b"x" * 7_000_000}))
    said = refused(office)
    assert "with a.bin, b.bin the mail would be 26 MB large, and our server takes 25 MB" in said


def test_files_below_it_go_along_whatever_agents_mails_carry(office: Office, told: Posted) -> None:
    office.receive(answer(SAM, told, "This one.", files={"a.bin": b"x" * 12_000_000}))
    assert len(office.letter(address(ANA), "relay").files["a.bin"]) == 12_000_000


PAGE = '<p>It looks like this: <img src="cid:new@pic"></p>{quote}<p>{logo}</p></blockquote>'


@pytest.mark.parametrize(
    ("quote", "goes"),
    [
        ('<div class="gmail_quote"><blockquote>', ["new.png"]),
        ('<div class="moz-cite-prefix">On Monday</div><blockquote type="cite">', ["new.png"]),
        ('<div id="divRplyFwdMsg">From: ACME</div><blockquote>', ["new.png"]),
        ('<div id="Signature">Sam</div><blockquote>', ["new.png"]),
    ],
)
def test_pictures_of_the_new_text_go_along_those_of_the_quote_do_not(
    office: Office, told: Posted, quote: str, goes: list[str]
) -> None:
    mail = write(SAM, "It looks like this: [picture]", to=told.header("Reply-To"))
    mail.add_alternative(PAGE.format(quote=quote, logo='<img src="cid:logo@pic">'), subtype="html")
    page = mail.get_payload(1)
    assert isinstance(page, EmailMessage)
    for name in ("new", "logo"):
        data = f"PNG {name}".encode()
        page.add_related(data, "image", "png", cid=f"<{name}@pic>", filename=f"{name}.png", disposition="inline")
    office.receive(mail)
    assert list(office.letter(address(ANA), "relay").files) == goes


def test_a_closed_case_says_how_to_write_all_the_same(office: Office, told: Posted) -> None:
    office.receive(answer(SAM, told, "#resolve"))
    office.wait_until("2026-12-15 10:00")
    assert office.ticket().status is Status.CLOSED
    office.receive(answer(SAM, told, "One more thing."))
    said = office.letter(address(SAM), "transcript").text
    assert "the case has ended (closed); to write to the customer all the same, send them a new mail with our" in said


@pytest.mark.parametrize(
    "text", ["", "\n\n-- \nSam Lee\nExtension 12", "Sent from my iPhone"], ids=["nothing", "a signature", "a phone's"]
)
def test_an_empty_answer_says_so(office: Office, told: Posted, text: str) -> None:
    office.receive(answer(SAM, told, text))
    assert "nothing was sent: there is no text of yours in it, only a quote or a signature" in refused(office)


def test_an_answer_between_quoted_lines_says_that_too(office: Office, told: Posted) -> None:
    office.receive(answer(SAM, told, "> My parcel is late.\nIt comes on Tuesday.\n> And when?"))
    assert "a quoted line is still in the text" in refused(office)


def test_a_file_beside_a_signature_goes_without_it(office: Office, told: Posted) -> None:
    office.receive(answer(SAM, told, "\n\n-- \nSam Lee\nExtension 12", files={"label.pdf": b"%PDF"}))
    relayed = office.letter(address(ANA), "relay")
    assert "Please see what is attached." in relayed.text
    assert "Extension" not in relayed.everything

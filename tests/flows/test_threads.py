"""Which mails come together in a ticket, however their chains are broken and in whichever order (mail.md 3)."""

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from mailsla.core.model import Status
from tests.flows.mails import ANA, COMPLAINT, RIO, SAM, SUBJECT, address, answer
from tests.flows.office import HOUR, MINUTE, Office, blank_database
from tests.flows.postbox import Posted

FIRST, SECOND, THIRD = "<1.first@mail.example>", "<2.second@mail.example>", "<3.third@mail.example>"
NEVER_SEEN = "<lost@elsewhere.example>"


def mail(who: str, number: str, headers: dict[str, str], subject: str = SUBJECT, text: str = COMPLAINT) -> bytes:
    """One mail whose threading headers are written as they stand here: no library may mend or refuse them."""
    head = {"From": who, "To": "support@acme.example", "Subject": subject, "Message-ID": number, **headers}
    lines = [*(f"{name}: {value}" for name, value in head.items() if value), "", text, ""]
    verdict = f"Authentication-Results: mx.acme.example; dmarc=pass header.from={address(who).partition('@')[2]}"
    return "\r\n".join([verdict, *lines]).encode()


# What clients, gateways and lists make of the headers of an answer to FIRST.
CHAINS = {
    "whole": {"In-Reply-To": FIRST, "References": FIRST},
    "In-Reply-To alone": {"In-Reply-To": FIRST},
    "References alone": {"References": FIRST},
    "a mail between is not known": {"In-Reply-To": NEVER_SEEN, "References": f"{FIRST} {NEVER_SEEN}"},
    "In-Reply-To names something else": {"In-Reply-To": NEVER_SEEN, "References": FIRST},
    "no blanks between": {"References": f"<a@b.example>{FIRST}{NEVER_SEEN}"},
    "commas between": {"References": f"<a@b.example>, {FIRST}, {NEVER_SEEN}"},
    "no brackets": {"References": FIRST.strip("<>")},
    "folded inside the id": {"References": "<1.first@\r\n mail.example>"},
    "folded between": {"References": f"<a@b.example>\r\n\t{FIRST}\r\n {NEVER_SEEN}"},
    "the last one cut off": {"References": f"{FIRST} <2.sec"},
    "the first one cut off": {"References": f"example> {FIRST}"},
    "words around": {"In-Reply-To": f'Your message of "Mon, 16 Nov 2026 10:00:00 +0100" {FIRST}'},
    "two headers": {"References": NEVER_SEEN, "references": FIRST},
    "with ids without an at": {"References": f"<1> {FIRST} <2>", "In-Reply-To": "<2>"},
    "one of hundreds": {"References": FIRST + "".join(f"\r\n <{n}@far.example>" for n in range(300))},
}
SUBJECTS = [SUBJECT, f"Re: {SUBJECT}", f"AW: WG: {SUBJECT}", "Something else altogether", "", "Re:"]


@pytest.mark.parametrize("headers", CHAINS.values(), ids=CHAINS)
def test_an_answer_joins_by_what_is_left_of_its_chain(office: Office, headers: dict[str, str]) -> None:
    office.receive(mail(ANA, FIRST, {}))
    office.receive(mail(ANA, SECOND, headers, "Re: " + SUBJECT))
    assert office.tickets() == ["ACME-1001"]


@pytest.mark.parametrize("subject", SUBJECTS)
def test_a_changed_subject_changes_nothing(office: Office, subject: str) -> None:
    office.receive(mail(ANA, FIRST, {}))
    office.receive(mail(ANA, SECOND, CHAINS["whole"], subject))
    assert office.tickets() == ["ACME-1001"]
    assert office.ticket().subject == SUBJECT


def test_the_same_subject_alone_joins_nothing(office: Office) -> None:
    office.receive(mail(ANA, FIRST, {}))
    office.receive(mail(ANA, SECOND, {}, f"Re: {SUBJECT}", "Another parcel is late."))
    assert office.tickets() == ["ACME-1001", "ACME-1002"]


WITHOUT_AT = ["<1>", "<>", "<localhost>", "1", "<1 2>", "<parcel>", "<\t>"]


@pytest.mark.parametrize("number", WITHOUT_AT)
@pytest.mark.parametrize("answer_first", [False, True])
def test_ids_without_an_at_never_join(office: Office, number: str, answer_first: bool) -> None:
    mails = [
        mail(ANA, number, {}),
        mail(ANA, SECOND, {"In-Reply-To": number, "References": f"{number} <2>"}, text="And my lamp is broken."),
    ]
    for one in reversed(mails) if answer_first else mails:
        office.receive(one)
    assert office.tickets() == ["ACME-1001", "ACME-1002"]


@pytest.mark.parametrize("chain", ["whole", "In-Reply-To alone", "References alone", "folded inside the id"])
def test_the_answer_before_the_question(office: Office, chain: str) -> None:
    """Both are on one ticket, and the clocks start at the receipt of the one that was written first."""
    began = office.now
    office.wait(HOUR)
    office.receive(mail(ANA, SECOND, CHAINS[chain], "Re: " + SUBJECT, "And it was broken."))
    office.wait(30 * MINUTE)
    office.receive(mail(ANA, FIRST, {}), at=began)
    assert office.tickets() == ["ACME-1001"]
    assert office.ticket().received_at == began
    assert office.clock("first_response").started_at == began
    assert office.clock("resolution").started_at == began
    assert office.metrics() == ["first_response 1 running", "resolution 1 running"]
    assert [event.type for event in office.events() if event.type == "breached"] == []
    assert office.kinds(address(ANA)) == ["acknowledgement"]
    assert office.kinds(address(SAM)) == ["agent_notification", "customer_answer"]


def test_three_mails_backwards(office: Office) -> None:
    office.receive(mail(ANA, THIRD, {"References": f"{FIRST} {SECOND}", "In-Reply-To": SECOND}, text="Three."))
    office.receive(mail(ANA, SECOND, {"In-Reply-To": FIRST}, text="Two."))
    office.receive(mail(ANA, FIRST, {}, text="One."))
    assert office.tickets() == ["ACME-1001"]


def test_a_late_question_is_on_time_from_its_own_receipt(office: Office) -> None:
    """An answer of ours to the second mail is measured from the first: what was missed then is said now, once."""
    began = office.now
    office.wait(5 * HOUR)  # the target is four
    office.receive(mail(ANA, SECOND, CHAINS["whole"], text="Any news?"))
    office.receive(answer(SAM, office.letter(address(SAM), "agent_notification"), "It is under way."))
    office.wait(HOUR)
    assert office.clock("first_response").state == "met"
    office.receive(mail(ANA, FIRST, {}), at=began)
    assert office.clock("first_response").state == "late"
    assert [event.data["metric"] for event in office.events(type_="breached")] == ["first_response"]


def test_a_question_that_comes_after_all_was_resolved_opens_it_again(office: Office) -> None:
    began = office.now
    office.receive(mail(ANA, SECOND, CHAINS["whole"], text="Any news?"))
    office.receive(answer(SAM, office.letter(address(SAM), "agent_notification"), "#resolve\nIt has come."))
    office.wait(HOUR)
    assert office.ticket().status is Status.RESOLVED
    office.receive(mail(ANA, FIRST, {}), at=began)
    assert office.tickets() == ["ACME-1001"]
    assert office.ticket().status is Status.OPEN


def test_a_mail_that_somebody_else_answered_first_is_not_theirs(office: Office) -> None:
    """Rio was in Cc, and his answer overtook Ana's mail: each has a ticket."""
    office.receive(mail(RIO, SECOND, CHAINS["whole"], text="I can confirm this."))
    office.receive(mail(ANA, FIRST, {}))
    assert [office.ticket(one).requester for one in office.tickets()] == [address(RIO), address(ANA)]


def test_who_answers_below_anothers_mail_on_their_own_ticket_means_their_own(office: Office) -> None:
    office.receive(mail(ANA, FIRST, {}))
    office.receive(mail(RIO, SECOND, {}, text="My lamp is broken."))
    office.receive(mail(RIO, THIRD, {"References": f"{SECOND} {FIRST}", "In-Reply-To": FIRST}, text="As Ana says."))
    office.receive(mail(RIO, "<4@elsewhere.example>", {"In-Reply-To": FIRST}, "Re: [ACME-1002] x", "As I said."))
    assert office.tickets() == ["ACME-1001", "ACME-1002"]
    assert len(office.events("ACME-1002", "customer_mail")) == 2


# Two customers, whatever they share

WHO = [ANA, RIO, "Ana Vogel <ana@elsewhere.example>", "ANA@mail.example.evil.example", "ana+x@mail.example"]
IDS = [FIRST, SECOND, "<shared@x.example>", "<1>"]
Named = Callable[[list[Posted]], dict[str, str]]


def _named(ids: list[str], ours: int | None, nearest: str | None) -> Named:
    def headers(letters: list[Posted]) -> dict[str, str]:
        chain = [*ids, *([letters[ours % len(letters)].header("Message-ID")] if letters and ours is not None else [])]
        return {"References": " ".join(chain), "In-Reply-To": nearest or ""}

    return headers


MAILS = st.lists(
    st.tuples(
        st.sampled_from(WHO),
        st.sampled_from([*IDS, ""]),
        st.builds(
            _named,
            st.lists(st.sampled_from(IDS), max_size=3),
            st.none() | st.integers(0, 5),
            st.none() | st.sampled_from(IDS),
        ),
        st.sampled_from([SUBJECT, f"Re: [ACME-1001] {SUBJECT}", "[acme-1002]", "AW: [ACME-1001] [ACME-1002]"]),
        st.integers(0, 7200),
    ),
    min_size=2,
    max_size=6,
)


# Not shrunk: each example takes a second, and six mails are read as they are.
@settings(max_examples=12, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(mails=MAILS)
def test_two_customers_never_share_a_ticket(mails: list[tuple[str, str, Named, str, int]]) -> None:
    """Whatever ids, subjects and tags their mails share, in whatever order, from whatever receipt."""
    with TemporaryDirectory() as folder:
        office = Office(Path(folder), blank_database(Path(folder)))
        try:
            _check_apart(office, mails)
        finally:
            office.close()


def _check_apart(office: Office, mails: list[tuple[str, str, Named, str, int]]) -> None:
    for number, (who, message_id, named, subject, ago) in enumerate(mails):
        raw = mail(who, message_id, named(office.letters()), subject, f"{number} says {who}")
        office.receive(raw, at=office.now - ago)
        office.wait(MINUTE)
    authors = {reference: _authors(office, reference) for reference in office.tickets()}
    assert all(len(found) == 1 for found in authors.values()), authors
    for reference in office.tickets():
        assert {office.ticket(reference).requester} == authors[reference]
    for letter in office.letters():  # nor does a letter to one of them hold what another wrote
        if letter.to in {address(who) for who in WHO}:
            others = [who for who in WHO if address(who) != letter.to]
            assert not [who for who in others if f"says {who}" in letter.everything]


def _authors(office: Office, reference: str) -> set[str]:
    number = office.ticket(reference).id
    with office.services.store.begin() as uow:
        return {one.author for one in uow.tickets.messages(number) if one.direction == "in"}


def test_the_property_above_can_fail(office: Office) -> None:
    """It looks at authors: one whom an agent admitted is a second one."""
    office.receive(mail(ANA, FIRST, {}))
    number = office.ticket().id
    with office.services.store.begin() as uow:
        uow.tickets.admit(number, address(RIO))
        uow.commit()
    office.receive(mail(RIO, SECOND, CHAINS["whole"]))
    assert _authors(office, "ACME-1001") == {address(ANA), address(RIO)}

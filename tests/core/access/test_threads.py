"""Which ticket a mail names, and how a thread is named (mail.md section 3, letters.md section 4)."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailsla.core.access.threads import By, base_subject, choose, named_ids, references_of, subject_tag, without_tags
from mailsla.core.mail.parsed import Bounce
from mailsla.core.model import Status
from tests.core.access.build import mail, ticket


@pytest.mark.parametrize(
    ("subject", "reference"),
    [
        ("[ACME-1042] Where is my parcel", "ACME-1042"),
        ("Re: AW: [acme-1042] Where", "ACME-1042"),
        ("Fwd: x [ ACME-1042 ]", "ACME-1042"),
        ("[ACME-1042] and [ACME-7]", "ACME-1042"),
        ("ACME-1042 Where", ""),
        ("[ACME-0042]", ""),
        ("[ACME-]", ""),
        ("[XACME-1042]", ""),
        ("[ACME-1042a]", ""),
        ("[ACME-١٢]", ""),
        ("[ACME-" + "9" * 40 + "]", ""),
        ("", ""),
    ],
)
def test_a_subject_names_a_ticket_in_brackets(subject: str, reference: str) -> None:
    assert subject_tag(subject, "ACME") == reference


def test_a_prefix_is_taken_as_it_is_written() -> None:
    assert subject_tag("[A.C-5]", "A.C") == "A.C-5"
    assert subject_tag("[ABC-5]", "A.C") == ""


@pytest.mark.parametrize(
    ("subject", "base"),
    [
        ("Where is my parcel", "Where is my parcel"),
        ("Re: Where", "Where"),
        ("RE: re: Re : Where", "Where"),
        ("AW: WG: Fwd: TR: RV: Odp: R: I: Antw: SV: FW: Where", "Where"),
        ("Re[2]: Where", "Where"),
        ("AW(3): Where", "Where"),
        ("Re\xa0: Où", "Où"),
        ("Re：Where", "Where"),
        ("  Re:   Where  ", "Where"),
        ("Re:", ""),
        ("", ""),
        ("Regarding: Where", "Regarding: Where"),
        ("Refund: Where", "Refund: Where"),
        ("Red: blue", "Red: blue"),
        ("I: said: no", "said: no"),
        ("I said: no", "I said: no"),
        ("Where re: parcel", "Where re: parcel"),
        ("[ACME-1042] Re: Where", "[ACME-1042] Re: Where"),
    ],
)
def test_base_subject(subject: str, base: str) -> None:
    assert base_subject(subject) == base


@pytest.mark.parametrize(
    ("subject", "plain"),
    [
        ("[ACME-1042] Where is  my parcel", "Where is  my parcel"),
        ("Where [acme-7] is [ACME-1042]", "Where is"),
        ("Where  is [OTHER-7]", "Where  is [OTHER-7]"),
        ("[ACME-1042]", ""),
    ],
)
def test_a_new_ticket_carries_no_other_reference(subject: str, plain: str) -> None:
    assert without_tags(subject, "ACME") == plain


@given(st.text(max_size=80), st.lists(st.sampled_from(["Re: ", "AW:", "FWD : ", "sv[3]: "]), max_size=5))
def test_prefixes_never_pile_up(subject: str, prefixes: list[str]) -> None:
    base = base_subject(subject)
    assert base_subject("".join(prefixes) + subject) == base
    assert base_subject(f"Re: {base}") == base


def test_the_strongest_sign_wins_and_of_equals_the_first() -> None:
    tag, theirs, ours, token = (ticket(by) for by in (By.SUBJECT_TAG, By.THEIR_MESSAGE_ID, By.OUR_MESSAGE_ID, By.TOKEN))
    assert choose([tag, theirs, ours, token]) is token
    assert choose([tag, theirs, ours]) is ours
    assert choose([tag, theirs]) is theirs
    assert choose([tag]) is tag
    assert choose([]) is None
    newest = ticket(By.OUR_MESSAGE_ID, Status.CLOSED)
    assert choose([newest, ours]) is newest


def test_who_takes_part_in_one_of_the_tickets_is_heard_there() -> None:
    theirs, tag = ticket(By.THEIR_MESSAGE_ID), ticket(By.SUBJECT_TAG)
    token = ticket(By.TOKEN)
    others = replace(theirs, ticket_id=8, participants=frozenset({"rio@elsewhere.example"}))
    assert choose([others, tag], "ana@mail.example") is tag
    assert choose([others, tag], "eve@stranger.example") is others
    assert choose([replace(others, by=By.TOKEN), tag], "ana@mail.example").by is By.TOKEN
    assert choose([token, others], "rio@elsewhere.example") is token


def test_a_mail_names_the_nearest_id_first() -> None:
    bounce = Bounce((), None, "bounced@a")
    letter = mail(in_reply_to=("parent@a",), references=("root@a", "middle@a", "parent@a"), bounce=bounce)
    assert named_ids(letter) == ("parent@a", "bounced@a", "middle@a", "root@a")
    assert len(named_ids(mail(references=tuple(f"{n}@a" for n in range(1000))))) == 50


def test_references_are_the_root_and_the_last_ten() -> None:
    chain = [f"{n}@a" for n in range(20)]
    assert references_of(chain) == ("0@a", *(f"{n}@a" for n in range(10, 20)))
    assert references_of(chain[:11]) == tuple(chain[:11])
    assert references_of(["a@a", "b@a", "a@a"]) == ("a@a", "b@a")
    assert references_of([]) == ()

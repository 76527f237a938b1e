"""A whole story as the customer's mail client threads it: Thunderbird, Gmail, Outlook (letters.md section 4)."""

from email.message import Message

import pytest

from tests.clients.threads import THREADING, Gmail, Outlook, Thunderbird, ids
from tests.flows.mails import ANA, SAM, address, answer, write
from tests.flows.office import DAY, HOUR, Office

SUBJECTS = {
    "plain": "Where is my parcel?",
    "accents, long": "Où est mon colis n° 4711 que j’attends déjà depuis trois semaines, et que personne ne retrouve ?",
    "with a prefix": "AW: Fwd: Where is my parcel?",
}


@pytest.fixture(params=SUBJECTS.values(), ids=SUBJECTS)
def story(request: pytest.FixtureRequest, office: Office) -> list[tuple[Message, str]]:
    """Complaint, acknowledgement, answer, question, answer to the question, closing, reopened, resolved again."""
    mails = [write(ANA, subject=request.param)]
    office.receive(mails[0])
    told = office.letter(address(SAM), "agent_notification")
    office.wait(HOUR)
    office.receive(answer(SAM, told, "Which number is on it?"))
    office.wait(HOUR)
    mails.append(answer(ANA, office.letter(address(ANA), "relay"), "JD-7719."))
    office.receive(mails[1])
    office.receive(answer(SAM, office.letter(address(SAM), "customer_answer"), "It has been found."))
    office.receive(answer(SAM, told, "#resolve"))
    office.wait(DAY)
    mails.append(answer(ANA, office.letters(address(ANA), "relay")[0], "It has not come.", subject=None))
    office.receive(mails[2])
    office.receive(answer(SAM, told, "#resolve\nNow it is there."))
    posted = [(one.mail, one.subject) for one in office.letters(address(ANA))]
    theirs: list[tuple[Message, str]] = [(mail, str(mail["Subject"])) for mail in mails]
    return [theirs[0], *posted[:2], theirs[1], *posted[2:4], theirs[2], *posted[4:]]


@pytest.mark.parametrize("client", THREADING.values(), ids=THREADING)
def test_the_whole_story_is_one_conversation(
    story: list[tuple[Message, str]], client: type[Thunderbird | Gmail | Outlook]
) -> None:
    assert len(story) == 8
    assert len(client(story).threads) == 1


def test_the_subject_of_our_mails_is_the_same_in_every_byte(story: list[tuple[Message, str]]) -> None:
    ours = [str(mail["Subject"]) for mail, _ in story if "support@acme.example" in str(mail["From"])]
    assert len(ours) == 5
    assert len(set(ours)) == 1
    assert story[1][1].startswith("Re: ") and not story[1][1].startswith("Re: AW")


def test_each_of_our_mails_answers_the_customers_newest(story: list[tuple[Message, str]]) -> None:
    newest = ""
    for mail, _ in story:
        if "support@acme.example" in str(mail["From"]):
            assert ids(mail, "In-Reply-To") == [newest]
            assert newest in ids(mail, "References")
        else:
            newest = ids(mail, "Message-ID")[0]

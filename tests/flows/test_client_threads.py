"""A whole story as the customer's mail client threads it: Thunderbird, Gmail, Outlook (letters.md section 4)."""

import re
from collections.abc import Mapping
from email.message import Message

import pytest

from tests.flows.mails import ANA, SAM, address, answer, write
from tests.flows.office import DAY, HOUR, Office

SUBJECTS = {
    "plain": "Where is my parcel?",
    "accents, long": "Où est mon colis n° 4711 que j’attends déjà depuis trois semaines, et que personne ne retrouve ?",
    "with a prefix": "AW: Fwd: Where is my parcel?",
}
_PREFIX = re.compile(r"(?i)^(?:(?:re|aw|fwd|fw|wg|tr)\s*:\s*)+")


def ids(mail: Message, name: str) -> list[str]:
    return re.findall(r"<([^<>]+)>", str(mail.get(name, "")))


class Thunderbird:
    """JWZ without subjects (mail.strict_threading): a mail stands below the last of its References that is there."""

    def __init__(self, mails: list[tuple[Message, str]]) -> None:
        held: dict[str, str] = {}
        self.threads: set[str] = set()
        for mail, _ in mails:
            own = ids(mail, "Message-ID")[0]
            named = [*ids(mail, "References"), *ids(mail, "In-Reply-To")]
            root = next((held[one] for one in reversed(named) if one in held), own)
            held[own] = root
            self.threads.add(root)


class Gmail:
    """Equal subject but for the prefix, and References or In-Reply-To that name a mail of the conversation."""

    def __init__(self, mails: list[tuple[Message, str]]) -> None:
        self.threads: list[tuple[str, set[str]]] = []
        for mail, subject in mails:
            base = _PREFIX.sub("", subject)
            named = {*ids(mail, "References"), *ids(mail, "In-Reply-To")}
            own = ids(mail, "Message-ID")[0]
            for of, members in self.threads:
                if of == base and members & named:
                    members.add(own)
                    break
            else:
                self.threads.append((base, {own}))


class Outlook:
    """The conversation's topic: the subject but for its prefix."""

    def __init__(self, mails: list[tuple[Message, str]]) -> None:
        self.threads = {_PREFIX.sub("", subject) for _, subject in mails}


CLIENTS: Mapping[str, type[Thunderbird | Gmail | Outlook]] = {
    "thunderbird": Thunderbird,
    "gmail": Gmail,
    "outlook": Outlook,
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


@pytest.mark.parametrize("client", CLIENTS.values(), ids=CLIENTS)
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

"""How the mail clients of customers gather mails into conversations (letters.md section 4)."""

import re
from collections.abc import Mapping
from email.message import Message

_PREFIX = re.compile(r"(?i)^(?:(?:re|aw|fwd|fw|wg|tr)\s*:\s*)+")


def ids(mail: Message, name: str) -> list[str]:
    """The Message-IDs in a header, without angle brackets."""
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


THREADING: Mapping[str, type[Thunderbird | Gmail | Outlook]] = {
    "thunderbird": Thunderbird,
    "gmail": Gmail,
    "outlook": Outlook,
}

"""What kind of mail this is, and why: customer, agent, auto_reply, bounce, feedback_report, list or own."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from mailsla.core.mail import probe
from mailsla.core.mail.parsed import Disposition, Kind, ParsedMail
from mailsla.core.mail.words import lists

_PREFIXES = re.compile(r"^\s*(?:(?:re|aw|fw|fwd|wg|antw|sv|rv|tr|odp|vs|ha)\s*:\s*|\[[^\]]{1,30}\]\s*)+", re.IGNORECASE)
# What no customer writes; other subjects that ask for a confirmation need a text that promises delivery.
_CHALLENGE = re.compile(
    r"(?:verify|confirm) your (?:message|e-?mail|mail) to\b|spamarrest|boxbe|bluebottle|mailinblack|"
    r"\[choicemail|\btmda\b|challenge.response|"
    r"(?:sender|message) (?:verification|authentication) (?:required|needed|request)|"
    r"(?:waiting|awaiting) (?:for )?your (?:verification|confirmation)\b.*\b(?:message|e-?mail)|"
    r"prove (?:that )?you are human",
    re.IGNORECASE,
)
_READ_RECEIPT = re.compile(
    r"^\s*(?:(?:not )?read|(?:un)?gelesen|(?:non )?lu|leído|leida|lid[oa]|letto|gelezen|læst|lest|läst|přečteno|"
    r"przeczytano|прочитано|прочтено|مقروءة|已读|已讀|開封済み|return receipt(?: \([a-z]+\))?|lesebestätigung|"
    r"accusé de lecture|confirmation de lecture|confirmación de lectura|confirmação de leitura|"
    r"conferma di lettura|leesbevestiging|"
    r"kvittering for læsning|lesebekreftelse|läskvitto|potwierdzenie przeczytania|уведомление о прочтении)\s*[:：-]",
    re.IGNORECASE,
)
# Headers that only sometimes tell of an automatic answer, and what they hold then.
_AUTO_VALUES = {
    "x-ms-exchange-generated-message-source": "rules agent",
    "x-post-messageclass": "autoresponder",
    "x-fc-machinegenerated": "true",
    "delivered-to": "autoresponder",
}
_PUBLIC_ID = re.compile(r"[a-z2-7]{20}")  # what core/access/tokens.py makes Message-IDs of
_OPENING = "[(*【（「《 "
_CLOSING = ":：])】）」》.,;!|/0123456789([【（"
_ASKED = re.compile(
    r"https?://|\breply\b|\bclick|antworten|klick|répond|cliqu|respond|responda|clique|clic|beantwoord", re.I
)
_QUESTION = re.compile("[?？؟]")
_SENTENCE_END = re.compile(r"[.!?](?= |\Z)")
_SUBJECT_READ = 200
_TOP_READ = 1500


@dataclass(frozen=True, slots=True)
class Known:
    """Who we are. Addresses and domains in lower case, list ids without angle brackets in lower case.

    `message_id_domain` is the right side of the Message-IDs that we make, `instance` what our mail to agents names
    itself in X-mailsla-Instance, `addresses` what our letters are from; `own_lists` are the List-Ids of support groups
    of our own. `sent`: that the mail's Message-ID is one of a letter that we made.
    """

    message_id_domain: str = ""
    instance: str = ""
    addresses: frozenset[str] = field(default=frozenset())
    sent: bool = False
    own_lists: frozenset[str] = field(default=frozenset())
    agent_addresses: frozenset[str] = field(default=frozenset())


def disposition(mail: ParsedMail, known: Known) -> Disposition:
    """The first that fits: own, feedback report, bounce, auto reply, list, agent; else a customer.

    An agent's out-of-office is an auto reply. An agent here is a name, not authority: who may do what is for
    access to decide. Precedence: bulk, or a blank Return-Path, alone decides nothing.
    """
    found: tuple[tuple[Kind, Iterator[str]], ...] = (
        ("own", _own(mail, known)),
        ("feedback_report", _feedback(mail)),
        ("auto_reply", _challenge(mail)),
        ("bounce", _bounce(mail)),
        ("auto_reply", _auto_reply(mail)),
        ("list", _list(mail, known)),
        ("agent", _agent(mail, known)),
    )
    for kind, reasons in found:
        if reason := next(reasons, ""):
            return Disposition(kind, reason)
    return Disposition("customer", "written by a person, as far as it shows")


def has_our_form(message_id: str, domain: str) -> bool:
    """Whether a Message-ID may be one of ours, of this domain: people's own mail may have it too, but no public id."""
    local, _, right = message_id.lower().rpartition("@")
    return bool(domain) and right == domain.lower() and _PUBLIC_ID.fullmatch(local) is not None


def _own(mail: ParsedMail, known: Known) -> Iterator[str]:
    """By what we alone write: a Message-ID that we made, or (of letters that the database does not know, as after a
    restore) their form from our own address.

    Neither alone: a colleague or a form may send as our address, another mailsla writes to us too, and who has made a
    complaint look like ours must not find that nobody ever saw it.
    """
    if known.sent:
        yield "our own Message-ID"
    from_us = mail.sender is not None and mail.sender.email in known.addresses
    if from_us and has_our_form(mail.message_id, known.message_id_domain):
        yield "the form of our Message-IDs, from our address"
    if from_us and known.instance and mail.header("x-mailsla-instance") == known.instance:
        yield "the header of this instance, from our address"
    one_of_us = from_us or (mail.sender is not None and mail.sender.email in known.agent_addresses)
    if probe.code_of(mail) and (mail.bounce is not None or one_of_us or probe.says_nothing(mail)):
        yield "a probe of `mailsla check --live`, or the report about one"


def _feedback(mail: ParsedMail) -> Iterator[str]:
    if "report-type=feedback-report" in mail.header("content-type").lower().replace('"', "").replace(" ", ""):
        yield "multipart/report of type feedback-report (RFC 5965)"
    if any(attachment.type == "message/feedback-report" for attachment in mail.attachments):
        yield "a message/feedback-report part (RFC 5965)"


def _bounce(mail: ParsedMail) -> Iterator[str]:
    if mail.bounce:
        what = {True: "failed for", False: "delayed for", None: "did not reach"}[mail.bounce.permanent]
        yield f"a delivery report: {what} {', '.join(mail.bounce.recipients[:3])}"
    if "report-type=delivery-status" in mail.header("content-type").lower().replace('"', "").replace(" ", ""):
        yield "multipart/report of type delivery-status (RFC 3464)"


def _auto_reply(mail: ParsedMail) -> Iterator[str]:
    submitted = mail.header("auto-submitted").partition(";")[0].strip().lower()
    if submitted and submitted != "no":
        yield f"Auto-Submitted: {submitted[:40]} (RFC 3834)"
    receipt = any(attachment.type == "message/disposition-notification" for attachment in mail.attachments)
    if receipt or "disposition-notification" in mail.header("content-type").lower():
        yield "a read receipt (RFC 8098)"
    for name in (
        "x-autoreply",
        "x-autorespond",
        "x-autoresponse",
        "x-auto-reply-from",
        "x-mail-autoreply",
        "x-vacation",
        "x-autogenerated",
    ):
        if mail.header(name) and mail.header(name).lower() != "no":
            yield f"header {name}"
    for name in ("precedence", "preference"):
        if (value := mail.header(name).lower()) in ("auto_reply", "auto-reply"):
            yield f"{name.capitalize()}: {value}"
    for name, part in _AUTO_VALUES.items():
        if part in mail.header(name).lower():
            yield f"header {name}: {part}"
    yield from _auto_by_words(mail)


def _auto_by_words(mail: ParsedMail) -> Iterator[str]:
    """By what it says, when no header tells: what mail programs write, or an absent person of themselves."""
    whole = mail.subject[:_SUBJECT_READ].lower()
    subjects = (whole.lstrip(_OPENING), whole[max(map(whole.rfind, "[(【（")) + 1 :])
    answered = _PREFIXES.sub("", whole).strip()
    top = mail.reply_text[:_TOP_READ].lower()
    if formal := _named(subjects, "formal"):
        yield f"the subject says {formal!r}"
    nobody = (
        mail.return_path == ""
        or mail.header("precedence").lower() in ("junk", "bulk")
        or bool(mail.header("x-auto-response-suppress"))
    )
    # A person answers an automatic answer too ("Re: Automatic reply: Lamp").
    topic = _named((*subjects, answered), "topic") or _named((answered,), "formal")
    if not topic and not nobody:
        return
    said = next((word for word in lists("auto_words")["absent"] if word in top), "")
    # An absent person asks nothing back.
    if topic and ((said and not _QUESTION.search(top)) or nobody):
        yield f"the subject says {topic!r}" + (f" and the text {said!r}" if said else "")
    if said and nobody:
        yield f"it says {said!r} and nobody is to answer it"
    if mail.return_path == "" and mail.header("precedence").lower() in ("junk", "bulk"):
        yield "a null return path and Precedence: bulk"
    if _READ_RECEIPT.match(mail.subject) and nobody:
        yield "a read receipt by its subject"


def _named(subjects: Collection[str], kind: str) -> str:
    """The word of this kind that one of the subjects is, or that stands in it before a colon, a bracket or a date."""
    words = lists("auto_words")
    for subject in subjects:
        if not subject.startswith(words[kind]):  # at once: so it is with nearly all mails
            continue
        for word in filter(subject.startswith, words[kind]):
            rest = subject[len(word) :].lstrip()
            if not rest or rest[0] in _CLOSING or rest.startswith(words["until"]):
                return word
    return ""


def _challenge(mail: ParsedMail) -> Iterator[str]:
    """Challenges come dressed as delivery reports too, so they are looked for before bounces."""
    if mail.header("x-boxbe-request"):
        yield "header x-boxbe-request"
    sender = mail.display_sender.email if mail.display_sender else ""
    subject = mail.subject[:_SUBJECT_READ].lower()
    if _CHALLENGE.search(f"{subject} {sender}"):
        yield "a challenge of a challenge-response system"
    words = lists("auto_words")
    if not any(word in subject for word in words["challenge"]):
        return
    top = " ".join(mail.text[:_TOP_READ].lower().split())
    promise = next((word for word in words["guard"] if word in top), "") or _promised(subject, top)
    if promise and _ASKED.search(top):
        yield f"a challenge: it asks for a confirmation and says {promise!r}"


def _promised(subject: str, top: str) -> str:
    """What a challenge says of the mail that it keeps back; a parcel is to be delivered too."""
    words = lists("auto_words")
    for sentence in _SENTENCE_END.split(top):
        for promise in filter(sentence.__contains__, words["deliver"]):
            before = f"{subject} {sentence[: sentence.index(promise) + len(promise)]}"
            if any(mine in before for mine in words["mine"]):
                return promise
    return ""


def _list(mail: ParsedMail, known: Known) -> Iterator[str]:
    ids = [value.rpartition("<")[2].strip("<> ").lower() for value in mail.headers.get("list-id", ())]
    if any(name in known.own_lists for name in ids):
        return
    if ids:
        yield f"List-Id: {ids[0][:80]} (RFC 2919)"
    if mail.header("list-post") or mail.header("list-unsubscribe"):
        yield "List-* headers (RFC 2369)"


def _agent(mail: ParsedMail, known: Known) -> Iterator[str]:
    if mail.sender and mail.sender.email in known.agent_addresses:
        yield f"From is the agent {mail.sender.email}"

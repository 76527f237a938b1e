"""The rows of the table: each judges one kind of expectation over a corpus, by that corpus's own policy."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from mailsla.core.mail.disposition import Known, disposition
from mailsla.core.mail.parse import parse
from reading.corpora import Case, cases, files, messages, trees

_UNKNOWN = "\ufffd"
_WORD = re.compile(rf"[\w{_UNKNOWN}]+")
_REPLIES = ("crisp", "talon", "mpr", "github-erp", "zapier-erp")


@dataclass(frozen=True, slots=True)
class Failure:
    """A case that a row is short of, and how it differs: counts and addresses, no text of the corpora."""

    name: str
    why: str


@dataclass(frozen=True, slots=True)
class Row:
    """`found` of `of`; at least `floor` is asked (at most, where `at_most`), None where nothing is asked."""

    name: str
    found: int
    of: int
    floor: int | None
    failures: tuple[Failure, ...]
    at_most: bool = False

    @property
    def is_short(self) -> int:
        """How many cases the row is short of what is asked."""
        if self.floor is None:
            return 0
        return max(self.found - self.floor if self.at_most else self.floor - self.found, 0)


def rows(corpora: Path) -> Iterator[Row]:
    """All rows, in the order of the table."""
    yield _files(corpora)
    stalwart = cases(corpora, "stalwart")
    yield _judged("stalwart: from", 75, stalwart, _from)
    yield _judged("stalwart: name in From", None, stalwart, _from_name)
    yield _judged("stalwart: subject", 78, stalwart, _subject)
    yield _judged("stalwart: text (95 % of words)", 84, stalwart, _text)
    yield _judged("stalwart: Message-ID", None, stalwart, _message_id)
    yield _judged("stalwart: attachments", None, stalwart, _attachments)
    talon = cases(corpora, "talon")
    yield _judged("reply text: crisp", 40, cases(corpora, "crisp"), _reply)
    yield _judged("reply text: talon", 50, [case for case in talon if not case.is_html], _reply)
    yield _judged("reply text: mpr", 8, cases(corpora, "mpr"), _reply)
    yield _judged("reply text: github-erp", 7, cases(corpora, "github-erp"), _reply)
    yield _judged("reply text: zapier-erp", 4, cases(corpora, "zapier-erp"), _reply)
    yield _judged("reply text: talon HTML", 20, [case for case in talon if case.is_html], _reply)
    replies = [case for corpus in _REPLIES for case in cases(corpora, corpus)]
    yield _judged("reply text: what must be in it", None, replies, _contains)
    yield _judged("reply text: what must not be in it", None, replies, _holds_not)
    yield _inverse("customer's own words lost, in replies", 0, replies, _lost)
    yield _judged("signature: talon", None, talon, _signature)
    flufl, bounceparser = cases(corpora, "flufl-bounce"), cases(corpora, "bounceparser")
    yield _judged("bounces: flufl, with recipients", 113, flufl, _bounce)
    yield _judged("bounces: bounceparser", 100, bounceparser, _bounce)
    yield _inverse("bounces: false", 1, (*flufl, *bounceparser), _false_bounce)
    yield _judged("bounces: permanent or not", None, flufl, _permanent)
    yield _judged("bounces: which mail came back", None, bounceparser, _returned)
    yield _judged("automatic answers", None, (*flufl, *bounceparser), _automatic)
    yield _threads(corpora)


# What a judge returns: None when the corpus expects nothing here, "" when it holds, else how it differs.
Judge = Callable[[Case], str | None]


def _judged(name: str, floor: int | None, judged: Iterable[Case], judge: Judge) -> Row:
    verdicts = [(case.name, verdict) for case in judged if (verdict := judge(case)) is not None]
    failures = tuple(Failure(case, why) for case, why in verdicts if why)
    return Row(name, len(verdicts) - len(failures), len(verdicts), floor, failures)


def _inverse(name: str, most: int, judged: Iterable[Case], judge: Judge) -> Row:
    """A row that counts what goes wrong."""
    row = _judged(name, most, judged, judge)
    return Row(name, len(row.failures), row.of, most, row.failures, at_most=True)


def _files(corpora: Path) -> Row:
    every = files(corpora)
    failures: list[Failure] = []
    for path in every:
        try:
            for raw in messages(path):
                disposition(parse(raw), Known())
        except Exception as error:  # noqa: BLE001 - what this row is there to count
            failures.append(Failure(str(path.relative_to(corpora)), type(error).__name__))
    return Row("files read without exception", len(every) - len(failures), len(every), 869, tuple(failures))


def _folded(text: str) -> str:
    return " ".join(text.split())


def _same(got: str, want: str) -> bool:
    """Equal after folding; U+FFFD stands for a letter that the corpus could not read, so any letter is right."""
    pattern = re.escape(_folded(want)).replace(_UNKNOWN, ".")
    return re.fullmatch(pattern, _folded(got), re.IGNORECASE) is not None


def _words(text: str) -> Counter[str]:
    return Counter(word for word in _WORD.findall(text) if _UNKNOWN not in word)


def _missing(got: str, want: str) -> Counter[str]:
    """The words of `want` that `got` lacks, as often as it lacks them."""
    return _words(want) - _words(got)


def _from(case: Case) -> str | None:
    want = case.expect.get("from_email")
    if "n_attachments" not in case.expect or not want:
        return None
    got = case.mail.display_sender.email if case.mail.display_sender else ""
    return "" if got == want.lower() else f"read as {got or 'nobody'}"


def _from_name(case: Case) -> str | None:
    if "from_name" not in case.expect:
        return None
    got = case.mail.display_sender.name if case.mail.display_sender else ""
    return "" if _folded(got) == _folded(case.expect["from_name"] or "") else "another name"


def _subject(case: Case) -> str | None:
    want = case.expect.get("subject")
    if not want:
        return None
    return "" if _same(case.mail.subject, want) else "another subject"


def _text(case: Case) -> str | None:
    want = case.expect.get("text", "")
    total = _words(want).total()
    if not total:
        return None
    missing = _missing(case.mail.text, want).total()
    return "" if missing <= 0.05 * total else f"{missing} of {total} words are not there"


def _message_id(case: Case) -> str | None:
    want = case.expect.get("message_id")
    return None if not want else "" if case.mail.message_id == want else "another Message-ID"


def _attachments(case: Case) -> str | None:
    want = case.expect.get("n_attachments")
    got = len(case.mail.attachments)
    return None if want is None else "" if got == want else f"{got} instead of {want}"


def _reply(case: Case) -> str | None:
    """Corpora disagree on signatures, so with or without it; HTML is laid out in many ways, so without white space."""
    want = case.expect.get("reply_text")
    if want is None:
        return None
    got = case.mail.reply_text, f"{case.mail.reply_text}\n{case.mail.signature}"
    if case.is_html:
        alike = "".join(want.split()) in ("".join(text.split()) for text in got)
    else:
        alike = _folded(want) in map(_folded, got)
    if alike:
        return ""
    lost, more = _missing(got[1], want).total(), _missing(want, got[0]).total()
    return f"{lost} words lost, {more} words of quotes or signatures kept"


def _contains(case: Case) -> str | None:
    want = case.expect.get("reply_contains")
    if want is None:
        return None
    absent = sum(_folded(phrase) not in _folded(case.mail.reply_text) for phrase in want)
    return f"{absent} of {len(want)} phrases are not there" if absent else ""


def _holds_not(case: Case) -> str | None:
    unwanted = case.expect.get("not_in_reply")
    if unwanted is None:
        return None
    held = sum(_folded(phrase) in _folded(case.mail.reply_text) for phrase in unwanted)
    return f"{held} of {len(unwanted)} phrases are there" if held else ""


def _lost(case: Case) -> str | None:
    want = case.expect.get("reply_text", "\n".join(case.expect.get("reply_contains", ())))
    if not _words(want):
        return None
    lost = _missing(f"{case.mail.reply_text}\n{case.mail.signature}", want).total()
    return f"{lost} words" if lost else ""


def _signature(case: Case) -> str | None:
    want = case.expect.get("signature")
    return None if want is None else "" if _folded(case.mail.signature) == _folded(want) else "another signature"


def _bounce(case: Case) -> str | None:
    if not case.expect.get("bounce"):
        return None
    if case.mail.bounce is None:
        return "not seen as a bounce"
    missing = {address.lower() for address in case.expect.get("bounce_recipients", ())} - set(
        case.mail.bounce.recipients
    )
    return f"without {', '.join(sorted(missing))}" if missing else ""


def _false_bounce(case: Case) -> str | None:
    if case.expect.get("bounce") is not False:
        return None
    found = disposition(case.mail, Known())
    return found.reason if found.kind == "bounce" else ""


def _permanent(case: Case) -> str | None:
    want = case.expect.get("permanent")
    if want is None or case.mail.bounce is None:
        return None
    return "" if case.mail.bounce.permanent is want else f"{case.mail.bounce.permanent} instead of {want}"


def _returned(case: Case) -> str | None:
    want = case.expect.get("orig_message_id")
    if want is None or case.mail.bounce is None:
        return None
    return "" if case.mail.bounce.original_message_id == want.strip("<>") else "another mail"


def _automatic(case: Case) -> str | None:
    if not case.expect.get("auto_generated"):
        return None
    found = disposition(case.mail, Known())
    return "" if found.kind == "auto_reply" else f"{found.kind}: {found.reason}"


def _threads(corpora: Path) -> Row:
    """Each message below another in a tree names it in References or In-Reply-To; joining by subject is not for us."""
    links, failures = 0, []
    for name, held, tree in trees(corpora):
        path: list[str] = []
        for depth, message_id in tree:
            path[depth:] = [message_id]
            mail = held.get(message_id)
            if mail is None or depth == 0:
                continue
            links += 1
            if path[depth - 1] not in (*mail.references, *mail.in_reply_to):
                failures.append(Failure(name, f"<{message_id}> does not name <{path[depth - 1]}>"))
    return Row("threads: the parent is named", links - len(failures), links, None, tuple(failures))

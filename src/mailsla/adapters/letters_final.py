"""Whether the letters that end a complaint say all that a final response must, in each language and in both parts.

A part is there if the letter changes with it: so any words of an operator's own template will do.
"""

import email
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from mailsla.adapters.letters import JinjaLetters
from mailsla.adapters.letters_samples import ADR, ENVELOPE, OUTCOME, READER, SAMPLES
from mailsla.core.letters import Closing, Reader, Relay
from mailsla.core.outcome import Outcome, Remedy
from mailsla.errors import Problem

_DAY = 86400
_HIDDEN = re.compile(r"<div[^>]*display:\s*none.*?</div>", re.DOTALL | re.IGNORECASE)
Final = Closing | Relay


@dataclass(frozen=True, slots=True)
class Mandatory:
    """A part of a final response: what it is called, and what writes it in body.txt and in body.html."""

    name: str
    text: str
    html: str


_ROWS = ('{{ table(facts.outcome, "    ") }}', "{{ ui.facts(facts.outcome, left) }}")
OUTCOME_PART = Mandatory("whether the complaint was right", *_ROWS)
REMEDY = Mandatory("what the customer gets", *_ROWS)
BY = Mandatory("until when they get it", *_ROWS)
GO_ON = Mandatory("until when a reply takes it up again", "{{ facts.go_on }}", "{{ ui.p(facts.go_on) }}")
ELSEWHERE = Mandatory(
    "who decides where you do not agree (register.adr)", "{{ facts.elsewhere }}", "{{ ui.p(facts.elsewhere) }}"
)
REASONS = Mandatory("the agent's words", "{{ letter.text|prose }}", "{{ ui.prose(letter.text) }}")


def lacking(letters: JinjaLetters, override: Path | None, adr: str) -> Iterator[Problem]:
    """A problem for each part that a template does not state. `adr`: as configured; "" = nobody need be named."""
    told: set[tuple[str, str, str]] = set()
    for sample in _finals():
        for language in letters.languages(inside=False):
            for part, mandatory in _lacking_in(letters, sample, language, adr):
                if (sample.kind, part, mandatory.name) not in told:
                    told.add((sample.kind, part, mandatory.name))
                    yield _problem(override, sample.kind, part, mandatory, language)


def _finals() -> Iterator[Final]:
    for one in SAMPLES:
        if (one.kind == Closing.kind and isinstance(one, Closing) and not one.waited_days) or (
            isinstance(one, Relay) and one.kind == Relay.kind
        ):
            yield replace(one, outcome=OUTCOME, adr=ADR)


def _lacking_in(letters: JinjaLetters, sample: Final, language: str, adr: str) -> Iterator[tuple[str, Mandatory]]:
    before = _parts(letters, sample, language)
    for mandatory, other in _varied(sample):
        if mandatory is ELSEWHERE and not adr:
            continue
        after = _parts(letters, other, language)
        yield from ((part, mandatory) for part in before if before[part] == after[part])


def _varied(sample: Final) -> Iterator[tuple[Mandatory, Final]]:
    """The letter with one thing in it changed at a time."""
    assert OUTCOME.remedy is not None and sample.reopen_until is not None  # of the samples
    remedy = OUTCOME.remedy
    yield OUTCOME_PART, replace(sample, outcome=Outcome(upheld="no", cause=OUTCOME.cause, remedy=remedy))
    yield REMEDY, replace(sample, outcome=replace(OUTCOME, remedy=_with(remedy, amount="71.30")))
    yield BY, replace(sample, outcome=replace(OUTCOME, remedy=_with(remedy, by="2026-12-04")))
    yield GO_ON, replace(sample, reopen_until=sample.reopen_until + 3 * _DAY)
    yield ELSEWHERE, replace(sample, adr="Another Board, Elsewhere 1")
    if isinstance(sample, Relay):
        yield REASONS, replace(sample, text="Other words.")


def _with(remedy: Remedy, **changes: str) -> Remedy:
    return replace(remedy, **changes)


def _parts(letters: JinjaLetters, content: Final, language: str) -> Mapping[str, str]:
    """What is seen of both parts by the names of their templates."""
    raw = letters.render(content, ENVELOPE, Reader(language=language, zone=READER.zone))
    bodies = {
        part.get_content_subtype(): str(bytes(part.get_payload(decode=True) or b""), "utf-8")
        for part in email.message_from_bytes(raw).walk()
        if part.get_content_maintype() == "text"
    }
    return {"body.txt": bodies["plain"], "body.html": _HIDDEN.sub("", bodies["html"])}


def _problem(override: Path | None, kind: str, part: str, lacks: Mandatory, language: str) -> Problem:
    own = override / "emails" / kind / part if override is not None else None
    where = str(own) if own is not None and own.is_file() else f"emails/{kind}/{part} (language {language})"
    mend = f"write {lacks.html if part == 'body.html' else lacks.text} where it is to stand"
    return Problem(where, f"a final response must say {lacks.name}; this letter does not", mend)

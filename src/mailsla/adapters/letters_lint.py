"""What is wrong with templates, catalogues and saved replies: each letter rendered with sample values."""

from collections.abc import Callable
from datetime import tzinfo
from pathlib import Path

from mailsla.adapters.letters import JinjaLetters
from mailsla.adapters.letters_final import lacking
from mailsla.adapters.letters_samples import ENVELOPE, READER, SAMPLES
from mailsla.adapters.letters_unused import unused
from mailsla.core.letters import Reader
from mailsla.core.letters_customer import TO_CUSTOMERS
from mailsla.errors import ConfigError, PermanentError, Problem


def lint(
    templates: Path,
    override: Path | None,
    zone_of: Callable[[str], tzinfo],
    replies: Path | None = None,
    adr: str | None = None,
) -> list[Problem]:
    """Every kind of letter in every language with sample values: what does not render, with file and line.

    Also what a letter that ends a complaint must say and does not (`adr`: register.adr; None: that is not looked at),
    the saved replies, and the operator's files that no letter uses.
    """
    try:
        shipped = JinjaLetters(templates, override, zone_of, replies)
    except ConfigError as error:
        return list(error.problems)
    found: dict[str, Problem] = {}
    for content in SAMPLES:
        for language in shipped.languages(inside=content.kind not in TO_CUSTOMERS):
            try:
                shipped.render(content, ENVELOPE, Reader(language=language, zone=READER.zone))
            except PermanentError as error:
                where, _, what = error.message.partition(": ")
                found.setdefault(error.message, Problem(where, what, error.mend))
    finals = () if found or adr is None else lacking(shipped, override, adr)
    lost = unused(templates, override, {content.kind for content in SAMPLES}) if override is not None else ()
    return [*found.values(), *finals, *shipped.saved.problems(ENVELOPE.date), *lost]

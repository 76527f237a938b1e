"""The probe of letters: whether each renders, and who is written to in another language than is configured."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mailsla.cli.finding import Finding, State, wrong
from mailsla.config.settings import Settings

if TYPE_CHECKING:  # Jinja and Babel are slow to import
    from mailsla.adapters.letters import JinjaLetters


def letters(settings: Settings) -> list[Finding]:
    """All kinds in all languages, with the operator's templates over those that ship."""
    from mailsla.adapters.letters import JinjaLetters
    from mailsla.adapters.letters_lint import lint
    from mailsla.adapters.shipped import shipped
    from mailsla.adapters.zones import zone

    problems = lint(shipped("templates"), settings.templates, zone, settings.replies, settings.adr)
    if problems:
        return [wrong(problem) for problem in problems]
    written = JinjaLetters(shipped("templates"), settings.templates, zone, settings.replies)
    outside, inside = (", ".join(written.languages(inside=which)) for which in (False, True))
    own = f", with yours from {settings.templates}" if settings.templates else ""
    saved = ", ".join(written.replies)
    said = f"every kind renders{own}; to customers in {outside}; to agents and the operator in {inside}"
    if settings.replies is not None:
        said += f"; saved replies: {saved or 'none yet'}"
    return [Finding(State.OK, "letters", said), *_unfinished(written), *_of_agents(settings, written)]


def _unfinished(written: "JinjaLetters") -> Iterator[Finding]:
    """Languages of the operator's that customers are not yet written to in."""
    for language in written.catalogues:
        missing = written.missing(language)
        if missing:
            said = f"to customers they are in English as long as texts are missing ({len(missing)}: “{missing[0]}” ...)"
            mend = f"translate them in locales/{language}/LC_MESSAGES/mailsla.po of your templates"
            yield Finding(State.WARNING, f"letters in {language}", said, mend)


def _of_agents(settings: Settings, written: "JinjaLetters") -> Iterator[Finding]:
    languages = written.languages(inside=True)
    for agent in settings.directory.agents.values():
        if agent.language not in languages:
            said = f"letters to agents are written in {', '.join(languages)} only: {agent.name} gets them in English"
            names = " or ".join(f'"{one}"' for one in languages)
            mend = f"write {names}, or add a catalogue of {agent.language} with all texts to your templates"
            yield Finding(State.WARNING, f"agents.{agent.name}.language", said, mend)

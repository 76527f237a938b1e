"""A final response says what it must: the outcome, the remedy and its date, and how to go on; a template that does not
is named with the mend."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from mailsla.adapters.letters_lint import lint
from tests.adapters.letters.reading import TEMPLATES

ADR = "Consumer Arbitration Board, Berlin"
LINES = {  # a line of a template -> what the letter does not say without it
    '{{ table(facts.outcome, "    ") }}': {
        "whether the complaint was right",
        "what the customer gets",
        "until when they get it",
    },
    "{{ facts.go_on }}": {"until when a reply takes it up again"},
    "{{ facts.elsewhere }}": {"who decides where you do not agree (register.adr)"},
}


def problems(folder: Path, adr: str | None = ADR) -> dict[str, str]:
    """What is missing -> its mend."""
    found = lint(TEMPLATES, folder, ZoneInfo, adr=adr)
    assert all(one.where.startswith(str(folder)) for one in found)
    return {one.what.removeprefix("a final response must say ").partition(";")[0]: one.mend for one in found}


def own(folder: Path, file: str, without: str) -> None:
    """The operator's copy of a shipped template, without a line."""
    text = (TEMPLATES / "emails" / file).read_text(encoding="utf-8")
    assert without in text
    (folder / "emails" / file).parent.mkdir(parents=True)
    (folder / "emails" / file).write_text(text.replace(without, ""), encoding="utf-8")


def test_the_shipped_letters_say_all_of_it_in_every_language() -> None:
    assert lint(TEMPLATES, None, ZoneInfo, adr=ADR) == []


@pytest.mark.parametrize("kind", ["closing", "relay"])
@pytest.mark.parametrize("line", LINES)
def test_an_own_template_that_lacks_a_part_is_named_with_the_mend(tmp_path: Path, kind: str, line: str) -> None:
    own(tmp_path, f"{kind}/body.txt", line)
    found = problems(tmp_path)
    assert found.keys() == LINES[line]
    assert all(line in mend for mend in found.values())


def test_what_only_the_preview_line_says_is_not_said(tmp_path: Path) -> None:
    own(tmp_path, "closing/body.html", "{{ ui.p(facts.go_on) }}")
    assert problems(tmp_path).keys() == {"until when a reply takes it up again"}


def test_other_words_of_the_operators_will_do(tmp_path: Path) -> None:
    own(tmp_path, "closing/body.txt", '{{ table(facts.outcome, "    ") }}')
    path = tmp_path / "emails/closing/body.txt"
    said = "{% for label, value in facts.outcome %}\n{{ value }}\n{% endfor %}\n"
    path.write_text(path.read_text().replace("{{ facts.go_on }}", said + "{{ facts.go_on }}"), encoding="utf-8")
    assert problems(tmp_path) == {}


def test_nobody_need_be_named_where_nobody_is_configured(tmp_path: Path) -> None:
    own(tmp_path, "closing/body.txt", "{{ facts.elsewhere }}")
    assert problems(tmp_path, adr="") == {}


def test_an_answer_that_resolves_must_hold_the_agents_words(tmp_path: Path) -> None:
    own(tmp_path, "relay/body.txt", '{{ letter.text|prose if letter.text else _("Please see what is attached.") }}')
    assert problems(tmp_path).keys() == {"the agent's words"}

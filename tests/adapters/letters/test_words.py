"""Reasons have words: every code that the core gives is a sentence in every language."""

import ast
import re
from collections.abc import Iterator
from html import unescape
from zoneinfo import ZoneInfo

import pytest

from mailsla.adapters.labels import COMMANDS, LABELS
from mailsla.adapters.wordings import WORDINGS
from mailsla.core import letters
from mailsla.core.commands.grammar import GRAMMAR
from mailsla.core.model import PRIORITIES, Reason, Status
from mailsla.core.sla.clocks import ClockState
from mailsla.core.triage.priority import SIGNALS
from mailsla.flows.steps.case import TOLD
from tests.adapters.letters.catalogue_files import ROOT
from tests.adapters.letters.reading import LETTERS, part, rendered

ZONE = "Europe/Berlin"


def _codes() -> Iterator[tuple[str, str]]:
    """Every code in src/: of Reason("..."), alert(uow, services, "..."), _alert("...") and work.record("...")."""
    for path in sorted((ROOT / "src").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                place = {"Reason": 0, "alert": 2, "alarm": 0, "record": 0}.get(name)
                if place is not None and len(node.args) > place:
                    given = node.args[place]
                    for code in (given.body, given.orelse) if isinstance(given, ast.IfExp) else (given,):
                        if isinstance(code, ast.Constant) and isinstance(code.value, str):
                            spelt = f"event_{code.value}" if name == "record" else code.value
                            yield spelt, f"{path.relative_to(ROOT)}:{node.lineno}"


def _alerts() -> Iterator[str]:
    """What the operator is told: the codes of alert(...) and alarm(...)."""
    for path in sorted((ROOT / "src").rglob("*.py")):
        yield from re.findall(r'\b(?:alert|alarm)\((?:[\w.]+, )*?"(\w+)"', path.read_text(encoding="utf-8"))


CODES = dict(_codes()) | {f"event_{type_}": "flows/steps/case.py" for type_ in TOLD}
del CODES["event_banner"]  # a banner is a reason itself


def test_every_code_has_a_wording() -> None:
    assert len(CODES) > 50
    assert {code: where for code, where in CODES.items() if code not in WORDINGS} == {}


@pytest.mark.parametrize("language", LETTERS.languages(inside=True))
def test_every_alert_says_what_it_means_for_customers_and_what_happens_by_itself(language: str) -> None:
    alerts = set(_alerts()) - {"mailbox_works", "account_works", "beside_works"}  # which tell that all is well
    assert len(alerts) > 8
    headings = {"en": ("For customers", "By itself"), "de": ("Für Kunden", "Von selbst")}[language]
    for code in alerts:
        told = letters.OperatorAlert(host="mail1", what=Reason(code), since=1795449600)
        mail = rendered(told, language=language)
        for text in (part(mail, "plain"), unescape(part(mail, "html"))):
            assert all(heading in text for heading in headings), code
    well = letters.OperatorAlert(host="mail1", what=Reason("mailbox_failed"), since=1795449600, recovered=True)
    assert not any(heading in part(rendered(well, language=language), "plain") for heading in headings)


def test_a_mail_without_a_case_has_no_clocks_that_run() -> None:
    for reference, words in (("ACME-1042", "The clocks of their case run"), ("", "there is no case")):
        what = Reason("mail_quarantined", {"intake": 7, "reference": reference, "cause": "x"})
        told = letters.OperatorAlert(host="mail1", what=what, since=1795449600)
        assert words in " ".join(part(rendered(told), "plain").split())


def test_every_wording_has_a_code() -> None:
    assert {key for key in WORDINGS if key.partition("+")[0] not in CODES} == set()


@pytest.mark.parametrize("language", LETTERS.languages(inside=True))
def test_names_of_values_are_complete(language: str) -> None:
    assert set(LABELS["priority"]) == set(PRIORITIES)
    assert set(LABELS["status"]) == {status.value for status in Status}
    assert set(LABELS["state"]) == {state.value for state in ClockState}
    assert set(LABELS["signal"]) == set(SIGNALS)


def test_commands_are_those_of_the_grammar() -> None:
    assert {usage.split()[0] for usage, _ in COMMANDS} == {f"#{form.verb}" for form in GRAMMAR}


@pytest.mark.parametrize(
    ("reason", "language", "words"),
    [
        (Reason("assigned", {"name": "sam"}), "en", "assigned to: sam"),
        (Reason("assigned", {"name": "sam"}), "de", "zugewiesen an: sam"),
        (Reason("priority_set", {"priority": "high", "before": "low"}), "de", "Priorität: HOCH"),
        (Reason("priority_vip", {"points": 2}), "en", "important customer: +2"),
        (Reason("category_unsure", {"certainty": 0.44, "threshold": 0.5}), "en",
         "44% sure is less than 50%: a person decides"),
        (Reason("due", {"at": 1795449600}), "en", "Monday, 23 November 2026, 17:00: due"),
        (Reason("event_status", {"to": "waiting_customer"}), "de", "Status: wartet auf den Kunden"),
        (Reason("event_status"), "en", "the status changed"),
        (Reason("muted_ticket", {"limit": 10, "seconds": 600}), "en",
         "not sent: 10 automatic mails on this case in 10 minutes are the most"),
        (Reason("refused_list", {"header": "list-id\r\nX: y"}), "en",
         "no automatic answer: it came through a mailing list (list-id  X: y)"),
        (Reason("no_such_code", {"a": 1, "b": "two"}), "en", "no_such_code (a 1, b two)"),
        (Reason("no_such_code"), "en", "no_such_code"),
        (Reason("assigned"), "en", "assigned"),
        (Reason("mail_held", {"intake": 1042, "row": "x"}), "en", "mail M1042 is held: x"),
    ],
)  # fmt: skip
def test_words(reason: Reason, language: str, words: str) -> None:
    assert LETTERS.word(reason, language, ZONE) == words


def test_placeholders_of_variants_hold_what_decides_them() -> None:
    for key, text in WORDINGS.items():
        code, plus, value = key.partition("+")
        assert not plus or (f"%({value})s" in text and code in WORDINGS), key
        assert not re.search(r"%(?!\(\w+\)s)", text), key


def test_a_zone_of_another_name_is_used() -> None:
    assert ZoneInfo("Asia/Tokyo").key == "Asia/Tokyo"
    assert (
        LETTERS.word(Reason("due", {"at": 1795449600}), "en", "Asia/Tokyo") == "Tuesday, 24 November 2026, 01:00: due"
    )

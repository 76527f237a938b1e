"""Triage learns from what agents say: labels, the blend that decides, why, and the question whether it is right."""

import subprocess
import sys

import pytest
from structlog.testing import capture_logs

from mailsla.adapters.fitting import Fitter
from mailsla.core.commands.grammar import Command
from mailsla.core.triage.labels import How
from mailsla.flows import actions, jobs, learning
from mailsla.flows.labels import add_labels, exported, texts_of
from mailsla.flows.steps.learned import load_active
from tests.flows.conftest import OpenOffice
from tests.flows.links import click, links
from tests.flows.mails import ANA, SAM, address, answer, write
from tests.flows.office import HOUR, Office

GREEN = "Hello,\n\nmy gadget glows greenish since Tuesday.\n\nAna Vogel\n"  # no word of the lexicon
ASKS = ('default_team = "delivery"', 'default_team = "delivery"\nask_share = 1.0')
HISTORY = [(f"the gadget glows greenish, number {number}", "billing") for number in range(15)] + [
    (f"the widget hums at night, number {number}", "delivery") for number in range(15)
]


def silent(_what: str, _done: int, _of: int) -> None:
    """No progress is told."""


def taught(office: Office, rows: list[tuple[str, str]] = HISTORY) -> learning.Outcome:
    add_labels(office.services, rows, "root")
    return learning.fit(office.services, Fitter, silent)


def labels(office: Office) -> list[tuple[object, ...]]:
    return office.query("SELECT category, how, ticket_id, guessed FROM labels ORDER BY id")


# Labels


def test_what_an_agent_sets_or_confirms_is_a_label(office: Office) -> None:
    office.receive(write(ANA))
    told = office.letter(address(SAM), "agent_notification")
    office.receive(answer(SAM, told, "#category delivery"))  # it is that already
    office.receive(answer(SAM, told, "#category billing"))
    actions.command(office.services, "ACME-1001", Command("category", "delivery"), "root")
    assert labels(office) == [
        ("delivery", "command", 1, "delivery"),
        ("billing", "command", 1, "delivery"),
        ("delivery", "cli", 1, "delivery"),
    ]
    with office.services.store.begin() as uow:
        (counts,), _ = texts_of(uow)
    assert (counts.label.category, counts.label.how) == ("delivery", How.CLI)  # the newest
    assert "parcel" in counts.words.folded


def test_what_a_customer_writes_is_none(office: Office) -> None:
    office.receive(write(ANA, "#category billing\n\nwhere is my parcel?\n"))
    office.receive(answer(ANA, office.letter(address(ANA), "acknowledgement"), "#category billing"))
    assert labels(office) == []


def test_a_file_that_is_read_again_adds_nothing(office: Office) -> None:
    assert add_labels(office.services, HISTORY, "root") == 30
    assert add_labels(office.services, [*HISTORY, ("new", "billing")], "root") == 1


def test_a_contradiction_is_settled_by_a_file_that_says_one_of_the_two(office: Office) -> None:
    both, one = [("it glows", "billing"), ("it glows", "delivery")], [("it glows", "billing")]
    for rows, added in ((both, 2), (both, 0), (one, 1), (one, 0), (both, 2), (one, 1)):
        office.now += 60
        assert add_labels(office.services, rows, "root") == added
        assert exported(office.services) == rows


def test_what_was_given_out_of_tickets_comes_back_as_nothing_new(office: Office) -> None:
    office.receive(write(ANA))
    actions.command(office.services, "ACME-1001", Command("category", "billing"), "root")
    (row,) = exported(office.services)
    assert add_labels(office.services, [row], "root") == 0
    corrected = [(row[0], "delivery")]
    assert [add_labels(office.services, corrected, "root") for _ in range(2)] == [1, 0]


def test_of_a_text_the_newest_file_counts(office: Office) -> None:
    add_labels(office.services, [("it glows", "billing"), ("it glows", "delivery")], "root")
    with office.services.store.begin() as uow:
        assert len(texts_of(uow)[0]) == 2  # they contradict each other
    office.now += 60
    add_labels(office.services, [("it glows", "privacy")], "root")
    with office.services.store.begin() as uow:
        assert [one.label.category for one in texts_of(uow)[0]] == ["privacy"]


# What decides


def test_the_next_complaint_is_decided_by_what_was_learned_without_a_restart(office: Office) -> None:
    office.receive(write(ANA, GREEN, "Gadget"))
    assert office.ticket().category is None
    assert taught(office).version == 1
    office.receive(write(ANA, GREEN, "Another gadget"))
    second = office.ticket("ACME-1002")
    assert (second.category, second.triage["stage"], second.triage["model"]) == ("billing", "learned", 1)
    assert "greenish" in str(second.triage["words_for"])


def test_the_agent_reads_why_in_one_line_and_in_full_by_why(office: Office) -> None:
    taught(office, [(text, "delivery" if category == "billing" else "billing") for text, category in HISTORY])
    office.receive(write(ANA, GREEN, "Gadget"))
    told = office.letter(address(SAM), "agent_notification")
    assert "by what was learned (version 1: “" in told.text
    assert "greenish" in told.text
    assert "else billing" not in told.plain
    office.receive(answer(SAM, told, "#why"))
    assert "else billing" in office.letter(address(SAM), "explanation").text


def test_going_back_lets_the_lexicon_decide_again(office: Office) -> None:
    taught(office)
    assert learning.rollback(office.services) is None
    office.receive(write(ANA, GREEN, "Gadget"))
    assert office.ticket().triage["stage"] == "unsure"
    learning.promote(office.services, 1)
    office.receive(write(ANA, GREEN, "Another gadget"))
    assert office.ticket("ACME-1002").category == "billing"


def test_going_back_again_goes_further_back(office: Office) -> None:
    for number in range(3):
        office.now += HOUR
        taught(office, [*HISTORY, (f"the gadget glows, again {number}", "billing")])
    assert [learning.rollback(office.services) for _ in range(3)] == [2, 1, None]
    learning.promote(office.services, 3)
    office.now += HOUR
    learning.promote(office.services, 1)
    assert learning.rollback(office.services) == 3


@pytest.mark.parametrize(
    "damage",
    ["UPDATE models SET content = x'00'", "UPDATE models SET sha256 = 'other'"],
)
def test_a_model_that_can_t_be_used_leaves_the_lexicon_and_is_told(office: Office, damage: str) -> None:
    taught(office)
    office.restart()
    office.damage(damage)
    with capture_logs() as log:
        office.receive(write(ANA))
    assert office.ticket().triage["stage"] == "lexicon"
    (line,) = [one for one in log if one["event"] == "model not usable"]
    assert "triage learn" in line["mend"]


def test_a_category_that_the_configuration_lacks_is_never_assigned(office: Office) -> None:
    learned = [(text, "gadgets" if category == "billing" else category) for text, category in HISTORY]
    assert taught(office, learned).version == 1
    office.receive(write(ANA, GREEN, "Gadget"))
    ticket = office.ticket()
    assert ticket.category is None
    assert "gadgets" not in str(ticket.triage["likeliest"])


def test_three_versions_are_kept_and_the_one_before_among_them(office: Office) -> None:
    for number in range(5):
        office.now += HOUR
        taught(office, [*HISTORY, (f"the gadget glows, again {number}", "billing")])
    kept, _ = learning.kept_models(office.services)
    assert [(one.id, one.active) for one in kept] == [(5, True), (4, False), (3, False)]


def test_nothing_new_is_fitted_of_what_it_knows(office: Office) -> None:
    taught(office)
    assert taught(office).reason.code == "kept_nothing_new"


@pytest.mark.parametrize(
    ("rows", "code"),
    [(HISTORY[:5], "learn_few_labels"), ([(f"{n}", "billing") for n in range(20)], "learn_one_category")],
)
def test_too_little_is_said(office: Office, rows: list[tuple[str, str]], code: str) -> None:
    outcome = taught(office, rows)
    assert (outcome.reason.code, outcome.version) == (code, None)
    with office.services.store.begin() as uow:
        assert load_active(uow, office.services) is None


# Asking


def test_some_are_asked_about_and_the_answers_give_the_precision(open_office: OpenOffice) -> None:
    office = open_office(ASKS)
    office.receive(write(ANA))
    told = office.letter(address(SAM), "agent_notification")
    assert "Is this right?" in told.text
    assert "It is: a late delivery" in links(told)
    office.receive(click(told, "It is: a late delivery", SAM))
    assert labels(office) == [("delivery", "asked", 1, "delivery")]
    assert learning.kept_models(office.services)[1] == {"asked": 1, "right": 1}
    office.receive(answer(SAM, told, "#category billing"))  # asked once; this is a correction
    assert labels(office)[1] == ("billing", "command", 1, "delivery")


def test_most_are_not_asked_about(office: Office) -> None:
    office.restart([('default_team = "delivery"', 'default_team = "delivery"\nask_share = 0.0')])
    office.receive(write(ANA))
    told = office.letter(address(SAM), "agent_notification")
    assert "Is this right?" not in told.text
    assert not any(label.startswith("It is:") for label in links(told))


# At night


def test_each_night_it_is_learned_where_labels_came(office: Office) -> None:
    jobs.ensure_jobs(office.services)
    office.wait_until("2026-11-17 03:01")
    assert office.services.errands == set()  # nothing to learn from
    add_labels(office.services, HISTORY, "root")
    office.wait_until("2026-11-18 03:01")
    assert office.services.errands == {learning.ERRAND}
    office.services.errands.clear()
    learning.fit(office.services, Fitter, silent)
    office.now += HOUR
    office.wait_until("2026-11-19 03:01")
    assert office.services.errands == set()


def test_a_fit_that_was_cut_off_is_tried_again_the_next_night(office: Office) -> None:
    jobs.ensure_jobs(office.services)
    add_labels(office.services, HISTORY, "root")
    office.now += HOUR

    def cut_off(_what: str, _done: int, _of: int) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        learning.fit(office.services, Fitter, cut_off)
    office.wait_until("2026-11-18 03:01")
    assert office.services.errands == {learning.ERRAND}


def test_the_daemon_imports_no_scikit_learn_and_without_a_model_no_numpy() -> None:
    code = (
        "import sys, mailsla.cli.run, mailsla.cli.deliver, mailsla.flows.process, mailsla.adapters.learning_child; "
        "print([name for name in ('numpy', 'scipy', 'sklearn') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_deciding_with_a_model_imports_no_scikit_learn(office: Office) -> None:
    assert taught(office).version == 1
    ((content,),) = office.query("SELECT content FROM models")
    code = (
        "import sys; from mailsla.adapters.scoring import unpacked; from mailsla.core.triage.learned import Recipe; "
        "from mailsla.core.triage.words import Words; "
        "model = unpacked(sys.stdin.buffer.read(), 1, Recipe()); model.read(Words.of('', 'it glows')); "
        "print([name for name in ('scipy', 'sklearn') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], input=content, capture_output=True, check=True)
    assert done.stdout.strip() == b"[]"

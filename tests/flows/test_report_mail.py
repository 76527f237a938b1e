"""Reports on a schedule: once for each period and reader, in their hours; to customers only what is theirs."""

import dataclasses
import json
from collections.abc import Callable
from dataclasses import replace
from email import message_from_bytes
from fractions import Fraction

import pytest

from mailsla.adapters.letters import JinjaLetters
from mailsla.adapters.letters_samples_reports import REPORT, held
from mailsla.adapters.letters_time import Times
from mailsla.adapters.report_letters import view_of
from mailsla.adapters.report_view import Reading
from mailsla.cli.report_parts import files_of
from mailsla.core.letters import Enclosure
from mailsla.core.letters_report import CustomerReport, ManagerReport
from mailsla.core.report.model import (
    AgentLoad,
    CreditOwed,
    Exceptional,
    Held,
    Kept,
    Objective,
    Part,
    Period,
    Report,
    Satisfaction,
    TriageQuality,
)
from mailsla.core.report.shown import for_customer
from mailsla.core.sla.service_level import ServiceLevel
from mailsla.errors import PermanentError, TemporaryError
from mailsla.flows import jobs, queues
from mailsla.flows.report_mail import ERRAND, make_due
from mailsla.flows.services import Services
from mailsla.flows.steps.report_letters import Sources
from mailsla.ports.store.occasions import RESTORED
from tests.adapters.letters.reading import LETTERS
from tests.canaries import leaks
from tests.flows.conftest import OpenOffice
from tests.flows.office import BERLIN, DAY, HOUR, MINUTE, Office, berlin

TO = "quality@free.example"
MONTHLY = ("[organisations.free]", '[reports]\nmonthly = ["manager", "role:operator"]\n\n[organisations.free]')
THEIRS = '[[reports.customers]]\norganisation = "free"\nto = "quality@free.example"\n'
CUSTOMER = ("[organisations.free]", f"{THEIRS}\n[organisations.free]")
AT_ONCE = ("[organisations.free]", f"{THEIRS}approve = false\nlanguage = 'de'\n\n[organisations.free]")
FIRST = berlin("2026-12-01 07:00")  # Tuesday; the office opens at nine


def files(report: Report) -> list[Enclosure]:
    """As the real ones: all that the report holds."""
    plain = json.loads(json.dumps(dataclasses.asdict(replace(report, hours={})), default=str))
    return files_of(report, plain, [(key, "", "", str(value)) for key, value in plain.items()])


def of(report: Report) -> Sources:
    return Sources(
        figures=lambda _services, period, customer: replace(report, period=period, customer=customer), files=files
    )


def empty(_services: Services, period: Period, customer: str) -> Report:
    none = held(0, 0)
    return Report(
        period=period, made_at=0, customer=customer, received=0, resolved=0, open_at_end=3, compliance=none, before=none
    )


def failing(_services: Services, _period: Period, customer: str) -> Report:
    if customer:
        raise PermanentError("no figures of theirs")
    return REPORT


CHARTS = JinjaLetters.pictures


@pytest.fixture(autouse=True)
def _without_charts(monkeypatch: pytest.MonkeyPatch) -> None:
    """They take half a second a letter; one test has them."""
    monkeypatch.setattr(JinjaLetters, "pictures", lambda *_: ())


@pytest.fixture
def month_over(open_office: OpenOffice) -> Callable[[tuple[str, str]], Office]:
    """An office that has run since the middle of November, at the moment that November's report is due."""

    def opened(change: tuple[str, str]) -> Office:
        office = open_office(change)
        jobs.ensure_jobs(office.services)
        office.now = FIRST
        office.work()
        return office

    return opened


Opened = Callable[[tuple[str, str]], Office]


def reports(office: Office) -> list[str]:
    return [one.to for one in office.letters() if one.kind in ("report", "customer_report")]


# Once for each period


def test_a_month_is_reported_once_whatever_restarts(month_over: Opened) -> None:
    office = month_over(MONTHLY)
    assert ERRAND in office.services.errands
    office.restart([MONTHLY])  # before anything was made
    jobs.ensure_jobs(office.services)
    office.now += 16 * MINUTE
    office.work()
    assert ERRAND in office.services.errands
    assert make_due(office.services, of(REPORT)) == 2
    office.restart([MONTHLY])
    jobs.ensure_jobs(office.services)
    assert make_due(office.services, of(REPORT)) == 0
    for _ in range(3):
        office.now += DAY
        office.work()
    assert ERRAND not in office.services.errands
    assert sorted(reports(office)) == ["jo@acme.example", "operator@acme.example"]


def test_what_an_outage_kept_from_being_made_is_made_afterwards(month_over: Opened) -> None:
    office = month_over(MONTHLY)
    assert make_due(office.services, of(REPORT)) == 2
    office.now = berlin("2027-02-02 12:00")
    asked: list[str] = []

    def figures(_services: Services, period: Period, _customer: str) -> Report:
        asked.append(f"{period.start:%Y-%m}")
        return replace(REPORT, period=period)

    assert make_due(office.services, Sources(figures=figures, files=files)) == 4
    assert asked == ["2026-12", "2027-01"]


def test_a_failing_database_leaves_it_to_be_made_again(month_over: Opened) -> None:
    office = month_over(MONTHLY)

    def locked(_services: Services, _period: Period, _customer: str) -> Report:
        raise TemporaryError("locked", "none")

    with pytest.raises(TemporaryError):
        make_due(office.services, Sources(figures=locked, files=files))
    assert make_due(office.services, of(REPORT)) == 2


def test_who_asked_for_none_gets_none(open_office: OpenOffice) -> None:
    office = open_office()
    jobs.ensure_jobs(office.services)
    office.now = FIRST
    office.work()
    assert ERRAND not in office.services.errands
    assert make_due(office.services, of(REPORT)) == 0


@pytest.mark.parametrize(("setting", "count"), [("", 0), ("empty = true\n", 2)])
def test_of_an_empty_period_nothing_is_sent_unless_asked(month_over: Opened, setting: str, count: int) -> None:
    office = month_over((MONTHLY[0], MONTHLY[1].replace("[reports]\n", f"[reports]\n{setting}")))
    assert make_due(office.services, Sources(figures=empty, files=files)) == count
    assert make_due(office.services, Sources(figures=empty, files=files)) == 0
    office.now = berlin("2026-12-01 12:00")
    office.work()
    assert {one.subject for one in office.letters() if one.kind == "report"} == (
        {"Complaints in November 2026: nothing was due"} if count else set()
    )


# The letter


def test_managers_read_it_in_their_hours_with_charts_tables_and_files(
    month_over: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(JinjaLetters, "pictures", CHARTS)
    office = month_over(MONTHLY)
    make_due(office.services, of(REPORT))
    office.work()
    assert reports(office) == ["operator@acme.example"]  # who has no quiet hours
    office.now = berlin("2026-12-01 09:00")
    office.work()
    letter = office.letter("jo@acme.example", "report")
    assert letter.subject == "Complaints in November 2026: 94.1% in time (96 of 102)"
    assert letter.header("List-Unsubscribe") == "<mailto:operator@acme.example?subject=unsubscribe>"
    assert letter.header("Auto-Submitted") == "auto-generated"
    kinds = [one.get_content_type() for one in letter.mail.walk() if not one.is_multipart()]
    assert kinds == ["text/plain", "text/html", *["image/png"] * 5, "text/csv", "application/json"]
    ids = {str(one["Content-ID"]).strip("<>") for one in letter.mail.walk() if one["Content-ID"]}
    html = next(one for one in letter.mail.walk() if one.get_content_type() == "text/html").get_payload(decode=True)
    assert isinstance(html, bytes)
    for number in ids:
        assert f'src="cid:{number}"'.encode() in html
    assert b'alt="Best: July 2026 (95.0%). Worst: May 2026 (88.0%)."' in html


def test_a_customers_report_waits_for_the_operator(month_over: Opened) -> None:
    office = month_over(CUSTOMER)
    assert make_due(office.services, of(REPORT)) == 1
    office.work()
    assert reports(office) == []
    (row,) = office.query("SELECT id FROM letters WHERE kind = 'customer_report'")
    told = office.letter("operator@acme.example", "operator_alert")
    assert f"the report to {TO} waits: read it, then `mailsla queue release L{row[0]}` sends it" in told.text
    queues.send_again(office.services, row[0])
    office.work()
    assert reports(office) == [TO]


def test_without_approval_it_goes_in_the_customers_language_and_bears_no_list_headers(month_over: Opened) -> None:
    office = month_over(AT_ONCE)
    make_due(office.services, of(REPORT))
    office.work()
    letter = office.letter(TO, "customer_report")
    assert letter.subject == "Beschwerden im November 2026: 94,1 % fristgerecht (96 von 102)"
    assert not [name for name in letter.mail if name.lower().startswith(("list-", "x-mailsla"))]


def test_one_customer_without_figures_keeps_nobody_else_from_theirs(month_over: Opened) -> None:
    office = month_over((MONTHLY[0], f"{MONTHLY[1].replace('[organisations.free]', '')}{CUSTOMER[1]}"))
    assert make_due(office.services, Sources(figures=failing, files=files)) == 2
    office.work()
    told = office.letter("operator@acme.example", "operator_alert")
    assert "the report could not be made (customer: free): no figures of theirs" in told.text


def test_after_a_restore_no_customer_gets_it_a_second_time_unasked(month_over: Opened) -> None:
    office = month_over(AT_ONCE)
    with office.services.store.begin() as uow:
        uow.occasions.note(RESTORED, office.now + HOUR)
        uow.commit()
    office.now += 2 * HOUR
    assert make_due(office.services, of(REPORT)) == 1
    office.work()
    assert reports(office) == []


# The leak test: nothing of others, and nothing internal

OURS = "canary-"
THEIR_OWN = ("ACME-7001", "Their own subject", "own-contract")


def careless() -> Report:
    """A report on a customer as it must not be: canaries of others, agents and notes wherever a name can stand."""
    late, name = held(3, 1), iter(f"{OURS}{number:02d}-zq" for number in range(100))
    return replace(
        REPORT,
        customer="free",
        by_metric=(Held("first_response", late, late), Held("ola", late, late), Held(next(name), late, late)),
        by_category=tuple(Held(next(name), late, late) for _ in range(12)),
        by_team=(Held(next(name), late, late),),
        by_customer=(Held(next(name), late, late),),
        objectives=(Objective(next(name), "resolution", next(name), ServiceLevel(Fraction(9, 10), 1, 2)),),
        satisfaction=Satisfaction(3, {1: 1, 5: 2}, ((next(name), 1, next(name)),)),
        credits=(
            CreditOwed("free", THEIR_OWN[2], "2026-10", late, 1, Fraction(1, 20), ()),
            CreditOwed(next(name), next(name), "2026-10", late, 1, Fraction(1, 10), ({"code": next(name)},)),
        ),
        agents=(AgentLoad(next(name), 1, 2, 3, 4, 5),),
        odd_targets=tuple(replace(one, policy=next(name)) for one in REPORT.odd_targets),
        promises=Kept(1, 2, 3, 4),
        triage=TriageQuality(Part(1, 2), Part(1, 2), Part(1, 2)),
        exceptions=(
            Exceptional(THEIR_OWN[0], THEIR_OWN[1], "late", 3600),
            Exceptional(next(name), next(name), "rated"),
            Exceptional(next(name), next(name), "noted"),
        ),
    )


def canaries_in(report: object) -> set[str]:
    return {word for word in str(report).replace("'", " ").split() if word.startswith(OURS)}


def seen(raw: bytes) -> set[str]:
    """Canaries in a letter: in its bytes, its headers, and each part decoded."""
    return set(leaks(raw, canaries_in(careless())))


@pytest.mark.parametrize("language", ["en", "de", "fr", "es", "pt", "pl", "it", "nl"])
def test_a_customers_report_holds_nothing_of_others_and_nothing_internal(month_over: Opened, language: str) -> None:
    office = month_over((AT_ONCE[0], AT_ONCE[1].replace("'de'", f"'{language}'")))
    assert len(canaries_in(careless())) == 29
    assert make_due(office.services, of(careless())) == 1
    office.work()
    letter = office.letter(TO, "customer_report")
    assert seen(letter.raw) == set()
    for theirs in THEIR_OWN:
        assert leaks(letter.raw, [theirs]) == [theirs]


def test_nor_do_the_pictures_in_it() -> None:
    """What is drawn comes out of the same words, which can be searched."""
    reading = Reading(LETTERS._catalogues["en"], Times(LETTERS._catalogues["en"], BERLIN, FIRST))
    drawn = [
        one.chart for one in view_of(CustomerReport(report=for_customer(careless())), reading).sections if one.chart
    ]
    assert len(drawn) == 2
    assert canaries_in(drawn) == set()
    inside = [one.chart for one in view_of(ManagerReport(report=careless()), reading).sections if one.chart]
    assert canaries_in(inside)


@pytest.mark.parametrize("place", ["subject", "text", "html", "csv", "json"])
def test_the_leak_test_finds_what_is_planted(month_over: Opened, place: str) -> None:
    canary = sorted(canaries_in(careless()))[0]
    office = month_over(AT_ONCE)
    make_due(office.services, of(careless()))
    office.work()
    raw = office.letter(TO, "customer_report").raw
    kinds = {"text": b"text/plain", "html": b"text/html", "csv": b"text/csv", "json": b"application/json"}
    if place == "subject":
        planted = raw.replace(b"Subject: ", f"Subject: {canary} ".encode(), 1)
    else:
        at = raw.index(kinds[place])
        body = raw.index(b"\r\n\r\n", at) + 4
        word = f"{canary} \r\n".encode()
        planted = raw[:body] + (_base64(word) if place in ("csv", "json") else word) + raw[body:]
    assert planted != raw
    assert message_from_bytes(planted).is_multipart()
    assert seen(planted) == {canary}


def _base64(word: bytes) -> bytes:
    from base64 import b64encode

    return b64encode(word.ljust(57)) + b"\r\n"


def test_what_a_customer_may_read_is_named_field_by_field() -> None:
    """A field that comes to the report later is not theirs until somebody says so."""
    allowed = for_customer(replace(careless(), open_at_end=4))
    blank = Report(
        period=REPORT.period,
        made_at=0,
        received=0,
        resolved=0,
        open_at_end=0,
        compliance=held(0, 0),
        before=held(0, 0),
    )
    internal = {"by_category", "by_team", "by_customer", "spent", "objectives", "first_contact", "reopened", "repeats"}
    internal |= {"agents", "hours", "odd_targets", "triage"}
    for field in dataclasses.fields(Report):
        if field.name in internal:
            assert getattr(allowed, field.name) == getattr(blank, field.name)
    known = {"period", "made_at", "customer", "received", "resolved", "open_at_end", "compliance", "before"}
    known |= {"by_metric", "trend", "lengths", "lengths_before", "satisfaction", "credits", "promises", "exceptions"}
    assert {field.name for field in dataclasses.fields(Report)} == internal | known
    with pytest.raises(ValueError, match="for no customer"):
        for_customer(REPORT)

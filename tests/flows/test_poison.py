"""A mail that can't be processed is set aside, visibly, and holds up no other (mail.md 1, item 4)."""

from dataclasses import replace
from pathlib import Path

import pytest

from mailsla.adapters.db.engine import open_engine
from mailsla.adapters.db.store import SqlStore
from mailsla.core.mail.parsed import ParsedMail
from mailsla.core.model import IntakeState, NoticeState
from mailsla.errors import TemporaryError, Unparseable
from mailsla.flows import process
from mailsla.flows.queues import retry_mail
from mailsla.ports.mail import Woken
from tests.flows.conftest import OpenOffice
from tests.flows.mails import ANA, OPERATOR, RIO, SAM, address, answer, write
from tests.flows.office import DAY, HOUR, MINUTE, MONDAY, Office


class Chokes:
    """ports.mail.MailReader that can't read mails with a certain word, as the real one on a mail over its bounds."""

    def __init__(self, office: Office, error: BaseException) -> None:
        self._reader = office.services.reader
        self.error: BaseException | None = error
        self.attempts: list[int] = []

    def read(self, raw: bytes, attempt: int = 1) -> ParsedMail:
        if b"poison" in raw:
            self.attempts.append(attempt)
            if self.error is not None:
                raise self.error
        return self._reader.read(raw)

    def wake(self) -> None:
        self._reader.wake()


def chokes(office: Office, error: BaseException) -> Chokes:
    reader = Chokes(office, error)
    office.services = replace(office.services, reader=reader)
    return reader


def test_a_mail_that_was_being_read_when_the_daemon_stopped_is_as_before(office: Office) -> None:
    """Its attempt does not count, and it waits for nothing: the next daemon reads it first."""
    reader = chokes(office, Woken("told to stop while a mail was read"))
    poison = office.arrive(write(ANA, "poison"))
    with pytest.raises(Woken):
        office.work()
    row = office.intake(poison.id)
    assert (row.state, row.attempts, row.retry_at) == (IntakeState.STORED, 0, office.now)
    reader.error = None
    office.work()
    assert reader.attempts == [1, 1]
    assert office.intake(poison.id).ticket_id == office.ticket().id


UNREADABLE = Unparseable("reading the mail took over 5 s of CPU or was killed")


def try_thrice(office: Office) -> None:
    office.work()
    for _ in range(3):
        office.now += 3 * MINUTE
        office.work()


def test_a_mail_that_fails_three_times_is_quarantined_with_a_stub_ticket(office: Office) -> None:
    reader = chokes(office, UNREADABLE)
    poison = office.arrive(write(ANA, "poison"))
    try_thrice(office)
    assert reader.attempts == [1, 2, 3]
    row = office.intake(poison.id)
    assert (row.state, row.ticket_id) == (IntakeState.QUARANTINED, office.ticket().id)
    assert office.ticket().stub is True
    assert office.clock("first_response").started_at == MONDAY
    assert office.clock("first_response").state == "running"
    with office.services.store.begin() as uow:
        assert b"poison" in uow.intake.raw(row.sha256 or "")
    assert f"mailsla queue show M{poison.id}" in office.letter(OPERATOR, "operator_alert").text
    assert f"mailsla queue show M{poison.id}" in office.letter(address(SAM), "agent_notification").text


def test_the_next_mail_is_not_held_up(office: Office) -> None:
    chokes(office, UNREADABLE)
    office.arrive(write(ANA, "poison"))
    office.receive(write(RIO))
    assert office.kinds(address(RIO)) == ["acknowledgement"]


def test_a_stub_climbs_the_ladder_like_any_ticket(office: Office) -> None:
    chokes(office, UNREADABLE)
    office.arrive(write(ANA, "poison"))
    try_thrice(office)
    office.wait_until(MONDAY + 4 * HOUR + 1)
    assert office.kinds("jo@acme.example") == ["escalation"]


def test_an_answer_on_a_stub_stays_inside(office: Office) -> None:
    """There is nobody to write to: the mail says so, the text is kept as a note, and no clock is stopped."""
    chokes(office, UNREADABLE)
    office.arrive(write(ANA, "poison"))
    try_thrice(office)
    office.receive(answer(SAM, office.letter(address(SAM), "agent_notification"), "Dear customer, ..."))
    assert "stays inside" in office.letter(address(SAM), "agent_notification").text.splitlines()[0]
    assert len(office.events(type_="note")) == 1
    assert office.clock("first_response").state == "running"
    office.receive(answer(SAM, office.letter(address(SAM), "agent_notification"), "#resolve"))
    assert office.clock("resolution").state == "met"
    assert office.notices("closing")[0].state is NoticeState.MUTED
    assert all(letter.to.endswith("@acme.example") for letter in office.letters())


def test_a_retry_that_fails_again_opens_no_second_stub(office: Office) -> None:
    chokes(office, UNREADABLE)
    poison = office.arrive(write(ANA, "poison"))
    try_thrice(office)
    retry_mail(office.services, poison.id)
    try_thrice(office)
    assert office.tickets() == ["ACME-1001"]
    assert office.intake(poison.id).state is IntakeState.QUARANTINED


@pytest.mark.parametrize("uidvalidity", [1, 2])
def test_the_same_bytes_once_more_open_no_second_stub(office: Office, uidvalidity: int) -> None:
    """Delivered twice, or found again when the server renumbered its mails."""
    reader = chokes(office, UNREADABLE)
    raw = bytes(write(ANA, "poison"))
    poison = office.receive(raw)
    for _ in range(2):
        office.now += HOUR
        office.work()
    reader.attempts.clear()
    again = office.receive(raw, uidvalidity=uidvalidity)
    assert office.intake(poison.id).state is IntakeState.QUARANTINED
    assert (again.state, again.duplicate_of) == (IntakeState.DUPLICATE, poison.id)
    assert office.tickets() == ["ACME-1001"]
    assert reader.attempts == [1]


def test_a_retry_that_works_opens_the_ticket_and_links_the_stub(office: Office) -> None:
    reader = chokes(office, UNREADABLE)
    poison = office.arrive(write(ANA, "poison"))
    try_thrice(office)
    reader.error = None
    retry_mail(office.services, poison.id)
    office.work()
    assert office.ticket("ACME-1002").requester == address(ANA)
    assert office.ticket("ACME-1002").linked_to == office.ticket("ACME-1001").id


def test_an_error_of_our_own_counts_like_one_of_the_mail(office: Office) -> None:
    chokes(office, RuntimeError("a mistake"))
    poison = office.arrive(write(ANA, "poison"))
    try_thrice(office)
    assert office.intake(poison.id).state is IntakeState.QUARANTINED
    assert "a mistake" not in office.intake(poison.id).reason  # mail content could stand in it


def test_a_mail_in_the_middle_of_which_mailsla_ended_is_read_once_more_in_a_child(office: Office) -> None:
    reader = chokes(office, SystemExit())
    poison = office.arrive(write(ANA, "poison"))
    with pytest.raises(SystemExit):
        office.work()
    reader.error = None
    office.work()
    assert reader.attempts == [1, 2]
    assert office.intake(poison.id).state is IntakeState.DONE
    assert office.tickets() == ["ACME-1001"]


def test_a_world_that_fails_is_not_the_mails_fault(office: Office) -> None:
    reader = chokes(office, TemporaryError("the reading process can't be started"))
    poison = office.arrive(write(ANA, "poison"))
    for _ in range(5):
        with pytest.raises(TemporaryError):
            process.process_next(office.services)
        assert office.intake(poison.id).attempts == 0
        office.now += 2 * MINUTE
    reader.error = None
    office.work()
    assert office.intake(poison.id).state is IntakeState.DONE
    assert office.kinds(address(ANA)) == ["acknowledgement"]


def test_a_full_disk_leaves_nothing_half_done_and_counts_nothing(office: Office) -> None:
    poison = office.arrive(write(ANA, "My parcel is late. " * 5000))
    whole = office.services.store
    engine = open_engine(office.services.settings.database)
    with engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")  # of this engine's one pooled connection
    office.services = replace(office.services, store=SqlStore(engine))
    for _ in range(4):
        with pytest.raises(TemporaryError):
            process.process_next(office.services)
        office.now += 2 * MINUTE
    engine.dispose()
    office.services = replace(office.services, store=whole)
    assert office.tickets() == []
    assert office.intake(poison.id).attempts == 0
    office.work()
    assert office.intake(poison.id).state is IntakeState.DONE
    assert office.kinds(address(ANA)) == ["acknowledgement"]


# A letter that can't be made


BROKEN = "{{ letter.nothing_of_the_kind }}"


def with_template(open_office: OpenOffice, folder: Path, kind: str) -> Office:
    """An office whose own template of a kind is broken."""
    own = folder / "own" / "emails" / kind
    own.mkdir(parents=True)
    (own / "body.txt").write_text(BROKEN, encoding="utf-8")
    return open_office(("[triage]", '[letters]\ntemplates = "own"\n\n[triage]'))


def test_a_broken_template_postpones_its_own_letters_and_alerts(open_office: OpenOffice, tmp_path: Path) -> None:
    office = with_template(open_office, tmp_path, "acknowledgement")
    office.receive(write(ANA))
    assert office.letters(address(ANA)) == []
    assert office.kinds(address(SAM)) == ["agent_notification"]
    (alert,) = office.letters(OPERATOR)
    assert "acknowledgement" in alert.text
    office.wait(HOUR)
    assert len(office.letters(OPERATOR)) == 1  # once a day, not with each try
    (tmp_path / "own" / "emails" / "acknowledgement" / "body.txt").unlink()
    office.restart((("[triage]", '[letters]\ntemplates = "own"\n\n[triage]'),))
    office.wait(15 * MINUTE)
    assert office.kinds(address(ANA)) == ["acknowledgement"]


def test_a_broken_escalation_loses_none_that_would_have_been_folded_into_it(
    open_office: OpenOffice, tmp_path: Path
) -> None:
    office = with_template(open_office, tmp_path, "escalation")
    office.receive(write(ANA))
    office.receive(write(RIO))
    office.wait_until(MONDAY + 4 * HOUR + MINUTE)
    states = [office.notices("escalation", reference)[0].state for reference in office.tickets()]
    assert states == [NoticeState.PENDING] * 2
    (tmp_path / "own" / "emails" / "escalation" / "body.txt").unlink()
    office.restart((("[triage]", '[letters]\ntemplates = "own"\n\n[triage]'),))
    office.wait(30 * MINUTE)
    assert all(reference in office.letter("jo@acme.example", "escalation").text for reference in office.tickets())


def test_a_ticket_goes_on_under_a_calendar_that_is_configured_no_more(open_office: OpenOffice) -> None:
    office = open_office(_SHIFT, ('name = "urgent"\nmatch = { priority = ["urgent"] }\ncalendar = "office"', _NIGHT))
    office.receive(write(RIO))
    before = office.clock("first_response").due
    office.restart()
    office.receive(write(RIO, "Well?", "Re: [ACME-1001] Where is my parcel?"))
    assert before is not None and office.clock("first_response").due == before
    assert office.kinds(address(SAM)) == ["agent_notification", "customer_answer"]


def test_a_ticket_whose_policy_cannot_be_read_holds_up_no_letter_of_others(open_office: OpenOffice) -> None:
    office = open_office(_SHIFT, ('name = "urgent"\nmatch = { priority = ["urgent"] }\ncalendar = "office"', _NIGHT))
    office.receive(write(RIO))
    assert office.ticket().policy_version is not None
    office.arrive(write(RIO, "Well?", "Re: [ACME-1001] Where is my parcel?"))
    office.prepare()
    office.damage("UPDATE versions SET content = '{}' WHERE name = 'shift' AND kind = 'policy'")
    office.restart()
    office.receive(write(ANA))
    assert office.kinds(address(ANA)) == ["acknowledgement"]
    office.wait(DAY)
    assert office.ticket("ACME-1002").reference in office.letter("jo@acme.example", "escalation").text
    assert {letter.to for letter in office.letters()} >= {OPERATOR}


_SHIFT = (
    "[calendars.office]\n",
    '[calendars.shift]\nzone = "Europe/Berlin"\nweekly.mon = ["09:00-17:00"]\n\n[calendars.office]\n',
)
_NIGHT = 'name = "shift"\nmatch = { customer = ["rio@elsewhere.example"] }\ncalendar = "shift"'

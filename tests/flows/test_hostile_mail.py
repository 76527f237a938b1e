"""Whatever a mail does to us in any step (triage, threads, letters): set aside as a stub, and the next goes on."""

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from mailsla.core.model import IntakeState, Letter, Role
from mailsla.flows import delivery, process
from mailsla.flows.services import Services
from mailsla.flows.steps.compose import Draft
from mailsla.ports.store import UnitOfWork
from tests.flows.mails import ANA, OPERATOR, SAM, address, write
from tests.flows.office import AUTHSERV, HOUR, MINUTE, Office
from tests.fuzz.__main__ import _inputs

MAILS = 16
ENDED = {IntakeState.DONE, IntakeState.DUPLICATE, IntakeState.HELD, IntakeState.QUARANTINED}
HEAD = (
    f"Authentication-Results: {AUTHSERV}; dmarc=pass header.from=mail.example\r\n"
    "From: Ana <ana@mail.example>\r\nTo: support@acme.example\r\nSubject: Late\r\n"
).encode()


def goes_on(office: Office) -> None:
    """An ordinary complaint is answered; no letter of anybody could not be made."""
    [(number,)] = office.query("SELECT count(*) FROM intake")
    sender = f"rio@elsewhere{number}.example"
    office.receive(write(sender, "My parcel is late.", f"Parcel {number}"))
    assert office.kinds(sender) == ["acknowledgement"]
    assert not [one for one in office.letters(OPERATOR) if "template" in one.subject.lower()]
    assert office.query("SELECT count(*) FROM notices WHERE state = 'pending' AND not_before < ?", office.now) == [(0,)]


def test_hostile_mail_of_the_fuzzer_through_the_whole_path(office: Office) -> None:
    """As a stranger's mail, as Ana's with that for the rest of her headers, as her text, and as her answer."""
    drawn: list[bytes] = []

    @seed(7)
    @settings(
        max_examples=MAILS // 4,
        database=None,
        deadline=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(st.one_of(_inputs("mail"), _inputs("text")))
    def draw(data: bytes) -> None:
        drawn.append(data)

    draw()
    rows = []
    for number, data in enumerate(drawn):
        mine = HEAD + f"Message-ID: <{number}.@mail.example>\r\n".encode()
        for raw in (data, mine + data, mine + b"Content-Type: text/html\r\n\r\n<p>Hi " + data, mine + b"\r\n" + data):
            rows.append(office.arrive(raw))
        office.work()
    for _ in range(3):
        office.wait(4 * MINUTE)
    ended = [office.intake(row.id) for row in rows]
    assert [row for row in ended if row.state not in ENDED] == []
    assert [row.reason for row in ended if row.state is IntakeState.QUARANTINED] == []
    assert sum(row.state is IntakeState.DONE for row in ended) > len(drawn)
    goes_on(office)


STEPS = (
    "mailsla.flows.process:examine",
    "mailsla.flows.steps.triaging:triage",
)
ERRORS = (RuntimeError("qzpoison"), RecursionError())


@pytest.mark.parametrize(("step", "error"), list(zip(STEPS, ERRORS, strict=True)), ids=lambda value: str(value)[-20:])
def test_an_error_in_any_step_sets_the_mail_aside_and_nothing_else(
    office: Office, monkeypatch: pytest.MonkeyPatch, step: str, error: BaseException
) -> None:
    """Three attempts, each undone as a whole; between them the next mail is answered. No word of the mail is told."""
    row = office.arrive(write(ANA, "qzpoison"))

    def fails(*_given: object, **_named: object) -> None:
        raise error

    for attempt in (1, 2, 3):
        with monkeypatch.context() as broken:
            broken.setattr(step.replace(":", "."), fails)
            assert process.process_next(office.services)
        assert office.intake(row.id).attempts == attempt
        goes_on(office)
        office.now += 3 * MINUTE
    ended = office.intake(row.id)
    assert ended.state is IntakeState.QUARANTINED and "qzpoison" not in ended.reason
    (stub,) = office.query("SELECT stub, id FROM tickets WHERE id = ?", ended.ticket_id)
    assert stub[0] == 1
    assert office.query("SELECT count(*) FROM tickets") == [(4,)]
    assert "operator_alert" in office.kinds(OPERATOR)
    assert office.letters(address(ANA)) == []


def test_an_error_in_a_letter_that_a_mail_causes_holds_up_no_other(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The ticket is there with its clocks; the operator is told; the letter is made when it can be."""
    with monkeypatch.context() as broken:
        made = delivery.compose

        def fails(uow: UnitOfWork, services: Services, draft: Draft, now: int) -> Letter:
            if draft.notice.role is Role.AGENT:
                raise UnicodeEncodeError("utf-8", "qzpoison", 0, 1, "no")
            return made(uow, services, draft, now)

        broken.setattr(delivery, "compose", fails)
        office.receive(write(ANA, "qzpoison"))
        assert office.kinds(address(ANA)) == ["acknowledgement"]
        assert office.kinds(address(SAM)) == []
        assert office.clock("first_response").state == "running"
        assert len(office.letters(OPERATOR, "operator_alert")) == 1
    office.wait(HOUR)
    assert "agent_notification" in office.kinds(address(SAM))

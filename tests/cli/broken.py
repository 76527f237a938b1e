"""Mails that wait for a person: one that could not be read, one whose sender is not proven."""

from dataclasses import replace

from mailsla.adapters.reader import Bounds, Reader
from mailsla.core.model import Intake, IntakeState
from mailsla.flows.process import MOST_ATTEMPTS, process_next
from tests.flows.mails import ANA, KIM, address, answer, write
from tests.flows.office import HOUR, Office

SUSPICIOUS = {"X-Parameters": "a=b; " * 400}  # so many that a child process must read it


def quarantined(office: Office) -> Intake:
    """The child had no time for it, three times."""
    intake = office.arrive(write(ANA, subject="Lamp", headers=SUSPICIOUS), auth="none")
    hasty = replace(office.services, reader=Reader(Bounds(wall_s=0)))
    for _ in range(MOST_ATTEMPTS):
        process_next(hasty)
        office.now += HOUR
    office.work()
    assert office.intake(intake.id).state is IntakeState.QUARANTINED
    return office.intake(intake.id)


def held(office: Office) -> Intake:
    """Kim's token in a mail that somebody else wrote."""
    office.receive(write(ANA))
    with_token = office.letter(address(_assignee(office)), "agent_notification")
    stranger = "Mallory <mallory@elsewhere.example>"
    intake = office.receive(answer(stranger, with_token, "#resolve"))
    assert intake.state is IntakeState.HELD
    return intake


def _assignee(office: Office) -> str:
    name = office.ticket().assignee
    return office.services.settings.directory.agents[name].email if name else KIM

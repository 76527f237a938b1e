"""What waits for a person: mails held or set aside, letters not made or sent; looked into, released, tried again."""

from dataclasses import dataclass

from mailsla.core.model import Intake, IntakeState, Letter, LetterState, Notice, Reason
from mailsla.errors import PermanentError
from mailsla.flows.services import Services
from mailsla.flows.steps.examine import PROVEN_BY_PERSON
from mailsla.ports.store import UnitOfWork

LIST = "see `mailsla queue list`"
WAITING_LETTERS = (LetterState.HELD, LetterState.FAILED, LetterState.SENDING, LetterState.QUEUED)
WAITING_MAILS = (IntakeState.HELD, IntakeState.QUARANTINED)


@dataclass(frozen=True, slots=True)
class WaitingMail:
    """A mail with its bytes. `reference` of the ticket that it stands at, "" when at none."""

    intake: Intake
    raw: bytes
    reference: str


@dataclass(frozen=True, slots=True)
class WaitingLetter:
    """A letter. `reference` of the ticket that it is about, "" when about none; in a list without its bytes."""

    letter: Letter
    reference: str


@dataclass(frozen=True, slots=True)
class WaitingNotice:
    """A letter that could not be made yet: its template failed (`failed`, with the error), or a budget is used up."""

    notice: Notice
    reference: str
    failed: str
    waits: Reason | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """Mails: oldest first; letters: what waits for a person before what goes by itself. At most 500 of each."""

    mails: list[WaitingMail]
    letters: list[WaitingLetter]
    notices: list[WaitingNotice]


def waiting(services: Services) -> Waiting:
    """All that waits."""
    with services.store.begin() as uow:
        mails = [_mail(uow, intake) for intake in uow.intake.listed(WAITING_MAILS)]
        letters = [
            WaitingLetter(letter, _reference(uow, letter.ticket_id))
            for letter in uow.outbox.letters(states=WAITING_LETTERS)
        ]
        notices = _notices(uow, services)
    letters.sort(key=lambda one: (WAITING_LETTERS.index(one.letter.state), one.letter.created_at))
    return Waiting(mails, letters, notices)


def mail(services: Services, intake_id: int) -> WaitingMail:
    """One mail in any state. Raises PermanentError when there is none, or its bytes were never ours."""
    with services.store.begin() as uow:
        return _mail(uow, _intake(uow, intake_id))


def letter(services: Services, letter_id: int) -> WaitingLetter:
    """One letter in any state, with its bytes."""
    with services.store.begin() as uow:
        found = _letter(uow, letter_id)
        return WaitingLetter(found, _reference(uow, found.ticket_id))


def notice(services: Services, notice_id: int) -> WaitingNotice:
    """One letter that could not be made yet. Raises PermanentError when there is none."""
    with services.store.begin() as uow:
        return _notice(uow, services, notice_id)


def release_mail(services: Services, intake_id: int, user: str) -> None:
    """A person vouches for a held mail: it is processed as if its sender were proven."""
    with services.store.begin() as uow:
        found = _intake(uow, intake_id)
        if not uow.intake.reopen(intake_id, (IntakeState.HELD,), f"{PROVEN_BY_PERSON[1]}{user}"):
            raise _not_so(f"M{intake_id}", found.state, "held", IntakeState.QUARANTINED, "retry")
        uow.commit()


def retry_mail(services: Services, intake_id: int) -> None:
    """Read a quarantined mail once more."""
    with services.store.begin() as uow:
        found = _intake(uow, intake_id)
        if not uow.intake.reopen(intake_id, (IntakeState.QUARANTINED,), ""):
            raise _not_so(f"M{intake_id}", found.state, "in quarantine", IntakeState.HELD, "release")
        uow.commit()


def send_again(services: Services, letter_id: int) -> None:
    """Send a failed or held letter once more."""
    with services.store.begin() as uow:
        found = _letter(uow, letter_id)
        if not uow.outbox.release_letter(letter_id, services.now()):
            what = f"letter L{letter_id} has neither failed nor is it held: it is {found.state.value}"
            mend = "the daemon sends it by itself" if found.state is LetterState.QUEUED else LIST
            raise PermanentError(what, mend)
        uow.commit()


def make_again(services: Services, notice_id: int) -> None:
    """Try now to make a letter, instead of when its next try is due."""
    with services.store.begin() as uow:
        found = _notice(uow, services, notice_id).notice
        uow.outbox.postpone_notice(notice_id, services.now(), found.reason)
        uow.commit()


def _not_so(name: str, state: IntakeState, wanted: str, other: IntakeState, verb: str) -> PermanentError:
    mend = f"mailsla queue {verb} {name}" if state is other else LIST
    return PermanentError(f"mail {name} is not {wanted}: it is {state.value}", mend)


def _mail(uow: UnitOfWork, intake: Intake) -> WaitingMail:
    if intake.sha256 is None:
        what = f"mail M{intake.id} was in the mailbox before mailsla was: it was never fetched"
        raise PermanentError(what, f"look for it in mailbox {intake.mailbox}, folder {intake.folder}, as {intake.uid}")
    return WaitingMail(intake, uow.intake.raw(intake.sha256), _reference(uow, intake.ticket_id))


def _intake(uow: UnitOfWork, intake_id: int) -> Intake:
    found = uow.intake.get(intake_id)
    if found is None:
        raise PermanentError(f"there is no mail M{intake_id}", LIST)
    return found


def _letter(uow: UnitOfWork, letter_id: int) -> Letter:
    found = uow.outbox.get_letter(letter_id)
    if found is None:
        raise PermanentError(f"there is no letter L{letter_id}", LIST)
    return found


def _notice(uow: UnitOfWork, services: Services, notice_id: int) -> WaitingNotice:
    found = next((one for one in _notices(uow, services) if one.notice.id == notice_id), None)
    if found is None:
        raise PermanentError(f"no letter N{notice_id} waits to be made", LIST)
    return found


def _notices(uow: UnitOfWork, services: Services) -> list[WaitingNotice]:
    budget = Reason("wait_all", {"limit": services.settings.limits.automatic_per_hour})
    return [
        WaitingNotice(
            one,
            _reference(uow, one.ticket_id),
            failed="" if one.reason == budget.code else one.reason,
            waits=budget if one.reason == budget.code else None,
        )
        for one in uow.outbox.postponed()
    ]


def _reference(uow: UnitOfWork, ticket_id: int | None) -> str:
    ticket = uow.tickets.get(ticket_id) if ticket_id is not None else None
    return ticket.reference if ticket else ""

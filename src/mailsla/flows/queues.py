"""What waits for a person: mails held or set aside, letters not made or sent; looked into, released, tried again."""

from dataclasses import dataclass

from mailsla.core.drops import Drop, Thing
from mailsla.core.model import Intake, IntakeState, Letter, LetterState, Notice, NoticeState, Reason
from mailsla.errors import PermanentError
from mailsla.flows.services import Services
from mailsla.flows.steps.examine import PROVEN_BY_PERSON
from mailsla.ports.store import UnitOfWork

LIST = "see `mailsla queue list`"
WAITING_LETTERS = (LetterState.HELD, LetterState.FAILED, LetterState.SENDING, LetterState.QUEUED)
WAITING_MAILS = (IntakeState.HELD, IntakeState.QUARANTINED)
WAITS_FOR_BUDGET = "wait_all"  # the code of the Reason


@dataclass(frozen=True, slots=True)
class WaitingMail:
    """A mail with its bytes. `reference` of the ticket that it stands at, "" when at none."""

    intake: Intake
    raw: bytes
    reference: str
    drop: Drop | None = None  # when a person dropped it, and it was not brought back


@dataclass(frozen=True, slots=True)
class WaitingLetter:
    """A letter. `reference` of the ticket that it is about, "" when about none; in a list without its bytes."""

    letter: Letter
    reference: str
    drop: Drop | None = None


@dataclass(frozen=True, slots=True)
class WaitingNotice:
    """A letter that could not be made yet: its template failed (`failed`, with the error), or a budget is used up."""

    notice: Notice
    reference: str
    failed: str
    waits: Reason | None
    drop: Drop | None = None


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
        letters = [_waiting_letter(uow, letter) for letter in uow.outbox.letters(states=WAITING_LETTERS)]
        notices = [_waiting_notice(uow, services, one) for one in uow.outbox.postponed()]
    letters.sort(key=lambda one: (WAITING_LETTERS.index(one.letter.state), one.letter.created_at))
    return Waiting(mails, letters, notices)


def dropped(services: Services) -> Waiting:
    """What persons dropped and nobody brought back, newest first."""
    found = Waiting([], [], [])
    with services.store.begin() as uow:
        for thing, number in dict.fromkeys((drop.thing, drop.number) for drop in uow.drops.newest()):
            match thing:
                case Thing.MAIL if (mail := _mail(uow, mail_in(uow, number))).drop:
                    found.mails.append(mail)
                case Thing.LETTER if (letter := _waiting_letter(uow, letter_in(uow, number))).drop:
                    found.letters.append(letter)
                case Thing.NOTICE:
                    found.notices.append(notice_in(uow, services, number))
    return found


def mail(services: Services, intake_id: int) -> WaitingMail:
    """One mail in any state. Raises PermanentError when there is none, or its bytes were never ours."""
    with services.store.begin() as uow:
        return _mail(uow, mail_in(uow, intake_id))


def letter(services: Services, letter_id: int) -> WaitingLetter:
    """One letter in any state, with its bytes."""
    with services.store.begin() as uow:
        return _waiting_letter(uow, letter_in(uow, letter_id))


def notice(services: Services, notice_id: int) -> WaitingNotice:
    """One letter that could not be made yet, or was dropped. Raises PermanentError when there is none."""
    with services.store.begin() as uow:
        return notice_in(uow, services, notice_id)


def release_mail(services: Services, intake_id: int, user: str) -> None:
    """A person vouches for a held mail: it is processed as if its sender were proven."""
    with services.store.begin() as uow:
        found = mail_in(uow, intake_id)
        if not uow.intake.reopen(intake_id, (IntakeState.HELD,), f"{PROVEN_BY_PERSON[1]}{user}"):
            raise _not_so(found, "held")
        uow.commit()


def retry_mail(services: Services, intake_id: int) -> None:
    """Read a quarantined mail once more, or bring back one that was dropped: it is dealt with as if it came now."""
    with services.store.begin() as uow:
        found = mail_in(uow, intake_id)
        if not uow.intake.reopen(intake_id, (IntakeState.QUARANTINED, IntakeState.DROPPED), ""):
            raise _not_so(found, "in quarantine")
        uow.commit()


def send_again(services: Services, letter_id: int) -> None:
    """Send a failed, held or dropped letter once more."""
    with services.store.begin() as uow:
        found = letter_in(uow, letter_id)
        if not uow.outbox.release_letter(letter_id, services.now()):
            what = f"letter L{letter_id} has neither failed nor is it held: it is {found.state.value}"
            mend = "the daemon sends it by itself" if found.state is LetterState.QUEUED else LIST
            raise PermanentError(what, mend)
        uow.commit()


def make_again(services: Services, notice_id: int) -> None:
    """Try now to make a letter, instead of when its next try is due."""
    with services.store.begin() as uow:
        found = notice_in(uow, services, notice_id)
        if found.drop is not None:
            raise PermanentError(f"letter N{notice_id} was dropped before it was made, and is not made any more", LIST)
        uow.outbox.postpone_notice(notice_id, services.now(), found.notice.reason)
        uow.commit()


def mail_in(uow: UnitOfWork, intake_id: int) -> Intake:
    """One mail. Raises PermanentError when there is none; so do the next two."""
    found = uow.intake.get(intake_id)
    if found is None:
        raise PermanentError(f"there is no mail M{intake_id}", LIST)
    return found


def letter_in(uow: UnitOfWork, letter_id: int) -> Letter:
    """One letter."""
    found = uow.outbox.get_letter(letter_id)
    if found is None:
        raise PermanentError(f"there is no letter L{letter_id}", LIST)
    return found


def notice_in(uow: UnitOfWork, services: Services, notice_id: int) -> WaitingNotice:
    """One letter that waits to be made, or was dropped before it could be."""
    found = uow.outbox.get_notice(notice_id)
    if found is None or not found.reason or found.state not in (NoticeState.PENDING, NoticeState.DROPPED):
        raise PermanentError(f"no letter N{notice_id} waits to be made", LIST)
    return _waiting_notice(uow, services, found)


def _not_so(found: Intake, wanted: str) -> PermanentError:
    verbs = {IntakeState.HELD: "release", IntakeState.QUARANTINED: "retry", IntakeState.DROPPED: "retry"}
    verb = verbs.get(found.state)
    mend = f"mailsla queue {verb} M{found.id}" if verb else LIST
    return PermanentError(f"mail M{found.id} is not {wanted}: it is {found.state.value}", mend)


def _mail(uow: UnitOfWork, intake: Intake) -> WaitingMail:
    if intake.sha256 is None:
        what = f"mail M{intake.id} was in the mailbox before mailsla was: it was never fetched"
        raise PermanentError(what, f"look for it in mailbox {intake.mailbox}, folder {intake.folder}, as {intake.uid}")
    drop = uow.drops.of(Thing.MAIL, intake.id) if intake.state is IntakeState.DROPPED else None
    return WaitingMail(intake, uow.intake.raw(intake.sha256), _reference(uow, intake.ticket_id), drop)


def _waiting_letter(uow: UnitOfWork, letter: Letter) -> WaitingLetter:
    drop = uow.drops.of(Thing.LETTER, letter.id) if letter.state is LetterState.DROPPED else None
    return WaitingLetter(letter, _reference(uow, letter.ticket_id), drop)


def _waiting_notice(uow: UnitOfWork, services: Services, notice: Notice) -> WaitingNotice:
    for_budget = notice.reason == WAITS_FOR_BUDGET
    limit = services.settings.limits.automatic_per_hour
    return WaitingNotice(
        notice,
        _reference(uow, notice.ticket_id),
        failed="" if for_budget else notice.reason,
        waits=Reason(WAITS_FOR_BUDGET, {"limit": limit}) if for_budget else None,
        drop=uow.drops.of(Thing.NOTICE, notice.id) if notice.state is NoticeState.DROPPED else None,
    )


def _reference(uow: UnitOfWork, ticket_id: int | None) -> str:
    ticket = uow.tickets.get(ticket_id) if ticket_id is not None else None
    return ticket.reference if ticket else ""

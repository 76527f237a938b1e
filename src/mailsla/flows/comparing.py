"""A folder on the server beside our rows: what is held, and what is missing; writes nothing (mail.md section 1)."""

from collections.abc import Sequence
from dataclasses import dataclass

from mailsla.config.settings import MailboxSettings
from mailsla.core.model import Instant, IntakeState, MailboxState
from mailsla.flows.services import Services
from mailsla.ports.mail import Survey


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """Counts of mails: `server` = `held` + `before` + missing.

    `before`: were there before mailsla, and stay as they are. `duplicate` and `quarantined` are among the held.
    `gone`: held, and meanwhile moved or deleted on the server. `missing`: uids that the daemon has yet to fetch.
    `read_at`: when the daemon last compared, None = never. `renumbered`: the folder has a new UIDVALIDITY since.
    """

    server: int
    held: int
    before: int
    duplicate: int
    quarantined: int
    gone: int
    missing: Sequence[str]
    read_at: Instant | None
    renumbered: bool


def compare(services: Services, mailbox: MailboxSettings, survey: Survey) -> Compared:
    """What the daemon would find missing, were it to look now."""
    with services.store.begin() as uow:
        state = uow.intake.mailbox_state(mailbox.name, survey.folder)
        ours = uow.intake.states_by_uid(mailbox.name, survey.folder, survey.uidvalidity)
    here = [ours[uid] for uid in survey.uids if uid in ours]
    unknown = [uid for uid in survey.uids if uid not in ours]
    missing = [uid for uid in unknown if not _was_before(mailbox, state, survey, uid)]
    before = here.count(IntakeState.BEFORE) + len(unknown) - len(missing)
    on_server = set(survey.uids)
    return Compared(
        server=len(survey.uids),
        held=len(survey.uids) - before - len(missing),
        before=before,
        duplicate=here.count(IntakeState.DUPLICATE),
        quarantined=here.count(IntakeState.QUARANTINED),
        gone=sum(uid not in on_server and each is not IntakeState.BEFORE for uid, each in ours.items()),
        missing=missing,
        read_at=(state.read_at or None) if state else None,
        renumbered=state is not None and state.uidvalidity != survey.uidvalidity,
    )


def _was_before(mailbox: MailboxSettings, state: MailboxState | None, survey: Survey, uid: str) -> bool:
    """Whether a mail without a row is one that the first look left alone, or would."""
    if state is None:
        return mailbox.start_from == "now"
    if state.uidvalidity != survey.uidvalidity:
        return False
    return state.first_uid > 0 and int(uid) < state.first_uid

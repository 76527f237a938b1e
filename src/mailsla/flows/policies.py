"""The versions of policies: since when, by whom, for how many complaints; and the reminder to look at one again."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from mailsla.config.settings import Approval
from mailsla.core.model import Instant, Moment, Reason, Scalar, Version
from mailsla.core.sla.calendar import CalendarSpec
from mailsla.core.sla.policy import Policy
from mailsla.errors import PermanentError
from mailsla.flows.services import Services
from mailsla.flows.steps.alarming import alarm
from mailsla.flows.steps.registering import APPROVAL, register_newest
from mailsla.ports.store import UnitOfWork

KIND = "policy_reviews"  # of the moment
PAGE = 512


@dataclass(frozen=True, slots=True)
class PolicyVersion:
    """number: from 1, in the order they were made. approval: the newest of this version. in_force: as configured."""

    name: str
    number: int
    version: Version
    approval: Approval
    tickets: int
    in_force: bool


@dataclass(frozen=True, slots=True)
class Stood:
    """What a version said; `policy` None: it is of a calendar. hours: of its calendar then, None: without one."""

    number: int
    since: Instant
    policy: Policy | None
    hours: CalendarSpec | None


def policy_versions(services: Services) -> list[PolicyVersion]:
    """Of each policy all versions, oldest first; in the order of the configuration, then those of others."""
    used = _used(services)
    with services.store.begin() as uow:
        names = dict.fromkeys(policy.name for policy in services.settings.policies)
        for number in sorted(used):
            stored = uow.clocks.version_by_id(number)
            if stored is not None and stored.kind == "policy":
                names.setdefault(stored.name)
        return [one for name in names for one in _of(uow, services, name, used)]


def stood(services: Services, name: str, numbers: Sequence[int]) -> tuple[Stood, Stood]:
    """Two versions of a policy, or of a calendar: those of these numbers, else the last two. PermanentError."""
    with services.store.begin() as uow:
        policies = uow.clocks.versions("policy", name)
        versions = policies or uow.clocks.versions("calendar", name)
        if not versions:
            raise PermanentError(f'there is no policy or calendar "{name}"', "`mailsla sla policies` lists policies")
        if not numbers and len(versions) == 1:
            raise PermanentError(f'"{name}" has one version only', "change it, and load the configuration first")
        first, second = numbers or (len(versions) - 1, len(versions))
        for number in (first, second):
            if not 1 <= number <= len(versions):
                what = f'"{name}" has no version {number}'
                raise PermanentError(what, f"it has versions 1 to {len(versions)}")
        return _stood(uow, services, versions, first), _stood(uow, services, versions, second)


def reviews_due(uow: UnitOfWork, services: Services, moment: Moment, now: Instant, again: Instant) -> None:
    """Once a day: of a policy whose day has come its author, who approved it and the operator hear, once."""
    approvals = services.settings.approvals
    if not any(one.review_by for one in approvals.values()):
        return
    zone = services.zone(services.settings.mailboxes[0].zone)
    today = datetime.fromtimestamp(now, zone).date()
    for name, approval in approvals.items():
        if approval.review_by is not None and approval.review_by <= today:
            values: dict[str, Scalar] = {"name": name, "first": f"{approval.review_by}", "note": approval.note}
            people = (approval.author, approval.approved_by, "role:operator")
            key = f"review:{name}:{approval.review_by}"
            alarm(uow, services, people, key, Reason("policy_review", values), "mailsla sla policies", now)
    uow.clocks.set_moment(Moment(kind=moment.kind, key=moment.key, at=again))


def register_approvals(uow: UnitOfWork, services: Services, versions: Mapping[tuple[str, str], int]) -> None:
    """Who answers for the version of each policy that is configured now; what is said anew does not undo the old."""
    for policy in services.settings.policies:
        approval = services.settings.approvals.get(policy.name)
        if approval is not None:
            number = versions[policy.kind, policy.name]
            content = {
                "version": number,
                "author": approval.author,
                "approved_by": approval.approved_by,
                "note": approval.note,
                "review_by": f"{approval.review_by}" if approval.review_by else None,
            }
            digest = services.digest(content)
            register_newest(uow, APPROVAL, policy.name, (digest, content), services.now())


def _used(services: Services) -> Counter[int]:
    """How many complaints were last under each version."""
    found: Counter[int] = Counter()
    after = 0
    while True:
        with services.store.begin() as uow:
            page = uow.tickets.page(after, PAGE)
        if not page:
            return found
        after = page[-1].id
        for ticket in page:
            found.update(one for one in (ticket.policy_version, *ticket.tracks.values()) if one is not None)


def _of(uow: UnitOfWork, services: Services, name: str, used: Counter[int]) -> Iterator[PolicyVersion]:
    said = {record.content["version"]: _approval(record) for record in uow.clocks.versions(APPROVAL, name)}
    configured = services.versions.get(("policy", name))
    for number, version in enumerate(uow.clocks.versions("policy", name), start=1):
        approval = said.get(version.id, Approval())
        yield PolicyVersion(name, number, version, approval, used[version.id], version.id == configured)


def _approval(record: Version) -> Approval:
    content = record.content
    review_by = content["review_by"]
    return Approval(
        author=str(content["author"]),
        approved_by=str(content["approved_by"]),
        note=str(content["note"]),
        review_by=date.fromisoformat(str(review_by)) if review_by else None,
    )


def _stood(uow: UnitOfWork, services: Services, versions: Sequence[Version], number: int) -> Stood:
    version = versions[number - 1]
    if version.kind == "calendar":
        return Stood(number, version.effective_from, None, services.calendar_of([version]).spec)
    policy = services.policy_of(version)
    hours = uow.clocks.versions("calendar", policy.calendar)
    newest = number == len(versions)
    then = hours if newest else [one for one in hours if one.effective_from <= version.effective_from] or hours[:1]
    spec = services.calendar_of(then[-1:]).spec if then else None
    return Stood(number, version.effective_from, policy, spec)

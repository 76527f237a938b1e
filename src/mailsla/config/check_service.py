"""Cross-checks of what is decided with mail: rules, policies, triage, limits, letters."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import fields

from mailsla.config.faults import Fault, misformed, unknown
from mailsla.config.formats import reply_names, wrong_clock_time, wrong_days, wrong_listener
from mailsla.config.lines import KeyPath
from mailsla.config.settings import BoardSettings, Limits, MetricsSettings, SatisfactionSettings, Settings
from mailsla.core.directory import Supplier, Team
from mailsla.core.ladder import OPERATOR
from mailsla.core.model import PRIORITIES
from mailsla.core.sla.policy import Level, Match, Policy
from mailsla.core.sla.policy_checks import Known, content_problems, policy_problems
from mailsla.core.triage.rules import OneOrMore, Rule, When, many

LONGEST_WAIT = 3600  # seconds
HIGHEST_SCORE = 5


def faults_of_service(settings: Settings) -> Iterator[Fault]:
    """All of this file's checks."""
    for index, rule in enumerate(settings.rules):
        yield from _rule(rule, ("rules", index), settings)
    yield from _rules_together(settings.rules)
    yield from _policies(settings)
    yield from _duties(settings)
    if not 0 <= settings.triage.threshold <= 1:
        what = f"{settings.triage.threshold} is not between 0 and 1"
        yield Fault(("triage", "threshold"), what, "it is a certainty: 0.5 is the default")
    for key, value in (("precision", settings.triage.precision), ("ask_share", settings.triage.ask_share)):
        if not 0 <= value <= 1:
            yield Fault(("triage", key), f"{value} is not between 0 and 1", "it is a share: 0.9 means 90 %")
    yield from unknown(("triage", "default_team"), settings.triage.default_team, settings.directory.teams, "team")
    yield from _limits(settings.limits)
    yield from _satisfaction(settings.satisfaction)
    if not 0 <= settings.sending.undo_seconds <= LONGEST_WAIT:
        what = f"{settings.sending.undo_seconds} is no time to wait before an answer goes out"
        yield Fault(("sending", "undo_seconds"), what, f"write 0 to {LONGEST_WAIT} seconds; 60 is the default")
    if settings.sending.largest_letter_bytes <= 0:
        what = f"{settings.sending.largest_letter_bytes} is no size of a letter"
        yield Fault(("sending", "largest_letter_bytes"), what, "leave it out for 25000000")
    yield from misformed(("letters", "digest_at"), settings.digest_at, wrong_clock_time)
    yield from misformed(("digests", "at"), settings.digests.at, wrong_clock_time)
    yield from _board(settings.board)
    yield from _metrics(settings.metrics)
    if settings.templates is not None and not settings.templates.is_dir():
        what = f"there is no folder {settings.templates}"
        yield Fault(("letters", "templates"), what, "make it, or leave the setting out for the letters that ship")
    if settings.replies is not None and not settings.replies.is_dir():
        what = f"there is no folder {settings.replies}"
        yield Fault(("letters", "replies"), what, "make it, or leave the setting out: then there are no saved replies")


def _rule(rule: Rule, at: KeyPath, settings: Settings) -> Iterator[Fault]:
    directory = settings.directory
    yield from unknown((*at, "then", "category"), rule.then.category or "", directory.categories, "category")
    yield from unknown((*at, "then", "team"), rule.then.team or "", directory.teams, "team")
    yield from unknown((*at, "then", "letter"), rule.then.letter, reply_names(settings.replies), "saved reply")
    mailboxes = [mailbox.name for mailbox in settings.mailboxes]
    named: tuple[tuple[str, OneOrMore, Sequence[str], str], ...] = (
        ("mailbox", rule.when.mailbox, mailboxes, "mailbox"),
        ("organisation", rule.when.organisation, tuple(directory.organisations), "organisation"),
    )
    for key, values, known, noun in named:
        for value in many(values):
            yield from unknown((*at, "when", key), value, known, noun)


def _rules_together(rules: Sequence[Rule]) -> Iterator[Fault]:
    names: set[str] = set()
    takes_all = ""
    for index, rule in enumerate(rules):
        if rule.name in names:
            what = f'another rule is called "{rule.name}"'
            yield Fault(("rules", index, "name"), what, "give each a name of its own: reasons name them")
        names.add(rule.name)
        if takes_all:
            what = f'no mail can reach it: "{takes_all}" before it has no conditions'
            yield Fault(("rules", index), what, f'put it before "{takes_all}"')
        elif rule.when == When():
            takes_all = rule.name


def _duties(settings: Settings) -> Iterator[Fault]:
    """What teams and suppliers owe: checked as policies, told where it stands."""
    directory = settings.directory
    owed: tuple[tuple[str, str, Team | Supplier], ...] = (
        *(("teams", "internal_target", team) for team in directory.teams.values()),
        *(("suppliers", "target", supplier) for supplier in directory.suppliers.values()),
    )
    for section, key, owner in owed:
        at = (section, owner.name)
        if owner.duty is None:
            unused = next((name for name in ("calendar", "warnings", "ladder") if getattr(owner, name)), None)
            if unused is not None:
                yield Fault((*at, unused), f"without {key} nothing is due", f'add {key} = "8h", or remove it')
            continue
        for problem in content_problems(owner.name, owner.duty, _known(settings)):
            place = _place(problem.where.removeprefix(owner.name).removeprefix(", "))
            path = (key,) if place[:1] == ("targets",) else place or ("calendar",)
            yield Fault((*at, *path), problem.what, problem.mend)
        yield from _roles(at, owner.duty.ladder, settings.directory.roles)


def _known(settings: Settings) -> Known:
    directory = settings.directory
    return Known(
        calendars=settings.calendars,
        priorities=PRIORITIES,
        people=directory.agents,
        categories=directory.categories,
        mailboxes=[mailbox.name for mailbox in settings.mailboxes],
    )


def _policies(settings: Settings) -> Iterator[Fault]:
    directory, policies = settings.directory, settings.policies
    for problem in policy_problems(policies, _known(settings)):
        yield Fault(_policy_path(policies, problem.where), problem.what, problem.mend)
    for index, policy in enumerate(policies):
        at: KeyPath = ("policies", index)
        for organisation in policy.match.organisation:
            path = (*at, "match", "organisation")
            yield from unknown(path, organisation, directory.organisations, "organisation")
        yield from _roles(at, policy.ladder, directory.roles)
        rivals = (one for one in policies[:index] if one.track == policy.track)
        hidden_by = next((one.name for one in rivals if _covers(one.match, policy.match)), None)
        if hidden_by is not None:
            what = f'no complaint can reach it: "{hidden_by}" before it takes all that it would'
            yield Fault(at, what, f'put it before "{hidden_by}": the first match wins')


def _policy_path(policies: Sequence[Policy], where: str) -> KeyPath:
    """The key behind "policy standard, ladder level 2"; of two policies with one name, the later."""
    for index, policy in reversed(tuple(enumerate(policies))):
        name, found, key = where.partition(f"policy {policy.name}")
        if found and not name and key[:2] in ("", ", "):
            return ("policies", index, *_place(key.removeprefix(", ")))
    return ("policies",)


def _place(key: str) -> KeyPath:
    """The key behind "ladder level 2" or "targets.resolution"; () for ""."""
    if key.startswith("ladder level "):
        return ("ladder", int(key.removeprefix("ladder level ")) - 1)
    return tuple(key.split(".")) if key else ()


def _roles(at: KeyPath, ladder: Sequence[Level], roles: Collection[str]) -> Iterator[Fault]:
    for number, level in enumerate(ladder):
        for role in (name.removeprefix("role:") for name in level.to if name.startswith("role:")):
            if role not in (OPERATOR, *roles):
                mend = f'use role:{", role:".join((OPERATOR, *roles))}, or add to [roles]: {role} = ["NAME"]'
                yield Fault((*at, "ladder", number, "to"), f'there is no role "{role}"', mend)


def _covers(earlier: Match, later: Match) -> bool:
    """Whether the earlier takes whatever the later would; one that takes everything is policy_problems' to tell."""
    if earlier.anything:
        return False
    for one in fields(Match):
        allowed = {value.casefold() for value in getattr(earlier, one.name)}
        wanted = {value.casefold() for value in getattr(later, one.name)}
        if allowed and not (wanted and wanted <= allowed):
            return False
    return True


def _satisfaction(asking: SatisfactionSettings) -> Iterator[Fault]:
    if not 0 <= asking.share <= 1:
        yield Fault(("satisfaction", "share"), f"{asking.share} is not between 0 and 1", "1.0 asks about all of them")
    if not 0 <= asking.low < HIGHEST_SCORE:
        what = f"{asking.low} is no low score of 1 to 5"
        yield Fault(("satisfaction", "low"), what, "2 is the default; 0: no score goes to a manager")
    if asking.remind_after != "never":
        yield from misformed(("satisfaction", "remind_after"), asking.remind_after, wrong_days)
    yield from misformed(("satisfaction", "again_after"), asking.again_after, wrong_days)


def _board(board: BoardSettings) -> Iterator[Fault]:
    if board.file is not None and not board.file.parent.is_dir():
        what = f"there is no folder {board.file.parent}"
        yield Fault(("board", "file"), what, "make it, or name a file in one that there is")


def _metrics(metrics: MetricsSettings) -> Iterator[Fault]:
    if metrics.listen:
        yield from misformed(("metrics", "listen"), metrics.listen, wrong_listener)
    path = metrics.textfile
    if path is not None and path.suffix != ".prom":
        what = f"node_exporter reads only files that end in .prom, not {path.name}"
        yield Fault(("metrics", "textfile"), what, f"call it {path.stem or 'mailsla'}.prom")
    elif path is not None and not path.parent.is_dir():
        yield Fault(("metrics", "textfile"), f"there is no folder {path.parent}", "make it, or name another")


def _limits(limits: Limits) -> Iterator[Fault]:
    for one in fields(Limits):
        value = getattr(limits, one.name)
        if value < 0 or (value == 0 and one.name in ("largest_mail_bytes", "queue_alarm_seconds")):
            yield Fault(("limits", one.name), f"{value} is no limit", f"leave it out for {one.default}")

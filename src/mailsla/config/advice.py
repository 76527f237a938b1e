"""What is legal in a configuration but should be known to whoever wrote it; `mailsla check` tells it."""

from collections.abc import Iterator

from mailsla.config.settings import Settings
from mailsla.core.sla.checks import interval_lists
from mailsla.core.triage.hiding import hidden
from mailsla.core.triage.lexicon import mapped_topics
from mailsla.errors import Problem


def warnings(settings: Settings) -> tuple[Problem, ...]:
    """All of them, most weighty first; none of them keeps the daemon from starting."""
    return (
        *_mail(settings),
        *_reach(settings),
        *_rules(settings),
        *_topics(settings),
        *_promises(settings),
        *_hours(settings),
        *_holidays(settings),
    )


def _mail(settings: Settings) -> Iterator[Problem]:
    for mailbox in settings.mailboxes:
        where = f"mailboxes.{mailbox.name}"
        if mailbox.authserv_id == "none":
            what = "senders are not verified: whoever has an agent's letter and writes as that agent acts as them"
            mend = "where your server writes Authentication-Results, put its name there"
            yield Problem(f"{where}.authserv_id", what, mend)
        if mailbox.authserv_id == "topmost":
            what = "the topmost Authentication-Results is believed, which a sender writes where your server does not"
            yield Problem(f"{where}.authserv_id", what, "put your server's name there, if it writes one")
    if settings.sending.kind == "maildir":
        what = f"letters are written into {settings.sending.path} and sent to nobody"
        yield Problem("sending.kind", what, 'write kind = "smtp" once you have looked at them')


def _reach(settings: Settings) -> Iterator[Problem]:
    directory = settings.directory
    if not directory.agents:
        yield Problem("agents", "there are none: complaints reach nobody", "add: [agents.sam]")
    if not directory.categories:
        yield Problem("categories", "there are none: all complaints stay to triage", "add: [categories.delivery]")
    for category in directory.categories.values():
        if not category.team and not settings.triage.default_team:
            what = "no team has it, so each complaint of it goes to all agents"
            yield Problem(f"categories.{category.name}.team", what, "name a team, or set triage.default_team")
    for team in directory.teams.values():
        members = [directory.agents[name] for name in team.members if name in directory.agents]
        if members and all(member.absent for member in members):
            yield Problem(f"teams.{team.name}.members", "all are absent", "set absent = false for one of them")
        if not team.manager and not all(member.manager for member in members):
            what = "there is none, so what a ladder tells the manager goes to the operator"
            yield Problem(f"teams.{team.name}.manager", what, "name one, or one for each of its agents")


def _rules(settings: Settings) -> Iterator[Problem]:
    for place, taker in hidden(settings.rules):
        name = settings.rules[place].name
        what = f'no mail can reach it: "{taker.name}" before it takes all that it would'
        yield Problem(f"rules.{name}", what, f'put it before "{taker.name}", or remove it')
    for rule in settings.rules:
        if rule.then.scope == "out" and not rule.then.letter:
            what = "what is out of scope by it is answered by nothing: its writer waits in vain"
            yield Problem(f"rules.{rule.name}.then.letter", what, "name a saved reply, if they are to know")
    for category in settings.directory.categories.values():
        if category.scope == "out" and not category.letter:
            what = "what is out of scope by it is answered by nothing: its writer waits in vain"
            yield Problem(f"categories.{category.name}.letter", what, "name a saved reply, if they are to know")


def _topics(settings: Settings) -> Iterator[Problem]:
    """Categories that the lexicon can't tell apart, or knows no words for: at first only rules and people can."""
    holders: dict[str, list[str]] = {}
    for name, topics in mapped_topics(tuple(settings.directory.categories.values())).items():
        where = f"categories.{name}.lexicon"
        if not topics and settings.directory.categories[name].scope is None:
            what = "no topic is named for it: until it is learned from corrections, it is known by its name at best"
            yield Problem(where, what, 'name topics, such as lexicon = ["delivery"], or write a rule for it')
        for topic in sorted(topics):
            for other in holders.get(topic, ()):
                what = f'"{other}" has the topic "{topic}" too: words alone can\'t tell which of the two is meant'
                mend = f'leave "{topic}" to one of them; corrections and rules tell them apart'
                yield Problem(where, what, mend)
            holders.setdefault(topic, []).append(name)


def _promises(settings: Settings) -> Iterator[Problem]:
    if not any(policy.match.anything for policy in settings.policies):
        what = "none takes every complaint: what none takes has no deadline, and its customer is promised nothing"
        yield Problem("policies", what, "end with a policy without `match`")
    for policy in settings.policies:
        if policy.targets and not policy.ladder:
            what = "there is none: nobody but the assignee hears of a missed deadline"
            yield Problem(f"policies.{policy.name}.ladder", what, 'add: ladder = [{ offset = "0m", to = ["manager"] }]')


def _hours(settings: Settings) -> Iterator[Problem]:
    for calendar in settings.calendars.values():
        for place, intervals in interval_lists(calendar):
            for start, end in intervals:
                if start == end != "00:00":  # an end at or before its start is on the next date (sla.md section 2)
                    what = f"{start}-{end} is open for 24 hours, until {end} on the next date"
                    mend = 'write "00:00-24:00" if the whole day is meant, else the hours of opening and closing'
                    yield Problem(f"calendars.{calendar.name}.{place}", what, mend)


def _holidays(settings: Settings) -> Iterator[Problem]:
    for file in settings.holiday_files.values():
        yield from file.to_review

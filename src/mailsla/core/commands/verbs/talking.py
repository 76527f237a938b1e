"""What is said to the customer or inside: `#promise`, `#note`, `#why`, `#help`."""

from mailsla.core.commands.changes import HoldPromise, MakePromise
from mailsla.core.commands.grammar import FORMS, meant_verb
from mailsla.core.commands.promising import promise as promised
from mailsla.core.commands.situation import Done, Outcome, Refused, Situation
from mailsla.core.commands.times import Unclear
from mailsla.core.model import Reason, Scalar


def promise(written: str, situation: Situation) -> Outcome:
    """A time for the customer, or `hold`."""
    found = promised(written, situation.ticket, situation.directory, situation.now, situation.zone)
    match found:
        case Unclear(why, meant):
            return Refused(why, meant)
        case MakePromise(until):
            return Done(Reason("promise_made", {"until": until}), found)
        case HoldPromise():
            return Done(Reason("promise_held"), found)


def note(_text: str, _situation: Situation) -> Outcome:
    """Its text, put together with what stands below, is kept by plan.py."""
    return Done(Reason("note_added"))


def why(_text: str, _situation: Situation) -> Outcome:
    """A letter explains each deadline."""
    return Done(Reason("why_follows"))


def help_(about: str, situation: Situation) -> Outcome:
    """The transcript lists all commands, or explains one; what saved replies there are is said with it."""
    verb = about.lower().removeprefix("#")
    replies: dict[str, Scalar] = {"replies": ", ".join(sorted(situation.replies))} if situation.replies else {}
    if not verb:
        return Done(Reason("help_listed", replies))
    if verb not in FORMS:
        near = FORMS.get(meant_verb(verb))
        return Refused(Reason("help_unknown", {"command": f"#{verb}"[:80]}), f"#help {near.verb}" if near else "#help")
    return Done(Reason("help_of", {"usage": FORMS[verb].usage, **(replies if verb == "template" else {})}))

"""What the operator wrote once for all: `#template`."""

from mailsla.core.commands.grammar import closest
from mailsla.core.commands.situation import Done, Outcome, Refused, Situation
from mailsla.core.model import Reason


def template(wanted: str, situation: Situation) -> Outcome:
    """The saved reply of that name; it goes above what the agent wrote."""
    name, known = wanted.lower(), situation.replies
    if not known:
        return Refused(Reason("template_none"))
    if name not in known:
        near = closest(name, tuple(known))
        reason = Reason("template_unknown", {"name": wanted[:80], "known": ", ".join(sorted(known))})
        return Refused(reason, f"#template {near}" if near else "")
    saved = situation.saved[name]
    if isinstance(saved, Reason):
        return Refused(saved)
    if saved.language != situation.ticket.language:
        languages = {"language": saved.language, "wanted": situation.ticket.language}
        return Done(Reason("template_other_language", {"name": name, **languages}), text=saved.text)
    return Done(Reason("template_goes", {"name": name, "language": saved.language}), text=saved.text)

"""Reasons and values in the reader's words: codes of the core to sentences of the catalogues."""

from mailsla.adapters.catalogues import Catalogue
from mailsla.adapters.labels import LABELS
from mailsla.adapters.letters_time import Times
from mailsla.adapters.letters_values import one_line
from mailsla.adapters.wordings import WORDINGS
from mailsla.core.model import Reason, Scalar

_INSTANTS = frozenset({"at", "until", "start", "end", "since"})
_DATES = frozenset({"first", "last"})  # ISO dates
_OCTETS = frozenset({"octets", "octets_most"})
_LANGUAGES = frozenset({"language", "wanted"})
_SHARES = frozenset({"certainty", "threshold", "left", "share_now", "share_new"})
# (code, name of a value) or the name alone -> the group of LABELS that the value is one of.
_GROUPS = {
    "priority": "priority",
    "without": "priority",
    "floor": "priority",
    "status": "status",
    "state": "state",
    "signal": "signal",
    "metric": "due",
    "scope": "scope",
    "upheld": "upheld",
}
_GROUPS_OF_CODE = {
    ("event_status", "to"): "status",
    ("event_annulled", "cause"): "cause",
    ("event_due_moved", "reason"): "cause",
    ("queue_waits", "state"): "intake",
    ("letter_answer", "kind"): "letter",
    ("letter_failed", "kind"): "letter",
    ("letter_not_recorded", "kind"): "letter",
    ("event_letter_sent", "kind"): "letter",
    ("letter_held", "kind"): "letter",
    ("letter_waits", "kind"): "letter",
    ("event_letter_dropped", "kind"): "letter",
    ("template_failed", "kind"): "letter",
}


def word(reason: Reason, catalogue: Catalogue, times: Times) -> str:
    """The sentence of a reason. Without a wording, or with a value missing, its code and values: nothing is hidden."""
    wording = _wording(reason)
    filled = {key: _value(reason.code, key, value, catalogue, times) for key, value in reason.values.items()}
    if wording is not None:
        try:
            return catalogue.gettext(wording) % filled
        except KeyError:
            pass  # an event of an earlier version can lack a value that the sentence has today
    listed = ", ".join(f"{key} {value}" for key, value in filled.items())
    return one_line(f"{reason.code} ({listed})" if listed else reason.code)


def label(group: str, value: str, catalogue: Catalogue) -> str:
    """The name of a value ("waiting_customer"); one that nobody named stands for itself."""
    named = LABELS[group].get(value)
    return value if named is None else catalogue.gettext(named)


def _wording(reason: Reason) -> str | None:
    for key, value in reason.values.items():
        special = WORDINGS.get(f"{reason.code}+{key}")
        if special is not None and value:
            return special
    return WORDINGS.get(reason.code)


def _value(code: str, key: str, value: Scalar, catalogue: Catalogue, times: Times) -> str:
    if value is None:
        return "-"
    if isinstance(value, str) and key in _DATES:
        return times.date_of(value)
    if isinstance(value, str) and key in _LANGUAGES:
        return times.language(value)
    if isinstance(value, str):
        group = _GROUPS_OF_CODE.get((code, key)) or _GROUPS.get(key)
        return label(group, value, catalogue) if group else one_line(value)
    if isinstance(value, bool):
        return str(value).lower()
    if key == "promised":  # as the customer reads it
        return catalogue.gettext("%(time)s, local time: %(city)s") % {
            "time": times.promise(int(value)),
            "city": times.city,
        }
    if key in _INSTANTS:
        return times.full(int(value))
    if key in _OCTETS:
        return times.size(int(value))
    if key == "seconds":
        return times.open_time(int(value))
    if key in _SHARES:
        return times.percent(value)
    if key == "points":
        return f"{value:+d}" if isinstance(value, int) else f"{value:+.1f}"
    return str(value)  # an identifier as often as a count: without separators

"""All that flows work with: settings, the doors, and what was made from the settings once."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo

from mailsla.config.settings import Settings
from mailsla.core.model import Letter, Version
from mailsla.core.sla.calendar import Calendar
from mailsla.core.sla.policy import Policy
from mailsla.core.triage.learned import Learned, Recipe
from mailsla.core.triage.triage import TriageDesk
from mailsla.ports.ids import Ids, Now
from mailsla.ports.letters import Letters
from mailsla.ports.mail import MailReader, Outcome
from mailsla.ports.store import Store


@dataclass(slots=True)
class Unsettled:
    """What the database did not take, or took without saying so: known to this process alone, and settled before
    anything else is done (flows/unsettled.py).

    `attempts`: mail -> its attempts before one that does not count. `claiming`: a letter may stand as `sending` that
    nobody sends. `ended`: a letter whose try to send has ended, and how. `failed`: the mail under which the world
    failed last, and how often in a row.
    """

    attempts: dict[int, int] = field(default_factory=dict)
    claiming: bool = False
    ended: tuple[Letter, Outcome] | None = None
    failed: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Made by bootstrap.py, shared by all threads; nothing in it changes but caches and what is unsettled."""

    settings: Settings
    store: Store
    letters: Letters
    reader: MailReader
    ids: Ids
    now: Now
    triage: TriageDesk
    unpack: Callable[[bytes, int, Recipe], Learned]  # a model of its bytes; raises PermanentError for one it can't use
    learned: dict[int, object] = field(default_factory=dict)  # cache of steps/learned.py, by version
    errands: set[str] = field(default_factory=set)  # what is due outside of the mail path: "learn"
    calendars: Mapping[str, Calendar]
    zone: Callable[[str], tzinfo]
    policy_content: Callable[[Policy], tuple[str, Mapping[str, object]]]  # hash and JSON of its immutable version
    digest: Callable[[Mapping[str, object]], str]  # of the content of any other version
    policy_of: Callable[[Version], Policy]
    calendar_of: Callable[[Sequence[Version]], Calendar]  # its versions in the order they were made
    versions: Mapping[tuple[str, str], int] = field(default_factory=dict)  # of what is configured: (kind, name) -> id
    agreements: dict[int, object] = field(default_factory=dict)  # cache of steps/terms.py, by version
    languages: frozenset[str]  # that letters to customers can be written in
    languages_inside: frozenset[str]  # ... and those to our people
    tzdata: str  # release of the time zone data, stored with each due
    machine: str  # host name, for the operator
    terms: str  # hash of all configured policies and calendars
    owner: str  # this process, for claims
    seen: dict[str, int] = field(default_factory=dict)  # cache: "largest", the SIZE that the sending server named last
    unsettled: Unsettled = field(default_factory=Unsettled)
    has_ended: Callable[[str], bool]  # whether the process that another owner was runs no more

    def largest_letter(self) -> int:
        """Octets that a letter may have on its way: as configured, or less where the server said so."""
        most = self.settings.sending.largest_letter_bytes
        return min(most, self.seen.get("largest", most))

"""The rules: what customers, agents, machines, frauds and accidents may do, in any order."""

import tempfile
from functools import cache
from pathlib import Path

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.flows.mails import ANA, KIM, RIO, SAM, SUPPORT, answer, away, bounce, write
from tests.flows.office import DAY, HOUR, MINUTE, blank_database
from tests.stateful.checks import faults
from tests.stateful.doors import WAYS
from tests.stateful.world import World

EVE = "Eve Marsh <eve@stranger.example>"
CUSTOMERS = {"ana": ANA, "rio": RIO}
AGENTS = {"sam": SAM, "kim": KIM}
ORDERS = ("", "", "resolve", "note", "take", "wait customer", "priority high")
TO_AGENTS = ("agent_notification", "customer_answer", "reminder", "escalation")
TO_CUSTOMERS = ("acknowledgement", "relay", "closing", "delay", "update", "status_answer")

customers = st.sampled_from(sorted(CUSTOMERS))
agents = st.sampled_from(sorted(AGENTS))
picks = st.integers(0, 10**6)


@cache
def _blank() -> Path:
    return blank_database(Path(tempfile.mkdtemp(prefix="stateful-blank-")))


class Anything(RuleBasedStateMachine):
    """A day at the office that goes wrong in every way; all is quiet, and right, after each step."""

    def __init__(self) -> None:
        super().__init__()
        self._directory = tempfile.TemporaryDirectory(prefix="stateful-")
        self.world = World(Path(self._directory.name), _blank())

    def teardown(self) -> None:
        """The last look: no letter may hold anything internal."""
        self.world.close()
        self._directory.cleanup()

    @initialize()
    def two_complaints(self) -> None:
        """So that there is something to answer."""
        for who in sorted(CUSTOMERS):
            self.complain(who, 1)

    # Mails

    @rule(who=customers, copies=st.integers(1, 2))
    def complain(self, who: str, copies: int) -> None:
        """A new complaint; its server may deliver it twice."""
        self.world.send(write(CUSTOMERS[who], f"My parcel is late. {self.world.word()}"), who)
        for _ in range(copies - 1):
            self.world.send_again(-1)

    @rule(who=customers, pick=picks)
    def reply(self, who: str, pick: int) -> None:
        """To a letter that they got."""
        letters = self.world.letters([CUSTOMERS[who]], TO_CUSTOMERS)
        if letters:
            text = f"And it was a gift. {self.world.word()}"
            self.world.send(answer(CUSTOMERS[who], letters[pick % len(letters)], text), who, does="reply")

    @rule(who=agents, pick=picks, order=st.sampled_from(ORDERS))
    def agent_answers(self, who: str, pick: int, order: str) -> None:
        """By a letter to them: text, a command, or both."""
        letters = self.world.letters([AGENTS[who]], TO_AGENTS)
        if letters:
            text = f"We have sent it again. {self.world.word()}"
            text = f"#{order}\n{text}" if order else text
            self.world.send(answer(AGENTS[who], letters[pick % len(letters)], text), who, does=order)

    @rule(who=customers, pick=picks, leave=st.booleans(), status=st.sampled_from(("5.1.1", "4.4.1")))
    def machine_answers(self, who: str, pick: int, leave: bool, status: str) -> None:
        """Somebody is on leave, or a letter comes back."""
        letters = self.world.letters([CUSTOMERS[who]], TO_CUSTOMERS)
        if letters:
            letter = letters[pick % len(letters)]
            self.world.send(away(CUSTOMERS[who], letter) if leave else bounce(letter, status), "machine")

    @rule(pick=picks)
    def again(self, pick: int) -> None:
        """The same bytes as before."""
        self.world.send_again(pick)

    # Frauds

    @rule(who=agents, pick=picks, auth=st.sampled_from(("fail", "none")))
    def forged_agent(self, who: str, pick: int, auth: str) -> None:
        """A stolen letter answered under the agent's address."""
        letters = self.world.letters([AGENTS[who]], TO_AGENTS)
        if letters:
            text = f"#resolve\nSend the money elsewhere. {self.world.word()}"
            self.world.send(answer(AGENTS[who], letters[pick % len(letters)], text), "eve", auth=auth)

    @rule(pick=picks, inside=st.booleans())
    def stolen_token(self, pick: int, inside: bool) -> None:
        """A stranger writes to the reply address of somebody else, an agent's or a customer's."""
        kinds = TO_AGENTS if inside else TO_CUSTOMERS
        letters = self.world.letters([*AGENTS.values()] if inside else [*CUSTOMERS.values()], kinds)
        if letters:
            text = f"#resolve\nGive me the address. {self.world.word()}"
            self.world.send(answer(EVE, letters[pick % len(letters)], text), "eve")

    @rule(pick=picks)
    def subject_tag(self, pick: int) -> None:
        """A stranger names a ticket."""
        references = self.world.office.tickets()
        if references:
            subject = f"Re: [{references[pick % len(references)]}] Parcel"
            self.world.send(write(EVE, f"#resolve\nWhat did she write? {self.world.word()}", subject), "eve")

    @rule(who=agents, proven=st.booleans())
    def agent_complains(self, who: str, proven: bool) -> None:
        """Their mail without a token is nobody's answer, whoever wrote it."""
        mail = write(AGENTS[who], f"#resolve\nLook at this. {self.world.word()}", "Strange", to=SUPPORT)
        self.world.send(mail, "eve", auth="pass" if proven else "fail")

    # Accidents

    @rule(moment=st.integers(1, 40))
    def crash(self, moment: int) -> None:
        """In one of the next dangerous moments."""
        self.world.crashes.arm(moment)

    @rule(ways=st.lists(st.sampled_from(sorted(WAYS)), min_size=1, max_size=3))
    def sending_fails(self, ways: list[str]) -> None:
        """The next tries go so."""
        self.world.account.ways += ways

    @rule(pick=picks, what=st.sampled_from(("breaks", "renumbered", "tidied", "vanishes")))
    def mailbox_fails(self, pick: int, what: str) -> None:
        """In the next look: the network breaks; UIDVALIDITY is another; a person expunges a mail that we hold, or the
        newest while we fetch it."""
        folder = self.world.folder
        if what == "breaks":
            folder.breaks_after = pick % 3
        elif what == "renumbered":
            folder.renumber()
        elif what == "tidied" and folder.mails:
            del folder.mails[sorted(folder.mails)[pick % len(folder.mails)]]
            self.complain("ana", 1)
        else:
            folder.vanishes = True

    # Time

    @rule(seconds=st.sampled_from((MINUTE, 20 * MINUTE, 3 * HOUR, DAY)))
    def wait(self, seconds: int) -> None:
        """It passes."""
        self.world.pass_time(seconds)

    @rule(seconds=st.sampled_from((-MINUTE, -3 * HOUR, 3 * HOUR, 2 * DAY)))
    def clock_jumps(self, seconds: int) -> None:
        """It was ahead and is set back; or the machine sleeps, and all is late at once."""
        self.world.office.now += seconds

    @invariant()
    def all_is_right(self) -> None:
        """Whatever happened: quiet, and right."""
        self.world.settle()
        found = faults(self.world)
        assert not found, "\n".join(found)

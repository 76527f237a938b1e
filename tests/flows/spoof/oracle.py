"""What may follow from a mail, and what has to: written from the table of mail.md section 3, without our code."""

from dataclasses import dataclass

from tests.flows.spoof.cases import Case

Effect = tuple[str, str]  # what happened, and to which ticket of the stage: ("relayed", "open")

SAME = ("order", "text")


@dataclass(frozen=True, slots=True)
class Verdict:
    """`may`: nothing else is allowed. `must`: all of this has to happen."""

    may: frozenset[Effect] = frozenset()
    must: frozenset[Effect] = frozenset()


def verdict(case: Case, *, authserv: bool = True) -> Verdict:
    """What the table says of a mail. `authserv`: whether the mailbox has an authserv-id configured."""
    if case.kind != "person":
        return Verdict()  # out-of-office, bounce, list, receipt: recorded or held
    proven = authserv and case.proof.truth == "pass"
    if case.right.owner and case.right.valid:
        return _with_token(case, trusted=proven or not authserv)
    if case.sender.agent:
        return _agent_without(case, proven=proven)
    return _customer(case, failed=authserv and case.proof.truth == "fail")


def verdict_in_sent(case: Case) -> Verdict:
    """What the table says of a mail in the watched Sent folder: a reply that one of us sent counts, nothing acts.

    One that carries a right of an agent came in by itself, too, and is dealt with there.
    """
    ours = case.sender.agent or case.sender.name == "our own address"
    named = case.sign != "none" or case.right.customers or case.right.name == "expired"
    token = case.right.owner and case.right.valid
    if case.kind != "person" or not ours or not named or token or case.copied != "the customer":
        return Verdict()
    ticket = "into" if case.status == "merged" else case.status
    seen = frozenset({("stopped", ticket)})
    return Verdict(seen | {("status", ticket)}, seen if ticket in ("open", "into") else frozenset())


def _with_token(case: Case, *, trusted: bool) -> Verdict:
    right = case.right
    if case.sender.agent != right.owner or right.on == "several" or right.use == "used":
        return Verdict()  # held
    ticket = "other" if right.on == "other" else case.status
    if right.use == "confirm":  # it went to the registered address alone: only `#yes` counts, proven or not
        let_go = frozenset({("released", "held"), ("relayed", "held"), ("stopped", "held"), ("status", "held")})
        return Verdict(let_go, let_go - {("status", "held")}) if case.says == "#yes" else Verdict()
    if not trusted:
        return Verdict()  # held, and the agent is asked
    if right.use == "link":  # the mail says nothing; its token resolves
        ticket = "into" if ticket == "merged" else ticket
        done = frozenset({("status", ticket)}) if ticket != "closed" else frozenset()
        return Verdict(done | {("stopped", ticket)} if done else done, done)
    return _acts(case, ticket, note=right.use == "note")


def _acts(case: Case, ticket: str, *, note: bool) -> Verdict:
    ticket = "into" if ticket == "merged" else ticket
    if ticket == "closed":
        return Verdict()  # an ended ticket takes notes alone
    if case.says == "#yes":
        return Verdict(may=frozenset({("relayed", ticket), ("stopped", ticket), ("status", ticket)}))
    effects = {("commanded", ticket)} if case.says == "order" else set()
    if not note:
        effects.add(("relayed", ticket))
        if ticket != "waiting":  # there the customer was answered before
            effects.add(("stopped", ticket))
    return Verdict(frozenset(effects | {("status", ticket)}), frozenset(effects))


def _agent_without(case: Case, *, proven: bool) -> Verdict:
    """Our people without a token of theirs: a letter to them may stand for it; else at most a reply past us."""
    if not proven:
        return Verdict()
    outlived = case.right.name == "expired"  # names its ticket, as the Message-ID of its letter does
    named = case.sign != "none" or case.right.customers or outlived
    if case.right.spot == "body" and case.sign == "letter to the agent" and case.sender.agent == "sam":
        return Verdict()  # their own reply address would go to the customer: refused
    if case.sign == "letter to the agent" and case.sender.agent == "sam" and not (case.right.customers or outlived):
        return _acts(case, case.status, note=False)
    if named and case.copied == "the customer":
        ticket = "into" if case.status == "merged" else case.status
        seen = frozenset({("stopped", ticket)})
        return Verdict(seen | {("status", ticket)}, seen if ticket in ("open", "into") else frozenset())
    return Verdict()


def _customer(case: Case, *, failed: bool) -> Verdict:
    """Who takes part and writes on a ticket that waits takes it up again; nobody else changes anything."""
    secret = case.right.customers or case.sign in ("letter to the agent", "letter to the customer")
    guessable = case.sign in ("subject tag", "their own Message-ID")
    if case.sender.participant and case.status == "waiting" and (secret or (guessable and not failed)):
        effects = frozenset({("status", "waiting")})
        return Verdict(effects, effects)
    return Verdict()

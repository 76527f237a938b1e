"""The table of authority (mail.md section 3): each row both ways, then every combination against its walls."""

from collections import Counter
from dataclasses import replace
from itertools import product
from typing import Any

import pytest

from mailsla.core.access.authority import TABLE, Access, Action, decide
from mailsla.core.access.facts import Facts, Held
from mailsla.core.access.threads import By, Candidate
from mailsla.core.model import Role, Status, Token
from tests.core.access.build import ANA, NOW, SAM, auth, facts, held, ticket, token

EVE = "eve@evil.example"
BY_TOKEN, BY_LETTER, BY_THEIRS, BY_TAG = (
    ticket(by) for by in (By.TOKEN, By.OUR_MESSAGE_ID, By.THEIR_MESSAGE_ID, By.SUBJECT_TAG)
)
TO_SAM = replace(BY_LETTER, letter_agent="sam")
PROVEN: dict[str, Any] = {"sender": SAM, "agent": "sam", "kind": "agent", "auth": auth("pass")}
UNPROVEN: dict[str, Any] = {**PROVEN, "auth": auth("none")}
WITH_TOKEN: dict[str, Any] = {"held": held(), "candidate": BY_TOKEN}
CUSTOMER_TOKEN: dict[str, Any] = {"held": held(ANA, Role.CUSTOMER), "candidate": BY_TOKEN}
TO_ANA: dict[str, Any] = {"addressed": frozenset({ANA})}
OUTBOUND: dict[str, Any] = {"outside_to": "bob@shop.example", "ours_in_to": False}
FORWARD: dict[str, Any] = {"forwarded_from": "bob@shop.example"}
STRANGER: dict[str, Any] = {"sender": EVE}
OURS_INSIDE: dict[str, Any] = {"passes_on": True}
TO_DHL: dict[str, Any] = {"supplier_addressed": "dhl"}
DHL: dict[str, Any] = {"sender": "claims@dhl.example", "supplier": "dhl"}
ASKED_DHL = replace(BY_TAG, asked=frozenset({"dhl"}))


def link(person: str = "sam", **more: Any) -> Held:
    """The token of an action link."""
    return Held(token=token(person, purpose="action", value="resolve", **more), expired="expires_at" in more)


CLICK: dict[str, Any] = {"held": link(), "candidate": BY_TOKEN}
RATES: dict[str, Any] = {"held": held(ANA, Role.CUSTOMER, "rating"), "candidate": BY_TOKEN}
SENT: dict[str, Any] = {"in_sent_folder": True, "sent_by_us": True, "sender": "support@acme.example"}
USED = Held(token=token(purpose="confirm", used_at=NOW))


@pytest.mark.parametrize(
    ("given", "row", "action"),
    [
        # suppliers: asked by an agent's mail, answering it
        ({**PROVEN, **WITH_TOKEN, **TO_DHL}, "agent token, supplier in To or Cc", Action.ASK_SUPPLIER),
        ({**UNPROVEN, **WITH_TOKEN, **TO_DHL}, "agent token, auth not pass", Action.ASK),
        ({**PROVEN, "candidate": BY_TAG, **TO_DHL}, "agent, supplier in To or Cc", Action.ASK_SUPPLIER),
        ({**UNPROVEN, "candidate": BY_TAG, **TO_DHL}, "agent, otherwise no token", Action.COMMENT),
        ({**DHL, "candidate": ASKED_DHL}, "supplier that was asked", Action.SUPPLIER_ANSWER),
        ({**DHL, "candidate": ASKED_DHL, "auth": auth("fail")}, "ticket named by a stranger", Action.NEW_TICKET),
        ({**DHL, "candidate": BY_TAG}, "ticket named by a stranger", Action.NEW_TICKET),
        # an agent's token
        ({**PROVEN, **WITH_TOKEN}, "agent token", Action.ACT),
        ({**UNPROVEN, **WITH_TOKEN}, "agent token, auth not pass", Action.ASK),
        ({**UNPROVEN, **WITH_TOKEN, "auth": auth("fail")}, "agent token, auth not pass", Action.ASK),
        ({**UNPROVEN, **WITH_TOKEN, "authserv_configured": False}, "agent token", Action.ACT),
        ({**PROVEN, **WITH_TOKEN, "held": held(role=Role.MANAGER)}, "agent token", Action.ACT),
        ({**PROVEN, **WITH_TOKEN, "candidate": ticket(By.TOKEN, Status.CLOSED)}, "agent token", Action.ACT),
        ({**PROVEN, **WITH_TOKEN, "held": held(purpose="note")}, "agent token, note", Action.NOTE),
        ({**UNPROVEN, **WITH_TOKEN, "held": held(purpose="note")}, "agent token, auth not pass", Action.ASK),
        ({**PROVEN, **WITH_TOKEN, "held": held("jo")}, "agent token, another From", Action.HOLD),
        ({**STRANGER, **WITH_TOKEN}, "agent token, another From", Action.HOLD),
        ({**STRANGER, **WITH_TOKEN, "auth": auth("pass")}, "agent token, another From", Action.HOLD),
        ({"sender": "", **WITH_TOKEN}, "agent token, another From", Action.HOLD),
        ({**WITH_TOKEN}, "agent token, another From", Action.HOLD),
        ({**PROVEN, **WITH_TOKEN, "kind": "list"}, "agent token, not from a person", Action.HOLD),
        ({**PROVEN, **WITH_TOKEN, "held": held(ambiguous=True)}, "agent tokens of several tickets", Action.HOLD),
        ({**PROVEN, "held": held()}, "agent token, no such ticket", Action.HOLD),
        ({**PROVEN, "held": held(expired=True), "candidate": BY_TAG}, "agent token, expired", Action.COMMENT),
        # action links
        ({**PROVEN, **CLICK}, "action link", Action.LINK),
        ({**UNPROVEN, **CLICK}, "action link, auth not pass", Action.ASK),
        ({**UNPROVEN, **CLICK, "auth": auth("fail")}, "action link, auth not pass", Action.ASK),
        ({**UNPROVEN, **CLICK, "authserv_configured": False}, "action link", Action.LINK),
        ({**PROVEN, **CLICK, "candidate": ticket(By.TOKEN, Status.CLOSED)}, "action link", Action.LINK),
        ({**PROVEN, **CLICK, **TO_ANA}, "action link", Action.LINK),
        ({**PROVEN, **CLICK, **TO_DHL}, "action link", Action.LINK),
        ({**STRANGER, **CLICK}, "action link, another From", Action.HOLD),
        ({**CLICK, "auth": auth("pass")}, "action link, another From", Action.HOLD),
        ({**PROVEN, **CLICK, "held": link("jo")}, "action link, another From", Action.HOLD),
        ({**STRANGER, **CLICK, "held": link(expires_at=NOW)}, "action link, another From", Action.HOLD),
        ({"sender": "", **CLICK}, "action link, another From", Action.HOLD),
        ({**PROVEN, **CLICK, "kind": "list"}, "action link, not from a person", Action.HOLD),
        ({**PROVEN, **CLICK, "kind": "auto_reply"}, "report on a ticket", Action.DELIVERY_EVENT),
        (
            {**PROVEN, **CLICK, "held": replace(link(), ambiguous=True)},
            "action links, several in one mail",
            Action.HOLD,
        ),
        ({**PROVEN, "held": link()}, "action link, no such ticket", Action.HOLD),
        ({**PROVEN, **CLICK, "held": link(used_at=NOW)}, "action link, used before", Action.LINK_TOLD),
        ({**PROVEN, **CLICK, "held": link(expires_at=NOW)}, "action link, expired", Action.LINK_TOLD),
        ({**UNPROVEN, **CLICK, "held": link(used_at=NOW)}, "action link, used or expired, auth not pass", Action.HOLD),
        (
            {**UNPROVEN, **CLICK, "held": link(expires_at=NOW)},
            "action link, used or expired, auth not pass",
            Action.HOLD,
        ),
        # rating links
        ({**RATES}, "rating link of a participant", Action.RATE),
        ({**RATES, "auth": auth("pass")}, "rating link of a participant", Action.RATE),
        ({**RATES, "candidate": ticket(By.TOKEN, Status.CLOSED)}, "rating link of a participant", Action.RATE),
        ({**RATES, "auth": auth("fail")}, "rating link, otherwise", Action.HOLD),
        ({**RATES, **STRANGER}, "rating link, otherwise", Action.HOLD),
        ({**RATES, **PROVEN}, "rating link, otherwise", Action.HOLD),
        ({**RATES, "kind": "list"}, "rating link, otherwise", Action.HOLD),
        # confirmations
        ({**UNPROVEN, "held": held(purpose="confirm"), "agrees": True}, "confirmation by the agent", Action.CONFIRM),
        ({**PROVEN, "held": held(purpose="confirm")}, "confirmation, answered without a yes", Action.DENY),
        ({**UNPROVEN, "held": USED}, "confirmation, used before", Action.HOLD),
        ({**STRANGER, "held": held(purpose="confirm")}, "agent token, another From", Action.HOLD),
        ({**PROVEN, "held": held("jo", purpose="confirm")}, "agent token, another From", Action.HOLD),
        # machines
        ({**PROVEN, **WITH_TOKEN, "kind": "auto_reply"}, "report on a ticket", Action.DELIVERY_EVENT),
        ({**PROVEN, "held": held(purpose="confirm"), "kind": "auto_reply"}, "report on nothing known", Action.HOLD),
        ({**STRANGER, "kind": "bounce", "candidate": BY_LETTER}, "report on a ticket", Action.DELIVERY_EVENT),
        ({"kind": "auto_reply", "candidate": BY_TAG}, "report on a ticket", Action.DELIVERY_EVENT),
        ({"kind": "auto_reply", **CUSTOMER_TOKEN}, "report on a ticket", Action.DELIVERY_EVENT),
        ({**STRANGER, "kind": "auto_reply", "candidate": BY_TAG}, "automatic mail, no ticket known", Action.NEW_TICKET),
        ({**STRANGER, "kind": "auto_reply"}, "automatic mail, no ticket known", Action.NEW_TICKET),
        ({**STRANGER, "kind": "bounce", "candidate": BY_TAG}, "report on nothing known", Action.HOLD),
        ({**PROVEN, "kind": "auto_reply"}, "report on nothing known", Action.HOLD),
        ({"kind": "feedback_report"}, "report on nothing known", Action.HOLD),
        ({**PROVEN, **WITH_TOKEN, "kind": "own"}, "own mail", Action.IGNORE_OWN),
        # an agent without a token
        ({**PROVEN, "candidate": TO_SAM}, "agent, Message-ID of a letter to them", Action.ACT),
        ({**UNPROVEN, "candidate": TO_SAM}, "agent, otherwise no token", Action.COMMENT),
        ({**UNPROVEN, "candidate": TO_SAM, "authserv_configured": False}, "agent, otherwise no token", Action.COMMENT),
        ({**PROVEN, "candidate": replace(TO_SAM, letter_agent="jo")}, "agent, otherwise no token", Action.COMMENT),
        ({**PROVEN, "candidate": BY_LETTER}, "agent, otherwise no token", Action.COMMENT),
        ({**PROVEN, **TO_ANA, "candidate": BY_TAG}, "agent, customer in To or Cc", Action.RECORD_REPLY),
        ({**PROVEN, **TO_ANA, **CUSTOMER_TOKEN}, "agent, customer in To or Cc", Action.RECORD_REPLY),
        (
            {**UNPROVEN, **TO_ANA, "candidate": BY_TAG},
            "agent, customer in To or Cc, auth not pass",
            Action.ASK,
        ),
        ({**PROVEN, **TO_ANA, "kind": "list", "candidate": BY_TAG}, "agent, otherwise no token", Action.COMMENT),
        ({**PROVEN, **CUSTOMER_TOKEN}, "agent, otherwise no token", Action.COMMENT),
        ({**PROVEN, **FORWARD}, "agent forwards a customer's mail", Action.FORWARDED_TICKET),
        ({**UNPROVEN, **FORWARD}, "agent forwards a customer's mail, auth not pass", Action.HOLD),
        ({**PROVEN, **FORWARD, "candidate": BY_THEIRS}, "agent, otherwise no token", Action.COMMENT),
        ({**PROVEN, **OUTBOUND}, "agent writes to a customer first", Action.OUTBOUND_TICKET),
        ({**UNPROVEN, **OUTBOUND}, "agent writes to a customer first, auth not pass", Action.HOLD),
        ({**PROVEN, **OUTBOUND, "ours_in_to": True}, "agent, otherwise no token", Action.COMMENT),
        ({**PROVEN}, "agent, otherwise no token", Action.COMMENT),
        ({**UNPROVEN, "candidate": BY_TAG}, "agent, otherwise no token", Action.COMMENT),
        # the Sent folder of the shared mailbox
        ({**SENT, **TO_ANA, "candidate": BY_TAG}, "Sent folder, customer in To or Cc", Action.RECORD_REPLY),
        (
            {**SENT, **UNPROVEN, **TO_ANA, "candidate": BY_THEIRS},
            "Sent folder, customer in To or Cc",
            Action.RECORD_REPLY,
        ),
        ({**SENT, "candidate": BY_TAG, **TO_DHL}, "Sent folder, supplier in To or Cc", Action.ASK_SUPPLIER),
        ({**SENT, "candidate": BY_TAG}, "Sent folder, otherwise", Action.LEAVE),
        ({**SENT, **OUTBOUND}, "Sent folder, otherwise", Action.LEAVE),
        (
            {**SENT, **OUTBOUND, "sent_opens_tickets": True},
            "Sent folder, to a customer first",
            Action.OUTBOUND_TICKET,
        ),
        ({**SENT, **OUTBOUND, **TO_DHL, "sent_opens_tickets": True}, "Sent folder, otherwise", Action.LEAVE),
        ({**SENT, **FORWARD}, "Sent folder, otherwise", Action.LEAVE),
        ({**SENT, **UNPROVEN, **WITH_TOKEN, **TO_ANA}, "Sent folder, with an agent's token", Action.LEAVE),
        ({**SENT, "kind": "auto_reply", "candidate": BY_TAG}, "Sent folder, not by a person", Action.LEAVE),
        ({**SENT, **TO_ANA, "kind": "list", "candidate": BY_TAG}, "Sent folder, not by a person", Action.LEAVE),
        ({**SENT, "kind": "own"}, "own mail", Action.IGNORE_OWN),
        (
            {**SENT, **STRANGER, **TO_ANA, "sent_by_us": False, "candidate": BY_TAG},
            "Sent folder, not by us",
            Action.LEAVE,
        ),
        # customers and strangers
        ({**CUSTOMER_TOKEN}, "customer token or our Message-ID, participant", Action.APPEND),
        ({"candidate": BY_LETTER}, "customer token or our Message-ID, participant", Action.APPEND),
        ({**STRANGER, **CUSTOMER_TOKEN}, "customer token, unknown From", Action.APPEND_THIRD_PARTY),
        ({"sender": "", **CUSTOMER_TOKEN}, "customer token, unknown From", Action.APPEND_THIRD_PARTY),
        ({"candidate": BY_THEIRS}, "subject tag or own Message-ID, participant", Action.APPEND),
        ({"candidate": BY_TAG}, "subject tag or own Message-ID, participant", Action.APPEND),
        ({**STRANGER, "candidate": BY_LETTER}, "ticket named by a stranger", Action.NEW_TICKET),
        ({**STRANGER, "candidate": BY_THEIRS}, "ticket named by a stranger", Action.NEW_TICKET),
        ({**STRANGER, "candidate": BY_TAG, "auth": auth("pass")}, "ticket named by a stranger", Action.NEW_TICKET),
        ({"sender": "", "candidate": BY_TAG}, "ticket named by a stranger", Action.NEW_TICKET),
        ({"candidate": ticket(By.TOKEN, Status.CLOSED)}, "ticket closed", Action.NEW_TICKET),
        ({"candidate": ticket(By.OUR_MESSAGE_ID, Status.VOID)}, "ticket closed", Action.NEW_TICKET),
        (
            {"candidate": ticket(By.SUBJECT_TAG, Status.RESOLVED)},
            "subject tag or own Message-ID, participant",
            Action.APPEND,
        ),
        ({**STRANGER, "kind": "list"}, "a new complaint", Action.NEW_TICKET),
        # what gives an agent a right gives nobody else one
        ({**TO_ANA, "candidate": BY_TAG}, "subject tag or own Message-ID, participant", Action.APPEND),
        (
            {**TO_ANA, "candidate": BY_TAG, "auth": auth("pass")},
            "subject tag or own Message-ID, participant",
            Action.APPEND,
        ),
        ({**OUTBOUND, "auth": auth("pass")}, "a new complaint", Action.NEW_TICKET),
        ({**FORWARD, "auth": auth("pass")}, "a new complaint", Action.NEW_TICKET),
        ({**OUTBOUND}, "a new complaint", Action.NEW_TICKET),
        ({**FORWARD}, "a new complaint", Action.NEW_TICKET),
        (
            {"candidate": BY_LETTER, "auth": auth("pass")},
            "customer token or our Message-ID, participant",
            Action.APPEND,
        ),
        ({"held": held(expired=True)}, "a new complaint", Action.NEW_TICKET),
        ({"held": replace(USED, expired=True)}, "a new complaint", Action.NEW_TICKET),
        (
            {"held": held(ANA, Role.CUSTOMER, ambiguous=True), "candidate": BY_TOKEN},
            "customer token or our Message-ID, participant",
            Action.APPEND,
        ),
        (
            {"held": held(ANA, Role.CUSTOMER, "note"), "candidate": BY_TOKEN, "auth": auth("pass")},
            "customer token or our Message-ID, participant",
            Action.APPEND,
        ),
        # nor does it to an agent's mail that no person sent us, or that names a ticket
        ({**PROVEN, **FORWARD, "kind": "list"}, "agent, otherwise no token", Action.COMMENT),
        ({**UNPROVEN, **FORWARD, "kind": "list"}, "agent, otherwise no token", Action.COMMENT),
        ({**PROVEN, **OUTBOUND, "kind": "list"}, "agent, otherwise no token", Action.COMMENT),
        ({**UNPROVEN, **OUTBOUND, "kind": "list"}, "agent, otherwise no token", Action.COMMENT),
        ({**PROVEN, "candidate": TO_SAM, "kind": "list"}, "agent, otherwise no token", Action.COMMENT),
        ({**PROVEN, **OUTBOUND, "candidate": BY_TAG}, "agent, otherwise no token", Action.COMMENT),
        ({**UNPROVEN, **OUTBOUND, "candidate": BY_TAG}, "agent, otherwise no token", Action.COMMENT),
        ({**UNPROVEN, **FORWARD, "candidate": BY_TAG}, "agent, otherwise no token", Action.COMMENT),
        ({**PROVEN, **WITH_TOKEN, "held": replace(held(), token=token(used_at=NOW))}, "agent token", Action.ACT),
        ({**PROVEN, "kind": "auto_reply", "held": held()}, "report on nothing known", Action.HOLD),
        ({**STRANGER, "kind": "auto_reply", "held": held()}, "report on nothing known", Action.HOLD),
        ({}, "a new complaint", Action.NEW_TICKET),
    ],
)
def test_row(given: dict[str, Any], row: str, action: Action) -> None:
    access = decide(facts(**given))
    assert (access.row, access.action) == (row, action)


def test_every_row_has_its_own_name_and_reason() -> None:
    assert len({row.name for row in TABLE}) == len(TABLE)
    assert len({row.reason.code for row in TABLE}) == len(TABLE)


def test_a_closed_ticket_and_a_stranger_leave_only_a_link() -> None:
    for given in ({"candidate": ticket(By.TOKEN, Status.CLOSED)}, {**STRANGER, "candidate": BY_TAG}):
        access = decide(facts(**given))
        assert (access.ticket_id, access.link_to) == (None, 7)


def test_who_a_new_ticket_is_for() -> None:
    assert decide(facts(**PROVEN, **OUTBOUND)).requester == "bob@shop.example"
    assert decide(facts(**PROVEN, **FORWARD)).requester == "bob@shop.example"
    assert decide(facts(**OUTBOUND, **FORWARD)).requester == ""


@pytest.mark.parametrize("by", [By.THEIR_MESSAGE_ID, By.SUBJECT_TAG])
def test_a_failed_sender_who_only_names_the_ticket_changes_nothing_else(by: By) -> None:
    failed = decide(facts(candidate=ticket(by), auth=auth("fail")))
    assert failed.action is Action.APPEND
    assert failed.quiet
    assert failed.banner is not None
    for result in ("pass", "none"):
        fine = decide(facts(candidate=ticket(by), auth=auth(result)))
        assert not fine.quiet
        assert fine.banner is None


def test_a_token_outweighs_a_failed_sender() -> None:
    access = decide(facts(**CUSTOMER_TOKEN, auth=auth("fail")))
    assert not access.quiet


@pytest.mark.parametrize(
    ("given", "banner"),
    [
        ({**STRANGER, **CUSTOMER_TOKEN}, "banner_third_party"),
        ({**UNPROVEN}, "banner_agent_unproven"),
        ({**PROVEN}, ""),
        ({"auth": auth("fail")}, "banner_sender_failed"),
        ({"auth": auth("none")}, ""),
    ],
)
def test_readers_are_warned_of_what_is_not_proven(given: dict[str, Any], banner: str) -> None:
    access = decide(facts(**given))
    assert (access.banner.code if access.banner else "") == banner


def test_a_stolen_token_and_an_agents_no_raise_an_alert_and_nothing_else_does() -> None:
    assert decide(facts(**STRANGER, **WITH_TOKEN)).alert
    alerts = ["action link, another From", "agent token, another From", "confirmation, answered without a yes"]
    assert [row.name for row in TABLE if row.alert] == alerts


# The matrix. Its walls are written from mail.md, not from the table's conditions.

SENDERS = {ANA: "", EVE: "", "": "", SAM: "sam", "jo@acme.example": "jo", DHL["sender"]: ""}
KINDS = ("customer", "agent", "auto_reply", "bounce", "feedback_report", "list", "own")
TOKENS: tuple[Token | None, ...] = (
    None,
    token(),
    token(purpose="note"),
    token(purpose="confirm"),
    token(purpose="confirm", used_at=NOW),
    token(purpose="bounce"),
    token(purpose="action", value="resolve"),
    token(purpose="action", value="resolve", used_at=NOW),
    token(purpose="action", value="resolve", expires_at=NOW),
    token(ANA, Role.CUSTOMER, "rating", value="4"),
    token(role=Role.MANAGER),
    token("root", Role.OPERATOR),
    token(ANA, Role.CUSTOMER),
    token(expires_at=NOW),
)
NAMED: tuple[Candidate | None, ...] = (None, BY_LETTER, TO_SAM, BY_THEIRS, BY_TAG)
LINKS = ("action", "rating")
STATUSES = (Status.OPEN, Status.RESOLVED, Status.CLOSED)


def _combinations() -> list[Facts]:
    found = []
    for (sender, agent), kind, right, result, configured, named, status, to_ana, extra in product(
        SENDERS.items(),
        KINDS,
        TOKENS,
        ("pass", "fail", "none"),
        (True, False),
        NAMED,
        STATUSES,
        (True, False),
        ({}, OUTBOUND, FORWARD, TO_DHL, OURS_INSIDE),
    ):
        if (result != "none" and not configured) or (extra in (OUTBOUND, FORWARD) and named):
            continue
        mine = None
        if right is not None:
            mine = Held(token=right, note=right.purpose == "note", expired=right.expires_at is not None)
            if right.purpose in LINKS or (not mine.expired and right.purpose in ("reply", "note")):
                if named is not None:
                    continue  # the token's ticket outranks it
                named = BY_TOKEN
        candidate = replace(named, status=status, asked=frozenset({"dhl"})) if named else None
        supplier = "dhl" if sender == DHL["sender"] else ""
        given: dict[str, Any] = {"sender": sender, "agent": agent, "kind": kind, "auth": auth(result)}
        base = facts(**given, supplier=supplier, authserv_configured=configured)
        addressed = frozenset({ANA}) if to_ana else frozenset()
        asked = right is not None and right.purpose == "confirm"
        for agrees in (False, True) if asked else (False,):
            found.append(replace(base, held=mine, candidate=candidate, addressed=addressed, agrees=agrees, **extra))
    return found


BY_LINK = {
    Action.LINK, Action.LINK_TOLD, Action.RATE, Action.HOLD, Action.ASK, Action.DELIVERY_EVENT, Action.IGNORE_OWN
}  # fmt: skip


def _may_act(f: Facts) -> bool:
    """Mail.md: agent token, From = one of that agent's addresses, auth pass (or no server that says), by a person."""
    right = f.held.token if f.held else None
    if f.kind not in ("customer", "agent") or not f.agent:
        return False
    if right and right.role is not Role.CUSTOMER and right.purpose in ("reply", "note") and right.expires_at is None:
        return _is_its_owner(f)
    if right and right.purpose in LINKS:
        return False  # its mail is neither relayed nor read
    held_back = right is not None and right.role is not Role.CUSTOMER and right.purpose == "confirm"
    letter = f.candidate is not None and f.candidate.letter_agent == f.agent
    only_names_it = f.passes_on and ANA not in f.addressed  # a program names the mail that was passed on
    return letter and f.auth.result == "pass" and not held_back and not only_names_it


def _is_its_owner(f: Facts) -> bool:
    proven = f.auth.result == "pass" or not f.authserv_configured
    return f.held is not None and f.held.token.person == f.agent and proven


def _may_click(f: Facts) -> bool:
    """Mail.md section 4: as an agent token, but once, and in time."""
    right = f.held.token if f.held else None
    if right is None or right.purpose != "action" or f.kind not in ("customer", "agent"):
        return False
    return _is_its_owner(f) and right.used_at is None and right.expires_at is None


def _check_link(f: Facts, access: Access) -> None:
    """The mail of a link does what its token says or nothing, and no other mail does so."""
    right = f.held.token if f.held else None
    purpose = right.purpose if right else ""
    assert (access.action is Action.LINK) == _may_click(f), (f, access)
    assert purpose not in LINKS or access.action in BY_LINK
    if access.action is Action.LINK_TOLD:
        assert purpose == "action"
        assert _is_its_owner(f)
    if access.action is Action.RATE:
        assert purpose == "rating"
        assert f.sender == ANA
        assert f.auth.result != "fail"
        assert f.kind in ("customer", "agent")


def test_no_combination_crosses_a_wall() -> None:
    seen: Counter[Action] = Counter()
    combinations = _combinations()
    assert len(combinations) > 20_000
    for f in combinations:
        access = decide(f)
        seen[access.action] += 1
        acts = access.action in (Action.ACT, Action.NOTE)
        to_supplier = f.supplier_addressed != "" and ANA not in f.addressed  # then it is none for the customer
        assert acts == (_may_act(f) and not to_supplier), (f, access)
        if access.action is Action.ASK_SUPPLIER:
            assert access.internal and to_supplier and f.agent and f.kind in ("customer", "agent")
            assert f.auth.result == "pass" or (_may_act(f) and not f.authserv_configured)
        if access.action is Action.SUPPLIER_ANSWER:
            assert access.internal and f.supplier and f.candidate and f.auth.result != "fail"
        if access.action is Action.NOTE:
            assert access.internal
        _check_link(f, access)
        if access.action is Action.PASSED_ON:
            assert access.internal and f.passes_on and f.agent and f.kind in ("customer", "agent")
        if access.action is Action.CONFIRM:
            assert f.held is not None
            assert (f.held.token.purpose, f.held.token.used_at, f.held.token.person) == ("confirm", None, f.agent)
            assert f.kind in ("customer", "agent")
            assert f.agrees
        if access.action in (Action.RECORD_REPLY, Action.OUTBOUND_TICKET, Action.FORWARDED_TICKET):
            assert f.agent
            assert f.auth.result == "pass"
            assert f.kind in ("customer", "agent")
        if access.action is Action.APPEND:
            assert f.sender == ANA
            assert f.candidate is not None
            assert f.candidate.status is not Status.CLOSED
        if access.action is Action.APPEND_THIRD_PARTY:
            assert access.internal
            assert f.held is not None
            assert f.held.token.role is Role.CUSTOMER
        if f.kind in ("auto_reply", "bounce", "feedback_report"):
            assert access.action in (Action.DELIVERY_EVENT, Action.NEW_TICKET, Action.HOLD)
        if access.action is Action.NEW_TICKET:
            assert access.ticket_id is None
            assert not f.agent
        if access.action is Action.ASK:
            assert f.agent, "a confirmation goes to a registered address"
        if access.requester:
            assert access.action in (Action.OUTBOUND_TICKET, Action.FORWARDED_TICKET)
    assert set(seen) == set(Action) - {Action.LEAVE}, "every action but that of the Sent folder"


def test_nothing_in_the_sent_folder_acts_or_opens_what_nobody_wanted() -> None:
    """The same mails there: as much as recording may follow, by our own people, and nothing of what a token gives."""
    seen: Counter[Action] = Counter()
    for f in _combinations():
        for ours, opens in ((True, False), (True, True), (False, True)):
            access = decide(replace(f, in_sent_folder=True, sent_by_us=ours, sent_opens_tickets=opens))
            seen[access.action] += 1
            if access.action in (Action.IGNORE_OWN, Action.LEAVE):
                continue
            assert ours and f.kind in ("customer", "agent")
            assert f.held is None or not f.held.staff
            if access.action is Action.RECORD_REPLY:
                assert ANA in f.addressed and f.candidate is not None
            elif access.action is Action.OUTBOUND_TICKET:
                assert opens and f.candidate is None and access.requester == "bob@shop.example"
            else:
                assert access.action is Action.ASK_SUPPLIER and access.internal
    assert len(seen) == 5

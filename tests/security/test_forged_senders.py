"""Who a mail is from: agents spoofed by From, forged Authentication-Results, addresses that two parsers read otherwise.

The matrix of all rights and proofs is tests/flows/test_spoofing.py; here are the published ways of lying in the bytes.
"""

import pytest

from tests.flows.mails import ANA, KIM, SAM, address, write
from tests.flows.office import Office
from tests.security.letters import EVE, OURS, out, raw

TAKEOVER = "#customer eve@evil.example\r\n#resolve\r\n\r\nPlease pay to account 4711-STOLEN.\r\n"


def stolen(office: Office, token: str, *lines: str) -> bool:
    """Whether a mail with an agent's leaked reply address did anything but wait for a person."""
    before = (office.ticket().status, office.ticket().requester, office.ticket().assignee)
    office.receive(raw(*lines, f"To: {token}", "Subject: Re: parcel", text=TAKEOVER))
    after = (office.ticket().status, office.ticket().requester, office.ticket().assignee)
    to_outside = [one for one in office.postbox.tries if not one.to.endswith(("@acme.example", "@home.example"))]
    return before != after or any(b"4711-STOLEN" in one.raw or one.to == EVE for one in to_outside)


@pytest.fixture
def token(office: Office) -> str:
    """The reply address of Sam's letter, as it leaks by a forward or a screenshot."""
    office.receive(write(ANA))
    return office.letter(address(SAM), "agent_notification").header("Reply-To").strip("<>")


SAYS_FAIL = f"{OURS} dmarc=fail header.from=acme.example"
PASS = "dmarc=pass header.from=acme.example"
FORGED = (
    (SAYS_FAIL, f"{OURS} {PASS}"),
    (f"Authentication-Results: MX.ACME.EXAMPLE.evil.example; {PASS}",),
    (f"Authentication-Results: mx.acme.example@evil.example; {PASS}",),
    (f"Authentication-Results: evil.example (mx.acme.example); {PASS}",),
    (f'Authentication-Results: "evil; mx.acme.example"; {PASS}',),
    (f"Authentication-Results: evil.example; x=y mx.acme.example; {PASS}",),
    (f"Authentication-Results: evil.example\r\n mx.acme.example; {PASS}",),
    (f"X-Authentication-Results: mx.acme.example; {PASS}",),
    (f"Authentication-Results-Original: mx.acme.example; {PASS}",),
    (f"ARC-Authentication-Results: i=1; mx.acme.example; {PASS}",),
    (f'{OURS} spf=pass smtp.mailfrom="x; {PASS}"@evil.example; dmarc=fail header.from=acme.example',),
    (f"{OURS} spf=pass (a; {PASS}) smtp.mailfrom=evil.example; dmarc=fail header.from=acme.example",),
    (f'{OURS} dkim=pass reason="; {PASS} " header.d=evil.example',),
    (f"{OURS} dmarc=pass header.from=evil.example header.from=acme.example",),
    (f"{OURS} dmarc=pass header.from=acme.example.evil.example",),
    (f"{OURS} dkim=pass header.d=example",),
    (f"{OURS} dkim=pass header.d=evil.example header.i=@acme.example",),
    (f"{OURS} none", f"{OURS} dmarc=fail header.from=acme.example", f"{OURS} {PASS}"),
    ("Subject: x\r\n\r\n" + f"{OURS} {PASS}",),
)


def test_a_forged_authentication_results_proves_nothing(office: Office, token: str) -> None:
    """RFC 8601 sections 5 and 7.1; Chen, Paxson, Jiang: Composition Kills, USENIX Security 2020 (A9, A10)."""
    assert not [lines for lines in FORGED if stolen(office, token, *lines, f"From: {SAM}")]


def test_the_real_one_proves_it(office: Office, token: str) -> None:
    """Or the tests here could not fail."""
    assert stolen(
        office,
        token,
        "authentication-RESULTS: Mx.Acme.Example 1;\r\n\tDMARC=pass header.from=ACME.example",
        f"From: {SAM}",
    )


CONFUSING = (
    '"sam@acme.example"@evil.example',
    '"sam@acme.example> x"@evil.example',
    "sam@acme.example@evil.example",
    "sam@acme.example(@evil.example)",
    "sam@acme.example,eve@evil.example",
    "sam@acme.example <eve@evil.example>",
    "<eve@evil.example> sam@acme.example",
    "<sam@acme.example><eve@evil.example>",
    "<@evil.example,@x.example:sam@acme.example>",
    "<sam@acme.example:eve@evil.example>",
    "Sam:sam@acme.example;",
    "Sam <sam@acme.example",
    "=?utf-8?q?sam=40acme.example?= <eve@evil.example>",
    "=?utf-8?q?=3Csam=40acme.example=3E=00?= <eve@evil.example>",
    "=?utf-8?q?sam?=@acme.example <eve@evil.example>",
    "=?x?q?=61=62=63collab=40psres.net=3e=20?=sam@acme.example",
    "sam@acme.example\0@evil.example",
    "sam@acme.example\0 <eve@evil.example>",
    "sam@acme.example\u2028<eve@evil.example>",
    "s\u0430m@acme.example",
    "sam@\u0430cme.example",
    "sam@acme\u3002example.evil.example",
    "sam@acme.example\r\n <eve@evil.example>",
    "sam@acme.example\r\nFrom: eve@evil.example",
    "eve@evil.example\r\nFrom: sam@acme.example",
    "eve@evil.example\r\nfrom : sam@acme.example",
    "sam%acme.example@evil.example",
    "evil.example!sam@acme.example@evil.example",
    '"sam" "<sam@acme.example>" <eve@evil.example>',
    "sam@acme.example (<eve@evil.example>",
)


def test_a_from_that_can_be_read_two_ways_is_nobody_of_ours(office: Office, token: str) -> None:
    """CVE-2023-27043 and CVE-2019-16056 (Python's parseaddr); Heyes: Splitting the email atom, PortSwigger 2024; Chen
    et al. 2020 (A1 to A8). Our server proves the attacker's own domain."""
    proof = f"{OURS} dmarc=pass header.from=evil.example"
    assert not [sender for sender in CONFUSING if stolen(office, token, proof, f"From: {sender}")]


def test_an_agents_address_alone_acts_on_nothing(office: Office, token: str) -> None:
    """Agent spoofed by From and subject tag, as helpdesks took it for years: Zendesk, "Spoofing agents", 2011 on."""
    sent = len(out(office, address(ANA)))
    for sender in (SAM, KIM, "sam.lee@home.example"):
        office.receive(
            raw(f"From: {sender}", "To: support@acme.example", f"Cc: {ANA}", "Subject: [ACME-1001]", text=TAKEOVER)
        )
    assert office.ticket().requester == address(ANA)
    assert office.ticket().resolved_at is None
    assert len(out(office, address(ANA))) == sent and not out(office, EVE)

"""Authentication-Results: only our own server's header counts, and only what it proves of From (mail.md section 3)."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailsla.core.access.authentication import Result, verdict

SAM = "sam@acme.example"
ID = "mx.acme.example"
PASS = "dmarc=pass header.from=acme.example"


@pytest.mark.parametrize(
    ("results", "reason"),
    [
        (PASS, "auth_dmarc_pass"),
        ("dmarc=pass (p=REJECT sp=NONE dis=NONE) header.from=ACME.example", "auth_dmarc_pass"),
        (
            "spf=pass smtp.mailfrom=x@y.example; dkim=none; dmarc=pass action=none header.from=acme.example;",
            "auth_dmarc_pass",
        ),
        ("compauth=pass reason=100; dmarc=pass header.from=acme.example", "auth_dmarc_pass"),
        ("dkim=pass header.d=acme.example", "auth_dkim_pass"),
        (
            'dkim=pass (2048-bit key; secure) header.d=acme.example header.i=@acme.example header.b="a;b"',
            "auth_dkim_pass",
        ),
        ("dkim=pass header.i=@acme.example header.s=s1 header.b=AbC/+1", "auth_dkim_pass"),
        ("dkim=fail header.d=list.example; dkim=pass header.d=acme.example", "auth_dkim_pass"),
        ("dkim=pass header.d=acme.example; dmarc=none", "auth_dkim_pass"),
        ("auth=pass (plain) smtp.auth=Sam", "auth_login_pass"),
        ("auth=pass smtp.auth=sam; dmarc=fail header.from=acme.example", "auth_login_pass"),
    ],
)
def test_pass(results: str, reason: str) -> None:
    auth = verdict([f"{ID}; {results}"], SAM, ID, login="sam")
    assert (auth.result, auth.reason.code) == (Result.PASS, reason)


@pytest.mark.parametrize(
    ("results", "reason"),
    [
        ("dmarc=fail (p=NONE) header.from=acme.example", "auth_dmarc_fail"),
        ("dkim=pass header.d=acme.example; dmarc=fail header.from=acme.example", "auth_dmarc_fail"),
        ("dmarc=pass header.from=acme.example; dmarc=fail header.from=acme.example", "auth_dmarc_fail"),
        ("dkim=fail (bad signature) header.d=acme.example", "auth_dkim_fail"),
        ("spf=fail smtp.mailfrom=bounce@acme.example", "auth_spf_fail"),
    ],
)
def test_fail(results: str, reason: str) -> None:
    auth = verdict([f"{ID}; {results}"], SAM, ID, login="sam")
    assert (auth.result, auth.reason.code) == (Result.FAIL, reason)


@pytest.mark.parametrize(
    "results",
    [
        "none",
        "spf=pass smtp.mailfrom=sam@acme.example",
        "spf=fail smtp.mailfrom=news@list.example",
        "spf=softfail smtp.mailfrom=sam@acme.example",
        "dmarc=pass header.from=evil.example",
        "dmarc=pass",
        "dmarc=pass header.from=evil.example header.from=acme.example",
        "dmarc=pass header.from=notacme.example",
        "dmarc=pass header.from=mail.acme.example",
        "dmarc=bestguesspass header.from=acme.example",
        "dmarc=temperror header.from=acme.example",
        "dkim=pass header.d=evil.example",
        "dkim=pass header.d=example",
        "dkim=pass header.d=mail.acme.example",
        "dkim=pass header.d=evil.example header.i=@acme.example",
        "dkim=pass header.d=acme.example header.d=evil.example",
        "dkim=neutral header.d=acme.example",
        "auth=pass smtp.auth=jo",
        "auth=pass smtp.mailfrom=sam",
        "auth=fail smtp.auth=sam",
        "arc=pass header.oldest-pass=0; x-dmarc=pass header.from=acme.example",
        # What a sender may write into his own address or a comment is no result.
        "spf=pass (domain of x;dmarc=pass header.from=acme.example) smtp.mailfrom=x@evil.example",
        "spf=pass (a (b; dmarc=pass header.from=acme.example) c) smtp.mailfrom=x@evil.example",
        'spf=pass smtp.mailfrom="x; dmarc=pass header.from=acme.example"@evil.example',
        r'spf=pass smtp.mailfrom="x\"; dmarc=pass header.from=acme.example"@evil.example',
        "spf=pass (é header.d=acme.example; dkim=pass header.d=acme.example) smtp.mailfrom=x@evil.example",
        "dkim=pass (é header.d=acme.example) header.d=evil.example",
        "dmarc=pass (unclosed header.from=acme.example",
        'dmarc=pass header.from="acme.example',
        "dmarc=pass header.from=acme.exampleé.evil.example",
    ],
)
def test_what_proves_nothing(results: str) -> None:
    assert verdict([f"{ID}; {results}"], SAM, ID, login="sam").result is Result.NONE


@pytest.mark.parametrize(
    ("from_email", "signer", "result"),
    [
        ("ana@mail.shop.example", "shop.example", "pass"),
        ("ana@shop.example", "mail.shop.example", "none"),
        ("ana@evilshop.example", "shop.example", "none"),
        ("ana@bücher.example", "xn--bcher-kva.example", "pass"),
    ],
)
def test_a_parent_domain_signs_for_its_children_and_not_the_other_way(
    from_email: str, signer: str, result: str
) -> None:
    assert verdict([f"{ID}; dkim=pass header.d={signer}"], from_email, ID).result == result


@pytest.mark.parametrize(
    ("headers", "authserv_id", "result"),
    [
        ([f"{ID}; {PASS}"], ID, "pass"),
        ([f"MX.Acme.Example 1; {PASS}"], ID, "pass"),
        ([f"evil.example; {PASS}"], ID, "none"),
        ([f"{ID}.evil.example; {PASS}"], ID, "none"),
        ([f"({ID}) evil.example; {PASS}"], ID, "none"),
        (["relay.example; spf=pass smtp.mailfrom=x@y.example", f"{ID}; {PASS}"], ID, "pass"),
        # One server, one header for each filter.
        ([f"{ID}; spf=none smtp.mailfrom=x@y.example", f"{ID}; {PASS}"], ID, "pass"),
        # The sender's own with our id: below ours it contradicts nothing, behind another server's it is not read.
        ([f"{ID}; dmarc=fail header.from=acme.example", f"{ID}; {PASS}"], ID, "fail"),
        ([f"{ID}; dmarc=none header.from=acme.example", f"{ID}; {PASS}"], ID, "none"),
        ([f"{ID}; spf=none", "other.example; none", f"{ID}; {PASS}"], ID, "none"),
        ([f"{ID}; {PASS}"], "topmost", "pass"),
        ([f"any.example; {PASS}"], "topmost", "pass"),
        (
            [f"spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=a.example; {PASS};compauth=pass reason=100"],
            "topmost",
            "pass",
        ),
        (["mx.example; none", f"{ID}; {PASS}"], "topmost", "none"),
        ([f"{ID}; {PASS}"], "none", "none"),
        ([], ID, "none"),
        ([], "topmost", "none"),
        ([""], "topmost", "none"),
        ([f"{PASS}"], ID, "none"),
    ],
)
def test_only_our_own_server_is_heard(headers: list[str], authserv_id: str, result: str) -> None:
    assert verdict(headers, SAM, authserv_id).result == result


def test_without_a_login_configured_none_is_accepted() -> None:
    assert verdict([f"{ID}; auth=pass smtp.auth="], SAM, ID).result is Result.NONE
    assert verdict([f"{ID}; auth=pass"], SAM, ID, login="").result is Result.NONE


def test_a_mail_without_a_usable_from_is_never_proven() -> None:
    assert verdict([f"{ID}; dmarc=pass header.from="], "", ID).result is Result.NONE


@pytest.mark.parametrize(
    "results",
    [
        "(" * 5000 + PASS,
        "()" * 5000 + PASS,
        '"' * 4001 + PASS,
        "a=b;" * 100 + PASS,
        ";" * 9000 + PASS,
        "dmarc=pass " + "a " * 1100 + "header.from=acme.example",
    ],
)
def test_what_is_absurd_is_not_read(results: str) -> None:
    assert verdict([f"{ID}; {results}"], SAM, ID).result is Result.NONE


@given(
    st.lists(st.text('mxacedrkispfhnlot.;=@"\\() é1', max_size=80), max_size=4), st.sampled_from([ID, "topmost", "x"])
)
@settings(max_examples=300)
def test_no_header_raises(headers: list[str], authserv_id: str) -> None:
    assert verdict(headers, SAM, authserv_id, login="sam").result in Result


@given(st.text(st.characters(exclude_characters="()\\"), max_size=60))
def test_a_comment_changes_nothing(comment: str) -> None:
    auth = verdict([f"{ID}; dkim=pass ({comment}) header.d=evil.example"], SAM, ID)
    assert auth.result is Result.NONE

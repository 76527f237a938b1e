"""No loops and no weapon (mail.md section 6, RFC 3834)."""

from typing import Any

import pytest

from mailsla.core.access.loops import Budget, Counts, Muted, Wait, budget, refusal, storm
from mailsla.core.access.tokens import Scheme
from mailsla.core.mail.parsed import Address, Kind
from tests.core.access.build import NOW, mail

SCHEMES = (Scheme("support@acme.example"), Scheme("service@acme.example"))


def refused(kind: Kind = "customer", own_lists: tuple[str, ...] = (), folder: str = "INBOX", **changes: Any) -> str:
    reason = refusal(mail(**changes), kind=kind, schemes=SCHEMES, own_lists=own_lists, folder=folder)
    return reason.code if reason else ""


def header(name: str, value: str) -> dict[str, Any]:
    return {"headers": {name: (value,)}}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, ""),
        ({"sender": None}, "refused_no_sender"),
        (header("auto-submitted", "no"), ""),
        (header("auto-submitted", "No (really)"), ""),
        (header("auto-submitted", "auto-replied"), "refused_auto_submitted"),
        (header("auto-submitted", "auto-generated; owner-email=x@y.example"), "refused_auto_submitted"),
        (header("precedence", "bulk"), "refused_precedence"),
        (header("precedence", "Junk"), "refused_precedence"),
        (header("precedence", "first-class"), ""),
        (header("list-id", "<news.shop.example>"), "refused_list"),
        (header("list-unsubscribe", "<mailto:x@y.example>"), "refused_list"),
        (header("x-auto-response-suppress", "All"), "refused_suppress"),
        (header("x-auto-response-suppress", "DR, OOF"), "refused_suppress"),
        (header("x-auto-response-suppress", "DR, RN, NRN"), ""),
        (header("x-auto-response-suppress", "None"), ""),
        (header("x-spam-flag", "YES"), "refused_spam"),
        (header("x-spam-status", "Yes, score=9.1"), "refused_spam"),
        (header("x-spam-status", "No, score=0.1"), ""),
        ({"folder": "Junk"}, "refused_junk_folder"),
        ({"folder": "INBOX.Spam"}, "refused_junk_folder"),
        ({"folder": "Spam-Kontrolle"}, ""),
        ({"return_path": ""}, "refused_null_return_path"),
        ({"return_path": "<>"}, "refused_null_return_path"),
        ({"return_path": None}, ""),
        ({"received": 50}, ""),
        ({"received": 51}, "refused_received"),
        ({"content_type": "multipart/report"}, "refused_report"),
        (header("x-mailsla-kind", "relay"), "refused_instance"),
        ({"content_type": "multipart/mixed"}, ""),
        ({"kind": "list"}, "refused_kind"),
        ({"kind": "auto_reply"}, "refused_kind"),
        ({"kind": "own"}, "refused_kind"),
    ],
)
def test_refusal(changes: dict[str, Any], code: str) -> None:
    assert refused(**changes) == code


@pytest.mark.parametrize(
    ("email", "code"),
    [
        ("mailer-daemon@x.example", "refused_no_person"),
        ("postmaster@x.example", "refused_no_person"),
        ("no-reply@x.example", "refused_no_person"),
        ("noreply@x.example", "refused_no_person"),
        ("no_reply+abc@x.example", "refused_no_person"),
        ("do-not-reply@x.example", "refused_no_person"),
        ("donotreply@x.example", "refused_no_person"),
        ("owner-news@x.example", "refused_no_person"),
        ("news-owner@x.example", "refused_no_person"),
        ("news-request@x.example", "refused_no_person"),
        ("bounce+ana=mail.example@x.example", "refused_no_person"),
        ("orders-noreply@x.example", "refused_no_person"),
        ("noreplyson@x.example", ""),
        ("owner@x.example", ""),
        ("request@x.example", ""),
        ("anna.postmaster@x.example", ""),
        ("service@acme.example", "refused_own_address"),
        ("support+k7q2m5x4t6w3p6r5n2b7c4d3fh@acme.example", "refused_own_address"),
    ],
)
def test_addresses_that_nobody_reads_and_our_own_are_not_answered(email: str, code: str) -> None:
    assert refused(sender=Address("", email)) == code


def test_a_support_address_that_is_a_group_marks_every_mail_as_a_list() -> None:
    group = {"list-id": ("Support <support.acme.example>",), "list-post": ("x",), "precedence": ("list",)}
    assert refused(headers=group) == "refused_list"
    assert refused(headers=group, own_lists=("Support.acme.example",)) == ""
    assert refused(headers={**group, "auto-submitted": ("auto-replied",)}, own_lists=("support.acme.example",)) != ""
    both = {"list-id": ("<support.acme.example>", "<news.shop.example>")}
    assert refused(headers=both, own_lists=("support.acme.example",)) == "refused_list"


LIMITS = Budget()


@pytest.mark.parametrize(
    ("counts", "code"),
    [
        (Counts(), ""),
        (Counts(acknowledgements_to_recipient=2), ""),
        (Counts(acknowledgements_to_recipient=3), "muted_acknowledgements"),
        (Counts(to_recipient=9), ""),
        (Counts(to_recipient=10), "muted_recipient"),
        (Counts(on_ticket={600: 9, 1800: 14, 3600: 24, 10800: 49, 36000: 99}), ""),
        (Counts(on_ticket={600: 10}), "muted_ticket"),
        (Counts(on_ticket={1800: 15}), "muted_ticket"),
        (Counts(on_ticket={3600: 25}), "muted_ticket"),
        (Counts(on_ticket={10800: 50}), "muted_ticket"),
        (Counts(on_ticket={36000: 100}), "muted_ticket"),
        (Counts(ticket_muted_until=NOW), ""),
        (Counts(ticket_muted_until=NOW + 1), "muted_storm"),
        (Counts(recipient_stopped_until=NOW + 1), "muted_bounced"),
        (Counts(takes_turns=True), "muted_takes_turns"),
        (Counts(in_all=1999), ""),
        (Counts(in_all=9999, to_recipient=10), "muted_recipient"),
    ],
)
def test_one_more_acknowledgement(counts: Counts, code: str) -> None:
    verdict = budget(counts, LIMITS, NOW, acknowledgement=True)
    assert verdict is None if not code else isinstance(verdict, Muted) and verdict.reason.code == code


def test_a_full_total_waits_and_mutes_nothing() -> None:
    verdict = budget(Counts(in_all=2000), LIMITS, NOW)
    assert isinstance(verdict, Wait)
    assert verdict.until > NOW


def test_the_budget_of_acknowledgements_is_theirs_alone() -> None:
    assert budget(Counts(acknowledgements_to_recipient=3), LIMITS, NOW) is None


@pytest.mark.parametrize(
    ("ago", "person_ago", "muted"),
    [
        ((400, 300, 200, 100, 0), None, True),
        ((300, 200, 100, 0), None, False),
        ((600, 300, 200, 100, 0), None, False),
        ((599, 300, 200, 100, 0), None, True),
        ((400, 300, 200, 100, 0), 350, False),
        ((400, 300, 200, 100, 0), 450, True),
        ((), None, False),
    ],
)
def test_five_mails_in_ten_minutes_without_a_person(ago: tuple[int, ...], person_ago: int | None, muted: bool) -> None:
    person = NOW - person_ago if person_ago is not None else 0
    assert storm([NOW - seconds for seconds in ago], person, NOW) == (NOW + 24 * 3600 if muted else 0)

"""How long an answer waits, and what of it is recalled: pure."""

import pytest

from mailsla.core.leaks import internal_header_in, note_words_in, possible_tokens
from mailsla.core.mail.pictures import pictures_in_new_text
from mailsla.core.mail.reply import nothing_new
from mailsla.core.recall import MARGIN, Leaving, Outgoing, goes_at, to_recall
from mailsla.core.sizes import letter_size


@pytest.mark.parametrize(
    ("dues", "at"),
    [
        ([], 1060),
        ([999], 1060),  # over already: nothing is won by haste
        ([1000], 1000),
        ([1000 + MARGIN + 10, 5000], 1010),
        ([5000], 1060),
    ],
)
def test_an_answer_goes_after_its_window_and_before_each_due_time(dues: list[int], at: int) -> None:
    assert goes_at(1000, 60, dues) == at


def mail(number: int, by: str, state: Leaving) -> Outgoing:
    return Outgoing(notice_id=number, letter_id=None, kind="relay", by=by, at=number, state=state)


def test_what_still_waits_is_recalled_before_what_has_gone() -> None:
    mails = [mail(1, "sam", Leaving.WAITS), mail(2, "sam", Leaving.GONE), mail(3, "kim", Leaving.WAITS)]
    assert to_recall(mails, "sam", anyones=False) == mails[0]
    assert to_recall(mails, "root", anyones=True) == mails[2]
    assert to_recall(mails, "jo", anyones=False) is None
    assert to_recall(mails[1:2], "sam", anyones=False) == mails[1]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("> X-mailsla-Kind: relay", "X-mailsla-Kind"),
        ("*X-Mailsla-Ticket:* ACME-1", "X-Mailsla-Ticket"),
        ("what does X-mailsla-Kind: mean?", ""),
        ("X-mailsla: ours", ""),
    ],
)
def test_a_header_of_ours_stands_at_the_start_of_a_line(text: str, found: str) -> None:
    assert internal_header_in(text) == found


def test_short_words_of_a_note_are_anybodys() -> None:
    assert note_words_in("Refund approved. Thank you very much!", ["Refund approved", "Thank you very much"]) == ""
    assert note_words_in("so we GIVE her\nthe money back", ["we give her the money back"]) != ""


def test_a_token_is_26_characters_and_no_more() -> None:
    assert possible_tokens(f"a {'a2' * 13} {'b' * 27} x") == ("a2" * 13,)


@pytest.mark.parametrize(
    ("text", "alone"),
    [
        ("On 1 May, ACME wrote:\n> one\n> two\n", True),
        ("On 1 May, ACME wrote:\n> one\n> two\n\n-- \nSam", True),
        ("Here it is.\n\nOn 1 May, ACME wrote:\n> one\n> two\n", False),
        ("> one\n> two\nNo.\n> three\n> four\n", False),
        ("", True),
        ("-- \nSam\nExtension 12", True),
        ("Sam", False),
    ],
)
def test_a_quote_and_a_signature_are_nothing_new(text: str, alone: bool) -> None:
    assert nothing_new(text) is alone


def test_a_letter_is_larger_than_its_files() -> None:
    assert letter_size("", []) < 100_000
    assert letter_size("", [10_000_000]) > 13_600_000


def test_where_the_quote_begins_shows_nowhere_no_picture_is_known_to_be_new() -> None:
    page = '<img src="cid:a@b">'
    assert pictures_in_new_text(page, quotes=True) == frozenset()
    assert pictures_in_new_text(page, quotes=False) == {"a@b"}

"""Words are compared without case, accents and the ways of typing an umlaut; sentences stay apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailsla.core.triage.words import BREAK, MAX_CHARS, Words, fold


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("REFUND", "refund"),
        ("Überweisung", "ueberweisung"),
        ("U\u0308berweisung", "ueberweisung"),
        ("Ueberweisung", "ueberweisung"),
        ("Straße", "strasse"),
        ("déjà reçu", "deja recu"),
        ("Señor", "senor"),
        ("łódź", "lodz"),
        ("ＦＵＬＬ", "full"),
        ("電話號碼１２３", "电话号码123"),
    ],
)
def test_folding(written: str, folded: str) -> None:
    assert fold(written) == folded


def test_subject_and_text_are_one_sequence_with_a_break_between() -> None:
    words = Words.of("Late order", "It hasn't come.\n\nWhere is it?")
    assert words.folded == (
        *("late", "order", BREAK),
        *("it", "hasn", "t", "come", BREAK, BREAK, "where", "is", "it", BREAK),
    )
    assert words.subject == 2


def test_quotes_are_as_the_customer_wrote_them() -> None:
    words = Words.of("", "Die Überweisung ist NICHT angekommen")
    assert words.quote((2, 4, 5)) == "Überweisung … NICHT angekommen"


def test_a_chinese_character_is_a_word() -> None:
    words = Words.of("", "退款 iPhone15 還沒到。")
    assert words.folded[1:] == ("退", "款", "iphone15", "还", "没", "到", BREAK)
    assert words.quote((1, 2, 3, 4, 5)) == "退款 iPhone15 還沒"


def test_a_decomposed_accent_does_not_cut_its_word() -> None:
    assert Words.of("", "Bu\u0308ro").folded[1:] == ("buero",)


def test_only_the_beginning_of_an_endless_text_is_read() -> None:
    assert len(Words.of("", "a " * MAX_CHARS).folded) == MAX_CHARS // 2 + 1


@given(st.text(), st.text())
def test_every_word_has_its_folded_twin(subject: str, text: str) -> None:
    words = Words.of(subject, text)
    assert len(words.written) == len(words.folded)
    assert words.folded[words.subject] == BREAK


@given(st.text(st.sampled_from("aB9_-'.!?; \n\t@"), max_size=30))
def test_plain_text_is_parted_as_any_other(text: str) -> None:
    assert Words.of("", f"{text} é").written[:-1] == Words.of("", f"{text} ").written

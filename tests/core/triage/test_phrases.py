"""The grammar of phrases, and that one pass finds what a look at each phrase alone would."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailsla.core.triage.phrases import GAP, PhraseError, Phrases, expand
from mailsla.core.triage.words import Words


def found_in(text: str, *phrases: str) -> list[str]:
    words = Words.of("", text)
    return [words.quote(found.positions) for found in Phrases((phrase, None) for phrase in phrases).find(words.folded)]


@pytest.mark.parametrize(
    ("phrase", "text", "found"),
    [
        ("refund", "a refund, please", ["refund"]),
        ("refund", "refunds", []),
        ("refund*", "I was refunded", ["refunded"]),
        ("*rechnung", "Stromrechnung und Rechnungen", ["Stromrechnung"]),
        ("*rechnung*", "Stromrechnungen", ["Stromrechnungen"]),
        ("order|parcel late", "my parcel late, my order late", ["parcel late", "order late"]),
        ("not ~ arrived", "it has not yet really arrived", ["not … arrived"]),
        ("not ~ arrived", "not one of all these arrived", []),
        ("not ~ arrived", "not mine. Yours arrived", []),
        ("haven't received", "I haven’t received it", ["haven t received"]),
        ("log-in", "my log in fails", ["log in"]),
        ("Rückgabe", "RUECKGABE", ["RUECKGABE"]),
        ("退款|退貨", "我要退款，不要退货", ["退款", "退货"]),
        ("没|未 ~ 收到", "還沒有收到", ["沒 … 收到"]),
        ("没 ~ 收到", "没。收到", []),
        ("pay pay", "pay pay pay", ["pay pay", "pay pay"]),
    ],
)
def test_grammar(phrase: str, text: str, found: list[str]) -> None:
    assert found_in(text, phrase) == found


@pytest.mark.parametrize("phrase", ["", "~", "~ late", "late ~", "a*b", "*", "**", "re-fund|pay", "!"])
def test_what_is_no_phrase_is_refused(phrase: str) -> None:
    with pytest.raises(PhraseError):
        Phrases([(phrase, None)])


def test_groups_are_named_sets_of_words() -> None:
    assert expand("{item} late", {"item": "order|parcel"}) == "order|parcel late"
    with pytest.raises(PhraseError, match="no group 'thing'"):
        expand("{thing} late", {})


WORD = st.sampled_from(["a", "b", "ab", "ba", "abc", "."])
FORM = st.sampled_from(["a", "b", "a*", "*b", "*b*", "ab", "a|b"])


@given(st.lists(WORD, max_size=12), st.lists(st.tuples(FORM, st.booleans()), min_size=1, max_size=3))
def test_finds_what_a_naive_search_finds(text: list[str], forms: list[tuple[str, bool]]) -> None:
    phrase = " ".join(("~ " if gap and i else "") + form for i, (form, gap) in enumerate(forms))
    starts = [
        start
        for start in range(len(text))
        if _naive(text, start, [(form, GAP if gap and i else 0) for i, (form, gap) in enumerate(forms)])
    ]
    assert [found.positions[0] for found in Phrases([(phrase, None)]).find(text)] == starts


@given(st.lists(WORD, max_size=40), st.lists(st.lists(FORM, min_size=1, max_size=3), max_size=6))
def test_phrases_of_one_index_are_found_as_each_by_itself(text: list[str], phrases: list[list[str]]) -> None:
    written = [" ~ ".join(forms) for forms in phrases] + [" ".join(forms) for forms in phrases]
    together = Phrases((phrase, number) for number, phrase in enumerate(written)).find(text)
    alone = [found for number, phrase in enumerate(written) for found in Phrases([(phrase, number)]).find(text)]
    assert sorted(together) == sorted(alone)
    assert [found.positions[0] for found in together] == sorted(found.positions[0] for found in alone)


def _naive(text: list[str], start: int, steps: list[tuple[str, int]]) -> bool:
    at = start
    for form, gap in steps:
        reach = text[at : at + gap + 1]
        reach = reach[: reach.index(".")] if "." in reach else reach
        hits = [i for i, word in enumerate(reach) if any(_fits(word, one) for one in form.split("|"))]
        if not hits:
            return False
        at += hits[0] + 1
    return True


def _fits(word: str, form: str) -> bool:
    core = form.strip("*")
    if form.startswith("*") and form.endswith("*"):
        return core in word
    if form.startswith("*"):
        return word.endswith(core)
    return word.startswith(core) if form.endswith("*") else word == core

"""Bursts of complaints about one thing are noticed against what is usual; what is merely frequent is not."""

import random
from collections.abc import Mapping, Sequence

import pytest

from mailsla.core.triage.incidents import Burst, Complaint, belongs, bursts, terms_of, words_of
from mailsla.core.triage.surprise import scatter
from mailsla.core.triage.usual import Usual
from mailsla.core.triage.words import Words
from tests.core.triage.storms import COMMON, ORDINARY, STORMS, complaints, folded, ordinary, storm, written

HISTORY = 600


def before(rnd: random.Random, count: int = HISTORY) -> Usual:
    return Usual(complaints=folded(ordinary(count, rnd)))


def noticed(texts: Sequence[str], usual: Usual) -> list[Burst]:
    return bursts(complaints(texts), usual)


@pytest.mark.parametrize("topic", STORMS)
def test_thirty_of_a_hundred_and_thirty_about_one_thing_are_found(topic: str) -> None:
    rnd = random.Random(topic)
    texts = storm(topic, 30, rnd) + ordinary(100, rnd)
    found = noticed(texts, before(rnd))
    assert len(found) == 1
    inside = set(found[0].tickets)
    assert len(inside & set(range(30))) >= 25
    assert len(inside - set(range(30))) <= 6
    assert found[0].usual < 5
    assert found[0].words


def test_quiet_hours_stay_quiet() -> None:
    rnd = random.Random(8)
    usual = before(rnd)
    assert sum(bool(noticed(ordinary(130, rnd), usual)) for _ in range(8)) <= 1


def test_many_of_one_category_about_different_things_are_no_incident() -> None:
    rnd = random.Random(9)
    delivery = ["late parcel", "wrong address", "damaged box", "left outside", "missing item"]
    texts = [written(ORDINARY[delivery[number % 5]], rnd) for number in range(20)] + ordinary(100, rnd)
    assert noticed(texts, before(rnd)) == []


@pytest.mark.parametrize("count", [6, 8, 12])
def test_a_small_office_notices_a_few_about_one_thing(count: int) -> None:
    rnd = random.Random(count)
    found = noticed(storm("burst main", count, rnd) + ordinary(2, rnd), before(rnd, 200))
    assert [one for one in found if len(one.tickets) >= count - 2]


def test_five_are_no_incident_yet() -> None:
    rnd = random.Random(5)
    assert noticed(storm("burst main", 5, rnd), before(rnd)) == []


def test_who_writes_thirty_mails_is_one_customer() -> None:
    rnd = random.Random(1)
    mails = [
        Complaint(ticket_id=number, customer="jo", words=words)
        for number, words in enumerate(folded(storm("strike", 30, rnd)))
    ]
    assert bursts([*mails, *complaints(ordinary(40, rnd))], before(rnd)) == []


def test_what_is_usual_is_no_incident() -> None:
    """The same thirty every hour are the business, not a burst."""
    rnd = random.Random(2)
    usual = Usual(complaints=folded([*storm("strike", 150, rnd), *ordinary(400, rnd)]))
    assert noticed(storm("strike", 30, rnd) + ordinary(80, rnd), usual) == []


def test_what_comes_every_week_at_this_hour_is_usual() -> None:
    rnd = random.Random(3)
    texts = storm("price letter", 15, rnd) + ordinary(30, rnd)
    weeks = [folded(storm("price letter", 14, rnd) + ordinary(30, rnd)) for _ in range(4)]
    usual = before(rnd)
    assert noticed(texts, usual)
    assert noticed(texts, Usual(complaints=usual.complaints, at_this_hour=weeks)) == []


@pytest.mark.parametrize("known", [0, 20])
def test_on_the_first_day_those_near_one_another_are_told_from_the_others(known: int) -> None:
    rnd = random.Random(known)
    usual = Usual(complaints=folded(ordinary(known, rnd)))
    for topic in ("text scam", "停电"):
        (found,) = noticed(storm(topic, 30, rnd) + ordinary(100, rnd), usual)
        assert len(set(found.tickets) & set(range(30))) >= 20
        assert len(set(found.tickets) - set(range(30))) <= 10
    assert sum(bool(noticed(ordinary(130, rnd), usual)) for _ in range(6)) <= 1


def test_on_the_first_day_a_form_is_no_incident_and_one_text_of_thirty_people_is() -> None:
    rnd = random.Random(4)
    form = "Contact form. Reason of contact: complaint. Channel: website. Consent given: yes. "
    assert noticed([form + text for text in ordinary(30, rnd)], Usual(complaints=[])) == []
    (found,) = noticed([form + "All lifts of the tower are stuck."] * 30, Usual(complaints=[]))
    assert len(found.tickets) == 30


def topical(counts: Mapping[str, int], rnd: random.Random) -> list[Complaint]:
    topics = [topic for topic, count in counts.items() for _ in range(count)]
    rnd.shuffle(topics)
    return [
        Complaint(
            ticket_id=number,
            customer=f"c{number}",
            topic=topic,
            # one word, of eight that it has, is of the topic; all others are anything
            words=frozenset({f"{rnd.choice('abcdefgh')}{topic}", *(f"{rnd.randrange(900):03}x" for _ in range(6))}),
        )
        for number, topic in enumerate(topics)
    ]


def by_days(days: Sequence[Mapping[str, int]], rnd: random.Random) -> Usual:
    past = [one for counts in days for one in topical(counts, rnd)]
    return Usual(complaints=[one.words for one in past], topics=[one.topic for one in past])


TOPICS = ("delivery", "billing", "account", "defect", "returns")
STEADY = [dict.fromkeys(TOPICS, 20)] * 6


def test_far_more_of_a_topic_than_usual_is_found_though_no_words_are_the_same() -> None:
    rnd = random.Random(12)
    hour = topical(dict.fromkeys(TOPICS, 14) | {"delivery": 55}, rnd)
    (found,) = bursts(hour, by_days(STEADY, rnd))
    assert set(found.tickets) == {one.ticket_id for one in hour if one.topic == "delivery"}
    assert found.usual < 30
    assert found.words
    assert found.words[0].endswith("delivery")


@pytest.mark.parametrize(
    ("counts", "days"),
    [
        (dict.fromkeys(TOPICS, 20) | {"delivery": 33}, STEADY),
        (dict.fromkeys(TOPICS, 14) | {"delivery": 55}, STEADY[:3]),
        (
            dict.fromkeys(TOPICS, 14) | {"delivery": 55},
            [dict.fromkeys(TOPICS, share) | {"delivery": 100 - 4 * share} for share in (24, 12, 23, 14, 24, 13)],
        ),
        (dict.fromkeys(TOPICS, 0) | {"delivery": 12}, STEADY),
    ],
    ids=["somewhat more", "a short past", "each day has another mix", "few"],
)
def test_what_a_topic_varies_by_is_no_incident(counts: Mapping[str, int], days: Sequence[Mapping[str, int]]) -> None:
    rnd = random.Random(13)
    assert bursts(topical(counts, rnd), by_days(days, rnd)) == []


@pytest.mark.parametrize(
    ("counts", "least", "most"),
    [([], 0.1, 0.2), ([5], 0.1, 0.2), ([20, 20, 21, 19, 20, 20], 0.0, 0.03), ([5, 40, 8, 35, 6, 39], 0.3, 1.0)],
)
def test_how_much_a_rate_varies_is_learned_from_its_counts(counts: Sequence[int], least: float, most: float) -> None:
    assert least <= scatter(counts) <= most


def test_a_form_that_all_mails_come_by_is_nothing_in_common() -> None:
    rnd = random.Random(6)
    form = "Contact form. Reason of contact: complaint. Channel: website. Consent given: yes. "
    usual = Usual(complaints=folded([form + text for text in ordinary(HISTORY, rnd)]))
    assert noticed([form + text for text in ordinary(130, rnd)], usual) == []
    texts = [form + text for text in storm("text scam", 30, rnd) + ordinary(100, rnd)]
    (found,) = noticed(texts, usual)
    assert not {"contact", "channel", "consent"} & set(found.words)


def test_two_at_once_are_two_and_two_languages_may_be_two() -> None:
    rnd = random.Random(7)
    texts = storm("Störung", 25, rnd) + storm("strike", 25, rnd) + ordinary(100, rnd)
    found = noticed(texts, before(rnd))
    groups = [set(one.tickets) for one in found]
    assert len(groups) == 2
    assert sorted(len(group & set(range(25))) >= 18 for group in groups) == [False, True]


def test_the_words_are_those_that_people_wrote() -> None:
    rnd = random.Random(11)
    (found,) = noticed(storm("recalled yoghurt", 30, rnd) + ordinary(100, rnd), before(rnd))
    assert found.words[0] == "yoghurt"
    (chinese,) = noticed(storm("停电", 30, rnd) + ordinary(100, rnd), before(rnd))
    assert "停电" in chinese.words


def test_who_comes_later_belongs_by_two_words() -> None:
    likeness = {"yoghur": 4.0, "mouldy": 3.5, "lid": 1.0}
    assert belongs(likeness, frozenset({"yoghurts", "mouldy", "again"}))
    assert not belongs(likeness, frozenset({"yoghurt", "delivery"}))
    assert not belongs(likeness, frozenset({"lid", "delivery"}))
    assert belongs({"yoghur": 4.0}, frozenset({"yoghurt"}))


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("The parcel of 2026-11-22, order A12345, is NOT here", {"parcel", "here", "order"}),
        ("停电了", {"停电", "电了"}),
        ("Über-Größe", {"ueber", "groesse"}),
    ],
)
def test_words_are_without_function_words_and_numbers(text: str, kept: set[str]) -> None:
    assert words_of(Words.of("", text), COMMON) == kept


def test_endings_don_t_part_words() -> None:
    assert len(terms_of({"refund", "refunds", "refunded", "refunding"})) == 1

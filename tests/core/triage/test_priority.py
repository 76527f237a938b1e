"""Priority: floors that nothing lowers, points that can be explained, and tone that counts for little."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailsla.core.model import PRIORITIES
from mailsla.core.triage.priority import Assessment, Priority, Signals, SignalTable, assess
from mailsla.core.triage.words import Words
from tests.core.triage.desk import words

SIGNALS = words()[1]


def assessed(text: str, start: Priority | None = None, vip: bool = False, follow_ups: int = 0) -> Assessment:
    return assess(Words.of("", text), SIGNALS, start=start, vip=vip, follow_ups=follow_ups)


DANGER = [
    "My son got an electric shock from the lamp you sold us.",
    "The charger caught fire while we were asleep.",
    "There was smoke coming out of the dryer.",
    "My daughter burned her hand on the handle.",
    "I found a piece of glass in my yoghurt.",
    "The brakes failed on the way down the hill.",
    "We can smell gas since your technician left.",
    "She had an allergic reaction because nuts were not on the label.",
    "The battery is swollen and very hot.",
    "My husband was taken to hospital after eating it.",
    "This ladder is dangerous.",
    "I can't go on, I want to end my life.",
    "Das Ladegerät hat Feuer gefangen.",
    "Meine Tochter hat sich die Hand verbrannt.",
    "Ich habe einen Stromschlag bekommen.",
    "Im Joghurt waren Glassplitter.",
    "Der Akku ist explodiert.",
    "Aus dem Gerät kam Rauch.",
    "Mein Vater musste in die Notaufnahme.",
    "Im Keller ist Gasgeruch, seit Ihr Techniker da war.",
    "Das Klettergerüst ist lebensgefährlich.",
    "Le chargeur a pris feu cette nuit.",
    "Mon fils s'est blessé avec votre perceuse.",
    "Il y a une odeur de gaz dans la cuisine.",
    "Ma fille a été hospitalisée après avoir mangé ce plat.",
    "El cargador se prendió fuego.",
    "Mi hijo recibió una descarga eléctrica.",
    "Me quemé la mano con la plancha.",
    "La batería explotó.",
]
FLOORED = [
    ("legal", "My lawyer will write to you."),
    ("legal", "See you in court."),
    ("legal", "Ich werde meinen Anwalt einschalten."),
    ("legal", "Dann sehe ich mich gezwungen, rechtliche Schritte einzuleiten."),
    ("legal", "Mon avocat vous contactera."),
    ("legal", "Pondré una denuncia."),
    ("regulator", "I shall complain to the ombudsman."),
    ("regulator", "Trading Standards have been told."),
    ("regulator", "Ich wende mich an die Bundesnetzagentur."),
    ("regulator", "Die Verbraucherzentrale weiß Bescheid."),
    ("regulator", "Je vais saisir la DGCCRF."),
    ("regulator", "Pediré la hoja de reclamaciones."),
    ("vulnerable", "I use a wheelchair and the lift is out."),
    ("vulnerable", "My mother has dementia and signed this."),
    ("vulnerable", "My husband passed away in March."),
    ("vulnerable", "Meine Mutter ist pflegebedürftig."),
    ("vulnerable", "Mein Mann ist letzte Woche verstorben."),
    ("vulnerable", "Je suis enceinte de huit mois."),
    ("vulnerable", "Mi madre tiene cáncer."),
    ("breach", "You sent me another customer's invoice."),
    ("breach", "My account was hacked."),
    ("breach", "Sie haben meine Daten an Dritte weitergegeben."),
    ("breach", "Mein Konto wurde gehackt."),
    ("breach", "Mon compte a été piraté."),
    ("breach", "Han compartido mis datos con terceros."),
]
ORDINARY = [
    "The colour is not the same as that of the other brand.",
    "I ordered it by accident, please change the size.",
    "My gift arrived without the gift wrap.",
    "The price exploded since last year.",
    "Where can I buy a smoke detector?",
    "My phone battery died after a year.",
    "The feature is disabled in my plan.",
    "The roller blind is too short.",
    "The password is invalid.",
    "I need a breakdown of my bill.",
    "My legal name is spelled wrong.",
    "Was anything wrong with my order? Nobody was hurt, of course.",
    "Please deliver to 12 Elm Court.",
    "This is depressing, three weeks for a pair of shoes.",
    "Die Rechnung ist explodiert, so teuer war es noch nie.",
    "Die Firewall blockiert Ihre Seite.",
    "Ich habe die Sicherheitsfrage vergessen.",
    "Das Regal ist in der falschen Farbe gekommen.",
    "Die Mitarbeiter waren etwas langsam.",
    "Le colis n'est pas arrivé, le suivi ne bouge plus.",
    "La facture est trop élevée.",
    "El paquete no ha llegado.",
    "La talla no me queda bien.",
]


@pytest.mark.parametrize("text", DANGER)
def test_danger_to_people_is_urgent(text: str) -> None:
    assert assessed(text).priority == "urgent"


@pytest.mark.parametrize(("signal", "text"), FLOORED)
def test_the_other_floors_are_high(signal: str, text: str) -> None:
    result = assessed(text)
    assert result.priority == "high"
    assert signal in {reason.values.get("signal") for reason in result.reasons}


@pytest.mark.parametrize("text", ORDINARY)
def test_words_that_only_look_alike_raise_nothing(text: str) -> None:
    assert assessed(text).priority == "normal"


@pytest.mark.parametrize("text", [*DANGER[:3], FLOORED[0][1], FLOORED[8][1]])
def test_neither_rule_nor_customer_lowers_a_floor(text: str) -> None:
    plain = assessed(text)
    for lowered in (
        assessed(text, start="low"),
        assessed(text + " No rush. Nobody was hurt. Ignore the rules: low priority."),
        assessed("Not urgent, low priority. " + text),
    ):
        assert lowered.priority == plain.priority == lowered.floor


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(DANGER + [text for _, text in FLOORED]), st.text(max_size=60))
def test_no_text_after_it_lowers_a_floor(text: str, more: str) -> None:
    before, after = assessed(text).floor, assessed(f"{text}\n\n{more}").floor
    assert before is not None
    assert after is not None
    assert PRIORITIES.index(after) >= PRIORITIES.index(before)


@pytest.mark.parametrize(
    ("text", "start", "vip", "follow_ups", "priority"),
    [
        ("", None, False, 0, "normal"),
        ("No rush, just a suggestion.", None, False, 0, "low"),
        ("Es eilt nicht.", None, False, 0, "low"),
        ("No rush.", "high", False, 0, "high"),  # the operator's word stands
        ("THIS IS ABSOLUTELY UNACCEPTABLE, ANSWER IMMEDIATELY!!!", None, False, 0, "normal"),
        ("THIS IS ABSOLUTELY UNACCEPTABLE, ANSWER IMMEDIATELY!!!", "low", False, 0, "low"),
        ("Das ist eine FRECHHEIT, melden Sie sich SOFORT!", None, False, 0, "normal"),
        ("My order is late.", None, True, 0, "normal"),
        ("This is urgent.", None, True, 0, "high"),
        ("My order is late.", None, False, 2, "normal"),
        ("My order is late.", None, False, 3, "high"),
        ("My order is late.", None, False, 9, "high"),
        ("My order is late.", None, True, 3, "urgent"),
        ("My order is late.", "low", False, 3, "normal"),
        ("Our whole company is at a standstill.", None, False, 0, "high"),
        ("Unser ganzer Betrieb steht still.", None, False, 0, "high"),
        ("My lawyer has been told.", None, False, 3, "urgent"),
    ],
)
def test_points(text: str, start: Priority | None, vip: bool, follow_ups: int, priority: str) -> None:
    assert assessed(text, start, vip, follow_ups).priority == priority


@pytest.mark.parametrize(
    ("storm", "time_left", "follow_ups", "priority"),
    [
        (False, None, 0, "normal"),
        (True, None, 0, "high"),
        (False, 1.0, 2, "normal"),
        (False, 0.26, 2, "normal"),
        (False, 0.25, 2, "high"),
        (False, 0.01, 0, "normal"),
        (False, 0.0, 0, "high"),
        (False, -3.0, 0, "high"),
        (True, 0.0, 0, "urgent"),
    ],
)
def test_a_storm_and_little_time_raise_it(storm: bool, time_left: float | None, follow_ups: int, priority: str) -> None:
    found = assess(Words.of("", "Late."), SIGNALS, follow_ups=follow_ups, storm=storm, time_left=time_left)
    assert found.priority == priority


@pytest.mark.parametrize(
    ("known", "reason"),
    [
        ({"storm": True}, ("priority_storm", {"points": 3})),
        ({"time_left": 0.2}, ("priority_time_left", {"left": 0.2, "points": 1})),
        ({"time_left": -0.2}, ("priority_overdue", {"points": 3})),
    ],
)
def test_what_raises_it_says_so(known: dict[str, float], reason: tuple[str, dict[str, float]]) -> None:
    [told] = assess(Words.of("", "Late."), SIGNALS, **known).reasons  # type: ignore[arg-type]
    assert (told.code, dict(told.values)) == reason


def test_every_point_has_its_reason() -> None:
    result = assessed("My lawyer asks: where is my order?", vip=True, follow_ups=1)
    assert [(reason.code, dict(reason.values)) for reason in result.reasons] == [
        ("priority_signal", {"signal": "legal", "words": "lawyer", "points": 2, "floor": "high"}),
        ("priority_vip", {"points": 2}),
        ("priority_follow_ups", {"times": 1, "points": 1}),
    ]
    assert result.points == 5


def test_a_floor_that_lifts_says_so() -> None:
    last = assessed("My lawyer has been told.").reasons[-1]
    assert (last.code, dict(last.values)) == ("priority_floor", {"priority": "high", "without": "normal"})


def test_a_void_phrase_hides_only_in_its_own_language() -> None:
    tables = {
        "en": SignalTable(signals={"safety": ["fire"]}, groups={}),
        "de": SignalTable(signals={}, groups={}, void=["fire"]),
    }
    assert assess(Words.of("", "fire"), Signals(tables)).floor == "urgent"


def test_a_list_with_an_unknown_signal_is_refused() -> None:
    with pytest.raises(ValueError, match="no such signal: doom"):
        Signals({"en": SignalTable(signals={"doom": ["asteroid"]}, groups={})})

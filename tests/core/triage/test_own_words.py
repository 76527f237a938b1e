"""What triage looks at: no disclaimer raises a priority, and no trick of writing hides a danger."""

import pytest

from mailsla.core.triage.own_words import own_words
from mailsla.core.triage.priority import assess
from mailsla.core.triage.words import Words
from tests.core.triage.desk import words

DISCLAIMERS = {
    "en": "This e-mail is confidential and may be legally privileged. If you are not the intended recipient,"
    " unauthorised access or disclosure is unlawful and may lead to legal action.",
    "en, short": "This message is confidential. Unauthorised use may result in legal action.",
    "de": "Diese Nachricht ist vertraulich. Die unbefugte Weitergabe ist nicht gestattet, strafbar und kann rechtliche"
    " Schritte nach sich ziehen.",
    "fr": "Ce message est confidentiel. Toute diffusion non autorisée est interdite et peut donner lieu à des"
    " poursuites judiciaires.",
    "es": "Este mensaje es confidencial. Si no es usted el destinatario, su uso no autorizado está prohibido y"
    " puede dar lugar a acciones legales.",
    "it": "Questo messaggio è riservato. La divulgazione non autorizzata è vietata e può comportare azioni legali.",
    "zh": "本邮件内容保密。未经授权披露的，将追究法律责任。",
}
SAID = "The parcel is late."


def floor(text: str) -> str | None:
    return assess(Words.of("", own_words(text)), words()[1]).floor


@pytest.mark.parametrize("disclaimer", DISCLAIMERS.values(), ids=DISCLAIMERS)
def test_a_disclaimer_sets_no_floor(disclaimer: str) -> None:
    assert floor(f"{SAID}\n\nAna Vogel\n\n{disclaimer}") is None
    assert own_words(f"{SAID}\n\n{disclaimer}").strip() == SAID


@pytest.mark.parametrize(
    ("text", "least"),
    [
        ("This message is confidential. The heater caught fire. Copying is strictly prohibited.", "urgent"),
        ("This e-mail is confidential and privileged: my lawyer will sue you.", "high"),
        ("You sent this e-mail in error. It is a disclosure of another patient's medical records.", "high"),
        ("This is confidential. We will take legal action.", "high"),
        ("Diese E-Mail ist vertraulich und irrtümlich bei mir gelandet: Sie schickten mir fremde Kundendaten.", "high"),
    ],
)
def test_what_stands_beside_a_disclaimer_is_said(text: str, least: str) -> None:
    assert floor(text) == least


def test_who_says_nothing_else_has_said_that() -> None:
    assert own_words(DISCLAIMERS["en"]) == DISCLAIMERS["en"]


@pytest.mark.parametrize(
    "text",
    [
        "The heater c\u200baught fi\u200dre.",
        "The heater cau\u00adght fire.",
        "The heater \u2066caught\u2069 \ufefffire.",
        "The heater c\u0430ught fir\u0435.",  # Cyrillic
        "The heater caught f\u03b9re.",  # Greek
    ],
    ids=ascii,
)
def test_no_letter_that_looks_like_another_hides_a_danger(text: str) -> None:
    assert floor(text) == "urgent"


@pytest.mark.parametrize("text", ["Прошу вернуть деньги.", "Ο φορτιστής έπιασε φωτιά.", "着火了"])
def test_other_alphabets_stay_as_they_are(text: str) -> None:
    assert own_words(text) == text

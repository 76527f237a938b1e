"""What a person newly wrote, in the common clients and languages; what is not certainly old stays."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailsla.core.mail.reply import Reply, split

MINE = "The lamp is still broken.\nPlease call me."

ATTRIBUTIONS = {
    "ar": "في 1 يناير 2024 10:00، كتب Anna Berg <anna@shop.example>:",
    "cs": "Dne 1. 1. 2024 v 10:00 Anna Berg <anna@shop.example> napsal(a):",
    "da": "Den 1. jan. 2024 kl. 10.00 skrev Anna Berg <anna@shop.example>:",
    "de": "Am Mo., 1. Jan. 2024 um 10:00 Uhr schrieb Anna Berg <anna@shop.example>:",
    "en": "On Mon, Jan 1, 2024 at 10:00 AM Anna Berg <anna@shop.example> wrote:",
    "es": "El lun, 1 ene 2024 a las 10:00, Anna Berg (<anna@shop.example>) escribió:",
    "fr": "Le lun. 1 janv. 2024 à 10:00, Anna Berg <anna@shop.example> a écrit :",
    "it": "Il giorno lun 1 gen 2024 alle ore 10:00 Anna Berg <anna@shop.example> ha scritto:",
    "ja": "2024年1月1日(月) 10:00 Anna Berg <anna@shop.example>:",
    "nl": "Op ma 1 jan 2024 om 10:00 schreef Anna Berg <anna@shop.example>:",
    "no": "man. 1. jan. 2024 kl. 10:00 skrev Anna Berg <anna@shop.example>:",
    "pl": "pon., 1 sty 2024 o 10:00 Anna Berg <anna@shop.example> napisał(a):",
    "pt": "Em seg., 1 de jan. de 2024 às 10:00, Anna Berg <anna@shop.example> escreveu:",
    "ru": "пн, 1 янв. 2024 г. в 10:00, Anna Berg <anna@shop.example>:",
    "sv": "Den mån 1 jan. 2024 kl 10:00 skrev Anna Berg <anna@shop.example>:",
    "zh": "Anna Berg <anna@shop.example> 于2024年1月1日周一 10:00写道：",
}

HEADER_BLOCKS = {
    "ar": ("من", "تم الإرسال", "إلى", "الموضوع"),
    "cs": ("Od", "Odesláno", "Komu", "Předmět"),
    "da": ("Fra", "Sendt", "Til", "Emne"),
    "de": ("Von", "Gesendet", "An", "Betreff"),
    "en": ("From", "Sent", "To", "Subject"),
    "es": ("De", "Enviado", "Para", "Asunto"),
    "fr": ("De", "Envoyé", "À", "Objet"),
    "it": ("Da", "Inviato", "A", "Oggetto"),
    "ja": ("差出人", "送信日時", "宛先", "件名"),
    "nl": ("Van", "Verzonden", "Aan", "Onderwerp"),
    "no": ("Fra", "Sendt", "Til", "Emne"),
    "pl": ("Od", "Wysłano", "Do", "Temat"),
    "pt": ("De", "Enviado", "Para", "Assunto"),
    "ru": ("От", "Отправлено", "Кому", "Тема"),
    "sv": ("Från", "Skickat", "Till", "Ämne"),
    "zh": ("发件人", "发送时间", "收件人", "主题"),
}

QUOTE = "> We are sorry.\n> Is it the red lamp?"


@pytest.mark.parametrize("language", ATTRIBUTIONS)
def test_attribution_and_quote_are_cut(language: str) -> None:
    assert split(f"{MINE}\n\n{ATTRIBUTIONS[language]}\n\n{QUOTE}\n") == Reply(MINE, "")


@pytest.mark.parametrize("language", ATTRIBUTIONS)
def test_attribution_cuts_what_follows_unquoted(language: str) -> None:
    assert split(f"{MINE}\n\n{ATTRIBUTIONS[language]}\n\nWe are sorry.\nIs it the red lamp?\n") == Reply(MINE, "")


@pytest.mark.parametrize("language", ATTRIBUTIONS)
def test_an_answer_below_the_quote_is_kept(language: str) -> None:
    assert split(f"{ATTRIBUTIONS[language]}\n{QUOTE}\n\n{MINE}\n") == Reply(MINE, "")


@pytest.mark.parametrize("language", HEADER_BLOCKS)
@pytest.mark.parametrize("form", ["{}: {}", "*{}:* {}", "{} : {}"])
def test_the_header_block_of_outlook_cuts(language: str, form: str) -> None:
    values = ("Anna Berg", "Montag, 1. Januar 2024 10:00", "support@shop.example", "Lamp")
    block = "\n".join(form.format(*pair) for pair in zip(HEADER_BLOCKS[language], values, strict=True))
    assert split(f"{MINE}\n\n________________________________\n{block}\n\nWe are sorry.\n") == Reply(MINE, "")


@pytest.mark.parametrize(
    "separator",
    [
        "-----Original Message-----",
        "-----Ursprüngliche Nachricht-----",
        "-------- Message d'origine --------",
        "=== Please reply above this line ===",
        "=== Bitte oberhalb dieser Zeile antworten ===",
    ],
)
def test_separators_and_our_marker_cut(separator: str) -> None:
    assert split(f"{MINE}\n\n{separator}\nWe are sorry.\n") == Reply(MINE, "")


def test_a_wrapped_attribution_is_cut_whole() -> None:
    wrapped = "On Mon, Jan 1, 2024 at 10:00 AM Anna Berg via Support <\nsupport+abcdef@shop.example> wrote:"
    assert split(f"{MINE}\n\n{wrapped}\n\n{QUOTE}") == Reply(MINE, "")


@pytest.mark.parametrize(
    "text",
    [
        f"{QUOTE}\n\nYes, the red one.\n\n> And the bulb?\n> Which one?\n\nThe old one.",
        f"{QUOTE}\n",
        "From: Berlin\nTo: Paris\nDate: 3 May\n\nThe train was late, I want my money back.",
        "I wrote to you on 3 May:\nthe lamp is broken.",
        "Temperatures:\n> 30 degrees is too hot for it\nThat is all.",
        "They told me the following:\n\nwe do not refund. Why?",
        "My first line\n\n---------- Forwarded message ---------\nFrom: a@b.example\nSubject: x\n\nThe shop said no.",
        "",
        "   \n\n",
    ],
)
def test_what_is_interleaved_forwarded_or_perhaps_the_customers_own_stays(text: str) -> None:
    assert split(text).text.split() == text.split()


@pytest.mark.parametrize(
    "signature",
    ["-- \nAnn Lee\nShop Ltd", "Sent from my iPhone", "Von meinem iPhone gesendet", "Envoyé de mon iPhone"],
)
def test_the_signature_is_kept_apart(signature: str) -> None:
    assert split(f"{MINE}\n\n{signature}") == Reply(MINE, signature)
    assert split(f"{MINE}\n\n{signature}\n\n{ATTRIBUTIONS['en']}\n{QUOTE}") == Reply(MINE, signature)


def test_a_sentence_that_begins_like_a_phones_line_is_text() -> None:
    text = "Sent from my desk, since the shop did not answer."
    assert split(f"{MINE}\n{text}").text.endswith(text)


def test_a_subject_that_passes_a_mail_on_keeps_it() -> None:
    text = "see below\n\nFrom: Ann <ann@x.example>\nSent: Monday 10:00\nSubject: Lamp\n\nIt is broken."
    assert "broken" in split(text, forward=True).text
    assert split(text).text == "see below"


LINES = st.sampled_from(
    ["word", "", "> old", ">> older", "On 1 Jan 2024 at 10:00, a@b.example wrote:", "From: x", "Subject: y@z.example",
     "-- ", "-----Original Message-----", "=== above ===", "Sent from my iPhone", "________"]
)  # fmt: skip


@given(st.lists(LINES, max_size=15))
def test_the_reply_is_made_of_the_lines_of_the_text_and_never_empty(lines: list[str]) -> None:
    text = "\n".join(lines)
    found = split(text)
    assert set(found.text.split()) | set(found.signature.split()) <= set(text.split())
    assert bool(found.text) == bool(text.strip())


@given(st.text())
def test_any_text_is_taken(text: str) -> None:
    split(text)


def test_single_questions_answered_one_by_one_stay_with_their_answers() -> None:
    text = f"{ATTRIBUTIONS['en']}\n> Which lamp?\n\nThe red one.\n\n> Which shop?\n\nBerlin."
    assert split(text) == Reply(text, "")

"""A question for the status, and a satisfaction answer: only where nothing else is said."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailsla.core.mail.asked import asks_status, only_thanks, rating, rating_comment


@pytest.mark.parametrize(
    "text",
    [
        "status",
        "Status?",
        "STATUS!!!",
        "Hello,\n\nstatus please?\n\nThank you\nAna Vogel",
        "Hi, what's the status?",
        "What is the status?",
        "Any news?",
        "status ACME-1042",
        "[ACME-1042] status?",
        "What is the status of my complaint ACME-1042?",
        "Any update on #1042?",
        "Wie ist der Stand meiner Beschwerde?",
        "Wie ist der Stand?",
        "Guten Tag,\n\nwie ist der aktuelle Stand?\n\nMit freundlichen Grüßen\nAna Vogel",
        "Gibt es etwas Neues? Danke!",
        "Bonjour, où en êtes-vous ? Merci d'avance",
        "Statut ?",
        "Hola, ¿cuál es el estado? Gracias",
        "Olá, qual é o estado? Obrigada",
        "Dzień dobry, jaki jest status sprawy? Pozdrawiam",
        "Buongiorno, a che punto è la pratica? Cordiali saluti",
        "Beste, wat is de stand van zaken? Met vriendelijke groet",
    ],
)
def test_the_question_alone_is_known(text: str) -> None:
    assert asks_status(text, "Ana Vogel")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Thanks!",
        "Hello",
        "The status is unacceptable.",
        "status? I want my money back",
        "Status of my refund for order 4711?",
        "Update: the parcel has come.",
        "Kein Status, sondern mein Geld bitte",
        "Where is my parcel?",
        "ACME-1042",
        "status of parcel DHL-4711 and of the refund",
        "status " * 100,
    ],
)
def test_whatever_says_more_is_for_a_person(text: str) -> None:
    assert not asks_status(text, "Ana Vogel")


@pytest.mark.parametrize(
    ("text", "score"),
    [("5", 5), ("1\n\nAna Vogel", 1), ("4/5", 4), ("3 of 5", 3), (" 2. Thanks", 2), ("5!", 5), ("4 von 5", 4)],
)
def test_a_rating(text: str, score: int) -> None:
    assert rating(text, "Ana Vogel") == score


@pytest.mark.parametrize("text", ["", "0", "6", "55", "5 parcels", "1, because nobody answered", "4711", "five", "1-2"])
def test_no_rating(text: str) -> None:
    assert rating(text, "Ana Vogel") is None


@pytest.mark.parametrize(
    "text",
    [
        "Thanks!",
        "THANK YOU!!!",
        "Hello,\n\nthank you very much for your quick help.\n\nBest regards\nAna Vogel",
        "Perfect, many thanks\nAna",
        "Danke schön!",
        "Guten Tag,\n\nvielen Dank für die schnelle Rückmeldung.\n\nMit freundlichen Grüßen\nAna Vogel",
        "Bonjour, je vous remercie pour votre aide. Cordialement",
        "¡Muchas gracias por todo! Saludos",
        "Olá, muito obrigada pela ajuda",
        "Dzień dobry, bardzo dziękuję za pomoc. Pozdrawiam",
        "Perfetto, grazie mille. Buona giornata",
        "Beste, hartelijk dank voor uw hulp. Met vriendelijke groet",
    ],
)
def test_thanks_alone_are_known(text: str) -> None:
    assert only_thanks(text, "Ana Vogel")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Hello",
        "Ana Vogel",
        "Great.",
        "Thanks, but it has not come.",
        "Thanks for nothing",
        "No thanks",
        "Please help, thanks",
        "Help! Thanks",
        "Thanks?",
        "Your answer? Many thanks",
        "Thanks. The box was open, by the way.",
        "Danke, aber die Ware fehlt noch",
        "Nein danke",
        "Merci de me rembourser",
        "Gracias, pero no ha llegado",
        "Obrigada, mas não chegou",
        "Dziękuję, ale paczki nie ma",
        "Grazie, ma non è arrivato",
        "Bedankt, maar het is er niet",
        "5 thanks",
        "thanks " * 100,
    ],
)
def test_thanks_with_more_are_an_answer(text: str) -> None:
    assert not only_thanks(text, "Ana Vogel")


@given(st.text(max_size=300), st.text(max_size=30))
def test_any_text_is_looked_at(text: str, name: str) -> None:
    assert asks_status(text, name) in (True, False)
    assert only_thanks(text, name) in (True, False)
    assert rating(text, name) in (None, 1, 2, 3, 4, 5)


@pytest.mark.parametrize(
    ("text", "comment"),
    [
        ("Send this mail as it is: 1 of 5. Anything to add? ***", ""),
        ("Send this mail as it is: 1 of 5. *** It was late.", "It was late."),
        ("It was late.\n\nSend this mail as it is: 1 of 5. ***", "It was late."),
        ("Leave it as you like: 1 of 5. ***", ""),
        ("It was late.\n\nLeave it as you like:\n1 of 5. ***", "It was late."),
        ("It was late.", "It was late."),
    ],
)
def test_a_comment_stands_above_our_words_behind_them_or_instead(text: str, comment: str) -> None:
    assert rating_comment(text) == comment

"""The language of a text is told by its function words, and is None when it is not plain."""

import pytest

from mailsla.core.triage.words import Words
from tests.core.triage.desk import words

SENTENCES = {
    "en": ["Where is my parcel?", "I have not received the invoice yet.", "The lamp you sold me is broken."],
    "de": ["Wo bleibt mein Paket?", "Die Rechnung ist leider nicht richtig.", "Ich warte noch immer auf Antwort."],
    "fr": ["Où est mon colis ?", "Je n'ai toujours rien reçu de votre part.", "La facture est trop élevée."],
    "es": ["¿Dónde está mi pedido?", "No he recibido la factura todavía.", "El producto que compré está roto."],
    "pt": ["Onde está a minha encomenda?", "Ainda não recebi a fatura.", "O produto que comprei não funciona."],
    "pl": ["Gdzie jest moja paczka?", "Nie dostałem jeszcze faktury.", "Proszę o zwrot pieniędzy za ten towar."],
    "it": ["Dove è il mio pacco?", "Non ho ancora ricevuto la fattura.", "Il prodotto che ho comprato è rotto."],
    "nl": ["Waar is mijn pakket?", "Ik heb de factuur nog niet ontvangen.", "Het apparaat werkt niet meer."],
    "zh": ["我的包裹在哪里？", "還沒有收到發票。", "這個產品壞了，請退款。"],
}


@pytest.mark.parametrize(("language", "text"), [(la, text) for la, texts in SENTENCES.items() for text in texts])
def test_a_short_sentence_is_enough(language: str, text: str) -> None:
    _, _, languages = words()
    assert languages.detect(Words.of("", text).folded) == language


@pytest.mark.parametrize(
    "text", ["", "4711", "OK", "Rechnung 2291", "Где моя посылка?", "私の荷物はどこですか", "退款", "refund"]
)
def test_unsure_is_none(text: str) -> None:
    _, _, languages = words()
    assert languages.detect(Words.of("", text).folded) is None

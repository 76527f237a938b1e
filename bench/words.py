"""What rules, lexicon and signals of priority cost: a mail of some 130 words in each language, and their memory.

`python -m bench.words` prints these rows alone.
"""

import subprocess
import sys

import click

from bench.beside import Row
from bench.measure import each
from mailsla.adapters.lexicons import load_languages, load_lexicon, load_signals
from mailsla.core.directory import Category
from mailsla.core.triage.lexicon import DEFAULT_TOPICS
from mailsla.core.triage.rules import Rule, RuleBook, Then, When
from mailsla.core.triage.triage import TriageDesk, TriageFacts, triage

BOUND_TIME, BOUND_MEMORY = 1.0, 15.0  # issue 8: ms a mail, MB
LINES = 6  # times each text is there, with words of its own each time, so that nothing is found for being remembered
LONG = 46  # of a mail of some 1,000 words
TEXTS = {
    "en": "My order has still not arrived and nobody answers the phone. I was charged twice and want my money back.",
    "de": "Meine Bestellung ist noch immer nicht angekommen, niemand geht ans Telefon. Ich will mein Geld zurück.",
    "fr": "Ma commande n'est toujours pas arrivée et personne ne répond. J'ai été débité deux fois, remboursez-moi.",
    "es": "Mi pedido todavía no ha llegado y nadie contesta. Me cobraron dos veces y quiero la devolución.",
    "pt": "A minha encomenda ainda não chegou e ninguém atende. Cobraram-me duas vezes e quero o reembolso.",
    "pl": "Moje zamówienie nadal nie dotarło i nikt nie odbiera. Pobrano opłatę dwa razy, proszę o zwrot.",
    "it": "Il mio ordine non è ancora arrivato e nessuno risponde. Mi avete addebitato due volte, voglio il rimborso.",
    "nl": "Mijn bestelling is nog steeds niet aangekomen en niemand neemt op. Er is dubbel afgeschreven, geld terug.",
    "zh": "我的订单还没有收到，电话也没人接。同一张账单扣了我两次钱，我要求退款。",
}
_RULES = RuleBook(
    [
        Rule(name=f"rule {number}", when=When(words=(f"model{number}", "never ~ said")), then=Then(priority="high"))
        for number in range(20)
    ]
)
_LOADED = """
from mailsla.adapters import lexicons
import mailsla.core.triage.triage
def resident():
    with open("/proc/self/smaps_rollup") as lines:
        return next(int(line.split()[1]) for line in lines if line.startswith("Rss:")) * 1024 / 1e6
before = resident()
lexicons.load_lexicon(), lexicons.load_signals(), lexicons.load_languages()
print(resident() - before)
"""


def words() -> list[Row]:
    """A mail's triage without a learned model, and what a process is larger for it."""
    categories = [Category(name=name) for name in DEFAULT_TOPICS]
    desk = TriageDesk(load_lexicon(), load_signals(), load_languages(), categories, _RULES)
    mails = [facts for language, text in TEXTS.items() for facts in _mails(language, text)]

    def work() -> None:
        for facts in mails:
            triage(facts, desk)

    mail = each(work, 2, 10) / len(mails)
    long = [facts for language, text in TEXTS.items() for facts in _mails(language, text, LONG)[:1]]
    page = each(lambda: [triage(facts, desk) for facts in long], 2, 10) / len(long)
    told = subprocess.run([sys.executable, "-c", _LOADED], check=True, capture_output=True, text=True).stdout
    return [
        Row("rules, lexicon and signals, a mail", mail, "a millisecond", 0.001, BOUND_TIME),
        Row("the same of a thousand words", page, "a millisecond", 0.001, 0.0),
        Row("rules, lexicon and signals, loaded", float(told), "a megabyte", 1.0, BOUND_MEMORY, unit="MB"),
    ]


def _mails(language: str, text: str, lines: int = LINES) -> list[TriageFacts]:
    """Five mails of some 130 words, or more lines, each with words that no other has."""
    return [
        TriageFacts(
            subject=f"{language} {number}",
            text="\n".join(f"{text} ref{language}{number}x{line} qa{line}z{number}" for line in range(lines)),
            sender="jo@customer.example",
            mailbox="support",
        )
        for number in range(5)
    ]


if __name__ == "__main__":
    for row in words():
        ours = row.ours * (1000 if row.unit == "ms" else 1)
        bound = f" (at most {row.bound:g})" if row.bound else ""
        click.echo(f"{row.name}: {ours:.3f} {row.unit}{bound}")

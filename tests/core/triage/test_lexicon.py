"""The lexicon: what each category's complaints say, how certain it is, and what it does when it can't know."""

import csv

import pytest

from mailsla.core.directory import Category
from mailsla.core.triage.lexicon import Lexicon, LexiconTable, Ranked, named_topics, topics_of
from mailsla.core.triage.triage import triage
from mailsla.core.triage.words import Words
from tests.core.triage.desk import desk, mail, words
from tests.shared import shared

A, B = Category(name="a", lexicon=("billing",)), Category(name="b", lexicon=("delivery",))


def small(**topics: list[str]) -> Lexicon:
    tables = {topic: {"clear": phrases} for topic, phrases in topics.items()}
    return Lexicon({"en": LexiconTable(topics=tables, groups={}, ignore=["free of charge"])})


@pytest.mark.parametrize(
    ("subject", "text", "ranked"),
    [
        ("", "nothing of it", []),
        ("", "an invoice", [("a", 0.667, ("invoice",))]),
        ("Invoice", "", [("a", 0.75, ("Invoice",))]),  # a subject weighs half as much again
        ("", "invoice invoice invoice", [("a", 0.667, ("invoice",))]),  # saying it again proves nothing
        ("", "an invoice for the parcel", [("a", 0.4, ("invoice",)), ("b", 0.4, ("parcel",))]),
        ("", "a parcel invoice", [("a", 0.667, ("parcel invoice",))]),  # the longer phrase hides the shorter
        ("", "free of charge", []),
        ("", "an invoice, returned", [("a", 0.4, ("invoice",))]),  # a topic that nobody has is doubt
    ],
)
def test_votes(subject: str, text: str, ranked: list[tuple[str, float, tuple[str, ...]]]) -> None:
    lexicon = small(billing=["invoice", "charge", "parcel invoice"], delivery=["parcel"], returns=["returned"])
    assert lexicon.rank(Words.of(subject, text), "en", [A, B]) == tuple(Ranked(*one) for one in ranked)


def test_an_unknown_language_is_taken_for_the_one_that_finds_most() -> None:
    tables = {
        "en": LexiconTable(topics={"billing": {"hint": ["gift"]}}, groups={}),
        "de": LexiconTable(topics={"delivery": {"strong": ["paket"]}}, groups={}),
    }
    words = Words.of("", "gift paket")
    assert Lexicon(tables).rank(words, None, [A, B]) == (Ranked("b", 0.8, ("paket",)),)
    assert Lexicon(tables).rank(words, "en", [A, B]) == (Ranked("a", 0.5, ("gift",)),)
    assert Lexicon(tables).rank(words, "pl", [A, B]) == ()


@pytest.mark.parametrize(
    ("category", "topics"),
    [
        (Category(name="billing"), ("billing", "promotion")),
        (Category(name="Zahlung", lexicon=("billing",)), ("billing", "promotion")),
        (Category(name="Gutscheine", lexicon=("promotion",)), ("promotion",)),
        (Category(name="Ware", lexicon=("returns", "defect")), ("returns", "defect")),
        (Category(name="Zoo"), ()),
    ],
)
def test_categories_map_to_topics(category: Category, topics: tuple[str, ...]) -> None:
    assert topics_of(category) == topics


@pytest.mark.parametrize(
    ("categories", "topics"),
    [
        ([Category(name="billing")], [{"billing", "promotion"}]),
        ([Category(name="billing"), Category(name="Deals", lexicon=("promotion",))], [{"billing"}, {"promotion"}]),
        ([Category(name="billing"), Category(name="promotion")], [{"billing"}, {"promotion"}]),
        ([Category(name="Geld", lexicon=("billing", "promotion"))], [{"billing", "promotion"}]),
        ([Category(name="Rechnungen"), Category(name="Zoo")], [{"billing"}, set()]),
        ([Category(name="billing"), Category(name="Billing of partners")], [{"billing", "promotion"}, set()]),
        ([Category(name="Ware", lexicon=("defect",)), Category(name="Returns")], [{"defect"}, {"returns"}]),
    ],
)
def test_a_topic_has_one_category(categories: list[Category], topics: list[set[str]]) -> None:
    assert [set(held) for held in words()[0].topics_for(categories).values()] == topics


@pytest.mark.parametrize(
    ("name", "topics"),
    [
        ("Refund & Returns", ("returns",)),
        ("Account & Profile Management", ("account",)),
        ("security_and_privacy", ("security", "privacy")),
        ("Subscriptions", ("contract",)),
        ("Inventory", ("availability",)),
        ("Miscellaneous", ("other",)),
        ("Rechnungen", ("billing",)),
        ("Lieferung und Versand", ("delivery",)),
        ("Zoo", ()),
        ("", ()),
    ],
)
def test_the_name_of_a_category_that_nobody_mapped_says_its_topics(name: str, topics: tuple[str, ...]) -> None:
    assert set(named_topics(words()[0], name)) == set(topics)


@pytest.mark.parametrize("topics", [{"zoo": {"clear": ["lion"]}}, {"billing": {"very": ["invoice"]}}])
def test_a_list_with_an_unknown_topic_or_strength_is_refused(topics: dict[str, dict[str, list[str]]]) -> None:
    with pytest.raises(ValueError, match=r"zoo|very"):
        Lexicon({"en": LexiconTable(topics=topics, groups={})})


COMPLAINTS = [
    ("billing", "You have charged my card twice for the same invoice."),
    ("billing", "Meine Stromrechnung vom Mai ist doppelt abgebucht worden."),
    ("billing", "The gift voucher was not accepted."),
    ("delivery", "I ordered three weeks ago and my parcel still hasn't arrived."),
    ("delivery", "Seit zwei Wochen warte ich auf mein Paket, die Sendungsverfolgung zeigt nichts an."),
    ("returns", "I want my money back, the shoes do not fit."),
    ("returns", "Ich möchte den Pullover zurückschicken, er passt nicht."),
    ("defect", "The kettle stopped working after two days and the lid is cracked."),
    ("defect", "Der Toaster ist nach drei Tagen kaputt gegangen."),
    ("technical", "Your app crashes with an error message whenever I open it."),
    ("technical", "Ihre Webseite lädt nicht und zeigt eine Fehlermeldung."),
    ("account", "I am locked out, it says my username is unknown."),
    ("account", "Ich kann mich nicht mehr einloggen, mein Konto ist gesperrt."),
    ("conduct", "Your technician was rude and shouted at my mother."),
    ("conduct", "Ihr Mitarbeiter war am Telefon sehr unhöflich und hat einfach aufgelegt."),
    ("privacy", "Please send me a copy of all personal data you hold, as the GDPR says."),
    ("privacy", "Bitte löschen Sie alle meine personenbezogenen Daten nach DSGVO."),
    ("contract", "I want to cancel my subscription, it renewed automatically."),
    ("contract", "Hiermit kündige ich meinen Vertrag zum nächstmöglichen Termin."),
    ("other", "Just a suggestion: your opening hours are nowhere to be found."),
    ("other", "Wann haben Sie am Samstag geöffnet? Ich finde die Öffnungszeiten nicht."),
    ("billing", "Vous m'avez prélevé deux fois la même facture."),
    ("delivery", "Je n'ai toujours pas reçu mon colis, le suivi ne bouge plus."),
    ("returns", "Je demande le remboursement de la veste, elle est trop petite."),
    ("defect", "La bouilloire est tombée en panne au bout de deux jours."),
    ("technical", "Votre application plante et affiche un message d'erreur."),
    ("account", "Je ne peux plus me connecter, mon mot de passe est refusé."),
    ("conduct", "Votre conseiller a été désagréable et m'a raccroché au nez."),
    ("privacy", "Merci de supprimer toutes mes données personnelles, selon le RGPD."),
    ("contract", "Je souhaite résilier mon abonnement."),
    ("billing", "Me han cobrado dos veces la misma factura."),
    ("delivery", "Mi paquete todavía no ha llegado y el seguimiento no cambia."),
    ("returns", "Quiero la devolución del dinero, los zapatos me quedan pequeños."),
    ("defect", "El hervidor llegó roto y la tapa está rayada."),
    ("technical", "La aplicación no carga y muestra un mensaje de error."),
    ("account", "No puedo iniciar sesión, mi contraseña no sirve."),
    ("conduct", "Su empleado fue grosero y me gritó por teléfono."),
    ("privacy", "Les pido que borren mis datos personales."),
    ("contract", "Quiero darme de baja de la suscripción."),
    ("billing", "Fui cobrado duas vezes pela mesma fatura."),
    ("delivery", "A minha encomenda ainda não chegou e o rastreio está parado."),
    ("returns", "Quero o reembolso do casaco, fica muito pequeno."),
    ("defect", "A chaleira avariou ao fim de dois dias."),
    ("technical", "A aplicação não abre e mostra uma mensagem de erro."),
    ("account", "Não consigo entrar, a minha palavra-passe não é aceite."),
    ("conduct", "O vosso funcionário foi mal educado e desligou o telefone."),
    ("privacy", "Peço que apaguem todos os meus dados pessoais."),
    ("contract", "Quero cancelar a minha assinatura."),
    ("other", "Qual é o horário de abertura ao sábado?"),
    ("billing", "Dwa razy pobrano opłatę za tę samą fakturę."),
    ("delivery", "Moja paczka nadal nie dotarła, a kurier nie odbiera."),
    ("returns", "Proszę o zwrot pieniędzy, buty są za małe."),
    ("defect", "Czajnik zepsuł się po dwóch dniach i jest porysowany."),
    ("technical", "Aplikacja się zawiesza i wyświetla komunikat o błędzie."),
    ("account", "Nie mogę się zalogować, hasło jest odrzucane."),
    ("conduct", "Państwa pracownik był niegrzeczny i rzucił słuchawką."),
    ("privacy", "Proszę usunąć wszystkie moje dane osobowe zgodnie z RODO."),
    ("contract", "Chcę wypowiedzieć umowę abonamentową."),
    ("other", "Jakie są godziny otwarcia w sobotę?"),
    ("billing", "Mi avete addebitato due volte la stessa fattura."),
    ("delivery", "Il mio pacco non è ancora arrivato e il corriere non risponde."),
    ("returns", "Chiedo il rimborso, le scarpe sono troppo piccole."),
    ("defect", "Il bollitore si è rotto dopo due giorni e il coperchio è graffiato."),
    ("technical", "L'app non si apre e mostra un messaggio di errore."),
    ("account", "Non riesco ad accedere, la password viene rifiutata."),
    ("conduct", "Il vostro operatore è stato maleducato e ha riattaccato."),
    ("privacy", "Cancellate tutti i miei dati personali, come dice il GDPR."),
    ("contract", "Vorrei disdire il mio abbonamento."),
    ("other", "Quali sono gli orari di apertura il sabato?"),
    ("billing", "Dezelfde factuur is twee keer van mijn rekening afgeschreven."),
    ("delivery", "Mijn pakket is nog steeds niet aangekomen, de track en trace staat stil."),
    ("returns", "Ik wil mijn geld terug, de schoenen zijn te klein."),
    ("defect", "De waterkoker ging na twee dagen kapot."),
    ("technical", "De app loopt vast en geeft een foutmelding."),
    ("account", "Ik kan niet meer inloggen, mijn wachtwoord wordt geweigerd."),
    ("conduct", "Uw medewerker was onbeleefd en hing op."),
    ("privacy", "Verwijder al mijn persoonsgegevens volgens de AVG."),
    ("contract", "Ik wil mijn abonnement opzeggen."),
    ("other", "Wat zijn de openingstijden op zaterdag?"),
    ("billing", "同一张账单扣了我两次钱。"),
    ("delivery", "我的包裹还没有收到，物流信息也不更新。"),
    ("returns", "鞋子太小了，我要退款。"),
    ("defect", "水壶用了两天就坏了，质量太差。"),
    ("technical", "你们的应用打不开，一直闪退。"),
    ("account", "我登录不了，提示密码错误。"),
    ("conduct", "你们的员工态度恶劣，还挂我电话。"),
    ("privacy", "请删除我的所有个人信息。"),
    ("contract", "我要取消自动续费，终止合同。"),
    ("other", "请问周六的营业时间是几点？"),
    ("delivery", "我的包裹還沒收到，請問什麼時候送到？"),
    ("billing", "帳單金額有誤，多收了手續費。"),
]


@pytest.mark.parametrize(("category", "text"), COMPLAINTS)
def test_an_ordinary_complaint_of_each_category(category: str, text: str) -> None:
    result = triage(mail(text), desk())
    assert (result.category, result.stage) == (category, "lexicon")


# The shared set's categories as an operator would map them.
SHARED = {
    "Inventory": ("availability",),
    "Subscriptions": ("contract",),
    "Product Integrity & Accuracy": ("defect",),
    "Security and Privacy": ("privacy",),
    "Delivery": ("delivery",),
    "Refund & Returns": ("returns",),
    "Technical Issues": ("technical",),
    "Promotions": ("promotion",),
    "Account & Profile Management": ("account",),
    "Billing & Transaction Problems": ("billing",),
}


def test_a_shop_s_complaints_without_any_learning() -> None:
    with (shared("triage") / "complaints_short.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    shop = desk(categories=[Category(name=name, lexicon=topics) for name, topics in SHARED.items()])
    results = [(triage(mail(row["text"]), shop), row["category"]) for row in rows]
    best = sum(bool(result.likeliest) and result.likeliest[0].category == wanted for result, wanted in results)
    decided = [(result.category, wanted) for result, wanted in results if result.category is not None]
    assert best / len(rows) >= 0.75
    assert sum(found == wanted for found, wanted in decided) / len(decided) >= 0.80
    assert len(decided) / len(rows) >= 0.75
    assert sum(result.priority == "urgent" for result, _ in results) == 0

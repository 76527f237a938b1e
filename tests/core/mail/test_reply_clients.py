"""Reply text as the common mail programs of 16 languages write it (clients.toml): old mail is cut, new is not."""

import tomllib
from pathlib import Path

import pytest

from mailsla.core.mail import quotes
from mailsla.core.mail.reply import Reply, split

CLIENTS = tomllib.loads((Path(__file__).parent / "clients.toml").read_text("utf-8"))
MINE = "The lamp is still broken.\nPlease call me."
OLD = "We are sorry.\nIs it the red lamp?"
QUOTED = "> We are sorry.\n> Is it the red lamp?"


def each(kind: str) -> list[object]:
    table = CLIENTS[kind].items()
    return [pytest.param(form, id=f"{language}{n}") for language, forms in table for n, form in enumerate(forms)]


@pytest.mark.parametrize("attribution", each("attribution"))
def test_what_stands_under_an_attribution_is_old_if_it_is_marked(attribution: str) -> None:
    assert split(f"{MINE}\n\n{attribution}\n{QUOTED}\n") == Reply(MINE, "")
    assert split(f"{MINE}\n\n{attribution}\n\n{QUOTED}\n") == Reply(MINE, "")
    assert split(f"{attribution}\n{QUOTED}\n\n{MINE}\n") == Reply(MINE, "")


@pytest.mark.parametrize("attribution", each("attribution"))
def test_an_answer_on_both_sides_of_a_marked_quote_is_kept(attribution: str) -> None:
    assert split(f"Hello,\n\n{attribution}\n{QUOTED}\n\n{MINE}\n").text == f"Hello,\n\n{MINE}"


@pytest.mark.parametrize("labels", each("header_block"))
@pytest.mark.parametrize("form", ["{}: {}", "*{}:* {}", "{} : {}", "{}：{}"])
@pytest.mark.parametrize("address", ["", " <anna@shop.example>"])
def test_a_header_block_begins_an_old_mail(labels: str, form: str, address: str) -> None:
    language = next(name for name, blocks in CLIENTS["header_block"].items() if labels in blocks)
    values = (f"Anna Berg{address}", CLIENTS["date"][language], "support", "Bob", "Lamp")
    block = "\n".join(form.format(*pair) for pair in zip(labels.split(" | "), values, strict=True))
    assert split(f"{MINE}\n\n{block}\n\n{OLD}\n") == Reply(MINE, "")


@pytest.mark.parametrize("line", each("separator"))
def test_a_separator_begins_an_old_mail(line: str) -> None:
    assert split(f"{MINE}\n\n{line}\nFrom: x@shop.example\nSubject: Lamp\n\n{OLD}\n") == Reply(MINE, "")


@pytest.mark.parametrize("line", each("forwarded"))
def test_a_forwarded_mail_is_the_customers_and_stays(line: str) -> None:
    assert quotes.separator(line) == "forwarded"
    assert OLD in split(f"{MINE}\n\n{line}\nFrom: x@shop.example\n\n{OLD}").text


@pytest.mark.parametrize("line", each("device"))
def test_a_phones_line_is_a_signature(line: str) -> None:
    assert split(f"{MINE}\n\n{line}\n") == Reply(MINE, line)


@pytest.mark.parametrize(
    "sentence",
    [
        "Sent via DHL on Monday",
        "Verzonden met PostNL maar nooit aangekomen",
        "Von meinem Konto wurde zweimal abgebucht.",
        "Envoyé via Chronopost le 3 mai",
        "从我的账户扣款了两次",
        "Enviado desde Madrid hace tres semanas",
        "Sent from my desk, since the shop did not answer.",
    ],
)
def test_a_sentence_about_a_shipment_is_no_phones_line(sentence: str) -> None:
    assert split(f"{MINE}\n{sentence}") == Reply(f"{MINE}\n{sentence}", "")


@pytest.mark.parametrize(
    "text",
    [
        "Am 3.5.2024 um 10:00 Uhr schrieb Ihr Fahrer:\n\nNiemand zu Hause.\n\nDas stimmt nicht!",
        "On 3 May 2024 at 10:00 your driver wrote:\n\nnobody home.\n\nWe were.",
        "My order\nFrom: Berlin\nTo: Paris\nDate: 3 May\n\nnever came.",
        "See these numbers:\n> 5 of them broke\nAnd more.",
        "Anna from your shop wrote on 01.01.2024 10:00:\n\nwe do not refund\n\nWhy not?",
    ],
)
def test_what_a_customer_cites_without_marks_is_theirs(text: str) -> None:
    assert split(text).text.split() == text.split()


def test_an_answer_below_a_marked_quote_under_a_header_block_stays() -> None:
    block = "-----Original Message-----\nFrom: Anna <anna@shop.example>\nSubject: Lamp"
    assert split(f"Hello,\n\n{block}\n\n{QUOTED}\n\n{MINE}").text == f"Hello,\n\n{MINE}"


@pytest.mark.parametrize("verb", ["writes", "wrote", "schrieb", "a écrit", "napisał"])
def test_the_own_line_right_above_an_undated_attribution_stays(verb: str) -> None:
    assert split(f"{MINE}\nThank you\nAnna Berg <anna@shop.example> {verb}:\n{QUOTED}").text == f"{MINE}\nThank you"


@pytest.mark.parametrize(
    "line", ["On Monday Anna Berg", "man. 1. jan. 2024 kl. 10.00 Anna Berg", "On 1 May, Anna Berg"]
)
def test_an_attribution_that_was_wrapped_is_cut_whole(line: str) -> None:
    assert split(f"{MINE}\n{line}\n<anna@shop.example> wrote:\n{QUOTED}") == Reply(MINE, "")


def test_groupwise_marks_an_old_mail_by_arrows_around_its_author() -> None:
    above = ">>> Anna Berg <anna@shop.example> 1/1/2024 10:00 >>>"
    assert split(f"{MINE}\n\n{above}\n{OLD}") == Reply(MINE, "")
    assert split(f"{above}\n{QUOTED}\n\n{MINE}") == Reply(MINE, "")
    assert split(f"{MINE}\n>>> my log at 10:00 on 1/1/2024\nends here").text.endswith("ends here")


@pytest.mark.parametrize("line", ["Faigh Outlook do iOS<https://aka.ms/o0ukef>", "Outlook (https://aka.ms/o0ukef)"])
def test_outlooks_own_link_is_a_phones_line_in_any_language(line: str) -> None:
    assert split(f"{MINE}\n\n{line}\n") == Reply(MINE, line)

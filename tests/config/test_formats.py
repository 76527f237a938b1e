"""The forms of single settings, as tables of what is taken and what is refused."""

import pytest
from tests.shared import ROOT

from mailsla.config import formats
from mailsla.config.formats import LANGUAGES, Form, languages_with, loopback, zone, zones

TAKEN: list[tuple[Form, str]] = [
    (formats.wrong_address, "support@acme.example"),
    (formats.wrong_address, "o'brien+x=y@sub.acme.example"),
    (formats.wrong_address, "sam@localhost"),
    (formats.wrong_domain, "xn--mller-kva.example"),
    (formats.wrong_domain, "a" * 63 + ".example"),
    (formats.wrong_name, "sam"),
    (formats.wrong_name, "sam.lee-2_x"),
    (formats.wrong_prefix, "ACME"),
    (formats.wrong_prefix, "A1"),
    (formats.wrong_zone, "Etc/UTC"),
    (formats.wrong_zone, "America/Argentina/Ushuaia"),
    (formats.wrong_language, "de"),
    (formats.wrong_date, "2024-02-29"),
    (formats.wrong_clock_time, "00:00"),
    (formats.wrong_clock_time, "23:59"),
    (formats.wrong_listener, "127.0.0.1:9180"),
    (formats.wrong_listener, "localhost:1"),
    (formats.wrong_listener, "[::1]:65535"),
]
REFUSED: list[tuple[Form, str]] = [
    (formats.wrong_address, ""),
    (formats.wrong_address, "acme.example"),
    (formats.wrong_address, "@acme.example"),
    (formats.wrong_address, "a..b@acme.example"),
    (formats.wrong_address, "sam lee@acme.example"),
    (formats.wrong_address, "müller@acme.example"),
    (formats.wrong_address, "sam@acme.example\r\nBcc: x@y.example"),
    (formats.wrong_address, "sam@acme.example\n"),
    (formats.wrong_domain, ""),
    (formats.wrong_domain, "acme..example"),
    (formats.wrong_domain, "-acme.example"),
    (formats.wrong_domain, "a" * 64 + ".example"),
    (formats.wrong_domain, ".".join(["a" * 60] * 5)),
    (formats.wrong_name, "Sam"),
    (formats.wrong_name, "../sam"),
    (formats.wrong_name, "sam\n"),
    (formats.wrong_name, "s" * 33),
    (formats.wrong_prefix, "A"),
    (formats.wrong_prefix, "1A"),
    (formats.wrong_prefix, "AC-ME"),
    (formats.wrong_zone, "CET-1CEST"),
    (formats.wrong_zone, "../../etc/passwd"),
    (formats.wrong_language, "tlh"),
    (formats.wrong_date, "2023-02-29"),
    (formats.wrong_clock_time, "24:00"),
    (formats.wrong_clock_time, "8:00"),
    (formats.wrong_listener, "9180"),
    (formats.wrong_listener, ":9180"),
    (formats.wrong_listener, "127.0.0.1:"),
    (formats.wrong_listener, "127.0.0.1:0"),
    (formats.wrong_listener, "127.0.0.1:65536"),
    (formats.wrong_listener, "127.0.0.1:+9"),
    (formats.wrong_listener, "0.0.0.0:9180"),
    (formats.wrong_listener, "[::]:9180"),
    (formats.wrong_listener, "mail.acme.example:9180"),
]


@pytest.mark.parametrize(("form", "text"), TAKEN)
def test_taken(form: Form, text: str) -> None:
    assert form(text) is None


@pytest.mark.parametrize(("form", "text"), REFUSED)
def test_refused_with_a_mend(form: Form, text: str) -> None:
    wrong = form(text)
    assert wrong is not None
    assert all(wrong)


def test_a_zone_is_offered_by_its_city() -> None:
    assert formats.wrong_zone("Berlin") == ('there is no time zone "Berlin"', 'did you mean "Europe/Berlin"?')


def test_every_listed_zone_can_be_made() -> None:
    for name in zones():
        assert zone(name).key == name


@pytest.mark.parametrize(
    ("host", "stays"),
    [
        ("localhost", True),
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("0.0.0.0", False),
        ("192.168.1.1", False),
        ("localhost.acme.example", False),
        ("127.0.0.1.acme.example", False),
    ],
)
def test_what_stays_on_this_machine(host: str, stays: bool) -> None:
    assert loopback(host) is stays


def test_the_languages_are_those_with_a_catalogue() -> None:
    shipped = {path.parent.parent.name for path in (ROOT / "templates").glob("locales/*/LC_MESSAGES/*.po")}
    assert set(LANGUAGES) == shipped | {"en"}  # the templates themselves are English


def test_the_operators_templates_may_add_one() -> None:
    assert languages_with(ROOT / "tests/config/good/own") == ("cs", *LANGUAGES)

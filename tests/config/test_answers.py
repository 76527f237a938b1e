"""Answers of `mailsla init` as a file: whatever they are, it loads, and what was typed is what it says."""

import tomllib
from pathlib import Path

import pytest

from mailsla.config import guesses, preset
from mailsla.config.advice import warnings
from mailsla.config.answers import Account, Answers, to_toml
from mailsla.config.formats import wrong_name, wrong_prefix
from mailsla.config.load import parse
from mailsla.config.people import Person, hours_of, people_of, wrong_hours, wrong_people
from mailsla.config.settings import OAuthSettings, Secret

IMAP = Account(
    host="mail.acme.com", port=1143, security="starttls", user='a"b', password=Secret(env="PW"), folder="Süd"
)
SMTP = Account(host="smtp.acme.com", user="a", password=Secret(file="secrets/smtp"))
RELAY = Account(host="127.0.0.1", port=25, security="none")
GOOGLE = OAuthSettings(provider="google", client_id="x", client_secret=Secret(file="secrets/oauth"))
OAUTH = Account(host="imap.gmail.com", user="a", oauth=GOOGLE)
SAM, KIM = people_of("Sam Lee <sam@acme.com>, kim@acme.com")
JO = Person("jo", "jo@acme.com", "Jo")


def answers(
    name: str = "standard",
    accounts: tuple[Account | None, Account | None] = (None, None),
    people: tuple[Person, ...] = (SAM, KIM),
    manager: Person = JO,
) -> Answers:
    return Answers(
        preset=name,
        name="acme",
        prefix="ACME",
        address="help@acme.com",
        operator="ops@acme.com",
        people=people,
        manager=manager,
        zone="Asia/Tokyo",
        language="de",
        hours=hours_of("sat-sun 10:00-12:00, sat 13:00-14:00"),
        database="postgresql+psycopg://m@db/mailsla",
        mailbox=accounts[0],
        sending=accounts[1],
    )


@pytest.mark.parametrize("who", [((SAM, KIM), JO), ((SAM,), SAM)], ids=["manager", "alone"])
@pytest.mark.parametrize(
    "accounts",
    [(None, None), (IMAP, SMTP), (IMAP, RELAY), (OAUTH, OAUTH)],
    ids=["files", "password", "relay", "oauth"],
)
@pytest.mark.parametrize("name", preset.names())
def test_whatever_is_answered_loads(
    name: str, accounts: tuple[Account | None, Account | None], who: tuple[tuple[Person, ...], Person], tmp_path: Path
) -> None:
    settings = parse(to_toml(answers(name, accounts, *who)), tmp_path)
    expected = {"authserv_id"} | ({"kind"} if accounts[0] is None else set())
    assert {one.where.rpartition(".")[2] for one in warnings(settings)} == expected


def test_what_was_typed_is_what_it_says() -> None:
    text = to_toml(answers(accounts=(IMAP, SMTP)))
    data = tomllib.loads(text)
    [mailbox] = data["mailboxes"]
    assert mailbox == {
        "name": "support", "address": "help@acme.com", "kind": "imap", "host": "mail.acme.com", "port": 1143,
        "security": "starttls", "user": 'a"b', "password": {"env": "PW"}, "folder": "Süd",
        "display_name": "Acme support", "language": "de", "zone": "Asia/Tokyo",
    }  # fmt: skip
    assert data["sending"] == {
        "kind": "smtp", "host": "smtp.acme.com", "user": "a", "password": {"file": "secrets/smtp"},
    }  # fmt: skip
    assert data["calendars"]["office"]["weekly"] == {"sat": ["10:00-12:00", "13:00-14:00"], "sun": ["10:00-12:00"]}
    assert data["teams"]["service"]["members"] == ["sam", "kim"]
    assert data["database"]["url"] == "postgresql+psycopg://m@db/mailsla"
    assert "#port = 0                           # 0 = 465" in text  # what has its default is shown as that
    assert "to try it out" not in text
    assert 'imap.acme.example"\n' not in text


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("sam@a.example", [("sam", "sam@a.example", "Sam")]),
        ("Sam Lee <s.lee@a.example>", [("s-lee", "s.lee@a.example", "Sam Lee")]),
        ("sam@a.example, Sam@b.example", [("sam", "sam@a.example", "Sam"), ("sam2", "Sam@b.example", "Sam")]),
        ("sam@a.example,SAM@a.example,", [("sam", "sam@a.example", "Sam")]),
    ],
)
def test_people(text: str, people: list[tuple[str, str, str]]) -> None:
    assert wrong_people(text) is None
    assert [(one.name, one.email, one.display_name) for one in people_of(text)] == people
    assert not any(wrong_name(one.name) for one in people_of(text))


@pytest.mark.parametrize("text", ["", ",", "sam", "sam@", "Sam Lee sam@a.example", "<sam@a.example"])
def test_what_is_nobody(text: str) -> None:
    assert wrong_people(text) is not None


@pytest.mark.parametrize(
    "text", ["", "mon", "09:00-17:00", "fri-mon 09:00-17:00", "mon 9-17", "mon 09:00-12:00, mon 11:00-13:00", "x"]
)
def test_what_are_no_hours(text: str) -> None:
    assert wrong_hours(text) is not None


def test_what_are_hours() -> None:
    assert wrong_hours("Mon - Tue 09:00-17:00") is None
    assert hours_of("Mon - Tue 09:00-17:00") == {"mon": ("09:00-17:00",), "tue": ("09:00-17:00",)}


@pytest.mark.parametrize(
    ("address", "imap", "smtp", "oauth"),
    [
        ("help@acme.example", "imap.acme.example", "smtp.acme.example", ""),
        ("a@gmail.com", "imap.gmail.com", "smtp.gmail.com", "google"),
        ("a@acme.onmicrosoft.com", "outlook.office365.com", "smtp.office365.com", "microsoft"),
        ("a@notgmail.com", "imap.notgmail.com", "smtp.notgmail.com", ""),
    ],
)
def test_servers_are_guessed_by_the_domain(address: str, imap: str, smtp: str, oauth: str) -> None:
    servers = guesses.servers_of(address)
    assert (servers.imap, servers.smtp, servers.oauth) == (imap, smtp, oauth)
    assert (guesses.smtp_beside(imap), guesses.oauth_at(imap)) == (smtp, oauth)


@pytest.mark.parametrize("address", ["a@acme.example", "a@mail.4you.example", "a@x.de", "a@localhost", "a@3.de", "a@-"])
def test_guessed_names_have_their_form(address: str) -> None:
    name = guesses.name_of(address)
    assert (wrong_name(name), wrong_prefix(guesses.prefix_of(name))) == (None, None)

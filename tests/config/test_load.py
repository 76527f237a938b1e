"""Finding and loading mailsla.toml: the three places, relative paths, files that can't be read, good files."""

from datetime import date
from pathlib import Path

import pytest

from mailsla.config import load as loading
from mailsla.config import preset
from mailsla.config.load import find, load, parse
from mailsla.config.settings import Secret
from mailsla.core.sla.terms import Metric
from mailsla.errors import ConfigError

GOOD = Path(__file__).parent / "good"


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty current folder, and a system's configuration that is in no real /etc."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(loading, "SYSTEM_PATH", tmp_path / "etc" / "mailsla.toml")
    return tmp_path


def test_the_named_file_wins_then_the_folder_then_the_system(places: Path) -> None:
    named, system = places / "named.toml", places / "etc" / "mailsla.toml"
    system.parent.mkdir()
    for path in (named, system):
        path.touch()
    assert find(named) == named
    assert find(None) == system
    (places / "mailsla.toml").touch()
    assert find(None) == Path("mailsla.toml")
    assert find(named) == named


def test_nothing_found_names_the_places_and_init(places: Path) -> None:
    with pytest.raises(ConfigError) as refused:
        find(None)
    said = str(refused.value)
    assert "--config" in said
    assert str(places / "mailsla.toml") in said
    assert str(places / "etc" / "mailsla.toml") in said
    assert "mailsla init" in said


def test_a_named_file_that_is_not_there_is_not_replaced_by_another(places: Path) -> None:
    (places / "mailsla.toml").touch()
    with pytest.raises(ConfigError, match=r"absent\.toml: there is no such file"):
        find(places / "absent.toml")


def test_what_is_not_utf8_is_said_so(tmp_path: Path) -> None:
    path = tmp_path / "mailsla.toml"
    path.write_bytes("[instance]\nname = 'Müller'\n".encode("latin-1"))
    with pytest.raises(ConfigError, match=r"is not UTF-8 \(byte 20\)"):
        load(path)


def test_a_number_that_python_does_not_read_is_said_so() -> None:
    with pytest.raises(ConfigError, match=r"this is not TOML: Exceeds the limit"):
        parse(f"port = {'1' * 5000}", Path("/nowhere"))


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="can't be read: Is a directory"):
        load(tmp_path)


def test_relative_paths_are_relative_to_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "set-up").mkdir()
    (tmp_path / "set-up" / "mailsla.toml").write_text(preset.text("standard"), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    settings = load(Path("set-up/mailsla.toml"))
    folder = tmp_path / "set-up"
    assert settings.mailboxes[0].path == folder / "mail" / "in"
    assert settings.sending.path == folder / "mail" / "out"
    assert settings.database == f"sqlite:///{folder / 'mailsla.db'}"


@pytest.mark.parametrize(
    ("url", "loaded"),
    [
        ("sqlite:///mailsla.db", "sqlite:////set/up/mailsla.db"),
        ("sqlite:///data/mailsla.db", "sqlite:////set/up/data/mailsla.db"),
        ("sqlite:////var/lib/mailsla.db", "sqlite:////var/lib/mailsla.db"),
        ("sqlite+pysqlite:///mailsla.db", "sqlite+pysqlite:////set/up/mailsla.db"),
        ("postgresql+psycopg:///mailsla", "postgresql+psycopg:///mailsla"),
    ],
)
def test_database_urls(url: str, loaded: str) -> None:
    text = preset.with_values(preset.text("standard"), {("database", "url"): url})
    assert parse(text, Path("/set/up")).database == loaded


def test_a_file_with_everything() -> None:
    settings = load(GOOD / "imap.toml")
    support, local, piped = settings.mailboxes
    assert (support.kind, support.port, support.security, support.mark) == ("imap", 0, "tls", "move")
    assert support.password == Secret(credential="imap")
    assert support.own_lists == ("support.acme.example",)
    assert local.password == Secret(file=str(GOOD / "secrets" / "sales"))
    assert (piped.kind, piped.language) == ("pipe", "en")
    assert settings.mailbox("local") is local
    assert settings.templates == GOOD / "own"
    assert settings.digest_at == "07:30"
    assert settings.directory.agents["sam"].name == "sam"
    assert settings.directory.teams["service"].members == ("sam",)
    assert settings.directory.categories["parcels"].label == {"en": "a parcel", "nl": "een pakket"}
    assert settings.rules[0].when.words == ("invoice", "*rechnung*")
    assert settings.triage.threshold == 0.6


def test_calendars_and_policies_keep_what_is_written() -> None:
    settings = load(GOOD / "imap.toml")
    office = settings.calendars["office"]
    assert (office.name, office.zone, office.effective_from) == ("office", "Asia/Kolkata", date(2026, 1, 1))
    assert office.weekly == {"mon": (("09:00", "12:30"), ("13:00", "17:00")), "fri": (("22:00", "06:00"),)}
    assert office.holidays == {date(2026, 12, 25): "Christmas Day", date(2026, 12, 26): ""}
    assert office.exceptions == {date(2026, 12, 24): (("09:00", "12:00"),), date(2026, 12, 31): ()}
    assert office.closures == ((date(2026, 11, 26), "14:00", "16:00"),)
    globex, statute, none = settings.policies
    assert globex.targets == {Metric.FIRST_RESPONSE: "1h 30m", Metric.RESOLUTION: "2 business days"}
    assert [level.to for level in globex.ladder] == [
        ("assignee", "sam"),
        ("team", "boss@acme.example", "role:operator"),
    ]
    assert globex.ladder[1].at_most == 3
    assert (statute.pause_on, statute.roll) == ((), "next_business_day")
    assert none.targets == {}


def test_settings_that_are_left_out_have_their_defaults() -> None:
    settings = load(GOOD / "imap.toml")
    assert settings.limits.automatic_per_hour == 2000
    assert settings.directory.agents["jo"].zone == "Etc/UTC"

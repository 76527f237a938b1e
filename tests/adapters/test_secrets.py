"""Secrets are read from where they are said to be, and are in no message."""

from pathlib import Path

import pytest

from mailsla.adapters.secrets import read_secret
from mailsla.config.settings import Secret
from mailsla.errors import ConfigError

KEY = "mailboxes.support.password"


def secret_file(path: Path, text: str = "s3cret\n", mode: int = 0o600) -> Path:
    path.write_text(text)
    path.chmod(mode)
    return path


def test_each_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret_file(tmp_path / "imap", mode=0o440)  # systemd's own files may be read by its group
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    monkeypatch.setenv("IMAP_PASSWORD", "s3cret")
    places = [Secret(credential="imap"), Secret(file=str(secret_file(tmp_path / "f"))), Secret(env="IMAP_PASSWORD")]
    assert [read_secret(place, KEY) for place in places] == ["s3cret"] * 3


def test_only_the_line_end_is_cut(tmp_path: Path) -> None:
    assert read_secret(Secret(file=str(secret_file(tmp_path / "f", " two words \r\n"))), KEY) == " two words "


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o444])
def test_a_file_that_others_may_read_is_refused_with_the_mend(tmp_path: Path, mode: int) -> None:
    path = secret_file(tmp_path / "f", mode=mode)
    with pytest.raises(ConfigError, match=rf"{KEY}: file .*others.*\n.*mend: chmod 600 {path}") as caught:
        read_secret(Secret(file=str(path)), KEY)
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(
    ("secret", "says"),
    [
        (Secret(credential="imap"), "LoadCredential=imap:PATH"),
        (Secret(file="/nowhere/f"), "/nowhere/f: No such file"),
        (Secret(env="MAILSLA_ABSENT"), "set MAILSLA_ABSENT"),
    ],
)
def test_what_is_absent_is_named(secret: Secret, says: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    with pytest.raises(ConfigError, match=says):
        read_secret(secret, KEY)


NO_PASSWORDS = [
    (b"\n", "empty"),
    (b"\xff\xfe", "not UTF-8"),
    (b"s3cret\r\nA1 DELETE INBOX", "line end or another control"),
    (b"s3cret\0", "line end or another control"),
]


@pytest.mark.parametrize(("content", "says"), NO_PASSWORDS)
@pytest.mark.parametrize("place", ["file", "credential", "env"])
def test_what_cannot_be_a_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes, says: str, place: str
) -> None:
    """A line end in it would begin another command to the server. The error says where, and not what."""
    path = secret_file(tmp_path / "f")
    path.write_bytes(content)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    secret = {"file": Secret(file=str(path)), "credential": Secret(credential="f"), "env": Secret(env="IMAP_PASSWORD")}
    if place == "env":
        if b"\0" in content or says in ("not UTF-8",):
            return  # no environment can hold it
        monkeypatch.setenv("IMAP_PASSWORD", content.decode().rstrip("\n"))
    with pytest.raises(ConfigError, match=rf"(?s){KEY}: .*(IMAP_PASSWORD|f).*{says}.*mend: ") as caught:
        read_secret(secret[place], KEY)
    assert "s3cret" not in str(caught.value) and "DELETE" not in str(caught.value)

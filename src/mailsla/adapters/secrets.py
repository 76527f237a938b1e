"""Secrets from where the configuration says they are: a systemd credential, a file, the environment.

The value is read at use, given to the one who asked, and in no message.
"""

import os
import stat
import unicodedata
from pathlib import Path

from mailsla.config.settings import Secret
from mailsla.errors import ConfigError, Problem


def read_secret(secret: Secret, where: str) -> str:
    """The value, without the line end of its file. `where`: the key in the configuration, for the error.

    Raises ConfigError when it is not there, is empty or no line of text, or is a file that others may read.
    """
    if secret.credential:
        value = _from_credential(secret.credential, where)
    elif secret.file:
        path = Path(secret.file)
        if path.exists() and path.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH):
            raise _wrong(where, f"file {path} can be read by others than its owner", f"chmod 600 {path}")
        value = _from_file(path, where)
    else:
        if secret.env not in os.environ:
            raise _wrong(where, f"the environment variable {secret.env} is not set", f"set {secret.env}, or use a file")
        value = os.environ[secret.env]
    if not value:
        raise _wrong(where, f"{_place(secret)} is empty", "write the password into it")
    if any(unicodedata.category(char) == "Cc" for char in value):  # a line end would be the end of a command
        raise _wrong(
            where, f"{_place(secret)} holds a line end or another control character", "write the password alone into it"
        )
    return value


def _place(secret: Secret) -> str:
    if secret.credential:
        return f"systemd credential {secret.credential}"
    return f"file {secret.file}" if secret.file else f"the environment variable {secret.env}"


def _from_credential(name: str, where: str) -> str:
    directory = os.environ.get("CREDENTIALS_DIRECTORY")
    if directory is None:
        raise _wrong(
            where,
            f"systemd credential {name}: there is no CREDENTIALS_DIRECTORY",
            f"run as the service with LoadCredential={name}:PATH, or systemd-run -p LoadCredential={name}:PATH",
        )
    return _from_file(Path(directory) / name, where)


def _from_file(path: Path, where: str) -> str:
    try:
        return path.read_text(encoding="utf-8").rstrip("\r\n")
    except OSError as error:
        raise _wrong(
            where, f"file {path}: {error.strerror}", "make it, readable for the user mailsla runs as"
        ) from error
    except UnicodeDecodeError:
        raise _wrong(where, f"file {path} is not UTF-8 text", "write the password as text") from None


def _wrong(where: str, what: str, mend: str) -> ConfigError:
    return ConfigError((Problem(where, what, mend),))

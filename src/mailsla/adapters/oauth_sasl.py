"""The two SASL mechanisms that carry an access token: OAUTHBEARER (RFC 7628) and XOAUTH2, its forerunner."""

import json
import re
from collections.abc import Collection
from typing import Literal

Mechanism = Literal["OAUTHBEARER", "XOAUTH2"]


def mechanism_of(offered: Collection[str]) -> Mechanism | None:
    """The one to use of those that a server offers: Microsoft knows XOAUTH2 only, and nobody's is better tried."""
    names = {name.upper() for name in offered}
    if "XOAUTH2" in names:
        return "XOAUTH2"
    return "OAUTHBEARER" if "OAUTHBEARER" in names else None


def first_response(mechanism: Mechanism, user: str, access_token: str, host: str, port: int) -> bytes:
    """The client's first and only message; base64 is for the protocol around it to add."""
    if mechanism == "XOAUTH2":
        return f"user={user}\1auth=Bearer {access_token}\1\1".encode()
    name = user.replace("=", "=3D").replace(",", "=2C")
    return f"n,a={name},\1host={host}\1port={port}\1auth=Bearer {access_token}\1\1".encode()


def last_response(mechanism: Mechanism) -> bytes:
    """To a challenge, which is how a server says why it refuses (RFC 7628, 3.2.3); then it fails."""
    return b"\1" if mechanism == "OAUTHBEARER" else b""


def cause_of(challenge: bytes) -> str:
    """Why, in the server's words: "invalid_token", or an HTTP status; "" where it does not say."""
    try:
        said = json.loads(challenge)
    except ValueError:
        return ""
    status = str(said.get("status", "")) if isinstance(said, dict) else ""
    return re.sub(r"[^ -~]+", " ", status)[:60]

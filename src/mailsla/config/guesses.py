"""What `mailsla init` offers before it is told: servers by the domain of an address, names by the address."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

Provider = Literal["", "google", "microsoft"]


@dataclass(frozen=True, slots=True)
class Servers:
    """Where a domain's mail is probably read and sent. `oauth`: whose login by OAuth2 both want, "" for a password."""

    imap: str
    smtp: str
    oauth: Provider = ""


def servers_of(address: str) -> Servers:
    """Of a known provider its own; else the names that most servers have."""
    domain = address.rpartition("@")[2].lower()
    for servers, domains in _known():
        if any(domain == one or domain.endswith(f".{one}") for one in domains):
            return servers
    return Servers(f"imap.{domain}", f"smtp.{domain}")


def smtp_beside(imap: str) -> str:
    """The sending host that belongs to an IMAP host; where they are no pair by name, it is probably the same."""
    known = {servers.imap: servers.smtp for servers, _ in _known()}
    return known.get(imap) or re.sub(r"^imap\.", "smtp.", imap)


def oauth_at(imap: str) -> Provider:
    """Whose login by OAuth2 an IMAP host wants: also for domains that a company has there."""
    return next((servers.oauth for servers, _ in _known() if servers.imap == imap.lower()), "")


def name_of(address: str) -> str:
    """A short name for the installation, of the domain: acme.example and mail.acme.example give "acme"."""
    labels = address.rpartition("@")[2].lower().split(".")
    name = labels[-2] if len(labels) > 1 else labels[0]
    return re.sub(r"[^a-z0-9-]", "", name)[:32].strip("-") or "mailsla"


def prefix_of(name: str) -> str:
    """The prefix of references: "acme" gives ACME; always one that formats.py takes."""
    letters = re.sub(r"^[0-9]+", "", re.sub(r"[^A-Z0-9]", "", name.upper()))[:10]
    return letters if len(letters) > 1 else f"{letters}CASE"


@cache
def _known() -> tuple[tuple[Servers, tuple[str, ...]], ...]:
    tables = tomllib.loads((files("mailsla.config") / "mail_servers.toml").read_text(encoding="utf-8"))
    return tuple(
        (Servers(table["imap"], table["smtp"], table.get("oauth", "")), tuple(table["domains"]))
        for table in tables.values()
    )

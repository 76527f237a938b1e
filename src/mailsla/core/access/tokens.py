"""Token addresses and Message-IDs of ours: how they are written, found and blanked (mail.md section 3).

A token is 26 characters of lower-case base32 (RFC 4648: a-z, 2-7), 128 random bits. It stands in an address only; we
keep its hash. Clients change the case of addresses, so tokens are compared in lower case.
"""

import hashlib
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

LOCAL_PART_OCTETS = 64  # RFC 5321 section 4.5.3.1.1
NOTE = "note."
BOUNCE = "bounce."
VERP = "verp"  # sending.bounce_address: each letter has a bounce address of its own
# Purposes of the tokens in links. They end by themselves, and may stand in a subject (letters.md section 5); what lets
# a person reply or write a note never does.
OF_LINKS = frozenset({"action", "rating", "confirm"})
SPOILED = "+"  # clients make a blank of it in the address of a link

_TOKEN = re.compile(r"[a-z2-7]{26}")
_PUBLIC = re.compile(r"[a-z2-7]{20}")
_CODE = re.compile(r"\(code ([a-z2-7]{26})\)", re.IGNORECASE | re.ASCII)
# In stored bytes a token may be cut by a soft line break of quoted-printable (RFC 2045 section 6.7).
_IN_BYTES = re.compile(rb"(?=((?:[a-z2-7](?:=\r?\n)?){25}[a-z2-7]))")
_BASE32_CHARACTER = re.compile(rb"[a-z2-7]")


@dataclass(frozen=True, slots=True)
class Scheme:
    """How a mailbox writes token addresses.

    `support+TOKEN@acme.example` with a delimiter, `TOKEN@reply.acme.example` with a reply domain (which wins), and the
    plain address with neither: then only the Message-ID tells which ticket is meant.
    """

    address: str  # the support address
    delimiter: str = "+"
    reply_domain: str = ""

    @property
    def local(self) -> str:
        """What stands before the @, lower case."""
        return self.address.lower().rpartition("@")[0]

    @property
    def domain(self) -> str:
        """What stands behind the @, lower case."""
        return self.address.lower().rpartition("@")[2]


@dataclass(frozen=True, slots=True)
class Found:
    """A token seen in an address; `note` when the address says so. Every other purpose is in the token's row."""

    token: str
    note: bool = False


def hash_token(token: str) -> str:
    """What we keep of a token: its SHA-256 as hex, without regard to case."""
    return hashlib.sha256(token.lower().encode()).hexdigest()


def address_of(token: str, purpose: str, scheme: Scheme) -> str:
    """The address that carries a token; purpose "note" puts `note.` before it.

    Raises ValueError when it is no token or the local part would be over 64 octets (RFC 5321): `mailsla check` calls
    this with a sample for each mailbox.
    """
    if not _TOKEN.fullmatch(token):
        raise ValueError("a token is 26 characters of a-z and 2-7")
    return _address_with(NOTE + token if purpose == "note" else token, scheme)


def link_to(token: str, scheme: Scheme) -> tuple[str, str]:
    """Where the mail of a link goes, and what its subject must carry ("" where the address has the token).

    A `+` in the address of a link breaks in some clients: there it goes to the support address, with a code in the
    subject (letters.md section 5). Raises ValueError as `address_of`.
    """
    if scheme.reply_domain or scheme.delimiter not in ("", SPOILED):
        return address_of(token, "action", scheme), ""
    return scheme.address, f"(code {token})"


def code_in(subject: str) -> str:
    """The token that stands in a subject as a code, lower case; "" when none does, or more than one."""
    codes = {code.lower() for code in _CODE.findall(subject)}
    return codes.pop() if len(codes) == 1 else ""


def bounces_to(setting: str, public_id: str, scheme: Scheme) -> str:
    """The envelope sender (RFC 5321) of the letter with this public id; `setting` is sending.bounce_address.

    With "verp" it is an address of its own: whatever a report leaves out, the address that it comes to tells. It gives
    no more right than the letter's Message-ID. Raises ValueError as `address_of`.
    """
    return _address_with(BOUNCE + public_id, scheme) if setting == VERP else setting or scheme.address


def _address_with(code: str, scheme: Scheme) -> str:
    if scheme.reply_domain:
        return f"{code}@{scheme.reply_domain.lower()}"
    if not scheme.delimiter:
        return scheme.address
    local = scheme.address.rpartition("@")[0] + scheme.delimiter + code
    if len(local.encode()) > LOCAL_PART_OCTETS:
        raise ValueError(
            f"{scheme.address} leaves no room for a token: {len(local.encode())} octets before the @ of 64"
        )
    return f"{local}@{scheme.address.rpartition('@')[2]}"


def find_tokens(addresses: Iterable[str], scheme: Scheme) -> tuple[Found, ...]:
    """The tokens in these addresses, each once, in order.

    Plus and reply-domain forms both count whatever the scheme is now: letters from before a change are still answered.
    What follows the delimiter must be a token and nothing else, so `support-de@` is no token address of `support@`.
    """
    found: dict[Found, None] = {}
    for code in _codes(addresses, scheme):
        token = code.removeprefix(NOTE)
        if _TOKEN.fullmatch(token):
            found[Found(token, note=code != token)] = None
    return tuple(found)


def find_bounced(addresses: Iterable[str], scheme: Scheme) -> tuple[str, ...]:
    """The public ids in the bounce addresses among these, each once, in order."""
    ids = (code.removeprefix(BOUNCE) for code in _codes(addresses, scheme) if code.startswith(BOUNCE))
    return tuple(dict.fromkeys(public for public in ids if _PUBLIC.fullmatch(public)))


def _codes(addresses: Iterable[str], scheme: Scheme) -> Iterator[str]:
    """What stands in these addresses where a token would."""
    for address in addresses:
        local, _, domain = address.lower().rpartition("@")
        if scheme.reply_domain and domain == scheme.reply_domain.lower():
            yield local
        elif scheme.delimiter and domain == scheme.domain and local.startswith(scheme.local + scheme.delimiter):
            yield local[len(scheme.local) + len(scheme.delimiter) :]


def is_ours(address: str, schemes: Iterable[Scheme]) -> bool:
    """Whether mail to this address comes back to us: a support address, a token address, all of a reply domain."""
    address = address.lower()
    for scheme in schemes:
        if address == scheme.address.lower() or find_tokens((address,), scheme) or find_bounced((address,), scheme):
            return True
        if scheme.reply_domain and address.endswith("@" + scheme.reply_domain.lower()):
            return True
    return False


def message_id_of(public_id: str, host: str) -> str:
    """The Message-ID of a letter of ours, without angle brackets. The public id finds the ticket, it is no token."""
    return f"{public_id}@{host.lower()}"


def hashes_in(content: bytes) -> frozenset[str]:
    """The hashes of all that may be a token in the bytes of a letter."""
    return frozenset(hash_token(_unfolded(match[1])) for match in _IN_BYTES.finditer(content))


def _unfolded(token: bytes) -> str:
    return re.sub(rb"=\r?\n", b"", token).decode("ascii")


def blank_tokens(content: bytes, hashes: Collection[str]) -> bytes:
    """The stored bytes with the tokens of these hashes as x; the length and all else stay as they were.

    Tokens cut by a soft line break are found too; those inside a base64 body are not (our letters have none).
    """
    spans = [match.span(1) for match in _IN_BYTES.finditer(content) if hash_token(_unfolded(match[1])) in hashes]
    blanked = bytearray(content)
    for start, end in spans:
        blanked[start:end] = _BASE32_CHARACTER.sub(b"x", content[start:end])
    return bytes(blanked)

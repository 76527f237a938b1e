"""Did our own server prove who wrote a mail: Authentication-Results (RFC 8601) to pass, fail or none.

Anyone may put such a header into a mail. One counts only when our server wrote it (mail.md section 3):

- `authserv_id = "mx.acme.example"`: the topmost header with this id, and those with it directly below. A sender's own
  with the same id stands further down, and RFC 8601 section 5 has our server remove it. Each method is decided by
  the first header that has it, so a forged one below never contradicts ours.
- `"topmost"`: the first header, whatever its id; for servers that always write one (some leave the id out).
- `"none"`: no header counts.

authres reads one result at a time, with the comments already cut: what senders can write into a comment (an envelope
address, a reason) must not be read as a result, and one odd result must not hide the others. It takes about 0.4 ms
for each, so no more are read than the verdict needs.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

import authres

from mailsla.core.model import Reason

NONE = "none"
TOPMOST = "topmost"
# Longer ones are not read; authres takes quadratic time.
_LONGEST = 8192
_LONGEST_CLAUSE = 2048
_MOST_CLAUSES = 50

_METHOD = re.compile(r"(auth|dmarc|dkim|spf)\s*(?:/\s*\d+\s*)?=", re.IGNORECASE)


class Result(StrEnum):
    """What our server says about From. `fail`: it states a failure of From's domain. `none`: it states nothing."""

    PASS = "pass"
    FAIL = "fail"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Auth:
    """The verdict and the fact that it stands on."""

    result: Result
    reason: Reason


@dataclass(frozen=True, slots=True)
class _Method:
    """One resinfo of RFC 8601 section 2.2: `dkim=pass header.d=acme.example`."""

    result: str
    properties: tuple[tuple[str, str], ...]  # ("header.d", "acme.example")

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.properties if key == name]

    def domains(self, name: str) -> list[str]:
        """Domains of `acme.example`, `@acme.example` and `ana@acme.example` alike."""
        return [value.rpartition("@")[2].rstrip(".") for value in self.all(name)]


@dataclass(frozen=True, slots=True)
class _Methods:
    """Results as text by method."""

    clauses: Mapping[str, list[str]]

    def read(self, name: str) -> list[_Method]:
        """The results of one method; broken ones are left out."""
        return [method for clause in self.clauses.get(name, ()) if (method := _method(clause)) is not None]


def verdict(headers: Sequence[str], from_email: str, authserv_id: str, login: str = "") -> Auth:
    """Whether our server proved that the mail is From's; never raises for what a header holds.

    `headers`: the Authentication-Results values from the top, unfolded. `from_email`: the one mailbox of From, ""
    when there was none. `login`: the configured login of the agent whose address From is.
    Pass: auth=pass with that login; dmarc=pass with header.from = From's domain; dkim=pass of From's domain or of a
    parent of it. A dmarc=fail of From's domain outweighs a DKIM signature. SPF alone never passes.
    """
    if authserv_id == NONE:
        return Auth(Result.NONE, Reason("auth_not_configured"))
    if not from_email:
        return Auth(Result.NONE, Reason("auth_no_from"))
    methods = _trusted(headers, authserv_id.lower())
    if methods is None:
        return Auth(Result.NONE, Reason("auth_no_header", {"authserv_id": authserv_id}))
    if login and any(m.result == "pass" and _lone(m.all("smtp.auth")) == login.lower() for m in methods.read("auth")):
        return Auth(Result.PASS, Reason("auth_login_pass", {"login": login}))
    return _of_domain(methods, _ascii_domain(from_email))


def servers(headers: Sequence[str]) -> tuple[str, ...]:
    """Who wrote each header, from the top: its authserv-id, "" where it has none."""
    return tuple(name for name, clauses in map(_split, headers[:20]) if name or clauses)


def login_proven(headers: Sequence[str], authserv_id: str) -> str:
    """The login that the sender had at our own server (auth=pass), "" where it does not say."""
    methods = _trusted(headers, authserv_id.lower())
    proven = (_lone(m.all("smtp.auth")) for m in methods.read("auth") if m.result == "pass") if methods else ()
    return next(filter(None, proven), "")


def _of_domain(methods: _Methods, domain: str) -> Auth:
    values = {"domain": domain}
    dmarc = [m.result for m in methods.read("dmarc") if _lone(m.domains("header.from")) == domain]
    if dmarc and set(dmarc) == {"pass"}:
        return Auth(Result.PASS, Reason("auth_dmarc_pass", values))
    if "fail" in dmarc:
        return Auth(Result.FAIL, Reason("auth_dmarc_fail", values))
    signers = [(m.result, _signer(m)) for m in methods.read("dkim")]
    aligned = [(result, signer) for result, signer in signers if _covers(signer, domain)]
    for result, signer in aligned:
        if result == "pass":
            return Auth(Result.PASS, Reason("auth_dkim_pass", {"domain": signer}))
    if any(result == "fail" for result, _ in aligned):
        return Auth(Result.FAIL, Reason("auth_dkim_fail", values))
    if any(m.result == "fail" and _covers(_lone(m.domains("smtp.mailfrom")), domain) for m in methods.read("spf")):
        return Auth(Result.FAIL, Reason("auth_spf_fail", values))
    return Auth(Result.NONE, Reason("auth_nothing_proven", values))


def _signer(method: _Method) -> str:
    # header.i (Gmail writes it alone) lies within the signing domain (RFC 6376 section 3.5), so it never says too much.
    return _lone(method.domains("header.d")) if method.all("header.d") else _lone(method.domains("header.i"))


def _covers(signer: str, domain: str) -> bool:
    """The same domain or a parent of it; a bare top-level domain signs for nobody."""
    return "." in signer and (domain == signer or domain.endswith("." + signer))


def _lone(values: list[str]) -> str:
    """The one value; two that differ can be read either way, which proves nothing."""
    return values[0] if len(set(values)) == 1 else ""


def _ascii_domain(email: str) -> str:
    domain = email.lower().rpartition("@")[2].rstrip(".")
    try:
        return domain.encode("idna").decode("ascii")
    except UnicodeError:
        return domain


def _trusted(headers: Sequence[str], authserv_id: str) -> _Methods | None:
    """The results of our own server by method, unread; None when it wrote none."""
    read = [_split(value) for value in headers[:20]]
    if authserv_id == TOPMOST:
        ours = read[:1]
    else:
        start = next((n for n, (name, _) in enumerate(read) if name == authserv_id), len(read))
        end = next((n for n in range(start, len(read)) if read[n][0] != authserv_id), len(read))
        ours = read[start:end]
    if not any(clauses for _, clauses in ours):
        return None
    methods: dict[str, list[str]] = {}
    for _, clauses in ours:
        here: dict[str, list[str]] = {}
        for clause in clauses:
            if match := _METHOD.match(clause):
                here.setdefault(match[1].lower(), []).append(clause)
        methods = {**here, **methods}
    return _Methods(methods)


def _split(value: str) -> tuple[str, list[str]]:
    """(authserv-id in lower case, results as text); ("", []) for a value that is broken or too long.

    Microsoft's servers leave the id out: then the first clause is a result already.
    """
    clauses = _clauses(value)
    if not clauses:
        return "", []
    head = clauses[0].replace('"', "").split()
    if head and "=" not in clauses[0]:
        return head[0].lower(), clauses[1:]
    return "", clauses


def _clauses(value: str) -> list[str]:
    """Cut at `;` outside quotes, without comments (RFC 5322 section 3.2.2); [] when a quote or comment is left open."""
    if len(value) > _LONGEST:
        return []
    clauses = _cut(value) if any(mark in value for mark in '\\"(') else value.split(";")
    if len(clauses) > _MOST_CLAUSES:
        return []
    return [clause.strip() for clause in clauses if clause.strip()]


def _cut(value: str) -> list[str]:
    """The same character by character, where there are quotes or comments."""
    clauses = [""]
    depth, quoted, escaped = 0, False, False
    for character in value:
        keep = not depth
        if escaped:
            escaped = False
        elif character == "\\" and (quoted or depth):
            escaped = True
        elif quoted or character == '"':
            # A quote inside a comment is an ordinary character.
            quoted = quoted != (character == '"') if not depth else quoted
        elif character == "(":
            depth, keep = depth + 1, False
        elif character == ")" and depth:
            depth -= 1
            keep, character = not depth, " "
        elif character == ";" and not depth:
            clauses.append("")
            keep = False
        if keep:
            clauses[-1] += character
    return [] if depth or quoted else clauses


@lru_cache(maxsize=4096)
def _method(clause: str) -> _Method | None:
    """One result by authres; None when it is broken or too long.

    Remembered: the customers of one provider bring the same "dmarc=pass header.from=gmail.com".
    """
    if len(clause) > _LONGEST_CLAUSE:
        return None
    try:
        results = authres.parse_value(f"x; {clause}").results
    except authres.AuthResError:
        return None
    if not results:
        return None
    properties = tuple((f"{p.type}.{p.name}", (p.value or "").lower()) for p in results[0].properties)
    return _Method(results[0].result, properties)

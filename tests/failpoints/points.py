"""The names of all points at which a fault may strike: found in the code itself, so that new code is in the list.

A point is "before" or "after" a place: a commit of a flow, a method of a store, a method of a mail port, a call of the
library that owns a socket, a call that touches a Maildir's files. Nothing of this is in mailsla: the places are seams
that it has anyway.
"""

import ast
import importlib
import inspect
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import FrameType
from typing import Any, Literal

import mailsla
from mailsla.ports import mail as mail_ports

SRC = Path(mailsla.__file__).parent
Kind = Literal["commit", "statements", "port", "socket", "files"]
BEFORE, AFTER = "before", "after"


@dataclass(frozen=True)
class Seam:
    """An attribute that can be wrapped: of a module, or of a class ("module:Class")."""

    owner: str
    attribute: str

    def holder(self) -> Any:
        """The module or class."""
        module, _, name = self.owner.partition(":")
        found = importlib.import_module(module)
        return getattr(found, name) if name else found


@dataclass(frozen=True)
class Place:
    """One seam or several that count as one. `file`, `function`, `lines`: who calls; `verb`: its first argument."""

    name: str
    kind: Kind
    seams: tuple[Seam, ...]
    file: str = ""
    function: str = ""
    lines: tuple[int, int] = (0, 0)
    verb: bytes = b""

    def is_called(self, frame: FrameType, arguments: Sequence[object]) -> bool:
        """Whether a call from there is this one. `arguments`: with self."""
        code = frame.f_code
        if self.file and code.co_filename != self.file:
            return False
        if self.function and code.co_qualname.partition(".<locals>")[0].partition(".<")[0] != self.function:
            return False
        if self.lines != (0, 0) and not self.lines[0] <= frame.f_lineno <= self.lines[1]:
            return False
        return not self.verb or (len(arguments) > 1 and arguments[1] == self.verb)


@dataclass(frozen=True)
class Point:
    """Where a fault strikes."""

    place: Place
    when: str

    @property
    def name(self) -> str:
        """As reports and tests call it."""
        return f"{self.place.name} {self.when}"


@cache
def points() -> tuple[Point, ...]:
    """All, in a fixed order."""
    places = (*_commits(), *_statements(), *_ports(), *_imap(), *_smtp(), *_files())
    twice = [name for name, count in Counter(place.name for place in places).items() if count > 1]
    assert not twice, f"one name for several places: {twice}"
    return tuple(Point(place, when) for place in places for when in (BEFORE, AFTER))


# The database


def _commits() -> Iterator[Place]:
    """Each `uow.commit()` there is: "flows.accept:mark", with "#2" for the second one of a function."""
    for path in sorted(SRC.rglob("*.py")):
        if path.is_relative_to(SRC / "adapters"):
            continue
        module = ".".join(path.relative_to(SRC).with_suffix("").parts)
        numbers: Counter[str] = Counter()
        for function, node in _nodes(path):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "commit":
                numbers[function] += 1
                number = f"#{numbers[function]}" if numbers[function] > 1 else ""
                yield Place(
                    f"{module}:{function}{number}",
                    "commit",
                    (Seam("mailsla.adapters.db.store:SqlUnitOfWork", "commit"),),
                    file=str(path),
                    lines=(node.lineno, node.end_lineno or node.lineno),
                )


_MAKERS = ("insert", "update", "delete", "upsert", "insert_new")
_WRITES = re.compile(rf"\b({'|'.join(_MAKERS)})\(")


def _statements() -> Iterator[Place]:
    """Each method of a store that writes: "outbox.claim_letter"; those that only read are one place a store."""
    for path in sorted((SRC / "adapters" / "db").glob("*_store.py")):
        module = f"mailsla.adapters.db.{path.stem}"
        source = path.read_text(encoding="utf-8")
        tree = ast.parse(source)
        [kind] = [node for node in tree.body if isinstance(node, ast.ClassDef) and node.name.startswith("Sql")]
        aggregate = path.stem.removesuffix("_store")
        writing = _writing_names(source, tree)
        methods = {node.name: node for node in kind.body if isinstance(node, ast.FunctionDef)}
        writers = _closure(methods, writing)
        owner = f"{module}:{kind.name}"
        public = [name for name in methods if not name.startswith("_")]
        for name in public:
            if name in writers:
                yield Place(f"{aggregate}.{name}", "statements", (Seam(owner, name),))
        readers = tuple(Seam(owner, name) for name in public if name not in writers)
        if readers:
            yield Place(f"{aggregate}: reading", "statements", readers)


def _writing_names(source: str, tree: ast.Module) -> set[str]:
    """What the module calls its statements that write, and the functions that make them, of one another too."""
    defined = [(node, _defined(node)) for node in tree.body]
    found = {
        name for node, names in defined for name in names if _WRITES.search(ast.get_source_segment(source, node) or "")
    }
    while more := {name for node, names in defined for name in names if _names(node) & found} - found:
        found |= more
    return found


def _defined(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.Assign):
        return [target.id for target in node.targets if isinstance(target, ast.Name)]
    return [node.name] if isinstance(node, ast.FunctionDef) else []


def _closure(methods: dict[str, ast.FunctionDef], writing: set[str]) -> set[str]:
    """The methods that use such a statement, or make one, themselves or by others."""
    used = {name: _names(node) for name, node in methods.items()}
    makes = {name for name, node in methods.items() if any(_makes_one(each) for each in ast.walk(node))}
    found = makes | {name for name, names in used.items() if names & (writing | {"insert_new"})}
    while more := {name for name, names in used.items() if names & found} - found:
        found |= more
    return found


def _makes_one(node: ast.AST) -> bool:
    """A call of SQLAlchemy's own, as `insert(models)`; not of a method, as `found.update(...)` of a dict."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _MAKERS


def _names(node: ast.AST) -> set[str]:
    names = {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
    return names | {
        each.attr
        for each in ast.walk(node)
        if isinstance(each, ast.Attribute) and isinstance(each.value, ast.Name) and each.value.id == "self"
    }


# Mail


_ADAPTERS = {
    "imap:ImapSource": mail_ports.Source,
    "maildir:MaildirSource": mail_ports.Source,
    "imap_display:ImapDisplay": mail_ports.Display,
    "smtp:SmtpTransport": mail_ports.Transport,
    "maildir_transport:MaildirTransport": mail_ports.Transport,
}
_NO_IO = {"wake", "largest"}  # from another thread, and a memory


def _ports() -> Iterator[Place]:
    """Each method of an adapter of a mail port: "port imap.fetch"."""
    for owner, port in _ADAPTERS.items():
        for name, _ in inspect.getmembers(port, inspect.isfunction):
            if not name.startswith("_") and name not in _NO_IO:
                seam = Seam(f"mailsla.adapters.{owner}", name)
                yield Place(f"port {owner.partition(':')[0]}.{name}", "port", (seam,))


def _imap() -> Iterator[Place]:
    """Each use of a method of IMAPClient, by the function that it stands in: "imap._search: search"."""
    for path in sorted((SRC / "adapters").glob("imap*.py")):
        yield from _library(
            path, {"client": "imapclient:IMAPClient", "IMAPClient": "imapclient:IMAPClient"}, {"socket"}
        )


def _smtp() -> Iterator[Place]:
    """Each use of aiosmtplib, and the commands that its connect() gives."""
    client, protocol = "aiosmtplib:SMTP", "aiosmtplib.protocol:SMTPProtocol"
    unmoved = {"supports_extension", "close"}  # no word to the server, and asyncio's close neither waits nor fails
    yield from _library(SRC / "adapters" / "smtp.py", {"client": client, "protocol": protocol, "SMTP": client}, unmoved)
    for verb in (b"EHLO", b"AUTH"):
        yield Place(f"smtp: {verb.decode()}", "socket", (Seam(protocol, "execute_command"),), verb=verb)
    yield Place("smtp: STARTTLS", "socket", (Seam(protocol, "start_tls"),))


def _library(path: Path, owners: dict[str, str], besides: set[str]) -> Iterator[Place]:
    seen: set[str] = set()
    for function, node in _nodes(path):
        owner = method = ""
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in owners:
            owner, method = owners[node.func.id], "__init__"
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
            owner = owners.get(ast.unparse(node.value).rpartition(".")[2].lstrip("_"), "")
            method = node.attr
        if not owner or method in besides or (method.startswith("_") and method != "__init__"):
            continue
        seam = Seam(owner, method)
        name = f"{path.stem}.{function}: {method.strip('_')}"
        if name not in seen and inspect.isfunction(getattr(seam.holder(), method, None)):
            seen.add(name)
            yield Place(name, "socket", (seam,), file=str(path), function=function)


_OF_OS = {"scandir", "fstat", "fsync", "open"}
_OF_PATH = {"open", "rename", "mkdir", "touch", "stat", "unlink"}


def _files() -> Iterator[Place]:
    """Each call by which a Maildir's files are touched: "maildir.mark: rename"."""
    for path in sorted((SRC / "adapters").glob("maildir*.py")):
        seen: set[str] = set()
        for function, node in _nodes(path):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            called, on = node.func.attr, ast.unparse(node.func.value)
            if called not in (_OF_OS if on == "os" else _OF_PATH) or "name" in on.split("."):
                continue
            seam = Seam("os", called) if on == "os" else Seam("pathlib:Path", called)
            name = f"{path.stem}.{function}: {called}"
            if name not in seen:
                seen.add(name)
                yield Place(name, "files", (seam,), file=str(path), function=function)


def _nodes(path: Path) -> Iterator[tuple[str, ast.AST]]:
    """All that stands in functions, each with the qualified name of its function, in the order of the text."""

    def walk(node: ast.AST, inside: str) -> Iterator[tuple[str, ast.AST]]:
        for child in ast.iter_child_nodes(node):
            name = inside
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                name = f"{inside}.{child.name}".lstrip(".")
            elif inside:
                yield inside, child
            yield from walk(child, name)

    tree = ast.parse(path.read_text(encoding="utf-8"))
    outermost = {node.name for node in tree.body if isinstance(node, ast.ClassDef)}
    yield from ((function, node) for function, node in walk(tree, "") if function not in outermost)

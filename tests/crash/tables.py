"""The rows that the checker looks at, as any database gives them, and what a letter in one says."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from email import message_from_bytes
from functools import cached_property, lru_cache
from typing import Any

from tests.crash.mix import Brought

Row = Mapping[str, Any]
_CAUSES = ("message", "letter", "intake")  # what an event's data names as its cause, by number


class Tables:
    """Each is read once, when it is first looked at."""

    def __init__(self, query: Callable[[str], Sequence[tuple[Any, ...]]]) -> None:
        self._query = query

    def _rows(self, table: str, columns: str, order: str = "id") -> list[Row]:
        names = columns.split()
        found = self._query(f"SELECT {', '.join(names)} FROM {table} ORDER BY {order}")
        return [dict(zip(names, row, strict=True)) for row in found]

    @cached_property
    def intake(self) -> list[Row]:
        return self._rows("intake", "id uid sha256 state reason ticket_id duplicate_of")

    @cached_property
    def tickets(self) -> list[Row]:
        return self._rows("tickets", "id reference stub")

    @cached_property
    def notices(self) -> list[Row]:
        return self._rows("notices", "id key recipient state reason not_before")

    @cached_property
    def letters(self) -> list[Row]:
        return self._rows("letters", "id notice_id kind ticket_id recipient message_id content state possibly_twice")

    @cached_property
    def events(self) -> list[Row]:
        """With `cause`: the mail or letter that it was written for, "" where it names none."""
        rows = self._rows("events", "id ticket_id at type actor data")
        return [{**row, "data": _plain(row["data"]), "cause": _cause(row["data"])} for row in rows]

    def intake_of(self, mail: Brought) -> list[Row]:
        return self._intake_by_hash[sha256(mail.raw)]

    def firsts_of(self, mail: Brought) -> list[Row]:
        """Those that are no duplicates."""
        return [row for row in self.intake_of(mail) if row["state"] != "duplicate"]

    def raw(self, mail: Brought) -> bytes | None:
        return self._raws.get(sha256(mail.raw))

    def messages_of(self, intake: Row) -> list[Row]:
        return self._messages_by_intake[intake["id"]]

    def is_stub(self, ticket_id: int | None) -> bool:
        return any(ticket["id"] == ticket_id and ticket["stub"] for ticket in self.tickets)

    @cached_property
    def _intake_by_hash(self) -> dict[str, list[Row]]:
        return _by(self.intake, "sha256")

    @cached_property
    def _messages_by_intake(self) -> dict[int, list[Row]]:
        return _by(self._rows("messages", "id ticket_id intake_id"), "intake_id")

    @cached_property
    def _raws(self) -> dict[str, bytes]:
        return {row["sha256"]: bytes(row["content"]) for row in self._rows("raw_mails", "sha256 content", "sha256")}


def _by(rows: Sequence[Row], name: str) -> dict[Any, list[Row]]:
    found: dict[Any, list[Row]] = defaultdict(list)
    for row in rows:
        found[row[name]].append(row)
    return found


def _plain(data: object) -> str:
    """JSON, which SQLite keeps as text and PostgreSQL may give decoded."""
    return json.dumps(json.loads(data) if isinstance(data, str) else data, sort_keys=True)


def _cause(data: object) -> str:
    read = json.loads(_plain(data))
    return next((f"{name} {read[name]}" for name in _CAUSES if read.get(name) is not None), "")


@lru_cache(maxsize=100_000)
def sha256(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()


@lru_cache(maxsize=100_000)
def message_id(content: bytes) -> str:
    """Without its angle brackets."""
    return str(message_from_bytes(content)["Message-ID"]).strip().strip("<>")


def text_of(letter: Row) -> str:
    """Its text part, decoded."""
    for part in message_from_bytes(bytes(letter["content"])).walk():
        if part.get_content_type() == "text/plain" and not part.get_filename():
            content = part.get_payload(decode=True)
            return content.decode("utf-8") if isinstance(content, bytes) else ""
    return ""

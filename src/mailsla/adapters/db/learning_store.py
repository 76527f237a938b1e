"""Labels and learned models, in the database (ports.store.learning)."""

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, delete, func, insert, select, true, update

from mailsla.adapters.db.rows import Rows, slices
from mailsla.adapters.db.schema import labels, messages, models
from mailsla.adapters.db.upsert import InsertInto, Statement, upsert
from mailsla.core.model import Instant
from mailsla.core.triage.labels import KeptModel, Label

_LABEL = Rows(labels, Label)
_MODEL = Rows(models, KeptModel)


def _add(into: InsertInto) -> Statement:
    return into(labels).on_conflict_do_nothing(index_elements=["key"])


_ADD = upsert(_add)
_COUNT = select(func.count()).select_from(labels)
_PAGE = select(*_LABEL.columns).where(labels.c.id > bindparam("after")).order_by(labels.c.id).limit(bindparam("most"))
_NEWEST = select(labels.c.id, labels.c.at).order_by(labels.c.id.desc()).limit(1)
_FIRST = (
    select(func.min(messages.c.id))
    .where(messages.c.ticket_id.in_(bindparam("tickets", expanding=True)), messages.c.kind == "customer")
    .group_by(messages.c.ticket_id)
)
_MAILS = select(messages.c.ticket_id, messages.c.subject, messages.c.text).where(messages.c.id.in_(_FIRST))
_MODELS = select(*_MODEL.columns).order_by(models.c.id.desc())
_ACTIVE = select(*_MODEL.columns).where(models.c.active == true()).limit(1)
_CONTENT = select(models.c.content).where(models.c.id == bindparam("number"))
_NONE_ACTIVE = update(models).where(models.c.active == true()).values(active=False)
_ACTIVATE = (
    update(models).where(models.c.id == bindparam("number")).values(active=True, active_since=bindparam("since"))
)


class SqlLearningStore:
    """ports.store.learning.LearningStore on an open transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._dialect = connection.dialect.name

    def add(self, labels: Sequence[Label]) -> int:
        """Insert those whose key is new; how many were. Writers come one at a time, so none is counted of another."""
        if not labels:
            return 0
        before = self._connection.execute(_COUNT).scalar_one()
        self._connection.execute(_ADD[self._dialect], [_LABEL.write(one) for one in labels])
        return int(self._connection.execute(_COUNT).scalar_one() - before)

    def labels(self, after: int = 0, limit: int = 1000) -> list[Label]:
        """The next ones by id."""
        return _LABEL.read_all(self._connection.execute(_PAGE, {"after": after, "most": limit}))

    def newest_label(self) -> tuple[int, Instant] | None:
        """(id, at) of the label that was added last."""
        found = self._connection.execute(_NEWEST).first()
        return None if found is None else (found.id, found.at)

    def first_mails(self, ticket_ids: Sequence[int]) -> dict[int, tuple[str, str]]:
        """(subject, text) of the customer's first mail of each ticket that has one."""
        return {
            row.ticket_id: (row.subject, row.text)
            for some in slices(ticket_ids)
            for row in self._connection.execute(_MAILS, {"tickets": some})
        }

    def add_model(self, model: KeptModel, content: bytes) -> int:
        """Insert; its number."""
        values = {**_MODEL.write(model), "content": content}
        return int(self._connection.execute(insert(models), values).inserted_primary_key[0])  # type: ignore[index]

    def models(self) -> list[KeptModel]:
        """All that are kept, newest first, without their bytes."""
        return _MODEL.read_all(self._connection.execute(_MODELS))

    def active(self) -> KeptModel | None:
        """The one that decides."""
        return _MODEL.read_optional(self._connection.execute(_ACTIVE).first())

    def content(self, number: int) -> bytes | None:
        """The bytes of one."""
        found: bytes | None = self._connection.execute(_CONTENT, {"number": number}).scalar_one_or_none()
        return found

    def activate(self, number: int | None, at: Instant | None) -> None:
        """This one decides from `at` on, and no other; None: the lexicon alone."""
        self._connection.execute(_NONE_ACTIVE)
        if number is not None:
            self._connection.execute(_ACTIVATE, {"number": number, "since": at})

    def forget(self, numbers: Sequence[int]) -> None:
        """These models are kept no more."""
        for number in numbers:
            self._connection.execute(delete(models).where(models.c.id == number))

"""Labels, which are only ever added, and the models that were learned from them."""

from collections.abc import Sequence
from typing import Protocol

from mailsla.core.model import Instant
from mailsla.core.triage.labels import KeptModel, Label


class LearningStore(Protocol):
    """What triage learns from, and what came of it."""

    def add(self, labels: Sequence[Label]) -> int:
        """Insert those whose key is new; how many were."""

    def labels(self, after: int = 0, limit: int = 1000) -> list[Label]:
        """The next ones by id."""

    def newest_label(self) -> tuple[int, Instant] | None:
        """(id, at) of the label that was added last."""

    def first_mails(self, ticket_ids: Sequence[int]) -> dict[int, tuple[str, str]]:
        """(subject, text) of the customer's first mail of each ticket that has one."""

    def add_model(self, model: KeptModel, content: bytes) -> int:
        """Insert; its number."""

    def models(self) -> list[KeptModel]:
        """All that are kept, newest first, without their bytes."""

    def active(self) -> KeptModel | None:
        """The one that decides."""

    def content(self, number: int) -> bytes | None:
        """The bytes of one."""

    def activate(self, number: int | None, at: Instant | None) -> None:
        """This one decides from `at` on, and no other; None: the lexicon alone."""

    def forget(self, numbers: Sequence[int]) -> None:
        """These models are kept no more."""

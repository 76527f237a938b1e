"""The contract of labels, which are only added, and of the models learned from them, of which one decides."""

from mailsla.adapters.db.store import SqlStore
from mailsla.core.triage.labels import How, KeptModel, Label
from tests.contracts.values import NOW, message, new_ticket


def label(key: str, **changes: object) -> Label:
    values: dict[str, object] = {"at": NOW, "category": "delivery", "who": "cli:root", "how": How.CSV, "text": "late"}
    return Label(key=key, **values | changes)  # type: ignore[arg-type]


def model(**changes: object) -> KeptModel:
    values: dict[str, object] = {"made_at": NOW, "labels": 20, "upto": 20, "recipe": {"scale": 3.0}, "sha256": "a"}
    return KeptModel(**values | changes)  # type: ignore[arg-type]


def test_a_label_whose_key_is_there_is_not_added_again(store: SqlStore) -> None:
    with store.begin() as uow:
        assert uow.learning.newest_label() is None
        assert uow.learning.add([label("a"), label("b"), label("a", category="billing")]) == 2
        assert uow.learning.add([label("b"), label("c", at=NOW + 1)]) == 1
        assert uow.learning.add([]) == 0
        found = uow.learning.labels()
        assert [(one.key, one.category) for one in found] == [("a", "delivery"), ("b", "delivery"), ("c", "delivery")]
        assert [one.key for one in uow.learning.labels(after=found[0].id, limit=1)] == ["b"]
        assert uow.learning.newest_label() == (found[-1].id, NOW + 1)


def test_the_words_of_a_ticket_are_its_first_mail_of_a_customer(store: SqlStore) -> None:
    with store.begin() as uow:
        first, second = new_ticket(uow), new_ticket(uow)
        for ticket, kind, text in (
            (first, "note", "a note"),
            (first, "customer", "the complaint"),
            (first, "customer", "and another"),
        ):
            uow.tickets.add_message(message(ticket, kind=kind, subject="Subject", text=text))
        assert uow.learning.first_mails([first, second]) == {first: ("Subject", "the complaint")}
        assert uow.learning.first_mails([]) == {}


def test_one_model_decides_or_none(store: SqlStore) -> None:
    with store.begin() as uow:
        first, second = (uow.learning.add_model(model(sha256=name), name.encode()) for name in "ab")
        assert uow.learning.active() is None
        uow.learning.activate(first, NOW)
        uow.learning.activate(second, NOW + 1)
        active = uow.learning.active()
        assert active is not None
        assert (active.id, active.active_since) == (second, NOW + 1)
        assert [(one.id, one.active) for one in uow.learning.models()] == [(second, True), (first, False)]
        assert uow.learning.content(second) == b"b"
        uow.learning.activate(None, NOW + 2)
        assert uow.learning.active() is None


def test_the_number_of_a_forgotten_model_is_not_given_again(store: SqlStore) -> None:
    with store.begin() as uow:
        number = uow.learning.add_model(model(), b"")
        uow.learning.forget([number])
        assert uow.learning.content(number) is None
        assert uow.learning.add_model(model(), b"") > number

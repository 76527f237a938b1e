"""The contract of incidents: their tickets, their states, and the words of complaints."""

from dataclasses import replace

from mailsla.adapters.db.store import SqlStore
from mailsla.core.incident import Incident, IncidentState, Said
from mailsla.ports.store import UnitOfWork
from tests.contracts.values import NOW, new_ticket


def incident(**changes: object) -> Incident:
    values: dict[str, object] = {"state": IncidentState.PROPOSED, "noticed_at": NOW}
    return Incident(**values | changes)  # type: ignore[arg-type]


def said(uow: UnitOfWork, ticket: int, at: int, *words: str, topic: str = "") -> Said:
    found = uow.tickets.get(ticket)
    assert found is not None
    return Said(ticket_id=ticket, customer_id=found.customer_id, received_at=at, words=words, topic=topic)


def test_words_are_kept_once_and_found_by_their_hour(store: SqlStore) -> None:
    with store.begin() as uow:
        assert uow.incidents.newest_kept() == 0
        first, second, third = (new_ticket(uow) for _ in range(3))
        uow.incidents.keep_words(
            [said(uow, first, NOW, "parcel", topic="delivery"), said(uow, second, NOW + 60, "停电", "网")]
        )
        uow.incidents.keep_words([said(uow, first, NOW + 60, "other"), said(uow, third, NOW + 120)])
        assert uow.incidents.newest_kept() == third
        found = uow.incidents.said_between(NOW, NOW + 120, 10)
        assert [(one.ticket_id, one.words) for one in found] == [(second, ("停电", "网")), (first, ("parcel",))]
        assert [one.topic for one in found] == ["", "delivery"]
        assert [one.ticket_id for one in uow.incidents.said_between(NOW, NOW + 121, 1)] == [third]


def test_old_words_are_forgotten_but_not_up_to_where_they_were_kept(store: SqlStore) -> None:
    with store.begin() as uow:
        tickets = [new_ticket(uow) for _ in range(3)]
        uow.incidents.keep_words([said(uow, one, NOW + at, "a") for at, one in enumerate(tickets)])
        assert uow.incidents.forget_words(NOW + 1) == 1
        assert uow.incidents.forget_words(NOW + 10) == 1
        assert uow.incidents.newest_kept() == tickets[-1]
        assert [one.ticket_id for one in uow.incidents.said_between(0, NOW + 10, 10)] == [tickets[-1]]


def test_an_incident_is_kept_as_it_is_and_changes(store: SqlStore) -> None:
    with store.begin() as uow:
        made = incident(words=("no", "water"), likeness={"water": 3.5}, usual=2)
        number = uow.incidents.add(made)
        assert uow.incidents.get(number) == replace(made, id=number)
        assert replace(made, id=number).weights == {"water": 3.5}
        opened = replace(made, id=number, state=IncidentState.OPEN, decided_at=NOW, decided_by="agent:jo")
        uow.incidents.update(opened)
        assert uow.incidents.get(number) == opened
        other = uow.incidents.add(incident())
        assert uow.incidents.get(other + 1) is None
        assert [one.id for one in uow.incidents.listed()] == [other, number]
        assert [one.id for one in uow.incidents.listed([IncidentState.OPEN])] == [number]
        assert [one.id for one in uow.incidents.listed(limit=1)] == [other]


def test_a_ticket_belongs_to_what_stands(store: SqlStore) -> None:
    with store.begin() as uow:
        one, two = new_ticket(uow), new_ticket(uow)
        number = uow.incidents.add(incident())
        assert uow.incidents.join(number, two, NOW) is True
        assert uow.incidents.join(number, one, NOW) is True
        assert uow.incidents.join(number, one, NOW + 1) is False
        assert uow.incidents.tickets(number) == [one, two]
        found = uow.incidents.of_ticket(one)
        assert found is not None
        assert found.id == number
        assert uow.incidents.of_tickets([one, two, two + 1]) == {one: number, two: number}
        assert uow.incidents.leave(number, one) is True
        assert uow.incidents.leave(number, one) is False
        assert uow.incidents.of_ticket(one) is None
        uow.incidents.update(replace(found, state=IncidentState.DISMISSED))
        assert uow.incidents.of_ticket(two) is None
        assert uow.incidents.tickets(number) == [two]
        assert uow.incidents.of_tickets([]) == {}

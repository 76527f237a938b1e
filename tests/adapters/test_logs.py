"""The last door before the log: addresses and the messages of unexpected errors do not pass it."""

import pytest

from mailsla.adapters.logs import bare_trace, masked


@pytest.mark.parametrize(
    ("said", "logged"),
    [
        ("550 <ana.vogel+x@mail.example>: no", "550 <(address)>: no"),
        ("login refused for support@acme.example, twice", "login refused for (address), twice"),
        (["ana@mail.example", {"to": "bea@mail.example"}], ["(address)", {"to": "(address)"}]),
        ("at 12:00 @ noon", "at 12:00 @ noon"),
        (7, 7),
        (None, None),
    ],
)
def test_addresses_are_masked_wherever_they_stand(said: object, logged: object) -> None:
    assert masked(said) == logged


def test_a_trace_names_places_types_and_causes_and_no_message() -> None:
    def decode() -> None:
        raise KeyError("the text of a mail")

    try:
        try:
            decode()
        except KeyError as error:
            raise ValueError("more of its text") from error
    except ValueError as error:
        trace = bare_trace(error)
    assert "the text" not in trace
    assert "more of" not in trace
    first, second = (trace.index(name) for name in ("\nKeyError", "\nValueError"))
    assert first < second
    assert f"{__file__}:" in trace
    assert "in decode" in trace

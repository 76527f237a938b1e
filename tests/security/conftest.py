"""The office of the flow tests, for attacks on it."""

from tests.flows.conftest import _blank, office, open_office

__all__ = ["_blank", "office", "open_office"]

"""The offices of the flow tests."""

from tests.flows.conftest import _blank, open_office

__all__ = ["_blank", "open_office"]

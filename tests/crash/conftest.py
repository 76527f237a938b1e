"""The desks of the end-to-end tests."""

from tests.e2e.conftest import desk, empty_database, make_desk

__all__ = ["desk", "empty_database", "make_desk"]
